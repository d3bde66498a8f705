// Where the focus goes when the element that had it is gone. Without this the browser gives it to the document, and the next
// Tab begins at the top of the page.
import { focused } from './dom.js';

let goHome = () => {};

/**
 * Says what gets the focus when the element that had it is gone.
 *
 * @param {() => void} focus
 */
export function setFocusHome(focus) {
  goHome = focus;
}

/** @param {HTMLElement} one */
const isGone = (one) => !one.isConnected || !one.checkVisibility();

/**
 * Returns the focus to the element that had it before.
 *
 * @param {HTMLElement | undefined} before
 */
export function returnFocus(before) {
  if (before && isGone(before)) goHome();
  else before?.focus({ preventScroll: true });
}

/**
 * Does something that may remove or hide the element with the focus.
 *
 * @param {HTMLElement} part Where that element may be.
 * @param {() => void} change
 */
export function keepFocus(part, change) {
  const before = focused();
  const isInside = part.contains(document.activeElement);
  change();
  if (before && isInside && isGone(before)) goHome();
}
