// Folders and files as tiles or as rows of a table. Only the rows on the screen and a few around them are in the document,
// so that ten thousand items are as quick as ten.
/** @import { Item } from '../../model/item.js' */
/** @import { Listing } from '../../model/listing.js' */
/** @import { Selection } from '../../model/selection.js' */
/** @import { Sort } from '../../model/view.js' */
/** @import { Place } from '../../place/place.js' */
/** @import { Layout } from './geometry.js' */
import { closest } from '../../ui/dom.js';
import { element } from '../../ui/element.js';
import { watchLongPress } from '../../ui/touch.js';
import { setDraggedKeys } from '../drop-target/dragged-items.js';
import { GAP, Geometry } from './geometry.js';
import { movesFocus, targetOf, TypeAhead } from './keyboard.js';
import { COLUMN_COUNT, headCells } from './list-head.js';
import { renameInPlace } from './rename.js';
import { Rows } from './rows.js';

/**
 * @typedef {object} GridHandlers
 * @property {(item: Item) => void} onOpen
 * @property {(item: Item, name: string) => void} onRename
 * @property {(sort: Sort) => void} onSort
 * @property {() => void} onSelectAll
 * @property {() => void} onDelete Deletes the selected items.
 * @property {(item: Item, x: number, y: number) => void} onMenu
 *
 * @typedef {object} Shown
 * @property {Listing} listing
 * @property {Place} place
 * @property {Sort} sort
 * @property {boolean} isTrash Whether names can be changed.
 */

/** Rows above and below the screen that are in the document too. */
const SPARE_ROWS = 3;
/** Rows on paper. A browser takes minutes to lay out tens of thousands of pictures. */
const MAX_PRINTED_ROWS = 500;

export class MediaGrid extends HTMLElement {
  /** @type {GridHandlers | undefined} */
  #handlers;
  /** @type {Selection | undefined} */
  #selection;
  /** @type {Shown | undefined} */
  #shown;
  /** @type {Listing | undefined} */
  #listing;
  #stopListening = () => {};
  /** @type {Layout} */
  #layout = 'grid';
  /** The item that has the focus, or gets it with the Tab key. @type {string | undefined} */
  #focused;
  /** Its index when it got the focus or was last drawn, for the case that it goes. */
  #focusedIndex = 0;
  #rows = new Rows();
  #head = element('div', { class: 'list-head', role: 'row', 'aria-rowindex': '1' });
  #grid = element('div', { class: 'grid', role: 'grid', 'aria-multiselectable': 'true', 'aria-label': 'Folders and files' }, this.#head, this.#rows.element);
  #geometry = new Geometry();
  #typeAhead = new TypeAhead();
  #isPlanned = false;
  /** Whether a tap selects, because items are being selected by their boxes. */
  #isChoosing = false;
  /** Whether the rows beyond the screen are needed, too. */
  #isPrinting = false;
  /** The item whose name is being changed. Its cell is not replaced, so that what is written stays. @type {string | undefined} */
  #renaming;

  connectedCallback() {
    if (this.#grid.isConnected) return;
    this.append(this.#grid);
    this.addEventListener('scroll', () => this.#plan(), { passive: true });
    new ResizeObserver(() => this.#measure()).observe(this);
    addEventListener('beforeprint', () => this.#print(true));
    addEventListener('afterprint', () => this.#print(false));
    watchLongPress(this.#grid, (event) => this.#longPress(event));
    this.#grid.addEventListener('keydown', (event) => this.#key(event));
    this.#grid.addEventListener('click', (event) => this.#click(event));
    this.#grid.addEventListener('dblclick', (event) => this.#doubleClick(event));
    this.#grid.addEventListener('contextmenu', (event) => this.#contextMenu(event));
    this.#grid.addEventListener('dragstart', (event) => this.#dragStart(event));
    this.#grid.addEventListener('dragend', () => this.classList.remove('dragging'));
    this.#grid.addEventListener('focusin', (event) => this.#focusIn(event));
    this.addEventListener('mousedown', (event) => {
      // A click beside the items selects nothing; one on the scroll bar only scrolls.
      if (!closest(event, '.cell, .list-head') && event.button === 0 && event.offsetX < this.clientWidth) this.#selection?.clear();
    });
  }

  /**
   * @param {Selection} selection
   * @param {GridHandlers} handlers
   */
  start(selection, handlers) {
    this.#selection = selection;
    this.#handlers = handlers;
    selection.changed.listen(() => {
      if (selection.size === 0) this.#isChoosing = false;
      this.#paintSelection();
    });
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
    this.#grid.setAttribute('aria-label', label);
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

  /** @param {Listing} listing */
  #listen(listing) {
    this.#stopListening();
    this.#listing = listing;
    this.#stopListening = listing.changed.listen(() => this.#plan());
  }

  get layout() {
    return this.#layout;
  }

  set layout(layout) {
    const shown = this.scrollTop > 0 ? this.#landmark : undefined;
    this.#layout = layout;
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
    this.#head.replaceChildren(...(this.#isList && sort ? headCells(sort, (wanted) => this.#handlers?.onSort(wanted)) : []));
  }

  // Drawing

  #measure() {
    if (!this.#geometry.measure(this.#layout, this.clientWidth)) return;
    this.#rows.element.style.setProperty('--columns', String(this.#geometry.columns));
    this.#draw();
  }

  /** Draws with the next frame. */
  #plan() {
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
    this.#grid.setAttribute('aria-rowcount', listing.state === 'complete' ? String(rowCount + (this.#isList ? 1 : 0)) : '-1');
    this.#grid.setAttribute('aria-colcount', String(this.#isList ? COLUMN_COUNT : geometry.columns));
    const [first, last] = this.#rowsNeeded(rowCount);
    /** @type {Set<number>} */
    const needed = new Set();
    for (let row = first; row <= last; row += 1) needed.add(row);
    // The item with the focus stays in the document, wherever it is.
    const focusedAt = this.#keepFocusable(listing);
    if (focusedAt >= 0) needed.add(geometry.rowOf(focusedAt));
    this.#rows.draw(needed, { listing, place, geometry, isList: this.#isList, focused: this.#focused, kept: this.#renaming });
    this.#paintSelection();
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

  #paintSelection() {
    const selection = this.#selection;
    if (!selection) return;
    this.#rows.paint(selection);
    this.classList.toggle('choosing', this.#isChoosing || selection.size > 1);
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
  #focus(key, { scroll = true } = {}) {
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
    if (wanted && this.#listing && this.#listing.indexOf(wanted) >= 0) this.#focus(wanted);
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

  // Events

  /** @param {Event} event */
  #itemOf(event) {
    return this.#rows.itemOf(closest(event, '.cell')?.dataset.key);
  }

  /** @param {FocusEvent} event */
  #focusIn(event) {
    const item = this.#itemOf(event);
    if (item && item.key !== this.#focused) this.#setFocused(item.key);
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const item = this.#itemOf(event);
    const selection = this.#selection;
    const listing = this.#listing;
    if (!item || !selection || !listing || closest(event, '.rename')) return;
    const { key } = item;
    const isControl = event.ctrlKey || event.metaKey;
    this.#focus(key, { scroll: false });
    const menuButton = closest(event, '.tile-menu');
    if (menuButton) {
      const { left, bottom } = menuButton.getBoundingClientRect();
      this.#openMenu(item, left, bottom);
    } else if (closest(event, '.tick')) {
      this.#isChoosing = true;
      if (event.shiftKey) selection.extend(listing, key, { add: true });
      else selection.toggle(key);
    } else if (event.shiftKey) selection.extend(listing, key, { add: isControl });
    else if (isControl) selection.toggle(key);
    else if (event instanceof PointerEvent && event.pointerType === 'touch') this.#tap(item, selection);
    else this.#only(key);
  }

  /**
   * A tap opens an item. Once one is selected by its box, or several are, it selects more.
   *
   * @param {Item} item
   * @param {Selection} selection
   */
  #tap(item, selection) {
    if (this.#isChoosing || selection.size > 1) selection.toggle(item.key);
    else {
      this.#only(item.key);
      this.#handlers?.onOpen(item);
    }
  }

  /**
   * Begins to select items, as a box does: the next taps select more.
   *
   * @param {PointerEvent} event
   */
  #longPress(event) {
    const item = this.#itemOf(event);
    if (!item || closest(event, '.rename, .tick, .tile-menu')) return;
    this.#focus(item.key, { scroll: false });
    this.#isChoosing = true;
    if (this.#selection?.has(item.key)) this.#paintSelection();
    else this.#selection?.toggle(item.key);
  }

  /**
   * Selects one item and no other, which ends the choice of several.
   *
   * @param {string} key
   */
  #only(key) {
    this.#isChoosing = false;
    this.#selection?.only(key);
  }

  /** @param {MouseEvent} event */
  #doubleClick(event) {
    const item = this.#itemOf(event);
    // Two taps in a row select and unselect.
    if (item && !this.#isChoosing && !closest(event, '.rename, .tick, .tile-menu')) this.#handlers?.onOpen(item);
  }

  /** @param {MouseEvent} event */
  #contextMenu(event) {
    const item = this.#itemOf(event);
    const cell = closest(event, '.cell');
    if (!item || !cell || closest(event, '.rename')) return;
    event.preventDefault();
    this.#focus(item.key, { scroll: false });
    // The menu key has no position of its own.
    const { left, top, height } = cell.getBoundingClientRect();
    if (event.button === 2) this.#openMenu(item, event.clientX, event.clientY);
    else this.#openMenu(item, left + 24, top + height / 2);
  }

  /**
   * @param {Item} item
   * @param {number} x
   * @param {number} y
   */
  #openMenu(item, x, y) {
    this.#selectIfNeeded(item);
    this.#handlers?.onMenu(item, x, y);
  }

  /**
   * Selects an item alone, unless it is selected.
   *
   * @param {Item} item
   */
  #selectIfNeeded({ key }) {
    if (!this.#selection?.has(key)) this.#selection?.only(key);
  }

  /** @param {KeyboardEvent} event */
  async #key(event) {
    const item = this.#itemOf(event);
    if (!item || closest(event, '.rename') || event.altKey) return;
    const { key } = event;
    const isControl = event.ctrlKey || event.metaKey;
    if (movesFocus(key)) {
      event.preventDefault();
      await this.#move(item, event);
    } else if (isControl && key.toLowerCase() === 'a') {
      event.preventDefault();
      this.#handlers?.onSelectAll();
    } else if (this.#act(item, event)) event.preventDefault();
    else if (key.length === 1 && !isControl) {
      event.preventDefault();
      this.#type(key);
    }
  }

  /**
   * Does what a key asks for. Returns false if it asks for nothing.
   *
   * @param {Item} item
   * @param {KeyboardEvent} event
   */
  #act(item, { key, shiftKey }) {
    const selection = this.#selection;
    const listing = this.#listing;
    if (!selection || !listing) return false;
    switch (key) {
      case 'Enter':
        this.#handlers?.onOpen(item);
        return true;
      case ' ':
        if (this.#typeAhead.isTyping) return false;
        if (shiftKey) selection.extend(listing, item.key);
        else selection.toggle(item.key);
        return true;
      case 'F2':
        this.rename(item.key);
        return true;
      case 'Delete':
      case 'Backspace':
        this.#selectIfNeeded(item);
        this.#handlers?.onDelete();
        return true;
      case 'Escape':
        if (selection.size === 0) return false;
        selection.clear();
        return true;
      default:
        return false;
    }
  }

  /**
   * Moves the focus, and with Shift the end of the selected range.
   *
   * @param {Item} item
   * @param {KeyboardEvent} event
   */
  async #move(item, { key, shiftKey, ctrlKey, metaKey }) {
    const listing = this.#listing;
    if (!listing) return;
    const isControl = ctrlKey || metaKey;
    const index = listing.indexOf(item.key);
    if (key === 'End' && (isControl || this.#geometry.columns === 1)) await listing.all();
    this.#geometry.fill(listing);
    const isRtl = getComputedStyle(this).direction === 'rtl';
    const options = { length: listing.length, height: this.clientHeight, isRtl, isControl };
    const target = targetOf(key, index, this.#geometry, options);
    const next = target === undefined ? undefined : listing.at(target);
    if (!next) return;
    this.#focus(next.key);
    if (shiftKey) this.#selection?.extend(listing, next.key);
    else if (!isControl) this.#only(next.key);
  }

  /** @param {string} letter */
  #type(letter) {
    const listing = this.#listing;
    if (!listing) return;
    const found = this.#typeAhead.find(letter, listing, listing.indexOf(this.#focused));
    if (!found) return;
    this.#focus(found.key);
    this.#selection?.only(found.key);
  }

  /**
   * Lets a person change the name of an item where it stands.
   *
   * @param {string} key
   */
  rename(key) {
    if (this.#shown?.isTrash) return;
    this.reveal(key);
    const item = this.#rows.itemOf(key);
    const cell = this.#rows.cellOf(key);
    const label = cell?.querySelector('.name');
    if (!item || !cell || !label) return;
    this.#renaming = key;
    renameInPlace(item, cell, label, {
      onRename: (name) => this.#handlers?.onRename(item, name),
      onEnd: (hadFocus) => {
        this.#renaming = undefined;
        if (hadFocus) this.#rows.cellOf(key)?.focus({ preventScroll: true });
        this.#plan();
      },
    });
  }

  /** @param {DragEvent} event */
  #dragStart(event) {
    const item = this.#itemOf(event);
    if (!item || !this.#selection) return;
    this.#selectIfNeeded(item);
    const keys = [...this.#selection.keys];
    setDraggedKeys(event.dataTransfer, keys);
    const badge = element('div', { class: 'drag-badge' }, keys.length === 1 ? item.name : `${keys.length} items`);
    document.body.append(badge);
    event.dataTransfer?.setDragImage(badge, 12, 12);
    // The browser takes its picture of the badge after this event.
    setTimeout(() => badge.remove());
    this.classList.add('dragging');
  }
}

customElements.define('media-grid', MediaGrid);
