// The object that a caller gets as a manager, wherever the engine runs.
import { TOKEN } from './admin.js';
import { damageOf } from './damage.js';
import { isDirectory, seedEntries } from './seed.js';

/** @import { Given, MediaManager, PublicManager, PublicParts } from './internal.d.ts' */

/**
 * Makes the public object. `parts` are what differs between the engines; the rest is done by requests, which take any way
 * that `fetch` takes.
 *
 * @param {PublicParts} parts
 * @returns {PublicManager}
 */
export function createPublic({ fetch, baseUrl, given, on, follow, now, advance, storage, estimate, close, report, trap, settings: adjusted, kill, save, settled }) {
  const { WixMediaError, createClient, refusal, runtime, token } = given;
  /** @type {MediaManager['client'] | undefined} */
  let client;
  let isClosed = false;
  /** @type {Set<Promise<Response>>} */
  const underWay = new Set();

  /** Resolves when nothing is under way. */
  async function idle() {
    if (isClosed) throw new WixMediaError({ code: 'MANAGER_CLOSED', message: 'the manager is closed' });
    await Promise.allSettled([...underWay]);
    await settled?.();
  }

  /**
   * Sends a request to the router of `/_wix-media/`.
   *
   * @param {string} method
   * @param {string} name
   * @param {{ body?: any, input?: unknown, signal?: AbortSignal }} [content] A body as it is, or `input`, which becomes JSON.
   */
  async function administer(method, name, { body, input, signal } = {}) {
    const isJson = input !== undefined;
    const [route] = name.split('?');
    let response;
    try {
      response = await manager.fetch(`${baseUrl}/_wix-media/${name}`, {
        method,
        headers: { [TOKEN]: token, ...(isJson && { 'Content-Type': 'application/json' }) },
        body: isJson ? JSON.stringify(input) : body,
        signal,
      });
    } catch (cause) {
      if (cause instanceof WixMediaError || signal?.aborted) throw cause;
      const message = `${route}: cannot read the source: ${/** @type {Error} */ (cause)?.message ?? cause}`;
      throw new WixMediaError({ message, code: 'SOURCE_FAILED', operation: `manager.${route}`, cause });
    }
    if (response.ok) return response;
    const { message, details } = await response.json();
    const violation = details?.validationError?.fieldViolations?.[0];
    const code = details?.applicationError?.code ?? (violation ? 'INVALID_ARGUMENT' : 'UNKNOWN');
    throw new WixMediaError({ message: `${route}: ${message}`, code, status: response.status, operation: `manager.${route}`, details });
  }

  /**
   * Sends a command and discards the response body, which a worker would otherwise keep in memory.
   *
   * @param {Parameters<typeof administer>} request
   */
  async function command(...request) {
    const { body } = await administer(...request);
    await body?.cancel();
  }

  /** @type {PublicManager} */
  const manager = {
    fetch(input, init, more) {
      if (isClosed) return Promise.reject(new WixMediaError({ code: 'MANAGER_CLOSED', message: 'the manager is closed' }));
      const answer = fetch(input, init, more);
      underWay.add(answer);
      const done = () => underWay.delete(answer);
      answer.then(done, done);
      return answer;
    },
    baseUrl,
    get client() {
      return (client ??= /** @type {NonNullable<Given['createClient']>} */ (createClient)({ manager }));
    },
    on,
    clock: {
      now,
      async advance(milliseconds) {
        if (!(milliseconds >= 0)) throw refusal('milliseconds', 'must be a number that is not negative', 'clock.advance');
        await advance(Number(milliseconds));
      },
    },
    get storage() {
      return storage();
    },
    estimate,
    faults: {
      add: (...faults) => command('POST', 'faults', { input: faults.flat() }),
      clear: () => command('DELETE', 'faults'),
    },
    async export({ onDamage } = {}) {
      if (onDamage !== undefined && typeof onDamage !== 'function') throw refusal('onDamage', 'must be a function', 'manager.export');
      const { body, headers } = await administer('GET', 'export');
      const found = damageOf(headers);
      if (found.damagedFiles > 0) onDamage?.(found);
      return /** @type {ReadableStream<Uint8Array>} */ (body);
    },
    async import(archive) {
      const response = await administer('PUT', 'import', { body: archive instanceof Response ? archive.body : archive });
      return response.json();
    },
    async check({ blobs = 'bytes', signal } = {}) {
      return (await administer('GET', `check?blobs=${encodeURIComponent(blobs)}`, { signal })).json();
    },
    settings: (settings) => command('PATCH', 'settings', { input: settings }),
    async seed(entries) {
      for await (const { content, failure, ...entry } of seedEntries(entries, { runtime, refusal })) {
        try {
          if (failure) throw failure;
          await command('PUT', `seed?entry=${encodeURIComponent(JSON.stringify(entry))}`, { body: content });
        } catch (error) {
          const { code, status, message } = /** @type {{ code?: string, status?: number, message: string }} */ (error);
          // A list is what its author has made of it. In a directory, one file must not keep the others out.
          const isEntry = status === undefined || (status >= 400 && status < 500);
          if (!isDirectory(entries) || !isEntry || code === 'MANAGER_CLOSED') throw error;
          const text = `left out ${entry.path} of the seed: ${message.replace(/^seed: /, '')}`;
          report(new WixMediaError({ message: text, code: status ? String(code) : 'SOURCE_FAILED', status, cause: error }));
        }
      }
    },
    async seedOnce(entries) {
      if (storage().usage.isEmpty) await manager.seed(entries);
    },
    follow,
    reset: () => command('POST', 'reset', { input: {} }),
    async close() {
      if (isClosed) return;
      isClosed = true;
      await Promise.allSettled([...underWay]);
      await close();
    },
    [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]: () => manager.close(),
    [Symbol.for('wix-media.trap')]: trap,
    ...(adjusted && { [Symbol.for('wix-media.settings')]: adjusted }),
    ...(save && {
      [Symbol.for('wix-media.snapshot')]: async () => {
        await idle();
        const restore = save();
        return async () => {
          await idle();
          restore();
        };
      },
    }),
    ...(kill && { [Symbol.for('wix-media.kill')]: kill }),
  };
  return manager;
}
