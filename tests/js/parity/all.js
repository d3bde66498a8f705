// The whole comparison: both official packages, the operations table and the declarations.
import { compare } from './compare.js';
import { addDeclared } from './declared.js';
import { tableFacts } from './facts.js';
import { officialFacts, versionOf } from './official.js';
import { isReachable } from '../types/agreement.js';

/** @import { Accepted, Table } from './types.d.ts' */
/** @import { Facts } from './facts.js' */

/**
 * @param {Record<'files' | 'folders', string>} folders Where the official packages are.
 * @param {Table} table
 * @param {string} types The file of the declarations.
 * @param {Accepted[]} accepted
 */
export async function compareAll(folders, table, types, accepted) {
  /** @type {Facts} */
  const official = new Map();
  for (const group of /** @type {const} */ (['files', 'folders'])) {
    for (const [fact, value] of await officialFacts(group, folders[group])) if (isCompared(group, fact)) official.set(fact, value);
  }
  const ours = tableFacts(table);
  addDeclared(ours, types);
  // Types of our own are no business of the official packages.
  for (const fact of ours.keys()) if (fact.startsWith('type ') && !official.has(`type ${typeOf(fact)}`)) ours.delete(fact);
  const versions = { files: versionOf(folders.files), folders: versionOf(folders.folders) };
  return { result: compare(official, ours, accepted), versions };
}

/** `files.Folder` of `type files.Folder.displayName`. */
const typeOf = (/** @type {string} */ fact) => fact.slice('type '.length).split('.').slice(0, 2).join('.');

/**
 * @param {'files' | 'folders'} group
 * @param {string} fact
 */
const isCompared = (group, fact) => !fact.startsWith('type ') || isReachable(group, typeOf(fact).split('.')[1]);
