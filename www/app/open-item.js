// Ways from the items: into a folder, to a file in the viewer, and up.
/** @import { Item } from '../model/item.js' */
/** @import { State } from './state.js' */
import { areaOfTop } from '../model/areas.js';
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

/**
 * Goes to the folder above the one that is shown, or from the results of a search to the folder that was searched.
 *
 * @param {State} state
 */
export function goUp({ view, session }) {
  const { area, folderId, query } = view;
  if (query) {
    go({ ...view, query: undefined });
    return;
  }
  if (!folderId) return;
  const parent = area === 'trash' ? undefined : session?.folders.get(folderId)?.parentFolderId;
  go({ area, folderId: parent && !areaOfTop(parent) ? parent : undefined });
}
