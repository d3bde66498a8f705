// What an action changes on the page: the listing, the tree, and other tabs.
//
// An action may end after the page has left its place. From then on it changes nothing that is shown, because the items of
// another place can have the same IDs; only the other tabs of its own place hear of it.
/** @import { FileDescriptor, Folder } from 'wix-media.v2' */
/** @import { Effects, Leaves } from '../model/outcome.js' */
/** @import { Subject } from '../model/item.js' */
/** @import { FolderTree } from '../parts/folder-tree/folder-tree.js' */
/** @import { MediaGrid } from '../parts/media-grid/media-grid.js' */
/** @import { Place } from '../place/place.js' */
/** @import { Session } from './session.js' */
/** @import { State } from './state.js' */
import { folderItem } from '../model/item.js';
import { spansFolders } from '../model/view.js';

/**
 * Returns the effects of actions in a place.
 *
 * @param {State} state
 * @param {Place} place
 * @param {{ tree: FolderTree, grid: MediaGrid, refresh: () => void, announce: (place: Place) => void }} parts
 * @returns {Effects}
 */
export function effectsOn(state, place, { tree, grid, refresh, announce }) {
  /**
   * Makes an effect that does something only while the page shows the place.
   *
   * @template {readonly unknown[]} Given
   * @param {(session: Session, ...given: Given) => void} effect
   * @returns {(...given: Given) => void}
   */
  const shown = (effect) => (...given) => {
    const { session } = state;
    if (session?.place === place) effect(session, ...given);
  };
  return {
    folderAdded: shown((session, /** @type {Folder} */ folder) => {
      session.folders.add(folder);
      tree.refresh(String(folder.parentFolderId));
      if (!state.showsFolder(folder)) return;
      state.listing?.putFolder(folder);
      const { key } = folderItem(folder);
      state.selection.only(key);
      grid.reveal(key);
    }),
    fileAdded: shown((_, /** @type {FileDescriptor} */ file) => {
      if (state.showsFile(file)) state.listing?.putFile(file);
    }),
    folderChanged: shown((session, /** @type {Folder} */ folder) => {
      state.listing?.updateFolder(folder);
      session.folders.add(folder);
      tree.refresh(String(folder.parentFolderId));
    }),
    fileChanged: shown((_, /** @type {FileDescriptor} */ file) => state.listing?.updateFile(file)),
    removed: shown((_, /** @type {readonly Subject[]} */ items, /** @type {Leaves} */ leaves) => {
      if (!state.listing) return;
      state.listing.remove(items.filter((item) => leaves(item, state.view)).map(({ key }) => key));
      state.selection.retain(state.listing);
    }),
    arrived: shown((_, /** @type {readonly Subject[]} */ items, /** @type {Leaves} */ leaves) => {
      // A search finds what is in a folder, too, and loses it together with the folder. So do favourites.
      if (spansFolders(state.view) || items.some((item) => !leaves(item, state.view))) refresh();
    }),
    foldersMoved: shown(() => tree.refreshAll()),
    refresh: shown(() => refresh()),
    announce: () => announce(place),
  };
}
