// The owner's side of requests from the service worker: those for media in any tab.
//
// For each request the worker opens a MessageChannel. It sends `request`; the page answers `mine` or `not me`. The worker
// then says `go`, the page answers `head`, and for each `pull` of the worker `bytes` or `end`. `failed` ends it at any
// time, and so does `cancel` of the worker.

/**
 * @typedef {(url: string, init: RequestInit) => Promise<Response>} Handle
 *
 * @typedef {object} WorkerRequest What the worker sends.
 * @property {'request'} type
 * @property {string} url
 * @property {string} method
 * @property {[string, string][]} headers
 * @property {Blob | undefined} body
 */

/** Headers that a Request does not accept, or that belong to the connection to the worker. */
const SKIPPED = /^(?:accept-encoding|connection|content-length|host|origin|referer|sec-.*|user-agent)$/i;

/**
 * @typedef {object} Owner
 * @property {() => boolean} isReady Whether this tab has the manager.
 * @property {Handle} answer
 */

/** @type {Owner | undefined} */
let owner;

/**
 * Answers requests until the returned function is called. A page that does not answer says so, and the worker asks the next
 * one without waiting.
 *
 * @param {Owner} given
 */
export function serveRequests(given) {
  owner = given;
  return () => {
    if (owner === given) owner = undefined;
  };
}

navigator.serviceWorker?.addEventListener('message', ({ data, ports: [port] }) => {
  if (data?.type !== 'request' || !port) return;
  if (!owner?.isReady()) return port.postMessage({ type: 'not me' });
  const { answer: handle } = owner;
  // A worker that gave up may have asked another page. Only one that still waits says to go ahead.
  port.onmessage = () => answer(port, data, handle);
  return port.postMessage({ type: 'mine' });
});

/**
 * @param {MessagePort} port
 * @param {WorkerRequest} request
 * @param {Handle} handle
 */
async function answer(port, { url, method, headers, body }, handle) {
  const aborted = new AbortController();
  /** @type {ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined} */
  let reader;
  let pulling = Promise.resolve();
  /** @param {unknown} error */
  const fail = (error) => port.postMessage({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  const pull = async () => {
    try {
      const { value } = (await reader?.read()) ?? {};
      if (!value) port.postMessage({ type: 'end' });
      else {
        // Transferring a view would transfer the whole buffer below it.
        const bytes = value.byteLength === value.buffer.byteLength ? value : value.slice();
        port.postMessage({ type: 'bytes', bytes }, [bytes.buffer]);
      }
    } catch (error) {
      fail(error);
    }
  };
  port.onmessage = ({ data }) => {
    if (data === 'pull') pulling = pulling.then(pull);
    else if (data === 'cancel') {
      aborted.abort();
      reader?.cancel().catch(() => {});
      port.close();
    }
  };
  try {
    const kept = headers.filter(([name]) => !SKIPPED.test(name));
    const response = await handle(url, { method, headers: kept, body, signal: aborted.signal });
    reader = response.body?.getReader();
    port.postMessage({ type: 'head', status: response.status, statusText: response.statusText, headers: [...response.headers] });
  } catch (error) {
    fail(error);
  }
}
