// The dialog of the settings.
import { say } from '../../text/language.js';
import { ask } from '../../ui/dialog.js';
import { element } from '../../ui/element.js';
import { choice, field } from '../../ui/field.js';

/**
 * Opens the settings. Resolves with what is chosen.
 *
 * @param {object} current
 * @param {Readonly<Record<string, string>>} current.languages
 * @param {string} current.language Empty for that of the browser.
 * @param {() => Promise<unknown>} [current.install] Lets the browser ask whether to install the page, if it offers that.
 */
export function askSettings({ languages, language, install }) {
  const menu = choice([['', say`That of the browser`], ...Object.entries(languages)], { autofocus: '' });
  menu.value = language;
  // Each language is written in its own direction.
  for (const option of menu.options) option.setAttribute('dir', 'auto');
  return ask({
    title: say`Settings`,
    content: [field(say`Language`, menu), install && installField(install, menu)],
    action: say`Save`,
    submit: () => ({ language: menu.value }),
  });
}

/**
 * Makes the button that installs the page. An offer can be used once, so the button leaves with it.
 *
 * @param {() => Promise<unknown>} install
 * @param {HTMLElement} next What has the focus after it.
 */
function installField(install, next) {
  const click = () => {
    install();
    next.focus();
    whole.remove();
  };
  const button = element('button', { type: 'button', click }, say`Install as an app`);
  const whole = element('div', { class: 'field' }, button, element('p', { class: 'hint' }, say`The app has its own window and also works offline.`));
  return whole;
}
