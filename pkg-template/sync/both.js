// The plan of a run in both ways: what each side has changed since the journal was written, done at the other one.
//
// The journal has what both sides had when they were last the same. A file in that version is unchanged. Of two sides, the
// one that is unchanged follows the other. If neither is, the two versions are kept side by side: that of the target gets
// a name of its own. A file that one side has deleted is deleted at the other if it is unchanged there. A folder goes when
// nothing is left in it. The rules look only at the two sides and the journal, never at the times of files, so neither the order of
// the listings nor the clock of a side matters.
import { OTHER } from './folders.js';
import { keyOf, numberOf } from './names.js';
import { below, folderOf, isBelow } from './order.js';
import { isAlike, isFolderRecord, isRecorded } from './plan.js';
import { failureOf } from './report.js';

/** @import { Entry, JournalRecord, Side, Step, Triple } from './internal.d.ts' */

/** Longer names are cut before the mark of a conflict is added. The service allows 1,000 characters. */
const MAX_NAME_LEN = 900;

/**
 * @typedef {object} BothOptions
 * @property {(source: Entry, target: Entry, record: JournalRecord | undefined) => Promise<{ isSame: boolean, hash?: string }>} isSame
 * @property {(side: Side, entry: Entry, record: JournalRecord) => Promise<boolean>} isUnchanged Whether a file has the content that the journal has of it.
 * @property {boolean} deletes Whether deletions are made at the other side.
 * @property {(source: Entry, target: Entry) => [string, string]} versions In the order of the journal.
 * @property {(side: Side, entry: Entry, record: JournalRecord, about: { before?: string }) => unknown} onOrphan Called with each file that
 * one side has deleted.
 * @property {boolean} hasLabels Whether both sides have labels, and files that are private.
 * @property {(side: Side) => string} markOf The mark in the name of a version that is kept beside another one.
 */

/** @typedef {{ path: string, side: Side, entry: Entry, record: JournalRecord, before?: string, stays: boolean }} LostFolder */

/**
 * The entry of a version that is kept beside the other one, under a name of its own.
 *
 * @param {Entry} entry
 * @param {string} mark
 * @returns {Entry}
 */
function marked(entry, mark) {
  const { name, path, at } = entry;
  const dot = name.lastIndexOf('.');
  const end = dot > 0 ? dot : name.length;
  const number = numberOf(path);
  const own = `${[...name.slice(0, end)].slice(0, MAX_NAME_LEN).join('')} (${mark}${number === undefined ? '' : `, ${number}`})${name.slice(end)}`;
  const key = keyOf(own);
  return { ...entry, name: own, path: below(folderOf(path), key), ...(at !== undefined && { at: below(folderOf(at), key) }) };
}

/**
 * Makes the plan.
 *
 * @param {AsyncIterable<Triple>} triples
 * @param {BothOptions} options
 * @returns {AsyncGenerator<Step, void, undefined>}
 */
export async function* planBoth(triples, { isSame, isUnchanged, deletes, versions, onOrphan, hasLabels, markOf }) {
  /**
   * Folders that the other side has deleted, each in the one before it. They wait for what is in them.
   *
   * @type {LostFolder[]}
   */
  const lost = [];

  /**
   * Decides about the folders that have ended.
   *
   * @param {string} path
   * @returns {Generator<Step, void, undefined>}
   */
  function* settle(path) {
    for (let last = lost.at(-1); last && !isBelow(path, last.path); last = lost.at(-1)) {
      lost.pop();
      const { side, entry, record, before, stays } = last;
      if (stays) continue;
      if (deletes) yield { side, action: 'delete', path: last.path, target: entry, record, before, files: 0, folders: 1, bytes: 0 };
      else yield { side, action: 'keep', path: last.path, target: entry, record, before };
    }
  }

  /**
   * Makes the folders again that hold something which stays.
   *
   * @returns {Generator<Step, void, undefined>}
   */
  function* revive() {
    for (const folder of lost) {
      if (folder.stays) continue;
      folder.stays = true;
      yield { side: OTHER[folder.side], action: 'create-folder', path: folder.path, source: folder.entry, before: folder.before };
    }
  }

  /**
   * Keeps a file beside what takes its path.
   *
   * @param {Side} side
   * @param {Entry} entry
   * @param {Entry} successor What takes its path at this side.
   * @returns {Generator<Step, void, undefined>}
   */
  function* keepBoth(side, entry, successor) {
    const kept = marked(entry, markOf(side));
    yield { side, action: 'conflict', path: kept.path, source: kept, target: entry };
    yield { side, action: successor.kind === 'folder' ? 'create-folder' : 'create', path: entry.path, source: successor };
    yield { side: OTHER[side], action: 'create', path: kept.path, source: kept };
  }

  /**
   * What only one side has.
   *
   * @param {Side} side
   * @param {Entry} entry
   * @param {JournalRecord | undefined} record
   * @param {string | undefined} before
   * @returns {AsyncGenerator<Step, void, undefined>}
   */
  async function* alone(side, entry, record, before) {
    const { path, kind, size: bytes } = entry;
    if (record && kind === 'folder') {
      lost.push({ path, side, entry, record, before, stays: false });
      return;
    }
    if (record && (await isUnchanged(side, entry, record))) {
      await onOrphan(side, entry, record, { before });
      if (deletes) yield { side, action: 'delete', path, target: entry, record, before, files: 1, folders: 0, bytes };
      else yield { side, action: 'keep', path, target: entry, record, before };
      return;
    }
    yield* revive();
    const name = (entry.isShortened && record?.n) || entry.name;
    yield { side: OTHER[side], action: kind === 'folder' ? 'create-folder' : 'create', path, source: { ...entry, name }, before };
  }

  /**
   * A file that both sides have.
   *
   * @param {Entry} source
   * @param {Entry} target
   * @param {JournalRecord | undefined} record
   * @param {string | undefined} before
   * @returns {AsyncGenerator<Step, void, undefined>}
   */
  async function* shared(source, target, record, before) {
    const { path } = source;
    const { isSame: isAlikeInContent, hash } = await isSame(source, target, record);
    if (isAlikeInContent && !(hasLabels && Boolean(source.isPrivate) !== Boolean(target.isPrivate))) {
      const known = record?.l ?? [];
      if (hasLabels && !isAlike(source.labels, target.labels)) {
        const [isKept, isOtherKept] = [source, target].map(({ labels }) => isAlike(labels, known));
        const labels = isKept ? target.labels : isOtherKept ? source.labels : [...new Set([...(source.labels ?? []), ...(target.labels ?? [])])];
        if (!isAlike(labels, target.labels)) yield { side: 'target', action: 'update-labels', path, source: { ...source, labels }, target, before, hash };
        if (!isAlike(labels, source.labels)) yield { side: 'source', action: 'update-labels', path, source: { ...target, labels }, target: source, before, hash };
        return;
      }
      const isNew = !isRecorded(record, versions(source, target)) || (hasLabels && !isAlike(source.labels, known));
      yield { side: 'target', action: 'keep', path, source, target, before, hash, isNew };
      return;
    }
    if (record && (await isUnchanged('target', target, record))) {
      if (!(await isUnchanged('source', source, record))) yield { side: 'target', action: 'update', path, source, target, before };
      // The journal says that both are the same, and the bytes do not.
      else yield* keepBoth('target', target, source);
    } else if (record && (await isUnchanged('source', source, record))) {
      yield { side: 'source', action: 'update', path, source: target, target: source, before };
    } else yield* keepBoth('target', target, source);
  }

  /** A path below which nothing can be done. */
  let blocked = '';
  for await (const { path, source, target, record: given, before, moved } of triples) {
    yield* settle(path);
    if (blocked !== '' && isBelow(path, blocked)) continue;
    blocked = '';
    const failure = source?.failure ?? target?.failure;
    const reason = source?.skipped ?? target?.skipped;
    if (failure ?? reason) {
      blocked = path;
      // What cannot be looked at keeps the folders that hold it.
      for (const folder of lost) folder.stays = true;
      if (failure) yield { action: 'fail', path, failure };
      else yield { action: 'skip', path, reason };
      continue;
    }
    const entry = source ?? target;
    if (!entry) {
      yield { action: 'forget', path: before ?? path };
      continue;
    }
    const record = given && isFolderRecord(given) === (entry.kind === 'folder') ? given : undefined;
    try {
      if (!source || !target) yield* alone(source ? 'source' : 'target', entry, record, before);
      else if (source.kind !== target.kind) {
        const [side, file, folder] = source.kind === 'file' ? /** @type {const} */ (['source', source, target]) : /** @type {const} */ (['target', target, source]);
        const isReplaced = deletes && given && !isFolderRecord(given) && (await isUnchanged(side, file, given));
        if (isReplaced) {
          yield { side, action: 'clear', path, target: file, before, files: 1, folders: 0, bytes: file.size };
          yield { side, action: 'create-folder', path, source: folder };
        } else yield* keepBoth(side, file, folder);
      } else if (source.kind === 'file') yield* shared(source, target, record, before);
      else if (moved) {
        const { side, entry: old } = moved;
        yield { side, action: 'move', path, source: side === 'target' ? source : target, target: old, before };
      } else yield { side: 'target', action: 'keep', path, source, target, before, isNew: !isRecorded(record, versions(source, target)) };
    } catch (/** @type {any} */ error) {
      if (error?.name === 'AbortError' || error?.isFatal) throw error;
      for (const folder of lost) folder.stays = true;
      yield { action: 'fail', path, failure: failureOf(error) };
    }
  }
  yield* settle('');
}
