// The Media Manager in this browser. One tab owns it, because its files can be open only once; the others reach it
// through the service worker, which also answers the addresses of its media.
import { createManager } from 'wix-media.v2';
import { serviceWorker } from './service-worker.js';
import { serveRequests } from './serving.js';

/** The name of the storage, and of the lock of whoever has it open. */
const STORAGE = 'wix-media';

/** Below this path the service worker hands requests to the owner, and nothing else is there. */
const PREFIX = 'local';

export class BrowserPlace extends EventTarget {
  kind = 'browser';
  title = 'In this browser';
  key = 'browser';
  eager = true;
  hasKey = false;
  siteId = '';
  baseUrl = new URL(PREFIX, document.baseURI).href;
  #manager;
  #release;
  #closing = new AbortController();
  #hasWorker = false;

  /** Opens the manager, or finds the tab that has. Rejects with an error of code `LOCKED` when neither is possible. */
  async open() {
    this.#hasWorker = await serviceWorker();
    if (await this.#own({ ifAvailable: true })) return this;
    if (!this.#hasWorker) {
      throw Object.assign(new Error('The Media Manager of this browser is open in another tab.'), { code: 'LOCKED' });
    }
    // The owner may close at any time; the first tab in the queue then takes over.
    this.#own({ signal: this.#closing.signal }).then(
      () => this.dispatchEvent(new Event('change')),
      () => {},
    );
    return this;
  }

  /** Whether this tab has the manager. */
  get isOwner() {
    return this.#manager !== undefined;
  }

  /** Takes the lock and opens the manager. Whether that came about. */
  #own(options) {
    return new Promise((resolve, reject) => {
      const hold = async (lock) => {
        if (!lock) return resolve(false);
        try {
          this.#manager = await createManager({ storage: { opfs: STORAGE }, baseUrl: this.baseUrl });
        } catch (error) {
          return reject(error);
        }
        const stop = serveRequests((url, init) => this.#handle(url, init));
        resolve(true);
        await new Promise((release) => (this.#release = release));
        stop();
        await this.#manager.close();
        this.#manager = undefined;
      };
      navigator.locks.request(`${STORAGE} manager`, options, hold).catch(reject);
    });
  }

  options() {
    return { baseUrl: this.baseUrl };
  }

  preamble(names) {
    return `import { createManager } from 'wix-media.v2';

const manager = await createManager({
  storage: { opfs: '${STORAGE}' },
});
const { ${names.join(', ')} } = manager.client;

`;
  }

  fetch(url, init) {
    return this.#manager ? this.#handle(url, init) : fetch(url, init);
  }

  /** Hands a request to the manager, which knows nothing of the prefix. */
  #handle(url, init) {
    const { pathname, search } = new URL(url?.url ?? url);
    const { pathname: base, origin } = new URL(this.baseUrl);
    return this.#manager.fetch(new Request(`${origin}${pathname.slice(base.length)}${search}`, url?.url ? url : init));
  }

  /**
   * An address that an element of this page can load. Without a service worker, as after a forced reload, the bytes are
   * fetched first.
   */
  showable(url) {
    if (navigator.serviceWorker?.controller || !url?.startsWith(`${this.baseUrl}/`)) return url;
    return this.fetch(url).then(async (response) => {
      if (!response.ok) throw new Error(`${url} answers ${response.status}`);
      return URL.createObjectURL(await response.blob());
    });
  }

  async usage() {
    const { usage, quota } = (await navigator.storage?.estimate?.()) ?? {};
    return usage === undefined ? undefined : { usage, quota };
  }

  async close() {
    this.#closing.abort();
    this.#release?.();
  }
}
