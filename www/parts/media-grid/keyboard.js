// The keys that move the focus in the grid.
/** @import { Listing } from '../../model/listing.js' */
/** @import { Geometry } from './geometry.js' */

/** Milliseconds within which typed letters belong to the same name. */
const TYPING_TIMEOUT = 800;

/** @param {string} key */
export const movesFocus = (key) => /^(?:Arrow|Page|Home|End)/.test(key);

/**
 * Returns the index of the item that a key leads to, if any.
 *
 * @param {string} key
 * @param {number} index The item that has the focus.
 * @param {Geometry} geometry
 * @param {{ length: number, height: number, isRtl: boolean, isControl: boolean }} options `height` is that of the window on
 *   the grid.
 */
export function targetOf(key, index, geometry, { length, height, isRtl, isControl }) {
  const { columns, rowHeight, rowCount } = geometry;
  const last = length - 1;
  const row = geometry.rowOf(index);
  const [start, end] = geometry.range(row);
  const isWhole = isControl || columns === 1;
  const screen = Math.max(1, Math.floor(height / rowHeight) - 1);
  /** @param {number} other */
  const inRow = (other) => {
    if (other < 0 || other >= rowCount) return undefined;
    const [first, beyond] = geometry.range(other);
    return Math.min(first + index - start, beyond - 1);
  };
  switch (key) {
    case 'ArrowRight':
    case 'ArrowLeft': {
      if (columns === 1) return undefined;
      const next = index + ((key === 'ArrowRight') === !isRtl ? 1 : -1);
      return next >= 0 && next <= last ? next : undefined;
    }
    case 'ArrowDown':
      return inRow(row + 1);
    case 'ArrowUp':
      return inRow(row - 1);
    case 'PageDown':
      return inRow(Math.min(row + screen, rowCount - 1));
    case 'PageUp':
      return inRow(Math.max(row - screen, 0));
    case 'Home':
      return isWhole ? 0 : start;
    case 'End':
      return isWhole ? last : end - 1;
    default:
      return undefined;
  }
}

/** Finds an item by the letters that a person types. */
export class TypeAhead {
  #typed = '';
  #typedAt = Number.NEGATIVE_INFINITY;

  /** Whether a name is being typed, so that a space belongs to it. */
  get isTyping() {
    return this.#typed !== '' && performance.now() - this.#typedAt < TYPING_TIMEOUT;
  }

  /**
   * Adds a letter, and returns the next item whose name begins with what was typed.
   *
   * @param {string} letter
   * @param {Listing} listing
   * @param {number} from The index of the item that has the focus.
   */
  find(letter, listing, from) {
    this.#typed = this.isTyping ? this.#typed + letter : letter;
    this.#typedAt = performance.now();
    const sought = this.#typed.toLocaleLowerCase();
    // A first letter leads on to another item; more letters may stay with the one that was found.
    for (let step = sought.length === 1 ? 1 : 0; step <= listing.length; step += 1) {
      const item = listing.at((from + step) % listing.length);
      if (item?.name.toLocaleLowerCase().startsWith(sought)) return item;
    }
    return undefined;
  }
}
