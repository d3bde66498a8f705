// The plan: what has to be done at the target, from two listings and the journal.
//
// It is made of the listings alone, in the order of paths, and changes nothing. Only `isSame` may read bytes.
import { isBelow } from './order.js';
import { failureOf } from './report.js';

/** @import { Entry, JournalRecord, Step, Triple } from './internal.d.ts' */
/** @import { Spool } from './spool.js' */

/**
 * @typedef {object} PlanOptions
 * @property {(source: Entry, target: Entry, record: JournalRecord | undefined) => Promise<{ isSame: boolean, hash?: string }>} isSame
 * @property {boolean} deletes Whether what only the target has is deleted.
 * @property {(source: Entry, target: Entry) => [string, string]} versions In the order of the journal.
 * @property {(target: Entry, record: JournalRecord | undefined, about: { doomed?: string, before?: string }) => unknown} [onOrphan]
 * Called with each file that only the target has, the folder that is deleted with it, and its path before its folder moves.
 * @property {(path: string) => boolean} [keeps] Whether what only the target has at a path stays in any case.
 * @property {boolean} [comparesDetails] Whether the target has labels, and files that are private.
 */

/**
 * Whether a record says what the sides have.
 *
 * @param {JournalRecord | undefined} record
 * @param {[string, string]} versions
 */
export const isRecorded = (record, versions) => record?.v[0] === versions[0] && record.v[1] === versions[1];

/**
 * Whether a record is that of a folder.
 *
 * @param {JournalRecord} record
 */
export const isFolderRecord = ({ d, v }) => d === 1 || v[0] === '';

/**
 * Whether the labels and the privacy of a file are known, as those of a Media Manager and of a backup of one are.
 *
 * @param {Entry} entry
 */
export const hasDetails = ({ id, before }) => (id ?? before) !== undefined;

/**
 * Whether a file is to be private and is not, or the other way round.
 *
 * @param {Entry} source
 * @param {Entry} target
 */
export const hasOtherPrivacy = (source, target) => hasDetails(source) && Boolean(source.isPrivate) !== Boolean(target.isPrivate);

/**
 * Whether two lists have the same members, in any order.
 *
 * @param {string[]} one
 * @param {string[]} other
 */
export const isAlike = (one = [], other = []) => String([...one].sort()) === String([...other].sort());

/**
 * Gives what both sides have, and what cannot be read. The rest waits until both listings have ended, as folders may have moved.
 *
 * @param {AsyncIterable<Triple>} triples
 * @param {Spool<Triple>} rest
 * @returns {AsyncGenerator<Triple, void, undefined>}
 */
export async function* split(triples, rest) {
  /** A path below which nothing can be done. */
  let blocked = '';
  for await (const triple of triples) {
    const { path, source, target } = triple;
    if (blocked !== '' && isBelow(path, blocked)) continue;
    const isBlocked = (source?.failure ?? source?.skipped ?? target?.failure ?? target?.skipped) !== undefined;
    blocked = isBlocked ? path : '';
    if (isBlocked || (source && source.kind === target?.kind)) yield triple;
    else await rest.push(triple);
  }
}

/**
 * Makes the plan. Kept items are steps of it, as the journal needs them.
 *
 * @param {AsyncIterable<Triple>} triples
 * @param {PlanOptions} options
 * @returns {AsyncGenerator<Step, void, undefined>}
 */
export async function* plan(triples, { isSame, deletes, versions, comparesDetails, keeps, onOrphan }) {
  /**
   * A folder that only the target has. It is deleted as a whole, so its step waits for all that is in it.
   *
   * @type {Required<Pick<Step, 'action' | 'path' | 'target' | 'files' | 'folders' | 'bytes'>> | undefined}
   */
  let doomed;
  /** A path below which nothing can be done. */
  let blocked = '';
  for await (const { path, source, target, record, before, moved } of triples) {
    if (doomed && !isBelow(path, doomed.path)) {
      yield doomed;
      doomed = undefined;
    }
    if (blocked !== '' && isBelow(path, blocked)) continue;
    blocked = '';
    const failure = source?.failure ?? target?.failure;
    if (failure) {
      yield { action: 'fail', path, failure };
      blocked = path;
      continue;
    }
    const reason = source?.skipped ?? target?.skipped;
    if (reason !== undefined) {
      // What only the target has is not this run's business, whatever it is.
      if (source) yield { action: 'skip', path, reason };
      blocked = path;
      continue;
    }
    if (!source && !target) {
      yield { action: 'forget', path: before ?? path };
      continue;
    }
    if (!source && target) {
      const isFile = target.kind === 'file';
      // What is in the way goes before anything moves, and takes its content along.
      if (isFile && doomed?.action !== 'clear') await onOrphan?.(target, record, { doomed: doomed?.path, before });
      if (doomed) {
        doomed.files += Number(isFile);
        doomed.folders += Number(!isFile);
        doomed.bytes += target.size;
        continue;
      }
      if (!deletes || keeps?.(path)) {
        yield { action: 'keep', path, target, record, before };
        continue;
      }
      const step = { action: /** @type {const} */ ('delete'), path, target, before, files: Number(isFile), folders: Number(!isFile), bytes: target.size };
      if (isFile) yield step;
      else doomed = step;
      continue;
    }
    if (source && !target) {
      const named = source.isShortened && record?.n !== undefined ? { ...source, name: record.n } : source;
      yield { action: source.kind === 'folder' ? 'create-folder' : 'create', path, source: named };
      continue;
    }
    if (!source || !target) continue;
    if (source.kind !== target.kind) {
      if (deletes) {
        const isFile = target.kind === 'file';
        const step = { action: /** @type {const} */ ('clear'), path, target, before, files: Number(isFile), folders: Number(!isFile), bytes: target.size };
        yield { action: isFile ? 'create-folder' : 'create', path, source };
        // What is in a folder comes next, and is deleted with it.
        if (isFile) yield step;
        else doomed = step;
        continue;
      }
      const message = `${path} is a ${source.kind} at the source and a ${target.kind} at the target`;
      yield { action: 'fail', path, failure: { code: 'KIND_DIFFERS', message } };
      blocked = path;
      continue;
    }
    const now = versions(source, target);
    if (source.kind === 'folder') {
      if (moved) yield { action: 'move', path, source, target: moved.entry, before };
      else yield { action: 'keep', path, source, target, before, isNew: !isRecorded(record, now) };
      continue;
    }
    try {
      const { isSame: isKept, hash } = await isSame(source, target, record);
      const isNew = isKept && !isRecorded(record, now);
      // Whether a file is private cannot be changed.
      if (!isKept || (comparesDetails && hasOtherPrivacy(source, target))) yield { action: 'update', path, source, target, before, hash };
      else if (comparesDetails && hasDetails(source) && !isAlike(source.labels, target.labels)) yield { action: 'update-labels', path, source, target, before, hash };
      else yield { action: 'keep', path, source, target, before, hash, isNew };
    } catch (/** @type {any} */ error) {
      if (error?.name === 'AbortError' || error?.isFatal) throw error;
      yield { action: 'fail', path, failure: failureOf(error) };
    }
  }
  if (doomed) yield doomed;
}
