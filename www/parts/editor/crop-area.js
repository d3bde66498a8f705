// The image in the editor, with the frame of the crop and the focal point. Cropper.js moves and resizes the frame; it works in
// pixels of the screen, and everything outside in pixels of the turned image.
/** @import { Box, Edit, Size } from '../../model/edit.js' */
import { say } from '../../text/language.js';
import CropperCanvas from '@cropper/element-canvas';
import CropperHandle from '@cropper/element-handle';
import CropperSelection from '@cropper/element-selection';
import { inside, turnedSize } from '../../model/edit.js';
import { element } from '../../ui/element.js';
import { drawTurned } from './raster.js';

for (const each of [CropperCanvas, CropperHandle, CropperSelection]) each.$define();

const RESIZES = ['n', 'e', 's', 'w', 'ne', 'nw', 'se', 'sw'];
/** How far an arrow key moves the focal point, as a part of the crop. */
const FOCUS_STEP = 0.01;

/**
 * @typedef {object} CropHandlers
 * @property {(crop: Box) => void} crop
 * @property {(focus: { x: number, y: number }) => void} focus
 */

/** @param {number} value */
const unit = (value) => Math.min(1, Math.max(0, value));

export class CropArea {
  #image;
  #size;
  #handlers;
  #raster = element('canvas', { class: 'editor-raster', 'aria-hidden': 'true' });
  #canvas = new CropperCanvas();
  #selection = new CropperSelection();
  #focus = element('button', { type: 'button', class: 'editor-focus', 'aria-label': say`Focal point`, title: say`Focal point` });
  #frame = element('div', { class: 'editor-frame' }, this.#raster, this.#canvas, this.#focus);
  element = element('div', { class: 'editor-area' }, this.#frame);
  /** @type {Edit | undefined} */
  #edit;
  /** Pixels of the screen for each of the turned image. */
  #scale = 1;
  /** Whether the frame follows the edit, not a person. */
  #isFollowing = false;
  #observer;

  /**
   * @param {HTMLImageElement} image
   * @param {Size} size Of the image in pixels.
   * @param {CropHandlers} handlers
   */
  constructor(image, size, handlers) {
    this.#image = image;
    this.#size = size;
    this.#handlers = handlers;
    this.#selection.movable = true;
    this.#selection.resizable = true;
    this.#selection.precise = true;
    this.#selection.append(handle('move', true), ...RESIZES.map((side) => handle(`${side}-resize`)));
    this.#canvas.append(this.#selection);
    this.#selection.addEventListener('change', (event) => this.#onChange(event));
    this.#watchFocus();
    this.#observer = new ResizeObserver(() => this.#edit && this.show(this.#edit));
    this.#observer.observe(this.element);
  }

  close() {
    this.#observer.disconnect();
  }

  /** @param {Edit} edit */
  show(edit) {
    this.#edit = edit;
    const { width, height } = turnedSize(this.#size, edit);
    const room = { width: this.element.clientWidth, height: this.element.clientHeight };
    if (room.width === 0 || room.height === 0) return;
    this.#scale = Math.min(room.width / width, room.height / height, 1);
    const [w, h] = [width * this.#scale, height * this.#scale];
    this.#frame.style.width = `${w}px`;
    this.#frame.style.height = `${h}px`;
    const ratio = globalThis.devicePixelRatio || 1;
    this.#raster.width = Math.round(w * ratio);
    this.#raster.height = Math.round(h * ratio);
    const context = this.#raster.getContext('2d');
    if (context) drawTurned(context, this.#image, this.#size, edit, this.#scale * ratio);
    const { crop, focus } = edit;
    this.#isFollowing = true;
    this.#selection.$change(crop.x * this.#scale, crop.y * this.#scale, crop.width * this.#scale, crop.height * this.#scale, Number.NaN, true);
    this.#isFollowing = false;
    this.#focus.style.left = `${(crop.x + focus.x * crop.width) * this.#scale}px`;
    this.#focus.style.top = `${(crop.y + focus.y * crop.height) * this.#scale}px`;
  }

  /**
   * Keeps the frame in a ratio while it is resized.
   *
   * @param {number | undefined} ratio
   */
  keepRatio(ratio) {
    this.#selection.aspectRatio = ratio ?? Number.NaN;
  }

  /** @param {Event} event */
  #onChange(event) {
    if (this.#isFollowing || !(event instanceof CustomEvent) || !this.#edit) return;
    // The frame moves when the edit says so, which may be less far.
    event.preventDefault();
    const { x, y, width, height } = /** @type {Box} */ (event.detail);
    const size = turnedSize(this.#size, this.#edit);
    const [left, top] = [x / this.#scale, y / this.#scale];
    const box = { x: left, y: top, width: width / this.#scale, height: height / this.#scale };
    const { crop } = this.#edit;
    const isMoved = Math.abs(box.width - crop.width) < 1 && Math.abs(box.height - crop.height) < 1;
    if (isMoved) {
      this.#handlers.crop(inside({ ...box, width: crop.width, height: crop.height }, size));
      return;
    }
    const right = Math.min(size.width, left + box.width);
    const bottom = Math.min(size.height, top + box.height);
    const cut = { x: Math.max(0, left), y: Math.max(0, top), width: right - Math.max(0, left), height: bottom - Math.max(0, top) };
    const isCut = cut.width < box.width - 1 || cut.height < box.height - 1;
    // In a fixed ratio, a frame that is cut on one side would have to be cut on another one too.
    if (cut.width < 1 || cut.height < 1 || (isCut && this.#selection.aspectRatio > 0)) return;
    this.#handlers.crop(inside(cut, size));
  }

  #watchFocus() {
    const button = this.#focus;
    button.addEventListener('pointerdown', (event) => {
      button.setPointerCapture(event.pointerId);
      event.stopPropagation();
    });
    button.addEventListener('pointermove', ({ pointerId, clientX, clientY }) => {
      if (!this.#edit || !button.hasPointerCapture(pointerId)) return;
      const { left, top } = this.#frame.getBoundingClientRect();
      const { crop } = this.#edit;
      this.#moveFocus(((clientX - left) / this.#scale - crop.x) / crop.width, ((clientY - top) / this.#scale - crop.y) / crop.height);
    });
    button.addEventListener('keydown', (event) => {
      if (!this.#edit) return;
      const { x, y } = this.#edit.focus;
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!step) return;
      event.preventDefault();
      this.#moveFocus(x + step[0] * FOCUS_STEP, y + step[1] * FOCUS_STEP);
    });
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #moveFocus(x, y) {
    // The address of a transformed image has two decimals.
    this.#handlers.focus({ x: Math.round(unit(x) * 100) / 100, y: Math.round(unit(y) * 100) / 100 });
  }
}

/**
 * @param {string} action
 * @param {boolean} [isPlain]
 */
function handle(action, isPlain = false) {
  const made = new CropperHandle();
  made.action = action;
  made.plain = isPlain;
  return made;
}
