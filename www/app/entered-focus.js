// The focus of somebody who enters a folder with the keyboard, or sorts by the head of the list. What had it is gone, and what comes in its
// place is not there yet. Until the items of the folder are, its name has the focus.
/** @import { Sort } from '../model/view.js' */
/** @import { MediaGrid } from '../parts/media-grid/media-grid.js' */
/** @import { State } from './state.js' */

export class EnteredFocus {
  #state;
  #grid;
  #heading;
  /** Whether the focus was on an item that led to the folder that is shown, and waits for an item of that. */
  #isEntering = false;
  /** The column whose head had the focus. @type {Sort['fieldName'] | undefined} */
  #column;

  /**
   * @param {State} state
   * @param {{ grid: MediaGrid, heading: HTMLElement }} elements
   */
  constructor(state, { grid, heading }) {
    this.#state = state;
    this.#grid = grid;
    this.#heading = heading;
  }

  /**
   * Enters a folder.
   *
   * @param {() => void} enter
   */
  during(enter) {
    this.#isEntering = this.#grid.contains(document.activeElement);
    enter();
    if (this.#isEntering) this.#focusHeading();
  }

  /**
   * Sorts by a column.
   *
   * @param {Sort['fieldName']} column
   * @param {() => void} sort
   */
  whileSorting(column, sort) {
    this.#column = this.#grid.sortButton(column) === document.activeElement ? column : undefined;
    sort();
  }

  /** Puts the focus where it belongs once that is there, unless the focus has gone elsewhere meanwhile. */
  follow() {
    this.#followColumn();
    const { listing } = this.#state;
    if (!this.#isEntering || !listing?.hasFolders || listing.state === 'reading') return;
    this.#isEntering = false;
    if (document.activeElement === this.#heading) this.focusItems();
  }

  #followColumn() {
    if (!this.#column || this.#grid.hidden) return;
    const isFree = document.activeElement === document.body;
    if (isFree) this.#grid.sortButton(this.#column)?.focus({ preventScroll: true });
    this.#column = undefined;
  }

  /** Puts the focus on the items, or where there are none on the name of the folder. */
  focusItems() {
    if (this.#grid.hidden) this.#focusHeading();
    else this.#grid.focusItem();
  }

  #focusHeading() {
    this.#heading.focus({ preventScroll: true });
  }
}
