// Group commit: transactions that are committed at the same time share one sync of the log.
//
// SQLite syncs its log at the end of each transaction. Here that only asks for a sync. An answer that tells of a change waits
// for `flush`, which syncs without blocking, and which all answers that wait at that moment share. Nothing else waits.
//
// A crash leaves a log whose last transactions may be missing, in their order, and none of them was acknowledged. Two
// writes need all that is before them to be durable, and sync at once: that of a page into the database, which must
// not be ahead of the log, and that of a new header of the log, which makes the rest of the log invalid.
//
// When a sync fails, the system may have dropped what it could not write, and a second sync would succeed all the same. So
// the log is written again, from its own content, before the next sync.
import fs from 'node:fs';
import { fdatasync, readFully, writeFully } from './files.js';
import { shared } from './shared.js';

/** Bytes of the header of a log. */
const HEADER_SIZE = 32;
/** Bytes that are written again at a time. */
const PIECE_SIZE = 1 << 20;

/** @typedef {ReturnType<typeof groupCommit>} GroupCommit */

/**
 * Keeps account of the syncs of a log.
 *
 * @param {string} log The path of its file.
 */
export function groupCommit(log) {
  /** @type {number | undefined} */
  let descriptor;
  /** How many syncs have been asked for, and how many of them are done. */
  let asked = 0;
  let done = 0;
  let hasNewHeader = false;
  /**
   * Why the last sync failed; undefined where it has not. The system tells of a failure once, so it counts for every sync that
   * ran at the same time.
   *
   * @type {unknown}
   */
  let failure;
  /** @type {Promise<unknown> | undefined} */
  let running;

  /** Writes the log again, so that the system takes all of it for changed. */
  function rewrite(/** @type {number} */ file) {
    const buffer = new Uint8Array(PIECE_SIZE);
    for (let at = 0; ; ) {
      const piece = buffer.subarray(0, readFully(file, buffer, at));
      if (piece.length === 0) return;
      writeFully(file, piece, at);
      at += piece.length;
    }
  }

  /**
   * Runs `sync` on the log, which may be closed at the moment. A log that is gone has been copied to the database.
   *
   * @template Result
   * @param {(file: number) => Result} sync
   * @param {(file: number) => void} [close]
   */
  function withLog(sync, close = fs.closeSync) {
    const own = descriptor === undefined;
    const before = failure;
    failure = undefined;
    if (own && !fs.existsSync(log)) return undefined;
    const file = descriptor ?? fs.openSync(log, 'r+');
    try {
      if (before) rewrite(file);
      return sync(file);
    } finally {
      if (own) close(file);
    }
  }

  const runSync = shared(async () => {
    const target = asked;
    /** @type {number | undefined} */
    let opened;
    try {
      running = withLog(fdatasync, (file) => (opened = file));
      await running;
      if (failure) throw failure;
      done = Math.max(done, target);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      running = undefined;
      if (opened !== undefined) fs.closeSync(opened);
    }
  });

  return {
    /** How many syncs have been asked for. */
    get asked() {
      return asked;
    },
    /** @param {number} file The descriptor of the log. */
    open(file) {
      descriptor = file;
    },
    /** Closes the log, once it is not being synced. */
    close() {
      const file = descriptor;
      if (file === undefined) return;
      descriptor = undefined;
      if (!running) return fs.closeSync(file);
      const end = () => fs.closeSync(file);
      running.then(end, end);
    },
    /**
     * To be called for each write to the log.
     *
     * @param {number} offset
     */
    wrote(offset) {
      if (offset < HEADER_SIZE) hasNewHeader = true;
    },
    /** Takes a sync that SQLite asks for. */
    ask() {
      asked += 1;
      if (hasNewHeader) this.settle();
    },
    /** Makes everything durable now. */
    settle() {
      if (done === asked && !hasNewHeader && !failure) return;
      const target = asked;
      try {
        withLog(fs.fdatasyncSync);
      } catch (error) {
        failure = error;
        throw error;
      }
      done = target;
      hasNewHeader = false;
    },
    /**
     * Resolves when everything that has been committed is durable. Undefined if it is.
     *
     * @returns {Promise<void> | undefined}
     */
    flush: () => (done === asked && !failure ? undefined : runSync()),
  };
}
