// Shows where the view is: at once as far as it is known, and again when the way up has been read.
/** @import { FolderTree } from '../parts/folder-tree/folder-tree.js' */
/** @import { MediaGrid } from '../parts/media-grid/media-grid.js' */
/** @import { State } from './state.js' */
import { areaOfTop, TOPS } from '../model/areas.js';
import { showsFavourites, spansFolders } from '../model/view.js';
import { showLocation } from '../parts/location/location.js';
import { say } from '../text/language.js';
import { writeFragment } from './router.js';

/**
 * @param {State} state
 * @param {{ tree?: FolderTree, grid: MediaGrid }} parts Without the tree, it stays as it is.
 */
export async function showWhereabouts(state, { tree, grid }) {
  const { session, view, folderId } = state;
  if (!session) return;
  const { folders } = session;
  /** @param {readonly string[]} path */
  const show = (path) => {
    const isKnown = areaOfTop(folderId) !== undefined || folders.has(folderId);
    const name = view.query ? say`Results for “${view.query}”` : showsFavourites(view) ? say`Favourites` : isKnown ? folders.nameOf(folderId) : '…';
    const above = spansFolders(view) ? [] : path.slice(0, -1);
    const ancestors = above.map((id) => ({ id, name: folders.nameOf(id), href: writeFragment({ area: view.area, folderId: id }) }));
    showLocation({ name, ancestors });
    grid.setLabel(name);
    tree?.reveal(state.isTrash ? [TOPS.trash] : path);
  };
  show([folderId]);
  try {
    const path = await folders.pathTo(folderId);
    if (state.view === view) show(path);
  } catch {
    // The listing of the same folder reports the error.
    if (state.view === view) showLocation({ name: say`Unknown folder`, ancestors: [] });
  }
}
