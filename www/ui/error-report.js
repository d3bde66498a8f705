// Error reports: what went wrong and what to do about it for people, and every field for programmers.
/** @import { FieldViolation, WixMediaError } from 'wix-media.v2' */
/** @import { PlaceKind } from '../place/place.js' */
import { json } from '../text/code.js';
import { isNoRoom } from '../model/no-room.js';
import { say } from '../text/language.js';
import { redact } from '../text/secrets.js';
import { element, foreign, icon } from './element.js';
import { objectionOf, sentenceOf, statusSentence } from './error-sentences.js';

/** @typedef {{ kind?: PlaceKind, baseUrl?: string }} Place Where an error happened. */

/** Errors that another attempt may not meet. */
const PASSING = new Set(['CONTENT_MISMATCH', 'UPLOAD_OFFSET_INVALID', 'MANAGER_LOST', 'MANAGER_RESTARTED', 'MANAGER_CLOSED', 'MODULE_NOT_LOADED', 'REQUEST_TIMEOUT']);

const otherTitle = () => say`Something went wrong`;

/** Titles by the code of an error. */
const CODE_TITLES = new Map([
  ['NETWORK', () => say`No response`],
  ['TIMEOUT', () => say`No response in time`],
  ['INVALID_RESPONSE', () => say`Not a Media Manager`],
  ['INVALID_ARGUMENT', () => say`Invalid argument`],
  ['INTERNAL', () => say`Internal error of the client`],
]);

/** Titles by the status of the response. */
const STATUS_TITLES = new Map([
  [400, () => say`The service rejected the call`],
  [401, () => say`Not authenticated`],
  [403, () => say`Permission denied`],
  [404, () => say`Not found`],
  [409, () => say`Conflict with the current state`],
  [429, () => say`Too many calls`],
]);

/** @param {WixMediaError} error */
function titleOf(error) {
  if (isNoRoom(error)) return say`No room left`;
  return (CODE_TITLES.get(error.code) ?? STATUS_TITLES.get(error.status ?? 0) ?? otherTitle)();
}

/**
 * Returns what to do about an error, in a sentence.
 *
 * @param {WixMediaError} error
 * @param {Place} [place] Where it happened, if known.
 */
function advice(error, place) {
  const { code, status, requestId } = error;
  const where = place?.kind === 'browser' ? say`the Media Manager of this browser` : (place?.baseUrl ?? say`the server`);
  switch (true) {
    case code === 'NETWORK' && location.protocol === 'https:' && place?.baseUrl?.startsWith('http:'):
      return say`A page loaded over https cannot call an address that starts with http.`;
    case code === 'NETWORK' && place?.kind === 'browser':
      return say`The tab that had it open was just closed. Try again.`;
    case code === 'NETWORK':
      return say`Is ${where} running, and does it allow calls from other pages (CORS)? Then try again.`;
    case code === 'TIMEOUT' || PASSING.has(code):
      return say`Try again.`;
    case code === 'INVALID_RESPONSE':
      return say`Something responds at ${where}, but it is not a Media Manager. Check the address.`;
    case code === 'INTERNAL':
      return say`Try again: the client has restarted. If it happens again, please report it together with the call.`;
    case status === 401 || code === 'UNAUTHENTICATED':
      return say`Check the API key and the site ID.`;
    case status === 403:
      return say`The key needs the permission to manage the Media Manager of this site.`;
    case code === 'RESOURCE_NOT_FOUND' || status === 404:
      return say`It may have been deleted elsewhere.`;
    case isNoRoom(error):
      return say`Delete files permanently or make room otherwise, then try again.`;
    case status === 429 || status === 503:
      return say`Wait a minute, then try again.`;
    case status !== undefined && status >= 500:
      return requestId ? say`Try again later, and quote the request ID if you report it.` : say`Try again later.`;
    default:
      return undefined;
  }
}

/**
 * Returns the members of anything that was thrown.
 *
 * @param {unknown} error
 * @returns {Record<string, unknown>}
 */
const membersOf = (error) => Object(error);

/**
 * @param {unknown} error
 * @returns {FieldViolation[]}
 */
function violationsOf(error) {
  const { fieldViolations } = membersOf(error);
  return Array.isArray(fieldViolations) ? fieldViolations : [];
}

/**
 * Whether an error is one of the package. By name, because a page may have the package twice.
 *
 * @param {unknown} error
 * @returns {error is WixMediaError}
 */
const isWixMediaError = (error) => membersOf(error).name === 'WixMediaError';

/**
 * What an error says, without the name of the function, which is for programmers.
 *
 * @param {unknown} error
 */
function messageOf(error) {
  const { message = error, operation } = membersOf(error);
  const text = String(message);
  const prefix = `${operation}: `;
  return redact(text.startsWith(prefix) ? text.slice(prefix.length) : text);
}

/**
 * Returns what went wrong, in a sentence.
 *
 * @param {unknown} error
 * @param {Place} [place] Where it happened, if known.
 */
export function reasonOf(error, place) {
  const sentence = sentenceOf(error, place);
  if (sentence) return sentence;
  const [violation] = violationsOf(error);
  return violation ? objectionOf(violation) : (statusSentence(error) ?? messageOf(error));
}

/**
 * Makes a report of an error, with what to do about it.
 *
 * @param {unknown} error
 * @param {Place} [place] Where it happened, if known.
 * @param {'h2' | 'h3'} [level] Of its heading.
 */
export function errorReport(error, place, level = 'h3') {
  const isOurs = isWixMediaError(error);
  const help = isOurs ? advice(error, place) : undefined;
  const violations = violationsOf(error).map((violation) => element('li', { dir: 'auto' }, objectionOf(violation)));
  return element(
    'div',
    { class: 'report', role: 'alert' },
    icon('alert'),
    element(
      'div',
      {},
      element(level, {}, isOurs ? titleOf(error) : otherTitle()),
      violations.length > 0
        ? element('ul', { class: 'violations' }, violations)
        : element('p', { class: 'report-message', dir: 'auto' }, reasonOf(error, place)),
      help ? element('p', {}, help) : undefined,
    ),
  );
}

const FIELDS = ['name', 'code', 'status', 'operation', 'requestId', 'retry', 'message'];

/**
 * Makes a list of every field of an error.
 *
 * @param {unknown} error
 */
export function errorFields(error) {
  const list = element('dl', { class: 'error-fields' });
  /**
   * @param {string} name
   * @param {Node} content
   */
  const add = (name, content) => list.append(element('dt', {}, name), element('dd', {}, content));
  const members = membersOf(error);
  for (const name of FIELDS) if (members[name] !== undefined) add(name, foreign(redact(String(members[name]))));
  const violations = violationsOf(error).map((violation) => element('li', {}, element('code', { dir: 'auto' }, redact(json(violation)))));
  if (violations.length > 0) add('fieldViolations', element('ul', {}, violations));
  if (members.cause !== undefined) add('cause', foreign(redact(String(members.cause))));
  return list;
}
