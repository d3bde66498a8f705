// tus-js-client with `manager.fetch` as its network.

/** @import { Libraries, ScenarioManager } from './types.d.ts' */

/** @typedef {{ method: string, url: string, headers: Headers, content?: Uint8Array }} TusRequest A request of tus-js-client. */
/** @typedef {{ uploadUrl: string, uploadToken: string }} Session */

/**
 * A HTTP stack for tus-js-client; `before` sees each request and may throw as a broken line would.
 *
 * @param {Pick<ScenarioManager, 'fetch'>} manager
 * @param {(request: TusRequest) => unknown} [before]
 */
export function stack(manager, before = () => {}) {
  return {
    getName: () => 'manager.fetch',
    /**
     * @param {string} method
     * @param {string} url
     */
    createRequest(method, url) {
      const headers = new Headers();
      const stop = new AbortController();
      /** @type {(sent: number) => void} */
      let progress = () => {};
      return {
        getMethod: () => method,
        getURL: () => url,
        getHeader: (/** @type {string} */ name) => headers.get(name),
        getUnderlyingObject: () => null,
        setHeader: (/** @type {string} */ name, /** @type {string} */ value) => headers.set(name, value),
        setProgressHandler: (/** @type {(sent: number) => void} */ handler) => {
          progress = handler;
        },
        abort: async () => stop.abort(),
        /** @param {BodyInit | null} [body] */
        async send(body) {
          const content = body === undefined || body === null ? undefined : new Uint8Array(await new Response(body).arrayBuffer());
          await before({ method, url, headers, content });
          const response = await manager.fetch(url, { method, headers, body: content, signal: stop.signal });
          const text = await response.text();
          if (content) progress(content.length);
          return { getStatus: () => response.status, getHeader: (/** @type {string} */ name) => response.headers.get(name), getBody: () => text, getUnderlyingObject: () => response };
        },
      };
    },
  };
}

/**
 * Uploads bytes with tus-js-client; resolves to the address of the transfer.
 *
 * @param {{ libraries: Libraries, manager: Pick<ScenarioManager, 'fetch'> }} world
 * @param {Session} session
 * @param {Uint8Array<ArrayBuffer>} content
 * @param {{ name?: string, type?: string, before?: (request: TusRequest) => unknown } & Record<string, unknown>} [options]
 * @returns {Promise<string>}
 */
export function transfer({ libraries: { tus }, manager }, { uploadUrl, uploadToken }, content, { name = 'film.mp4', type = 'video/mp4', before, ...options } = {}) {
  // A buffer in Node, a blob in a page: what each build of the client reads.
  const source = globalThis.Buffer ? globalThis.Buffer.from(content) : new Blob([content]);
  return new Promise((resolve, reject) => {
    const upload = new tus.Upload(source, {
      endpoint: uploadUrl,
      metadata: { filename: name, contentType: type, token: uploadToken },
      httpStack: stack(manager, before),
      storeFingerprintForResuming: false,
      retryDelays: [0, 0, 0],
      uploadSize: content.length,
      onError: reject,
      onSuccess: () => resolve(upload.url),
      ...options,
    });
    upload.start();
  });
}

/**
 * The call that makes a file of a transfer.
 *
 * @param {{ manager: Pick<ScenarioManager, 'fetch'> }} world
 * @param {Session} session
 * @param {string} [name]
 */
export async function finalise({ manager }, { uploadUrl, uploadToken }, name) {
  const query = name ? `?filename=${encodeURIComponent(name)}` : '';
  const response = await manager.fetch(`${uploadUrl}/${uploadToken}${query}`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{}' });
  return { status: response.status, body: await response.json() };
}
