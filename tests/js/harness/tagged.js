// Values that JSON cannot carry, which the vectors record as tagged objects: see tests/data/vectors/README.md.

/** @typedef {(link: any) => unknown} Builders */

const TAGS = new Set(['$date', '$undefined', '$number', '$bigint', '$builder', '$literal']);

/** @param {object} value */
function tagOf(value) {
  const keys = Object.keys(value);
  return keys.length === 1 && TAGS.has(keys[0]) ? keys[0] : undefined;
}

/**
 * Turns tagged JSON into the value that it stands for. `builders` makes the query builder of a `$builder` tag.
 *
 * @param {any} value
 * @param {Builders} [builders]
 * @returns {any}
 */
export function untag(value, builders) {
  if (Array.isArray(value)) return value.map((item) => untag(item, builders));
  if (value === null || typeof value !== 'object') return value;
  const inside = (/** @type {Record<string, unknown>} */ object) => {
    const plain = {};
    for (const key of Object.keys(object)) define(plain, key, untag(object[key], builders));
    return plain;
  };
  switch (tagOf(value)) {
    case '$date':
      return value.$date === null ? new Date(Number.NaN) : new Date(value.$date);
    case '$undefined':
      return undefined;
    case '$number':
      return Number(value.$number);
    case '$bigint':
      return BigInt(value.$bigint);
    case '$builder':
      return builders?.(value.$builder);
    case '$literal':
      return inside(value.$literal);
    default:
      return inside(value);
  }
}

/**
 * A deep copy that keeps Dates, undefined members, and members named `__proto__`.
 *
 * @param {any} value
 * @returns {any}
 */
export function copy(value) {
  if (Array.isArray(value)) return value.map(copy);
  if (value instanceof Date) return new Date(value.getTime());
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const plain = {};
  for (const key of Object.keys(value)) define(plain, key, copy(value[key]));
  return plain;
}

/**
 * Assigns an own member of any name, also `__proto__`.
 *
 * @param {object} object
 * @param {string} key
 * @param {unknown} value
 */
export function define(object, key, value) {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
