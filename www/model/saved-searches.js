// The searches of a place that a person has saved: a name, and the fragment of the address that shows it.
import { number, say } from '../text/language.js';
import { Kept } from './kept.js';

/** Nobody looks through a longer list. */
const MAX_SEARCHES = 100;

/** @typedef {{ id: string, name: string, fragment: string }} SavedSearch */

/**
 * @param {unknown} value
 * @returns {value is SavedSearch}
 */
function isSearch(value) {
  const { id, name, fragment } = /** @type {Record<string, unknown>} */ (Object(value));
  return [id, name, fragment].every((member) => typeof member === 'string' && member !== '');
}

export class SavedSearches {
  #kept;

  /** @param {string} placeKey */
  constructor(placeKey) {
    this.#kept = new Kept('searches', placeKey);
    /** Emits when there are others. */
    this.changed = this.#kept.changed;
  }

  /** In the order in which they were saved. @returns {SavedSearch[]} */
  get all() {
    const found = this.#kept.read();
    return Array.isArray(found) ? found.filter(isSearch) : [];
  }

  /**
   * Saves a search, in place of the one with its ID. Throws if the browser does not keep it.
   *
   * @param {SavedSearch} search
   */
  put(search) {
    const { all } = this;
    const at = all.findIndex(({ id }) => id === search.id);
    if (at >= 0) all[at] = search;
    else all.push(search);
    if (all.length > MAX_SEARCHES) throw new Error(say`You can save up to ${number(MAX_SEARCHES)} searches.`);
    this.#kept.write(all);
  }

  /** @param {string} id */
  remove(id) {
    this.#kept.write(this.all.filter((search) => search.id !== id));
  }

  close() {
    this.#kept.close();
  }
}
