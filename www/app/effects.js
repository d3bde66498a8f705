// What an action changes on the page: the listing, the tree, and other tabs.
/** @import { Effects } from '../model/actions.js' */
/** @import { FolderTree } from '../parts/folder-tree/folder-tree.js' */
/** @import { MediaGrid } from '../parts/media-grid/media-grid.js' */
/** @import { State } from './state.js' */
import { folderItem } from '../model/item.js';

/**
 * @param {State} state
 * @param {{ tree: FolderTree, grid: MediaGrid, refresh: () => void, announce: () => void }} parts
 * @returns {Effects}
 */
export const effectsOn = (state, { tree, grid, refresh, announce }) => ({
  folderAdded(folder) {
    state.session?.folders.add(folder);
    tree.refresh(String(folder.parentFolderId));
    if (!state.showsFolder(folder)) return;
    state.listing?.putFolder(folder);
    const { key } = folderItem(folder);
    state.selection.only(key);
    grid.reveal(key);
  },
  fileAdded(file) {
    if (state.showsFile(file)) state.listing?.putFile(file);
  },
  folderChanged(folder) {
    state.listing?.updateFolder(folder);
    state.session?.folders.add(folder);
    tree.refresh(String(folder.parentFolderId));
  },
  fileChanged(file) {
    state.listing?.updateFile(file);
  },
  removed(items, from) {
    if (!state.listing || (from && state.view.area !== from)) return;
    state.listing.remove(items.map(({ key }) => key));
    state.selection.retain(state.listing);
  },
  foldersMoved() {
    tree.refreshAll();
  },
  refresh,
  announce,
});
