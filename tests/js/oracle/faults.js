// The faults of the official SDK, as docs/compare.md lists them, each recognised by what triggers it. A trigger in the
// arguments or in the answer is taken out before the official SDK sees it, and its right outcome is put back into what the
// official SDK made of the rest. So ours is always compared with a full expectation, never excused from one.
import { difference } from '../harness/agreement.js';
import { copy, define } from '../harness/tagged.js';
import { isQuery, operationOf } from '../harness/operations.js';
import { present } from '../harness/present.js';
import { answerPositions, argumentPositions, walk } from './positions.js';

/**
 * @import { Answer, Case, RecordedRequest } from '../harness/types.d.ts'
 * @import { Position } from './positions.js'
 */

/**
 * What the official SDK is given instead, and what makes its outcome the right one.
 *
 * @typedef {{ repaired: Answer, mend: (result: any) => any }} Repair
 * @typedef {(object: Record<string, any>, key: string, position: Position, path: string) => void} Visit
 */

const MARK = '\u0001';
const KEPT = `${MARK}${MARK}kept`;

/**
 * @param {unknown} value
 * @returns {value is Record<string, any>}
 */
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

// ---------------------------------------------------------------------------------------------- arguments

/**
 * The paths of the arguments for which ours refuses the call, or undefined.
 *
 * @param {Pick<Case, 'api' | 'method' | 'args'>} call
 */
export function refusedFields(call) {
  const { arguments: kinds } = present(operationOf(call));
  /** @type {string[]} */
  const fields = [];
  kinds.forEach((kind, index) => {
    const field = refusedArgument(kind, call.args[index]);
    if (field) fields.push(...field);
  });
  return fields.length > 0 ? fields : undefined;
}

/**
 * @param {string} kind
 * @param {any} value
 */
function refusedArgument(kind, value) {
  switch (kind) {
    case 'options?':
    case 'query?':
      return undefined;
    case 'fileIds':
    case 'folderIds':
    case 'importFileRequests':
      return Array.isArray(value) ? undefined : [kind];
    case 'file':
      if (!isObject(value)) return [kind];
      return [value.id, value._id].some((id) => typeof id === 'string') ? refusedMembers(value, 'file') : ['file._id'];
    case 'folder':
      return isObject(value) ? refusedMembers(value, 'folder') : [kind];
    case 'folderId':
    case '_id':
      return typeof value === 'string' && value !== '' ? undefined : [kind];
    default:
      return typeof value === 'string' ? undefined : [kind];
  }
}

/**
 * @param {any} value
 * @param {string} kind
 */
function refusedMembers(value, kind) {
  /** @type {string[]} */
  const fields = [];
  visitRest(value, kind, (/** @type {Record<string, any>} */ object, key, position, path) => {
    const member = object[key];
    if (position.date && !sendableDate(member)) fields.push(path);
    if (position.converts) {
      const items = position.converts === 'audio' ? (member ?? []) : [member];
      items.forEach((/** @type {any} */ item, /** @type {number} */ index) => {
        if (!sendableMedia(item, present(position.converts))) {
          fields.push(position.converts === 'audio' ? `${path}[${index}]` : path);
        }
      });
    }
  });
  return fields.length > 0 ? fields : undefined;
}

// Members of an argument may be spelled with the underscore of the SDK's own names; paths keep that spelling.
/**
 * @param {any} value
 * @param {string} kind
 * @param {Visit} visit
 */
function visitRest(value, kind, visit) {
  /** @type {Record<string, string>} */
  const spelled = { createdDate: '_createdDate', updatedDate: '_updatedDate' };
  /**
   * @param {any} object
   * @param {Position} position
   * @param {string} path
   */
  const step = (object, position, path) => {
    if (!isObject(object)) return;
    for (const [key, inner] of Object.entries(position.members ?? {})) {
      const name = Object.hasOwn(object, key) ? key : spelled[key];
      if (name === undefined || !Object.hasOwn(object, name)) continue;
      const here = `${path}.${name}`;
      visit(object, name, inner, here);
      if (Array.isArray(object[name])) {
        object[name].forEach((item, index) => step(item, inner, `${here}[${index}]`));
      } else step(object[name], inner, here);
    }
  };
  step(value, argumentPositions[kind], kind);
}

/** @param {any} value */
function sendableDate(value) {
  if (value === undefined || value === null) return true;
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  return typeof value === 'string' && ISO_8601.test(value) && !Number.isNaN(Date.parse(value));
}

const ISO_8601 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;

/**
 * @param {any} value
 * @param {string} converts
 */
function sendableMedia(value, converts) {
  if (value === undefined) return true;
  if ((value === null || value === '') && (converts === 'image' || converts === 'video')) return true;
  if (typeof value !== 'string') return false;
  try {
    decodeURIComponent(nameOf(value, converts) ?? '');
    return true;
  } catch {
    return false;
  }
}

// The name in a `wix:` media URL, undecoded. The old form without `wix:` counts as well.
/**
 * @param {any} value
 * @param {string} converts
 */
function nameOf(value, converts) {
  const { protocol } = new URL(value);
  if (protocol !== 'wix:' && protocol !== `${converts}:`) return '';
  const { pathname } = new URL(protocol === 'wix:' ? value : `wix:${value}`);
  return pathname.replace(`${converts}://v1/`, '').split('/')[1];
}

/**
 * The call with its triggers taken out, and `mend`, which makes a request of the official SDK the right one.
 *
 * @param {Case} call
 */
export function repairCall(call) {
  // A member that is undefined counts as absent, also where the official SDK asks whether it is there.
  const repaired = { ...call, args: call.args.map(withoutUndefined), chain: call.chain?.map((/** @type {any} */ step) => step.map(withoutUndefined)) };
  const { arguments: kinds } = present(operationOf(call));
  /** @type {string[]} */
  const nameless = [];
  /** @type {[path: string, text: string][]} */
  const texts = [];
  kinds.forEach((kind, index) => {
    const value = repaired.args[index];
    if ((kind === 'file' || kind === 'folder') && isObject(value)) {
      if (kind === 'folder') delete value._id;
      visitRest(value, kind, (/** @type {Record<string, any>} */ object, key, position, path) => {
        if (position.date && typeof object[key] === 'string') {
          texts.push([path, object[key]]);
          delete object[key];
        }
        if (position.converts === 'image' && isNamelessImage(object[key])) nameless.push(path);
      });
    }
  });
  repaired.args = repaired.args.map((/** @type {any} */ value) => renamedKeys(value, escapeSegment));
  repaired.chain = repaired.chain?.map(([name, ...args]) => [
    name,
    ...args.map((/** @type {unknown} */ value) => renamedKeys(value, escapeSegment)),
  ]);
  /** @param {RecordedRequest} request */
  const mend = (request) => {
    if (typeof request.body !== 'string') return { ...request, url: restoredQuery(request.url) };
    const body = JSON.parse(request.body);
    for (const path of nameless) {
      const image = member(body, path.split('.'));
      delete image.filename;
      delete image.altText;
    }
    for (const [path, text] of texts) {
      const names = path.split('.');
      member(body, names.slice(0, -1))[present(names.at(-1)).replace(/^_/, '')] = text;
    }
    return { ...request, body: JSON.stringify(renamedKeys(body, restoreSegment)) };
  };
  return { repaired, mend };
}

/** @param {string} url */
function restoredQuery(url) {
  if (!url.includes(encodeURIComponent(MARK))) return url;
  const [path, query] = url.split(/\?(?=[^?]*$)/);
  /** @param {string} text */
  const restored = (text) => text.split('.').map(restoreSegment).join('.');
  return `${path}?${new URLSearchParams([...new URLSearchParams(query)].map((pair) => pair.map(restored)))}`;
}

/**
 * @param {Record<string, any>} object
 * @param {string[]} names
 */
const member = (object, names) => names.reduce((/** @type {any} */ inner, name) => inner[name], object);

/**
 * @param {any} value
 * @returns {any}
 */
function withoutUndefined(value) {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return copy(value);
  const plain = {};
  for (const key of Object.keys(value)) if (value[key] !== undefined) define(plain, key, withoutUndefined(value[key]));
  return plain;
}

/** @param {any} value */
function isNamelessImage(value) {
  return typeof value === 'string' && value !== '' && nameOf(value, 'image') === undefined;
}

// ------------------------------------------------------------------------------------------------ answers

/**
 * The answer with its triggers taken out, and `mend`, which puts the right outcome into the result that the
 * official SDK made of it.
 *
 * @param {Pick<Case, 'api' | 'method'>} call
 * @param {any} answer
 * @returns {Repair}
 */
export function repairAnswer(call, answer) {
  if (!('body' in answer) || answer.body === null || typeof answer.body !== 'object') {
    return { repaired: answer, mend: (result) => result };
  }
  if (answer.status !== 200) return repairViolations(answer);
  const { returns } = present(operationOf(call));
  const body = renamedKeys(answer.body, escapeSegment);
  if (isObject(body)) walk(body, answerPositions[returns], (object, key, position) => {
    if (position.converts === 'audio' && !Array.isArray(object[key])) {
      // An object counts as one asset; anything else stays what it is.
      const single = isObject(object[key]) && !nothingToShow(object[key]);
      object[key] = [single ? object[key] : keptItem(isObject(object[key]) ? undefined : object[key]), keptItem(ALONE)];
    }
    if (position.members && Array.isArray(object[key])) {
      object[key] = object[key].map((item) => {
        if (position.converts === 'audio' && isObject(item) && nothingToShow(item)) return keptItem(undefined);
        return item !== null && typeof item === 'object' ? item : keptItem(item);
      });
    }
    if (position.converts) {
      for (const item of [object[key]].flat()) wellFormedName(item);
    }
    if (position.poster && Array.isArray(object[key])) {
      for (const item of object[key]) if (isObject(item) && typeof item.url !== 'string') delete item.url;
    }
  });
  // An answer without triggers goes to the official SDK in its own words, if it came in any.
  if (difference(body, answer.body) === undefined) return { repaired: answer, mend: (result) => result };
  return {
    repaired: { ...answer, body, rawBody: undefined },
    mend: (result) => renamedKeys(restoreKept(result), restoreSegment),
  };
}

// A violation whose field is missing, is no text, or is named like a member of every object breaks the renaming of
// fields. The first two sort before all others.
/**
 * @param {any} answer
 * @returns {Repair}
 */
function repairViolations(answer) {
  const violations = answer.body.details?.validationError?.fieldViolations;
  if (!Array.isArray(violations)) return { repaired: answer, mend: (details) => details };
  const body = copy(answer.body);
  body.details.validationError.fieldViolations = violations.map((item, index) =>
    typeof item?.field === 'string'
      ? { ...item, field: escapeSegment(item.field) }
      : { field: `${NAMELESS}${index}`, description: '' },
  );
  /** @param {any} details */
  const mend = (details) => {
    const mended = copy(details);
    const { validationError } = mended;
    validationError.fieldViolations = validationError.fieldViolations.map((/** @type {any} */ item) =>
      item.field.startsWith(NAMELESS)
        ? violations[Number(item.field.slice(NAMELESS.length))]
        : { ...item, field: restoreSegment(item.field) },
    );
    return mended;
  };
  return { repaired: { ...answer, body }, mend };
}

// An asset without id and url, which the official SDK shows as the string "undefined".
/** @param {any} asset */
function nothingToShow(asset) {
  return !asset.id && (asset.url === undefined || asset.url === null);
}

// Travels through every conversion of the official SDK untouched; as an audio asset it needs a url for that.
/** @type {unknown[]} */
const kept = [];
const NAMELESS = '\u0000';
// Behind an item that was made a list so that the official SDK takes it.
const ALONE = Symbol('alone');
/** @param {any} value */
function keptItem(value) {
  kept.push(value);
  const token = `${KEPT}${kept.length - 1}`;
  return { url: token, [KEPT]: token };
}

/**
 * @param {any} value
 * @returns {any}
 */
function restoreKept(value) {
  if (typeof value === 'string') return value.startsWith(KEPT) ? kept[Number(value.slice(KEPT.length))] : value;
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  if (Array.isArray(value)) {
    const items = value.map(restoreKept);
    return items.at(-1) === ALONE ? items[0] : items;
  }
  if (Object.hasOwn(value, KEPT)) return restoreKept(value[KEPT]);
  const plain = {};
  for (const key of Object.keys(value)) define(plain, key, restoreKept(value[key]));
  return plain;
}

/** @param {any} item */
function wellFormedName(item) {
  if (!isObject(item)) return;
  for (const key of ['filename', 'altText']) {
    if (typeof item[key] === 'string') item[key] = item[key].toWellFormed();
  }
}

// A member name that every object inherits, such as `constructor`, is taken for a rename rule by the official SDK.
/** @param {string} segment */
function escapeSegment(segment) {
  return segment in Object.prototype ? segment + MARK : segment;
}

/** @param {string} segment */
function restoreSegment(segment) {
  return segment.endsWith(MARK) ? segment.slice(0, -MARK.length) : segment;
}

/**
 * @param {any} value
 * @param {(segment: string) => string} rename
 * @returns {any}
 */
function renamedKeys(value, rename) {
  /** @param {string} path */
  const renamed = (path) => path.split('.').map(rename).join('.');
  if (Array.isArray(value)) return value.map((item) => renamedKeys(item, rename));
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const plain = {};
  for (const key of Object.keys(value)) {
    const inner = renamedKeys(value[key], rename);
    define(plain, renamed(key), key === 'fieldName' && typeof inner === 'string' ? renamed(inner) : inner);
  }
  return plain;
}

// ------------------------------------------------------------------------------------------------- errors

/**
 * The expected details of an error that the official SDK loses, or undefined when it keeps them.
 *
 * @param {any} answer
 */
export function rightDetails(answer) {
  const details = answer.body?.details;
  if (!isObject(details) || !Object.hasOwn(details, 'validationError')) return undefined;
  const { validationError } = details;
  const requestId = requestIdOf(answer);
  if (validationError && typeof validationError === 'object') {
    const violations = validationError.fieldViolations;
    const isKnown = violations === undefined || violations === null || Array.isArray(violations);
    return isKnown ? undefined : { validationError, requestId };
  }
  return validationError === null ? { validationError, requestId } : undefined;
}

/** @param {Answer} answer */
function requestIdOf({ headers = {} }) {
  const name = Object.keys(headers).find((key) => key.toLowerCase() === 'x-wix-request-id');
  return name === undefined ? null : headers[name];
}

/**
 * The builder's violations are those of the typed query, whose argument has a name.
 *
 * @template {Case} C
 * @param {C} call
 * @returns {C}
 */
export function namesItsArgument(call) {
  return isQuery(call) && call.args.length === 0 ? { ...call, args: [{}], chain: undefined } : call;
}
