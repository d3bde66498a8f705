// Where the picker gets its files: a client, and how pictures are loaded.
/** @import { CallOptions, Client, MediaManager } from '../types/index.js' */
import { objectUrl } from '../../www/place/object-url.js';

/** Gives the shared parts of the page what they need of a place. */
export class Source {
  #manager;
  /** Ends what is under way when the picker goes. */
  #controller = new AbortController();

  /**
   * @param {Client} client
   * @param {MediaManager | undefined} manager That of the client, if it is in this page.
   */
  constructor(client, manager) {
    this.client = client;
    this.#manager = manager;
  }

  get signal() {
    return this.#controller.signal;
  }

  /**
   * Runs a call of the client, which ends with the picker.
   *
   * @template Result
   * @param {{ controller?: AbortController }} about
   * @param {(client: Client, options: CallOptions & { signal: AbortSignal }) => Promise<Result>} work
   * @returns {Promise<Result>}
   */
  async run({ controller }, work) {
    const signal = controller ? AbortSignal.any([controller.signal, this.signal]) : this.signal;
    return work(this.client, { signal });
  }

  /**
   * Returns an address that an element of the page can load. No server answers at the addresses of a manager in the page.
   *
   * @param {string} url
   * @returns {string | Promise<string>}
   */
  showable(url) {
    const manager = this.#manager;
    return manager && url.startsWith(`${manager.baseUrl}/`) ? objectUrl(url, manager.fetch) : url;
  }

  close() {
    this.#controller.abort();
  }
}
