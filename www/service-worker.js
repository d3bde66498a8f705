// The service worker: serves the page without a network, and the media of the Media Manager in this browser.
//
// Only a dedicated worker of a page can keep the files of a manager open, and only one at a time. So the page that owns the
// manager answers requests below local/: this worker finds it, hands over the request, and passes on the response as it
// arrives (place/serving.js describes the messages). While no page is open, the response is a 503.
//
// Each version of the page has a cache of its own. Installing fills it whole, with the page and the package of that version, and
// activating deletes those of earlier versions. Nothing is added to a cache later: offline, the page never starts with files of
// two versions. A version that could not be loaded whole is not installed, and the one before stays.
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

/** The hash of all that the package contains. The build sets it, so that this worker changes with any file it caches. */
const VERSION = 'source';
/** What the names of all caches of this page begin with. Pages below other paths of the origin have their own. */
const CACHES = `wix-media page ${SCOPE.pathname} `;
const CACHE = CACHES + VERSION;
/** The cache of all versions, before each had its own. */
const FORMER_CACHE = 'wix-media page';

/** The files of the page. The build adds the bundles. */
const FILES = ['./', 'favicon.svg'];

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
  'tabs.js',
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

/** How servers say that a file does not exist. Object storage does so with 403. */
const MISSING = new Set([403, 404, 410]);

/** A file of the page with its hash in its name. It never changes. */
const HASHED = /-[A-Z0-9]{8}\.(?:css|js)$/;

/** An uploaded file must not act in the name of the page. */
const SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'";

const all = [...FILES, ...PACKAGE.map((file) => `wix-media/${file}`)];
const addresses = new Set(all.map((file) => new URL(file, SCOPE).pathname));
/** The ID of the page that answered last. @type {string | undefined} */
let owner;

worker.addEventListener('install', (event) => {
  const fill = async () => {
    const responses = await Promise.all(all.map(load));
    try {
      await caches.delete(CACHE);
      const cache = await caches.open(CACHE);
      await Promise.all(responses.map((response, index) => response && cache.put(new URL(all[index], SCOPE), response)));
    } catch (error) {
      await caches.delete(CACHE);
      throw error;
    }
    await worker.skipWaiting();
  };
  event.waitUntil(fill());
});

/**
 * Loads a file for the cache. Resolves with `undefined` if this build has left it out.
 *
 * @param {string} file
 */
async function load(file) {
  const response = await fetch(new URL(file, SCOPE), { cache: 'no-cache' });
  if (response.ok) return response;
  if (FILES.includes(file) || !MISSING.has(response.status)) throw new Error(`cannot load ${file}: status ${response.status}`);
  return undefined;
}

worker.addEventListener('activate', (event) => event.waitUntil(Promise.all([worker.clients.claim(), forgetOthers()])));

/** Deletes the caches of earlier versions. */
async function forgetOthers() {
  const names = await caches.keys();
  const others = names.filter((name) => name === FORMER_CACHE || (name.startsWith(CACHES) && name !== CACHE));
  await Promise.all(others.map((name) => caches.delete(name)));
}

/**
 * Whether an address is one of a file of the page. A page that is newer than this worker has other bundles.
 *
 * @param {string} pathname
 */
const isOfPage = (pathname) => addresses.has(pathname.replace(/\/index\.html$/, '/')) || isBundle(pathname);

/** @param {string} pathname */
const isBundle = (pathname) => HASHED.test(pathname) && new URL('.', `${SCOPE.origin}${pathname}`).pathname === SCOPE.pathname;

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== SCOPE.origin) return;
  if (pathname.startsWith(LOCAL)) event.respondWith(local(request));
  else if (request.method === 'GET' && isOfPage(pathname)) event.respondWith(page(request));
});

/**
 * Returns a file of the page: from the network, or that of this version if there is no network. A bundle never changes, so it
 * comes from the cache at once.
 *
 * @param {Request} request
 */
async function page(request) {
  const address = request.url.replace(/\/index\.html(?=$|[?#])/, '/').replace(/[?#].*$/, '');
  const cache = await caches.open(CACHE);
  const bundle = isBundle(new URL(address).pathname) ? await cache.match(address) : undefined;
  if (bundle) return bundle;
  try {
    const response = await fetch(request);
    // The tables of languages are not in FILES: each page needs one of them. Without room for it, the page still gets it.
    if (response.ok && isBundle(new URL(address).pathname)) await cache.put(address, response.clone()).catch(() => {});
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
