// `wix-media sync`: makes a place like another.
import process from 'node:process';
import { EXIT, Failure, UsageError } from '../failure.js';
import { openPlaces } from '../places.js';
import { ask, printable, progress } from '../terminal.js';
import { bytes, count } from '../units.js';

/** @import { SyncAction, SyncReport } from '../../types/sync.js' */
/** @import { Context } from '../internal.d.ts' */

/** @type {Record<SyncAction['action'], [done: string, planned: string]>} */
const WORDS = {
  create: ['Created', 'Would create'],
  'create-folder': ['Created', 'Would create'],
  update: ['Updated', 'Would update'],
  delete: ['Deleted', 'Would delete'],
};

/** @param {Context} context */
export async function syncPlaces(context) {
  const { words, options, env, print, note, stderr } = context;
  const { dryRun = false, checksum, hidden, concurrency, journal, maxDelete, json, quiet, yes } = options;
  const isPermanent = options.delete === 'permanent';
  if (maxDelete !== undefined && !/^\d+(\.\d+)? ?%?$/.test(maxDelete)) {
    throw new UsageError(`invalid --max-delete: expected a number or a share such as 25%, found ${maxDelete}`, 'sync');
  }
  const { sync } = await import('#package/sync.js');
  const bar = progress(stderr, { isQuiet: quiet || json });
  const controller = new AbortController();
  const stop = () => controller.abort(new Failure('Interrupted', { exitCode: EXIT.interrupted, code: 'INTERRUPTED' }));
  process.once('SIGINT', stop);
  const places = await openPlaces(words, options, env);
  const written = json ? listed(context) : undefined;
  try {
    const report = await sync(places.from, places.to, {
      dryRun,
      delete: isPermanent ? 'permanent' : Boolean(options.delete),
      maxDelete: /^\d+$/.test(maxDelete) ? Number(maxDelete) : maxDelete,
      checksum,
      hidden,
      concurrency,
      journal,
      signal: controller.signal,
      confirm: isPermanent && !yes ? (plan) => confirm(plan, words[1], context) : undefined,
      onAction: (action) => {
        if (written) return written.add(action);
        if (quiet && !dryRun) return;
        const line = `${WORDS[action.action][Number(dryRun)]}: ${printable(action.path)}${action.kind === 'folder' ? '/' : ''}`;
        if (stderr.isTTY) bar.end();
        print(line);
      },
      onProgress: ({ bytes: done, totalBytes: total, done: number, files }) => bar.update({ done, total, text: `${number} of ${count(files, 'file')}` }),
    });
    bar.end();
    if (written) written.end(report);
    else tell(report, { note, quiet });
    return report.failed > 0 ? EXIT.failed : EXIT.done;
  } finally {
    bar.end();
    process.off('SIGINT', stop);
    await places.close();
  }
}

/**
 * Prints what failed, what was left out, and the sums.
 *
 * @param {SyncReport} report
 * @param {{ note: Context['note'], quiet?: boolean }} context
 */
function tell({ isDryRun, created, updated, deleted, unchanged, extra, foldersCreated, foldersDeleted, bytes: size, failed, skipped, failures, skips }, { note, quiet }) {
  for (const { path, message } of failures) note(`Failed: ${printable(path)}: ${printable(message)}`);
  if (failed > failures.length) note(`Failed: ${count(failed - failures.length, 'other item')}`);
  for (const { path, reason } of quiet ? [] : skips) note(`Skipped: ${printable(path)}: it is ${reason}`);
  if (quiet) return;
  const parts = [
    `${count(created, 'file')} created`,
    `${updated} updated (${bytes(size)})`,
    `${deleted} deleted`,
    `${unchanged} unchanged`,
    ...(extra > 0 ? [`${extra} only in the target`] : []),
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
 * @param {SyncReport} plan
 * @param {string} place
 * @param {Pick<Context, 'stdin' | 'stderr'>} streams
 */
async function confirm({ deleted, foldersDeleted, updated }, place, { stdin, stderr }) {
  if (deleted + foldersDeleted + updated === 0) return true;
  if (!stdin.isTTY) throw new UsageError('permanent deletion needs --yes where the standard input is not a terminal', 'sync');
  return ask(`Delete ${count(deleted, 'file')} and ${count(foldersDeleted, 'folder')} in ${place} permanently, and replace ${count(updated, 'file')}?`, { stdin, stderr });
}
