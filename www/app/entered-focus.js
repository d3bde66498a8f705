// The focus of somebody who enters a folder with the keyboard. The items that had it are gone, and those of the folder are not
// there yet: until they are, the name of the folder has the focus.
/** @import { MediaGrid } from '../parts/media-grid/media-grid.js' */
/** @import { State } from './state.js' */

export class EnteredFocus {
  #state;
  #grid;
  #heading;
  /** Whether the focus was on an item that led to the folder that is shown, and waits for an item of that. */
  #isEntering = false;

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

  /** Puts the focus on the first item of the folder once that is there, unless the focus has gone elsewhere meanwhile. */
  follow() {
    const { listing } = this.#state;
    if (!this.#isEntering || !listing?.hasFolders || listing.state === 'reading') return;
    this.#isEntering = false;
    if (document.activeElement === this.#heading) this.focusItems();
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
