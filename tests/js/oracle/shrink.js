// Making a failing case small: members, list items and whole answers are dropped for as long as it still fails.
import { define } from '../harness/tagged.js';

/** @import { Case } from '../harness/types.d.ts' */

/**
 * The smallest case that was found for which `fails(case)` resolves to something.
 *
 * @param {Case} kase
 * @param {(kase: Case) => Promise<unknown>} fails
 */
export async function shrink(kase, fails, attempts = 1500) {
  let smallest = kase;
  let left = attempts;
  for (let progress = true; progress && left > 0; ) {
    progress = false;
    for (const candidate of smaller(smallest)) {
      left -= 1;
      if (left <= 0) break;
      if (await fails(candidate).catch(() => undefined)) {
        smallest = candidate;
        progress = true;
        break;
      }
    }
  }
  return smallest;
}

/**
 * @param {Case} kase
 * @returns {Generator<Case>}
 */
function* smaller(kase) {
  for (const [index, value] of kase.args.entries()) {
    for (const inner of lesser(value)) yield { ...kase, args: kase.args.with(index, inner) };
  }
  for (const chain of kase.chain ? lesserLists(kase.chain) : []) {
    if (chain.some(([name]) => name === 'find')) yield { ...kase, chain };
  }
  for (const [index, answer] of kase.answers.entries()) {
    if (answer.headers && Object.keys(answer.headers).length > 0) {
      yield { ...kase, answers: kase.answers.with(index, { ...answer, headers: {} }) };
    }
    if (!('body' in answer)) continue;
    for (const body of lesser(answer.body)) yield { ...kase, answers: kase.answers.with(index, { ...answer, body }) };
  }
}

/**
 * Values like this one with something taken out: the biggest pieces first.
 *
 * @param {any} value
 * @returns {Generator<any>}
 */
function* lesser(value) {
  if (Array.isArray(value)) {
    yield* lesserLists(value);
    for (const [index, item] of value.entries()) for (const inner of lesser(item)) yield value.with(index, inner);
  } else if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    const keys = Object.keys(value);
    for (const left of keys) yield pick(value, keys.filter((key) => key !== left));
    for (const key of keys) {
      for (const inner of lesser(value[key])) {
        const changed = pick(value, keys);
        define(changed, key, inner);
        yield changed;
      }
    }
  } else if (typeof value === 'string' && value.length > 1) {
    yield value.slice(0, value.length >> 1);
    yield value.slice(value.length >> 1);
  }
}

/**
 * @template T
 * @param {T[]} list
 * @returns {Generator<T[]>}
 */
function* lesserLists(list) {
  if (list.length > 2) {
    yield list.slice(0, list.length >> 1);
    yield list.slice(list.length >> 1);
  }
  for (let index = 0; index < list.length; index += 1) yield list.toSpliced(index, 1);
}

/**
 * @param {Record<string, any>} object
 * @param {string[]} keys
 */
function pick(object, keys) {
  /** @type {Record<string, any>} */
  const picked = {};
  for (const key of keys) define(picked, key, object[key]);
  return picked;
}
