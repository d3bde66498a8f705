// The entry. The page proper comes in a second step, so that a package that is not there can be told to the person.

// The only texts that may become the address of a script: every other one is refused by the policy of the page.
const SCRIPTS = new Set(['service-worker.js', 'wix-media/manager-worker.js'].map((path) => new URL(path, document.baseURI).href));

globalThis.trustedTypes?.createPolicy('default', {
  createScriptURL: (text) => {
    const { href } = new URL(text, document.baseURI);
    return SCRIPTS.has(href) ? href : undefined;
  },
});

try {
  await import('./app/app.js');
} catch (error) {
  const message = document.querySelector('#message');
  message.textContent = `The page could not start: ${error.message} If the package is not built yet, run cargo xtask build.`;
  message.setAttribute('role', 'alert');
  message.hidden = false;
  throw error;
}
