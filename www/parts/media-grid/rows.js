// The rows of the grid that are in the document, and their cells. A cell stays as long as its item does not change, and is
// not moved without need, because that would take the focus from it.
/** @import { Item } from '../../model/item.js' */
/** @import { Listing } from '../../model/listing.js' */
/** @import { Selection } from '../../model/selection.js' */
/** @import { Place } from '../../place/place.js' */
/** @import { Controls } from './cells.js' */
/** @import { Geometry } from './geometry.js' */
/** @import { ItemTable } from './item-table.js' */
import { activeIn } from '../../ui/dom.js';
import { element } from '../../ui/element.js';
import { stopLoading } from '../../ui/source.js';
import { arrange } from '../../ui/rows.js';
import { makeTile } from './cells.js';

/**
 * @typedef {object} Drawing
 * @property {Listing} listing
 * @property {Pick<Place, 'showable'>} place
 * @property {Geometry} geometry
 * @property {ItemTable | undefined} table Makes items rows of a table. Without it they are tiles.
 * @property {Controls} controls
 * @property {string | undefined} focused The item that gets the focus with the Tab key.
 * @property {string | undefined} kept An item whose cell stays even if it has changed.
 */

export class Rows {
  element = element('div', { class: 'sizer', role: 'presentation' });
  /** @type {Map<number, HTMLElement>} */
  #rows = new Map();
  /** @type {Map<string, { item: Item, element: HTMLElement }>} */
  #cells = new Map();

  clear() {
    stopLoading(this.element);
    this.#rows.clear();
    this.#cells.clear();
    this.element.replaceChildren();
  }

  /**
   * Returns the cell of an item, if it is in the document.
   *
   * @param {string | undefined} key
   */
  cellOf(key) {
    return key === undefined ? undefined : this.#cells.get(key)?.element;
  }

  /**
   * Returns the item of a cell.
   *
   * @param {string | undefined} key
   */
  itemOf(key) {
    return key === undefined ? undefined : this.#cells.get(key)?.item;
  }

  /**
   * Has the cells of some items drawn anew by the next drawing.
   *
   * @param {readonly string[]} keys
   */
  outdate(keys) {
    for (const key of keys) {
      const made = this.#cells.get(key);
      if (made) made.item = { ...made.item };
    }
  }

  /**
   * Draws some rows, and removes the others.
   *
   * @param {ReadonlySet<number>} needed
   * @param {Drawing} drawing
   */
  draw(needed, drawing) {
    const active = activeIn(this.element);
    const refocus = active !== null && this.element.contains(active) && active.classList.contains('cell');
    /** @type {Set<string>} */
    const used = new Set();
    for (const row of needed) this.#drawRow(row, drawing, used);
    for (const [row, made] of this.#rows) {
      if (needed.has(row)) continue;
      made.remove();
      this.#rows.delete(row);
    }
    for (const [key, { element: cell }] of this.#cells) {
      if (used.has(key)) continue;
      stopLoading(cell);
      this.#cells.delete(key);
    }
    const cell = this.cellOf(drawing.focused);
    if (refocus && activeIn(this.element) !== cell) cell?.focus({ preventScroll: true });
  }

  /**
   * @param {number} row
   * @param {Drawing} drawing
   * @param {Set<string>} used Takes the keys of the items that are drawn.
   */
  #drawRow(row, drawing, used) {
    const { listing, geometry, focused } = drawing;
    const isList = drawing.table !== undefined;
    const [start, end] = geometry.range(row);
    const made = this.#rows.get(row) ?? this.#addRow(row, isList);
    if (!isList) made.setAttribute('aria-rowindex', String(row + 1));
    made.classList.toggle('folders', geometry.isFolderRow(row));
    made.style.transform = `translateY(${geometry.topOf(row)}px)`;
    const cells = [];
    for (let index = start; index < end; index += 1) {
      const item = listing.at(index);
      if (!item) continue;
      used.add(item.key);
      const cell = this.#drawCell(item, drawing);
      if (isList) cell.setAttribute('aria-rowindex', String(index + 2));
      else cell.setAttribute('aria-colindex', String(index - start + 1));
      cell.tabIndex = item.key === focused ? 0 : -1;
      cells.push(cell);
    }
    arrange(made, cells);
  }

  /**
   * @param {number} row
   * @param {boolean} isList
   */
  #addRow(row, isList) {
    const made = element('div', { class: 'row', role: isList ? 'presentation' : 'row' });
    this.#rows.set(row, made);
    this.element.append(made);
    return made;
  }

  /**
   * Returns the cell of an item: the one that is there, unless the item has changed.
   *
   * @param {Item} item
   * @param {Drawing} drawing
   */
  #drawCell(item, { place, geometry, table, kept, controls }) {
    const old = this.#cells.get(item.key);
    if (old && (old.item === item || item.key === kept)) return old.element;
    const made = table ? table.makeRow(item, place, controls) : makeTile(item, place, controls, geometry.pictureWidth);
    if (old) stopLoading(old.element);
    if (old?.element.isConnected) old.element.replaceWith(made);
    this.#cells.set(item.key, { item, element: made });
    return made;
  }

  /**
   * Marks the cells of the selected items.
   *
   * @param {Selection} selection
   */
  paint(selection) {
    for (const [key, { element: cell }] of this.#cells) {
      const isSelected = selection.has(key);
      cell.setAttribute('aria-selected', String(isSelected));
      const tick = cell.querySelector('.tick');
      if (tick instanceof HTMLInputElement) tick.checked = isSelected;
    }
  }
}
