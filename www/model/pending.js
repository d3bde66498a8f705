// Files that are still being processed: asks for them, less and less often, until they are ready.
/** @import { Calls } from './calls.js' */
/** @import { Listing } from './listing.js' */
import { javascript } from '../text/code.js';
import { plural } from '../text/language.js';

/** Milliseconds until the first question. */
const MIN_DELAY = 800;
const MAX_DELAY = 10_000;
/** Files per call. */
const MAX_FILES = 100;

export class PendingFiles {
  /** @type {Listing | undefined} */
  #listing;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * Watches the pending files of a listing, in place of those that were watched before.
   *
   * @param {Listing} listing
   * @param {Calls} calls
   */
  watch(listing, calls) {
    this.stop();
    this.#listing = listing;
    this.#schedule(listing, calls, MIN_DELAY);
  }

  stop() {
    this.#listing = undefined;
    clearTimeout(this.#timer);
  }

  /**
   * @param {Listing} listing
   * @param {Calls} calls
   * @param {number} delay
   */
  #schedule(listing, calls, delay) {
    clearTimeout(this.#timer);
    const pending = listing.files.filter(({ value }) => value.operationStatus === 'PENDING').slice(0, MAX_FILES).map(({ id }) => id);
    if (pending.length > 0) this.#timer = setTimeout(() => this.#ask(listing, calls, pending, delay), delay);
  }

  /**
   * @param {Listing} listing
   * @param {Calls} calls
   * @param {string[]} pending
   * @param {number} delay
   */
  async #ask(listing, calls, pending, delay) {
    const about = {
      title: plural(pending.length, 'Is {0} file ready?', 'Are {0} files ready?'),
      names: ['files'],
      quiet: true,
      source: `await files.getFileDescriptors(${javascript(pending)});`,
    };
    try {
      const { files = [] } = await calls.run(about, (client, options) => client.files.getFileDescriptors(pending, options));
      if (this.#listing !== listing) return;
      const ready = files.filter(({ operationStatus }) => operationStatus !== 'PENDING');
      // A change of the listing starts the watch again, with the shortest delay.
      for (const file of ready) listing.updateFile(file);
      if (ready.length === 0) this.#schedule(listing, calls, Math.min(delay * 1.5, MAX_DELAY));
    } catch {
      // One failed question does not matter, since there will be others.
      if (this.#listing === listing) this.#schedule(listing, calls, Math.min(delay * 2, MAX_DELAY));
    }
  }
}
