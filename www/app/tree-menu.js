// What can be done with a folder of the tree.
/** @import { FolderItem } from '../model/item.js' */
/** @import { ItemCommands } from '../model/item-commands.js' */
/** @import { FolderMenu } from '../parts/folder-tree/folder-tree.js' */
/** @import { State } from './state.js' */
import { areaOfTop } from '../model/areas.js';
import { folderItem } from '../model/item.js';
import { askFolderName } from '../parts/dialogs/new-folder.js';
import { askRename } from '../parts/dialogs/rename.js';
import { openFolderMenu } from '../parts/folder-tree/folder-menu.js';
import { go } from './router.js';

/**
 * @param {State} state
 * @param {{ commands: ItemCommands, open: (id: string) => unknown }} handlers
 * @returns {FolderMenu}
 */
export function treeMenu(state, { commands, open }) {
  /**
   * @param {string} id
   * @returns {FolderItem | undefined}
   */
  const itemOf = (id) => {
    const folder = state.session?.folders.get(id);
    return folder && folderItem(folder);
  };

  /** @param {string} id */
  const rename = (id) => {
    const item = itemOf(id);
    return item && askRename(item.name, (name) => state.session?.actions.rename(item, name));
  };

  /**
   * Deletes a folder. A view of what is in it goes up with that.
   *
   * @param {string} id
   */
  const remove = async (id) => {
    const item = itemOf(id);
    const { session } = state;
    if (!item || !session) return;
    const { parentFolderId: parent } = item.value;
    const isDone = await session.actions.trash([item]);
    if (!isDone || state.session !== session || state.isTrash) return;
    const path = await session.folders.pathTo(state.folderId).catch(() => /** @type {string[]} */ ([]));
    if (path.includes(id)) go({ area: state.view.area, folderId: parent && !areaOfTop(parent) ? parent : undefined });
  };

  return {
    rename,
    remove,
    open(id, x, y) {
      const item = itemOf(id);
      if (!item) return;
      openFolderMenu(
        item.name,
        { x, y },
        {
          open: () => open(id),
          createFolder: () => askFolderName(async (name) => state.session?.actions.createFolder(name, id)),
          rename: () => rename(id),
          move: () => commands.move([item]),
          download: () => commands.download([item]),
          remove: () => remove(id),
        },
      );
    },
  };
}
