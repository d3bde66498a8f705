// Unfinished uploads with their bytes, in the browser's database, so that a reload or a crash of the page loses none. Which of
// them a person paused is kept apart from that: bytes are written once.
/** @import { UploadRecord } from './upload.js' */
import { Database } from './database.js';

const STORE = 'uploads';
const PAUSED = 'paused';
const database = new Database('wix-media uploads', [STORE]);
/** A database of its own, because a tab with an earlier version of the page would not let the other one grow. */
const paused = new Database('wix-media paused uploads', [PAUSED]);

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

/**
 * Notes which uploads a person paused, or resumed.
 *
 * @param {readonly string[]} ids
 * @param {boolean} isPaused
 */
export async function keepPaused(ids, isPaused) {
  if (isPaused) await paused.put(PAUSED, ids.map((id) => ({ id })));
  else await paused.delete(PAUSED, ids);
}

/** @param {readonly string[]} ids */
export async function forget(ids) {
  await database.delete(STORE, ids);
  await paused.delete(PAUSED, ids);
}

/**
 * Returns the uploads that were kept for a place.
 *
 * @param {string} place Its key.
 * @returns {Promise<(UploadRecord & { isPaused: boolean })[]>}
 */
export async function kept(place) {
  /** @type {UploadRecord[]} */
  const all = await database.all(STORE);
  /** @type {{ id: string }[]} */
  const marks = await paused.all(PAUSED);
  const ids = new Set(marks.map(({ id }) => id));
  return all.filter((upload) => upload.place === place).map((upload) => ({ ...upload, isPaused: ids.has(upload.id) }));
}
