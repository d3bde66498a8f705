// What a run has done, for its caller.

/** @import { Step, SyncAction, SyncFailure, SyncReport } from './internal.d.ts' */

/** How many failures, skipped items and differences a report names. */
export const MAX_NAMED = 1000;

/**
 * An error as a report names it.
 *
 * @param {unknown} error
 */
export function failureOf(error) {
  const { code, message } = /** @type {{ code?: unknown, message?: unknown }} */ (error ?? {});
  return { code: typeof code === 'string' ? code : 'INTERNAL', message: String(message ?? error) };
}

/**
 * A step as callers see it.
 *
 * @param {Step} step
 * @returns {SyncAction}
 */
export function actionOf({ action, path, source, target, files, folders, bytes }) {
  const isDeletion = action === 'delete' || action === 'clear';
  const { kind = 'file', size = 0 } = source ?? target ?? {};
  /** @type {SyncAction} */
  const told = { action: /** @type {SyncAction['action']} */ (isDeletion ? 'delete' : action), path, kind, bytes: isDeletion ? Number(bytes) : action === 'update-labels' ? 0 : size };
  if (action === 'move' || action === 'conflict') told.from = target?.path;
  if (isDeletion && kind === 'folder') Object.assign(told, { files, folders: Number(folders) - 1 });
  return told;
}

/** Counts what is done, and tells it as it happens. */
export class Report {
  /** @type {SyncReport} */
  summary = {
    isDryRun: false,
    created: 0,
    updated: 0,
    moved: 0,
    foldersMoved: 0,
    conflicts: 0,
    relabelled: 0,
    deleted: 0,
    unchanged: 0,
    extra: 0,
    foldersCreated: 0,
    foldersDeleted: 0,
    bytes: 0,
    failed: 0,
    skipped: 0,
    failures: [],
    skips: [],
  };
  /** Whether the source was read as a whole, so that what is missing there is really gone. */
  mayDelete = true;
  #isBoth;
  #onAction;
  #onProgress;
  #total = 0;
  #files = 0;
  #done = 0;
  /** @type {Map<string, number>} */
  #moving = new Map();
  #moved = 0;

  /**
   * @param {object} listeners
   * @param {((action: SyncAction) => void) | undefined} listeners.onAction
   * @param {((progress: import('../types/sync.js').SyncProgress) => void) | undefined} listeners.onProgress
   * @param {boolean} listeners.isBoth Whether actions tell which place they change.
   */
  constructor({ onAction, onProgress, isBoth }) {
    this.#isBoth = isBoth;
    this.#onAction = onAction;
    this.#onProgress = onProgress;
  }

  /** @param {Step} step */
  expect({ action, source }) {
    if (action !== 'create' && action !== 'update') return;
    this.#files += 1;
    this.#total += source?.size ?? 0;
  }

  /**
   * Gives the function that takes the progress of a file.
   *
   * @param {Step} step
   */
  transfer({ path, source }) {
    this.#moving.set(path, 0);
    return (/** @type {number} */ bytes) => {
      this.#moving.set(path, Math.min(bytes, source?.size ?? 0));
      this.#tell();
    };
  }

  /** @param {Step} step */
  done(step) {
    const { action, path, source, files = 0, folders = 0 } = step;
    const { summary } = this;
    if (action === 'create') summary.created += 1;
    else if (action === 'update') summary.updated += 1;
    else if (action === 'conflict') summary.conflicts += 1;
    else if (action === 'move' && source?.kind === 'folder') summary.foldersMoved += 1;
    else if (action === 'move') summary.moved += 1;
    else if (action === 'update-labels') summary.relabelled += 1;
    else if (action === 'create-folder') summary.foldersCreated += 1;
    else if (action === 'delete' || action === 'clear') {
      summary.deleted += files;
      summary.foldersDeleted += folders;
    }
    if (action === 'create' || action === 'update') {
      summary.bytes += source?.size ?? 0;
      this.#moved += source?.size ?? 0;
      this.#moving.delete(path);
      this.#done += 1;
      this.#tell();
    }
    this.#onAction?.({ ...actionOf(step), ...(this.#isBoth && { side: step.side === 'source' ? 'from' : 'to' }) });
  }

  /**
   * Counts a deletion that has left folders: they hold something that is not listed.
   *
   * @param {Step} step
   * @param {number} kept The number of these folders.
   */
  keep({ path, files = 0, folders = 0 }, kept) {
    this.summary.deleted += files;
    this.summary.foldersDeleted += Math.max(folders - kept, 0);
    this.skip(path, 'a folder that still holds something that is not synchronised');
  }

  /**
   * @param {string} path
   * @param {{ code: string, message: string }} failure
   */
  fail(path, { code, message }) {
    const { summary } = this;
    summary.failed += 1;
    /** @type {SyncFailure} */
    const failure = { path, code, message };
    if (summary.failures.length < MAX_NAMED) summary.failures.push(failure);
    this.#moving.delete(path);
  }

  /**
   * @param {string} path
   * @param {string} reason
   */
  skip(path, reason) {
    this.summary.skipped += 1;
    if (this.summary.skips.length < MAX_NAMED) this.summary.skips.push({ path, reason });
  }

  #tell() {
    if (!this.#onProgress) return;
    let bytes = this.#moved;
    for (const each of this.#moving.values()) bytes += each;
    this.#onProgress({ bytes, totalBytes: this.#total, done: this.#done, files: this.#files });
  }
}
