// A page that a person comes back to. What changed meanwhile from outside, by a command or in another browser, tells nobody.

/** Milliseconds out of sight after which what the page shows may be out of date. */
const MIN_ABSENCE = 30_000;

/**
 * Calls a function when the page is seen again after a while.
 *
 * @param {() => void} listener
 */
export function watchReturn(listener) {
  let hiddenAt = performance.now();
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) hiddenAt = performance.now();
    else if (performance.now() - hiddenAt >= MIN_ABSENCE) listener();
  });
}
