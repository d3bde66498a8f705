// The columns of the table besides the name: which there are, which of them a person has chosen, and which of those have room.
/** @import { Sort } from '../../model/view.js' */
import { say } from '../../text/language.js';

/**
 * @typedef {'type' | 'size' | 'modified' | 'added' | 'dimensions' | 'labels'} ColumnName
 *
 * @typedef {object} ColumnKind
 * @property {string} label
 * @property {number} width In pixels, until a person chooses another one.
 * @property {Sort['fieldName']} [field] What the service sorts by.
 */

export const MIN_COLUMN_WIDTH = 48;
export const MAX_COLUMN_WIDTH = 480;
/** Pixels that the name keeps. */
const MIN_NAME_WIDTH = 150;
const GAP = 16;

/** @type {Readonly<Record<ColumnName, ColumnKind>>} */
export const COLUMNS = {
  type: { get label() { return say`Type`; }, width: 112 },
  size: { get label() { return say`Size`; }, width: 96, field: 'sizeInBytes' },
  modified: { get label() { return say`Modified`; }, width: 128, field: 'updatedDate' },
  added: { get label() { return say`Added`; }, width: 128 },
  dimensions: { get label() { return say`Dimensions`; }, width: 112 },
  labels: { get label() { return say`Labels`; }, width: 160 },
};

/** All columns, in the order of the table. */
export const COLUMN_NAMES = /** @type {ColumnName[]} */ (Object.keys(COLUMNS));
/** Those of somebody who has chosen none. @type {readonly ColumnName[]} */
const DEFAULT_NAMES = ['type', 'size', 'modified'];
/** The columns that go first where there is no room. @type {readonly ColumnName[]} */
const DISPENSABLE = ['labels', 'dimensions', 'added', 'type', 'modified', 'size'];

/** @param {number} width */
const inBounds = (width) => Math.min(MAX_COLUMN_WIDTH, Math.max(MIN_COLUMN_WIDTH, Math.round(width)));

export class ListColumns {
  /** The widths of those that are chosen. @type {Map<ColumnName, number>} */
  #widths = new Map();
  /** Pixels for all columns. */
  #room = Number.POSITIVE_INFINITY;
  /** Those that are shown, in their order. @type {readonly ColumnName[]} */
  shown = [];

  constructor() {
    this.choose(DEFAULT_NAMES);
  }

  /** Those that are chosen, in their order. */
  get names() {
    return COLUMN_NAMES.filter((name) => this.#widths.has(name));
  }

  /**
   * Chooses columns. One that is chosen already keeps its width.
   *
   * @param {readonly ColumnName[]} names
   */
  choose(names) {
    this.#widths = new Map(names.map((name) => [name, this.#widths.get(name) ?? COLUMNS[name].width]));
    this.shown = this.names;
  }

  /** Chooses what somebody has who has chosen nothing, at its first widths. */
  reset() {
    this.#widths.clear();
    this.choose(DEFAULT_NAMES);
  }

  /** @param {ColumnName} name */
  widthOf(name) {
    return this.#widths.get(name) ?? COLUMNS[name].width;
  }

  /**
   * Changes the width of a column, as far as there is room for it.
   *
   * @param {ColumnName} name
   * @param {number} width In pixels.
   */
  resize(name, width) {
    const others = this.shown.filter((one) => one !== name).reduce((sum, one) => sum + this.widthOf(one) + GAP, 0);
    this.#widths.set(name, inBounds(Math.min(width, this.#room - MIN_NAME_WIDTH - others - GAP)));
  }

  /**
   * Shows as many of the chosen columns as have room. Returns whether these are others than before.
   *
   * @param {number} width Of the table, in pixels.
   */
  fit(width) {
    this.#room = width;
    let left = width - MIN_NAME_WIDTH - this.names.reduce((sum, name) => sum + this.widthOf(name) + GAP, 0);
    const hidden = new Set();
    for (const name of DISPENSABLE) {
      if (left >= 0) break;
      if (!this.#widths.has(name)) continue;
      hidden.add(name);
      left += this.widthOf(name) + GAP;
    }
    const before = this.shown.join();
    this.shown = this.names.filter((name) => !hidden.has(name));
    return this.shown.join() !== before;
  }

  /** The columns as a value of `grid-template-columns`. */
  get template() {
    return ['minmax(0, 1fr)', ...this.shown.map((name) => `${this.widthOf(name)}px`)].join(' ');
  }

  /** What is chosen, to be kept: `type:112 size:96`. */
  get text() {
    return this.names.map((name) => `${name}:${this.widthOf(name)}`).join(' ');
  }

  /**
   * Takes over what was kept. Anything else changes nothing.
   *
   * @param {unknown} text
   */
  read(text) {
    if (typeof text !== 'string') return;
    const found = text.split(' ').flatMap((part) => {
      const [, wanted, width] = /^(\w+):(\d{1,4})$/.exec(part) ?? [];
      const name = COLUMN_NAMES.find((one) => one === wanted);
      return name ? [/** @type {const} */ ([name, inBounds(Number(width))])] : [];
    });
    if (found.length === 0 && text !== '') return;
    this.#widths = new Map(found);
    this.shown = this.names;
  }
}
