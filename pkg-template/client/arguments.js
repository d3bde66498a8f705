// Arguments on their way into the core: one JSON text, in which a value that JSON cannot carry is a string of U+0000, a
// letter (D a Date, B a bigint, N a number that is not finite, S a string that begins with U+0000 itself) and its text.
import { refusal, textOf } from './error.js';

// Below the first depth the quick look leaves the value to the careful one, which finds cycles; below the second
// nothing is sent.
const QUICK_DEPTH = 64;
const MOST_DEPTH = 1000;

/** Whether `JSON.stringify` would lose something of `value`, or might not come to an end. */
function isOdd(value, depth) {
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
        for (let index = 0; index < value.length; index += 1) if (isOdd(value[index], depth + 1)) return true;
      } else {
        for (const key in value) if (isOdd(value[key], depth + 1)) return true;
      }
  }
  return false;
}

/** A copy of `value` with marks. `trail` leads to the member at hand, also when reading it throws. */
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
  if (holders.includes(value)) throw new TypeError('It contains itself');
  if (holders.length > MOST_DEPTH) throw new RangeError('It is nested too deeply');
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

function encode(operation, value, index) {
  try {
    if (!isOdd(value, 0)) return JSON.stringify(value);
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


// A list of one, in place of a long list that the core need not see.
const STAND_IN = '["*"]';

const isLongList = (value) =>
  Array.isArray(value) && value.length > 16 && value.every((item) => typeof item === 'string' && !isOdd(item, 0));

/**
 * The arguments for the core, `{"0": first, "1": second}` without the undefined ones, and `complete`, through
 * which the body that the core makes has to go: a thousand ids would only be carried in and out again unchanged, so
 * they take a short cut. The arguments are read now and never changed.
 */
export function encodeArguments(operation, args) {
  let members = '';
  let list;
  for (let index = 0; index < args.length; index += 1) {
    let text = STAND_IN;
    if (index === 0 && isLongList(args[0])) list = JSON.stringify(args[0]);
    else text = encode(operation, args[index], index);
    if (text !== undefined) members += `${members && ','}"${index}":${text}`;
  }
  return { text: `{${members}}`, complete: (body) => (list ? body.replace(STAND_IN, () => list) : body) };
}
