// Folders and files as tiles or as rows of a table, drawn and scrolled. Only the rows on the screen and a few around them are
// in the document, so that ten thousand items are as quick as ten.
/** @import { Listing } from '../../model/listing.js' */
/** @import { Selection } from '../../model/selection.js' */
/** @import { Sort } from '../../model/view.js' */
/** @import { Place } from '../../place/place.js' */
/** @import { Controls } from './cells.js' */
/** @import { ColumnName } from './columns.js' */
/** @import { Layout, TileSize } from './geometry.js' */
/** @import { ItemTable } from './item-table.js' */
import { say } from '../../text/language.js';
import { element } from '../../ui/element.js';
import { Geometry } from './geometry.js';
import { GridWindow } from './grid-window.js';
import { RovingFocus } from './roving-focus.js';
import { Rows } from './rows.js';

/**
 * @typedef {object} Shown
 * @property {Listing} listing
 * @property {Pick<Place, 'showable'>} place
 * @property {Sort} sort
 * @property {boolean} isTrash Whether names cannot be changed.
 */

/** Pixels beside the columns of a row. */
const ROW_PADDING = 24;
/** Rows on paper. A browser takes minutes to lay out tens of thousands of pictures. */
const MAX_PRINTED_ROWS = 500;

export class DrawnGrid extends HTMLElement {
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
  roving = new RovingFocus();
  rows = new Rows();
  #head = element('div', { class: 'list-head', role: 'row', 'aria-rowindex': '1' });
  /** The part of the element that holds the items, and hears what is done to them. */
  body = element('div', { class: 'grid', role: 'grid', 'aria-multiselectable': 'true', 'aria-label': say`Folders and files` }, this.#head, this.rows.element);
  geometry = new Geometry();
  /** What makes the table, in a grid that has this layout. @type {ItemTable | undefined} */
  table;
  #window = new GridWindow(this, this.geometry, this.rows.element);
  #isPlanned = false;
  /** Whether the geometry is that of the element, which has none while it is hidden. */
  #isFitted = false;
  /** Whether the rows beyond the screen are needed, too. */
  #isPrinting = false;
  /** An item whose cell is not replaced, so that what is written in it stays. @type {string | undefined} */
  kept;
  /** @type {Controls} */
  controls = { hasTick: () => true, hasMenu: true, isDraggable: true };

  /** Called once, when the element is first put into a document. */
  connected() {}

  /** Called when something in it gets the focus. @param {FocusEvent} _event */
  focusIn(_event) {}

  /** Sorts by a column of the table. @param {Sort} _sort */
  sortBy(_sort) {}

  /** Called when a person has changed the widths of columns. */
  columnsChanged() {}

  connectedCallback() {
    if (this.body.isConnected) return;
    this.classList.add('item-grid');
    this.append(this.body);
    this.addEventListener('scroll', () => this.plan(), { passive: true });
    new ResizeObserver(() => this.#measure()).observe(this);
    addEventListener('beforeprint', () => this.#print(true));
    addEventListener('afterprint', () => this.#print(false));
    this.body.addEventListener('focusin', (event) => this.focusIn(event));
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
    this.roving.clear();
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
    this.draw();
  }

  /**
   * Draws the cells of some items anew, because something else about them has changed.
   *
   * @param {readonly string[]} keys
   */
  redraw(keys) {
    this.rows.outdate(keys);
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
    const shown = this.scrollTop > 0 && this.#listing ? this.#window.landmark(this.#listing, this.roving.key) : undefined;
    change();
    this.#clear();
    this.scrollTop = 0;
    this.#measure();
    if (shown) this.reveal(shown);
  }

  get #shownTable() {
    return this.#layout === 'list' ? this.table : undefined;
  }

  #clear() {
    this.rows.clear();
    this.#drawHead();
  }

  #drawHead() {
    this.#head.hidden = !this.#shownTable;
    this.dataset.layout = this.#layout;
    const sort = this.#shown?.sort;
    const handlers = { onSort: (/** @type {Sort} */ wanted) => this.sortBy(wanted), onResize: this.#resize };
    this.#head.replaceChildren(...((sort && this.#shownTable?.headCells(sort, handlers)) ?? []));
  }

  /** @param {ColumnName} name @param {number} width @param {boolean} isDone */
  #resize = (name, width, isDone) => {
    const { columns } = this.table ?? {};
    columns?.resize(name, width);
    this.body.style.setProperty('--list-columns', columns?.template ?? '');
    if (isDone) this.columnsChanged();
  };

  /** Shows other columns. */
  showColumns() {
    this.#arrange(() => {});
  }

  // Drawing

  #measure() {
    this.#isFitted = this.#fit();
    if (this.#isFitted) this.draw();
  }

  /** Fits the geometry to the element. Returns false while it is hidden. */
  #fit() {
    if (!this.geometry.measure(this.#layout, this.clientWidth, this.#tileSize)) return false;
    this.rows.element.style.setProperty('--columns', String(this.geometry.columns));
    const columns = this.#shownTable?.columns;
    if (columns?.fit(this.#head.clientWidth - ROW_PADDING)) this.#clear();
    this.body.style.setProperty('--list-columns', columns?.template ?? '');
    return true;
  }

  /** Draws with the next frame. */
  plan() {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    requestAnimationFrame(() => {
      this.#isPlanned = false;
      this.draw();
    });
  }

  draw() {
    const listing = this.#listing;
    const place = this.#shown?.place;
    if (!listing || !place) return;
    // The frame in which the element is shown draws before the observer measures. With the measures of nothing it drew all items.
    this.#isFitted ||= this.#fit();
    if (!this.#isFitted) return;
    const geometry = this.geometry;
    const table = this.#shownTable;
    geometry.fill(listing);
    const { rowCount } = geometry;
    this.rows.element.style.height = `${geometry.topOf(rowCount)}px`;
    this.body.setAttribute('aria-rowcount', listing.state === 'complete' ? String(rowCount + (table ? 1 : 0)) : '-1');
    this.body.setAttribute('aria-colcount', String(table ? table.columns.shown.length + 1 : geometry.columns));
    const [first, last] = this.#isPrinting ? [0, Math.min(rowCount, MAX_PRINTED_ROWS) - 1] : this.#window.rows(rowCount);
    /** @type {Set<number>} */
    const needed = new Set();
    for (let row = first; row <= last; row += 1) needed.add(row);
    // The item with the focus stays in the document, wherever it is.
    const focusedAt = this.roving.keep(listing);
    if (focusedAt >= 0) needed.add(geometry.rowOf(focusedAt));
    const { controls, kept } = this;
    this.rows.draw(needed, { listing, place, geometry, table, controls, focused: this.roving.key, kept });
    this.paintSelection();
    if (last >= 0 && rowCount > 0) listing.want(geometry.range(last)[1]);
  }

  /** @param {boolean} isPrinting */
  #print(isPrinting) {
    this.#isPrinting = isPrinting;
    this.draw();
  }

  paintSelection() {
    if (this.#selection) this.rows.paint(this.#selection);
  }

  /**
   * Scrolls as far as needed to show an item.
   *
   * @param {string} key
   */
  reveal(key) {
    const index = this.#listing?.indexOf(key) ?? -1;
    if (index < 0) return;
    if (this.#listing) this.geometry.fill(this.#listing);
    this.#window.reveal(index);
    this.draw();
  }
}
