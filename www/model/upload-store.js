// Unfinished uploads with their bytes, in the browser's database, so that a reload or a crash of the page loses none.
/** @import { UploadRecord } from './upload.js' */

const NAME = 'wix-media uploads';
const STORE = 'uploads';

/** @type {Promise<IDBDatabase> | undefined} */
let opened;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'id' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

/**
 * @template Result
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<Result> | undefined} work
 * @returns {Promise<Result | undefined>}
 */
async function transact(mode, work) {
  const store = (await database()).transaction(STORE, mode).objectStore(STORE);
  const request = work(store);
  return new Promise((resolve, reject) => {
    const fail = () => reject(store.transaction.error);
    store.transaction.oncomplete = () => resolve(request?.result);
    store.transaction.onerror = fail;
    store.transaction.onabort = fail;
  });
}

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
  await transact('readwrite', (store) => {
    for (const upload of uploads) store.put(upload);
    return undefined;
  });
}

/** @param {readonly string[]} ids */
export async function forget(ids) {
  await transact('readwrite', (store) => {
    for (const id of ids) store.delete(id);
    return undefined;
  });
}

/**
 * Returns the uploads that were kept for a place.
 *
 * @param {string} place Its key.
 * @returns {Promise<UploadRecord[]>}
 */
export async function kept(place) {
  /** @type {UploadRecord[]} */
  const all = (await transact('readonly', (store) => store.getAll())) ?? [];
  return all.filter((upload) => upload.place === place);
}
