// The fields of the editor: every value that the image itself shows can be typed too.
/** @import { Box, Edit, Size } from '../../model/edit.js' */
import { say } from '../../text/language.js';
import { FORMATS, hasQuality, MAX_QUALITY, MAX_SIDE, MIN_QUALITY, resultSize } from '../../model/edit.js';
import { element, icon } from '../../ui/element.js';
import { choice, field } from '../../ui/field.js';

/** @type {readonly [string, number][]} */
const RATIOS = [
  ['1:1', 1],
  ['4:3', 4 / 3],
  ['3:2', 3 / 2],
  ['16:9', 16 / 9],
  ['3:4', 3 / 4],
  ['2:3', 2 / 3],
  ['9:16', 9 / 16],
];
/** @type {readonly (readonly [string, string])[]} */
const RATIO_CHOICES = RATIOS.map(([name]) => [name, name]);
const MAX_ANGLE = 45;

/**
 * @typedef {object} EditFormHandlers
 * @property {(changes: Partial<Edit>) => void} change
 * @property {(box: Box, side: 'width' | 'height' | undefined) => void} crop Takes what was typed, and which side of it.
 * @property {(ratio: number | undefined) => void} cropRatio
 * @property {(direction: 1 | -1) => void} turn
 * @property {(axis: 'horizontal' | 'vertical') => void} flip
 * @property {() => void} text Runs when the title or the alternative text has changed.
 */

/**
 * @param {number} min
 * @param {number} max
 */
const numberField = (min, max) => element('input', { type: 'number', inputmode: 'numeric', min: String(min), max: String(max) });

/** @param {HTMLInputElement} input @param {number} value */
const put = (input, value) => {
  // Whoever is typing must not be interrupted.
  if (input !== document.activeElement) input.value = String(value);
};

/** @param {string} name */
const ratioNamed = (name) => RATIOS.find(([known]) => known === name)?.[1];

/** @param {number} ratio */
const nameOfRatio = (ratio) => RATIOS.find(([, known]) => Math.abs(known - ratio) < 1e-6)?.[0] ?? '';

export class EditForm {
  #handlers;
  #ratio = choice([['', say`Free`], ...RATIO_CHOICES]);
  #x = numberField(0, MAX_SIDE * 20);
  #y = numberField(0, MAX_SIDE * 20);
  #width = numberField(1, MAX_SIDE * 20);
  #height = numberField(1, MAX_SIDE * 20);
  #angle = element('input', { type: 'range', min: String(-MAX_ANGLE), max: String(MAX_ANGLE), step: '0.5' });
  #angleText = element('output', {});
  #focusX = numberField(0, 100);
  #focusY = numberField(0, 100);
  #shape = choice([['', say`As cropped`], ...RATIO_CHOICES]);
  #resultWidth = numberField(1, MAX_SIDE);
  #resultHeight = element('output', {});
  #format = choice(FORMATS.map((name) => [name, name.toUpperCase()]));
  #quality = numberField(MIN_QUALITY, MAX_QUALITY);
  #qualityField = field(say`Quality`, this.#quality);
  #title = element('input', { type: 'text', maxlength: '190', dir: 'auto' });
  #alt = element('input', { type: 'text', maxlength: '1000', dir: 'auto' });
  /** @type {Edit | undefined} */
  #edit;
  #name;
  element;

  /**
   * @param {string} name Of the file.
   * @param {EditFormHandlers} handlers
   */
  constructor(name, handlers) {
    this.#handlers = handlers;
    this.#name = name.replace(/\.[^.]*$/, '');
    // Not one text with the name in it: that would bring marks of direction into the name.
    this.#title.value = `${this.#name} (${say`edited`})`;
    this.element = element(
      'form',
      { class: 'edit-form', submit: (event) => event.preventDefault() },
      group(say`Crop`, field(say`Ratio`, this.#ratio), pair(field(say`From the left`, this.#x), field(say`From the top`, this.#y)), pair(field(say`Width`, this.#width), field(say`Height`, this.#height))),
      group(
        say`Turn`,
        element(
          'div',
          { class: 'actions' },
          tool('restore', say`Turn left`, () => handlers.turn(-1)),
          tool('retry', say`Turn right`, () => handlers.turn(1)),
          tool('flip', say`Flip left and right`, () => handlers.flip('horizontal')),
          tool('flip', say`Flip upside down`, () => handlers.flip('vertical'), 'quarter'),
        ),
        field(say`Straighten`, this.#angle),
        this.#angleText,
      ),
      group(
        say`Focal point`,
        element('p', { class: 'hint' }, say`What stays in view where the result has another shape than the crop.`),
        pair(field(say`From the left, in %`, this.#focusX), field(say`From the top, in %`, this.#focusY)),
      ),
      group(say`Size and format`, pair(field(say`Shape`, this.#shape), field(say`Width in pixels`, this.#resultWidth)), this.#resultHeight, pair(field(say`Format`, this.#format), this.#qualityField)),
      group(say`Text`, field(say`Title`, this.#title, say`The name of the new file.`), field(say`Alternative text`, this.#alt, say`The Media Manager has no field for it. It goes into the source code below.`)),
    );
    this.#listen();
  }

  #listen() {
    const { change, crop, cropRatio, text } = this.#handlers;
    /**
     * @param {readonly HTMLInputElement[]} inputs
     * @param {(values: number[], input: HTMLInputElement) => void} take
     */
    const watch = (inputs, take) => {
      for (const input of inputs) {
        input.addEventListener('input', () => {
          const values = inputs.map(({ valueAsNumber }) => valueAsNumber);
          if (values.every(Number.isFinite)) take(values, input);
        });
        // The value that holds, where the one that was typed does not.
        input.addEventListener('blur', () => this.#edit && this.#fill(this.#edit));
      }
    };
    watch([this.#x, this.#y, this.#width, this.#height], ([x, y, width, height], input) => {
      crop({ x, y, width, height }, input === this.#width ? 'width' : input === this.#height ? 'height' : undefined);
    });
    watch([this.#angle], ([angle]) => change({ angle }));
    watch([this.#focusX, this.#focusY], ([x, y]) => change({ focus: { x: percent(x), y: percent(y) } }));
    watch([this.#resultWidth], ([width]) => change({ width: Math.max(1, Math.round(width)) }));
    watch([this.#quality], ([quality]) => change({ quality: Math.min(MAX_QUALITY, Math.max(MIN_QUALITY, Math.round(quality))) }));
    this.#ratio.addEventListener('input', () => cropRatio(ratioNamed(this.#ratio.value)));
    this.#shape.addEventListener('input', () => change({ ratio: ratioNamed(this.#shape.value) }));
    this.#format.addEventListener('input', () => change({ format: this.#format.value }));
    for (const input of [this.#title, this.#alt]) input.addEventListener('input', text);
  }

  /** The name of the new file, without an extension. */
  get title() {
    return this.#title.value.trim() || this.#name;
  }

  get alt() {
    return this.#alt.value.trim();
  }

  /**
   * Shows the ratio that the crop keeps.
   *
   * @param {number} ratio
   */
  showRatio(ratio) {
    this.#ratio.value = nameOfRatio(ratio);
  }

  reset() {
    this.#ratio.value = '';
    this.#shape.value = '';
  }

  /**
   * @param {Edit} edit
   * @param {Size} size Of the turned image.
   */
  show(edit, { width, height }) {
    this.#edit = edit;
    this.#width.max = String(width);
    this.#height.max = String(height);
    this.#fill(edit);
  }

  /** @param {Edit} edit */
  #fill(edit) {
    const { crop, focus, angle, format, quality } = edit;
    const result = resultSize(edit);
    put(this.#x, crop.x);
    put(this.#y, crop.y);
    put(this.#width, crop.width);
    put(this.#height, crop.height);
    put(this.#angle, angle);
    this.#angleText.textContent = `${angle}°`;
    put(this.#focusX, Math.round(focus.x * 100));
    put(this.#focusY, Math.round(focus.y * 100));
    put(this.#resultWidth, result.width);
    this.#resultHeight.textContent = say`${result.width} × ${result.height} pixels`;
    put(this.#quality, quality);
    this.#format.value = format;
    this.#qualityField.hidden = !hasQuality(format);
  }
}

/** @param {number} value */
const percent = (value) => Math.min(100, Math.max(0, Math.round(value))) / 100;

/**
 * @param {string} name
 * @param {...(HTMLElement | undefined)} content
 */
const group = (name, ...content) => element('fieldset', {}, element('legend', {}, name), content);

/** @param {...HTMLElement} fields */
const pair = (...fields) => element('div', { class: 'pair' }, fields);

/**
 * @param {string} picture
 * @param {string} label
 * @param {() => void} click
 * @param {string} [look] A class.
 */
const tool = (picture, label, click, look = '') => element('button', { type: 'button', class: `bare ${look}`.trim(), 'aria-label': label, title: label, click }, icon(picture));
