// How many bytes are in the trash.
//
// The service does not report it, so the page lists the whole trash. That takes a while if there is much in it, so it happens some
// time after a change, once for all changes until then.
/** @import { Calls } from './calls.js' */
import { say } from '../text/language.js';
import { Signal } from './signal.js';
import { soon } from './soon.js';

/** Milliseconds between a change and the count. */
const COUNT_DELAY = 1500;

export class TrashSize {
  /** Emits the number of bytes whenever it has been counted. @type {Signal<number>} */
  counted = new Signal();
  /** What was counted last. @type {number | undefined} */
  bytes;
  #calls;
  #controller = new AbortController();
  #isCounting = false;
  #isOutdated = false;

  /** Counts again, soon. */
  refresh = soon(() => this.#count(), COUNT_DELAY);

  /** @param {Calls} calls */
  constructor(calls) {
    this.#calls = calls;
  }

  async #count() {
    const { signal } = this.#controller;
    if (signal.aborted) return;
    this.#isOutdated = this.#isCounting;
    if (this.#isCounting) return;
    this.#isCounting = true;
    const about = {
      title: say`How much is in the trash`,
      names: ['trash'],
      quiet: true,
      controller: this.#controller,
      source: 'const { bytes } = await trash.empty({ dryRun: true });',
    };
    try {
      const { bytes } = await this.#calls.run(about, ({ trash }) => trash.empty({ dryRun: true, signal }));
      this.bytes = bytes;
      if (!signal.aborted) this.counted.emit(bytes);
    } catch {
      // The next change counts again.
    }
    this.#isCounting = false;
    if (this.#isOutdated) this.refresh();
  }

  /** Ends it, when the page leaves the place. */
  stop() {
    this.#controller.abort();
  }
}
