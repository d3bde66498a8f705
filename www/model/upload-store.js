// Unfinished uploads with their bytes, in the browser's database, so that a reload or a crash of the page loses none.
/** @import { UploadRecord } from './upload.js' */
import { Database } from './database.js';

const STORE = 'uploads';
const database = new Database('wix-media uploads', [STORE]);

/**
 * Whether there is room for this many bytes twice: in the database, and where they are going.
 *
 * @param {number} bytes
 */
export async function hasRoom(bytes) {
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  return quota - usage > 2 * bytes;
}

/** @param {readonly UploadRecord[]} uploads */
export async function keep(uploads) {
  await database.put(STORE, uploads);
}

/** @param {readonly string[]} ids */
export async function forget(ids) {
  await database.delete(STORE, ids);
}

/**
 * Returns the uploads that were kept for a place.
 *
 * @param {string} place Its key.
 * @returns {Promise<UploadRecord[]>}
 */
export async function kept(place) {
  /** @type {UploadRecord[]} */
  const all = await database.all(STORE);
  return all.filter((upload) => upload.place === place);
}
