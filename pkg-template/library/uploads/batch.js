// Many uploads, some at a time.
//
// While some send their bytes, as many others get ready: their folder, type and URL are known by the time they are sent.
import { linked, onAbort, until } from '../../streams/until.js';
import { Progress } from './progress.js';
import { expand } from './sources.js';

/** @import { UploadAllOptions, UploadProgress, UploadResult } from '../../types/index.js' */
/** @import { Api, StoredFile, Item, Turn, Uploader } from '../internal.d.ts' */
/** @import { Paths } from './upload.js' */

const NAME = 'uploads.uploadAll';

/**
 * @param {Api} api
 * @param {Paths} paths
 * @param {Uploader['send']} send
 * @param {unknown} sources
 * @param {UploadAllOptions} options
 * @param {AbortSignal} signal
 */
export async function uploadAll(api, paths, send, sources, options, signal) {
  const { concurrency = 4, onProgress, path, parentFolderId, ...common } = options;
  const refuse = (/** @type {string} */ field, /** @type {string} */ text) => api.refusal(field, text, NAME);
  /** @type {Item[]} */
  const items = [];
  const collect = async () => {
    for await (const item of expand(sources, { disk: api.disk, refuse, signal })) items.push(item);
  };
  try {
    await until(signal, collect());
  } catch (error) {
    signal.throwIfAborted();
    throw api.failed(NAME, 'SOURCE_FAILED', 'cannot read the sources', error);
  }
  const folders = items.filter(({ isFolder }) => isFolder);
  const files = items.filter(({ isFolder }) => !isFolder);

  /** @type {UploadResult[]} */
  const results = [];
  const progress = batchProgress(onProgress, files);
  const release = onAbort(signal, () => progress.close());

  const keyOf = (/** @type {Item} */ { folder, options: own }, /** @type {string | undefined} */ itsName) =>
    JSON.stringify([own?.parentFolderId, own?.path, folder, itsName]);
  const names = new Set(files.map((item) => keyOf(item, item.options?.displayName ?? item.name)));
  /** @type {Map<string, Promise<StoredFile[]>>} */
  const known = new Map();
  /** @type {Map<string, Promise<string | undefined>>} */
  const places = new Map();
  /**
   * The id of the folder of an item.
   *
   * @param {string | undefined} folder
   * @param {string} [own] The path of the item's own options.
   */
  const placeOf = (folder, own) => {
    const whole = [own ?? path ?? '', folder ?? ''].filter(Boolean).join('/');
    if (whole === '') return parentFolderId;
    const place = places.get(whole) ?? paths.ensure(whole, { parentFolderId, signal }).then(({ _id }) => _id);
    places.set(whole, place);
    return place;
  };

  for (const { folder } of folders) await placeOf(folder);
  const turn = turns(concurrency);
  let next = 0;
  const worker = async () => {
    while (next < files.length) {
      const index = next;
      next += 1;
      const item = files[index];
      const { source, folder, options: own } = item;
      const shown = [folder, item.name].filter(Boolean).join('/');
      const about = { index, path: shown || undefined };
      const single = linked(signal);
      try {
        signal.throwIfAborted();
        if (item.skipped) {
          results[index] = { ...about, status: 'skipped', reason: item.skipped };
          continue;
        }
        if (item.failure) throw api.sourceFailed(item.failure);
        if (own) api.checkOptions('uploads.upload', own);
        const place = own?.parentFolderId ?? (await placeOf(folder, own?.path));
        const onOne = (/** @type {UploadProgress} */ event) => {
          progress.one(item, event);
          own?.onProgress?.(event);
        };
        const each = { ...common, ...own, path: undefined, parentFolderId: place, onProgress: onOne };
        each.displayName ??= item.name;
        const isOther = (/** @type {StoredFile} */ { displayName }) => names.has(keyOf(item, displayName));
        const { file, isReused } = await send(source, each, single.signal, { known, isOther, turn });
        results[index] = { ...about, status: isReused ? 'reused' : 'uploaded', file };
      } catch (error) {
        signal.throwIfAborted();
        results[index] = { ...about, status: 'failed', error: api.failed(NAME, 'INTERNAL', 'unexpected failure', error) };
      } finally {
        single.release();
        if (results[index]) progress.ended(results[index]);
      }
    }
  };
  // All of them: when one ends by the signal, the others are still about to.
  await Promise.allSettled(Array.from({ length: Math.min(2 * concurrency, files.length) }, worker));
  release();
  signal.throwIfAborted();
  progress.finish();
  return results;
}

/**
 * Limits how much work runs at the same time. Work that waits starts in the order of the calls.
 *
 * @param {number} count
 * @returns {Turn}
 */
function turns(count) {
  let free = count;
  /** @type {(() => void)[]} */
  const waiting = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await /** @type {Promise<void>} */ (new Promise((begin) => waiting.push(begin)));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

/**
 * The progress of a batch, as the sum of its items'. Each event changes sums, so that it costs the same however many files
 * there are.
 *
 * @param {UploadAllOptions['onProgress']} listener
 * @param {Item[]} files
 */
function batchProgress(listener, files) {
  const overall = new Progress(listener, { total: undefined });
  const totals = new Map(files.map((item) => [item, item.size]));
  /** @type {Map<Item, UploadProgress>} */
  const told = new Map();
  let [sent, confirmed, done, failed] = [0, 0, 0, 0];
  // The total is unknown as long as that of any item is.
  let [total, unknown] = [0, 0];
  const count = (/** @type {number | undefined} */ size, sign = 1) => {
    if (size === undefined) unknown += sign;
    else total += sign * size;
    overall.total = unknown > 0 ? undefined : total;
  };
  const tell = () => {
    overall.about({ files: files.length, done, failed });
    overall.sent(sent);
    overall.confirmed(confirmed);
  };
  for (const size of totals.values()) count(size);
  return {
    /** Takes the progress of one item. */
    one(/** @type {Item} */ item, /** @type {UploadProgress} */ event) {
      const before = told.get(item);
      told.set(item, event);
      sent += event.sent - (before?.sent ?? 0);
      confirmed += event.confirmed - (before?.confirmed ?? 0);
      if (totals.get(item) !== event.total) {
        count(totals.get(item), -1);
        count(event.total);
        totals.set(item, event.total);
      }
      tell();
    },
    /** Takes the end of one item. */
    ended(/** @type {UploadResult} */ { status }) {
      done += 1;
      if (status === 'failed') failed += 1;
      tell();
    },
    finish() {
      if (failed === 0 && overall.total !== undefined) overall.finish(overall.total);
      overall.close();
    },
    close: () => overall.close(),
  };
}
