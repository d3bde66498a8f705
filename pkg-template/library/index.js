// The library: uploads, downloads, paths and trash, loaded with the first use of one of them.
import { createBoundary } from './boundary.js';
import { createDownloads } from './downloads/index.js';
import { Digest, load } from './module.js';
import { createPaths } from './paths/index.js';
import { createTrash } from './trash/index.js';
import { createUploads } from './uploads/index.js';

/** @import { Lent } from '../client/internal.d.ts' */
/** @import { Api, Shared } from './internal.d.ts' */

/**
 * Makes the library of one client.
 *
 * @param {Lent} given Everything of the small client, whose classes must be the same ones.
 */
export async function createLibrary(given) {
  const { connection, wasm, WixMediaError } = given;
  await load(wasm);
  const native = (await given.disk?.())?.digest;
  const { attempts, baseDelayMs, maxDelayMs } = connection.retry;
  const boundary = createBoundary(given);
  const sourceFailed = (/** @type {unknown} */ cause) =>
    boundary.failed('uploads.upload', 'SOURCE_FAILED', 'cannot read the source', cause);
  /** @type {Shared} */
  const shared = { ...connection, tell: given.tell, sourceFailed };
  /** @type {Api} */
  const api = {
    ...given,
    ...boundary,
    decode(name, response, body) {
      const file = given.decode(name, response, body);
      if (typeof file?._id === 'string') return file;
      const message = `${name}: invalid response: expected a file`;
      throw new WixMediaError({ message, code: 'INVALID_RESPONSE', status: response.status, operation: name, retry: 'maybe' });
    },
    shared,
    sourceFailed,
    digest: () => native?.() ?? new Digest(),
    now: () => (/** @type {any} */ (connection.manager)?.clock?.now?.() ?? Date.now()),
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
