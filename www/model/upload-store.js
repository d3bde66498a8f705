// Unfinished uploads, with their bytes, in the browser's database: a reload or a crash of the page loses none of them.

const NAME = 'wix-media uploads';
const STORE = 'uploads';

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

async function transact(mode, work) {
  const store = (await database()).transaction(STORE, mode).objectStore(STORE);
  const request = work(store);
  return new Promise((resolve, reject) => {
    store.transaction.oncomplete = () => resolve(request?.result);
    store.transaction.onerror = store.transaction.onabort = () => reject(store.transaction.error);
  });
}

/** Whether there is room for this many bytes, twice: here, and where they are going. */
export async function hasRoom(bytes) {
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  return quota - usage > 2 * bytes;
}

/** Keeps uploads, given as `{ id, place, folderId, folders, name, file }`. */
export const keep = (uploads) =>
  transact('readwrite', (store) => {
    for (const upload of uploads) store.put(upload);
  });

/** Forgets uploads by their ids. */
export const forget = (ids) =>
  transact('readwrite', (store) => {
    for (const id of ids) store.delete(id);
  });

/** The uploads that were kept for a place. */
export async function kept(place) {
  const all = (await transact('readonly', (store) => store.getAll())) ?? [];
  return all.filter((upload) => upload.place === place);
}
