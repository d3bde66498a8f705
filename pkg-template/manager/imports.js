// Fetching the sources of imports. The module decides which URLs may be fetched, and what becomes of the answer.
import { linked } from '../streams/until.js';
import { recorded } from './recorded.js';

/** @import { Engine, ImportOrder, ManagerCore, Network, SourceAnswer, Worker } from './internal.d.ts' */

/** How many sources are fetched at once. */
const MAX_CONCURRENCY = 4;

/**
 * Fetches sources. `network` stands in for the global fetch where the runtime can check addresses before it connects
 * to them.
 *
 * @param {Engine} engine
 * @param {Network} network
 * @param {object} hooks
 * @param {() => void} hooks.changed Told after an import has ended.
 * @param {(error: unknown) => void} hooks.report Told why an outcome could not be recorded.
 * @returns {Worker<ImportOrder>}
 */
export function createImports(engine, network, { changed, report }) {
  const closing = new AbortController();
  /** @type {Map<string, Promise<void>>} */
  const running = new Map();
  /** @type {{ totalMs: number, firstByteMs: number, redirects: number } | undefined} */
  let rules;

  /** @param {ImportOrder[]} orders */
  function run(orders) {
    for (const order of orders) {
      // Its lease has expired, by a virtual clock for instance, but it is still being fetched.
      if (running.has(order.file)) continue;
      // While the storage is full, the import waits.
      const work = recorded(closing.signal, () => attempted(order)).catch(() => {});
      running.set(order.file, work);
      work.finally(() => {
        running.delete(order.file);
        if (!closing.signal.aborted) changed();
      });
    }
  }

  const rulesOf = () => (rules ??= /** @type {NonNullable<typeof rules>} */ (engine.control('importRules')));

  /**
   * Fetches a source.
   *
   * @param {ImportOrder} order
   * @returns {Promise<boolean>} Whether the outcome is recorded.
   */
  async function attempted(order) {
    const { totalMs, firstByteMs } = rulesOf();
    // Each attempt has its own time limits.
    const own = linked(closing.signal);
    const abortAfter = (/** @type {number} */ ms, /** @type {string} */ reason) => {
      const timer = setTimeout(() => own.abort(new Error(reason)), ms);
      if (typeof timer === 'object') timer.unref();
      return timer;
    };
    const total = abortAfter(totalMs, `it took longer than ${totalMs} ms`);
    const first = abortAfter(firstByteMs, `it did not answer within ${firstByteMs} ms`);
    /** @type {SourceAnswer | undefined} */
    let response;
    try {
      const answer = await follow(order, own.signal);
      response = answer;
      clearTimeout(first);
      if (closing.signal.aborted) return true;
      const open = (/** @type {ManagerCore} */ core) => core.openImport(order.file, answer.status, answer.headers.join('\n'));
      const outcome = await engine.receive(open, answer);
      await outcome.body?.cancel();
      return outcome.status < 500;
    } catch (thrown) {
      if (closing.signal.aborted) return true;
      const error = /** @type {Error & { cause?: Error }} */ (thrown);
      const description = `cannot fetch the source: ${error?.cause?.message ?? error?.message ?? error}`;
      try {
        engine.control('failImport', { file: order.file, code: 'SOURCE_UNREACHABLE', description });
        return true;
      } catch (failure) {
        report(failure);
        return false;
      }
    } finally {
      clearTimeout(total);
      clearTimeout(first);
      own.release();
      response?.cancel();
    }
  }

  /**
   * The last answer of a chain of redirects, each of which has to be allowed.
   *
   * @param {ImportOrder} order
   * @param {AbortSignal} signal
   */
  async function follow({ url, headers }, signal) {
    /** @type {string | undefined} */
    let origin;
    for (let redirects = 0; ; redirects += 1) {
      const verdict = engine.control('checkImportUrl', { url });
      if (verdict.refused) throw new Error(`${url} ${verdict.refused}`);
      origin ??= verdict.origin;
      // Headers of the caller are meant for one origin only.
      const sent = verdict.origin === origin ? headers : [];
      const isPrivate = (/** @type {string} */ address) => engine.control('isPrivate', { address });
      const response = await network(url, { headers: sent, signal, isPrivate });
      if (!response.location) return response;
      response.cancel();
      const max = rulesOf().redirects;
      if (redirects === max) throw new Error(`there were more than ${max} redirects`);
      url = new URL(response.location, url).href;
    }
  }

  return {
    free: () => (closing.signal.aborted ? 0 : MAX_CONCURRENCY - running.size),
    run,
    idle: () => Promise.allSettled(running.values()),
    async close() {
      closing.abort();
      await Promise.allSettled(running.values());
    },
  };
}

/**
 * The network by the global fetch: it cannot check addresses, and follows redirects by itself.
 *
 * @type {Network}
 */
export async function fetchNetwork(url, { headers, signal }) {
  const response = await fetch(url, { headers, signal, redirect: 'follow', credentials: 'omit' });
  return {
    status: response.status,
    headers: [...response.headers].flat(),
    body: response.body,
    cancel: () => void response.body?.cancel().catch(() => {}),
  };
}
