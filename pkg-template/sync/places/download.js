// The bytes of files of a Media Manager, brought into files of this machine.
//
// A download that is interrupted leaves its file, and the next run continues it. Its digest is compared with the one that the
// service lists.
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DigestThread } from '../digest-thread.js';
import { SyncError } from '../error.js';
import { keyOf } from '../names.js';

/** @import { Client, Entry, Place } from '../internal.d.ts' */
/** @import { Bandwidth } from '../bandwidth.js' */

/** The largest file that is kept in memory until it is complete: the small ones cost mostly calls of the file system. */
const MAX_WHOLE_SIZE = 1024 * 1024;

/** The smallest file that another thread digests, which takes longer to start than this one to digest a smaller file. */
const MIN_THREAD_SIZE = 32 * 1024 * 1024;

/** @typedef {AsyncIterable<Uint8Array>} Pieces */

/**
 * Makes what downloads files.
 *
 * @param {Client} client
 * @param {object} options
 * @param {Bandwidth} [options.bandwidth]
 * @param {number} [options.stallMs]
 * @param {() => boolean} options.isMd5 Whether the hashes of the service are MD5 digests.
 */
export function downloader(client, { bandwidth, stallMs, isMd5 }) {
  /** @type {DigestThread | undefined} */
  let thread;

  /**
   * The files that earlier runs have left in a folder, which is made where it is missing.
   *
   * @type {Map<string, Promise<Set<string>>>}
   */
  const leftovers = new Map();
  const leftIn = (/** @type {string} */ folder) => {
    const names = leftovers.get(folder) ?? mkdir(folder, { recursive: true }).then(async () => new Set(await readdir(folder)));
    leftovers.set(folder, names);
    // The next file tries again.
    names.catch(() => leftovers.delete(folder));
    return names;
  };

  /**
   * The bytes of a file.
   *
   * @param {Entry} entry
   * @param {number} from
   * @param {AbortSignal} signal
   */
  const piecesOf = async ({ id, size }, from, signal) => {
    const { body } = await client.downloads.file({ _id: id, sizeInBytes: String(size) }, { from, verify: false, signal, stallMs });
    return /** @type {Pieces} */ (/** @type {unknown} */ (body ?? []));
  };

  /**
   * Whether bytes are those that the service lists.
   *
   * @param {Entry} entry
   * @param {number} size
   * @param {string} hash
   */
  const isContentOf = (entry, size, hash) => size === entry.size && !(isMd5() && entry.hash !== hash);

  /**
   * Writes a small file by as few calls and copies as there can be.
   *
   * @param {Entry} entry
   * @param {string} file
   * @param {AbortSignal} signal
   */
  async function takeWhole(entry, file, signal) {
    const digest = createHash('md5');
    const pieces = [];
    let size = 0;
    for await (const piece of await piecesOf(entry, 0, signal)) {
      pieces.push(piece);
      digest.update(piece);
      size += piece.length;
    }
    const hash = digest.digest('hex');
    if (!isContentOf(entry, size, hash)) throw mismatchOf(entry);
    const output = await open(file, 'w', 0o600);
    try {
      // Not joined: the memory that copies take makes the garbage collector run more often.
      let at = 0;
      for (const piece of pieces) at = await writeAt(output, piece, at);
    } finally {
      await output.close();
    }
    return hash;
  }

  /**
   * Writes a file from an offset on, and digests all of it.
   *
   * @param {Entry} entry
   * @param {string} file
   * @param {number} from
   * @param {import('../internal.d.ts').Transfer} transfer
   */
  async function takeFrom(entry, file, from, { signal, progress }) {
    const output = await open(file, from > 0 ? 'r+' : 'w', 0o600);
    const digest = entry.size >= MIN_THREAD_SIZE ? (thread ??= new DigestThread()).follow(file) : followed(output);
    let at = from;
    try {
      await digest.reach(from);
      for await (const piece of await piecesOf(entry, from, signal)) {
        await bandwidth?.down(piece.length, signal);
        at = await writeAt(output, piece, at);
        await digest.reach(at, piece);
        progress(at);
      }
      await output.truncate(at);
      return { at, hash: await digest.end() };
    } finally {
      digest.close();
      await output.close();
    }
  }

  /** @type {Place['take']} */
  async function take(entry, scratch, transfer) {
    const own = `${keyOf(String(entry.id)).slice(-60)}.part`;
    const file = join(scratch, own);
    const there = (await leftIn(scratch)).has(own) ? await stat(file).then(({ size }) => size, () => 0) : 0;
    let from = there < entry.size ? there : 0;
    if (from === 0 && entry.size <= MAX_WHOLE_SIZE && !bandwidth) {
      const hash = await takeWhole(entry, file, transfer.signal);
      transfer.progress(entry.size);
      return { file, hash, isScratch: true };
    }
    for (;;) {
      const { at, hash } = await takeFrom(entry, file, from, transfer);
      if (isContentOf(entry, at, hash)) return { file, hash, isScratch: true };
      await rm(file, { force: true });
      if (from === 0) throw mismatchOf(entry);
      // The beginning may have been that of other content.
      from = 0;
    }
  }

  return {
    take,
    async close() {
      await thread?.close();
    },
  };
}

/**
 * The digest of a file, made of the pieces that are written to it.
 *
 * @param {import('node:fs/promises').FileHandle} handle
 */
function followed(handle) {
  const hash = createHash('md5');
  return {
    /**
     * @param {number} end
     * @param {Uint8Array} [piece] What has been written last. Without it, all bytes before `end` are read.
     */
    async reach(end, piece) {
      if (piece) return void hash.update(piece);
      const buffer = Buffer.allocUnsafe(256 * 1024);
      for (let at = 0; at < end; ) {
        const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, end - at), at);
        if (bytesRead === 0) return;
        hash.update(buffer.subarray(0, bytesRead));
        at += bytesRead;
      }
    },
    end: async () => hash.digest('hex'),
    close() {},
  };
}

/**
 * Writes all bytes of a piece. Returns the offset behind them.
 *
 * @param {import('node:fs/promises').FileHandle} output
 * @param {Uint8Array} piece
 * @param {number} at
 */
async function writeAt(output, piece, at) {
  let done = 0;
  while (done < piece.length) done += (await output.write(piece, done, piece.length - done, at + done)).bytesWritten;
  return at + done;
}

/** @param {Entry} entry */
const mismatchOf = ({ path }) => new SyncError('CONTENT_MISMATCH', `${path}: the service sent other bytes than it lists`);
