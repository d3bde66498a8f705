// Requests whose bytes can be counted while they leave. Only XMLHttpRequest shows a page how much of a body has been sent.

/** Statuses of responses that have no body. */
const BODILESS = new Set([101, 204, 205, 304]);

/**
 * Sends a blob, as `fetch` would.
 *
 * @param {string} url
 * @param {RequestInit & { body: Blob }} init
 * @param {(bytes: number) => void} onSent Called with the number of bytes that have left, again and again.
 * @returns {Promise<Response>}
 */
export function sendBlob(url, { method = 'POST', headers, body, signal }, onSent) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open(method, url);
    request.responseType = 'arraybuffer';
    for (const [name, value] of new Headers(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener('progress', ({ loaded }) => onSent(loaded));
    request.addEventListener('load', () => resolve(responseOf(request)));
    request.addEventListener('error', () => reject(new TypeError('Failed to fetch')));
    request.addEventListener('abort', () => reject(signal?.reason));
    request.addEventListener('loadend', () => signal?.removeEventListener('abort', abort));
    if (signal?.aborted) reject(signal.reason);
    else {
      signal?.addEventListener('abort', abort);
      request.send(body);
    }
  });
}

/** @param {XMLHttpRequest} request */
function responseOf(request) {
  const { status, statusText, response } = request;
  const headers = new Headers();
  for (const line of request.getAllResponseHeaders().trim().split(/\r\n/)) {
    const at = line.indexOf(':');
    if (at > 0) headers.append(line.slice(0, at), line.slice(at + 1).trim());
  }
  return new Response(BODILESS.has(status) ? null : response, { status, statusText, headers });
}
