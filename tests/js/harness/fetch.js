// A fetch function that records requests and gives canned answers.

/** @import { Answer, NetworkError, RecordedRequest } from './types.d.ts' */

/**
 * A fetch function that gives these answers, in their order.
 *
 * @param {Answer[]} answers
 */
export function cannedFetch(...answers) {
  /** @type {RecordedRequest[]} */
  const requests = [];
  const fetch = async (/** @type {any} */ url, /** @type {any} */ init = {}) => {
    requests.push(recorded(url, init));
    if (requests.length > answers.length) throw new Error(`request ${requests.length} was not expected: ${url}`);
    return respond(answers[requests.length - 1]);
  };
  return { fetch, requests };
}

/**
 * @param {unknown} url
 * @param {RequestInit} init
 */
function recorded(url, init) {
  if (typeof url !== 'string') throw new TypeError(`fetch was called with ${typeof url} as its URL`);
  /** @type {Record<string, string>} */
  const headers = {};
  for (const [name, value] of Object.entries(init.headers ?? {})) {
    if (typeof value === 'string') headers[name.toLowerCase()] = value;
  }
  /** @type {RecordedRequest} */
  const request = { method: init.method, url, headers };
  if (init.body !== undefined) request.body = init.body;
  if (init.signal !== undefined) request.signal = init.signal;
  return request;
}

const WITHOUT_BODY = new Set([101, 103, 204, 205, 304]);

/** @param {Answer} answer */
export function respond(answer) {
  if (answer.networkError) throw rejection(answer.networkError);
  const { status = 200, statusText, headers } = answer;
  return new Response(WITHOUT_BODY.has(status) ? null : bodyOf(answer), { status, statusText, headers });
}

/** @param {Answer} answer */
function bodyOf(answer) {
  if (answer.bytes !== undefined) return answer.bytes;
  if (answer.rawBody !== undefined) return answer.rawBody;
  return 'body' in answer ? jsonOf(answer.body) : '';
}

/**
 * JSON that says infinite numbers as numbers too large for JavaScript, which it reads as infinite.
 *
 * @param {unknown} body
 */
function jsonOf(body) {
  const text = JSON.stringify(body, (_, value) => (value === Infinity || value === -Infinity ? `\u0002${value}` : value));
  return text.replace(/"\\u0002(-?)Infinity"/g, '$11e999');
}

/** @param {NetworkError} error */
function rejection({ name, message, props, cause, value }) {
  if (name === undefined) return value;
  if (name === 'AbortError') return new DOMException(message, name);
  const options = cause && { cause: Object.assign(new Error(cause.message), cause) };
  const error = name === 'TypeError' ? new TypeError(message, options) : new Error(message, options);
  return Object.assign(error, props);
}
