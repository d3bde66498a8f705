// Where the rows of the grid are. Rows of folders come first; in tiles they are lower than rows of files.

/** @typedef {'grid' | 'list'} Layout */

/** The widths of tiles on offer, as factors. */
export const TILE_SIZES = /** @type {const} */ ({ small: 0.65, medium: 1, large: 1.6 });
/** @typedef {keyof typeof TILE_SIZES} TileSize */

/**
 * @param {unknown} name
 * @returns {name is TileSize}
 */
export const isTileSize = (name) => typeof name === 'string' && Object.hasOwn(TILE_SIZES, name);

/** Pixels between tiles. */
export const GAP = 16;
/** Windows narrower than this have the measures of a phone. */
const PHONE_WIDTH = 600;
const PADDING = 24;
const PADDING_ON_PHONE = 16;
const TILE = { minWidth: 138, maxMinWidth: 220, minWidthOnPhone: 120, textHeight: 58, folderHeight: 56, pictureInset: 12, pictureRatio: 0.75 };
const PICTURE_WIDTH = 320;
const ROW_HEIGHT = 52;
const HEAD_HEIGHT = 40;

export class Geometry {
  columns = 1;
  /** The width of the pictures that tiles ask for, of few values, so that caches have them. */
  pictureWidth = PICTURE_WIDTH;
  /** The height of a row of files. */
  rowHeight = 1;
  #folderRowHeight = 1;
  /** Pixels between the folders and the files. */
  #split = 0;
  /** The height of the sticky head. */
  headHeight = 0;
  #folders = 0;
  #files = 0;

  /**
   * Takes the width of the grid. Returns false if it is too narrow to show anything.
   *
   * @param {Layout} layout
   * @param {number} width
   * @param {TileSize} [size]
   */
  measure(layout, width, size = 'medium') {
    const isPhone = width < PHONE_WIDTH;
    const inner = width - 2 * (isPhone ? PADDING_ON_PHONE : PADDING);
    if (inner <= 0) return false;
    if (layout === 'list') {
      this.columns = 1;
      this.rowHeight = ROW_HEIGHT;
      this.#folderRowHeight = ROW_HEIGHT;
      this.#split = 0;
      this.headHeight = HEAD_HEIGHT;
      return true;
    }
    // Larger windows have larger tiles, up to a limit.
    const roomy = Math.min(Math.max(TILE.minWidth, inner / 6), TILE.maxMinWidth);
    const minWidth = Math.min((isPhone ? TILE.minWidthOnPhone : roomy) * TILE_SIZES[size], inner);
    this.columns = Math.max(1, Math.floor((inner + GAP) / (minWidth + GAP)));
    const tileWidth = (inner - (this.columns - 1) * GAP) / this.columns;
    this.pictureWidth = tileWidth > PICTURE_WIDTH ? 2 * PICTURE_WIDTH : PICTURE_WIDTH;
    this.rowHeight = Math.round((tileWidth - TILE.pictureInset) * TILE.pictureRatio) + TILE.textHeight + GAP;
    this.#folderRowHeight = TILE.folderHeight + GAP / 2;
    this.#split = GAP / 2;
    this.headHeight = 0;
    return true;
  }

  /**
   * Takes the numbers of items.
   *
   * @param {{ folders: { length: number }, files: { length: number } }} listing
   */
  fill({ folders, files }) {
    this.#folders = folders.length;
    this.#files = files.length;
  }

  get #folderRows() {
    return Math.ceil(this.#folders / this.columns);
  }

  get rowCount() {
    return this.#folderRows + Math.ceil(this.#files / this.columns);
  }

  /** The top of the first row of files. */
  get #filesTop() {
    const rows = this.#folderRows;
    return rows * this.#folderRowHeight + (rows > 0 ? this.#split : 0);
  }

  /**
   * Returns the top of a row. One beyond the last row is the height of all.
   *
   * @param {number} row
   */
  topOf(row) {
    const folderRows = this.#folderRows;
    return row < folderRows ? row * this.#folderRowHeight : this.#filesTop + (row - folderRows) * this.rowHeight;
  }

  /**
   * Returns the row at a height.
   *
   * @param {number} y
   */
  rowAt(y) {
    const folderRows = this.#folderRows;
    const filesTop = this.#filesTop;
    if (y < filesTop) return Math.min(Math.floor(y / this.#folderRowHeight), Math.max(0, folderRows - 1));
    return folderRows + Math.floor((y - filesTop) / this.rowHeight);
  }

  /**
   * Whether a row has folders in it.
   *
   * @param {number} row
   */
  isFolderRow(row) {
    return row < this.#folderRows;
  }

  /**
   * Returns the indices of the first item of a row and of the one after its last.
   *
   * @param {number} row
   * @returns {[start: number, end: number]}
   */
  range(row) {
    const folderRows = this.#folderRows;
    if (row < folderRows) return [row * this.columns, Math.min((row + 1) * this.columns, this.#folders)];
    const start = this.#folders + (row - folderRows) * this.columns;
    return [start, Math.min(start + this.columns, this.#folders + this.#files)];
  }

  /**
   * Returns the row of an item.
   *
   * @param {number} index
   */
  rowOf(index) {
    if (index < this.#folders) return Math.floor(index / this.columns);
    return this.#folderRows + Math.floor((index - this.#folders) / this.columns);
  }

  /**
   * Returns the indices of the items that a box touches.
   *
   * @param {{ start: number, end: number, top: number, bottom: number }} box In pixels from the start edge of the columns and from the
   *   top of the first row.
   * @param {number} width Of all columns.
   */
  touched({ start, end, top, bottom }, width) {
    const isList = this.headHeight > 0;
    const tileWidth = (width - (this.columns - 1) * GAP) / this.columns;
    const firstColumn = Math.max(0, Math.ceil((start - tileWidth) / (tileWidth + GAP)));
    const lastColumn = Math.min(this.columns - 1, Math.floor(end / (tileWidth + GAP)));
    const found = [];
    for (let row = this.rowAt(Math.max(0, top)); row < this.rowCount && this.topOf(row) <= bottom; row += 1) {
      const isFolders = this.isFolderRow(row);
      const gap = isList ? 0 : isFolders ? GAP / 2 : GAP;
      if (this.topOf(row) + (isFolders ? this.#folderRowHeight : this.rowHeight) - gap < top) continue;
      const [first, beyond] = this.range(row);
      for (let index = first + firstColumn; index <= Math.min(first + lastColumn, beyond - 1); index += 1) found.push(index);
    }
    return found;
  }
}
