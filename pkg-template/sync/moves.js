// Renamed and moved files: found by what the journal knows, and moved at the target without their bytes.
//
// A file that only the target has, and that the journal knows, was once at that path of the source. If the source has the same
// version of it at another path now, where the target has nothing, it was moved. The version holds the inode or the id, so a
// copy is no move, and nothing has to be read.
//
// Either side can have a million of them, so they are not held in memory: both are sorted by their versions and read side by side,
// and what they change is sorted by the number of the step that it changes.
import { Spool, sorted } from './spool.js';

/** @import { Entry, JournalRecord, Step } from './internal.d.ts' */

/** A file that only the target has. @typedef {{ order: string, target: Entry, doomed?: string, before?: string }} Orphan */
/** A step that a move changes: it is one, or it is not needed. @typedef {{ order: string, move?: Orphan }} Edit */

/** @param {number} index */
const placeOf = (index) => String(index).padStart(12, '0');

/** Files that only the target has. */
export class Orphans {
  /** @type {Spool<Orphan>} */
  #found;
  #side;
  #scratch;

  /**
   * @param {number} side The place of the source in the versions of records.
   * @param {string} scratch A folder for those that do not fit into the memory.
   */
  constructor(side, scratch) {
    this.#side = side;
    this.#scratch = scratch;
    this.#found = new Spool(scratch);
  }

  /**
   * Takes a file that only the target has.
   *
   * @param {Entry} target
   * @param {JournalRecord | undefined} record
   * @param {{ doomed?: string, before?: string }} about The folder that is deleted with it, and its path before its folder moves.
   */
  async add(target, record, about) {
    if (!record || target.version === '' || record.v[1 - this.#side] !== target.version) return;
    await this.#found.push({ order: record.v[this.#side], target, ...about });
  }

  /**
   * The steps with files moved, where they were to be stored anew.
   *
   * @param {Spool<Step>} steps
   * @returns {Promise<Spool<Step>>}
   */
  async applied(steps) {
    if (this.#found.length === 0) return steps;
    const scratch = this.#scratch;
    /** @type {Spool<Edit>} */
    const edits = new Spool(scratch);
    /** @type {Spool<{ order: string }>} */
    const moved = new Spool(scratch);
    /**
     * Files and bytes that leave folders before these are deleted.
     *
     * @type {Map<string, { files: number, bytes: number }>}
     */
    const left = new Map();
    const creations = rowsOf(steps, ({ action, source }) => (action === 'create' ? source?.version : undefined));
    for await (const [orphans, created] of matched(await sorted(this.#found, scratch), await sorted(creations, scratch))) {
      const match = orphans[orphans.length - 1];
      const own = created.find(({ size }) => size === match.target.size);
      if (!own) continue;
      await edits.push({ order: own.place, move: match });
      await moved.push({ order: match.target.path });
      if (match.doomed === undefined) continue;
      const { files, bytes } = left.get(match.doomed) ?? { files: 0, bytes: 0 };
      left.set(match.doomed, { files: files + 1, bytes: bytes + match.target.size });
    }
    await this.#found.close();
    if (edits.length === 0) return steps;
    const deletions = rowsOf(steps, ({ action, path }) => (action === 'delete' && !left.has(path) ? path : undefined));
    for await (const [, deleted] of matched(await sorted(moved, scratch), await sorted(deletions, scratch))) {
      for (const { place } of deleted) await edits.push({ order: place });
    }
    await moved.close();

    /** @type {Spool<Step>} */
    const made = new Spool(scratch);
    const inOrder = iteratorOf(await sorted(edits, scratch));
    let edit = (await inOrder.next()).value;
    let index = 0;
    for await (const step of steps) {
      const own = edit?.order === placeOf(index) ? edit : undefined;
      index += 1;
      if (own) edit = (await inOrder.next()).value;
      const { action, path, files = 0, bytes = 0 } = step;
      const gone = action === 'delete' ? left.get(path) : undefined;
      if (own?.move) await made.push({ ...step, action: 'move', target: own.move.target, before: own.move.before });
      else if (gone) await made.push({ ...step, files: files - gone.files, bytes: bytes - gone.bytes });
      else if (!own) await made.push(step);
    }
    await steps.close();
    await edits.close();
    return made;
  }
}

/**
 * The steps that have a key, with their places.
 *
 * @param {AsyncIterable<Step>} steps
 * @param {(step: Step) => string | undefined} keyOf
 */
async function* rowsOf(steps, keyOf) {
  let index = 0;
  for await (const step of steps) {
    const order = keyOf(step);
    if (order !== undefined) yield { order, place: placeOf(index), size: step.source?.size };
    index += 1;
  }
}

/**
 * @template Row
 * @param {AsyncIterable<Row> | Iterable<Row>} rows
 * @returns {AsyncIterator<Row> | Iterator<Row>}
 */
const iteratorOf = (rows) => (Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]());

/**
 * The rows of two sorted lists that have the same `order`.
 *
 * @template {{ order: string }} One
 * @template {{ order: string }} Other
 * @param {AsyncIterable<One> | Iterable<One>} ones
 * @param {AsyncIterable<Other> | Iterable<Other>} others
 * @returns {AsyncGenerator<[One[], Other[]], void, undefined>}
 */
async function* matched(ones, others) {
  const right = groups(others);
  let next = await right.next();
  for await (const group of groups(ones)) {
    const [{ order }] = group;
    while (!next.done && next.value[0].order < order) next = await right.next();
    if (next.done) break;
    if (next.value[0].order === order) yield [group, next.value];
  }
  await right.return();
}

/**
 * The rows of a sorted list, those of the same `order` together.
 *
 * @template {{ order: string }} Row
 * @param {AsyncIterable<Row> | Iterable<Row>} rows
 * @returns {AsyncGenerator<Row[], void, undefined>}
 */
async function* groups(rows) {
  /** @type {Row[]} */
  let group = [];
  for await (const row of rows) {
    if (group.length > 0 && group[0].order !== row.order) {
      yield group;
      group = [];
    }
    group.push(row);
  }
  if (group.length > 0) yield group;
}
