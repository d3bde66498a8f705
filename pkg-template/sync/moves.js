// Renamed and moved files: found by what the journal knows, and moved at the target without their bytes.
//
// A file that only the target has, and that the journal knows, was once at that path of the source. If the source has the same
// version of it at another path now, where the target has nothing, it was moved. The version holds the inode or the id, so a
// copy is no move, and nothing has to be read.
import { Spool } from './spool.js';

/** @import { Entry, JournalRecord, Step } from './internal.d.ts' */

/** Files that only the target has. */
export class Orphans {
  /** @type {Map<string, { target: Entry, doomed?: string, before?: string }>} */
  #found = new Map();
  #side;

  /** @param {number} side The place of the source in the versions of records. */
  constructor(side) {
    this.#side = side;
  }

  /**
   * Takes a file that only the target has.
   *
   * @param {Entry} target
   * @param {JournalRecord | undefined} record
   * @param {{ doomed?: string, before?: string }} about The folder that is deleted with it, and its path before its folder moves.
   */
  add(target, record, about) {
    if (record && target.version !== '' && record.v[1 - this.#side] === target.version) this.#found.set(record.v[this.#side], { target, ...about });
  }

  /**
   * The steps with files moved, where they were to be stored anew.
   *
   * @param {Spool<Step>} steps
   * @param {string} scratch
   * @returns {Promise<Spool<Step>>}
   */
  async applied(steps, scratch) {
    const found = this.#found;
    if (found.size === 0) return steps;
    /** @type {Map<string, { target: Entry, before?: string }>} */
    const moves = new Map();
    /** @type {Set<string>} */
    const moved = new Set();
    /**
     * Files and bytes that leave folders before these are deleted.
     *
     * @type {Map<string, { files: number, bytes: number }>}
     */
    const left = new Map();
    for await (const { action, path, source } of steps) {
      const match = action === 'create' && source ? found.get(source.version) : undefined;
      if (!match || match.target.size !== source?.size) continue;
      found.delete(source.version);
      moves.set(path, match);
      moved.add(match.target.path);
      if (match.doomed === undefined) continue;
      const { files, bytes } = left.get(match.doomed) ?? { files: 0, bytes: 0 };
      left.set(match.doomed, { files: files + 1, bytes: bytes + match.target.size });
    }
    if (moves.size === 0) return steps;
    /** @type {Spool<Step>} */
    const made = new Spool(scratch);
    for await (const step of steps) {
      const { action, path, files = 0, bytes = 0 } = step;
      const match = action === 'create' ? moves.get(path) : undefined;
      const gone = action === 'delete' ? left.get(path) : undefined;
      if (match) await made.push({ ...step, action: 'move', target: match.target, before: match.before });
      else if (gone) await made.push({ ...step, files: files - gone.files, bytes: bytes - gone.bytes });
      else if (action !== 'delete' || !moved.has(path)) await made.push(step);
    }
    await steps.close();
    return made;
  }
}
