// Two open places with their journal: what every kind of run works on.
import { createHash, randomBytes } from 'node:crypto';
import { realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { bandwidthOf } from './bandwidth.js';
import { comparing, unchanging } from './content.js';
import { SyncError } from './error.js';
import { Journal } from './journal.js';
import { described, manifestOf } from './manifest.js';
import { joined } from './merge.js';
import { ordering } from './order.js';
import { OWN_FOLDER } from './places/folder.js';
import { openPlace, pathOf } from './places/index.js';

/** @import { Entry, Pair, Place, SyncOptions, SyncPlace } from './internal.d.ts' */

/** How many transfers run at the same time. */
export const DEFAULT_CONCURRENCY = 4;

/**
 * The path of a folder without symbolic links. For a missing folder, the links of the folders above it are resolved.
 *
 * @param {string} folder
 * @returns {Promise<string>}
 */
async function realPathOf(folder) {
  try {
    return await realpath(folder);
  } catch (error) {
    const parent = dirname(folder);
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT' || parent === folder) return folder;
    return join(await realPathOf(parent), basename(folder));
  }
}

/**
 * Refuses places of which one holds the other: a run would copy its own copies.
 *
 * @param {Place} source
 * @param {Place} target
 */
async function checkOverlap(source, target) {
  const same = `${source.label} and ${target.label} are the same place`;
  if (source.identity === target.identity) throw new SyncError('PLACES_OVERLAP', same);
  if (source.directory === undefined || target.directory === undefined) return;
  const [one, other] = await Promise.all([realPathOf(source.directory), realPathOf(target.directory)]);
  if (one === other) throw new SyncError('PLACES_OVERLAP', same);
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
    return { file: given && resolve(pathOf(given)), places: isTurned ? [target.identity, source.identity] : [source.identity, target.identity], isTurned };
  }
  const name = createHash('md5').update(other.identity).digest('hex').slice(0, 12);
  // The folder may be moved, and its journal with it.
  const places = /** @type {[string, string]} */ (['folder', other.identity]);
  return { file: join(/** @type {string} */ (holder.directory), OWN_FOLDER, `${name}.journal`), places, isTurned: holder === target };
}

/**
 * Opens two places and their journal, and closes them after the work.
 *
 * @template Result
 * @param {SyncPlace} from
 * @param {SyncPlace} to
 * @param {SyncOptions} options
 * @param {boolean} isReadOnly Whether nothing is changed, not even the journal.
 * @param {(pair: Pair) => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function withPair(from, to, options, isReadOnly, work) {
  const { signal = new AbortController().signal, checksum = false, hidden, trash, bandwidth, concurrency = DEFAULT_CONCURRENCY } = options;
  signal.throwIfAborted();
  const limits = bandwidth === undefined ? undefined : bandwidthOf(bandwidth, concurrency);
  const source = await openPlace(from, 'from', { hidden, trash, limits, signal });
  const target = await openPlace(to, 'to', { hidden, trash, limits, signal });
  const scratch = join(tmpdir(), `wix-media-sync-${randomBytes(6).toString('hex')}`);
  /** @type {Journal | undefined} */
  let journal;
  try {
    await checkOverlap(source, target);
    const isFolded = source.isFolded || target.isFolded;
    const order = ordering(isFolded);
    const { file, places, isTurned } = journalOf(source, target, options.journal);
    if (options.twoWay && file === undefined) {
      throw new SyncError('INVALID_ARGUMENT', 'twoWay needs a journal: name one, as neither place is a plain folder');
    }
    if (!isReadOnly) await target.prepare();
    const opened = await Journal.open(file, { places, isFolded, order, scratch, isReadOnly });
    journal = opened;
    for (const place of [source, target]) place.follow?.(opened);
    /** @type {(source: Entry, target: Entry) => [string, string]} */
    const versions = (one, other) => (isTurned ? [other.version, one.version] : [one.version, other.version]);
    const listing = { signal, order, isFolded, scratch, retiring: opened.retiring };
    const list = async (/** @type {Place} */ place, /** @type {boolean} */ isDetailed) => {
      // Numbers belong to ids of a Media Manager. A folder needs no pass over the journal for them.
      const pins = place.kind === 'site' ? await opened.pins(Number((place === target) !== isTurned)) : new Map();
      return place.list({ ...listing, pins, isDetailed });
    };
    const manifest = source.kind === 'folder' && !options.twoWay ? manifestOf(/** @type {string} */ (source.directory)) : undefined;
    async function* triples(isDetailed = false) {
      const entries = await list(source, isDetailed);
      const all = manifest ? described(entries, manifest, order, scratch) : entries;
      yield* joined(all, await list(target, isDetailed), opened.records(), order);
    }
    const isSame = comparing({ source, target, journal: opened, versions, checksum, signal });
    const index = { source: Number(isTurned), target: Number(!isTurned) };
    const isUnchanged = unchanging({ source, target }, index, signal);
    return await work({ source, target, journal: opened, versions, index, isSame, isUnchanged, triples, order, scratch, signal });
  } finally {
    // All of them, whichever fails.
    const ends = [journal?.close(), rm(scratch, { recursive: true, force: true }), target.close(), source.close()];
    await Promise.allSettled(ends);
    await Promise.all(ends);
  }
}
