// Values in words for people.
/** @import { MediaType } from 'wix-media.v2' */
import { isolated, languageTag, listed, number, plural, say } from './language.js';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
const DASH = '–';

/**
 * A size in bytes: `2457600` → `2.5 MB`. Wix sends `-1` while the size is unknown.
 *
 * @param {number | string | null | undefined} bytes
 */
export function size(bytes) {
  const count = Number.parseFloat(String(bytes));
  if (!(count >= 0)) return DASH;
  const step = count < 1000 ? 0 : Math.min(Math.floor(Math.log10(count) / 3), UNITS.length - 1);
  const format = new Intl.NumberFormat(languageTag(), {
    style: 'unit',
    unit: UNITS[step],
    unitDisplay: step ? 'short' : 'long',
    maximumSignificantDigits: 3,
  });
  return isolated(format.format(count / 1000 ** step));
}

/** Making one takes longer than using it a thousand times. @type {Map<string, Intl.DateTimeFormat>} */
const DATE_FORMATS = new Map();

/**
 * @param {Date} date
 * @param {'medium' | 'long'} dateStyle
 * @param {'medium'} [timeStyle]
 */
function inDateStyle(date, dateStyle, timeStyle) {
  const key = `${languageTag()} ${dateStyle}`;
  const format = DATE_FORMATS.get(key) ?? new Intl.DateTimeFormat(languageTag(), { dateStyle, timeStyle });
  DATE_FORMATS.set(key, format);
  return format.format(date);
}

/**
 * @param {unknown} date
 * @returns {date is Date}
 */
export const isDate = (date) => date instanceof Date && !Number.isNaN(date.getTime());

/**
 * A date: `9 Jan 2024`.
 *
 * @param {unknown} date
 */
export const day = (date) => (isDate(date) ? inDateStyle(date, 'medium') : DASH);

/**
 * A date with its time: `9 January 2024 at 08:45:50`.
 *
 * @param {unknown} date
 */
export const moment = (date) => (isDate(date) ? inDateStyle(date, 'long', 'medium') : DASH);

/** @type {ReadonlyMap<string, () => string>} */
const TYPES = new Map([
  ['IMAGE', () => say`Image`],
  ['VIDEO', () => say`Video`],
  ['AUDIO', () => say`Audio`],
  ['DOCUMENT', () => say`Document`],
  ['VECTOR', () => say`Vector`],
  ['ARCHIVE', () => say`Archive`],
  ['MODEL3D', () => say`3D model`],
  ['OTHER', () => say`Other`],
]);

/**
 * The media types with a name for people, in the order of menus.
 *
 * @type {readonly (`${MediaType}`)[]}
 */
export const MEDIA_TYPES = ['IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT', 'VECTOR', 'ARCHIVE', 'MODEL3D', 'OTHER'];

/**
 * The name of a media type: `MODEL3D` → `3D model`. An unknown type is returned as it is.
 *
 * @param {string | undefined} type
 */
export const mediaType = (type) => TYPES.get(type ?? '')?.() ?? String(type ?? DASH);

/**
 * The name of the icon of a media type.
 *
 * @param {string | undefined} type
 */
export const iconOf = (type) => (type !== undefined && TYPES.has(type) ? type.toLowerCase() : 'other');

/** @type {ReadonlyMap<string, () => string>} */
const COLORS = new Map([
  ['red', () => say`Red`],
  ['orange', () => say`Orange`],
  ['yellow', () => say`Yellow`],
  ['green', () => say`Green`],
  ['teal', () => say`Teal`],
  ['blue', () => say`Blue`],
  ['purple', () => say`Purple`],
  ['pink', () => say`Pink`],
  ['brown', () => say`Brown`],
  ['black', () => say`Black`],
  ['grey', () => say`Grey`],
  ['white', () => say`White`],
]);

/**
 * The name of a colour in the language of the interface.
 *
 * @param {string} name
 */
export const colorInWords = (name) => COLORS.get(name)?.() ?? name;

/**
 * Files and folders in numbers: `3 files and 1 folder`.
 *
 * @param {{ files?: number, folders?: number }} numbers
 */
export function amount({ files = 0, folders = 0 }) {
  const parts = [];
  if (files > 0) parts.push(plural(files, '{0} file', '{0} files'));
  if (folders > 0) parts.push(plural(folders, '{0} folder', '{0} folders'));
  return parts.length > 0 ? listed(parts) : say`nothing`;
}

/**
 * The duration of a call: `34 ms`, `1.2 s`.
 *
 * @param {number} ms
 */
export const duration = (ms) => (ms < 1000 ? say`${number(Math.round(ms))} ms` : say`${number(Math.round(ms / 100) / 10)} s`);

/**
 * The speed of a transfer: `150 kB/s`.
 *
 * @param {number} bytesPerSecond
 */
export const speed = (bytesPerSecond) => say`${size(Math.round(bytesPerSecond))}/s`;

/**
 * The time that a transfer still takes: `12 s left`, `3 min left`, `2 h left`.
 *
 * @param {number} seconds
 */
export function timeLeft(seconds) {
  if (seconds < 100) return say`${number(Math.max(1, Math.round(seconds)))} s left`;
  if (seconds < 100 * 60) return say`${number(Math.round(seconds / 60))} min left`;
  return say`${number(Math.round(seconds / 3600))} h left`;
}

/**
 * How many items a job does: `12 per second`, `40 per minute`.
 *
 * @param {number} rate Items per second.
 */
export const pace = (rate) => (rate >= 1 ? say`${number(Math.round(rate))} per second` : say`${number(Math.max(1, Math.round(rate * 60)))} per minute`);

/**
 * How far a transfer is: `1.2 MB of 3 MB · 150 kB/s · 12 s left`. Before the first byte has left, only its size.
 *
 * @param {{ sent: number, total: number, rate: number }} numbers The rate in bytes per second. One below 1 is unknown.
 */
export function transfer({ sent, total, rate }) {
  if (sent === 0) return size(total);
  const done = say`${size(sent)} of ${size(total)}`;
  return rate >= 1 && sent < total ? `${done} · ${speed(rate)} · ${timeLeft((total - sent) / rate)}` : done;
}

/**
 * The playing time of a video or of audio: `0:07`, `1:02:33`.
 *
 * @param {number} ms
 */
export function playingTime(ms) {
  const seconds = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  /** @param {number} part */
  const pad = (part) => String(part).padStart(2, '0');
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}
