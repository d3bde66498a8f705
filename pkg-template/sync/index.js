// Synchronisation: makes one place like another, or both alike.
//
// The two places are listed side by side, in one order, and compared with each other and with the journal (`merge.js`,
// `plan.js`, `both.js`). That makes the plan, a list of steps, which is carried out when it is complete (`execute.js`). The
// journal tells what both sides have had, and each step that is done is added to it at once. A run that is killed leaves
// nothing but temporary files, and the next one finds the rest of the work in the listings.
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { planBoth } from './both.js';
import { SyncError } from './error.js';
import { executor, recordOf } from './execute.js';
import { withMovedFolders } from './folders.js';
import { headerOf, lineOf, manifestOf } from './manifest.js';
import { Orphans } from './moves.js';
import { TRASH_KEY } from './names.js';
import { checkOptions, limitOf } from './options.js';
import { isBelow } from './order.js';
import { DEFAULT_CONCURRENCY, withPair } from './pair.js';
import { pathOf } from './places/index.js';
import { plan, split } from './plan.js';
import { Report } from './report.js';
import { sorted, Spool, writeLines } from './spool.js';

export { rewrite } from './rewrite.js';
export { verify } from './verify.js';

/** @import { Entry, Half, MapRow, ManifestLine, Pair, Side, Step, SyncOptions, SyncPlace, SyncReport, Triple } from './internal.d.ts' */

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
  if (given.twoWay && given.map !== undefined) throw new SyncError('INVALID_ARGUMENT', 'map is for one way: it does not go with twoWay');
  if (given.twoWay && given.trash) throw new SyncError('INVALID_ARGUMENT', 'trash is for one way: it does not go with twoWay');
  return withPair(from, to, given, Boolean(given.dryRun), (pair) => run(pair, given));
}

/**
 * The steps that change a side.
 *
 * @typedef {object} Direction
 * @property {Half} half
 * @property {Spool<Step>} found
 * @property {Orphans} orphans
 * @property {number} files How many files the side has.
 */

/**
 * @param {Pair} pair
 * @param {SyncOptions} options
 * @returns {Partial<Record<Side, Direction>> & { target: Direction }}
 */
function directionsOf({ source, target, versions, index, scratch }, { twoWay }) {
  const direction = (/** @type {Half} */ half, /** @type {number} */ from) => ({ half, found: new Spool(scratch), orphans: new Orphans(from, scratch), files: 0 });
  const there = direction({ source, target, versions }, index.source);
  if (!twoWay) return { target: there };
  return { target: there, source: direction({ source: target, target: source, versions: (one, other) => versions(other, one) }, index.target) };
}

/**
 * Whether what only the target has at a path stays in any case: in the trash of a Media Manager, which is where deletions go.
 *
 * @param {string} path
 * @param {Pair['target']} target
 * @param {SyncOptions} options
 */
const isKept = (path, target, options) => target.kind === 'site' && options.delete !== 'permanent' && (path === TRASH_KEY || isBelow(path, TRASH_KEY));

/**
 * The steps of the plan, in the order in which they are found.
 *
 * @param {Pair} pair
 * @param {ReturnType<typeof directionsOf>} directions
 * @param {AsyncIterable<Triple>} triples
 * @param {SyncOptions} options
 */
async function* planned(pair, directions, triples, options) {
  const { source, target, versions, index, isSame, isUnchanged, order, scratch } = pair;
  const deletes = Boolean(options.delete);
  // With milliseconds, as a file may be in conflict twice within a second.
  const date = new Date().toISOString().replace('T', ' ').replaceAll(':', '');
  const words = source.kind === target.kind ? { source: 'from', target: 'to' } : { source: source.kind, target: target.kind };
  const steps = (/** @type {AsyncIterable<Triple>} */ some) =>
    options.twoWay
      ? planBoth(some, {
          isSame,
          isUnchanged,
          deletes,
          versions,
          onOrphan: (side, ...given) => directions[side]?.orphans.add(...given),
          hasLabels: source.kind === 'site' && target.kind === 'site',
          markOf: (side) => `conflict of ${date}, ${words[side]}`,
        })
      : plan(some, { isSame, deletes, versions, keeps, comparesDetails: target.kind === 'site', onOrphan: (...given) => directions.target.orphans.add(...given) });
  const keeps = (/** @type {string} */ path) => isKept(path, target, options);
  /** @type {Spool<Triple>} */
  const rest = new Spool(scratch);
  yield* steps(split(triples, rest));
  const sides = /** @type {Side[]} */ (Object.keys(directions));
  yield* steps(await withMovedFolders(rest, { sides, index, order, scratch }));
  await rest.close();
}

/**
 * @param {Pair} pair
 * @param {SyncOptions} options
 */
async function run(pair, options) {
  const { source, target, journal, order, scratch, signal } = pair;
  const { dryRun = false, concurrency = DEFAULT_CONCURRENCY, maxDelete = DEFAULT_MAX_DELETE, onAction, onProgress, map, twoWay = false } = options;
  const report = new Report({ onAction, onProgress, isBoth: twoWay });
  const { summary } = report;
  const directions = directionsOf(pair, options);
  const all = Object.values(directions);
  const hasLabels = source.kind === 'site' && target.kind === 'site';
  /** @type {Spool<ManifestLine> | undefined} */
  const manifest = source.kind === 'site' && target.kind === 'folder' && !dryRun && !twoWay ? new Spool(scratch) : undefined;
  /** @type {Spool<MapRow> | undefined} */
  const rows = map !== undefined && target.kind === 'site' && !dryRun ? new Spool(scratch) : undefined;
  async function* triples() {
    for await (const triple of pair.triples(Boolean(manifest ?? rows))) {
      const { source: one, target: other } = triple;
      if (other?.kind === 'file') directions.target.files += 1;
      if (one?.kind === 'file' && directions.source) directions.source.files += 1;
      if (one && !one.failure && one.skipped === undefined) await manifest?.push(lineOf(one));
      // The manifest has the details already.
      yield one?.details ? { ...triple, source: { ...one, details: rows && { url: one.details.url } } } : triple;
    }
  }
  for await (const step of planned(pair, directions, triples(), options)) {
    signal.throwIfAborted();
    const { action, path, source: one, target: other, before, record, side = 'target' } = step;
    const { half, found } = /** @type {Direction} */ (directions[side]);
    if (action === 'fail') {
      report.mayDelete = false;
      report.fail(path, /** @type {{ code: string, message: string }} */ (step.failure));
    } else if (action === 'skip') report.skip(path, String(step.reason));
    else if (action === 'forget') await journal.forget(path);
    else if (action === 'keep') {
      const now = one && other && (step.isNew || before !== undefined) ? recordOf(path, half.versions(one, other), one, { hash: step.hash, hasLabels }) : undefined;
      // What is in a folder that moves has its new path when that has moved.
      if (before !== undefined) await found.push({ action: 'carry', side, path, before, record: now ?? record });
      else if (now) await journal.put(now);
      if (one?.kind === 'file') summary.unchanged += 1;
      else if (!one && other?.kind === 'file') summary.extra += 1;
      if (one && other) await rows?.push(rowOf(step.path, one, other, order));
    } else {
      await found.push({ ...step, side });
      if (action === 'update-labels' && one && other) await rows?.push(rowOf(step.path, one, other, order));
    }
  }
  const preview = new Report({ onAction: dryRun ? onAction : undefined, onProgress: undefined, isBoth: twoWay });
  const work = [];
  const changes = { from: changesOf(), to: changesOf() };
  for (const { half, found, orphans, files } of all) {
    const own = changes[half.target === target ? 'to' : 'from'];
    const steps = await orphans.applied(found);
    let [deletions, moves] = [0, 0];
    for await (const step of steps) {
      if (step.action === 'delete' || step.action === 'clear') deletions += Number(step.files);
      // It was counted as one that stays.
      const stays = !options.delete || isKept(String(step.target?.path), half.target, options);
      if (step.action === 'move' && step.source?.kind === 'file' && stays) moves += 1;
      if (step.action === 'update') own.updated += 1;
      else if (step.action === 'delete' || step.action === 'clear') {
        own.deleted += Number(step.files);
        own.foldersDeleted += Number(step.folders);
      }
      report.expect(step);
      if (step.action !== 'carry') preview.done(step);
    }
    summary.extra -= moves;
    const limit = /** @type {(total: number) => number} */ (limitOf(maxDelete))(files);
    if (report.mayDelete && deletions > limit) {
      const message = `refused to delete ${deletions} of ${files} files at ${half.target.label}: more than maxDelete (${maxDelete}) allows`;
      throw new SyncError('TOO_MANY_DELETIONS', message);
    }
    work.push({ half, steps });
  }
  const { unchanged, extra, failed, failures, skipped, skips } = summary;
  const expected = { ...preview.summary, isDryRun: dryRun, unchanged, extra, failed, failures, skipped, skips };
  if (dryRun) return expected;
  if (work.some(({ steps }) => steps.length > 0) && options.confirm && (await options.confirm({ ...expected, isDryRun: true }, changes)) !== true) {
    throw new SyncError('CANCELLED', 'not confirmed: nothing was changed');
  }
  const onStored = rows && ((/** @type {Step} */ { path, source: one }, /** @type {Entry} */ made) => one && rows.push(rowOf(path, one, made, order)));
  const held = new Map();
  const settings = { journal, report, held, concurrency, isPermanent: options.delete === 'permanent', isBoth: twoWay, scratch, signal, onStored };
  const executors = work.map(({ half, steps }) => executor(steps, { ...settings, half }));
  for (const each of executors) await each.clear(false);
  for (const each of executors) await each.moveFolders();
  for (const each of executors) await each.clear(true);
  for (const each of executors) await each.setAside();
  for (const each of executors) await each.store();
  for (const each of executors) await each.remove();
  if (manifest) await writeManifest(manifest, /** @type {string} */ (target.directory), source.identity);
  if (rows && map !== undefined) await writeMap(rows, resolve(pathOf(map)), scratch);
  return summary;
}

/** What a run takes away from a place, counted from nothing. */
const changesOf = () => ({ updated: 0, deleted: 0, foldersDeleted: 0 });

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
