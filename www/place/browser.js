// The Media Manager in this browser.
//
// Its files can be open only once, so a Web Lock makes one tab the owner. The owner runs the manager and answers requests of
// the service worker; the other tabs send theirs through the service worker and wait for the lock. When the owner closes,
// the browser gives the lock to the next tab, which opens the manager. Without a service worker a second tab cannot reach
// the owner, and `open` rejects.
/** @import { MediaManager } from 'wix-media.v2' */
/** @import { Place } from './place.js' */
import { createManager } from 'wix-media.v2';
import { Signal } from '../model/signal.js';
import { health } from './health.js';
import { objectUrl } from './object-url.js';
import { serviceWorker } from './service-worker.js';
import { serveRequests } from './serving.js';

/** The name of the storage. */
const STORAGE = 'wix-media';

/** The lock of the tab that owns the storage, and that of the worker that has its files open. */
const OWNER_LOCK = `${STORAGE} manager`;
const WORKER_LOCK = `wix-media.v2 ${STORAGE}`;

/** Milliseconds that the worker of a closed tab may take to end, before its files count as open elsewhere. */
const WORKER_END = 10_000;

/**
 * Whether an error says that another tab or worker has the files open.
 *
 * @param {unknown} error
 */
export const isLocked = (error) => error instanceof Error && 'code' in error && error.code === 'LOCKED';

/**
 * Resolves as soon as nobody holds a lock. Rejects when the signal aborts.
 *
 * @param {string} name
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
const whenFree = (name, signal) => navigator.locks.request(name, { signal }, () => {});

/**
 * Resolves as soon as no tab owns the storage. Rejects when the signal aborts.
 *
 * @param {AbortSignal} signal
 */
export const whenClosed = (signal) => whenFree(OWNER_LOCK, signal);

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
  /** Emits when this tab becomes the owner after another one. @type {Signal<void>} */
  changed = new Signal();
  /** @type {MediaManager | undefined} */
  #manager;
  #release = () => {};
  #closing = new AbortController();

  /** Opens the manager, or finds the tab that has it open. Rejects with code `LOCKED` if neither is possible. */
  async open() {
    const hasWorker = await serviceWorker();
    if (await this.#own({ ifAvailable: true })) return this;
    if (!hasWorker) {
      throw Object.assign(new Error('the Media Manager of this browser is open in another tab'), { code: 'LOCKED' });
    }
    this.#own({ signal: this.#closing.signal }).then(
      () => this.changed.emit(),
      () => {},
    );
    return this;
  }

  /**
   * Takes the lock and opens the manager. Resolves with whether this tab got the lock.
   *
   * @param {LockOptions} options
   * @returns {Promise<boolean>}
   */
  #own(options) {
    return new Promise((resolve, reject) => {
      /** @param {Lock | null} lock */
      const hold = async (lock) => {
        if (!lock) return resolve(false);
        try {
          this.#manager = await this.#start(options.signal ?? AbortSignal.timeout(WORKER_END));
        } catch (error) {
          return reject(error);
        }
        const stop = serveRequests((url, init) => this.fetch(url, init));
        resolve(true);
        await new Promise((release) => {
          this.#release = () => release(undefined);
        });
        stop();
        await this.#manager.close();
        this.#manager = undefined;
      };
      navigator.locks.request(OWNER_LOCK, options, hold).catch(reject);
    });
  }

  /**
   * Opens the manager. The lock of a closed tab may be free a moment before its worker has ended, which is waited for.
   *
   * @param {AbortSignal} signal Gives that up.
   */
  async #start(signal) {
    for (;;) {
      try {
        return await createManager({ storage: { opfs: STORAGE }, baseUrl: this.baseUrl });
      } catch (error) {
        if (!isLocked(error)) throw error;
        await whenFree(WORKER_LOCK, signal).catch(() => Promise.reject(error));
      }
    }
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
   * Hands a request to the manager, which does not know the prefix; or, if another tab has it, to the service worker.
   *
   * @param {string | URL | Request} url
   * @param {RequestInit} [init]
   */
  fetch(url, init) {
    if (!this.#manager) return fetch(url, init);
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
    this.#closing.abort();
    this.#release();
  }
}
