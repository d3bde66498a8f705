// The plan, carried out: what is in the way goes first, then folders are made and files stored, and deletions come last, so
// that an interruption leaves too much rather than too little.
import { rm } from 'node:fs/promises';
import { isShortenedKey, keyOf } from './names.js';
import { folderOf } from './order.js';
import { failureOf } from './report.js';
import { crew } from './turns.js';

/** @import { Entry, JournalRecord, Place, Step } from './internal.d.ts' */
/** @import { Journal } from './journal.js' */
/** @import { Report } from './report.js' */

/** How many deletions are one call. */
const DELETIONS_AT_ONCE = 100;

/** Failures after which no other call can succeed. */
const isFatal = (/** @type {any} */ error) => error?.status === 401 || error?.code === 'UNAUTHENTICATED';

/**
 * The record of an item that both sides have.
 *
 * @param {string} path
 * @param {[string, string]} versions
 * @param {string} name
 * @param {string | undefined} hash
 * @returns {JournalRecord}
 */
export function recordOf(path, versions, name, hash) {
  /** @type {JournalRecord} */
  const record = { p: path, v: versions };
  if (hash !== undefined) record.h = hash;
  if (isShortenedKey(keyOf(name))) record.n = name;
  return record;
}

/**
 * @param {AsyncIterable<Step>} steps
 * @param {object} given
 * @param {Place} given.source
 * @param {Place} given.target
 * @param {Journal} given.journal
 * @param {Report} given.report
 * @param {(source: Entry, target: Entry) => [string, string]} given.versions
 * @param {number} given.concurrency
 * @param {boolean} given.isPermanent
 * @param {string} given.scratch For bytes on their way between two Media Managers.
 * @param {AbortSignal} given.signal
 * @param {((step: Step, made: Entry) => unknown) | undefined} given.onStored Called with what the target has then.
 */
export async function execute(steps, { source, target, journal, report, versions, concurrency, isPermanent, scratch, signal, onStored }) {
  const folder = (await target.scratch?.()) ?? scratch;
  /** Whether bytes go from one Media Manager to another through this machine, which moves each of them twice. */
  const isRelayed = source.kind === 'site' && target.kind === 'site';

  /**
   * Does one step. A failure is reported, unless nothing else can succeed either.
   *
   * @param {Step} step
   * @param {() => Promise<void>} work
   */
  const attempt = async (step, work) => {
    try {
      signal.throwIfAborted();
      await work();
    } catch (error) {
      signal.throwIfAborted();
      if (isFatal(error)) throw error;
      report.fail(step.path, failureOf(error));
    }
  };

  /** @param {Step & { source: Entry }} step */
  const make = (step) =>
    attempt(step, async () => {
      const entry = await target.makeFolder({ ...step.source, id: undefined, at: undefined });
      await journal.put(recordOf(step.path, versions(step.source, entry), step.source.name, undefined));
      await onStored?.(step, entry);
      report.done(step);
    });

  /** @param {Step & { source: Entry }} step */
  const store = (step) =>
    attempt(step, async () => {
      const progress = report.transfer(step);
      const { size } = step.source;
      let moved = 0;
      const taken = await source.take(step.source, folder, { signal, progress: (bytes) => progress((moved = isRelayed ? bytes / 2 : bytes)) });
      const like = { ...step.source, id: undefined, hash: undefined, at: undefined };
      const stored = await target.store(like, taken, step.target, { signal, isPermanent, progress: (bytes) => progress(isRelayed ? moved + bytes / 2 : bytes) });
      const hash = taken.hash ?? (journal.isMd5 ? stored.hash : undefined);
      await journal.put(recordOf(step.path, versions(step.source, stored), step.source.name, hash));
      await onStored?.(step, stored);
      progress(size);
      report.done(step);
      if (isRelayed) await rm(taken.file, { force: true });
    });

  /** @param {Step & { source: Entry, target: Entry }} step */
  const move = (step) =>
    attempt(step, async () => {
      const { source: from, target: old, path } = step;
      const moved = await target.move(old, from);
      await journal.put(recordOf(path, versions(from, moved), from.name, step.hash));
      await journal.forget(old.path);
      await onStored?.(step, moved);
      report.done(step);
    });

  /** @param {Step & { source: Entry, target: Entry }} step */
  const label = (step) =>
    attempt(step, async () => {
      await target.setLabels?.(step.target, step.source.labels ?? []);
      await journal.put(recordOf(step.path, versions(step.source, step.target), step.source.name, step.hash));
      report.done(step);
    });

  /**
   * @param {Step[]} batch
   */
  const remove = (batch) =>
    attempt(batch[0], async () => {
      try {
        await target.remove(batch.map((step) => /** @type {Entry} */ (step.target)), isPermanent);
        for (const step of batch) report.done(step);
      } catch (error) {
        if (batch.length === 1) throw error;
        // An item that cannot be deleted must not keep the others.
        for (const step of batch) await remove([step]);
      }
    });

  /** @param {Step['action']} action */
  const removeAll = async (action) => {
    /** @type {Step[]} */
    let batch = [];
    for await (const step of steps) {
      if (step.action !== action) continue;
      batch.push(step);
      if (batch.length < DELETIONS_AT_ONCE) continue;
      await remove(batch);
      batch = [];
    }
    if (batch.length > 0) await remove(batch);
  };

  /** Paths of items that stay, so that what was to replace them cannot be made. */
  const held = new Set();
  if (report.mayDelete) await removeAll('clear');
  else for await (const { action, path } of steps) if (action === 'clear') held.add(path);
  const workers = crew(concurrency);
  /** @type {unknown} */
  let fatal;
  const start = (/** @type {() => Promise<void>} */ work) => workers.start(() => (fatal ? Promise.resolve() : work().catch((error) => void (fatal ??= error))));
  for await (const step of steps) {
    if (fatal) break;
    const { source: from, target: to, path } = step;
    if (isHeld(held, path)) {
      report.fail(path, { code: 'KIND_DIFFERS', message: `${path} is of another kind at the target, where nothing is deleted after a failure` });
    } else if (step.action === 'create-folder' && from) await start(() => make({ ...step, source: from }));
    else if ((step.action === 'create' || step.action === 'update') && from) await start(() => store({ ...step, source: from }));
    else if (step.action === 'move' && from && to) await start(() => move({ ...step, source: from, target: to }));
    else if (step.action === 'update-labels' && from && to) await start(() => label({ ...step, source: from, target: to }));
  }
  await workers.end();
  await target.flush().catch((error) => (fatal ??= error));
  if (fatal) throw fatal;
  if (report.mayDelete) await removeAll('delete');
}

/**
 * Whether a path, or a folder that holds it, is held.
 *
 * @param {Set<string>} held
 * @param {string} path
 */
function isHeld(held, path) {
  if (held.size === 0) return false;
  for (let own = path; own !== ''; own = folderOf(own)) if (held.has(own)) return true;
  return false;
}
