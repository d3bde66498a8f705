// Synchronisation: makes one place like another.
//
// The two places are listed side by side, in one order, and compared with each other and with the journal (`merge.js`,
// `plan.js`). That makes the plan, a list of steps, which is carried out when it is complete (`execute.js`). The journal tells
// what both sides have had, and each step that is done is added to it at once. A run that is killed leaves nothing but
// temporary files, and the next one finds the rest of the work in the listings.
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { SyncError } from './error.js';
import { execute, recordOf } from './execute.js';
import { headerOf, lineOf, manifestOf } from './manifest.js';
import { Orphans } from './moves.js';
import { checkOptions, limitOf } from './options.js';
import { withPair } from './pair.js';
import { pathOf } from './places/index.js';
import { plan } from './plan.js';
import { Report } from './report.js';
import { sorted, Spool, writeLines } from './spool.js';

export { rewrite } from './rewrite.js';
export { verify } from './verify.js';

/** @import { Entry, MapRow, ManifestLine, Pair, Step, SyncOptions, SyncPlace, SyncReport } from './internal.d.ts' */

const DEFAULT_CONCURRENCY = 4;
const DEFAULT_MAX_DELETE = '10%';

/**
 * Makes a place like another.
 *
 * @param {SyncPlace} from
 * @param {SyncPlace} to
 * @param {SyncOptions} [options]
 * @returns {Promise<SyncReport>}
 */
export async function sync(from, to, options) {
  const given = checkOptions(options);
  return withPair(from, to, given, Boolean(given.dryRun), (pair) => run(pair, given));
}

/**
 * @param {Pair} pair
 * @param {SyncOptions} options
 */
async function run(pair, options) {
  const { source, target, journal, versions, isTurned, isSame, order, scratch, signal } = pair;
  const { dryRun = false, concurrency = DEFAULT_CONCURRENCY, maxDelete = DEFAULT_MAX_DELETE, onAction, onProgress, map } = options;
  const report = new Report({ onAction, onProgress });
  const { summary } = report;
  /** @type {Spool<Step>} */
  const found = new Spool(scratch);
  const orphans = new Orphans(isTurned ? 1 : 0);
  /** @type {Spool<ManifestLine> | undefined} */
  const manifest = source.kind === 'site' && target.kind === 'folder' && !dryRun ? new Spool(scratch) : undefined;
  /** @type {Spool<MapRow> | undefined} */
  const rows = map !== undefined && target.kind === 'site' && !dryRun ? new Spool(scratch) : undefined;
  let [targetFiles, deletions] = [0, 0];
  const deletes = Boolean(options.delete);
  async function* triples() {
    for await (const triple of pair.triples(Boolean(manifest ?? rows))) {
      if (triple.target?.kind === 'file') targetFiles += 1;
      if (triple.source && !triple.source.failure && triple.source.skipped === undefined) await manifest?.push(lineOf(triple.source));
      yield triple;
    }
  }
  for await (const step of plan(triples(), { isSame, deletes, versions, comparesDetails: target.kind === 'site', onOrphan: (...given) => orphans.add(...given) })) {
    signal.throwIfAborted();
    const { action, path, source: one, target: other } = step;
    if (action === 'fail') {
      report.mayDelete = false;
      report.fail(path, /** @type {{ code: string, message: string }} */ (step.failure));
    } else if (action === 'skip') report.skip(path, String(step.reason));
    else if (action === 'forget') await journal.forget(path);
    else if (action === 'keep') {
      if (one && other && step.isNew) await journal.put(recordOf(path, versions(one, other), one.name, step.hash));
      if (one?.kind === 'file') summary.unchanged += 1;
      else if (!one && other?.kind === 'file') summary.extra += 1;
      if (one && other) await rows?.push(rowOf(step.path, one, other, order));
    } else {
      // The manifest has the details already.
      await found.push({ ...step, source: one && { ...one, details: rows && { url: one.details?.url } } });
      if (action === 'update-labels' && one && other) await rows?.push(rowOf(step.path, one, other, order));
    }
  }
  const planned = new Report({ onAction: dryRun ? onAction : undefined, onProgress: undefined });
  const steps = await orphans.applied(found, scratch);
  for await (const step of steps) {
    if (step.action === 'delete' || step.action === 'clear') deletions += Number(step.files);
    report.expect(step);
    planned.done(step);
  }
  if (!deletes) summary.extra -= planned.summary.moved;
  const { unchanged, extra, failed, failures, skipped, skips } = summary;
  const preview = { ...planned.summary, isDryRun: dryRun, unchanged, extra, failed, failures, skipped, skips };
  const limit = /** @type {(total: number) => number} */ (limitOf(maxDelete))(targetFiles);
  if (report.mayDelete && deletions > limit) {
    const message = `refused to delete ${deletions} of ${targetFiles} files at ${target.label}: more than maxDelete (${maxDelete}) allows`;
    throw new SyncError('TOO_MANY_DELETIONS', message);
  }
  if (dryRun) return preview;
  if (steps.length > 0 && options.confirm && (await options.confirm({ ...preview, isDryRun: true })) !== true) {
    throw new SyncError('CANCELLED', 'not confirmed: nothing was changed');
  }
  const isPermanent = options.delete === 'permanent';
  const onStored = rows && ((/** @type {Step} */ { path, source: one }, /** @type {Entry} */ made) => one && rows.push(rowOf(path, one, made, order)));
  await execute(steps, { source, target, journal, report, versions, concurrency, isPermanent, scratch, signal, onStored });
  if (manifest) await writeManifest(manifest, /** @type {string} */ (target.directory), source.identity);
  if (rows && map !== undefined) await writeMap(rows, resolve(pathOf(map)), scratch);
  return summary;
}

/**
 * A row of the map from old to new files; without an old id it is left out later.
 *
 * @param {string} path
 * @param {Entry} one
 * @param {Entry} other
 * @param {(path: string) => string} order
 * @returns {MapRow}
 */
function rowOf(path, one, other, order) {
  const before = one.before ?? (one.id === undefined ? undefined : { id: one.id, url: one.details?.url });
  return { order: order(path), path, from: before, to: { id: String(other.id), url: other.details?.url } };
}

/**
 * Writes the manifest of a backup.
 *
 * @param {Spool<ManifestLine>} lines
 * @param {string} folder
 * @param {string} identity
 */
async function writeManifest(lines, folder, identity) {
  async function* all() {
    yield headerOf(identity);
    yield* lines;
  }
  await writeLines(manifestOf(folder), all());
  await lines.close();
}

/**
 * Writes the map, in the order of paths.
 *
 * @param {Spool<MapRow>} rows
 * @param {string} file
 * @param {string} scratch
 */
async function writeMap(rows, file, scratch) {
  async function* lines() {
    for await (const { path, from, to } of await sorted(rows, scratch)) if (from) yield { path, from, to };
  }
  await mkdir(dirname(file), { recursive: true });
  await writeLines(file, lines(), join(dirname(file), `.${Date.now()}.map`));
}
