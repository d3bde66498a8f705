// Files on their way in: picked, dropped, or imported from an address.
/** @import { Found } from '../model/dropped.js' */
/** @import { FileItem } from '../model/item.js' */
/** @import { Incoming } from '../model/name-conflicts.js' */
/** @import { Session } from './session.js' */
/** @import { State } from './state.js' */
import { TOPS } from '../model/areas.js';
import { isFiltered } from '../model/filters.js';
import { fileItem } from '../model/item.js';
import { conflictsOf, folderFinder } from '../model/name-conflicts.js';
import { askConflicts } from '../parts/dialogs/conflicts.js';
import { askImport } from '../parts/dialogs/import.js';
import { javascript } from '../text/code.js';
import { say } from '../text/language.js';

const PAGE_SIZE = 100;

/**
 * Whether files may be dropped on a folder, or without one on what is shown.
 *
 * @param {State} state
 * @param {string | undefined} folderId
 */
export const canUploadTo = (state, folderId) =>
  folderId === undefined ? state.canUpload : state.session !== undefined && folderId !== TOPS.trash;

/**
 * Uploads files to a folder, or without one to the folder that is shown. Asks first about those whose names are taken. Resolves
 * with false if the person cancels that.
 *
 * @param {State} state
 * @param {readonly Found[]} found
 * @param {string} [folderId]
 */
export async function upload(state, found, folderId = state.folderId) {
  const { session } = state;
  if (found.length === 0 || !session) return false;
  // From now on there is something that the browser must not evict.
  if (session.place.kind === 'browser') navigator.storage?.persist?.().catch(() => {});
  const settled = await settle(state, session, found, folderId);
  if (!settled || state.session !== session) return false;
  await session.queue.add(settled, folderId);
  return true;
}

/**
 * Resolves with what to upload, or with nothing if the person cancels it.
 *
 * @param {State} state
 * @param {Session} session
 * @param {readonly Found[]} found
 * @param {string} folderId
 * @returns {Promise<readonly Incoming[] | undefined>}
 */
async function settle(state, session, found, folderId) {
  const folderAt = folderFinder(folderId, (id) => session.folders.childrenOf(id));
  let conflicts;
  try {
    conflicts = await conflictsOf(found, async (folders) => filesIn(state, session, await folderAt(folders)));
  } catch {
    // The uploads themselves report what is wrong with the folder.
    return found;
  }
  const { conflicting } = conflicts;
  if (conflicting.length === 0) return found;
  const choice = await askConflicts(conflicting.map(({ file, folders }) => [...folders, file?.name].join(' / ')));
  return choice && conflicts.settle(choice);
}

/**
 * Lists the files in a folder, as far as that is cheap. A folder that does not exist has no files.
 *
 * @param {State} state
 * @param {Session} session
 * @param {string | undefined} id
 * @returns {Promise<readonly FileItem[]>}
 */
export async function filesIn(state, session, id) {
  if (id === undefined) return [];
  const { listing, view } = state;
  const isShown = id === state.folderId && !view.query && !isFiltered(view) && !state.isTrash;
  if (listing && isShown && (listing.state === 'complete' || !session.place.eager)) return listing.files;
  return session.place.eager ? listFiles(session, id) : [];
}

/**
 * @param {Session} session
 * @param {string} parentFolderId
 */
async function listFiles({ calls, folders }, parentFolderId) {
  const options = { parentFolderId, paging: { limit: PAGE_SIZE } };
  const about = {
    title: say`Files in “${folders.nameOf(parentFolderId)}”`,
    names: ['files'],
    quiet: true,
    source: `for await (const file of files.listFiles(${javascript(options)})) {\n  console.log(file.displayName);\n}`,
  };
  const files = await calls.run(about, (client, call) => client.files.listFiles(options, call).toArray());
  return files.map(fileItem);
}

/** @param {State} state */
export function importFile(state) {
  const { session, folderId } = state;
  if (!session) return;
  askImport(session.place.kind, (url, options) => session.imports.importUrl(url, { ...options, parentFolderId: folderId }));
}
