// The Media Manager in this browser.
//
// The package shares one manager between all tabs: the first one runs it, the others call it, and the next one takes it over.
// The tab that runs it also answers the requests of the service worker, because it has the shortest way to the bytes.
/** @import { MediaManager } from 'wix-media.v2' */
/** @import { Place } from './place.js' */
import { createManager } from 'wix-media.v2';
import { health } from './health.js';
import { objectUrl } from './object-url.js';
import { serviceWorker } from './service-worker.js';
import { serveRequests } from './serving.js';

/** The name of the storage. */
const STORAGE = 'wix-media';

/** The lock of the worker that has its files open, in all versions of the package. */
const WORKER_LOCK = `wix-media.v2 ${STORAGE}`;

/**
 * Whether an error says that something else has the files open, such as a tab with an earlier version of this page.
 *
 * @param {unknown} error
 */
export const isLocked = (error) => error instanceof Error && 'code' in error && error.code === 'LOCKED';

/**
 * Resolves as soon as nothing has the files open. Rejects when the signal aborts.
 *
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export const whenClosed = (signal) => navigator.locks.request(WORKER_LOCK, { signal }, () => {});

/** Requests below this path belong to the manager; the service worker hands them to the owner. */
const PREFIX = 'local';

/** @implements {Place} */
export class BrowserPlace {
  /** @type {'browser'} */
  kind = 'browser';
  key = 'browser';
  eager = true;
  hasKey = false;
  baseUrl = new URL(PREFIX, document.baseURI).href;
  /** @type {MediaManager | undefined} */
  #manager;
  #stopServing = () => {};

  /** Opens the manager, here or in the tab that runs it. Rejects with code `LOCKED` if something else has its files open. */
  async open() {
    await serviceWorker();
    const manager = await createManager({ storage: { opfs: STORAGE }, baseUrl: this.baseUrl });
    this.#manager = manager;
    const runsHere = () => manager.storage.tab === 'owner';
    this.#stopServing = serveRequests({ isReady: runsHere, answer: (url, init) => this.fetch(url, init) });
    return this;
  }

  options() {
    return { baseUrl: this.baseUrl };
  }

  /** @param {readonly string[]} names */
  preamble(names) {
    return `import { createManager } from 'wix-media.v2';

const manager = await createManager({
  storage: { opfs: '${STORAGE}' },
});
const { ${names.join(', ')} } = manager.client;

`;
  }

  /**
   * Hands a request to the manager, which does not know the prefix.
   *
   * @param {string | URL | Request} url
   * @param {RequestInit} [init]
   */
  async fetch(url, init) {
    if (!this.#manager) throw new TypeError('the Media Manager of this browser is not open');
    const { pathname, search } = new URL(url instanceof Request ? url.url : url);
    const { pathname: base, origin } = new URL(this.baseUrl);
    return this.#manager.fetch(new Request(`${origin}${pathname.slice(base.length)}${search}`, url instanceof Request ? url : init));
  }

  /**
   * Returns an address that an element of this page can load. Without a service worker, as after a forced reload, it
   * fetches the bytes first.
   *
   * @param {string} url
   */
  showable(url) {
    if (navigator.serviceWorker?.controller || !url.startsWith(`${this.baseUrl}/`)) return url;
    return objectUrl(url, (address) => this.fetch(address));
  }

  async usage() {
    const { storage } = navigator;
    const [found, estimate, isPersistent] = await Promise.all([
      health(this.baseUrl, (url) => this.fetch(url)),
      storage?.estimate?.().catch(() => undefined),
      storage?.persisted?.().catch(() => undefined),
    ]);
    if (found?.bytes === undefined) return undefined;
    // The browser's total includes copies of uploads and the files of the page, so it says nothing about the files alone.
    const free = estimate?.quota === undefined ? undefined : Math.max(0, estimate.quota - (estimate.usage ?? 0));
    return { bytes: found.bytes, version: found.version, free, isPersistent: isPersistent ?? true };
  }

  async backup() {
    const response = await this.fetch(`${this.baseUrl}/_wix-media/export`);
    if (!response.ok) throw new Error(`cannot read the Media Manager of this browser: status ${response.status}`);
    return response.blob();
  }

  close() {
    this.#stopServing();
    this.#manager?.close();
  }
}
