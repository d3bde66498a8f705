// The folders and files of the picker: a click opens a folder and chooses a file.
/** @import { FolderItem, Item } from '../../www/model/item.js' */
/** @import { Selection } from '../../www/model/selection.js' */
import { ItemGrid } from '../../www/parts/media-grid/item-grid.js';
import { movesFocus } from '../../www/parts/media-grid/keyboard.js';

/**
 * @typedef {object} PickerGridHandlers
 * @property {(folder: FolderItem) => void} onOpen Opens a folder.
 * @property {() => void} onPick Ends the choice with the selected files.
 * @property {() => void} onUp Leads to the folder above.
 */

const TAG = 'wix-media-picker-grid';

export class PickerGrid extends ItemGrid {
  /** @type {PickerGridHandlers | undefined} */
  #handlers;
  #isMultiple = false;

  /** @override */
  connected() {
    this.body.addEventListener('click', (event) => this.#click(event));
    this.body.addEventListener('dblclick', (event) => this.#doubleClick(event));
    this.body.addEventListener('keydown', (event) => this.#key(event));
  }

  /**
   * @param {Selection} selection
   * @param {{ isMultiple: boolean }} options
   * @param {PickerGridHandlers} handlers
   */
  start(selection, { isMultiple }, handlers) {
    this.#handlers = handlers;
    this.#isMultiple = isMultiple;
    /** @param {Item} item */
    const hasTick = ({ kind }) => isMultiple && kind === 'file';
    this.controls = { hasTick, hasMenu: false, isDraggable: false };
    this.body.setAttribute('aria-multiselectable', String(isMultiple));
    this.select(selection);
  }

  /**
   * Opens a folder, or selects a file. A further file is added where several can be chosen.
   *
   * @param {Item} item
   * @param {{ shiftKey: boolean }} event
   */
  #choose(item, { shiftKey }) {
    const { selection } = this;
    if (item.kind === 'folder') this.#handlers?.onOpen(item);
    else if (!this.#isMultiple) selection?.only(item.key);
    else if (shiftKey) this.#extend(item.key);
    else selection?.toggle(item.key);
  }

  /**
   * Adds the files from the one that was chosen last up to this one. Folders between them cannot be chosen.
   *
   * @param {string} key
   */
  #extend(key) {
    const { selection, listing } = this;
    if (!selection || !listing) return;
    selection.extend(listing, key, { add: true });
    selection.set([...selection.keys].filter((one) => one.startsWith('file:')));
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const item = this.itemOf(event);
    if (!item) return;
    this.focusOn(item.key, { scroll: false });
    this.#choose(item, event);
  }

  /** @param {MouseEvent} event */
  #doubleClick(event) {
    // With several files to choose, the second click deselects what the first one selected.
    if (!this.#isMultiple && this.itemOf(event)?.kind === 'file') this.#handlers?.onPick();
  }

  /** @param {KeyboardEvent} event */
  async #key(event) {
    const item = this.itemOf(event);
    if (!item || event.altKey || event.ctrlKey || event.metaKey) return;
    const { key } = event;
    if (movesFocus(key)) {
      event.preventDefault();
      const next = await this.moveFocus(item, event);
      if (next && event.shiftKey && this.#isMultiple) this.#extend(next.key);
    } else if (key === 'Enter' || (key === ' ' && !this.typeAhead.isTyping)) {
      event.preventDefault();
      this.#choose(item, event);
      if (key === 'Enter' && item.kind === 'file' && !this.#isMultiple) this.#handlers?.onPick();
    } else if (key === 'Backspace') {
      event.preventDefault();
      this.#handlers?.onUp();
    } else if (key.length === 1) {
      event.preventDefault();
      this.typeLetter(key);
    }
  }
}

let isDefined = false;

/** Makes a grid. Another copy of the package may have taken the name of the element. */
export function makePickerGrid() {
  if (!isDefined) {
    let name = TAG;
    for (let number = 2; customElements.get(name); number += 1) name = `${TAG}-${number}`;
    customElements.define(name, PickerGrid);
    isDefined = true;
  }
  return new PickerGrid();
}
