// The library: uploads, and what downloads, paths and the trash share with them. It is loaded with the first use of one of
// them; the other three are in `library.js`, which their first use loads, as that of `uploadAll` does, and resumable uploads in
// `resumable.js`.
import { until } from '../streams/until.js';
import { createBoundary } from './boundary.js';
import { Digest, load, machine } from './module.js';
import { checkOptions } from './options.js';
import { exchange } from './uploads/exchange.js';
import { createUploads } from './uploads/index.js';

/** @import { Lent } from '../client/internal.d.ts' */
/** @import { Api, Shared } from './internal.d.ts' */

/**
 * Makes the library of one client.
 *
 * @param {Lent} given Everything of the small client, whose classes must be the same ones.
 */
export async function createLibrary(given) {
  const { connection, refusal, wasm, WixMediaError } = given;
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
    checkOptions: (operation, options) => checkOptions(operation, options, refusal),
    decode(name, response, body) {
      const file = given.decode(name, response, body);
      if (typeof file?._id === 'string') return file;
      const message = `${name}: invalid response: expected a file`;
      throw new WixMediaError({ message, code: 'INVALID_RESPONSE', status: response.status, operation: name, retry: 'maybe' });
    },
    exchange,
    machine,
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
  const more = given.loadPart('library.js', async () => {
    const { createRest, uploadAll } = await import('#package/library.js');
    return { uploadAll, ...createRest(api) };
  });
  /** @type {import('./internal.d.ts').EnsurePath} */
  const ensure = async (path, options) => (await until(options?.signal, more())).paths.ensure(path, options);
  return { uploads: createUploads(api, { ensure }, more), more };
}
