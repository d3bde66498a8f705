// What the scrolled grid has on the screen.
/** @import { Listing } from '../../model/listing.js' */
/** @import { Geometry } from './geometry.js' */
import { GAP } from './geometry.js';

/** Rows above and below the screen that are in the document too. */
const SPARE_ROWS = 3;

export class GridWindow {
  #frame;
  #geometry;
  #sizer;

  /**
   * @param {HTMLElement} frame The element that scrolls.
   * @param {Geometry} geometry
   * @param {HTMLElement} sizer The element in it that holds the rows.
   */
  constructor(frame, geometry, sizer) {
    this.#frame = frame;
    this.#geometry = geometry;
    this.#sizer = sizer;
  }

  /**
   * Returns the first and the last row that belong into the document.
   *
   * @param {number} rowCount
   */
  rows(rowCount) {
    const { scrollTop, clientHeight } = this.#frame;
    const first = Math.max(0, this.#geometry.rowAt(scrollTop) - SPARE_ROWS);
    return [first, Math.min(rowCount - 1, this.#geometry.rowAt(scrollTop + clientHeight) + SPARE_ROWS)];
  }

  /**
   * Returns an item on the screen, to show again in another layout: the one that has the focus, or else the first one.
   *
   * @param {Listing} listing
   * @param {string | undefined} focused
   */
  landmark(listing, focused) {
    const geometry = this.#geometry;
    const { scrollTop, clientHeight } = this.#frame;
    const offset = this.#sizer.offsetTop;
    const top = geometry.rowAt(Math.max(0, scrollTop - offset + geometry.headHeight));
    const bottom = geometry.rowAt(scrollTop - offset + clientHeight);
    const row = geometry.rowOf(Math.max(0, listing.indexOf(focused)));
    return row >= top && row <= bottom ? focused : listing.at(geometry.range(top)[0])?.key;
  }

  /**
   * Scrolls as far as needed to show the item at an index.
   *
   * @param {number} index
   */
  reveal(index) {
    const frame = this.#frame;
    const geometry = this.#geometry;
    const row = geometry.rowOf(index);
    const offset = this.#sizer.offsetTop;
    const top = geometry.topOf(row) + offset - geometry.headHeight;
    const bottom = geometry.topOf(row + 1) + offset;
    if (top < frame.scrollTop) frame.scrollTop = row === 0 ? 0 : top - GAP / 2;
    else if (bottom > frame.scrollTop + frame.clientHeight) frame.scrollTop = bottom - frame.clientHeight;
  }
}
