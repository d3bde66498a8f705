// Arguments on their way into the core: one JSON text. A value that JSON cannot carry becomes a string of U+0000, a letter
// and its text: D is a Date, B a bigint, N a number that is not finite, S a string that begins with U+0000 itself.
import { refusal, textOf } from './error.js';

/** Deeper values are left to the careful way, which finds cycles. */
const QUICK_DEPTH = 64;
/** Deeper values are refused. */
const MAX_DEPTH = 1000;
/** Longer lists take the short cut of `encodeArguments`. */
const LONG_LIST = 16;

/**
 * Whether `JSON.stringify` would lose something of `value`, or might not come to an end.
 *
 * @param {any} value
 * @param {number} depth
 */
function needsMarks(value, depth) {
  switch (typeof value) {
    case 'string':
      return value.charCodeAt(0) === 0;
    case 'number':
      return !Number.isFinite(value);
    case 'bigint':
      return true;
    case 'object':
      if (value === null) return false;
      if (depth > QUICK_DEPTH || value instanceof Date) return true;
      if (Array.isArray(value)) {
        for (let index = 0; index < value.length; index += 1) if (needsMarks(value[index], depth + 1)) return true;
      } else {
        for (const key in value) if (needsMarks(value[key], depth + 1)) return true;
      }
  }
  return false;
}

/**
 * A copy of `value` with marks.
 *
 * @param {any} value
 * @param {string[]} trail The way to the member at hand, also when reading it throws.
 * @param {unknown[]} holders The objects around it, which it must not contain.
 * @returns {unknown}
 */
function marked(value, trail, holders) {
  switch (typeof value) {
    case 'string':
      return value.charCodeAt(0) === 0 ? `\0S${value}` : value;
    case 'number':
      return Number.isFinite(value) ? value : `\0N${value}`;
    case 'bigint':
      return `\0B${value}`;
    case 'object':
      break;
    default:
      return value;
  }
  if (value === null) return null;
  if (value instanceof Date) return `\0D${Number.isNaN(value.getTime()) ? '' : value.toISOString()}`;
  if (holders.includes(value)) throw new TypeError('it contains itself');
  if (holders.length > MAX_DEPTH) throw new RangeError('it is nested too deeply');
  if (typeof value.toJSON === 'function') value = value.toJSON();
  if (typeof value !== 'object' || value === null) return marked(value, trail, holders);
  holders.push(value);
  const copy = Array.isArray(value) ? [] : Object.create(null);
  for (const key of Object.keys(value)) {
    trail.push(key);
    copy[key] = marked(value[key], trail, holders);
    trail.pop();
  }
  holders.pop();
  return copy;
}

/**
 * @param {string} operation
 * @param {unknown} value
 * @param {number} index
 * @returns {string | undefined}
 */
function encode(operation, value, index) {
  try {
    if (!needsMarks(value, 0)) return JSON.stringify(value);
  } catch {
    // The careful way finds out where.
  }
  const trail = [`arguments[${index}]`];
  try {
    return JSON.stringify(marked(value, trail, []));
  } catch (cause) {
    throw refusal(trail.slice(0, 20).join('.'), `cannot be sent: ${textOf(cause)}`, operation, cause);
  }
}

/** A list of one, in place of a long list that the core need not see. */
const STAND_IN = '["*"]';

/**
 * @param {unknown} value
 * @returns {value is string[]}
 */
function isLongList(value) {
  if (!Array.isArray(value) || value.length <= LONG_LIST) return false;
  for (let index = 0; index < value.length; index += 1) {
    const item = value[index];
    // `charCodeAt` returns NaN for an empty string.
    if (typeof item !== 'string' || item.charCodeAt(0) === 0) return false;
  }
  return true;
}

/**
 * Encodes arguments as `{"0": first, "1": second}`, without the undefined ones. They are read now and never changed.
 *
 * A long list of ids would only be carried into the core and out again, so a stand-in goes in its place. The body that the
 * core makes must go through `complete`, which puts the list back.
 *
 * @param {string} operation
 * @param {unknown[]} args
 */
export function encodeArguments(operation, args) {
  let members = '';
  /** @type {string | undefined} */
  let list;
  for (let index = 0; index < args.length; index += 1) {
    /** @type {string | undefined} */
    let text = STAND_IN;
    if (index === 0 && isLongList(args[0])) list = JSON.stringify(args[0]);
    else text = encode(operation, args[index], index);
    if (text !== undefined) members += `${members && ','}"${index}":${text}`;
  }
  const complete = (/** @type {string} */ body) => (list ? body.replace(STAND_IN, () => String(list)) : body);
  return { text: `{${members}}`, complete };
}
