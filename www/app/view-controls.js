// The controls of the view: search, type, filters, sorting and layout. They show what the address says, and lead to others.
/** @import { View } from '../model/view.js' */
/** @import { Layout, TileSize } from '../parts/media-grid/geometry.js' */
/** @import { MediaGrid } from '../parts/media-grid/media-grid.js' */
/** @import { Route } from './router.js' */
/** @import { State } from './state.js' */
import { isSortName, SORTS } from '../model/view.js';
import { askColumns } from '../parts/dialogs/columns.js';
import { askFilters } from '../parts/dialogs/filters.js';
import { ListControls } from '../parts/list-controls/list-controls.js';
import { isTileSize } from '../parts/media-grid/geometry.js';
import { SearchBox } from '../parts/search-box/search-box.js';
import { prefer, preferred } from './preferences.js';
import { go, replaceRoute } from './router.js';

/** The order that was chosen last. */
export function preferredSort() {
  const name = preferred('sort');
  return isSortName(name) ? name : 'newest';
}

export class ViewControls {
  #state;
  #grid;
  #look;
  #search;
  #list;

  /**
   * @param {State} state
   * @param {MediaGrid} grid
   * @param {(changes: Partial<View>, options?: { keepSelection?: boolean }) => void} look Shows a changed view.
   */
  constructor(state, grid, look) {
    this.#state = state;
    this.#grid = grid;
    this.#look = look;
    this.#search = new SearchBox({
      onSearch: (query) => this.#searchFor(query),
      onDown() {
        if (state.listing?.length) grid.focusItem();
      },
    });
    this.#list = new ListControls({
      onType: (type) => this.showType(type),
      onFilters: () => this.#askForFilters(),
      onSort: (name) => this.sortBy(name),
      onLayout: (layout) => this.#showLayout(layout),
      onTileSize: (size) => this.#showTileSize(size),
      onColumns: () => this.#askForColumns(),
    });
  }

  /** Shows what was chosen last. */
  start() {
    this.#list.showSort(preferredSort());
    this.#grid.table.columns.read(preferred('columns'));
    this.#showLayout(preferred('layout') === 'list' ? 'list' : 'grid');
    const tiles = preferred('tileSize');
    this.#showTileSize(isTileSize(tiles) ? tiles : 'medium');
  }

  /**
   * Shows what an address says.
   *
   * @param {Route} route
   */
  show({ query, types: [type], filters = {} }) {
    this.#search.show(query);
    this.#list.showType(type);
    this.#list.showFilters(Object.keys(filters).length);
  }

  focusSearch() {
    this.#search.focus();
  }

  /** @param {string | undefined} query */
  #searchFor(query) {
    const { view } = this.#state;
    if (query === view.query) return;
    if (!view.query || !query) {
      go({ ...view, query });
      return;
    }
    // A search is one step of the history, however many letters were typed.
    replaceRoute({ ...view, query });
    this.#look({ query });
  }

  /** @param {View['types'][number] | undefined} type */
  showType(type) {
    go({ ...this.#state.view, types: type ? [type] : [] });
  }

  async #askForFilters() {
    const { view } = this.#state;
    const filters = await askFilters(view.filters ?? {});
    if (filters && this.#state.view === view) go({ ...view, filters });
  }

  async #askForColumns() {
    const { columns } = this.#grid.table;
    const wanted = await askColumns(columns.names);
    if (!wanted) return;
    if (wanted === 'reset') columns.reset();
    else columns.choose(wanted);
    this.#grid.showColumns();
    prefer('columns', columns.text);
  }

  /** @param {keyof typeof SORTS} name */
  sortBy(name) {
    this.#list.showSort(name);
    prefer('sort', name);
    this.#look({ sort: SORTS[name].sort }, { keepSelection: true });
  }

  /** @param {TileSize} size */
  #showTileSize(size) {
    this.#grid.tileSize = size;
    this.#list.showTileSize(size);
    prefer('tileSize', size);
  }

  /** @param {Layout} layout */
  #showLayout(layout) {
    this.#grid.layout = layout;
    this.#list.showLayout(layout);
    prefer('layout', layout);
  }
}
