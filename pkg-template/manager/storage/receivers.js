// Blobs that the host fills by itself: the bytes go from the request to the file, are hashed by the runtime, and never enter
// the module.
//
// A receiver belongs to one request. It gathers the pieces of the body and writes them in their order, one write at a time,
// and hashes what has been written. `sync` makes the bytes durable and tells their number and digests. A newer receiver of
// the same blob stops the older one and waits for its last write, so that no byte of it arrives late.
//
// The state of a hash cannot be stored. It stays in memory, by blob and offset, from one request of a resumable upload to
// the next. After a restart it is gone, and the module reads the blob once more.
import crypto from 'node:crypto';
import fs from 'node:fs';
import zlib from 'node:zlib';
import { writeAll, writeFully } from './files.js';

/** @import { BlobReceiver, Received } from '../internal.d.ts' */
/** @import { OpenFile } from './open-files.js' */

/** Gathers at least so many bytes before a write, except at the end. */
const GATHERED_SIZE = 256 * 1024;
/** The most bytes that wait to be written. */
const MAX_WAITING = 2 * 1024 * 1024;
/** After so many bytes what has been written is made durable, beside the writing: at the end little is left to wait for. */
const SYNCED_SIZE = 2 * 1024 * 1024;
/** After so many bytes the module is told what is durable. */
const PART_SIZE = 16 * 1024 * 1024;
/** The most hashes that are kept, of uploads that are not under way. */
const MAX_KEPT = 1000;

/** Not in Node before 20.15 and 22.2. */
const crc32 = /** @type {{ crc32?: (bytes: Uint8Array, value?: number) => number }} */ (zlib).crc32;

/** Whether this runtime has the hashes. MD5 may be forbidden, and not every runtime can copy a hash. */
export const canReceive = (() => {
  try {
    return crc32 !== undefined && crypto.createHash('md5').copy().digest('hex').length === 32;
  } catch {
    return false;
  }
})();

/** The digests of the bytes so far. */
class Hashes {
  md5 = crypto.createHash('md5');
  crc = 0;

  /** @param {Uint8Array} bytes */
  add(bytes) {
    this.md5.update(bytes);
    this.crc = /** @type {NonNullable<typeof crc32>} */ (crc32)(bytes, this.crc);
  }

  copy() {
    const other = new Hashes();
    other.md5 = this.md5.copy();
    other.crc = this.crc;
    return other;
  }
}

/**
 * What receivers need of their directory.
 *
 * @typedef {object} Parts
 * @property {() => void} guard Throws once another process owns the directory.
 * @property {(name: string, isNew: boolean) => OpenFile} take Opens a file, which nobody else closes.
 * @property {(name: string) => Promise<OpenFile>} make Makes an empty file without blocking. Nobody else closes it.
 * @property {(name: string) => void} remove Removes a file.
 * @property {(name: string, file: OpenFile, isCurrent: boolean) => void} put Gives it back. What is not current must not be used.
 * @property {(name: string, file: OpenFile) => Promise<unknown>} sync Makes a file and its name durable.
 */

/**
 * Makes receivers of blobs.
 *
 * @param {Parts} parts
 */
export function createReceivers({ guard, take, make, remove, put, sync }) {
  /** @type {Map<string, Receiver>} */
  const active = new Map();
  /**
   * Hashes by blob, the oldest first.
   *
   * @type {Map<string, { offset: number, hashes: Hashes }>}
   */
  const kept = new Map();

  /**
   * @param {string} name
   * @param {number} offset
   * @param {Hashes} hashes
   */
  function keep(name, offset, hashes) {
    kept.delete(name);
    kept.set(name, { offset, hashes });
    if (kept.size <= MAX_KEPT) return;
    const [oldest] = kept.keys();
    kept.delete(oldest);
  }

  /** @implements {BlobReceiver} */
  class Receiver {
    #name;
    #limit;
    /** @type {((state: Received) => boolean) | undefined} */
    #tell;
    /** @type {OpenFile | undefined} */
    #file;
    /** The bytes in the file, those that are durable, and those that have been taken. */
    #end;
    #synced;
    #told;
    #taken;
    /** @type {Hashes | undefined} */
    #hashes;
    /** @type {Uint8Array[]} */
    #waiting = [];
    /** @type {Promise<void> | undefined} */
    #writing;
    /** @type {Promise<void> | undefined} */
    #syncing;
    #isStopped = false;
    #isOver = false;
    /** @type {unknown} */
    failure;
    /** @type {Receiver | undefined} */
    #before;
    /** Whether the file may be longer than its known size. */
    #isCut = true;
    /** Wakes who waits for room. */
    #wake = () => {};

    /**
     * @param {string} name
     * @param {number} offset
     * @param {number} limit
     * @param {(state: Received) => boolean} [tell] Of a resumable upload, which may go on with another request.
     */
    constructor(name, offset, limit, tell) {
      this.#name = name;
      this.#limit = limit;
      this.#tell = tell;
      this.#end = this.#synced = this.#told = this.#taken = offset;
      this.#before = active.get(name);
      if (this.#before) this.#isCut = false;
      this.#before?.stop();
      active.set(name, this);
      const known = kept.get(name);
      kept.delete(name);
      if (offset === 0) this.#hashes = new Hashes();
      else if (known?.offset === offset) this.#hashes = known.hashes;
    }

    /**
     * @param {Uint8Array} bytes
     * @returns {boolean | Promise<boolean>}
     */
    take(bytes) {
      if (this.failure || this.#isStopped) return false;
      if (this.#taken + bytes.length > this.#limit) {
        this.#isOver = true;
        return false;
      }
      if (bytes.length === 0) return true;
      this.#waiting.push(bytes);
      this.#taken += bytes.length;
      if (this.#taken - this.#end < GATHERED_SIZE) return true;
      this.#startWrite();
      if (this.#taken - this.#end < MAX_WAITING) return true;
      return new Promise((resolve) => {
        this.#wake = () => resolve(!this.failure && !this.#isStopped);
      });
    }

    /** Opens the file where the next byte goes. */
    #open() {
      guard();
      // The file is that of a newer one, and longer by now.
      if (this.#isStopped) throw new Error('another request has taken over');
      if (this.#file) return this.#file;
      const file = take(this.#name, this.#end === 0);
      this.#file = file;
      if (!this.#isCut || file.size !== this.#end) fs.ftruncateSync(file.descriptor, this.#end);
      this.#isCut = true;
      file.size = this.#end;
      return file;
    }

    /** Makes the file. While others are synced, a file system lets that wait for milliseconds. */
    async #make() {
      guard();
      this.#file = await make(this.#name);
      // It was removed before it was there.
      if (!active.has(this.#name)) remove(this.#name);
    }

    /** Gives the file back while nothing happens: a slow sender must not hold a descriptor. */
    #rest() {
      const file = this.#file;
      if (!file || this.#writing || this.#syncing) return;
      this.#file = undefined;
      put(this.#name, file, active.get(this.#name) === this && !this.failure);
    }

    /** @param {Uint8Array[]} pieces */
    #wrote(pieces) {
      for (const piece of pieces) {
        this.#hashes?.add(piece);
        this.#end += piece.length;
      }
      if (this.#file) this.#file.size = this.#end;
    }

    /** Writes what waits, and what comes meanwhile. Never rejects. */
    #startWrite() {
      // Work that ends at once must not be over before it is known to be under way.
      this.#writing ??= this.#write().finally(() => {
        this.#writing = undefined;
        this.#wake();
        this.#rest();
      });
      return this.#writing;
    }

    async #write() {
      try {
        // Its last write must not hit what comes now.
        await this.#before?.settled();
        this.#before = undefined;
        if (!this.#file && this.#end === 0 && !this.#isStopped) await this.#make();
        while (this.#waiting.length > 0 && !this.#isStopped) {
          const pieces = this.#waiting;
          this.#waiting = [];
          await writeAll(this.#open().descriptor, pieces, this.#end);
          this.#wrote(pieces);
          if (this.#end - this.#synced >= SYNCED_SIZE && !this.#syncing) this.#startSync(this.#state(), true);
          if (this.#taken - this.#end < MAX_WAITING) this.#wake();
        }
      } catch (error) {
        this.failure ??= error;
      }
    }

    /**
     * Makes what has been written durable. Never rejects.
     *
     * @param {Received} state
     * @param {boolean} isPart Whether more comes.
     */
    #startSync(state, isPart) {
      this.#syncing ??= this.#sync(state, isPart).finally(() => {
        this.#syncing = undefined;
        this.#rest();
      });
      return this.#syncing;
    }

    /**
     * @param {Received} state
     * @param {boolean} isPart
     */
    async #sync(state, isPart) {
      try {
        if (state.end > this.#synced) await sync(this.#name, this.#open());
        this.#synced = Math.max(this.#synced, state.end);
        if (!isPart || this.#isStopped || state.end - this.#told < PART_SIZE) return;
        this.#told = state.end;
        if (this.#tell?.(state) === false) this.stop();
      } catch (error) {
        this.failure ??= error;
      }
    }

    /** @returns {Received} */
    #state() {
      const hashes = this.#hashes;
      return { end: this.#end, md5: hashes?.md5.copy().digest('hex'), crc: hashes?.crc ?? 0 };
    }

    async sync() {
      while (this.#waiting.length > 0 && !this.failure && !this.#isStopped) await this.#startWrite();
      await this.settled();
      if (this.failure) throw this.failure;
      const state = this.#state();
      if (this.#isOver) return { ...state, end: this.#limit + 1 };
      // Its number is refused anyway.
      if (this.#isStopped) return state;
      await this.#startSync(state, false);
      if (this.failure) throw this.failure;
      return state;
    }

    /** Where the next byte goes. What waits is written, and the hash is kept for a request that continues there. */
    end() {
      if (!this.#writing && !this.#before && !this.failure && this.#waiting.length > 0) {
        const pieces = this.#waiting;
        this.#waiting = [];
        let at = this.#end;
        try {
          const { descriptor } = this.#open();
          for (const piece of pieces) {
            writeFully(descriptor, piece, at);
            at += piece.length;
          }
          this.#wrote(pieces);
        } catch (error) {
          this.failure ??= error;
        }
        this.#rest();
      }
      if (this.#hashes) keep(this.#name, this.#end, this.#hashes.copy());
      return this.#end;
    }

    /** Resolves when nothing of it is being written or synced. Never rejects. */
    async settled() {
      await this.#before?.settled();
      while (this.#writing || this.#syncing) await (this.#writing ?? this.#syncing);
    }

    /** Its file, while it is open. */
    get file() {
      return this.#file;
    }

    stop() {
      this.#isStopped = true;
      this.#waiting = [];
    }

    async close() {
      this.stop();
      await this.settled();
      if (active.get(this.#name) === this) {
        active.delete(this.#name);
        // Only a resumable upload goes on.
        if (this.#tell && this.#hashes && this.#end > 0 && !this.failure) keep(this.#name, this.#end, this.#hashes);
      }
    }
  }

  return {
    /**
     * @param {string} name
     * @param {number} offset
     * @param {number} limit
     * @param {(state: Received) => boolean} [tell]
     * @returns {BlobReceiver}
     */
    receive: (name, offset, limit, tell) => new Receiver(name, offset, limit, tell),
    /** @param {string} name */
    end: (name) => active.get(name)?.end(),
    /**
     * The file of a blob that is being received. Its size is that of what has been written.
     *
     * @param {string} name
     */
    file: (name) => active.get(name)?.file,
    /**
     * Stops what is being received to a blob, and forgets its hash.
     *
     * @param {string} name
     */
    stop(name) {
      active.get(name)?.stop();
      active.delete(name);
      kept.delete(name);
    },
  };
}
