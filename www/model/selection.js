// The selected items. They are known by their keys, so that a selection survives a new listing.
/** @import { Listing } from './listing.js' */
import { Signal } from './signal.js';

export class Selection {
  /** Emits on every change. @type {Signal<void>} */
  changed = new Signal();
  /** @type {ReadonlySet<string>} */
  keys = new Set();
  /** The item at which a range begins. @type {string | undefined} */
  #anchor;

  get size() {
    return this.keys.size;
  }

  /** @param {string} key */
  has(key) {
    return this.keys.has(key);
  }

  /**
   * Selects one item and no other.
   *
   * @param {string} key
   */
  only(key) {
    this.#anchor = key;
    this.set([key]);
  }

  /** @param {string} key */
  toggle(key) {
    this.#anchor = key;
    const keys = new Set(this.keys);
    if (!keys.delete(key)) keys.add(key);
    this.set(keys);
  }

  /**
   * Selects the range from the item that was last selected alone up to this one.
   *
   * @param {Listing} listing
   * @param {string} key
   * @param {{ add?: boolean }} [options] `add` keeps what is selected already.
   */
  extend(listing, key, { add = false } = {}) {
    const from = listing.indexOf(this.#anchor ?? key);
    const to = listing.indexOf(key);
    const keys = new Set(add ? this.keys : []);
    for (let index = Math.min(from < 0 ? to : from, to); index <= Math.max(from, to); index += 1) {
      const item = listing.at(index);
      if (item) keys.add(item.key);
    }
    this.set(keys);
  }

  clear() {
    this.#anchor = undefined;
    if (this.keys.size > 0) this.set([]);
  }

  /**
   * Unselects what is no longer in a listing.
   *
   * @param {Listing} listing
   */
  retain(listing) {
    const there = new Set(listing.items.map(({ key }) => key));
    const kept = [...this.keys].filter((key) => there.has(key));
    if (kept.length < this.keys.size) this.set(kept);
  }

  /** @param {Iterable<string>} keys */
  set(keys) {
    this.keys = new Set(keys);
    this.changed.emit();
  }
}
