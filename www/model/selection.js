// Which items are chosen.

/** Tells of every change by a `change` event. Items are known by their keys, so that a choice outlives a new listing. */
export class Selection extends EventTarget {
  keys = new Set();
  #anchor;

  get size() {
    return this.keys.size;
  }

  has(key) {
    return this.keys.has(key);
  }

  /** Chooses one item and no other. */
  only(key) {
    this.#anchor = key;
    this.#set([key]);
  }

  toggle(key) {
    this.#anchor = key;
    const keys = new Set(this.keys);
    if (!keys.delete(key)) keys.add(key);
    this.#set(keys);
  }

  /** Chooses everything between the item that was chosen last by itself and this one. */
  extend(listing, key, { add = false } = {}) {
    const from = listing.indexOf(this.#anchor ?? key);
    const to = listing.indexOf(key);
    const keys = new Set(add ? this.keys : []);
    for (let index = Math.min(from < 0 ? to : from, to); index <= Math.max(from, to); index += 1) keys.add(listing.at(index).key);
    this.#set(keys);
  }

  set(keys) {
    this.#set(keys);
  }

  clear() {
    this.#anchor = undefined;
    if (this.keys.size > 0) this.#set([]);
  }

  /** Drops what is no longer there. */
  retain(listing) {
    const there = new Set(listing.items.map(({ key }) => key));
    const kept = [...this.keys].filter((key) => there.has(key));
    if (kept.length < this.keys.size) this.#set(kept);
  }

  #set(keys) {
    this.keys = new Set(keys);
    this.dispatchEvent(new Event('change'));
  }
}
