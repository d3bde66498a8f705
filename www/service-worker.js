// The service worker: the page without a network, and the media of the Media Manager that runs in this browser.
//
// A manager keeps its files open, which only a dedicated worker of a page can do, and no two at a time. So the addresses
// below local/ are answered by the page that owns the manager: this worker asks the pages, hands over the request, and
// passes on what comes. While no page is open there is nobody to ask, and the answer says so.

const SCOPE = new URL('./', self.location);
const LOCAL = new URL('local/', SCOPE).pathname;
const CACHE = 'wix-media page';

/** What the page needs to start and to work without a network. A test compares this with what there is. */
const FILES = [
  './',
  'app/app.js',
  'app/dragging.js',
  'app/panes.js',
  'app/preferences.js',
  'app/router.js',
  'favicon.svg',
  'icons.svg',
  'main.js',
  'model/actions.js',
  'model/activity.js',
  'model/calls.js',
  'model/dropped.js',
  'model/listing.js',
  'model/selection.js',
  'model/upload-queue.js',
  'model/upload-store.js',
  'parts/call-inspector/call-inspector.css',
  'parts/call-inspector/call-inspector.js',
  'parts/details-panel/details-panel.css',
  'parts/details-panel/details-panel.js',
  'parts/dialogs/dialogs.css',
  'parts/dialogs/dialogs.js',
  'parts/drop-target/drop-target.css',
  'parts/folder-tree/folder-tree.css',
  'parts/folder-tree/folder-tree.js',
  'parts/location/location.css',
  'parts/media-grid/media-grid.css',
  'parts/media-grid/media-grid.js',
  'parts/search-box/search-box.css',
  'parts/selection-bar/selection-bar.css',
  'parts/side-panel/side-panel.css',
  'parts/sidebar/sidebar.css',
  'parts/stage/stage.css',
  'parts/transform-builder/transform-builder.css',
  'parts/transform-builder/transform-builder.js',
  'parts/uploads-panel/uploads-panel.css',
  'parts/uploads-panel/uploads-panel.js',
  'parts/viewer/viewer.css',
  'parts/viewer/viewer.js',
  'place/browser.js',
  'place/remote.js',
  'place/service-worker.js',
  'place/serving.js',
  'style/controls.css',
  'style/page.css',
  'style/theme.css',
  'text/code.js',
  'text/secrets.js',
  'text/words.js',
  'ui/code-block.css',
  'ui/code-block.js',
  'ui/dialog.css',
  'ui/dialog.js',
  'ui/element.js',
  'ui/error-report.css',
  'ui/error-report.js',
  'ui/item-icon.js',
  'ui/menu.css',
  'ui/menu.js',
  'ui/picture.css',
  'ui/picture.js',
  'ui/toasts.css',
  'ui/toasts.js',
];

/** The same of the package, below wix-media/. A part that a build leaves out is no reason not to start. */
const PACKAGE = [
  'browser.js',
  'client.wasm',
  'images.wasm',
  'manager-worker.js',
  'manager.js',
  'manager.wasm',
  'transfers.js',
  'transfers.wasm',
];

/** A page that starts takes its time before it answers. */
const PATIENCE = 10_000;
const PAUSE = 150;

/** What is uploaded here must not become a page that acts in the name of this one. */
const SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'";

const all = [...FILES, ...PACKAGE.map((file) => `wix-media/${file}`)];
const addresses = new Set(all.map((file) => new URL(file, SCOPE).pathname));
let owner;

self.addEventListener('install', (event) => {
  const fill = async () => {
    const cache = await caches.open(CACHE);
    await Promise.all(all.map((file) => keep(cache, file)));
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

async function keep(cache, file) {
  const response = await fetch(new URL(file, SCOPE), { cache: 'no-cache' });
  if (response.ok) await cache.put(response.url, response);
  else if (FILES.includes(file)) throw new Error(`${file} answers ${response.status}`);
}

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== SCOPE.origin) return;
  if (pathname.startsWith(LOCAL)) event.respondWith(local(request));
  else if (request.method === 'GET' && addresses.has(pathname.replace(/\/index\.html$/, '/'))) event.respondWith(page(request));
});

/** A file of the page: today's, or that of the last visit when there is no network. */
async function page(request) {
  const address = request.url.replace(/\/index\.html(?=$|[?#])/, '/').replace(/[?#].*$/, '');
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request);
    if (response.status === 200) await cache.put(address, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(address);
    if (kept) return kept;
    throw error;
  }
}

/** An answer of the manager. */
async function local(request) {
  const { url, method } = request;
  const headers = [...request.headers];
  const body = method === 'GET' || method === 'HEAD' ? undefined : await request.blob();
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline; await new Promise((resolve) => setTimeout(resolve, PAUSE))) {
    for (const client of await pages()) {
      const response = await ask(client, { type: 'request', url, method, headers, body });
      if (!response) continue;
      owner = client.id;
      return response;
    }
  }
  const text = 'This is kept by the Media Manager in this browser, which can be reached only while its page is open in a tab.\n';
  return new Response(text, { status: 503, headers: { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '1' } });
}

/** The pages that may own the manager, the last known owner first. */
async function pages() {
  const all = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  // A tab that shows a picture from here is a client as well, and would not answer.
  const able = all.filter(({ url }) => !new URL(url).pathname.startsWith(LOCAL));
  return able.sort((a, b) => (b.id === owner) - (a.id === owner));
}

/** Asks a page. Undefined when it is not the owner, or does not say in time. */
function ask(client, message) {
  const { port1: port, port2 } = new MessageChannel();
  return new Promise((resolve, reject) => {
    let controller;
    // A page that is being loaded or closed answers nothing at all.
    const timer = setTimeout(() => {
      port.close();
      resolve(undefined);
    }, 1000);
    const stream = () =>
      new ReadableStream({
        start: (made) => {
          controller = made;
        },
        pull: () =>
          new Promise((pulled) => {
            port.onmessage = ({ data }) => {
              receive(data);
              pulled();
            };
            port.postMessage('pull');
          }),
        cancel: () => port.postMessage('cancel'),
      });
    const receive = ({ type, bytes, message: reason, ...head }) => {
      clearTimeout(timer);
      switch (type) {
        case 'not me':
          return resolve(undefined);
        case 'mine':
          return port.postMessage('go');
        case 'head': {
          const { status, statusText } = head;
          const headers = new Headers(head.headers);
          const isEmpty = [204, 205, 304].includes(status) || message.method === 'HEAD';
          if (!/^application\/(?:pdf|json)\b/.test(headers.get('content-type'))) headers.set('content-security-policy', SANDBOX);
          headers.set('x-content-type-options', 'nosniff');
          return resolve(new Response(isEmpty ? null : stream(), { status, statusText, headers }));
        }
        case 'bytes':
          return controller.enqueue(bytes);
        case 'end':
          return controller.close();
        case 'failed': {
          const error = new TypeError(reason);
          return controller ? controller.error(error) : reject(error);
        }
      }
    };
    port.onmessage = ({ data }) => receive(data);
    client.postMessage(message, [port2]);
  });
}
