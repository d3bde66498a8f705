// What an action changes on the page: the listing, the tree, and other tabs.
//
// An action may end after the page has left its place. From then on it changes nothing that is shown, because the items of
// another place can have the same IDs; only the other tabs of its own place hear of it.
/** @import { Effects } from '../model/actions.js' */
/** @import { FolderTree } from '../parts/folder-tree/folder-tree.js' */
/** @import { MediaGrid } from '../parts/media-grid/media-grid.js' */
/** @import { Place } from '../place/place.js' */
/** @import { State } from './state.js' */
import { folderItem } from '../model/item.js';

/**
 * Returns the effects of actions in a place.
 *
 * @param {State} state
 * @param {Place} place
 * @param {{ tree: FolderTree, grid: MediaGrid, refresh: () => void, announce: (place: Place) => void }} parts
 * @returns {Effects}
 */
export function effectsOn(state, place, { tree, grid, refresh, announce }) {
  const isShown = () => state.session?.place === place;
  return {
    folderAdded(folder) {
      if (!isShown()) return;
      state.session?.folders.add(folder);
      tree.refresh(String(folder.parentFolderId));
      if (!state.showsFolder(folder)) return;
      state.listing?.putFolder(folder);
      const { key } = folderItem(folder);
      state.selection.only(key);
      grid.reveal(key);
    },
    fileAdded(file) {
      if (isShown() && state.showsFile(file)) state.listing?.putFile(file);
    },
    folderChanged(folder) {
      if (!isShown()) return;
      state.listing?.updateFolder(folder);
      state.session?.folders.add(folder);
      tree.refresh(String(folder.parentFolderId));
    },
    fileChanged(file) {
      if (isShown()) state.listing?.updateFile(file);
    },
    removed(items, leaves) {
      if (!isShown() || !state.listing) return;
      state.listing.remove(items.filter((item) => leaves(item, state.view)).map(({ key }) => key));
      state.selection.retain(state.listing);
    },
    arrived(items, leaves) {
      // A search finds what is in a folder, too, and loses it together with the folder.
      if (isShown() && (state.view.query || items.some((item) => !leaves(item, state.view)))) refresh();
    },
    foldersMoved() {
      if (isShown()) tree.refreshAll();
    },
    refresh() {
      if (isShown()) refresh();
    },
    announce: () => announce(place),
  };
}
