// Records of resumable uploads, by which they continue after a reload or a restart.
import { until } from '../../streams/until.js';

/** @import { UploadOptions } from '../../types/index.js' */
/** @import { Api, Records } from '../internal.d.ts' */

const DATABASE = 'wix-media-uploads';
const STORE = 'sessions';

/**
 * Where records are stored: with the caller, in files of a `directory`, or in the default place of the runtime. That is
 * IndexedDB in browsers, because localStorage blocks the page and is missing in workers, and the user's state directory
 * elsewhere. Undefined where nothing is stored. Calls end with the signal, and fail with `RECORDS_FAILED`.
 *
 * @param {UploadOptions['sessions']} sessions
 * @param {Pick<Api, 'disk' | 'failed'>} api
 * @param {AbortSignal} signal
 * @returns {Promise<Records | undefined>}
 */
export async function recordsOf(sessions, { disk, failed }, signal) {
  if (sessions === false) return undefined;
  const store = await storeOf(sessions, disk);
  if (!store) return undefined;
  /**
   * @template Result
   * @param {() => Promise<Result>} call
   */
  const guard = async (call) => {
    try {
      return await until(signal, Promise.resolve(call()));
    } catch (error) {
      signal.throwIfAborted();
      throw failed('uploads', 'RECORDS_FAILED', 'cannot read or write the records of uploads', error);
    }
  };
  return {
    get: (id) => guard(() => store.get(id)),
    put: (id, record) => guard(() => store.put(id, record)),
    delete: (id) => guard(() => store.delete(id)),
    list: () => guard(() => store.list()),
  };
}

/**
 * @param {Exclude<UploadOptions['sessions'], false>} sessions
 * @param {Api['disk']} disk
 * @returns {Promise<Records | undefined>}
 */
async function storeOf(sessions, disk) {
  if (sessions && 'put' in sessions) return /** @type {Records} */ (sessions);
  if (disk) return (await disk()).records(sessions?.directory);
  return typeof indexedDB === 'undefined' ? undefined : database();
}

/**
 * Records in IndexedDB.
 *
 * @returns {Records}
 */
function database() {
  /**
   * @template Result
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => IDBRequest<Result>} work
   */
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

/**
 * @template Result
 * @param {IDBRequest<Result>} request
 * @param {(request: IDBOpenDBRequest) => void} [prepare]
 * @returns {Promise<Result>}
 */
const done = (request, prepare) =>
  new Promise((resolve, reject) => {
    const opening = /** @type {IDBOpenDBRequest} */ (/** @type {unknown} */ (request));
    prepare?.(opening);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    opening.onblocked = () => reject(new Error('cannot open the database of uploads: another tab blocks it'));
  });
