// One call for many items: split into as many as the service takes at once, and as source code.
/** @import { CallOptions, Client } from 'wix-media.v2' */
/** @import { Item } from './item.js' */
import { javascript } from '../text/code.js';
import { idsOf } from './item.js';

/** IDs per call, docs/contract/model.md#s11. */
const MAX_IDS = { file: 1000, folder: 100 };
/** Longer lists of IDs are cut in the source code that the panel shows. */
const MAX_IDS_SHOWN = 12;
/** Calls that run at the same time when each item needs its own. */
const CONCURRENCY = 4;

/**
 * @typedef {object} BulkCall The source, the members of the client that it uses, and the work.
 * @property {string[]} names
 * @property {string} source
 * @property {(client: Client, options: CallOptions) => Promise<void>} work
 */

/**
 * @typedef {object} BulkFunction
 * @property {string} name
 * @property {(client: Client, ids: string[], options: CallOptions) => Promise<unknown>} call
 */

/**
 * IDs as source code. A long list is cut; its start is enough to learn from.
 *
 * @param {readonly string[]} ids
 */
export function idsSource(ids) {
  if (ids.length <= MAX_IDS_SHOWN) return javascript(ids);
  const lines = ids.slice(0, 10).map((id) => `  ${javascript(id)},\n`);
  return `[\n${lines.join('')}  // … and ${ids.length - lines.length} more\n]`;
}

/**
 * @param {readonly Item[]} items
 * @param {{ file: BulkFunction, folder: BulkFunction }} functions
 * @param {object} [extra] A second argument to show.
 * @returns {BulkCall}
 */
export function bulkCall(items, functions, extra) {
  const source = [];
  const names = [];
  /** @type {((client: Client, options: CallOptions) => Promise<unknown>)[]} */
  const steps = [];
  for (const [kind, group] of /** @type {const} */ ([['file', 'files'], ['folder', 'folders']])) {
    const ids = idsOf(items, kind);
    if (ids.length === 0) continue;
    const { name, call } = functions[kind];
    names.push(group);
    source.push(`await ${group}.${name}(${idsSource(ids)}${extra ? `, ${javascript(extra)}` : ''});`);
    for (let at = 0; at < ids.length; at += MAX_IDS[kind]) {
      const part = ids.slice(at, at + MAX_IDS[kind]);
      steps.push((client, options) => call(client, part, options));
    }
  }
  return {
    names,
    source: source.join('\n'),
    work: async (client, options) => {
      for (const step of steps) await step(client, options);
    },
  };
}

/**
 * Runs a function for each item, a few at a time. Once all were tried, rejects with the first failure.
 *
 * @template Each
 * @param {readonly Each[]} items
 * @param {(item: Each) => Promise<unknown>} work
 */
export async function forEachItem(items, work) {
  const left = [...items];
  /** @type {unknown[]} */
  const failures = [];
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      try {
        await work(next);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  if (failures.length > 0) throw failures[0];
}
