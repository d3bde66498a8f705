// Renamed and moved folders: moved at the other side in one call, with all that is in them.
//
// A folder that only one side has, in the version that the journal knows, was deleted or moved at the other side. It was
// moved if the other side has that version of it somewhere else, where this side has nothing. What is in it is then looked
// at as if the move had been made already: each entry of it is beside that of the other side again, and the plan names
// only what differs. All this concerns paths that one side lacks, so it needs no second listing.
import { folderOf } from './order.js';
import { isFolderRecord } from './plan.js';
import { sorted } from './spool.js';

/** @import { Entry, Side, Triple } from './internal.d.ts' */
/** @import { Spool } from './spool.js' */

/**
 * @typedef {object} FolderMove
 * @property {string} from The path where the folder is.
 * @property {string | undefined} at Where that is on the disk.
 * @property {string} to The path where the other side has it.
 */

/** @typedef {{ order: string, triple: Triple }} Row */

/** @type {Record<Side, Side>} */
export const OTHER = { source: 'target', target: 'source' };

/** The moves at a side. */
class FolderMoves {
  /** @type {Map<string, FolderMove>} */
  #moves = new Map();

  /** @param {FolderMove} move */
  add(move) {
    this.#moves.set(move.from, move);
  }

  get size() {
    return this.#moves.size;
  }

  /**
   * The move that concerns a path: that of the closest folder.
   *
   * @param {string} path
   */
  of(path) {
    for (let own = path; own !== ''; own = folderOf(own)) {
      const move = this.#moves.get(own);
      if (move) return move;
    }
    return undefined;
  }

  /**
   * Where a path will be.
   *
   * @param {string} path
   */
  after(path) {
    const move = this.of(path);
    return move ? move.to + path.slice(move.from.length) : path;
  }
}

/**
 * The moves at each side.
 *
 * @param {AsyncIterable<Triple>} rest
 * @param {Side[]} sides The sides that may be changed.
 * @param {Record<Side, number>} index The places of the sides in the versions of records.
 */
async function movesOf(rest, sides, index) {
  /** Folders that are left at a side, by their versions at the other one. @type {Record<Side, Map<string, { path: string, at?: string }>>} */
  const left = { source: new Map(), target: new Map() };
  /** Folders that only a side has, and that are new there. @type {Record<Side, Entry[]>} */
  const fresh = { source: [], target: [] };
  for await (const { path, source, target, record } of rest) {
    const entry = source ?? target;
    if ((source && target) || entry?.kind !== 'folder' || entry.version === '') continue;
    const side = source ? 'source' : 'target';
    const isKnown = record && isFolderRecord(record) && record.v[index[side]] === entry.version;
    if (isKnown) left[side].set(record.v[index[OTHER[side]]], { path, at: entry.at });
    else fresh[side].push(entry);
  }
  const moves = { source: new FolderMoves(), target: new FolderMoves() };
  for (const side of sides) {
    for (const { path: to, version } of fresh[OTHER[side]]) {
      const old = left[side].get(version);
      if (!old) continue;
      left[side].delete(version);
      // A folder in a folder that moves is taken along.
      if (moves[side].after(old.path) !== to) moves[side].add({ from: old.path, at: old.at, to });
    }
  }
  return moves;
}

/**
 * The triples of what the sides do not both have, as they are after the moves of folders.
 *
 * @param {Spool<Triple>} rest In the order of paths.
 * @param {object} given
 * @param {Side[]} given.sides The sides that may be changed.
 * @param {Record<Side, number>} given.index The places of the sides in the versions of records.
 * @param {(path: string) => string} given.order
 * @param {string} given.scratch
 * @returns {Promise<AsyncIterable<Triple>>}
 */
export async function withMovedFolders(rest, { sides, index, order, scratch }) {
  const moves = await movesOf(rest, sides, index);
  if (moves.source.size + moves.target.size === 0) return rest;
  async function* rows() {
    for await (const triple of rest) {
      const { path, source, target, record } = triple;
      const side = source || (!target && moves.source.of(path)) ? 'source' : 'target';
      const entry = source ?? target;
      const move = source && target ? undefined : moves[side].of(path);
      if (!move) {
        yield { order: order(path), triple };
        continue;
      }
      const to = move.to + path.slice(move.from.length);
      // A record without an entry belongs to what the other side has at the new path.
      /** @type {Triple} */
      const moved = { path: to, record: record && { ...record, p: to }, before: path };
      if (entry) moved[side] = { ...entry, path: to, at: entry.at === undefined ? undefined : move.to + entry.at.slice(String(move.at).length) };
      if (entry && path === move.from) moved.moved = { side, entry };
      yield { order: order(to), triple: moved };
    }
  }
  return joinedRows(await sorted(rows(), scratch));
}

/**
 * Joins triples of the same path.
 *
 * @param {AsyncIterable<Row> | Iterable<Row>} rows
 * @returns {AsyncGenerator<Triple, void, undefined>}
 */
async function* joinedRows(rows) {
  /** @type {Row | undefined} */
  let last;
  for await (const row of rows) {
    if (last?.order === row.order) {
      // What moves has the record that belongs to it.
      const [still, moved] = row.triple.before === undefined ? [row.triple, last.triple] : [last.triple, row.triple];
      const { source = still.source, target = still.target, record = still.record } = moved;
      last = { order: row.order, triple: { ...moved, source, target, record } };
      continue;
    }
    if (last) yield last.triple;
    last = row;
  }
  if (last) yield last.triple;
}
