// Assertions that run in Node and in a page alike, where node:assert is not at hand.

/**
 * A value as text: the same for equal values, in whatever order their members are.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function text(value) {
  if (value === undefined) return 'undefined';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (value instanceof Date) return `Date(${Number.isNaN(value.getTime()) ? 'invalid' : value.toISOString()})`;
  if (ArrayBuffer.isView(value)) return `bytes[${Array.from(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)).join()}]`;
  if (Array.isArray(value)) return `[${value.map(text).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    // An absent member and an undefined one are the same to those who read them.
    const members = Object.entries(value).filter(([, member]) => member !== undefined).sort(([one], [other]) => (one < other ? -1 : 1));
    return `{${members.map(([name, member]) => `${name}: ${text(member)}`).join(', ')}}`;
  }
  return JSON.stringify(value);
}

class Failed extends Error {
  name = 'Failed';
}

/**
 * @param {string} message
 * @returns {never}
 */
export function fail(message) {
  throw new Failed(message);
}

/**
 * @param {unknown} actual
 * @param {unknown} expected
 */
export function equal(actual, expected, what = 'values') {
  const [one, other] = [text(actual), text(expected)];
  if (one !== other) fail(`${what} differ:\n  is        ${shortened(one)}\n  should be ${shortened(other)}`);
}

/** @param {string} shown */
const shortened = (shown) => (shown.length > 4000 ? `${shown.slice(0, 4000)}… (${shown.length} characters)` : shown);

/**
 * @param {unknown} value
 * @returns {asserts value}
 */
export function ok(value, what = 'the condition does not hold') {
  if (!value) fail(what);
}

/**
 * @param {unknown} value
 * @param {RegExp} pattern
 */
export function match(value, pattern, what = 'the text') {
  if (!pattern.test(String(value))) fail(`${what} is ${value}, which ${pattern} does not match`);
}

/**
 * The members of `value` that `names` lists.
 *
 * @param {any} value
 * @param {...string} names
 */
export const pick = (value, ...names) => Object.fromEntries(names.map((name) => [name, value?.[name]]));

/**
 * Resolves to what a promise rejects with.
 *
 * @param {Promise<unknown>} promise
 * @returns {Promise<any>}
 */
export async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return fail('resolved where a rejection was expected');
}
