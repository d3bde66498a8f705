// Synchronisation: makes one place like another.
//
// The two places are listed side by side, in one order, and compared with each other and with the journal (`merge.js`,
// `plan.js`). That makes the plan, a list of steps, which is carried out when it is complete (`execute.js`). The journal tells
// what both sides have had, and each step that is done is added to it at once. A run that is killed leaves nothing but
// temporary files, and the next one finds by the listings what is still to be done.
import { createHash, randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { comparing } from './content.js';
import { SyncError } from './error.js';
import { execute, recordOf } from './execute.js';
import { Journal } from './journal.js';
import { joined } from './merge.js';
import { checkOptions, limitOf } from './options.js';
import { ordering } from './order.js';
import { OWN_FOLDER } from './places/folder.js';
import { openPlace } from './places/index.js';
import { plan } from './plan.js';
import { Report } from './report.js';
import { Spool } from './spool.js';

/** @import { Entry, Place, Step, SyncOptions, SyncPlace, SyncReport } from './internal.d.ts' */

const DEFAULT_CONCURRENCY = 4;
const DEFAULT_MAX_DELETE = '10%';

/**
 * Refuses places of which one holds the other: a run would copy its own copies.
 *
 * @param {Place} source
 * @param {Place} target
 */
function checkOverlap(source, target) {
  if (source.identity === target.identity) throw new SyncError('PLACES_OVERLAP', `${source.label} and ${target.label} are the same place`);
  const [one, other] = [source.directory, target.directory];
  if (one === undefined || other === undefined) return;
  if (`${one}${sep}`.startsWith(`${other}${sep}`) || `${other}${sep}`.startsWith(`${one}${sep}`)) {
    throw new SyncError('PLACES_OVERLAP', `${source.label} and ${target.label} overlap: one of them is in the other`);
  }
}

/**
 * The file of the journal, and which side has the first version in its records.
 *
 * @param {Place} source
 * @param {Place} target
 * @param {string | URL | undefined} given
 * @returns {{ file: string | undefined, places: [string, string], isTurned: boolean }}
 */
function journalOf(source, target, given) {
  const holder = target.kind === 'folder' ? target : source.kind === 'folder' ? source : undefined;
  const other = holder === target ? source : target;
  if (!holder || given !== undefined) {
    const isTurned = source.identity > target.identity;
    const file = given instanceof URL || /^file:\/\//.test(String(given)) ? fileURLToPath(String(given)) : given;
    return { file: file && resolve(file), places: isTurned ? [target.identity, source.identity] : [source.identity, target.identity], isTurned };
  }
  const name = createHash('md5').update(other.identity).digest('hex').slice(0, 12);
  // The folder may be moved, and its journal with it.
  const places = /** @type {[string, string]} */ (['folder', other.identity]);
  return { file: join(/** @type {string} */ (holder.directory), OWN_FOLDER, `${name}.journal`), places, isTurned: holder === target };
}

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
  const { signal = new AbortController().signal } = given;
  signal.throwIfAborted();
  const source = await openPlace(from, 'from', given);
  const target = await openPlace(to, 'to', given);
  const scratch = join(tmpdir(), `wix-media-sync-${randomBytes(6).toString('hex')}`);
  try {
    checkOverlap(source, target);
    return await run(source, target, scratch, signal, given);
  } finally {
    await rm(scratch, { recursive: true, force: true });
    await target.close();
    await source.close();
  }
}

/**
 * @param {Place} source
 * @param {Place} target
 * @param {string} scratch
 * @param {AbortSignal} signal
 * @param {SyncOptions} options
 */
async function run(source, target, scratch, signal, options) {
  const { dryRun = false, checksum = false, concurrency = DEFAULT_CONCURRENCY, maxDelete = DEFAULT_MAX_DELETE, onAction, onProgress } = options;
  const isFolded = source.isFolded || target.isFolded;
  const order = ordering(isFolded);
  const { file, places, isTurned } = journalOf(source, target, options.journal);
  if (!dryRun) await target.prepare();
  const journal = await Journal.open(file, { places, isFolded, order, scratch, isReadOnly: dryRun });
  try {
    for (const place of [source, target]) if ('follow' in place) /** @type {any} */ (place).follow(journal);
    /** @type {(source: Entry, target: Entry) => [string, string]} */
    const versions = (one, other) => (isTurned ? [other.version, one.version] : [one.version, other.version]);
    const isSame = comparing({ source, target, journal, versions, checksum, signal });
    const sideOf = (/** @type {Place} */ place) => Number((place === target) !== isTurned);
    const listing = { signal, order, isFolded, scratch, retiring: journal.retiring };
    const list = async (/** @type {Place} */ place) => place.list({ ...listing, pins: await journal.pins(sideOf(place)) });

    const report = new Report({ onAction, onProgress });
    const { summary } = report;
    /** @type {Spool<Step>} */
    const steps = new Spool(scratch);
    let [targetFiles, deletions] = [0, 0];
    const deletes = Boolean(options.delete);
    async function* triples() {
      for await (const triple of joined(await list(source), await list(target), journal.records(), order)) {
        if (triple.target?.kind === 'file') targetFiles += 1;
        yield triple;
      }
    }
    for await (const step of plan(triples(), { isSame, deletes, versions })) {
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
      } else {
        if (action === 'delete' || action === 'clear') deletions += Number(step.files);
        report.expect(step);
        await steps.push(step);
      }
    }
    const planned = new Report({ onAction: dryRun ? onAction : undefined, onProgress: undefined });
    for await (const step of steps) planned.done(step);
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
    await execute(steps, { source, target, journal, report, versions, concurrency, isPermanent, scratch, signal });
    return summary;
  } finally {
    await journal.close();
  }
}
