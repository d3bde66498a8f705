// When two requests, results or errors count as equal: the rules of tests/data/vectors/README.md.

/**
 * The path of the first difference between two values, or undefined where they are equal. A member that is
 * undefined equals one that is absent; everything else, Dates and NaN included, has to be the same.
 */
export function difference(actual, expected, path = '') {
  if (Object.is(actual, expected)) return undefined;
  if (actual instanceof Date || expected instanceof Date) {
    const same =
      actual instanceof Date && expected instanceof Date && Object.is(actual.getTime(), expected.getTime());
    return same ? undefined : differs(path, actual, expected);
  }
  if (!isObject(actual) || !isObject(expected)) return differs(path, actual, expected);
  if (Array.isArray(actual) !== Array.isArray(expected)) return differs(path, actual, expected);
  if (Array.isArray(actual)) {
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

function own(object, key) {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isObject(value) {
  return value !== null && typeof value === 'object';
}

function differs(path, actual, expected) {
  return `${path || 'value'}: ${shown(actual)} where ${shown(expected)} was expected`;
}

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

/** The path of the first difference between a request of ours and a request that was recorded or expected. */
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

// The official SDK writes a folder id into the path as it is, so a `?` may belong to the path. Its queries never
// hold a raw `?`, and only its GET requests have one. `rawPath` says that nothing in the path is encoded.
function splitUrl({ url, method, rawPath }) {
  const mark = method === 'GET' ? url.lastIndexOf('?') : -1;
  const path = mark === -1 ? url : url.slice(0, mark);
  const query = [...new URLSearchParams(mark === -1 ? '' : url.slice(mark))];
  return {
    path: (rawPath ? path : decoded(path)).toWellFormed(),
    query: query.map((pair) => pair.join('\u0000=')).sort(),
  };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parsedBody(body) {
  return typeof body === 'string' ? JSON.parse(body) : body;
}

/** The path of the first difference between two errors, in what has to agree: status, requestId and details. */
export function errorDifference(actual, expected) {
  for (const member of ['status', 'requestId', 'details']) {
    const found = difference(actual?.[member], expected[member], `error.${member}`);
    if (found) return found;
  }
  return undefined;
}
