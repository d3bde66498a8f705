// The rules by which two requests, results or errors are equal: see tests/data/vectors/README.md.

/** @import { RecordedRequest } from './types.d.ts' */

/**
 * Returns the path of the first difference between two values, or undefined when they are equal. An undefined member equals
 * an absent one. Everything else, Dates and NaN included, must be the same.
 *
 * @param {unknown} actual
 * @param {unknown} expected
 * @param {string} [path]
 * @returns {string | undefined}
 */
export function difference(actual, expected, path = '') {
  if (Object.is(actual, expected)) return undefined;
  if (actual instanceof Date || expected instanceof Date) {
    const same =
      actual instanceof Date && expected instanceof Date && Object.is(actual.getTime(), expected.getTime());
    return same ? undefined : differs(path, actual, expected);
  }
  if (!isObject(actual) || !isObject(expected)) return differs(path, actual, expected);
  if (Array.isArray(actual) || Array.isArray(expected)) {
    if (!Array.isArray(actual) || !Array.isArray(expected)) return differs(path, actual, expected);
    if (actual.length !== expected.length) return differs(`${path}.length`, actual.length, expected.length);
    for (let index = 0; index < actual.length; index += 1) {
      const found = difference(actual[index], expected[index], `${path}[${index}]`);
      if (found) return found;
    }
    return undefined;
  }
  for (const key of new Set([...Object.keys(actual), ...Object.keys(expected)])) {
    const found = difference(own(actual, key), own(expected, key), `${path}.${key}`);
    if (found) return found;
  }
  return undefined;
}

/**
 * @param {Record<string, unknown>} object
 * @param {string} key
 */
function own(object, key) {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value) {
  return value !== null && typeof value === 'object';
}

/**
 * @param {string} path
 * @param {unknown} actual
 * @param {unknown} expected
 */
function differs(path, actual, expected) {
  return `${path || 'value'}: ${shown(actual)} where ${shown(expected)} was expected`;
}

/**
 * A value as text, shortened.
 *
 * @param {unknown} value
 */
export function shown(value) {
  if (value instanceof Date) return `Date(${Number.isNaN(value.getTime()) ? 'invalid' : value.toISOString()})`;
  if (value === undefined || typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'function') return `function ${value.name}`;
  const text = JSON.stringify(value, (_, member) => {
    if (typeof member === 'bigint' || (typeof member === 'number' && !Number.isFinite(member))) return String(member);
    return member;
  });
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

const HEADERS = ['authorization', 'content-type', 'wix-site-id', 'wix-account-id', 'x-wix-consistent'];

/**
 * Returns the path of the first difference between one of our requests and a recorded or expected one.
 *
 * @param {RecordedRequest} actual
 * @param {RecordedRequest} expected
 */
export function requestDifference(actual, expected) {
  if (actual.method !== expected.method) return differs('method', actual.method, expected.method);
  const [actualUrl, expectedUrl] = [splitUrl(actual), splitUrl(expected)];
  if (actualUrl.path !== expectedUrl.path) return differs('url path', actualUrl.path, expectedUrl.path);
  const query = difference(actualUrl.query, expectedUrl.query, 'url query');
  if (query) return query;
  const names = new Set([...HEADERS, ...Object.keys(expected.headers)]);
  names.delete('x-wix-bi-gateway');
  for (const name of names) {
    if (actual.headers[name] !== expected.headers[name]) {
      return differs(`header ${name}`, actual.headers[name], expected.headers[name]);
    }
  }
  return difference(parsedBody(actual.body), parsedBody(expected.body), 'body');
}

/**
 * Splits a URL. The official SDK writes a folder id into the path unencoded, so a `?` may belong to the path. Its queries
 * never hold a raw `?`, and only its GET requests have one.
 *
 * @param {RecordedRequest} request
 */
function splitUrl({ url, method, rawPath }) {
  const mark = method === 'GET' ? url.lastIndexOf('?') : -1;
  const path = mark === -1 ? url : url.slice(0, mark);
  const query = [...new URLSearchParams(mark === -1 ? '' : url.slice(mark))];
  return {
    path: wellFormed(rawPath ? path : decoded(path)),
    query: query.map((pair) => pair.join('\u0000=')).sort(),
  };
}

/** @param {string} text */
const wellFormed = (text) => /** @type {string & { toWellFormed(): string }} */ (text).toWellFormed();

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @param {unknown} body */
function parsedBody(body) {
  return typeof body === 'string' ? JSON.parse(body) : body;
}

/**
 * Returns the path of the first difference between two errors in the members that must agree.
 *
 * @param {any} actual
 * @param {any} expected
 */
export function errorDifference(actual, expected) {
  for (const member of ['status', 'requestId', 'details']) {
    const found = difference(actual?.[member], expected[member], `error.${member}`);
    if (found) return found;
  }
  return undefined;
}
