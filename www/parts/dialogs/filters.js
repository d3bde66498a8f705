// The dialog that filters files.
/** @import { Filters } from '../../model/filters.js' */
import { COLOR_NAMES } from '../../model/colors.js';
import { SHAPES, withoutUnset } from '../../model/filters.js';
import { say } from '../../text/language.js';
import { colorInWords } from '../../text/words.js';
import { ask } from '../../ui/dialog.js';
import { element } from '../../ui/element.js';
import { choice, field } from '../../ui/field.js';
import { textField } from './fields.js';

const MEGABYTE = 1_000_000;
const MAX_LABEL_LENGTH = '100';

/** @param {string} [value] */
const dayField = (value = '') => element('input', { type: 'date', value });

/** @param {number} [bytes] */
const sizeField = (bytes) => element('input', { type: 'number', min: '0', step: 'any', inputmode: 'decimal', value: bytes === undefined ? '' : String(bytes / MEGABYTE) });

/** @param {HTMLInputElement} input */
function bytesIn({ value }) {
  const megabytes = Number.parseFloat(value);
  return megabytes >= 0 ? Math.round(megabytes * MEGABYTE) : undefined;
}

/**
 * Resolves with the filters that the person wants, or with nothing if the dialog is closed.
 *
 * @param {Filters} filters Those that are set.
 */
export function askFilters({ since, until, min, max, shape, color, label = '', isPrivate, favourites, copies }) {
  const fields = { since: dayField(since), until: dayField(until), min: sizeField(min), max: sizeField(max), label: textField({ value: label, maxlength: MAX_LABEL_LENGTH, dir: 'auto' }) };
  const shapes = choice([
    ['', say`Any`],
    ['landscape', say`Landscape`],
    ['portrait', say`Portrait`],
    ['square', say`Square`],
  ]);
  shapes.value = shape ?? '';
  const colors = choice([['', say`Any`], ...COLOR_NAMES.map((name) => /** @type {const} */ ([name, colorInWords(name)]))]);
  colors.value = color ?? '';
  const visibility = choice([['', say`Any`], ['private', say`Private`], ['public', say`Public`]]);
  visibility.value = isPrivate === undefined ? '' : isPrivate ? 'private' : 'public';
  const onlyFavourites = element('input', { type: 'checkbox' });
  onlyFavourites.checked = favourites === true;
  const onlyCopies = element('input', { type: 'checkbox' });
  onlyCopies.checked = copies === true;
  /** @returns {void} */
  const clear = () => {
    for (const box of [onlyFavourites, onlyCopies]) box.checked = false;
    for (const input of [...Object.values(fields), shapes, colors, visibility]) input.value = '';
  };
  return ask({
    title: say`Filter files`,
    content: [
      element('div', { class: 'field-pair' }, field(say`Changed on or after`, fields.since), field(say`Changed on or before`, fields.until)),
      element('div', { class: 'field-pair' }, field(say`At least, in MB`, fields.min), field(say`At most, in MB`, fields.max)),
      element('div', { class: 'field-pair' }, field(say`Orientation`, shapes), field(say`Visibility`, visibility)),
      element('div', { class: 'field-pair' }, field(say`Colour of images`, colors), field(say`Label`, fields.label, say`The whole label, in any case.`)),
      element('label', { class: 'check' }, onlyFavourites, say`Only favourites`),
      element('label', { class: 'check' }, onlyCopies, say`Only files with the same content as another one here`),
      element('button', { type: 'button', class: 'quiet clear-all', click: clear }, say`Clear all`),
    ],
    action: say`Show`,
    submit: () =>
      withoutUnset({
        since: fields.since.value || undefined,
        until: fields.until.value || undefined,
        min: bytesIn(fields.min),
        max: bytesIn(fields.max),
        shape: SHAPES.find((one) => one === shapes.value),
        color: COLOR_NAMES.find((one) => one === colors.value),
        label: fields.label.value.trim() || undefined,
        isPrivate: visibility.value === '' ? undefined : visibility.value === 'private',
        favourites: onlyFavourites.checked || undefined,
        copies: onlyCopies.checked || undefined,
      }),
  });
}
