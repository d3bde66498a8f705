// What the browser keeps of a place for the person in front of it, such as favourites. The API has no field that belongs to one
// person, and labels are shared by everybody who uses the site.
//
// Every write begins with what is stored at that moment, so that several tabs do not undo each other's changes.
import { Signal } from './signal.js';

export class Kept {
  /** Emits when the value has changed, in this tab or in another one. @type {Signal<void>} */
  changed = new Signal();
  #key;
  #closing = new AbortController();

  /**
   * @param {string} subject What is kept.
   * @param {string} placeKey
   */
  constructor(subject, placeKey) {
    this.#key = `wix-media ${subject} ${placeKey}`;
    const { signal } = this.#closing;
    // Without a key, somebody has cleared the whole storage.
    addEventListener('storage', ({ key }) => (key === this.#key || key === null) && this.changed.emit(), { signal });
  }

  /** Returns the value, or nothing if there is none that can be read. @returns {unknown} */
  read() {
    try {
      return JSON.parse(localStorage.getItem(this.#key) ?? 'null') ?? undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Replaces the value. Throws if the browser does not store it.
   *
   * @param {unknown} value
   */
  write(value) {
    localStorage.setItem(this.#key, JSON.stringify(value));
    this.changed.emit();
  }

  /** Ends the watch of other tabs. */
  close() {
    this.#closing.abort();
  }
}
