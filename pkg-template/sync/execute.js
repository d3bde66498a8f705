// The plan, carried out: what is in the way goes first, folders that have moved move, then folders are made and files stored, and
// deletions come last, so that an interruption leaves too much rather than too little.
import { rm } from 'node:fs/promises';
import { crew } from './crew.js';
import { isShortenedKey, keyOf } from './names.js';
import { folderOf, isBelow } from './order.js';
import { failureOf } from './report.js';

/** @import { Entry, Half, JournalRecord, Step } from './internal.d.ts' */
/** @import { Journal } from './journal.js' */
/** @import { Report } from './report.js' */

const KEPT = 'it still holds something that is not synchronised';

/** How many deletions are one call. */
const DELETIONS_AT_ONCE = 100;

/** The largest file that is read once more to learn what the hashes of a Media Manager are. */
const MAX_PROBE_SIZE = 16_000_000;

/** Failures after which no other call can succeed. */
const isFatal = (/** @type {any} */ error) => error?.status === 401 || error?.code === 'UNAUTHENTICATED';

/**
 * The record of an item that both sides have.
 *
 * @param {string} path
 * @param {[string, string]} versions
 * @param {Pick<Entry, 'kind' | 'name' | 'labels'>} entry
 * @param {{ hash?: string, hasLabels?: boolean }} about
 * @returns {JournalRecord}
 */
export function recordOf(path, versions, { kind, name, labels }, { hash, hasLabels }) {
  /** @type {JournalRecord} */
  const record = { p: path, v: versions };
  if (kind === 'folder') record.d = 1;
  if (hash !== undefined) record.h = hash;
  if (hasLabels && labels?.length) record.l = labels;
  if (isShortenedKey(keyOf(name))) record.n = name;
  return record;
}

/**
 * Makes what carries out the steps of one direction.
 *
 * @param {AsyncIterable<Step>} steps
 * @param {object} given
 * @param {Half} given.half
 * @param {Journal} given.journal
 * @param {Report} given.report
 * @param {Map<string, { code: string, message: string }>} given.held Paths where nothing can be done after a failure. Both directions share it.
 * @param {number} given.concurrency
 * @param {boolean} given.isPermanent
 * @param {boolean} given.isBoth Whether the run goes both ways.
 * @param {string} given.scratch For bytes on their way between two Media Managers.
 * @param {AbortSignal} given.signal
 * @param {((step: Step, made: Entry) => unknown) | undefined} given.onStored Called with what the target has then.
 */
export function executor(steps, { half, journal, report, held, concurrency, isPermanent, isBoth, scratch, signal, onStored }) {
  const { source, target, versions } = half;
  const hasLabels = source.kind === 'site' && target.kind === 'site';
  /** Whether bytes go from one Media Manager to another through this machine, which moves each of them twice. */
  const isRelayed = hasLabels;
  /** Folders that are made already. @type {Set<string>} */
  const early = new Set();
  /** @type {Promise<void> | undefined} */
  let probe;

  /**
   * Does one step. A failure is reported, unless nothing else can succeed either.
   *
   * @template Result
   * @param {Step} step
   * @param {() => Promise<Result>} work
   * @returns {Promise<Result | undefined>} Undefined after a failure.
   */
  const attempt = async (step, work) => {
    try {
      signal.throwIfAborted();
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (isFatal(error)) throw error;
      report.fail(step.path, failureOf(error));
      return undefined;
    }
  };

  /**
   * Notes what both sides have now. The record of where it was before goes.
   *
   * @param {Step & { source: Entry }} step
   * @param {Entry} made
   * @param {string} [hash]
   */
  const note = async (step, made, hash = step.hash) => {
    await journal.put(recordOf(step.path, versions(step.source, made), step.source, { hash, hasLabels }));
    if (step.before !== undefined) await journal.forget(step.before);
    await onStored?.(step, made);
  };

  /** @param {Step & { source: Entry }} step */
  const make = (step) =>
    attempt(step, async () => {
      await note(step, await target.makeFolder({ ...step.source, id: undefined, at: undefined }), undefined);
      report.done(step);
    });

  /**
   * Finds out whether the hashes of a Media Manager are MD5 digests, from one file that it has been sent. Only a hash that agrees
   * proves something: the file may have been changed meanwhile.
   *
   * @param {Entry} sent
   * @param {Entry} stored
   */
  const learn = async (sent, { hash }) => {
    if (journal.isMd5 !== undefined || source.kind !== 'folder' || hash === undefined || sent.size > MAX_PROBE_SIZE) return;
    probe ??= source.digest(sent, signal).then(async (digest) => {
      if (digest === hash) await journal.learn(true);
    }).catch(() => {
      // The file is stored all the same. Another one may tell.
      probe = undefined;
    });
    await probe;
  };

  /** @param {Step & { source: Entry }} step */
  const store = (step) =>
    attempt(step, async () => {
      const progress = report.transfer(step);
      const { size } = step.source;
      let moved = 0;
      const folder = (await target.scratch?.()) ?? scratch;
      const taken = await source.take(step.source, folder, { signal, progress: (bytes) => progress((moved = isRelayed ? bytes / 2 : bytes)) });
      const { id, before = id === undefined ? undefined : { id } } = step.source;
      const like = { ...step.source, id: undefined, hash: undefined, at: undefined, before };
      // In both ways a file that a loss of power has cut off would be taken for a change.
      const stored = await target.store(like, taken, step.target, { signal, isPermanent, isDurable: isBoth, progress: (bytes) => progress(isRelayed ? moved + bytes / 2 : bytes) });
      await learn(step.source, stored);
      await note(step, stored, taken.hash ?? (journal.isMd5 ? stored.hash : undefined));
      progress(size);
      report.done(step);
      if (isRelayed) await rm(taken.file, { force: true });
    });

  /** @param {Step & { source: Entry, target: Entry }} step */
  const move = (step) =>
    attempt(step, async () => {
      const moved = await (step.source.kind === 'folder' ? target.moveFolder(step.target, step.source) : target.move(step.target, step.source));
      await note({ ...step, before: step.before ?? step.target.path }, moved);
      report.done(step);
      return moved;
    });

  /** @param {Step & { source: Entry, target: Entry }} step */
  const label = (step) =>
    attempt(step, async () => {
      await target.setLabels?.(step.target, step.source.labels ?? []);
      await note(step, step.target);
      report.done(step);
    });

  /**
   * Gives a file another name, to make room.
   *
   * @param {Step & { source: Entry, target: Entry }} step
   */
  const setAside = (step) =>
    attempt(step, async () => {
      // Without its record neither version can be taken for the old one.
      await journal.forget(step.target.path);
      const moved = await target.move(step.target, { ...step.source, at: undefined });
      report.done(step);
      return moved;
    });

  /**
   * The record of an item in a folder that has moved.
   *
   * @param {Step} step
   */
  const carry = async ({ path, before, record }) => {
    if (record) await journal.put({ ...record, p: path });
    if (before !== undefined) await journal.forget(before);
  };

  /** @param {Step[]} batch */
  const remove = async (batch) => {
    const isDone = await attempt(batch[0], async () => {
      try {
        const kept = await target.remove(batch.map((step) => /** @type {Entry} */ (step.target)), { isPermanent, mustBeEmpty: isBoth });
        for (const step of batch) {
          const count = kept.get(/** @type {Entry} */ (step.target));
          if (count !== undefined) {
            // With its record the next run tries to delete it again, and does not take it for a new one.
            report.keep(step, count);
            if (step.action === 'clear') held.set(step.path, { code: 'KIND_DIFFERS', message: `${step.path} is of another kind at the target, where ${KEPT}` });
            continue;
          }
          // What comes back later is new.
          if (isBoth) for (const path of [step.path, step.before]) if (path !== undefined) await journal.forget(path);
          report.done(step);
        }
      } catch (error) {
        if (batch.length === 1) throw error;
        // An item that cannot be deleted must not keep the others.
        for (const step of batch) await remove([step]);
      }
      return true;
    });
    const [{ action, path }] = batch;
    if (!isDone && action === 'clear') held.set(path, { code: 'KIND_DIFFERS', message: `${path} is of another kind at the target, where it could not be deleted` });
  };

  /**
   * Whether a step must not be done after a failure. It is reported.
   *
   * @param {Step} step
   */
  const isHeld = ({ path }) => {
    if (held.size === 0) return false;
    for (let own = path; own !== ''; own = folderOf(own)) {
      const failure = held.get(own);
      if (!failure) continue;
      report.fail(path, failure);
      return true;
    }
    return false;
  };

  /**
   * @param {'clear' | 'delete'} action
   * @param {boolean} [isMoved]
   */
  const removeAll = async (action, isMoved) => {
    /** @type {Step[]} */
    let batch = [];
    for await (const step of steps) {
      if (step.action !== action || (isMoved !== undefined && isMoved !== (step.before !== undefined)) || isHeld(step)) continue;
      batch.push(step);
      if (batch.length < DELETIONS_AT_ONCE) continue;
      await remove(batch);
      batch = [];
    }
    if (batch.length > 0) await remove(batch);
  };

  return {
    /**
     * Deletes what is in the way.
     *
     * @param {boolean} isMoved Of what is in folders that have moved, or of the rest.
     */
    async clear(isMoved) {
      if (report.mayDelete) return removeAll('clear', isMoved);
      for await (const { action, path } of steps) {
        if (action === 'clear') held.set(path, { code: 'KIND_DIFFERS', message: `${path} is of another kind at the target, where nothing is deleted after a failure` });
      }
    },

    /** Moves folders, in the order of their new paths, and makes those first that are to hold them. */
    async moveFolders() {
      /** @type {Set<string>} */
      const parents = new Set();
      let count = 0;
      for await (const { action, path, source: from } of steps) {
        if (action !== 'move' || from?.kind !== 'folder') continue;
        count += 1;
        for (let own = folderOf(path); own !== '' && !parents.has(own); own = folderOf(own)) parents.add(own);
      }
      if (count === 0) return;
      /** What has moved: paths, and those on the disk. @type {Record<'path' | 'at', { from: string, to: string }[]>} */
      const done = { path: [], at: [] };
      const now = (/** @type {'path' | 'at'} */ kind, /** @type {string} */ path) =>
        done[kind].reduce((own, { from, to }) => (own === from || isBelow(own, from) ? to + own.slice(from.length) : own), path);
      for await (const step of steps) {
        const { action, path, source: from, target: to } = step;
        if (from?.kind !== 'folder' || (action !== 'move' && !(action === 'create-folder' && parents.has(path))) || isHeld(step)) continue;
        if (!to) {
          early.add(path);
          await make({ ...step, source: from });
          continue;
        }
        const old = { ...to, path: now('path', to.path), at: to.at && now('at', to.at) };
        const moved = await move({ ...step, source: from, target: old, before: to.path });
        if (moved) {
          done.path.push({ from: old.path, to: path });
          if (old.at !== undefined) done.at.push({ from: old.at, to: String(moved.at) });
        } else held.set(path, { code: 'MOVE_FAILED', message: `${path} is in a folder that could not be moved` });
      }
    },

    /** Gives other names to files that are kept beside another version of them. */
    async setAside() {
      for await (const step of steps) {
        const { action, path, source: kept, target: old } = step;
        if (action !== 'conflict' || !kept || !old || isHeld(step)) continue;
        if (await setAside({ ...step, source: kept, target: old })) continue;
        const failure = { code: 'CONFLICT', message: `${old.path} differs at both sides, and the version of ${target.label} could not be renamed` };
        held.set(path, failure);
        held.set(old.path, failure);
      }
    },

    /** Makes folders, and stores, moves and labels files. */
    async store() {
      const workers = crew(concurrency);
      /** @type {unknown} */
      let fatal;
      const start = (/** @type {() => Promise<unknown>} */ work) =>
        workers.start(() => (fatal ? Promise.resolve() : work().then(() => {}, (error) => void (fatal ??= error))));
      for await (const step of steps) {
        if (fatal) break;
        const { action, source: from, target: to } = step;
        if (action === 'clear' || action === 'delete' || action === 'conflict' || (from?.kind === 'folder' && action === 'move')) continue;
        if ((action === 'create-folder' && early.has(step.path)) || isHeld(step)) continue;
        if (action === 'carry') await carry(step);
        else if (action === 'create-folder' && from) await start(() => make({ ...step, source: from }));
        else if ((action === 'create' || action === 'update') && from) await start(() => store({ ...step, source: from }));
        else if (action === 'move' && from && to) await start(() => move({ ...step, source: from, target: to }));
        else if (action === 'update-labels' && from && to) await start(() => label({ ...step, source: from, target: to }));
      }
      await workers.end();
      await target.flush().catch((error) => (fatal ??= error));
      if (fatal) throw fatal;
    },

    /** Deletes what only the target has. */
    async remove() {
      if (report.mayDelete) await removeAll('delete');
    },
  };
}
