// The name of the folder that a result of a search is in.
/** @import { Item } from '../model/item.js' */
/** @import { State } from './state.js' */
import { foreign } from '../ui/element.js';

/**
 * Makes a text with the name of an item's folder, if the view has items of several folders. It is filled once the name is known.
 *
 * @param {State} state
 * @param {Item} item
 */
export function folderName({ session, view }, { value: { parentFolderId } }) {
  if (!session || !view.query || !parentFolderId) return undefined;
  const text = foreign('', { class: 'in-folder' });
  session.folders.named(parentFolderId, (name) => {
    text.textContent = `in ${name}`;
    text.title = `in ${name}`;
  });
  return text;
}
