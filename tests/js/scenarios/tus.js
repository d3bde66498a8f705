// tus-js-client with `manager.fetch` as its network.

/** A HTTP stack for tus-js-client; `before` sees each request and may throw as a broken line would. */
export function stack(manager, before = () => {}) {
  return {
    getName: () => 'manager.fetch',
    createRequest(method, url) {
      const headers = new Headers();
      const stop = new AbortController();
      let progress = () => {};
      return {
        getMethod: () => method,
        getURL: () => url,
        getHeader: (name) => headers.get(name),
        getUnderlyingObject: () => null,
        setHeader: (name, value) => headers.set(name, value),
        setProgressHandler: (handler) => {
          progress = handler;
        },
        abort: async () => stop.abort(),
        async send(body) {
          const content = body === undefined || body === null ? undefined : new Uint8Array(await new Response(body).arrayBuffer());
          await before({ method, url, headers, content });
          const response = await manager.fetch(url, { method, headers, body: content, signal: stop.signal });
          const text = await response.text();
          if (content) progress(content.length);
          return { getStatus: () => response.status, getHeader: (name) => response.headers.get(name), getBody: () => text, getUnderlyingObject: () => response };
        },
      };
    },
  };
}

/** Uploads bytes with tus-js-client; resolves to the address of the transfer. */
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

/** The call that makes a file of a transfer. */
export async function finalise({ manager }, { uploadUrl, uploadToken }, name) {
  const query = name ? `?filename=${encodeURIComponent(name)}` : '';
  const response = await manager.fetch(`${uploadUrl}/${uploadToken}${query}`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{}' });
  return { status: response.status, body: await response.json() };
}
