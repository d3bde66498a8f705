// Uploads, downloads, paths and trash: loaded with the first use of one of them.
import { load, Digest } from './module.js';
import { createDownloads } from './downloads/index.js';
import { createPaths } from './paths/index.js';
import { createTrash } from './trash/index.js';
import { createUploads } from './uploads/index.js';

/**
 * Makes `{ uploads, downloads, paths, trash }` for one client. Everything of the small client comes in by `given`, as its
 * classes must be the same ones.
 */
export async function createLibrary(given) {
  const { client, connection, wasm, WixMediaError, textOf } = given;
  await load(wasm);
  const native = (await given.disk?.())?.sum;
  const { attempts = 1, baseDelayMs = 500, maxDelayMs = 60_000 } = connection.retry;
  const shared = {
    ...connection,
    tell: given.tell,
    sourceFailed: (cause) =>
      cause instanceof WixMediaError || cause?.name === 'AbortError'
        ? cause
        : new WixMediaError({
            message: `uploads.upload: the source cannot be read: ${textOf(cause)}`,
            code: 'SOURCE_FAILED',
            operation: 'uploads.upload',
            cause,
          }),
  };
  const api = {
    ...given,
    shared,
    client,
    sourceFailed: shared.sourceFailed,
    fromSource: (promise) =>
      promise.catch((error) => {
        throw shared.sourceFailed(error);
      }),
    sum: () => native?.() ?? new Digest(),
    now: () => connection.manager?.clock?.now?.() ?? Date.now(),
    // Chunks are cheap to repeat, so a resumable upload may fail more often.
    patience: {
      tries: attempts > 1 ? attempts * 2 : 1,
      plainTries: attempts,
      first: baseDelayMs,
      longest: maxDelayMs,
    },
  };
  const paths = createPaths(api);
  return { uploads: createUploads(api, paths), downloads: createDownloads(api), paths, trash: createTrash(api) };
}
