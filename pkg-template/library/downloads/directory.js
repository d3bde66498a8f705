// A folder of the Media Manager, with everything below it, as a folder of this machine.
//
// A file is written under a temporary name that contains its id, and renamed when it is complete. What an interrupted run
// has left under that name is continued; a complete file with the same digest is kept.
import { linked, until } from '../../streams/until.js';
import { safeName, uniqueName } from './names.js';

/** @import { DirectoryDownloadOptions, DownloadResult, StoredFolder } from '../../types/index.js' */
/** @import { Api, Disk, StoredFile } from '../internal.d.ts' */

/** @typedef {ReturnType<Disk['folderAt']>} Target */
/** @typedef {(fileId: string, options: object) => Promise<Response>} FetchFile */

const NAME = 'downloads.toDirectory';

/** @param {string | undefined} hash */
const isMd5 = (hash) => /^[0-9a-f]{32}$/.test(hash ?? '');

/** @param {StoredFile} file */
const sizeOf = (file) => Number(file.sizeInBytes);

/** @param {StoredFile | StoredFolder} item */
const idOf = (item) => /** @type {string} */ (item._id);

/**
 * The oldest first, so that names that are taken twice are resolved the same way in every run.
 *
 * @param {StoredFile | StoredFolder} one
 * @param {StoredFile | StoredFolder} other
 */
const byAge = (one, other) => Number(one._createdDate) - Number(other._createdDate) || (idOf(one) < idOf(other) ? -1 : 1);

/**
 * Downloads a folder.
 *
 * @param {Api} api
 * @param {FetchFile} fetchFile
 * @param {string} folderId
 * @param {string | URL} directory
 * @param {DirectoryDownloadOptions} options
 * @param {AbortSignal} signal
 */
export async function downloadFolder(api, fetchFile, folderId, directory, options, signal) {
  const { concurrency = 4, onProgress, verify } = options;
  if (!api.disk) {
    throw new api.WixMediaError({ message: `${NAME}: only Node, Bun and Deno can write folders`, code: 'NOT_SUPPORTED', operation: NAME });
  }
  const { folderAt } = await api.disk();
  const targetFailed = (/** @type {unknown} */ error) => api.failed(NAME, 'TARGET_FAILED', 'cannot write the directory', error);
  const target = guarded(folderAt(directory), targetFailed);
  await target.makeFolder('.');
  const all = await plan(api, target, folderId, signal);

  const ready = all.filter(({ descriptor }) => descriptor.operationStatus !== 'FAILED' && sizeOf(descriptor) >= 0);
  const total = ready.reduce((sum, { descriptor }) => sum + sizeOf(descriptor), 0);
  /** @type {Map<number, number>} */
  const received = new Map();
  /** @type {DownloadResult[]} */
  const results = [];
  const tell = () => {
    const sum = [...received.values()].reduce((one, other) => one + other, 0);
    api.tell(onProgress, { received: sum, total, files: ready.length, done: results.filter(Boolean).length });
  };
  let next = 0;
  const worker = async () => {
    while (next < ready.length) {
      signal.throwIfAborted();
      const index = next;
      next += 1;
      const { descriptor, path } = ready[index];
      const size = sizeOf(descriptor);
      const progress = (/** @type {number} */ bytes) => {
        received.set(index, Math.min(bytes, size));
        tell();
      };
      const single = linked(signal);
      try {
        const status = await downloadFile(api, fetchFile, target, descriptor, path, { signal: single.signal, verify, progress });
        received.set(index, size);
        results[index] = { path, status, file: descriptor };
      } catch (error) {
        signal.throwIfAborted();
        results[index] = { path, status: 'failed', file: descriptor, error: api.failed(NAME, 'INTERNAL', 'unexpected failure', error) };
      } finally {
        single.release();
      }
      tell();
    }
  };
  // All of them: when one ends by the signal, the others are still about to.
  await Promise.allSettled(Array.from({ length: Math.min(concurrency, ready.length) }, worker));
  signal.throwIfAborted();
  return results;
}

/**
 * A target whose failures are those of the directory.
 *
 * @param {Target} target
 * @param {(error: unknown) => Error} failed
 * @returns {Target}
 */
function guarded(target, failed) {
  /**
   * @template {unknown[]} Args
   * @template Result
   * @param {(...args: Args) => Promise<Result>} call
   * @returns {(...args: Args) => Promise<Result>}
   */
  const guard =
    (call) =>
    async (...args) => {
      try {
        return await call(...args);
      } catch (error) {
        throw failed(error);
      }
    };
  return {
    ...target,
    makeFolder: guard(target.makeFolder),
    size: guard(target.size),
    open: guard(target.open),
    rename: guard(target.rename),
    append: guard(async (path, offset) => {
      const output = await target.append(path, offset);
      return { ...output, write: guard(output.write), close: guard(output.close) };
    }),
  };
}

/**
 * Makes the folders, and lists the files with their paths.
 *
 * @param {Api} api
 * @param {Target} target
 * @param {string} folderId
 * @param {AbortSignal} signal
 */
async function plan({ client }, target, folderId, signal) {
  /** @type {{ descriptor: StoredFile, path: string }[]} */
  const files = [];
  /**
   * @param {string} id
   * @param {string} path
   * @param {string[]} trail
   */
  const visit = async (id, path, trail) => {
    const options = { parentFolderId: id, paging: { limit: 100 } };
    const [folders, found] = await Promise.all([
      client.folders.listFolders(options, { signal }).toArray(),
      client.files.listFiles(options, { signal }).toArray(),
    ]);
    const taken = new Set();
    for (const each of folders.sort(byAge)) {
      const own = `${path}${uniqueName(each.displayName, taken)}`;
      await target.makeFolder(own);
      // A folder that is moved during the walk can turn up below itself.
      if (!trail.includes(idOf(each))) await visit(idOf(each), `${own}/`, [...trail, idOf(each)]);
    }
    for (const each of found.sort(byAge)) files.push({ descriptor: each, path: `${path}${uniqueName(each.displayName, taken)}` });
  };
  await visit(folderId, '', [folderId]);
  return files;
}

/**
 * Downloads one file.
 *
 * @param {Api} api
 * @param {FetchFile} fetchFile
 * @param {Target} target
 * @param {StoredFile} descriptor
 * @param {string} path
 * @param {{ signal: AbortSignal, verify?: boolean | 'auto', progress: (bytes: number) => void }} options
 * @returns {Promise<'kept' | 'written'>}
 */
async function downloadFile(api, fetchFile, target, descriptor, path, { signal, verify, progress }) {
  const size = sizeOf(descriptor);
  if ((await target.size(path)) === size && isMd5(descriptor.hash)) {
    if ((await digestOf(api, target, path, size)).end() === descriptor.hash) return 'kept';
  }
  const part = `${path.slice(0, path.lastIndexOf('/') + 1)}.${safeName(descriptor._id).slice(-40)}.part`;
  const there = (await target.size(part)) ?? 0;
  let from = there < size ? there : 0;
  for (;;) {
    const digest = await digestOf(api, target, part, from);
    const output = await target.append(part, from);
    try {
      const { body } = await fetchFile(idOf(descriptor), { descriptor, from, digest, verify, signal });
      const reader = /** @type {ReadableStream<Uint8Array>} */ (body).getReader();
      for (let at = from; ; ) {
        const { done, value } = await until(signal, reader.read());
        if (done) break;
        await output.write(value);
        at += value.length;
        progress(at);
      }
      await output.close();
    } catch (error) {
      await output.abandon().catch(() => {});
      if (/** @type {{ code?: string }} */ (error)?.code === 'CONTENT_MISMATCH') {
        await target.remove(part);
        if (from > 0) {
          // The beginning may have been that of other content.
          from = 0;
          continue;
        }
      }
      throw error;
    }
    await target.rename(part, path);
    return 'written';
  }
}

/**
 * The digest of the first bytes of a file.
 *
 * @param {Api} api
 * @param {Target} target
 * @param {string} path
 * @param {number} size
 */
async function digestOf(api, target, path, size) {
  const digest = api.digest();
  if (size === 0) return digest;
  const source = await target.open(path);
  try {
    for await (const piece of source.pieces(0, size)) digest.add(piece);
  } finally {
    await source.close();
  }
  return digest;
}
