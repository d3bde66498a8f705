// Fetching what was imported by URL. Which URLs may be fetched, and what becomes of the answer, the core decides.

/** So many sources are fetched at once. */
const MOST = 4;

/**
 * Fetches the sources of imports. `network` is what the runtime has instead of the global fetch, so that addresses can be
 * checked before a connection is made to them.
 */
export function createImports(engine, network, changed) {
  const running = new Map();
  let isClosed = false;
  let rules;

  /** Takes orders while there is room; told after whatever may have made one. */
  function take() {
    if (isClosed || running.size >= MOST) return;
    for (const order of engine.control('takeImports', { most: MOST - running.size })) {
      const controller = new AbortController();
      const work = run(order, controller).catch(() => {});
      running.set(order.file, { controller, work });
      work.finally(() => {
        running.delete(order.file);
        if (isClosed) return;
        changed();
      });
    }
  }

  async function run(order, controller) {
    rules ??= engine.control('importRules');
    const { totalMs, firstByteMs } = rules;
    const total = setTimeout(() => controller.abort(new Error(`it took longer than ${totalMs} ms`)), totalMs);
    const first = setTimeout(() => controller.abort(new Error(`it did not answer within ${firstByteMs} ms`)), firstByteMs);
    total.unref?.();
    first.unref?.();
    let response;
    try {
      response = await follow(order, controller.signal);
      clearTimeout(first);
      if (!isClosed) await engine.receive((core) => core.openImport(order.file, response.status, response.headers), response);
    } catch (error) {
      if (isClosed) return;
      const description = `the source could not be fetched: ${error?.cause?.message ?? error?.message ?? error}`;
      engine.control('failImport', { file: order.file, code: 'SOURCE_UNREACHABLE', description });
    } finally {
      clearTimeout(total);
      clearTimeout(first);
      response?.cancel?.();
    }
  }

  /** The last answer of a chain of redirects, each of which has to be allowed. */
  async function follow({ url, headers }, signal) {
    let origin;
    for (let redirects = 0; ; redirects += 1) {
      const verdict = engine.control('checkImportUrl', { url });
      if (verdict.refused) throw new Error(`${url} ${verdict.refused}`);
      origin ??= verdict.origin;
      // What the caller sends to one origin is not for another.
      const sent = verdict.origin === origin ? headers : [];
      const response = await network(url, { headers: sent, signal, isPrivate: (address) => engine.control('isPrivate', { address }) });
      if (!response.location) return response;
      response.cancel();
      if (redirects === rules.redirects) throw new Error(`there were more than ${rules.redirects} redirects`);
      url = new URL(response.location, url).href;
    }
  }

  return {
    take,
    async close() {
      isClosed = true;
      const works = [...running.values()];
      for (const { controller } of works) controller.abort();
      await Promise.allSettled(works.map(({ work }) => work));
    },
  };
}

/** The network by the global fetch: addresses cannot be checked, and redirects are followed by the engine. */
export async function fetchNetwork(url, { headers, signal }) {
  const response = await fetch(url, { headers, signal, redirect: 'follow', credentials: 'omit' });
  return {
    status: response.status,
    headers: [...response.headers].flat(),
    body: response.body,
    cancel: () => response.body?.cancel().catch(() => {}),
  };
}
