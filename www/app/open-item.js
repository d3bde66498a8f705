// Opening an item: goes to a folder, or to a file in the viewer.
/** @import { Item } from '../model/item.js' */
/** @import { State } from './state.js' */
import { go, goToFile } from './router.js';

/**
 * @param {State} state
 * @param {Item} item
 */
export function openItem(state, item) {
  if (item.kind === 'file') {
    goToFile({ ...state.view, fileId: item.id });
    return;
  }
  state.session?.folders.add(item.value);
  // A search in the site's files finds deleted folders too, which are in the trash.
  go({ area: item.value.state === 'DELETED' ? 'trash' : state.view.area, folderId: item.id });
}
