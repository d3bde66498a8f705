// The places that a caller can name.
import { fileURLToPath } from 'node:url';
import { SyncError } from '../error.js';
import { openFolder } from './folder.js';
import { openSite } from './site.js';

/** @import { Bandwidth } from '../bandwidth.js' */
/** @import { Client, MediaManager, Place, SyncPlace } from '../internal.d.ts' */

/**
 * The path of a file or folder that is given as one or as a `file:` URL.
 *
 * @param {string | URL} given
 */
export function pathOf(given) {
  const text = String(given);
  if (/^file:\/\//i.test(text)) return fileURLToPath(text);
  // Taken for a path, it would be a new folder of that name.
  if (given instanceof URL || /^https?:\/\//i.test(text)) throw new SyncError('INVALID_ARGUMENT', `${text} is no path: expected a path or a file: URL`);
  return text;
}

/** @param {any} given */
const isClient = (given) => typeof given?.files?.listFiles === 'function' && typeof given.folders?.listFolders === 'function';

/**
 * @param {any} given
 * @returns {{ client: Client, path?: string, name?: string, directory?: string } | undefined}
 */
function siteOf(given) {
  if (isClient(given)) return { client: given };
  if (!isClient(given?.client)) return undefined;
  const { client, path, name, directory, baseUrl } = /** @type {MediaManager & { path?: string, name?: string, directory?: string }} */ (given);
  return { client, path, name: name ?? baseUrl, directory };
}

/**
 * Opens one side.
 *
 * @param {SyncPlace} given
 * @param {'from' | 'to'} side
 * @param {{ hidden?: boolean, trash?: boolean, limits?: Bandwidth, signal: AbortSignal }} options
 * @returns {Promise<Place>}
 */
export async function openPlace(given, side, { hidden, trash, limits, signal }) {
  const isTarget = side === 'to';
  if (given instanceof URL || (typeof given === 'string' && given !== '')) {
    return openFolder(pathOf(given), { hidden, trash, isTarget });
  }
  const site = siteOf(given);
  if (!site || (site.path !== undefined && typeof site.path !== 'string')) {
    throw new SyncError('INVALID_ARGUMENT', `${side} must be a path, a client, a manager, or { client, path }`);
  }
  const { client, path = '/', name = 'the Media Manager', directory } = site;
  return openSite(client, { label: path === '/' ? name : `${name}, ${path}`, path, directory, isTarget, trash, bandwidth: limits, signal });
}
