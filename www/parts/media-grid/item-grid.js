// Folders and files as tiles or as rows of a table, without what a click or a key does to them. Only the rows on the screen
// and a few around them are in the document, so that ten thousand items are as quick as ten.
/** @import { Item } from '../../model/item.js' */
/** @import { Listing } from '../../model/listing.js' */
/** @import { Selection } from '../../model/selection.js' */
/** @import { Sort } from '../../model/view.js' */
/** @import { Place } from '../../place/place.js' */
/** @import { Controls } from './cells.js' */
/** @import { Layout, TileSize } from './geometry.js' */
import { say } from '../../text/language.js';
import { closest } from '../../ui/dom.js';
import { element } from '../../ui/element.js';
import { GAP, Geometry } from './geometry.js';
import { targetOf, TypeAhead } from './keyboard.js';
import { COLUMN_COUNT, headCells } from './list-head.js';
import { Rows } from './rows.js';

/**
 * @typedef {object} Shown
 * @property {Listing} listing
 * @property {Pick<Place, 'showable'>} place
 * @property {Sort} sort
 * @property {boolean} isTrash Whether names cannot be changed.
 */

/** Rows above and below the screen that are in the document too. */
const SPARE_ROWS = 3;
/** Rows on paper. A browser takes minutes to lay out tens of thousands of pictures. */
const MAX_PRINTED_ROWS = 500;

export class ItemGrid extends HTMLElement {
  /** @type {Selection | undefined} */
  #selection;
  /** @type {Shown | undefined} */
  #shown;
  /** @type {Listing | undefined} */
  #listing;
  #stopListening = () => {};
  /** @type {Layout} */
  #layout = 'grid';
  /** @type {TileSize} */
  #tileSize = 'medium';
  /** The item that has the focus, or gets it with the Tab key. @type {string | undefined} */
  #focused;
  /** Its index when it got the focus or was last drawn, for the case that it goes. */
  #focusedIndex = 0;
  #rows = new Rows();
  #head = element('div', { class: 'list-head', role: 'row', 'aria-rowindex': '1' });
  /** The part of the element that holds the items, and hears what is done to them. */
  body = element('div', { class: 'grid', role: 'grid', 'aria-multiselectable': 'true', 'aria-label': say`Folders and files` }, this.#head, this.#rows.element);
  #geometry = new Geometry();
  typeAhead = new TypeAhead();
  #isPlanned = false;
  /** Whether the rows beyond the screen are needed, too. */
  #isPrinting = false;
  /** An item whose cell is not replaced, so that what is written in it stays. @type {string | undefined} */
  kept;
  /** @type {Controls} */
  controls = { hasTick: () => true, hasMenu: true, isDraggable: true };

  /** Called once, when the element is first put into a document. */
  connected() {}

  /** Sorts by a column of the table. @param {Sort} _sort */
  sortBy(_sort) {}

  connectedCallback() {
    if (this.body.isConnected) return;
    this.classList.add('item-grid');
    this.append(this.body);
    this.addEventListener('scroll', () => this.plan(), { passive: true });
    new ResizeObserver(() => this.#measure()).observe(this);
    addEventListener('beforeprint', () => this.#print(true));
    addEventListener('afterprint', () => this.#print(false));
    this.body.addEventListener('focusin', (event) => this.#focusIn(event));
    this.connected();
  }

  get listing() {
    return this.#listing;
  }

  get selection() {
    return this.#selection;
  }

  get shown() {
    return this.#shown;
  }

  /** @param {Selection} selection */
  select(selection) {
    this.#selection = selection;
    selection.changed.listen(() => this.paintSelection());
  }

  /**
   * Shows a listing from its top.
   *
   * @param {Shown} shown
   */
  show(shown) {
    this.#shown = shown;
    this.#listen(shown.listing);
    this.#clear();
    this.#focused = undefined;
    this.scrollTop = 0;
    this.#measure();
  }

  /**
   * Names the listing for screen readers, once its folder is known.
   *
   * @param {string} label
   */
  setLabel(label) {
    this.body.setAttribute('aria-label', label);
  }

  /**
   * Shows a newer listing of the same view. The scroll position and the focus stay.
   *
   * @param {Listing} listing
   */
  replace(listing) {
    this.#listen(listing);
    this.#draw();
  }

  /**
   * Draws the cells of some items anew, because something else about them has changed.
   *
   * @param {readonly string[]} keys
   */
  redraw(keys) {
    this.#rows.outdate(keys);
    this.plan();
  }

  /** @param {Listing} listing */
  #listen(listing) {
    this.#stopListening();
    this.#listing = listing;
    this.#stopListening = listing.changed.listen(() => this.plan());
  }

  get layout() {
    return this.#layout;
  }

  set layout(layout) {
    this.#arrange(() => {
      this.#layout = layout;
    });
  }

  get tileSize() {
    return this.#tileSize;
  }

  set tileSize(size) {
    this.#arrange(() => {
      this.#tileSize = size;
    });
  }

  /**
   * Draws everything anew after a change. What was on the screen stays there.
   *
   * @param {() => void} change
   */
  #arrange(change) {
    const shown = this.scrollTop > 0 ? this.#landmark : undefined;
    change();
    this.#clear();
    this.scrollTop = 0;
    this.#measure();
    if (shown) this.reveal(shown);
  }

  /** An item on the screen, to show again in another layout: the one that has the focus, or else the first one. */
  get #landmark() {
    const listing = this.#listing;
    const geometry = this.#geometry;
    if (!listing) return undefined;
    const offset = this.#rows.element.offsetTop;
    const top = geometry.rowAt(Math.max(0, this.scrollTop - offset + geometry.headHeight));
    const bottom = geometry.rowAt(this.scrollTop - offset + this.clientHeight);
    const focused = geometry.rowOf(Math.max(0, listing.indexOf(this.#focused)));
    return focused >= top && focused <= bottom ? this.#focused : listing.at(geometry.range(top)[0])?.key;
  }

  get #isList() {
    return this.#layout === 'list';
  }

  #clear() {
    this.#rows.clear();
    this.#drawHead();
  }

  #drawHead() {
    this.#head.hidden = !this.#isList;
    this.dataset.layout = this.#layout;
    const sort = this.#shown?.sort;
    this.#head.replaceChildren(...(this.#isList && sort ? headCells(sort, (wanted) => this.sortBy(wanted)) : []));
  }

  // Drawing

  #measure() {
    if (!this.#geometry.measure(this.#layout, this.clientWidth, this.#tileSize)) return;
    this.#rows.element.style.setProperty('--columns', String(this.#geometry.columns));
    this.#draw();
  }

  /** Draws with the next frame. */
  plan() {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    requestAnimationFrame(() => {
      this.#isPlanned = false;
      this.#draw();
    });
  }

  #draw() {
    const listing = this.#listing;
    const place = this.#shown?.place;
    if (!listing || !place) return;
    const geometry = this.#geometry;
    geometry.fill(listing);
    const { rowCount } = geometry;
    this.#rows.element.style.height = `${geometry.topOf(rowCount)}px`;
    this.body.setAttribute('aria-rowcount', listing.state === 'complete' ? String(rowCount + (this.#isList ? 1 : 0)) : '-1');
    this.body.setAttribute('aria-colcount', String(this.#isList ? COLUMN_COUNT : geometry.columns));
    const [first, last] = this.#rowsNeeded(rowCount);
    /** @type {Set<number>} */
    const needed = new Set();
    for (let row = first; row <= last; row += 1) needed.add(row);
    // The item with the focus stays in the document, wherever it is.
    const focusedAt = this.#keepFocusable(listing);
    if (focusedAt >= 0) needed.add(geometry.rowOf(focusedAt));
    const { controls, kept } = this;
    this.#rows.draw(needed, { listing, place, geometry, isList: this.#isList, controls, focused: this.#focused, kept });
    this.paintSelection();
    if (last >= 0 && rowCount > 0) listing.want(geometry.range(last)[1]);
  }

  /**
   * Returns the first and the last row that belong into the document.
   *
   * @param {number} rowCount
   */
  #rowsNeeded(rowCount) {
    if (this.#isPrinting) return [0, Math.min(rowCount, MAX_PRINTED_ROWS) - 1];
    const geometry = this.#geometry;
    const first = Math.max(0, geometry.rowAt(this.scrollTop) - SPARE_ROWS);
    return [first, Math.min(rowCount - 1, geometry.rowAt(this.scrollTop + this.clientHeight) + SPARE_ROWS)];
  }

  /** @param {boolean} isPrinting */
  #print(isPrinting) {
    this.#isPrinting = isPrinting;
    this.#draw();
  }

  /**
   * Makes sure that one item can be reached with the keyboard, and returns its index.
   *
   * @param {Listing} listing
   */
  #keepFocusable(listing) {
    let at = this.#focused ? listing.indexOf(this.#focused) : -1;
    if (at < 0 && listing.length > 0) {
      at = this.#focused ? Math.min(this.#focusedIndex, listing.length - 1) : 0;
      this.#focused = listing.at(at)?.key;
    }
    if (at >= 0) this.#focusedIndex = at;
    return at;
  }

  paintSelection() {
    if (this.#selection) this.#rows.paint(this.#selection);
  }

  // Focus

  /** @param {string} key */
  #setFocused(key) {
    const old = this.#rows.cellOf(this.#focused);
    if (old) old.tabIndex = -1;
    this.#focused = key;
    this.#focusedIndex = Math.max(0, this.#listing?.indexOf(key) ?? 0);
    const cell = this.#rows.cellOf(key);
    if (cell) cell.tabIndex = 0;
  }

  /**
   * @param {string} key
   * @param {{ scroll?: boolean }} [options]
   */
  focusOn(key, { scroll = true } = {}) {
    this.#setFocused(key);
    if (scroll) this.reveal(key);
    this.#rows.cellOf(key)?.focus({ preventScroll: true });
  }

  /**
   * Puts the focus on an item, or on the one that had it last.
   *
   * @param {string} [key]
   */
  focusItem(key) {
    // The item that had it last may be gone, and its neighbour takes its place.
    this.#draw();
    const wanted = key ?? this.#focused;
    if (wanted && this.#listing && this.#listing.indexOf(wanted) >= 0) this.focusOn(wanted);
  }

  /**
   * Scrolls as far as needed to show an item.
   *
   * @param {string} key
   */
  reveal(key) {
    const index = this.#listing?.indexOf(key) ?? -1;
    if (index < 0) return;
    const geometry = this.#geometry;
    if (this.#listing) geometry.fill(this.#listing);
    const row = geometry.rowOf(index);
    const offset = this.#rows.element.offsetTop;
    const top = geometry.topOf(row) + offset - geometry.headHeight;
    const bottom = geometry.topOf(row + 1) + offset;
    if (top < this.scrollTop) this.scrollTop = row === 0 ? 0 : top - GAP / 2;
    else if (bottom > this.scrollTop + this.clientHeight) this.scrollTop = bottom - this.clientHeight;
    this.#draw();
  }

  /**
   * Moves the focus to the item that a key leads to, and returns that.
   *
   * @param {Item} item The item that has the focus.
   * @param {KeyboardEvent} event
   */
  async moveFocus(item, { key, ctrlKey, metaKey }) {
    const listing = this.#listing;
    if (!listing) return undefined;
    const isControl = ctrlKey || metaKey;
    const index = listing.indexOf(item.key);
    if (key === 'End' && (isControl || this.#geometry.columns === 1)) await listing.all();
    this.#geometry.fill(listing);
    const isRtl = getComputedStyle(this).direction === 'rtl';
    const options = { length: listing.length, height: this.clientHeight, isRtl, isControl };
    const target = targetOf(key, index, this.#geometry, options);
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
    const listing = this.#listing;
    const found = listing && this.typeAhead.find(letter, listing, listing.indexOf(this.#focused));
    if (found) this.focusOn(found.key);
    return found;
  }

  // Events

  /**
   * Returns the item in which an event happened.
   *
   * @param {Event} event
   */
  itemOf(event) {
    return this.#rows.itemOf(closest(event, '.cell')?.dataset.key);
  }

  /**
   * Returns the item with a key and its cell, if they are in the document.
   *
   * @param {string} key
   */
  cellOf(key) {
    const item = this.#rows.itemOf(key);
    const cell = this.#rows.cellOf(key);
    return item && cell && { item, cell };
  }

  /** @param {FocusEvent} event */
  #focusIn(event) {
    const item = this.itemOf(event);
    if (item && item.key !== this.#focused) this.#setFocused(item.key);
  }
}
