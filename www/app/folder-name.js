// The names of the folders that the results of a search are in.
/** @import { Item } from '../model/item.js' */
/** @import { State } from './state.js' */
import { spansFolders } from '../model/view.js';
import { say } from '../text/language.js';
import { foreign } from '../ui/element.js';

/**
 * Makes a text with the name of an item's folder, if the view has items of several folders. It is filled once the name is known.
 *
 * @param {State} state
 * @param {Item} item
 */
export function folderName({ session, view }, { value: { parentFolderId } }) {
  if (!session || !spansFolders(view) || !parentFolderId) return undefined;
  const text = foreign('', { class: 'in-folder', 'data-folder': parentFolderId });
  session.folders.named(parentFolderId, (name) => write(text, name));
  return text;
}

/**
 * Shows the name that a folder has now in the texts that name it.
 *
 * @param {HTMLElement} grid
 * @param {string} id
 * @param {string} name
 */
export function renameFolder(grid, id, name) {
  /** @type {NodeListOf<HTMLElement>} */
  const texts = grid.querySelectorAll('.in-folder');
  for (const text of texts) if (text.dataset.folder === id) write(text, name);
}

/** @param {HTMLElement} text @param {string} name */
function write(text, name) {
  text.textContent = say`in ${name}`;
  text.title = say`in ${name}`;
}
