// Damaging texts, bytes and JSON values, the same way for the same seed.

/** @import { Random } from '../oracle/random.js' */

const TELLING = [...'\0\t\r\n "\'{}[]:;,/\\%.#?&=+-09aA*~|<>'];
/** Texts on which parsers fail. */
export const ODD_TEXTS = ['', ' ', '\0', '..', '../..', '%2f', '%00', '%', '%zz', '\ud800', '\u{1f98a}', 'e\u0301', '\u202e', '__proto__', 'constructor', 'null', 'NaN', '-1', '0', '1e999', '9'.repeat(30), 'a'.repeat(3000), '"', "'; drop table item; --", '$(id)', 'media-root', 'trash-root', 'visitor-uploads', '\r\nX: y', 'W/"a"', '*'];
const ODD_NUMBERS = [0, -0, -1, 1, 0.5, 1e21, 2 ** 31, 2 ** 32, 2 ** 53, Number.MAX_VALUE, Number.MIN_VALUE];
/** 32-bit values that lengths and counts in files are overwritten with. */
const EDGES = [0, 1, 0x7f, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/**
 * @param {Random} random
 * @param {string} text
 */
export function damagedText(random, text) {
  const at = random.below(text.length + 1);
  return random.choose(
    [3, () => text.slice(0, at) + random.pick(TELLING) + text.slice(at + 1)],
    [2, () => text.slice(0, at) + random.pick(ODD_TEXTS) + text.slice(at)],
    [1, () => text.slice(0, at)],
    [1, () => text.slice(at)],
    [1, () => text + text.slice(at)],
    [2, () => random.pick(ODD_TEXTS)],
  );
}

/**
 * Any JSON value.
 *
 * @param {Random} random
 * @returns {unknown}
 */
export function anyValue(random, depth = 0) {
  const deeper = () => (depth > 3 ? null : anyValue(random, depth + 1));
  return random.choose(
    [2, () => null],
    [2, () => random.chance(0.5)],
    [3, () => random.pick(ODD_NUMBERS)],
    [5, () => random.pick(ODD_TEXTS)],
    [2, () => random.list(4, deeper)],
    [2, () => Object.fromEntries(random.list(4, () => [random.pick(ODD_TEXTS), deeper()]))],
    [1, () => Array.from({ length: 1200 }, () => 'x')],
  );
}

/**
 * A JSON value of which one part is another one, is missing, is there twice, or has another name.
 *
 * @param {Random} random
 * @param {any} value
 * @returns {unknown}
 */
export function damagedValue(random, value) {
  if (typeof value !== 'object' || value === null || random.chance(0.2)) return anyValue(random);
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return anyValue(random);
  const at = random.below(entries.length);
  const [name, old] = entries[at];
  random.choose(
    [5, () => (entries[at] = [name, damagedValue(random, old)])],
    [1, () => entries.splice(at, 1)],
    [1, () => (entries[at] = [damagedText(random, name), old])],
    [1, () => entries.push([random.pick(ODD_TEXTS), anyValue(random)])],
  );
  return isList ? entries.map(([, one]) => one) : Object.fromEntries(entries);
}

/**
 * Bytes with some faults. `others` are what parts are taken from.
 *
 * @param {Random} random
 * @param {Uint8Array} given
 * @param {readonly Uint8Array[]} others
 */
export function damagedBytes(random, given, others) {
  let bytes = Uint8Array.from(given);
  for (let fault = random.below(5); fault >= 0; fault -= 1) {
    if (bytes.length === 0) break;
    // Heads matter more than the rest.
    const at = random.below(random.chance(0.6) ? Math.min(bytes.length, 200) : bytes.length);
    const size = 1 + random.below(Math.min(64, bytes.length - at));
    const join = (/** @type {Uint8Array[]} */ ...parts) => Uint8Array.from(Buffer.concat(parts));
    random.choose(
      [4, () => (bytes[at] ^= 1 << random.below(8))],
      [2, () => (bytes[at] = random.below(256))],
      [4, () => at + 4 <= bytes.length && new DataView(bytes.buffer).setUint32(at, random.pick(EDGES), random.chance(0.5))],
      [2, () => at + 2 <= bytes.length && new DataView(bytes.buffer).setUint16(at, random.pick(EDGES) & 0xffff, random.chance(0.5))],
      [1, () => (bytes = bytes.slice(0, at))],
      [1, () => (bytes = join(bytes.subarray(0, at), bytes.subarray(at + size)))],
      [1, () => (bytes = join(bytes.subarray(0, at + size), bytes.subarray(at)))],
      [1, () => (bytes = join(bytes.subarray(0, at), Uint8Array.from({ length: size }, () => random.below(256)), bytes.subarray(at)))],
      [1, () => {
        const other = random.pick(others);
        const from = random.below(other.length);
        bytes = join(bytes.subarray(0, at), other.subarray(from, from + 4096));
      }],
    );
  }
  return bytes;
}
