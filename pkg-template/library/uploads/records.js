// Records of resumable uploads, by which they go on after a reload or a restart.

const DATABASE = 'wix-media-uploads';
const STORE = 'sessions';

/**
 * The records that an upload is to be kept in: those the caller brings (`get`, `put`, `delete`, `list`), files in a
 * `directory`, or the usual place of the runtime, which is IndexedDB in browsers (localStorage blocks the page and is
 * missing in workers) and the state folder of the user elsewhere. `false` keeps none.
 */
export async function recordsOf(sessions, disk) {
  if (sessions === false) return undefined;
  if (typeof sessions?.put === 'function') return sessions;
  if (disk) return (await disk()).records(sessions?.directory);
  return typeof indexedDB === 'undefined' ? undefined : database();
}

/** Records in IndexedDB. */
function database() {
  const run = async (mode, work) => {
    const opened = await done(indexedDB.open(DATABASE, 1), (request) => {
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    });
    try {
      return await done(work(opened.transaction(STORE, mode).objectStore(STORE)));
    } finally {
      opened.close();
    }
  };
  return {
    get: (id) => run('readonly', (store) => store.get(id)),
    put: (id, record) => run('readwrite', (store) => store.put(record, id)),
    delete: (id) => run('readwrite', (store) => store.delete(id)),
    list: () => run('readonly', (store) => store.getAll()),
  };
}

const done = (request, prepare) =>
  new Promise((resolve, reject) => {
    prepare?.(request);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('The database of uploads is held by another tab'));
  });
