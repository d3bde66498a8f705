// Running one call, or one recorded vector, on a client and keeping what came of it.
import { untag } from './tagged.js';

/** Calls `client[api][method](...args)` and then each step of `chain` on what came back. */
export async function call(client, { api, method, args, chain = [] }) {
  let value = await client[api][method](...args);
  for (const [name, ...stepArgs] of chain) value = await value[name](...stepArgs);
  return value;
}

/** `{ result }` or `{ error }`, with iterators in the form that the vectors record. */
export async function outcome(promise) {
  try {
    return { result: plain(await promise) };
  } catch (error) {
    return { error };
  }
}

/**
 * What a caller can see of a result. An iterator of the query builder holds its page in getters, so it is
 * spelled out; a builder is all functions; everything else is itself.
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

/** Runs every step of a vector on one client; answers one outcome per step. */
export async function runVector(client, vector) {
  const builders = ({ api, method, chain }) =>
    chain.reduce((builder, [name, ...args]) => builder[name](...args), client[api][method]());
  const outcomes = [];
  for (const step of vector.steps ?? [vector]) {
    const args = untag(step.args, builders);
    const chain = step.chain && untag(step.chain, builders);
    outcomes.push(await outcome(call(client, { ...step, args, chain })));
  }
  return outcomes;
}

export function answersOf(vector) {
  return vector.responses ?? [vector.response];
}
