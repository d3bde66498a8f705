// The object that a caller gets as a manager, wherever the engine runs.
import { TOKEN } from './admin.js';
import { seedEntries } from './seed.js';

/** @import { Given, MediaManager, PublicManager, PublicParts } from './internal.d.ts' */

/**
 * Makes the public object. `parts` are what differs between the engines; the rest is done by requests, which take any way
 * that `fetch` takes.
 *
 * @param {PublicParts} parts
 * @returns {PublicManager}
 */
export function createPublic({ fetch, baseUrl, given, on, now, advance, storage, estimate, close, trap }) {
  const { WixMediaError, createClient, refusal, runtime, token } = given;
  /** @type {MediaManager['client'] | undefined} */
  let client;
  let isClosed = false;
  /** @type {Set<Promise<Response>>} */
  const underWay = new Set();

  /**
   * Sends a request to the router of `/_wix-media/`.
   *
   * @param {string} method
   * @param {string} name
   * @param {{ body?: any, input?: unknown }} [content] A body as it is, or `input`, which becomes JSON.
   */
  async function administer(method, name, { body, input } = {}) {
    const isJson = input !== undefined;
    const response = await manager.fetch(`${baseUrl}/_wix-media/${name}`, {
      method,
      headers: { [TOKEN]: token, ...(isJson && { 'Content-Type': 'application/json' }) },
      body: isJson ? JSON.stringify(input) : body,
    });
    if (response.ok) return response;
    const { message, details } = await response.json();
    const violation = details?.validationError?.fieldViolations?.[0];
    const code = details?.applicationError?.code ?? (violation ? 'INVALID_ARGUMENT' : 'UNKNOWN');
    throw new WixMediaError({ message: `${name}: ${message}`, code, status: response.status, operation: `manager.${name}`, details });
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
    fetch(input, init) {
      if (isClosed) return Promise.reject(new WixMediaError({ code: 'MANAGER_CLOSED', message: 'the manager is closed' }));
      const answer = fetch(input, init);
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
    async export() {
      const { body } = await administer('GET', 'export');
      return /** @type {ReadableStream<Uint8Array>} */ (body);
    },
    import: (archive) => command('PUT', 'import', { body: archive instanceof Response ? archive.body : archive }),
    settings: (settings) => command('PATCH', 'settings', { input: settings }),
    async seed(entries) {
      for await (const { content, ...entry } of seedEntries(entries, { runtime, refusal })) {
        await command('PUT', `seed?entry=${encodeURIComponent(JSON.stringify(entry))}`, { body: content });
      }
    },
    async seedOnce(entries) {
      if (storage().usage.isEmpty) await manager.seed(entries);
    },
    reset: () => command('POST', 'reset', { input: {} }),
    async close() {
      if (isClosed) return;
      isClosed = true;
      await Promise.allSettled([...underWay]);
      await close();
    },
    [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]: () => manager.close(),
    [Symbol.for('wix-media.trap')]: trap,
  };
  return manager;
}
