// The threads that work on images.
//
//   none ──first job──▶ starting ──ready──▶ busy ⇄ idle ──IDLE_MS──▶ ended
//                          │                  │
//                          │                  └─trap beyond repair, TIME LIMIT─▶ ended; the next job starts another
//                          └─cannot be started─▶ everything is done in the thread of the manager from then on
//
// Each thread works on one image at a time. An image that is too slow ends its thread, because WebAssembly cannot be
// interrupted otherwise. Nothing of an image is kept in a thread.
import { createQueue, UPLOADS } from './queue.js';

/** @import { Format, FormatAnswer, FormatLoader, ImageJob, ImageMaker, Pool, ThreadStarter, Transformer } from '../internal.d.ts' */

/** How many images may wait or be made: anyone may ask for any size of a public image. */
const MAX_PENDING = 32;
/** How long a thread is kept without work. */
const IDLE_MS = 30_000;
/** How long a thread may take to start. */
const START_MS = 30_000;

// As they are now: tests replace the global ones.
const { setTimeout: later, clearTimeout: never } = globalThis;

/**
 * Sets a timer. Returns the function that clears it.
 *
 * @param {() => void} act
 * @param {number} ms
 * @param {boolean} keepsAlive Whether somebody waits for it, so that the process must not end before.
 */
function timerOf(act, ms, keepsAlive) {
  const timer = later(act, ms);
  if (!keepsAlive && typeof timer === 'object') timer.unref();
  return () => never(timer);
}

/**
 * @param {number} status
 * @param {string} message
 */
const failure = (status, message) => Object.assign(new Error(message), { status });

/**
 * @param {object} parts
 * @param {() => Promise<WebAssembly.Module>} parts.module The compiled module of images.
 * @param {(() => Promise<{ start: ThreadStarter, size: number }>) | undefined} parts.threads Starts threads, and says how many
 * there may be. Undefined where the runtime has none.
 * @param {(module: WebAssembly.Module, format: FormatLoader) => Promise<Transformer>} parts.transformer Makes what works in this
 * thread if the runtime has no others.
 * @param {FormatLoader} parts.format Loads the module of a format.
 * @param {number} parts.timeoutMs How long one image may take in a thread.
 * @param {number} [parts.idleMs] How long a thread is kept without work.
 * @returns {Pool}
 */
export function createPool({ module, threads, transformer, format, timeoutMs, idleMs = IDLE_MS }) {
  const queue = createQueue();
  let size = 1;
  let hasThreads = threads !== undefined;
  /** Loops that take jobs, each with a thread of its own. */
  let running = 0;
  /** Images that are being made, beside those of uploads. */
  let inWork = 0;
  let isClosed = false;
  /** @type {Set<() => void>} */
  const sleepers = new Set();
  /** @type {Set<ImageMaker>} */
  const makers = new Set();

  /** Gives the next job to a thread that has none, or to another one. */
  function wake() {
    const [sleeper] = sleepers;
    if (sleeper) return sleeper();
    if (running >= size) return undefined;
    running += 1;
    return void work();
  }

  /** Takes jobs until there are none for a while. */
  async function work() {
    /** @type {ImageMaker | undefined} */
    let maker;
    try {
      maker = await open();
      makers.add(maker);
      for (let job = await next(); job; job = maker.isAlive ? await next() : undefined) await make(maker, job);
    } catch (error) {
      // The module cannot be loaded.
      for (let job = queue.take(); job; job = queue.take()) job.reject(error);
    } finally {
      running -= 1;
      if (maker) makers.delete(maker);
      maker?.close();
      if (!queue.isEmpty) wake();
    }
  }

  /** @returns {Promise<ImageMaker>} */
  async function open() {
    const compiled = await module();
    if (hasThreads && threads) {
      try {
        const { start, size: most } = await threads();
        size = most;
        for (let more = Math.min(queue.count, size) - 1; more > 0; more -= 1) wake();
        return await threadMaker(start, compiled, { format, timeoutMs });
      } catch {
        // A policy of the page, or a bundle without the file.
        hasThreads = false;
        size = 1;
      }
    }
    return localMaker(await transformer(compiled, format));
  }

  /** The next job, or undefined after a while without one. */
  async function next() {
    const job = queue.take();
    if (job || isClosed) return job;
    return new Promise((/** @type {(job: ImageJob | undefined) => void} */ resolve) => {
      const end = () => {
        stop();
        sleepers.delete(end);
        resolve(queue.take());
      };
      const stop = timerOf(end, idleMs, false);
      sleepers.add(end);
    });
  }

  /**
   * @param {ImageMaker} maker
   * @param {ImageJob} job
   */
  async function make(maker, job) {
    const isCounted = job.group !== UPLOADS;
    if (isCounted) inWork += 1;
    try {
      const bytes = await job.read();
      const made = await maker.make(job.order, bytes);
      job.resolve(job.finish ? await job.finish(made) : made);
    } catch (error) {
      job.reject(error);
    } finally {
      if (isCounted) inWork -= 1;
    }
  }

  return {
    run(group, order, read, finish) {
      /** @type {ImageJob} */
      let job;
      const result = new Promise((resolve, reject) => {
        job = { group, order, read, finish, resolve, reject };
        if (isClosed) return reject(failure(503, 'the manager is closed'));
        const dropped = queue.add(job, queue.count + inWork < MAX_PENDING);
        dropped?.reject(failure(503, 'too many images are being transformed: try again in a moment'));
        if (dropped !== job) wake();
        return undefined;
      });
      const cancel = (/** @type {unknown} */ reason) => {
        const isRemoved = queue.remove(job);
        if (isRemoved) job.reject(reason);
        return isRemoved;
      };
      return { result, cancel };
    },
    close() {
      isClosed = true;
      for (let job = queue.take(); job; job = queue.take()) job.reject(failure(503, 'the manager is closed'));
      for (const sleeper of [...sleepers]) sleeper();
      for (const maker of makers) maker.close();
    },
  };
}

/**
 * Works in this thread.
 *
 * @param {Transformer} transformer
 * @returns {ImageMaker}
 */
const localMaker = (transformer) => ({
  isAlive: true,
  make: ({ what, tail, accept }, bytes) => transformer[what](bytes, tail, accept),
  close() {},
});

/**
 * Works in a thread of its own. Rejects where none can be started.
 *
 * @param {ThreadStarter} start
 * @param {WebAssembly.Module} module
 * @param {{ format: FormatLoader, timeoutMs: number }} options
 * @returns {Promise<ImageMaker>}
 */
async function threadMaker(start, module, { format, timeoutMs }) {
  const thread = await start();
  /** @type {{ resolve(value: any): void, reject(reason: unknown): void } | undefined} */
  let waiting;
  let isAlive = true;
  /** The time limit of the order that is worked on, and what sets its timer once more. */
  let limit = 0;
  let restart = (/** @type {number} */ _ms) => {};
  const settled = (/** @type {'resolve' | 'reject'} */ how, /** @type {any} */ value) => {
    const { [how]: settle = undefined } = waiting ?? {};
    waiting = undefined;
    settle?.(value);
  };
  const end = (/** @type {unknown} */ reason) => {
    if (!isAlive) return;
    isAlive = false;
    settled('reject', reason);
    thread.terminate();
  };
  /**
   * Gives the thread the module of a format. Loading it is not part of the time of an image.
   *
   * @param {Format} name
   */
  async function give(name) {
    restart(START_MS);
    /** @type {FormatAnswer} */
    let answer;
    try {
      answer = { format: name, module: await format(name) };
    } catch (error) {
      answer = { format: name, failure: /** @type {Error} */ (error).message };
    }
    if (!isAlive) return;
    restart(limit);
    thread.postMessage(answer);
  }
  thread.onmessage = ({ data }) => {
    if (data.needs) void give(data.needs);
    else if (data.error) settled('reject', failure(data.error.status ?? 500, data.error.message));
    else settled('resolve', data.value);
  };
  thread.onerror = () => end(failure(500, 'cannot process the image: unexpected fault'));
  /**
   * @param {object} message
   * @param {number} ms
   * @param {Error} late
   * @param {Transferable[]} [transfer]
   */
  async function ask(message, ms, late, transfer) {
    if (!isAlive) throw failure(503, 'the manager is closed');
    const answer = new Promise((resolve, reject) => {
      waiting = { resolve, reject };
    });
    limit = ms;
    let stop = timerOf(() => end(late), ms, true);
    restart = (next) => {
      stop();
      stop = timerOf(() => end(late), next, true);
    };
    thread.hold?.(true);
    try {
      thread.postMessage(message, transfer);
      return await answer;
    } finally {
      stop();
      thread.hold?.(false);
    }
  }
  await ask({ type: 'images', module }, START_MS, new Error('the thread does not start'));
  const late = failure(504, `the image took longer than ${timeoutMs / 1000} s`);
  return {
    get isAlive() {
      return isAlive;
    },
    // The bytes were read for this image alone.
    make: (order, bytes) => ask({ ...order, bytes }, timeoutMs, late, [bytes.buffer]),
    close: () => end(failure(503, 'the manager is closed')),
  };
}
