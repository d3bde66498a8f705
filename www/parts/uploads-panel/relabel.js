// A button that changes its meaning.
import { icon } from '../../ui/element.js';

/**
 * Gives a button another icon and label, if they differ from what it has.
 *
 * @param {HTMLButtonElement} button
 * @param {string} picture
 * @param {string} label
 */
export function relabel(button, picture, label) {
  if (button.getAttribute('aria-label') === label) return;
  button.setAttribute('aria-label', label);
  button.title = label;
  button.replaceChildren(icon(picture));
}
