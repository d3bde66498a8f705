// The owner's side of requests that come from the service worker: those of other tabs, and of media in any of them.

/** Headers that a Request refuses to be given, or that mean the connection to the worker. */
const SKIPPED = /^(?:accept-encoding|connection|content-length|host|origin|referer|sec-.*|user-agent)$/i;

/**
 * Answers requests by `handle(url, init)`, a fetch, until the function that it gives back is called. A page that does not
 * answer says so, so that the worker need not wait for it.
 */
export function serveRequests(handle) {
  answering = handle;
  return () => {
    if (answering === handle) answering = undefined;
  };
}

let answering;

navigator.serviceWorker?.addEventListener('message', ({ data, ports: [port] }) => {
  if (data?.type !== 'request' || !port) return;
  const handle = answering;
  if (!handle) return port.postMessage({ type: 'not me' });
  // Only a worker that is still waiting says to go ahead: one that has given up may have asked another page.
  port.onmessage = () => answer(port, data, handle);
  port.postMessage({ type: 'mine' });
});

async function answer(port, { url, method, headers, body }, handle) {
  const aborted = new AbortController();
  let reader;
  let pulling = Promise.resolve();
  const pull = async () => {
    try {
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done) port.postMessage({ type: 'end' });
      else {
        // Of a view of a larger buffer only the part may go.
        const bytes = value.byteLength === value.buffer.byteLength ? value : value.slice();
        port.postMessage({ type: 'bytes', bytes }, [bytes.buffer]);
      }
    } catch (error) {
      port.postMessage({ type: 'failed', message: String(error?.message ?? error) });
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
    const response = await handle(url, { method, headers: kept, body: body ?? undefined, signal: aborted.signal });
    reader = response.body?.getReader();
    port.postMessage({ type: 'head', status: response.status, statusText: response.statusText, headers: [...response.headers] });
  } catch (error) {
    port.postMessage({ type: 'failed', message: String(error?.message ?? error) });
  }
}
