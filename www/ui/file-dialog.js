// The browser's dialog to pick files.
/** @import { Attributes } from './element.js' */
import { element } from './element.js';

/**
 * Opens the dialog. Its input is in the document only meanwhile.
 *
 * @param {Element} parent What the input is put into.
 * @param {Attributes} attributes Of the input.
 * @param {(input: HTMLInputElement) => void} onPick
 */
export function openFileDialog(parent, attributes, onPick) {
  const input = element('input', { type: 'file', hidden: true, ...attributes });
  input.addEventListener('change', () => {
    onPick(input);
    input.remove();
  });
  input.addEventListener('cancel', () => input.remove());
  parent.append(input);
  input.click();
}
