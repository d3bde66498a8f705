// The controls of the list: which type it shows, how it is sorted, and its layout.
/** @import { MediaTypeWithLiterals } from 'wix-media.v2' */
/** @import { SortName } from '../../model/view.js' */
/** @import { Layout, TileSize } from '../media-grid/geometry.js' */
import { isSortName, SORTS } from '../../model/view.js';
import { say } from '../../text/language.js';
import { MEDIA_TYPES, mediaType } from '../../text/words.js';
import { find, findAll } from '../../ui/dom.js';
import { element } from '../../ui/element.js';
import { isTileSize } from '../media-grid/geometry.js';

/**
 * @typedef {object} ListControlHandlers
 * @property {(type: MediaTypeWithLiterals | undefined) => void} onType
 * @property {() => void} onFilters
 * @property {(sort: SortName) => void} onSort
 * @property {(layout: Layout) => void} onLayout
 * @property {(size: TileSize) => void} onTileSize
 * @property {() => void} onColumns
 */

const TILE_NAMES = { small: say`Small tiles`, medium: say`Medium tiles`, large: say`Large tiles` };

export class ListControls {
  #type = find('#type', HTMLSelectElement);
  #sort = find('#sort', HTMLSelectElement);
  #filters = find('#filters', HTMLButtonElement);
  #columns = find('#columns', HTMLButtonElement);
  #tileSize = find('#tile-size', HTMLSelectElement);
  #layouts = findAll('[name=layout]', HTMLInputElement);

  /** @param {ListControlHandlers} handlers */
  constructor({ onType, onFilters, onSort, onLayout, onTileSize, onColumns }) {
    this.#filters.addEventListener('click', onFilters);
    this.#columns.addEventListener('click', onColumns);
    this.#type.append(
      element('option', { value: '' }, say`All types`),
      ...MEDIA_TYPES.map((value) => element('option', { value }, mediaType(value))),
    );
    this.#type.addEventListener('change', () => onType(MEDIA_TYPES.find((type) => type === this.#type.value)));
    this.#sort.append(...Object.entries(SORTS).map(([value, { label }]) => element('option', { value }, label)));
    this.#sort.addEventListener('change', () => isSortName(this.#sort.value) && onSort(this.#sort.value));
    this.#tileSize.append(...Object.entries(TILE_NAMES).map(([value, name]) => element('option', { value }, name)));
    this.#tileSize.addEventListener('change', () => isTileSize(this.#tileSize.value) && onTileSize(this.#tileSize.value));
    for (const input of this.#layouts) input.addEventListener('change', () => onLayout(input.value === 'list' ? 'list' : 'grid'));
  }

  /** @param {MediaTypeWithLiterals | undefined} type */
  showType(type) {
    this.#type.value = type ?? '';
  }

  /**
   * Tells how many filters are set.
   *
   * @param {number} count
   */
  showFilters(count) {
    this.#filters.setAttribute('aria-label', count > 0 ? say`Filters: ${count} set` : say`Filters`);
    this.#filters.setAttribute('aria-pressed', String(count > 0));
  }

  /** @param {SortName} sort */
  showSort(sort) {
    this.#sort.value = sort;
  }

  /** @param {TileSize} size */
  showTileSize(size) {
    this.#tileSize.value = size;
  }

  /** @param {Layout} layout */
  showLayout(layout) {
    this.#tileSize.hidden = layout === 'list';
    this.#columns.hidden = layout !== 'list';
    for (const input of this.#layouts) input.checked = input.value === layout;
  }
}
