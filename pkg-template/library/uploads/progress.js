// Progress that only moves forward, reaches its end once, and is silent afterwards.
import { tell } from '../../client/hooks.js';

/** Milliseconds between two events: a little less than a frame of a slow screen. */
const INTERVAL_MS = 40;

/** @typedef {{ id?: string, name?: string, total?: number, files?: number, done?: number, failed?: number }} About */

/**
 * Tells a listener how far an upload is: `{ sent, confirmed, total, … }`. `sent` counts bytes that were handed to the
 * network, `confirmed` those that the service has. Neither ever decreases, whatever has to be sent again. Only the last
 * event has `confirmed` equal to the total.
 */
export class Progress {
  #listener;
  #about;
  #sent = 0;
  #confirmed = 0;
  #told = '';
  #last = -INTERVAL_MS;
  #isOver = false;

  /**
   * @param {((progress: any) => unknown) | undefined} listener
   * @param {About} about What is told along.
   */
  constructor(listener, about) {
    this.#listener = listener;
    this.#about = about;
  }

  get total() {
    return this.#about.total;
  }

  set total(total) {
    this.#about.total = total;
  }

  /** @param {string | undefined} name */
  set name(name) {
    this.#about.name = name;
  }

  /**
   * Tells more along. An item that is done is told at once.
   *
   * @param {About} more
   */
  about(more) {
    if (more.done !== this.#about.done) this.#last = -INTERVAL_MS;
    Object.assign(this.#about, more);
  }

  /** @param {string | undefined} id */
  set id(id) {
    this.#about.id = id;
    this.#tell(true);
  }

  /** @param {number} bytes */
  sent(bytes) {
    this.#sent = Math.max(this.#sent, this.#limited(bytes));
    this.#tell();
  }

  /** @param {number} bytes */
  confirmed(bytes) {
    this.#confirmed = Math.max(this.#confirmed, this.#limited(bytes));
    this.#sent = Math.max(this.#sent, this.#confirmed);
    this.#tell();
  }

  /** @param {number} bytes */
  #limited(bytes) {
    return Math.min(bytes, this.total ?? Infinity);
  }

  /**
   * The upload is complete.
   *
   * @param {number | undefined} total
   */
  finish(total) {
    this.total = total;
    this.#sent = total ?? 0;
    this.#confirmed = total ?? 0;
    this.#tell(true, true);
    this.close();
  }

  /** Tells nothing more. */
  close() {
    this.#isOver = true;
  }

  #tell(now = false, isEnd = false) {
    if (this.#isOver || !this.#listener) return;
    // All bytes have arrived, but the file does not exist yet.
    if (!isEnd && this.total !== undefined && this.#confirmed >= this.total) return;
    const text = `${this.#sent} ${this.#confirmed} ${this.#about.id} ${this.#about.done}`;
    const time = performance.now();
    if (text === this.#told || (!now && time - this.#last < INTERVAL_MS)) return;
    this.#told = text;
    this.#last = time;
    tell(this.#listener, { ...this.#about, sent: this.#sent, confirmed: this.#confirmed });
  }
}
