// The menu of a folder of the tree.
import { say } from '../../text/language.js';
import { openMenu } from '../../ui/menu.js';

/**
 * @typedef {object} FolderMenuHandlers
 * @property {() => unknown} open
 * @property {() => unknown} createFolder
 * @property {() => unknown} rename
 * @property {() => unknown} move
 * @property {() => unknown} download
 * @property {() => unknown} remove
 */

/**
 * @param {string} name Of the folder.
 * @param {{ x: number, y: number }} point
 * @param {FolderMenuHandlers} handlers
 */
export const openFolderMenu = (name, { x, y }, { open, createFolder, rename, move, download, remove }) =>
  openMenu(
    [
      { label: say`Open`, picture: 'open', keys: say`Enter|key`, act: open },
      { label: say`New folder inside…`, picture: 'new-folder', act: createFolder },
      { label: say`Rename…`, picture: 'edit', keys: 'F2', act: rename },
      { label: say`Move…`, picture: 'move', act: move },
      { label: say`Download as zip`, picture: 'download', act: download },
      undefined,
      { label: say`Delete`, picture: 'trash', isBad: true, keys: say`Del|key`, act: remove },
    ],
    { x, y, label: say`Actions for “${name}”` },
  );
