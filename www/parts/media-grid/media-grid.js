// Folders and files as tiles or as rows of a table. Only what is on the screen, and a little more, is in the document,
// so that ten thousand are as quick as ten.
import { element, foreign, icon } from '../../ui/element.js';
import { marks, picture } from '../../ui/picture.js';
import { day, mediaType, size } from '../../text/words.js';

/** The type of what is dragged within the page. */
export const DRAGGED = 'application/x-wix-media-items';

/** Rows above and below the screen that are in the document as well. */
const SPARE_ROWS = 3;
const GAP = 16;
const MEASURES = {
  // The text below a picture, and the height of a folder, which has no picture.
  grid: { narrowest: 138, widest: 220, narrowestOnPhone: 120, text: 58, folder: 56 },
  list: { row: 52, head: 40 },
};
const COLUMNS = [
  { label: 'Name', field: 'displayName' },
  { label: 'Type' },
  { label: 'Size', field: 'sizeInBytes' },
  { label: 'Changed', field: 'updatedDate' },
];
/** How long typed letters belong together. */
const TYPING = 800;

const dateOf = (value) => {
  const date = value._updatedDate ?? value._createdDate;
  const attributes = date instanceof Date && !Number.isNaN(date.getTime()) ? { datetime: date.toISOString() } : {};
  return element('time', attributes, day(date));
};

class MediaGrid extends HTMLElement {
  #listing;
  #selection;
  #place;
  #layout = 'grid';
  #focused;
  #cells = new Map();
  #rows = new Map();
  #sizer = element('div', { class: 'sizer', role: 'presentation' });
  #head = element('div', { class: 'list-head', role: 'row', 'aria-rowindex': '1' });
  #grid = element('div', { class: 'grid', role: 'grid', 'aria-multiselectable': 'true', 'aria-label': 'Folders and files' }, this.#head, this.#sizer);
  #shape = { columns: 1, height: 1, folderHeight: 1 };
  #typed = '';
  #typedAt = 0;
  #drawing = false;
  #sort = {};
  /** How the trash, a search and a folder differ in what can be done with an item. */
  isTrash = false;

  connectedCallback() {
    if (this.#grid.isConnected) return;
    this.append(this.#grid);
    this.addEventListener('scroll', () => this.#plan(), { passive: true });
    new ResizeObserver(() => this.#measure()).observe(this);
    this.#grid.addEventListener('keydown', (event) => this.#key(event));
    this.#grid.addEventListener('click', (event) => this.#click(event));
    this.#grid.addEventListener('dblclick', (event) => this.#doubleClick(event));
    this.#grid.addEventListener('contextmenu', (event) => this.#contextMenu(event));
    this.#grid.addEventListener('dragstart', (event) => this.#dragStart(event));
    this.#grid.addEventListener('dragend', () => this.classList.remove('dragging'));
    this.#grid.addEventListener('focusin', (event) => this.#focusIn(event));
    this.addEventListener('mousedown', (event) => {
      // Beside the items there is nothing, which is what is then chosen.
      if (!event.target.closest('.cell, .list-head') && event.button === 0 && event.offsetX < this.clientWidth) this.#selection.clear();
    });
  }

  /** Shows a listing. The focus goes along when the item is there as well. */
  show({ listing, selection, place, sort, isTrash, label }) {
    if (this.#selection !== selection) {
      this.#selection = selection;
      selection.addEventListener('change', () => this.#paintSelection());
    }
    this.#listing = listing;
    this.#place = place;
    this.#sort = sort;
    this.isTrash = isTrash;
    this.#grid.setAttribute('aria-label', label);
    this.#clear();
    this.#focused = undefined;
    this.scrollTop = 0;
    listing.addEventListener('change', () => this.#listing === listing && this.#plan());
    this.#measure();
  }

  /** Shows a newer listing of the same in place of the one that is shown. */
  replace(listing) {
    this.#listing = listing;
    listing.addEventListener('change', () => this.#listing === listing && this.#plan());
    this.#draw();
  }

  get layout() {
    return this.#layout;
  }

  set layout(layout) {
    this.#layout = layout;
    this.#clear();
    this.#measure();
    if (this.#focused) this.reveal(this.#focused);
  }

  #clear() {
    this.#cells.clear();
    this.#rows.clear();
    this.#sizer.replaceChildren();
    this.#drawHead();
  }

  #drawHead() {
    const isList = this.#layout === 'list';
    this.#head.hidden = !isList;
    this.dataset.layout = this.#layout;
    if (!isList) return this.#head.replaceChildren();
    this.#head.replaceChildren(
      ...COLUMNS.map(({ label, field }) => {
        const isSorted = field && field === this.#sort.fieldName;
        const order = isSorted && (this.#sort.order === 'DESC' ? 'descending' : 'ascending');
        const sort = () => this.#tell('sortby', { field, order: order === 'ascending' ? 'DESC' : 'ASC' });
        const content = field
          ? element('button', { type: 'button', class: 'sort', click: sort }, label, isSorted ? icon(order) : undefined)
          : label;
        return element('span', { role: 'columnheader', 'aria-sort': order || undefined }, content);
      }),
    );
  }

  // Geometry. Rows of folders come first; they are lower than rows of files.

  #measure() {
    const { grid, list } = MEASURES;
    const padding = this.clientWidth < 600 ? 16 : 24;
    const width = this.clientWidth - 2 * padding;
    if (width <= 0) return;
    if (this.#layout === 'list') this.#shape = { columns: 1, height: list.row, folderHeight: list.row, top: list.head, split: 0 };
    else {
      // Larger pictures in larger windows, to a degree.
      const roomy = Math.min(Math.max(grid.narrowest, width / 6), grid.widest);
      const narrowest = this.clientWidth < 600 ? grid.narrowestOnPhone : roomy;
      const columns = Math.max(1, Math.floor((width + GAP) / (narrowest + GAP)));
      const tile = (width - (columns - 1) * GAP) / columns;
      this.#shape = {
        columns,
        height: Math.round((tile - 12) * 0.75) + grid.text + GAP,
        folderHeight: grid.folder + GAP / 2,
        top: 0,
        split: GAP / 2,
        tile,
      };
    }
    this.#sizer.style.setProperty('--columns', String(this.#shape.columns));
    for (const row of this.#rows.values()) row.dataset.measured = '';
    this.#draw();
  }

  get #folderRows() {
    return Math.ceil(this.#listing.folders.length / this.#shape.columns);
  }

  get #rowCount() {
    return this.#folderRows + Math.ceil(this.#listing.files.length / this.#shape.columns);
  }

  #rowTop(row) {
    const { height, folderHeight, split } = this.#shape;
    const folders = this.#folderRows;
    return row <= folders && row < this.#rowCount && row < folders
      ? row * folderHeight
      : folders * folderHeight + (folders > 0 ? split : 0) + (row - folders) * height;
  }

  /** The row at a height. */
  #rowAt(y) {
    const { height, folderHeight, split } = this.#shape;
    const folders = this.#folderRows;
    const below = folders * folderHeight + (folders > 0 ? split : 0);
    return y < below ? Math.min(Math.floor(y / folderHeight), Math.max(0, folders - 1)) : folders + Math.floor((y - below) / height);
  }

  /** The indices of the items of a row, first and beyond the last. */
  #range(row) {
    const { columns } = this.#shape;
    const folders = this.#listing.folders.length;
    const folderRows = this.#folderRows;
    if (row < folderRows) return [row * columns, Math.min((row + 1) * columns, folders)];
    const start = folders + (row - folderRows) * columns;
    return [start, Math.min(start + columns, this.#listing.length)];
  }

  #rowOf(index) {
    const { columns } = this.#shape;
    const folders = this.#listing.folders.length;
    return index < folders ? Math.floor(index / columns) : this.#folderRows + Math.floor((index - folders) / columns);
  }

  // Drawing

  #plan() {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      this.#draw();
    });
  }

  #draw() {
    const listing = this.#listing;
    if (!listing) return;
    const rows = this.#rowCount;
    const isList = this.#layout === 'list';
    this.#sizer.style.height = `${this.#rowTop(rows)}px`;
    this.#grid.setAttribute('aria-rowcount', listing.state === 'complete' ? String(rows + (isList ? 1 : 0)) : '-1');
    this.#grid.setAttribute('aria-colcount', String(isList ? COLUMNS.length : this.#shape.columns));

    const first = Math.max(0, this.#rowAt(this.scrollTop) - SPARE_ROWS);
    const last = Math.min(rows - 1, this.#rowAt(this.scrollTop + this.clientHeight) + SPARE_ROWS);
    const needed = new Set();
    for (let row = first; row <= last; row += 1) needed.add(row);
    let focusedAt = this.#focused ? listing.indexOf(this.#focused) : -1;
    if (focusedAt < 0 && listing.length > 0) {
      // Something must be there to reach with the keyboard.
      focusedAt = 0;
      if (this.#focused && this.#hadFocus) focusedAt = Math.min(this.#lastIndex ?? 0, listing.length - 1);
      this.#focused = listing.at(focusedAt).key;
    }
    if (focusedAt >= 0) {
      needed.add(this.#rowOf(focusedAt));
      this.#lastIndex = focusedAt;
    }

    const used = new Set();
    const active = document.activeElement;
    const refocus = this.#sizer.contains(active) && active.classList.contains('cell');
    for (const row of needed) this.#drawRow(row, used);
    for (const [row, made] of this.#rows) {
      if (needed.has(row)) continue;
      made.remove();
      this.#rows.delete(row);
    }
    for (const key of this.#cells.keys()) if (!used.has(key)) this.#cells.delete(key);
    if (refocus && document.activeElement !== this.#cellOf(this.#focused)) this.#cellOf(this.#focused)?.focus({ preventScroll: true });
    this.#paintSelection();
    if (last >= 0 && rows > 0) listing.want(this.#range(last)[1]);
  }

  #lastIndex;

  get #hadFocus() {
    return this.contains(document.activeElement) || document.activeElement === document.body;
  }

  #drawRow(row, used) {
    const [start, end] = this.#range(row);
    const isList = this.#layout === 'list';
    let made = this.#rows.get(row);
    if (!made) {
      made = element('div', { class: 'row', role: isList ? 'presentation' : 'row' });
      this.#rows.set(row, made);
      this.#sizer.append(made);
    }
    if (!isList) made.setAttribute('aria-rowindex', String(row + 1));
    made.classList.toggle('folders', start < this.#listing.folders.length);
    made.style.transform = `translateY(${this.#rowTop(row)}px)`;
    const cells = [];
    for (let index = start; index < end; index += 1) {
      const thing = this.#listing.at(index);
      used.add(thing.key);
      let cell = this.#cells.get(thing.key);
      if (cell?.item !== thing) {
        const fresh = { item: thing, element: isList ? this.#makeRow(thing) : this.#makeTile(thing) };
        if (cell?.element.isConnected) cell.element.replaceWith(fresh.element);
        cell = fresh;
        this.#cells.set(thing.key, cell);
      }
      if (isList) cell.element.setAttribute('aria-rowindex', String(index + 2));
      else cell.element.setAttribute('aria-colindex', String(index - start + 1));
      cell.element.tabIndex = thing.key === this.#focused ? 0 : -1;
      cells.push(cell.element);
    }
    const isSame = made.children.length === cells.length && cells.every((cell, index) => made.children[index] === cell);
    if (!isSame) made.replaceChildren(...cells);
  }

  #paintSelection() {
    for (const [key, { element: cell }] of this.#cells) {
      const chosen = this.#selection.has(key);
      cell.setAttribute('aria-selected', String(chosen));
      const tick = cell.querySelector('.tick');
      if (tick) tick.checked = chosen;
    }
    this.classList.toggle('choosing', this.#selection.size > 1);
  }

  #cellOf(key) {
    return this.#cells.get(key)?.element;
  }

  #common({ key, kind, name }) {
    const tick = element('input', { type: 'checkbox', class: 'tick', tabindex: '-1', 'aria-label': `Select ${name}` });
    const more = element('button', { type: 'button', class: 'bare tile-menu', tabindex: '-1', 'aria-label': `More for ${name}` }, icon('more'));
    const attributes = { class: `cell ${kind}`, 'data-key': key, draggable: 'true', tabindex: '-1' };
    return { tick, more, attributes };
  }

  #makeTile(thing) {
    const { kind, name, value } = thing;
    const { tick, more, attributes } = this.#common(thing);
    attributes.role = 'gridcell';
    attributes.class += ' tile';
    const shownName = foreign(name, { class: 'name', title: name });
    if (kind === 'folder') {
      return element('div', attributes, tick, element('span', { class: 'folder-icon' }, icon('folder')), shownName, more);
    }
    return element(
      'div',
      attributes,
      tick,
      element('span', { class: 'tile-picture' }, picture(value, this.#place, 320, 240), element('span', { class: 'tile-marks' }, marks(value))),
      element(
        'div',
        { class: 'tile-text' },
        shownName,
        element('span', { class: 'tile-facts' }, `${mediaType(value.mediaType)} · ${size(value.sizeInBytes)}`),
      ),
      more,
    );
  }

  #makeRow(thing) {
    const { kind, name, value } = thing;
    const { tick, more, attributes } = this.#common(thing);
    attributes.role = 'row';
    attributes.class += ' list-row';
    const lead = kind === 'folder' ? element('span', { class: 'folder-icon' }, icon('folder')) : picture(value, this.#place, 96, 72);
    const isFile = kind === 'file';
    return element(
      'div',
      attributes,
      element(
        'span',
        { role: 'gridcell', class: 'list-name' },
        tick,
        lead,
        foreign(name, { class: 'name', title: name }),
        ...(isFile ? marks(value) : []),
        more,
      ),
      element('span', { role: 'gridcell' }, isFile ? mediaType(value.mediaType) : 'Folder'),
      element('span', { role: 'gridcell', class: 'amount' }, isFile ? size(value.sizeInBytes) : '–'),
      element('span', { role: 'gridcell' }, dateOf(value)),
    );
  }

  // What people do

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #itemOf(target) {
    const cell = target.closest?.('.cell');
    return cell ? this.#cells.get(cell.dataset.key)?.item : undefined;
  }

  #click(event) {
    const thing = this.#itemOf(event.target);
    if (!thing || event.target.closest('.rename')) return;
    this.#focus(thing.key, { scroll: false });
    if (event.target.closest('.tile-menu')) {
      const { left, bottom } = event.target.closest('.tile-menu').getBoundingClientRect();
      if (!this.#selection.has(thing.key)) this.#selection.only(thing.key);
      this.#tell('itemmenu', { item: thing, x: left, y: bottom });
    } else if (event.target.closest('.tick')) {
      if (event.shiftKey) this.#selection.extend(this.#listing, thing.key, { add: true });
      else this.#selection.toggle(thing.key);
    } else if (event.shiftKey) this.#selection.extend(this.#listing, thing.key, { add: event.ctrlKey || event.metaKey });
    else if (event.ctrlKey || event.metaKey) this.#selection.toggle(thing.key);
    else if (event.pointerType === 'touch') {
      // A finger opens; once something is chosen by its box, it chooses more.
      if (this.#selection.size > 1) this.#selection.toggle(thing.key);
      else {
        this.#selection.only(thing.key);
        this.#tell('openitem', { item: thing });
      }
    } else this.#selection.only(thing.key);
  }

  #doubleClick(event) {
    const thing = this.#itemOf(event.target);
    if (thing && !event.target.closest('.rename, .tick, .tile-menu')) this.#tell('openitem', { item: thing });
  }

  #contextMenu(event) {
    const thing = this.#itemOf(event.target);
    if (!thing || event.target.closest('.rename')) return;
    event.preventDefault();
    if (!this.#selection.has(thing.key)) this.#selection.only(thing.key);
    this.#focus(thing.key, { scroll: false });
    // The key for menus has no place of its own.
    const { left, top, height } = event.target.closest('.cell').getBoundingClientRect();
    const at = event.button === 2 ? { x: event.clientX, y: event.clientY } : { x: left + 24, y: top + height / 2 };
    this.#tell('itemmenu', { item: thing, ...at });
  }

  #focusIn({ target }) {
    const thing = this.#itemOf(target);
    if (thing && thing.key !== this.#focused) this.#setFocused(thing.key);
  }

  #setFocused(key) {
    const old = this.#cellOf(this.#focused);
    if (old) old.tabIndex = -1;
    this.#focused = key;
    const cell = this.#cellOf(key);
    if (cell) cell.tabIndex = 0;
  }

  #focus(key, { scroll = true } = {}) {
    this.#setFocused(key);
    if (scroll) this.reveal(key);
    this.#cellOf(key)?.focus({ preventScroll: true });
  }

  /** Puts the focus on an item, or on the one that had it. */
  focusItem(key = this.#focused) {
    if (key && this.#listing.indexOf(key) >= 0) this.#focus(key);
  }

  /** Scrolls so far that the item is seen. */
  reveal(key) {
    const index = this.#listing.indexOf(key);
    if (index < 0) return;
    const row = this.#rowOf(index);
    const top = this.#rowTop(row);
    const bottom = this.#rowTop(row + 1);
    const head = this.#shape.top;
    const offset = this.#sizer.offsetTop;
    if (top + offset - head < this.scrollTop) this.scrollTop = row === 0 ? 0 : top + offset - head - GAP / 2;
    else if (bottom + offset > this.scrollTop + this.clientHeight) this.scrollTop = bottom + offset - this.clientHeight;
    this.#draw();
  }

  async #key(event) {
    const thing = this.#itemOf(event.target);
    if (!thing || event.target.closest('.rename')) return;
    const { key, shiftKey, altKey } = event;
    const control = event.ctrlKey || event.metaKey;
    const index = this.#listing.indexOf(thing.key);
    const isSpace = key === ' ' && this.#typed === '';
    if (altKey) return;
    if (key === 'Enter') this.#tell('openitem', { item: thing });
    else if (isSpace) {
      if (shiftKey) this.#selection.extend(this.#listing, thing.key);
      else this.#selection.toggle(thing.key);
    } else if (key === 'F2') this.rename(thing.key);
    else if (key === 'Delete' || key === 'Backspace') {
      if (!this.#selection.has(thing.key)) this.#selection.only(thing.key);
      this.#tell('deleteitems');
    } else if (key === 'Escape') {
      if (this.#selection.size === 0) return;
      this.#selection.clear();
    } else if (control && key.toLowerCase() === 'a') {
      event.preventDefault();
      this.#tell('selectall');
      return;
    } else if (/^(?:Arrow|Page|Home|End)/.test(key)) {
      event.preventDefault();
      if (key === 'End' && (control || this.#shape.columns === 1)) await this.#listing.all();
      const target = this.#targetOf(key, index, control);
      if (target === undefined) return;
      const { key: next } = this.#listing.at(target);
      this.#focus(next);
      if (shiftKey) this.#selection.extend(this.#listing, next);
      else if (!control) this.#selection.only(next);
      return;
    } else if (key.length === 1 && !control) this.#type(key);
    else return;
    event.preventDefault();
  }

  /** The index that a key leads to. */
  #targetOf(key, index, control) {
    const last = this.#listing.length - 1;
    const { columns, height } = this.#shape;
    const row = this.#rowOf(index);
    const [start, end] = this.#range(row);
    const column = index - start;
    const rtl = getComputedStyle(this).direction === 'rtl';
    const inRow = (other) => {
      if (other < 0 || other >= this.#rowCount) return undefined;
      const [first, beyond] = this.#range(other);
      return Math.min(first + column, beyond - 1);
    };
    const screen = Math.max(1, Math.floor(this.clientHeight / height) - 1);
    switch (key) {
      case 'ArrowRight':
      case 'ArrowLeft': {
        if (columns === 1) return undefined;
        const next = index + ((key === 'ArrowRight') === !rtl ? 1 : -1);
        return next >= 0 && next <= last ? next : undefined;
      }
      case 'ArrowDown':
        return inRow(row + 1);
      case 'ArrowUp':
        return inRow(row - 1);
      case 'PageDown':
        return inRow(Math.min(row + screen, this.#rowCount - 1));
      case 'PageUp':
        return inRow(Math.max(row - screen, 0));
      case 'Home':
        return control || columns === 1 ? 0 : start;
      case 'End':
        return control || columns === 1 ? last : end - 1;
    }
    return undefined;
  }

  /** Letters lead to the next name that begins with them. */
  #type(letter) {
    const now = performance.now();
    this.#typed = now - this.#typedAt < TYPING ? this.#typed + letter : letter;
    this.#typedAt = now;
    setTimeout(() => {
      if (performance.now() - this.#typedAt >= TYPING) this.#typed = '';
    }, TYPING + 10);
    const sought = this.#typed.toLocaleLowerCase();
    const from = this.#listing.indexOf(this.#focused);
    const { length } = this.#listing;
    for (let step = sought.length === 1 ? 1 : 0; step <= length; step += 1) {
      const found = this.#listing.at((from + step) % length);
      if (!found.name.toLocaleLowerCase().startsWith(sought)) continue;
      this.#focus(found.key);
      this.#selection.only(found.key);
      return;
    }
  }

  /** Lets the person write another name where the name is. */
  rename(key) {
    if (this.isTrash) return;
    this.reveal(key);
    const cell = this.#cells.get(key);
    const name = cell?.element.querySelector('.name');
    if (!name) return;
    const { item: thing } = cell;
    const input = element('input', { class: 'rename', type: 'text', dir: 'auto', maxlength: '255', 'aria-label': `New name for ${thing.name}` });
    input.value = thing.name;
    let isOver = false;
    const end = (isWanted) => {
      if (isOver) return;
      isOver = true;
      const written = input.value.trim();
      const hadFocus = document.activeElement === input;
      input.replaceWith(name);
      if (hadFocus) this.#cellOf(key)?.focus({ preventScroll: true });
      if (isWanted && written && written !== thing.name) this.#tell('renameitem', { item: thing, name: written });
    };
    input.addEventListener('keydown', (event) => {
      event.stopPropagation();
      if (event.key === 'Enter') end(true);
      if (event.key === 'Escape') end(false);
    });
    input.addEventListener('blur', () => end(true));
    cell.element.draggable = false;
    name.replaceWith(input);
    input.focus();
    // The extension says what the file is, so it is not what people mean to change.
    const dot = thing.kind === 'file' ? thing.name.lastIndexOf('.') : -1;
    input.setSelectionRange(0, dot > 0 ? dot : thing.name.length);
    input.addEventListener('blur', () => (cell.element.draggable = true));
  }

  #dragStart(event) {
    const thing = this.#itemOf(event.target);
    if (!thing) return;
    if (!this.#selection.has(thing.key)) this.#selection.only(thing.key);
    const keys = [...this.#selection.keys];
    event.dataTransfer.setData(DRAGGED, JSON.stringify(keys));
    event.dataTransfer.effectAllowed = 'move';
    const badge = element('div', { class: 'drag-badge' }, keys.length === 1 ? thing.name : `${keys.length} items`);
    document.body.append(badge);
    event.dataTransfer.setDragImage(badge, 12, 12);
    setTimeout(() => badge.remove());
    this.classList.add('dragging');
  }
}

customElements.define('media-grid', MediaGrid);
