// Numbers as people read them.

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB'];

/** @type {Record<string, number>} */
const SPANS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * A size in decimal units, as the limits of the Media Manager are.
 *
 * @param {number | string} size
 * @example
 * bytes(20_480); // → '20.5 kB'
 */
export function bytes(size) {
  let value = Number(size);
  let unit = 0;
  // 999.95 would be shown as 1000.0.
  while (value >= 999.95 && unit < SIZES.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${SIZES[unit]}`;
}

/**
 * A duration in milliseconds.
 *
 * @param {number} ms
 * @example
 * duration(83_000); // → '1 min 23 s'
 */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * A time, to the minute, in the time zone of the reader.
 *
 * @param {unknown} date
 * @example
 * moment(new Date()); // → '2024-03-02 08:15'
 */
export function moment(date) {
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) return '';
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/**
 * A number with its noun.
 *
 * @param {number} number
 * @param {string} noun
 * @example
 * count(2, 'file'); // → '2 files'
 */
export const count = (number, noun) => `${number} ${noun}${number === 1 ? '' : 's'}`;

/**
 * Milliseconds of `30d`, `12h`, `15m`, `45s`; undefined for anything else.
 *
 * @param {string} text
 * @example
 * span('2h'); // → 7_200_000
 */
export function span(text) {
  const [, number, unit] = /^(\d+)\s*(s|m|h|d|w)$/.exec(text) ?? [];
  return unit === undefined ? undefined : Number(number) * SPANS[unit];
}

/**
 * Bytes of `500k`, `2M`, `1.5 MB` or a plain number, in decimal units; undefined for anything else.
 *
 * @param {string} text
 * @example
 * amount('1.5M'); // → 1_500_000
 */
export function amount(text) {
  const [, number, unit = ''] = /^(\d{1,12}(?:\.\d{1,3})?) ?(|[kmgt])b?$/i.exec(text) ?? [];
  return number === undefined ? undefined : Math.round(Number(number) * 1000 ** ' kmgt'.indexOf(unit.toLowerCase() || ' '));
}
