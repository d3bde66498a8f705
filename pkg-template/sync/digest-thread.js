// MD5 digests of files that are still being written, by another thread.
//
// A digest takes 1.5 ms for each MB, half of what a download costs the thread that receives it. The other thread reads what has been
// written from the cache of the disk. It is made of a function of this file, so that bundles need no further file. If it fails, the file
// is digested here.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** How many bytes are written before the thread hears of them. */
const STEP = 1024 * 1024;

/** @typedef {{ id: number, file?: string, to?: number, isEnd?: boolean, isOff?: boolean }} Order */
/** @typedef {{ id: number, hash?: string }} Digested Without a hash the file could not be read. */

/**
 * What the thread runs. It sees nothing of this file.
 *
 * @param {NodeJS.Require} load
 */
function program(load) {
  const { createHash: create } = /** @type {typeof import('node:crypto')} */ (load('node:crypto'));
  const { closeSync, openSync, readSync } = /** @type {typeof import('node:fs')} */ (load('node:fs'));
  const port = /** @type {import('node:worker_threads').MessagePort} */ (load('node:worker_threads').parentPort);
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  /** @type {Map<number, { descriptor: number, at: number, hash: import('node:crypto').Hash }>} */
  const files = new Map();
  const close = (/** @type {number} */ id) => {
    const one = files.get(id);
    files.delete(id);
    if (one) closeSync(one.descriptor);
  };
  port.on('message', (/** @type {Order} */ { id, file, to = 0, isEnd, isOff }) => {
    if (isOff) return close(id);
    try {
      if (file !== undefined) files.set(id, { descriptor: openSync(file, 'r'), at: 0, hash: create('md5') });
      const one = files.get(id);
      if (!one) return;
      while (one.at < to) {
        const count = readSync(one.descriptor, buffer, 0, Math.min(buffer.length, to - one.at), one.at);
        if (count === 0) throw new Error('the file is shorter');
        one.hash.update(buffer.subarray(0, count));
        one.at += count;
      }
      if (!isEnd) return;
      close(id);
      port.postMessage({ id, hash: one.hash.digest('hex') });
    } catch {
      close(id);
      port.postMessage({ id });
    }
  });
}

/** Returns undefined where no thread can be started: Node's permission model forbids it unless it is told otherwise. */
function startWorker() {
  try {
    return new Worker(`(${program})(require)`, { eval: true, execArgv: [] });
  } catch {
    return undefined;
  }
}

/** A thread that digests files. Close it. */
export class DigestThread {
  #next = 0;
  /** What waits for the digest of a file. @type {Map<number, (digested: { hash?: string }) => void>} */
  #waiting = new Map();
  /** @type {Worker | undefined} Undefined after it has ended, or if it could not start. */
  #worker;

  constructor() {
    const worker = startWorker();
    const end = () => {
      this.#worker = undefined;
      for (const settle of this.#waiting.values()) settle({});
      this.#waiting.clear();
    };
    worker?.on('message', (/** @type {Digested} */ { id, hash }) => {
      this.#waiting.get(id)?.({ hash });
      this.#waiting.delete(id);
    });
    worker?.on('error', end);
    worker?.on('exit', end);
    this.#worker = worker;
  }

  /**
   * Follows a file that is being written.
   *
   * @param {string} file
   */
  follow(file) {
    const id = this.#next;
    this.#next += 1;
    /** @type {Promise<{ hash?: string }>} */
    const digested = new Promise((resolve) => {
      if (this.#worker) this.#waiting.set(id, resolve);
      else resolve({});
    });
    const order = (/** @type {Order} */ about) => this.#worker?.postMessage(about);
    order({ id, file });
    let told = 0;
    let written = 0;
    const waiting = this.#waiting;
    return {
      /**
       * Says how many bytes have been written.
       *
       * @param {number} end
       */
      async reach(end) {
        written = end;
        if (written - told < STEP) return;
        told = written;
        order({ id, to: told });
      },

      /** The digest of what has been written. */
      async end() {
        order({ id, to: written, isEnd: true });
        const { hash } = await digested;
        return hash ?? digestOf(file, written);
      },

      /** Forgets the file. */
      close() {
        order({ id, isOff: true });
        waiting.delete(id);
      },
    };
  }

  async close() {
    await this.#worker?.terminate();
  }
}

/**
 * @param {string} file
 * @param {number} size
 */
async function digestOf(file, size) {
  const hash = createHash('md5');
  if (size > 0) for await (const piece of createReadStream(file, { end: size - 1 })) hash.update(piece);
  return hash.digest('hex');
}
