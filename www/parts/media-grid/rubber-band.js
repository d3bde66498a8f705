// Selecting by a box that the mouse draws from beside the items. Ctrl turns the selection of what the box touches around, Shift adds
// to it. Near an edge the items scroll. Escape brings back what was selected before.
//
// The box is measured from the top of the first row, so that scrolling stretches it. Which items it touches is computed, because
// those beyond the screen are not in the document. Fingers scroll instead, and the keyboard selects with Shift and the arrows.
/** @import { MediaGrid } from './media-grid.js' */
import { closest } from '../../ui/dom.js';
import { element } from '../../ui/element.js';

/** Pixels that the mouse moves before a click becomes a box. */
const MIN_DISTANCE = 5;
/** Pixels from an edge in which the items scroll. */
const EDGE = 32;
/** Pixels of a frame per pixel beyond that line. */
const SCROLL_FACTOR = 0.4;
const MAX_SCROLL = 40;

/**
 * How far to scroll in this frame.
 *
 * @param {number} y
 * @param {{ top: number, bottom: number }} edges
 */
function scrollStep(y, { top, bottom }) {
  const beyond = Math.min(0, y - top - EDGE) + Math.max(0, y - bottom + EDGE);
  return Math.max(-MAX_SCROLL, Math.min(MAX_SCROLL, beyond * SCROLL_FACTOR));
}

class RubberBand {
  #grid;
  #element = element('div', { class: 'rubber-band', 'aria-hidden': 'true' });
  /** What was selected before. */
  #before;
  /** What stays selected of that. */
  #kept;
  #isToggling;
  /** Where it begins, from the first row. */
  #start;
  /** Where the pointer is, in the window. */
  #pointer;
  #isDrawn = false;
  #frame = 0;
  #ending = new AbortController();

  /**
   * @param {MediaGrid} grid
   * @param {PointerEvent} event
   * @param {ReadonlySet<string>} before
   */
  constructor(grid, event, before) {
    this.#grid = grid;
    this.#pointer = { x: event.clientX, y: event.clientY };
    this.#start = this.#inItems(this.#pointer);
    this.#isToggling = event.ctrlKey || event.metaKey;
    this.#before = before;
    this.#kept = this.#isToggling || event.shiftKey ? before : new Set();
    const { signal } = this.#ending;
    grid.setPointerCapture(event.pointerId);
    grid.addEventListener('pointermove', (moved) => this.#move(moved), { signal });
    grid.addEventListener('lostpointercapture', () => this.#end(), { signal });
    addEventListener('keydown', (pressed) => pressed.key === 'Escape' && this.#isDrawn && this.#cancel(pressed), { signal, capture: true });
  }

  /** @param {{ x: number, y: number }} point In the window. */
  #inItems({ x, y }) {
    const { left, top } = this.#grid.rows.element.getBoundingClientRect();
    return { x: x - left, y: y - top };
  }

  /** @param {PointerEvent} event */
  #move({ clientX, clientY }) {
    this.#pointer = { x: clientX, y: clientY };
    const { x, y } = this.#inItems(this.#pointer);
    if (this.#isDrawn || Math.hypot(x - this.#start.x, y - this.#start.y) < MIN_DISTANCE) return;
    this.#isDrawn = true;
    this.#grid.rows.element.append(this.#element);
    this.#grid.classList.add('banding');
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  /** Draws until the end, because the items scroll under a mouse at rest, too. */
  #draw() {
    const grid = this.#grid;
    grid.scrollTop += scrollStep(this.#pointer.y, grid.getBoundingClientRect());
    this.#select();
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  /** Selects what the box touches. Returns the item nearest to the mouse. */
  #select() {
    const grid = this.#grid;
    const items = grid.rows.element;
    const end = this.#inItems(this.#pointer);
    const [left, right] = [this.#start.x, end.x].sort((a, b) => a - b);
    const [top, bottom] = [this.#start.y, end.y].sort((a, b) => a - b);
    // Beyond what can be seen it would make the grid scroll further than its items.
    const visibleTop = grid.scrollTop - items.offsetTop;
    const drawnTop = Math.max(top, Math.min(0, visibleTop));
    const drawnBottom = Math.min(bottom, Math.max(items.offsetHeight, visibleTop + grid.clientHeight));
    const drawnLeft = Math.max(left, -items.offsetLeft);
    const drawnRight = Math.min(right, grid.clientWidth - items.offsetLeft);
    Object.assign(this.#element.style, { left: `${drawnLeft}px`, top: `${drawnTop}px`, width: `${Math.max(0, drawnRight - drawnLeft)}px`, height: `${Math.max(0, drawnBottom - drawnTop)}px` });
    const keys = this.#touched({ left, right, top, bottom });
    const next = new Set(this.#kept);
    for (const key of keys) {
      if (this.#isToggling && this.#kept.has(key)) next.delete(key);
      else next.add(key);
    }
    this.#set(next);
    return end.y < this.#start.y ? keys[0] : keys.at(-1);
  }

  /**
   * Returns the keys of the items that a box touches, also of those that are not in the document.
   *
   * @param {{ left: number, right: number, top: number, bottom: number }} box
   */
  #touched({ left, right, top, bottom }) {
    const { listing, geometry, rows } = this.#grid;
    const width = rows.element.clientWidth;
    const isRtl = getComputedStyle(this.#grid).direction === 'rtl';
    const [start, end] = isRtl ? [width - right, width - left] : [left, right];
    return geometry.touched({ start, end, top, bottom }, width).flatMap((index) => listing?.at(index)?.key ?? []);
  }

  /** @param {ReadonlySet<string>} keys */
  #set(keys) {
    const { selection } = this.#grid;
    if (selection && (selection.size !== keys.size || [...keys].some((key) => !selection.has(key)))) selection.set(keys);
  }

  #end() {
    this.#ending.abort();
    cancelAnimationFrame(this.#frame);
    // The mouse may have moved since the last frame.
    const last = this.#isDrawn ? this.#select() : undefined;
    this.#element.remove();
    this.#grid.classList.remove('banding');
    // From there the keyboard goes on.
    if (last) this.#grid.focusOn(last, { scroll: false });
  }

  /** @param {KeyboardEvent} event */
  #cancel(event) {
    event.preventDefault();
    event.stopPropagation();
    this.#isDrawn = false;
    this.#end();
    this.#set(this.#before);
  }
}

/**
 * Draws a box where the mouse is pressed beside the items. Without Ctrl and Shift that unselects what is selected.
 *
 * @param {MediaGrid} grid
 */
export function watchRubberBand(grid) {
  grid.addEventListener('pointerdown', (event) => {
    const x = event.clientX - grid.getBoundingClientRect().left - grid.clientLeft;
    const isOnScrollBar = x < 0 || x >= grid.clientWidth;
    if (event.button !== 0 || isOnScrollBar || closest(event, '.cell, .list-head')) return;
    const before = grid.selection?.keys ?? new Set();
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) grid.selection?.clear();
    if (event.pointerType === 'mouse') new RubberBand(grid, event, before);
  });
}
