// The folders and files of the page: what clicks, taps, keys and drags do to them.
/** @import { Item } from '../../model/item.js' */
/** @import { Selection } from '../../model/selection.js' */
/** @import { Sort } from '../../model/view.js' */
import { plural } from '../../text/language.js';
import { closest, findAll } from '../../ui/dom.js';
import { element } from '../../ui/element.js';
import { watchLongPress } from '../../ui/touch.js';
import { setDraggedKeys } from '../drop-target/dragged-items.js';
import { ItemGrid } from './item-grid.js';
import { ItemTable } from './item-table.js';
import { movesFocus } from './keyboard.js';
import { renameInPlace } from './rename.js';
import { watchRubberBand } from './rubber-band.js';

/**
 * @typedef {object} GridHandlers
 * @property {(item: Item) => void} onOpen
 * @property {(item: Item, name: string) => void} onRename
 * @property {(sort: Sort) => void} onSort
 * @property {() => void} onColumns Called when columns have got other widths.
 * @property {() => void} onSelectAll
 * @property {() => void} onDelete Deletes the selected items.
 * @property {() => void} onUp Goes to the folder above.
 * @property {(item: Item, x: number, y: number) => void} onMenu
 */

export class MediaGrid extends ItemGrid {
  /** @type {GridHandlers | undefined} */
  #handlers;
  /** @override */
  table = new ItemTable();
  /** Whether a tap selects, because items are being selected by their boxes. */
  #isChoosing = false;

  /** @override */
  connected() {
    const { body } = this;
    watchLongPress(body, (event) => this.#longPress(event));
    body.addEventListener('keydown', (event) => this.#key(event));
    body.addEventListener('click', (event) => this.#click(event));
    body.addEventListener('dblclick', (event) => this.#doubleClick(event));
    body.addEventListener('contextmenu', (event) => this.#contextMenu(event));
    body.addEventListener('dragstart', (event) => this.#dragStart(event));
    body.addEventListener('dragend', () => this.classList.remove('dragging'));
    watchRubberBand(this);
  }

  /**
   * @param {Selection} selection
   * @param {GridHandlers} handlers
   */
  start(selection, handlers) {
    this.#handlers = handlers;
    selection.changed.listen(() => {
      if (selection.size === 0) this.#isChoosing = false;
    });
    this.select(selection);
  }

  /**
   * @override
   * @param {Sort} sort
   */
  sortBy(sort) {
    this.#handlers?.onSort(sort);
  }

  /** The button that sorts by a column, if the head has one. @param {Sort['fieldName']} field */
  sortButton = (field) => findAll(`.list-head [data-field="${field}"]`, HTMLElement, this).at(0);

  /** @override */
  columnsChanged() {
    this.#handlers?.onColumns();
  }

  /** @override */
  paintSelection() {
    super.paintSelection();
    this.classList.toggle('choosing', this.#isChoosing || (this.selection?.size ?? 0) > 1);
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const item = this.itemOf(event);
    const selection = this.selection;
    const listing = this.listing;
    if (!item || !selection || !listing || closest(event, '.rename')) return;
    const { key } = item;
    const isControl = event.ctrlKey || event.metaKey;
    this.focusOn(key, { scroll: false });
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
    const item = this.itemOf(event);
    if (!item || closest(event, '.rename, .tick, .tile-menu')) return;
    this.focusOn(item.key, { scroll: false });
    this.#isChoosing = true;
    if (this.selection?.has(item.key)) this.paintSelection();
    else this.selection?.toggle(item.key);
  }

  /**
   * Selects one item and no other, which ends the choice of several.
   *
   * @param {string} key
   */
  #only(key) {
    this.#isChoosing = false;
    this.selection?.only(key);
  }

  /** @param {MouseEvent} event */
  #doubleClick(event) {
    const item = this.itemOf(event);
    // Two taps in a row select and unselect.
    if (item && !this.#isChoosing && !closest(event, '.rename, .tick, .tile-menu')) this.#handlers?.onOpen(item);
  }

  /** @param {MouseEvent} event */
  #contextMenu(event) {
    const item = this.itemOf(event);
    const cell = closest(event, '.cell');
    if (!item || !cell || closest(event, '.rename')) return;
    event.preventDefault();
    this.focusOn(item.key, { scroll: false });
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
    if (!this.selection?.has(key)) this.selection?.only(key);
  }

  /** @param {KeyboardEvent} event */
  async #key(event) {
    const item = this.itemOf(event);
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
      const found = this.typeLetter(key);
      if (found) this.selection?.only(found.key);
    }
  }

  /**
   * Does what a key asks for. Returns false if it asks for nothing.
   *
   * @param {Item} item
   * @param {KeyboardEvent} event
   */
  #act(item, { key, shiftKey, metaKey }) {
    const selection = this.selection;
    const listing = this.listing;
    if (!selection || !listing) return false;
    // The keyboards of Macs have no other key that deletes.
    switch (key === 'Backspace' && metaKey ? 'Delete' : key) {
      case 'Enter':
        this.#handlers?.onOpen(item);
        return true;
      case ' ':
        if (this.typeAhead.isTyping) return false;
        if (shiftKey) selection.extend(listing, item.key);
        else selection.toggle(item.key);
        return true;
      case 'F2':
        this.rename(item.key);
        return true;
      case 'Backspace':
        this.#handlers?.onUp();
        return true;
      case 'Delete':
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
  async #move(item, event) {
    const next = await this.moveFocus(item, event);
    if (!next || !this.listing) return;
    if (event.shiftKey) this.selection?.extend(this.listing, next.key);
    else if (!event.ctrlKey && !event.metaKey) this.#only(next.key);
  }

  /**
   * Lets a person change the name of an item where it stands.
   *
   * @param {string} key
   */
  rename(key) {
    if (this.shown?.isTrash) return;
    this.reveal(key);
    const { item, cell } = this.cellOf(key) ?? {};
    const label = cell?.querySelector('.name');
    if (!item || !cell || !label) return;
    this.kept = key;
    renameInPlace(item, cell, label, {
      onRename: (name) => this.#handlers?.onRename(item, name),
      onEnd: (hadFocus) => {
        this.kept = undefined;
        if (hadFocus) this.cellOf(key)?.cell.focus({ preventScroll: true });
        this.plan();
      },
    });
  }

  /** @param {DragEvent} event */
  #dragStart(event) {
    const item = this.itemOf(event);
    if (!item || !this.selection) return;
    this.#selectIfNeeded(item);
    const keys = [...this.selection.keys];
    setDraggedKeys(event.dataTransfer, keys);
    const badge = element('div', { class: 'drag-badge' }, keys.length === 1 ? item.name : plural(keys.length, '{0} item', '{0} items'));
    document.body.append(badge);
    event.dataTransfer?.setDragImage(badge, 12, 12);
    // The browser takes its picture of the badge after this event.
    setTimeout(() => badge.remove());
    this.classList.add('dragging');
  }
}

customElements.define('media-grid', MediaGrid);
