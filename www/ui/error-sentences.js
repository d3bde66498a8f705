// What an error says to people, in the language of the page. The words of a service are English, and for programmers.
/** @import { FieldViolation } from 'wix-media.v2' */
/** @import { Place } from './error-report.js' */
import { isNoRoom, isQuota } from '../model/no-room.js';
import { languageTag, number, say } from '../text/language.js';
import { redact } from '../text/secrets.js';

const noAnswer = () => say`The service does not answer.`;
const restarted = () => say`The Media Manager restarted before this was finished.`;
const damaged = () => say`The file was damaged in transit.`;
const notFetched = () => say`The file could not be fetched from its address.`;
const notProcessed = () => say`The service could not fetch or process the file.`;
const unreadable = () => say`The service cannot read or write its storage.`;
const gone = () => say`It does not exist any more.`;
const refused = () => say`The service does not permit this.`;
const busy = () => say`The service is busy.`;

/** Sentences by the code of an error. */
export const SENTENCES = new Map([
  ['ZERO_FILE_SIZE', () => say`The file is empty.`],
  ['FILE_SIZE_OVER_LIMIT', () => say`The file is too large.`],
  ['UNSUPPORTED_FILE_FORMAT', () => say`Files of this type cannot be stored here.`],
  ['MISMATCH_MIME_TYPE', () => say`The file is of another type than its name says.`],
  ['FOLDER_NOT_FOUND', () => say`The folder does not exist any more.`],
  ['PARENT_FOLDER_NOT_FOUND', () => say`The folder does not exist any more.`],
  ['RESOURCE_NOT_FOUND', gone],
  ['SYSTEM_FOLDER', () => say`System folders cannot be changed.`],
  ['FILE_FAILED', notProcessed],
  ['PROCESSING_FAILED', notProcessed],
  ['SOURCE_UNREACHABLE', notFetched],
  ['SOURCE_HTTP_ERROR', notFetched],
  ['FILE_NOT_READY', () => say`The file is not ready yet.`],
  ['SOURCE_FAILED', () => say`The file cannot be read. It may have been changed, moved or deleted.`],
  ['TOO_MANY_FILES', () => say`There are too many files in it.`],
  ['CONTENT_MISMATCH', damaged],
  ['UPLOAD_OFFSET_INVALID', damaged],
  // What the browser says of a lost connection helps nobody.
  ['NETWORK', noAnswer],
  ['TIMEOUT', noAnswer],
  ['MANAGER_UNRESPONSIVE', noAnswer],
  ['REQUEST_TIMEOUT', () => say`The connection is too slow.`],
  ['INVALID_RESPONSE', () => say`The response is not from a Media Manager.`],
  ['MODULE_NOT_LOADED', () => say`A part of the page could not be loaded.`],
  ['INTERNAL', () => say`Internal error of the client`],
  ['UNAUTHENTICATED', () => say`The service does not accept the key.`],
  ['HOST_NOT_ALLOWED', refused],
  ['ORIGIN_NOT_ALLOWED', refused],
  ['PREFLIGHT_REQUIRED', refused],
  ['READ_ONLY', () => say`This is a snapshot. Nothing in it can be changed.`],
  ['UNAVAILABLE', busy],
  ['TOO_MANY_CONNECTIONS', busy],
  ['MANAGER_LOST', restarted],
  ['MANAGER_RESTARTED', restarted],
  ['MANAGER_CLOSED', restarted],
  ['LOCK_LOST', unreadable],
  ['STORAGE_FAILED', unreadable],
  ['FILE_DAMAGED', unreadable],
  ['STORAGE_NEWER', () => say`These files were written by a later version. Reload the page.`],
]);

/** Sentences by the status of a response without a code that has one. */
const STATUS_SENTENCES = new Map([
  [401, () => say`The service does not accept the key.`],
  [403, refused],
  [404, gone],
  [408, () => say`The connection is too slow.`],
  [409, () => say`It was changed elsewhere in the meantime.`],
  [413, () => say`The file is too large.`],
  [429, busy],
  [503, busy],
]);

/** The arguments that people give, as they are called on the page. */
const FIELD_NAMES = new Map([
  ['displayName', () => say`The name`],
  ['url', () => say`The address`],
  ['labels', () => say`A label`],
]);

/**
 * Says that a place cannot store any more.
 *
 * @param {Place | undefined} place
 */
function noRoomIn(place) {
  switch (place?.kind) {
    case 'server':
      return say`The server’s disk is full.`;
    case 'browser':
      return say`This browser has no room left.`;
    default:
      return say`The service has no room left.`;
  }
}

/**
 * Returns what an error says by its code, if there are words for that.
 *
 * @param {unknown} error
 * @param {Place | undefined} place
 */
export function sentenceOf(error, place) {
  if (isQuota(error)) return say`The storage quota of the site is used up.`;
  if (isNoRoom(error)) return noRoomIn(place);
  const { code } = /** @type {{ code?: unknown }} */ (Object(error));
  return SENTENCES.get(String(code))?.();
}

/**
 * Returns what an error says by its status, if there are words for that.
 *
 * @param {unknown} error
 */
export function statusSentence(error) {
  const { status = 0 } = /** @type {{ status?: number }} */ (Object(error));
  return STATUS_SENTENCES.get(status)?.() ?? (status >= 500 ? say`The service has a problem.` : undefined);
}

/**
 * Returns what is wrong with a field, in a sentence.
 *
 * @param {FieldViolation} violation
 */
export function objectionOf({ field = '–', description, ruleName, violatedRule, data }) {
  const sentence = SENTENCES.get(String(ruleName));
  if (sentence) return sentence();
  // Of a list, each entry has a number.
  const known = FIELD_NAMES.get(field.replace(/^.*\.|\[\d+\]$/g, ''));
  const name = known?.() ?? redact(field);
  const { threshold } = /** @type {{ threshold?: unknown }} */ (data ?? {});
  if (known && violatedRule === 'MAX_LENGTH' && typeof threshold === 'number') return say`${name} can have ${number(threshold)} characters at most.`;
  if (known && (violatedRule === 'MIN_LENGTH' || violatedRule === 'REQUIRED_FIELD')) return say`${name} is missing.`;
  const words = redact(String(description ?? ruleName ?? violatedRule ?? say`was rejected`));
  if (!known || languageTag().startsWith('en')) return `${name} ${words}`;
  return `${say`${name} contains something that is not allowed.`} (${words})`;
}
