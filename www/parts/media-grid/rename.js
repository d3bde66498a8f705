// Renaming in place: a field where the name is.
/** @import { Item } from '../../model/item.js' */
import { nameTrouble } from '../../model/item.js';
import { say } from '../../text/language.js';
import { element } from '../../ui/element.js';

/** Characters of a name, docs/contract/model.md#s11. */
const MAX_NAME_LENGTH = 255;

/**
 * Puts a field in place of a name, until Enter or the loss of the focus (which keep what was written) or Escape (which
 * does not). A name that is not allowed stays in the field, with the reason, and is not kept.
 *
 * @param {Item} item
 * @param {HTMLElement} cell
 * @param {Element} label The element that shows the name.
 * @param {{ onRename: (name: string) => void, onEnd: (hadFocus: boolean) => void }} handlers `onEnd` runs when the field is
 *   gone, before `onRename`.
 */
export function renameInPlace(item, cell, label, { onRename, onEnd }) {
  const input = element('input', {
    class: 'rename',
    type: 'text',
    dir: 'auto',
    maxlength: String(MAX_NAME_LENGTH),
    'aria-label': say`New name for ${item.name}`,
  });
  input.value = item.name;
  let isOver = false;
  /** @param {boolean} isKept */
  const end = (isKept) => {
    if (isOver) return;
    isOver = true;
    const written = input.value.trim();
    const hadFocus = document.activeElement === input;
    input.replaceWith(label);
    cell.draggable = true;
    onEnd(hadFocus);
    if (isKept && written && written !== item.name) onRename(written);
  };
  input.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key === 'Enter' && input.reportValidity()) end(true);
    if (event.key === 'Escape') end(false);
  });
  input.addEventListener('input', () => input.setCustomValidity(nameTrouble(input.value)));
  input.addEventListener('blur', () => end(input.validity.valid));
  // A draggable ancestor would keep the pointer from selecting text.
  cell.draggable = false;
  label.replaceWith(input);
  input.focus();
  // The extension says what the file is, so it is left out of the selection.
  const dot = item.kind === 'file' ? item.name.lastIndexOf('.') : -1;
  input.setSelectionRange(0, dot > 0 ? dot : item.name.length);
}
