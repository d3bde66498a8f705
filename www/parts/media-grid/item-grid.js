// Folders and files as tiles or as rows of a table, of which one has the focus, without what a click or a key does to them.
/** @import { Item } from '../../model/item.js' */
import { closest } from '../../ui/dom.js';
import { DrawnGrid } from './drawn-grid.js';
import { targetOf, TypeAhead } from './keyboard.js';

export class ItemGrid extends DrawnGrid {
  typeAhead = new TypeAhead();

  /** @param {string} key */
  #setFocused(key) {
    const old = this.rows.cellOf(this.roving.key);
    if (old) old.tabIndex = -1;
    this.roving.set(key, this.listing);
    const cell = this.rows.cellOf(key);
    if (cell) cell.tabIndex = 0;
  }

  /**
   * @param {string} key
   * @param {{ scroll?: boolean }} [options]
   */
  focusOn(key, { scroll = true } = {}) {
    this.#setFocused(key);
    if (scroll) this.reveal(key);
    this.rows.cellOf(key)?.focus({ preventScroll: true });
  }

  /**
   * Puts the focus on an item, or on the one that had it last.
   *
   * @param {string} [key]
   */
  focusItem(key) {
    // The item that had it last may be gone, and its neighbour takes its place.
    this.draw();
    const wanted = key ?? this.roving.key;
    if (wanted && this.listing && this.listing.indexOf(wanted) >= 0) this.focusOn(wanted);
  }

  /**
   * Moves the focus to the item that a key leads to, and returns that.
   *
   * @param {Item} item The item that has the focus.
   * @param {KeyboardEvent} event
   */
  async moveFocus(item, { key, ctrlKey, metaKey }) {
    const listing = this.listing;
    if (!listing) return undefined;
    const isControl = ctrlKey || metaKey;
    const index = listing.indexOf(item.key);
    if (key === 'End' && (isControl || this.geometry.columns === 1)) await listing.all();
    this.geometry.fill(listing);
    const isRtl = getComputedStyle(this).direction === 'rtl';
    const options = { length: listing.length, height: this.clientHeight, isRtl, isControl };
    const target = targetOf(key, index, this.geometry, options);
    const next = target === undefined ? undefined : listing.at(target);
    if (next) this.focusOn(next.key);
    return next;
  }

  /**
   * Moves the focus to the next item whose name begins with what is typed, and returns that.
   *
   * @param {string} letter
   */
  typeLetter(letter) {
    const listing = this.listing;
    const found = listing && this.typeAhead.find(letter, listing, listing.indexOf(this.roving.key));
    if (found) this.focusOn(found.key);
    return found;
  }

  /**
   * Returns the item in which an event happened.
   *
   * @param {Event} event
   */
  itemOf(event) {
    return this.rows.itemOf(closest(event, '.cell')?.dataset.key);
  }

  /**
   * Returns the item with a key and its cell, if they are in the document.
   *
   * @param {string} key
   */
  cellOf(key) {
    const item = this.rows.itemOf(key);
    const cell = this.rows.cellOf(key);
    return item && cell && { item, cell };
  }

  /**
   * @override
   * @param {FocusEvent} event
   */
  focusIn(event) {
    const item = this.itemOf(event);
    if (item && item.key !== this.roving.key) this.#setFocused(item.key);
  }
}
