// The shelf of the place that is open, and what marks files as favourites.
/** @import { FileItem, Item } from '../model/item.js' */
/** @import { MediaGrid } from '../parts/media-grid/media-grid.js' */
/** @import { SavedSearch } from '../model/saved-searches.js' */
/** @import { Toasts } from '../ui/toasts.js' */
/** @import { Session } from './session.js' */
/** @import { State } from './state.js' */
import { isFiltered } from '../model/filters.js';
import { named } from '../model/item.js';
import { labelledFiles } from '../model/labelled-files.js';
import { spansFolders } from '../model/view.js';
import { manageLabels } from '../parts/dialogs/label-manager.js';
import { askSearchName } from '../parts/dialogs/saved-search.js';
import { Shelf } from '../parts/shelf/shelf.js';
import { say } from '../text/language.js';
import { mediaType } from '../text/words.js';
import { reasonOf } from '../ui/error-report.js';
import { readFragment, writeFragment } from './router.js';

/**
 * @typedef {object} ShelfHandlers
 * @property {() => void} refresh Lists the view again.
 * @property {(text: string) => void} announce Tells screen readers.
 * @property {Toasts} toasts
 */

/** @param {readonly Item[]} items @returns {FileItem[]} */
const filesOf = (items) => items.filter((item) => item.kind === 'file');

export class PlaceShelf {
  #state;
  #grid;
  #handlers;
  #shelf;

  /**
   * @param {State} state
   * @param {MediaGrid} grid
   * @param {ShelfHandlers} handlers
   */
  constructor(state, grid, handlers) {
    this.#state = state;
    this.#grid = grid;
    this.#handlers = handlers;
    this.#shelf = new Shelf({ save: () => this.#save(), manageLabels: () => this.#manageLabels(), rename: (search) => this.#rename(search), remove: (search) => this.#remove(search) });
    grid.controls.isFavourite = ({ kind, id }) => kind === 'file' && (state.session?.favourites.has(id) ?? false);
  }

  /** Begins, when the page shows a place. */
  start() {
    const { session } = this.#state;
    if (!session) return;
    let before = session.favourites.ids;
    session.favourites.changed.listen(() => {
      const { ids } = session.favourites;
      const changed = [...before, ...ids].filter((id) => before.has(id) !== ids.has(id));
      before = ids;
      if (session === this.#state.session) this.#update(changed);
    });
    session.searches.changed.listen(() => session === this.#state.session && this.draw());
    this.draw();
  }

  /** @param {readonly string[]} changed */
  #update(changed) {
    this.#grid.redraw(changed.map((id) => `file:${id}`));
    if (this.#state.view.filters?.favourites) this.#handlers.refresh();
    this.draw();
  }

  /** Shows what there is, and which of it the page shows. */
  draw() {
    const { session, view } = this.#state;
    if (!session) return;
    const favourites = { href: writeFragment({ area: 'files', filters: { favourites: true } }), count: session.favourites.ids.size };
    const current = writeFragment(view);
    const searches = searchesOf(session);
    const canSave = (spansFolders(view) || isFiltered(view)) && ![favourites.href, ...searches.map(({ fragment }) => fragment)].includes(current);
    this.#shelf.draw({ current, favourites, searches, canSave });
  }

  /**
   * Whether all files among some items are favourites. Nothing if there are no files.
   *
   * @param {readonly Item[]} items
   */
  isFavourite = (items) => {
    const files = filesOf(items);
    return files.length === 0 ? undefined : files.every(({ id }) => this.#state.session?.favourites.has(id));
  };

  /**
   * Makes files favourites, or ends that if all of them are.
   *
   * @param {readonly Item[]} items
   */
  toggleFavourite = (items) => {
    const files = filesOf(items);
    const isFavourite = !this.isFavourite(items);
    try {
      this.#state.session?.favourites.set(files.map(({ id }) => id), isFavourite);
      this.#handlers.announce(isFavourite ? say`Added to the favourites: ${named(files)}.` : say`Removed from the favourites: ${named(files)}.`);
    } catch (error) {
      this.#handlers.toasts.say(say`The browser could not save this: ${reasonOf(error)}`, { isBad: true });
    }
  };

  /** Asks for a name, and saves the view that is shown. */
  async #save() {
    const { session, view } = this.#state;
    const fragment = writeFragment(view);
    const [type] = view.types;
    const name = view.query ?? view.filters?.label ?? (type ? mediaType(type) : '');
    const saved = await askSearchName({ title: say`Save this search`, name, action: say`Save` }, (written) => session?.searches.put({ id: crypto.randomUUID(), name: written, fragment }));
    if (saved) this.#handlers.announce(say`“${saved}” saved.`);
  }

  #manageLabels() {
    const { session } = this.#state;
    if (!session) return undefined;
    return manageLabels({
      read: (controller, onRead) => labelledFiles(session.calls, { controller, onRead }),
      change: (steps) => session.actions.relabel(steps),
      // The search finds a label in all folders, the filter leaves out names and other labels with the same words.
      hrefOf: (label, area) => writeFragment({ area, query: label, filters: { label } }),
    });
  }

  /** @param {SavedSearch} search */
  #rename(search) {
    const { session } = this.#state;
    return askSearchName({ title: say`Rename “${search.name}”`, name: search.name, action: say`Rename` }, (name) => session?.searches.put({ ...search, name }));
  }

  /** @param {SavedSearch} search */
  #remove(search) {
    const { session } = this.#state;
    session?.searches.remove(search.id);
    const act = () => session?.searches.put(search);
    this.#handlers.toasts.say(say`The search “${search.name}” was deleted.`, { action: { label: say`Undo`, act } });
  }
}

/**
 * The saved searches of a place. What else the browser's storage holds becomes no address.
 *
 * @param {Session} session
 */
const searchesOf = ({ searches }) => searches.all.map((search) => ({ ...search, fragment: writeFragment(readFragment(search.fragment).route) }));
