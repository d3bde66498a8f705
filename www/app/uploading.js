// Files on their way in: picked, dropped, or imported from an address.
/** @import { Found } from '../model/dropped.js' */
/** @import { State } from './state.js' */
import { TOPS } from '../model/areas.js';
import { askImport } from '../parts/dialogs/import.js';

/**
 * Whether files may be dropped on a folder, or without one on what is shown.
 *
 * @param {State} state
 * @param {string | undefined} folderId
 */
export const canUploadTo = (state, folderId) =>
  folderId === undefined ? state.canUpload : state.session !== undefined && folderId !== TOPS.trash;

/**
 * Uploads files to a folder, or without one to the folder that is shown.
 *
 * @param {State} state
 * @param {readonly Found[]} found
 * @param {string} [folderId]
 */
export async function upload(state, found, folderId = state.folderId) {
  const { session } = state;
  if (found.length === 0 || !session) return;
  // From now on there is something that the browser must not evict.
  if (session.place.kind === 'browser') navigator.storage?.persist?.().catch(() => {});
  await session.queue.add(found, folderId);
}

/** @param {State} state */
export function importFile(state) {
  const { session, folderId } = state;
  if (!session) return;
  askImport(session.place.kind, (url, options) => session.actions.importUrl(url, { ...options, parentFolderId: folderId }));
}
