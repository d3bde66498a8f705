// The service worker: serves the page without a network, and the media of the Media Manager in this browser.
//
// Only a dedicated worker of a page can keep the files of a manager open, and only one at a time. So the page that owns the
// manager answers requests below local/: this worker finds it, hands over the request, and passes on the response as it
// arrives (place/serving.js describes the messages). While no page is open, the response is a 503.
//
// It is one classic script, because not every browser that runs the page runs modules as service workers.

/**
 * @typedef {Event & { waitUntil(work: Promise<unknown>): void }} ExtendableEvent
 * @typedef {ExtendableEvent & { request: Request, respondWith(response: Promise<Response>): void }} FetchEvent
 * @typedef {{ id: string, url: string, postMessage(message: unknown, transfer: Transferable[]): void }} Client A page.
 *
 * @typedef {object} WorkerScope What this file uses of a service worker. TypeScript's types of workers exclude those of
 *   pages, which the other files need.
 * @property {Location} location
 * @property {() => Promise<void>} skipWaiting
 * @property {{ claim(): Promise<void>, matchAll(options: object): Promise<Client[]> }} clients
 * @property {WorkerListener} addEventListener
 *
 * @typedef {{
 *   (type: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void;
 *   (type: 'fetch', listener: (event: FetchEvent) => void): void;
 * }} WorkerListener
 */

const worker = /** @type {WorkerScope} */ (/** @type {unknown} */ (self));
const SCOPE = new URL('./', worker.location.href);
const LOCAL = new URL('local/', SCOPE).pathname;
const CACHE = 'wix-media page';

/** The files that the page needs without a network. A test compares them with those that exist. */
const FILES = [
  './',
  'app/app.js',
  'app/display.js',
  'app/effects.js',
  'app/folder-commands.js',
  'app/guard.js',
  'app/item-commands.js',
  'app/live.js',
  'app/open-item.js',
  'app/other-tabs.js',
  'app/places.js',
  'app/preferences.js',
  'app/return.js',
  'app/router.js',
  'app/selected.js',
  'app/session.js',
  'app/shortcuts.js',
  'app/state.js',
  'app/tree-menu.js',
  'app/uploading.js',
  'app/usage.js',
  'app/viewing.js',
  'app/whereabouts.js',
  'favicon.svg',
  'main.js',
  'model/actions.js',
  'model/activity.js',
  'model/areas.js',
  'model/calls.js',
  'model/database.js',
  'model/dropped.js',
  'model/folder-maker.js',
  'model/folders.js',
  'model/id-source.js',
  'model/identifier.js',
  'model/image-url.js',
  'model/item-commands.js',
  'model/item.js',
  'model/job-kinds.js',
  'model/job-store.js',
  'model/job.js',
  'model/jobs.js',
  'model/list-calls.js',
  'model/listing.js',
  'model/locks.js',
  'model/name-conflicts.js',
  'model/no-room.js',
  'model/order.js',
  'model/pause.js',
  'model/pending.js',
  'model/refusal.js',
  'model/selection.js',
  'model/signal.js',
  'model/soon.js',
  'model/task.js',
  'model/transfer-rate.js',
  'model/trash-size.js',
  'model/undo-history.js',
  'model/upload-queue.js',
  'model/upload-store.js',
  'model/upload.js',
  'model/view.js',
  'parts/call-inspector/call-inspector.css',
  'parts/call-inspector/call-inspector.js',
  'parts/call-inspector/exchange.js',
  'parts/command-bar/command-bar.js',
  'parts/details-panel/details-panel.css',
  'parts/details-panel/details-panel.js',
  'parts/details-panel/facts.js',
  'parts/details-panel/labels.js',
  'parts/details-panel/swatches.js',
  'parts/details-panel/temporary-link.js',
  'parts/dialogs/conflicts.js',
  'parts/dialogs/connect.js',
  'parts/dialogs/dialogs.css',
  'parts/dialogs/downloads.js',
  'parts/dialogs/fields.js',
  'parts/dialogs/import.js',
  'parts/dialogs/move.js',
  'parts/dialogs/names.js',
  'parts/dialogs/new-folder.js',
  'parts/dialogs/purge.js',
  'parts/dialogs/rename.js',
  'parts/dialogs/shortcuts.js',
  'parts/drop-target/dragged-items.js',
  'parts/drop-target/drop-target.css',
  'parts/drop-target/drop-target.js',
  'parts/folder-tree/folder-menu.js',
  'parts/folder-tree/folder-node.js',
  'parts/folder-tree/folder-tree.css',
  'parts/folder-tree/folder-tree.js',
  'parts/item-menu/item-menu.js',
  'parts/jobs-panel/jobs-panel.css',
  'parts/jobs-panel/job-card.js',
  'parts/jobs-panel/jobs-panel.js',
  'parts/jobs-panel/task-card.js',
  'parts/list-controls/list-controls.js',
  'parts/location/location.css',
  'parts/location/location.js',
  'parts/media-grid/cells.js',
  'parts/media-grid/geometry.js',
  'parts/media-grid/item-grid.js',
  'parts/media-grid/keyboard.js',
  'parts/media-grid/list-head.js',
  'parts/media-grid/media-grid.css',
  'parts/media-grid/media-grid.js',
  'parts/media-grid/rename.js',
  'parts/media-grid/rows.js',
  'parts/search-box/search-box.css',
  'parts/search-box/search-box.js',
  'parts/selection-bar/selection-bar.css',
  'parts/selection-bar/selection-bar.js',
  'parts/side-panel/side-panel.css',
  'parts/side-panel/side-panel.js',
  'parts/sidebar/sidebar.css',
  'parts/sidebar/sidebar.js',
  'parts/sidebar/usage.js',
  'parts/stage/messages.js',
  'parts/stage/stage.css',
  'parts/stage/stage.js',
  'parts/transform-builder/transform-builder.css',
  'parts/transform-builder/transform-builder.js',
  'parts/upload-menu/upload-menu.js',
  'parts/uploads-panel/relabel.js',
  'parts/uploads-panel/upload-row.js',
  'parts/uploads-panel/uploads-panel.css',
  'parts/uploads-panel/uploads-panel.js',
  'parts/viewer/text-preview.js',
  'parts/viewer/viewer.css',
  'parts/viewer/viewer.js',
  'place/browser.js',
  'place/changes.js',
  'place/health.js',
  'place/object-url.js',
  'place/place.js',
  'place/remote.js',
  'place/send-blob.js',
  'place/service-worker.js',
  'place/serving.js',
  'style/controls.css',
  'style/page.css',
  'style/print.css',
  'style/theme.css',
  'text/code.js',
  'text/curl.js',
  'text/highlight.js',
  'text/secrets.js',
  'text/web-address.js',
  'text/words.js',
  'ui/code-block.css',
  'ui/code-block.js',
  'ui/copy-button.js',
  'ui/dialog.css',
  'ui/dialog.js',
  'ui/dom.js',
  'ui/drawer.js',
  'ui/element.js',
  'ui/error-report.css',
  'ui/error-report.js',
  'ui/field.js',
  'ui/file-dialog.js',
  'ui/focus.js',
  'ui/icons.js',
  'ui/item-icon.js',
  'ui/marks.js',
  'ui/menu.css',
  'ui/menu.js',
  'ui/picture.css',
  'ui/picture.js',
  'ui/rows.js',
  'ui/save.js',
  'ui/toasts.css',
  'ui/toasts.js',
  'ui/touch.js',
  'ui/transfer-bar.css',
  'ui/transfer-bar.js',
];

/** The same of the package, below wix-media/. A build may leave some of them out. */
const PACKAGE = [
  'browser.js',
  'client.wasm',
  'deliveries.js',
  'file-types.js',
  'images.wasm',
  'jxl.wasm',
  'library.js',
  'manager-worker.js',
  'manager.js',
  'manager.wasm',
  'resumable.js',
  'svg.wasm',
  'tiff.wasm',
  'tokens.js',
  'transfers.js',
  'transfers.wasm',
];

/** Milliseconds for which a request waits for an open page to become the owner, which takes long on a busy machine. */
const OWNER_TIMEOUT = 60_000;
/** Milliseconds for which it waits while no page is open. */
const PAGE_TIMEOUT = 10_000;
/** Milliseconds between two rounds of asking. */
const RETRY_DELAY = 150;
/** Milliseconds for which a page that is loading or closing may stay silent. */
const ANSWER_TIMEOUT = 1000;

/** An uploaded file must not act in the name of the page. */
const SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'";

const all = [...FILES, ...PACKAGE.map((file) => `wix-media/${file}`)];
const addresses = new Set(all.map((file) => new URL(file, SCOPE).pathname));
/** The ID of the page that answered last. @type {string | undefined} */
let owner;

worker.addEventListener('install', (event) => {
  const fill = async () => {
    const cache = await caches.open(CACHE);
    await Promise.all(all.map((file) => keep(cache, file)));
    await worker.skipWaiting();
  };
  event.waitUntil(fill());
});

/**
 * @param {Cache} cache
 * @param {string} file
 */
async function keep(cache, file) {
  const response = await fetch(new URL(file, SCOPE), { cache: 'no-cache' });
  if (response.ok) await cache.put(response.url, response);
  else if (FILES.includes(file)) throw new Error(`cannot load ${file}: status ${response.status}`);
}

worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== SCOPE.origin) return;
  if (pathname.startsWith(LOCAL)) event.respondWith(local(request));
  else if (request.method === 'GET' && addresses.has(pathname.replace(/\/index\.html$/, '/'))) event.respondWith(page(request));
});

/**
 * Returns a file of the page: from the network, or as it was on the last visit if there is no network.
 *
 * @param {Request} request
 */
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

/**
 * Returns the manager's response.
 *
 * @param {Request} request
 */
async function local(request) {
  const { url, method } = request;
  const headers = [...request.headers];
  const body = method === 'GET' || method === 'HEAD' ? undefined : await request.blob();
  const start = Date.now();
  for (let timeout = PAGE_TIMEOUT; Date.now() - start < timeout; await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY))) {
    const clients = await pages();
    timeout = clients.length > 0 ? OWNER_TIMEOUT : PAGE_TIMEOUT;
    for (const client of clients) {
      const response = await ask(client, { type: 'request', url, method, headers, body });
      if (!response) continue;
      owner = client.id;
      return response;
    }
  }
  const text = 'The Media Manager in this browser is reachable only while its page is open in a tab.\n';
  return new Response(text, { status: 503, headers: { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '1' } });
}

/** Returns the pages that may own the manager, the last known owner first. */
async function pages() {
  const clients = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  // A tab that shows a file from below local/ is a client too, and would not answer.
  const able = clients.filter(({ url }) => !new URL(url).pathname.startsWith(LOCAL));
  return able.sort((a, b) => Number(b.id === owner) - Number(a.id === owner));
}

/**
 * Hands a request to a page. Resolves with its response, or with `undefined` if the page is not the owner or stays silent.
 *
 * @param {Client} client
 * @param {{ type: 'request', url: string, method: string, headers: [string, string][], body: Blob | undefined }} request
 * @returns {Promise<Response | undefined>}
 */
function ask(client, request) {
  const { port1: port, port2 } = new MessageChannel();
  return new Promise((resolve, reject) => {
    /** @type {ReadableStreamDefaultController<Uint8Array> | undefined} */
    let controller;
    const timer = setTimeout(() => {
      port.close();
      resolve(undefined);
    }, ANSWER_TIMEOUT);
    const stream = () =>
      new ReadableStream({
        start(made) {
          controller = made;
        },
        pull: () =>
          new Promise((pulled) => {
            port.onmessage = ({ data }) => {
              receive(data);
              pulled(undefined);
            };
            port.postMessage('pull');
          }),
        cancel: () => port.postMessage('cancel'),
      });
    /** @param {FromPage} message */
    const receive = (message) => {
      clearTimeout(timer);
      switch (message.type) {
        case 'not me':
          resolve(undefined);
          break;
        case 'mine':
          port.postMessage('go');
          break;
        case 'head':
          resolve(responseOf(message, request.method, stream));
          break;
        case 'bytes':
          controller?.enqueue(message.bytes);
          break;
        case 'end':
          controller?.close();
          break;
        case 'failed': {
          const error = new TypeError(message.message);
          if (controller) controller.error(error);
          else reject(error);
        }
      }
    };
    port.onmessage = ({ data }) => receive(data);
    client.postMessage(request, [port2]);
  });
}

/**
 * @typedef {{ type: 'head', status: number, statusText: string, headers: [string, string][] }} Head
 * @typedef {{ type: 'not me' | 'mine' | 'end' } | Head | { type: 'bytes', bytes: Uint8Array } | { type: 'failed', message: string }} FromPage
 */

/**
 * @param {Head} head
 * @param {string} method
 * @param {() => ReadableStream} stream
 */
function responseOf({ status, statusText, headers: given }, method, stream) {
  const headers = new Headers(given);
  const isEmpty = [204, 205, 304].includes(status) || method === 'HEAD';
  // Browsers show PDF outside the page, and not at all in a sandbox.
  if (!/^application\/(?:pdf|json)\b/.test(headers.get('content-type') ?? '')) headers.set('content-security-policy', SANDBOX);
  headers.set('x-content-type-options', 'nosniff');
  return new Response(isEmpty ? null : stream(), { status, statusText, headers });
}
