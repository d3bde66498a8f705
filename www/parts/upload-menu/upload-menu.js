// The menu of what can be uploaded, and the browser's dialogs to pick it.
/** @import { Found } from '../../model/dropped.js' */
import { picked } from '../../model/dropped.js';
import { say } from '../../text/language.js';
import { openFileDialog } from '../../ui/file-dialog.js';
import { openMenu } from '../../ui/menu.js';

/** @typedef {(found: Found[]) => void} OnPick */

/** Pixels between the button and its menu. */
const GAP = 6;

/**
 * @param {Record<string, string | boolean>} attributes
 * @param {OnPick} onPick
 */
const pick = (attributes, onPick) => openFileDialog(document.body, { multiple: true, ...attributes }, (input) => onPick(picked(input)));

/** @param {OnPick} onPick */
export const pickFiles = (onPick) => pick({ id: 'pick-files' }, onPick);

/** @param {OnPick} onPick */
export const pickFolder = (onPick) => pick({ id: 'pick-folder', webkitdirectory: true }, onPick);

/**
 * Opens the menu below a button.
 *
 * @param {HTMLElement} button
 * @param {{ onPick: OnPick, importUrl: () => unknown }} handlers
 */
export function openUploadMenu(button, { onPick, importUrl }) {
  const { left, bottom } = button.getBoundingClientRect();
  openMenu(
    [
      { label: say`Files…`, picture: 'upload', act: () => pickFiles(onPick) },
      { label: say`A folder…`, picture: 'folder', act: () => pickFolder(onPick) },
      undefined,
      { label: say`From an address…`, picture: 'link', act: importUrl },
    ],
    { x: left, y: bottom + GAP, label: say`What to upload` },
  );
}
