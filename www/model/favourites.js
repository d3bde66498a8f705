// The favourite files of a place, by their IDs, the latest first. One that is in the trash stays a favourite, so that it is one
// again when it is restored.
import { number, say } from '../text/language.js';
import { Kept } from './kept.js';

/** They are read by their IDs, a hundred in each call. */
const MAX_FAVOURITES = 1000;

export class Favourites {
  #kept;
  #ids;

  /** @param {string} placeKey */
  constructor(placeKey) {
    this.#kept = new Kept('favourites', placeKey);
    this.#ids = this.#read();
    /** Emits when there are others. */
    this.changed = this.#kept.changed;
    this.changed.listen(() => {
      this.#ids = this.#read();
    });
  }

  /** @returns {ReadonlySet<string>} */
  #read() {
    const found = this.#kept.read();
    return new Set(Array.isArray(found) ? found.filter((id) => typeof id === 'string') : []);
  }

  /** @returns {ReadonlySet<string>} */
  get ids() {
    return this.#ids;
  }

  /** @param {string} id */
  has(id) {
    return this.#ids.has(id);
  }

  /**
   * Makes files favourites, or ends that. Throws if the browser does not keep it.
   *
   * @param {readonly string[]} ids
   * @param {boolean} isFavourite
   */
  set(ids, isFavourite) {
    const others = [...this.#read()].filter((id) => !ids.includes(id));
    const all = isFavourite ? [...ids, ...others] : others;
    if (isFavourite && all.length > MAX_FAVOURITES) throw new Error(say`You can have up to ${number(MAX_FAVOURITES)} favourites.`);
    this.#kept.write(all);
  }

  close() {
    this.#kept.close();
  }
}
