// `wix-media sync`: makes a place like another.
import { EXIT, UsageError } from '../failure.js';
import { interruptible } from '../interrupt.js';
import { noteProblems } from '../output.js';
import { bandwidthOf, openPlaces } from '../places.js';
import { ask, printable, progress } from '../terminal.js';
import { pause } from '../../streams/until.js';
import { bytes, count } from '../units.js';
import { changesOf } from '../watch.js';

/** @import { SyncAction, SyncProgress, SyncReport } from '../../types/sync.js' */
/** @import { Context } from '../internal.d.ts' */

/** @typedef {Parameters<NonNullable<import('../../types/sync.js').SyncOptions['confirm']>>[1]} Changes */

/** @type {Record<SyncAction['action'], [done: string, planned: string]>} */
const WORDS = {
  create: ['Created', 'Would create'],
  'create-folder': ['Created', 'Would create'],
  update: ['Updated', 'Would update'],
  move: ['Moved', 'Would move'],
  conflict: ['Kept both', 'Would keep both'],
  'update-labels': ['Labelled', 'Would label'],
  delete: ['Deleted', 'Would delete'],
};

/** How long a watching command waits before it repeats a run that the network or the service has ended. */
const MIN_PAUSE_MS = 2000;
const MAX_PAUSE_MS = 60_000;

/** @param {Context} context */
export async function syncPlaces(context) {
  const { words, options, env, print, note, paint, stderr } = context;
  const { dryRun = false, twoWay = false, checksum, hidden, trash, concurrency, journal, map, maxDelete, json, quiet, yes, watch } = options;
  if (watch && (dryRun || json)) throw new UsageError('--watch goes on and on: it takes neither --dry-run nor --json', 'sync');
  if (watch && twoWay) throw new UsageError('--watch sees the changes of one side only: it does not take --two-way', 'sync');
  if (trash && twoWay) throw new UsageError('--trash is for one way: it does not take --two-way', 'sync');
  if (map !== undefined && twoWay) throw new UsageError('--map is for one way: it does not take --two-way', 'sync');
  const isPermanent = options.delete === 'permanent';
  if (maxDelete !== undefined && !/^\d+(\.\d+)? ?%?$/.test(maxDelete)) {
    throw new UsageError(`invalid --max-delete: expected a number or a share such as 25%, found ${maxDelete}`, 'sync');
  }
  const bandwidth = bandwidthOf(options, 'sync');
  const { sync } = await import('#package/sync.js');
  const bar = progress(stderr, { isQuiet: quiet || json });
  const interrupt = interruptible();
  const places = await openPlaces(words, options, env, 'sync');
  const { from, to } = places;
  const settings = {
    dryRun,
    twoWay,
    delete: isPermanent ? /** @type {const} */ ('permanent') : Boolean(options.delete),
    maxDelete: /^\d+$/.test(maxDelete) ? Number(maxDelete) : maxDelete,
    checksum,
    hidden,
    trash,
    concurrency,
    bandwidth,
    journal,
    map,
    signal: interrupt.signal,
    confirm: isPermanent && !yes ? (/** @type {SyncReport} */ _, /** @type {Changes} */ { from: one, to: other }) => confirm([[words[0], one], [words[1], other]], context) : undefined,
    onProgress: (/** @type {SyncProgress} */ { bytes: done, totalBytes: total, done: number, files }) =>
      bar.update({ done, total, text: `${number} of ${count(files, 'file')}` }),
  };
  const once = async () => {
    const written = json ? listed(context) : undefined;
    const onAction = (/** @type {SyncAction} */ action) => {
      if (written) return written.add(action);
      if (quiet && !dryRun) return;
      if (stderr.isTTY) bar.end();
      print(lineOf(action, { isPlanned: dryRun, words }));
    };
    const report = await sync(from, to, { ...settings, onAction });
    bar.end();
    if (written) written.end(report);
    else tell(report, { note, quiet, isBoth: twoWay });
    return report.failed > 0 ? EXIT.failed : EXIT.done;
  };
  const noteFailure = (/** @type {any} */ error) => {
    bar.end();
    note(`${paint.red('wix-media:')} ${printable(String(error?.message ?? error))}`);
  };
  try {
    if (!watch) return await once();
    if (typeof from !== 'string') throw new UsageError('--watch needs a folder of this machine as FROM', 'sync');
    const changes = changesOf(from, interrupt.signal);
    await lasting(once, { isFirst: true, signal: interrupt.signal, tell: noteFailure });
    for await (const _ of changes) await lasting(once, { isFirst: false, signal: interrupt.signal, tell: noteFailure });
    return EXIT.done;
  } catch (error) {
    throw interrupt.signal.aborted ? interrupt.signal.reason : error;
  } finally {
    bar.end();
    interrupt.release();
    // A folder that is still watched would keep the process alive.
    interrupt.abort();
    await places.close();
  }
}

/**
 * Runs work that is not to end the watching when it fails. It is repeated for as long as the network or the service fails. The first
 * run ends with any other failure except too many deletions, as the command line or the credentials are wrong then.
 *
 * @param {() => Promise<unknown>} work
 * @param {{ isFirst: boolean, signal: AbortSignal, tell: (error: unknown) => void }} about
 */
async function lasting(work, { isFirst, signal, tell }) {
  for (let pauseMs = MIN_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
    try {
      await work();
      return;
    } catch (/** @type {any} */ error) {
      const isTemporary = error?.retry === 'after' || error?.retry === 'maybe';
      const isLasting = isFirst && !isTemporary && error?.code !== 'TOO_MANY_DELETIONS';
      if (signal.aborted || error instanceof UsageError || isLasting) throw error;
      tell(error);
      if (!isTemporary) return;
    }
    await pause(pauseMs, signal);
  }
}

/**
 * A change, in a line.
 *
 * @param {SyncAction} action
 * @param {{ isPlanned: boolean, words: string[] }} about `words` name the places.
 */
function lineOf({ action, side, path, from, kind }, { isPlanned, words }) {
  const place = side === undefined ? '' : ` in ${printable(words[Number(side === 'to')])}`;
  const before = from === undefined ? '' : `${printable(from)} → `;
  return `${WORDS[action][Number(isPlanned)]}${place}: ${before}${printable(path)}${kind === 'folder' ? '/' : ''}`;
}

/**
 * Prints what failed, what was left out, and the totals.
 *
 * @param {SyncReport} report
 * @param {{ note: Context['note'], quiet?: boolean, isBoth: boolean }} context
 */
function tell(report, { note, quiet, isBoth }) {
  noteProblems(report, { note, quiet });
  if (quiet) return;
  const { isDryRun, created, updated, moved, foldersMoved, conflicts, relabelled, deleted, unchanged, extra, foldersCreated, foldersDeleted, bytes: size, failed, skipped } = report;
  const parts = [
    `${count(created, 'file')} created`,
    `${updated} updated (${bytes(size)})`,
    ...(moved > 0 ? [`${moved} moved`] : []),
    ...(foldersMoved > 0 ? [`${count(foldersMoved, 'folder')} moved`] : []),
    ...(conflicts > 0 ? [`${conflicts} kept as both`] : []),
    ...(relabelled > 0 ? [`${relabelled} labelled`] : []),
    `${deleted} deleted`,
    `${unchanged} unchanged`,
    ...(extra > 0 ? [`${extra} only in ${isBoth ? 'one place' : 'the target'}`] : []),
    ...(foldersCreated > 0 ? [`${count(foldersCreated, 'folder')} created`] : []),
    ...(foldersDeleted > 0 ? [`${count(foldersDeleted, 'folder')} deleted`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  note(`${isDryRun ? 'Dry run: ' : ''}${parts.join(', ')}`);
}

/**
 * One JSON document whose list is written as it grows.
 *
 * @param {Pick<Context, 'stdout'>} context
 */
function listed({ stdout }) {
  let isBegun = false;
  const begin = () => {
    if (!isBegun) stdout.write('{\n  "actions": [');
    isBegun = true;
  };
  let separator = '\n    ';
  return {
    add(/** @type {SyncAction} */ action) {
      begin();
      stdout.write(separator + JSON.stringify(action));
      separator = ',\n    ';
    },
    end(/** @type {SyncReport} */ summary) {
      begin();
      stdout.write(`\n  ],\n  "summary": ${JSON.stringify(summary, null, 2).replaceAll('\n', '\n  ')}\n}\n`);
    },
  };
}

/**
 * Asks before anything is deleted permanently.
 *
 * @param {[place: string, changes: Changes['from']][]} places
 * @param {Pick<Context, 'stdin' | 'stderr'>} streams
 */
async function confirm(places, { stdin, stderr }) {
  const question = permanentQuestion(places);
  if (question === undefined) return true;
  if (!stdin.isTTY) throw new UsageError('permanent deletion needs --yes where the standard input is not a terminal', 'sync');
  return ask(question, { stdin, stderr });
}

/**
 * The question that is asked before anything is deleted permanently; undefined if there is nothing to ask.
 *
 * @param {[place: string, changes: Changes['from']][]} places
 */
export function permanentQuestion(places) {
  /** @type {string[]} */
  const parts = [];
  for (const [place, { deleted, foldersDeleted, updated }] of places) {
    if (deleted + foldersDeleted + updated === 0) continue;
    const verb = parts.length === 0 ? 'Delete' : 'delete';
    parts.push(`${verb} ${count(deleted, 'file')} and ${count(foldersDeleted, 'folder')} in ${printable(place)} permanently, and replace ${count(updated, 'file')}`);
  }
  return parts.length === 0 ? undefined : `${parts.join(' there; ')}${parts.length > 1 ? ' there' : ''}?`;
}
