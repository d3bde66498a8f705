// The one item of the grid that has the focus, or gets it with the Tab key.
/** @import { Listing } from '../../model/listing.js' */

export class RovingFocus {
  /** @type {string | undefined} */
  key;
  /** Its index when it got the focus or was last drawn, for the case that it goes. */
  #index = 0;

  clear() {
    this.key = undefined;
  }

  /**
   * @param {string} key
   * @param {Listing | undefined} listing
   */
  set(key, listing) {
    this.key = key;
    this.#index = Math.max(0, listing?.indexOf(key) ?? 0);
  }

  /**
   * Makes sure that one item can be reached with the keyboard, and returns its index. The neighbour of an item that is gone takes
   * its place.
   *
   * @param {Listing} listing
   */
  keep(listing) {
    let at = this.key ? listing.indexOf(this.key) : -1;
    if (at < 0 && listing.length > 0) {
      at = this.key ? Math.min(this.#index, listing.length - 1) : 0;
      this.key = listing.at(at)?.key;
    }
    if (at >= 0) this.#index = at;
    return at;
  }
}
