// What a caller gets as a manager, wherever the engine runs.
import { TOKEN } from './admin.js';
import { seedEntries } from './seed.js';

/**
 * Makes the public object. `parts` are the things that differ: `fetch`, `on`, `now`, `advance`, `storage`, `close`,
 * `trap`; the rest is done by requests, which take any way that `fetch` does.
 */
export function createFace({ fetch, baseUrl, given, on, now, advance, storage, estimate, close, trap }) {
  const { WixMediaError, createClient, refusal, runtime, token } = given;
  let client;
  let isClosed = false;
  const underWay = new Set();

  async function administer(method, name, { body, input } = {}) {
    const url = `${baseUrl}/_wix-media/${name}`;
    const json = input !== undefined;
    const response = await manager.fetch(url, {
      method,
      headers: { [TOKEN]: token, ...(json && { 'Content-Type': 'application/json' }) },
      body: json ? JSON.stringify(input) : body,
      ...(body instanceof ReadableStream && { duplex: 'half' }),
    });
    if (response.ok) return response;
    const { message, details } = await response.json();
    const violation = details?.validationError?.fieldViolations?.[0];
    const code = details?.applicationError?.code ?? (violation ? 'INVALID_ARGUMENT' : 'UNKNOWN');
    throw new WixMediaError({ message: `${name}: ${message}`, code, status: response.status, operation: `manager.${name}`, details });
  }

  /** What is done for its effect. In a worker, what nobody reads of an answer would be kept. */
  async function order(method, name, given) {
    const { body } = await administer(method, name, given);
    await body?.cancel();
  }

  const manager = {
    fetch(input, init) {
      if (isClosed) return Promise.reject(new WixMediaError({ code: 'MANAGER_CLOSED', message: 'The manager is closed' }));
      const answer = fetch(input, init);
      underWay.add(answer);
      const done = () => underWay.delete(answer);
      answer.then(done, done);
      return answer;
    },
    baseUrl,
    get client() {
      return (client ??= createClient({ manager }));
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
      add: (...faults) => order('POST', 'faults', { input: faults.flat() }),
      clear: () => order('DELETE', 'faults'),
    },
    async export() {
      return (await administer('GET', 'export')).body;
    },
    import: (archive) => order('PUT', 'import', { body: archive instanceof Response ? archive.body : archive }),
    settings: (settings) => order('PATCH', 'settings', { input: settings }),
    async seed(entries) {
      for await (const { content, ...entry } of seedEntries(entries, { runtime, refusal })) {
        await order('PUT', `seed?entry=${encodeURIComponent(JSON.stringify(entry))}`, { body: content });
      }
    },
    /** The option `seed`: only for a manager that holds nothing, so that a storage is seeded once. */
    async seedOnce(entries) {
      const { isEmpty } = storage().usage;
      if (isEmpty) await manager.seed(entries);
    },
    reset: () => order('POST', 'reset', { input: {} }),
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
