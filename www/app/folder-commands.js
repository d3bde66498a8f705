// The commands for the folder that is shown: upload, a new folder, or those of the trash.
/** @import { Command } from '../parts/command-bar/command-bar.js' */
/** @import { State } from './state.js' */
import { spansFolders } from '../model/view.js';
import { say } from '../text/language.js';

/**
 * @typedef {object} FolderCommandHandlers
 * @property {(button: HTMLElement) => unknown} upload
 * @property {() => unknown} createFolder
 * @property {(() => unknown) | undefined} paste Without something to paste there is none.
 * @property {() => unknown} restoreAll
 * @property {() => unknown} restoreImages
 * @property {() => unknown} emptyTrash
 */

/**
 * @param {State} state
 * @param {FolderCommandHandlers} handlers
 * @returns {Command[]}
 */
export function folderCommands({ view, isTrash, listing, absence }, { upload, createFolder, paste, restoreAll, restoreImages, emptyTrash }) {
  if (spansFolders(view) || absence) return [];
  if (!isTrash) {
    return [
      { label: say`New folder`, picture: 'new-folder', act: createFolder },
      ...(paste ? [{ label: say`Paste`, picture: 'paste', act: paste }] : []),
      { label: say`Upload`, picture: 'upload', act: upload, kind: 'primary' },
    ];
  }
  if (view.folderId || !listing?.length) return [];
  return [
    { label: say`Restore all`, picture: 'restore', act: restoreAll },
    { label: say`Restore all images`, picture: 'image', act: restoreImages },
    { label: say`Empty the trash`, picture: 'trash', act: emptyTrash, kind: 'bad' },
  ];
}
