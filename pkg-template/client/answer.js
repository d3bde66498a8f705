// The result of an answer, or its error. The core reads the JSON; this file puts back what JSON cannot hold.
import { receive } from '#client-glue';
import { operations } from '#operations';
import { enter } from './module.js';

/** @import { AnswerHead } from './internal.d.ts' */

/** @typedef {(string | null)[]} Path The way to a value; a null step stands for every item of an array. */

/**
 * @param {number} operation Its number in the operations table.
 * @param {string} name Its name, for errors.
 * @param {AnswerHead} response
 * @param {Uint8Array} body
 */
export function resultOf(operation, name, response, body) {
  try {
    // Test doubles lack members that a Response has.
    const { status, statusText = '', headers = {} } = response;
    const answer = enter(name, () => receive(operation, { status, statusText, headers }, body));
    const unwrap = operations[operation][3];
    if (unwrap === null) return undefined;
    const value = revive(answer);
    return unwrap ? value[unwrap] : value;
  } catch (thrown) {
    const error = /** @type {import('../types/index.js').WixMediaError} */ (thrown);
    const value = error.code === 'INVALID_RESPONSE' && syntaxError(body);
    if (value) Object.defineProperty(error, 'cause', { value, configurable: true, writable: true });
    throw error;
  }
}

/**
 * Puts Dates, NaN and undefined into the places that the core names.
 *
 * @param {[value: any, dates: Path[], specials: Path[]]} answer
 */
export function revive([value, dates, specials]) {
  for (const path of dates) replace(value, path, 0, dateOf);
  for (const path of specials) replace(value, path, 0, (text) => (text === null ? undefined : NaN));
  return value;
}

/** @param {any} value */
function dateOf(value) {
  try {
    return new Date(value);
  } catch {
    // `new Date(value)` throws for some objects; they are invalid dates.
    return new Date(NaN);
  }
}

/**
 * Makes the values at the end of a path anew.
 *
 * @param {any} holder
 * @param {Path} path
 * @param {number} at
 * @param {(value: unknown) => unknown} make
 */
function replace(holder, path, at, make) {
  const step = path[at];
  if (step === null) {
    if (Array.isArray(holder)) for (const item of holder) replace(item, path, at + 1, make);
  } else if (typeof holder === 'object' && holder !== null && Object.hasOwn(holder, step)) {
    if (at === path.length - 1) holder[step] = make(holder[step]);
    else replace(holder[step], path, at + 1, make);
  }
}

/** @param {Uint8Array} body */
function syntaxError(body) {
  try {
    JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    return error;
  }
  return undefined;
}
