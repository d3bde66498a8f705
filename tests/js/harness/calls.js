// Runs a call, or a recorded vector, on a client, and keeps the outcome.
import { untag } from './tagged.js';

/** @import { Answer, Call, Outcome, Vector } from './types.d.ts' */

/**
 * Calls `client[api][method](...args)` and then each step of `chain` on the result.
 *
 * @param {any} client
 * @param {Call} call
 */
export async function call(client, { api, method, args, chain = [] }) {
  let value = await client[api][method](...args);
  for (const [name, ...stepArgs] of chain) value = await value[name](...stepArgs);
  return value;
}

/**
 * Resolves to the result or the error, with iterators in the form that the vectors record.
 *
 * @param {Promise<unknown>} promise
 * @returns {Promise<Outcome>}
 */
export async function outcome(promise) {
  try {
    return { result: plain(await promise) };
  } catch (error) {
    return { error };
  }
}

/**
 * The visible part of a result. An iterator of the query builder holds its page in getters, so they are read; a builder
 * consists of functions; everything else is itself.
 *
 * @param {any} value
 */
export function plain(value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  if (typeof value.find === 'function') return { isBuilder: true };
  if (typeof value.hasNext !== 'function') return value;
  return {
    items: value.items,
    length: value.length,
    pageSize: value.pageSize,
    cursors: { next: value.cursors.next, prev: value.cursors.prev },
    hasNext: value.hasNext(),
    hasPrev: value.hasPrev(),
    isBuilderOnQuery: typeof value.query?.find === 'function',
  };
}

/**
 * Runs every step of a vector on one client. Resolves to one outcome for each step.
 *
 * @param {any} client
 * @param {Vector} vector
 */
export async function runVector(client, vector) {
  const builders = (/** @type {Call & { chain: [string, ...unknown[]][] }} */ { api, method, chain }) =>
    chain.reduce((builder, [name, ...args]) => builder[name](...args), client[api][method]());
  const outcomes = [];
  for (const step of vector.steps ?? [vector]) {
    const args = untag(step.args, builders);
    const chain = step.chain && untag(step.chain, builders);
    outcomes.push(await outcome(call(client, { ...step, args, chain })));
  }
  return outcomes;
}

/**
 * @param {Vector} vector
 * @returns {Answer[]}
 */
export function answersOf(vector) {
  return vector.responses ?? [vector.response];
}
