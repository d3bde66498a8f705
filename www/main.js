// The entry. It loads the language first, and the page after that, so that it can report a package that is missing.
import { watchInstallation } from './app/install.js';
import { loadLanguage } from './app/languages.js';
import { say } from './text/language.js';
import { find } from './ui/dom.js';
import { iconSprite } from './ui/element.js';

/** @typedef {{ createPolicy(name: string, rules: { createScriptURL(text: string): string | null }): void }} TrustedTypes */

/** The only texts that may become the address of a script. The policy of the page refuses all others. */
const SCRIPTS = new Set(['service-worker.js', 'wix-media/manager-worker.js'].map((path) => new URL(path, document.baseURI).href));

/** Not every browser has them. @type {TrustedTypes | undefined} */
const trustedTypes = Reflect.get(globalThis, 'trustedTypes');
trustedTypes?.createPolicy('default', {
  createScriptURL(text) {
    const { href } = new URL(text, document.baseURI);
    return SCRIPTS.has(href) ? href : null;
  },
});

watchInstallation();
document.body.append(iconSprite());

await loadLanguage();

try {
  await import('./app/app.js');
} catch (error) {
  const message = find('#message', HTMLElement);
  const reason = error instanceof Error ? error.message : String(error);
  message.textContent = say`The page could not start: ${reason} If the package is not built yet, run cargo xtask build.`;
  message.setAttribute('role', 'alert');
  message.hidden = false;
  throw error;
}
