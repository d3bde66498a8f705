// Installing the page as an app, where the browser offers that.
//
// The browser says so by an event, once the page can be installed. It asks the person when the page tells it to, once for each
// event, and it keeps its own button in the address bar.

/** @typedef {Event & { prompt(): Promise<unknown> }} InstallEvent */

/** The last offer that has not been used. @type {InstallEvent | undefined} */
let offer;

/** Begins to listen for offers. Call it early, because an offer is made only once. */
export function watchInstallation() {
  addEventListener('beforeinstallprompt', (event) => {
    offer = /** @type {InstallEvent} */ (event);
  });
  addEventListener('appinstalled', () => {
    offer = undefined;
  });
}

/** Returns the function that lets the browser ask, while there is an offer. */
export function installation() {
  const made = offer;
  if (!made) return undefined;
  return async () => {
    if (offer === made) offer = undefined;
    await made.prompt();
  };
}
