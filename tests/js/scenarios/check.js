// Assertions that run in Node and in a page alike, where node:assert is not at hand.

/** A value as text: the same for equal values, in whatever order their members are. */
export function text(value) {
  if (value === undefined) return 'undefined';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (value instanceof Date) return `Date(${Number.isNaN(value.getTime()) ? 'invalid' : value.toISOString()})`;
  if (ArrayBuffer.isView(value)) return `bytes[${Array.from(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)).join()}]`;
  if (Array.isArray(value)) return `[${value.map(text).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    // An absent member and an undefined one are the same to those who read them.
    const names = Object.keys(value).filter((name) => value[name] !== undefined).sort();
    return `{${names.map((name) => `${name}: ${text(value[name])}`).join(', ')}}`;
  }
  return JSON.stringify(value);
}

class Failed extends Error {
  name = 'Failed';
}

export function fail(message) {
  throw new Failed(message);
}

export function equal(actual, expected, what = 'values') {
  const [one, other] = [text(actual), text(expected)];
  if (one !== other) fail(`${what} differ:\n  is        ${shortened(one)}\n  should be ${shortened(other)}`);
}

const shortened = (shown) => (shown.length > 4000 ? `${shown.slice(0, 4000)}… (${shown.length} characters)` : shown);

export function ok(value, what = 'the condition does not hold') {
  if (!value) fail(what);
}

export function match(value, pattern, what = 'the text') {
  if (!pattern.test(String(value))) fail(`${what} is ${value}, which ${pattern} does not match`);
}

/** The members of `value` that `names` lists. */
export const pick = (value, ...names) => Object.fromEntries(names.map((name) => [name, value?.[name]]));

/** Resolves to what a promise rejects with. */
export async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return fail('resolved where a rejection was expected');
}
