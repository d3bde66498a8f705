// Limits for tests that run unattended. They only end what hangs: no result depends on them.
import { Worker } from 'node:worker_threads';

/** @import { Closing } from './types.d.ts' */

/** How long one step may take, in milliseconds. */
export const HANG_MS = 900_000;

/**
 * The outcome of some work, or an error when it hangs.
 *
 * @template Value
 * @param {string} what What is waited for, as the error names it.
 * @param {Promise<Value>} work
 * @param {number} [ms]
 * @returns {Promise<Value>}
 */
export function withinTime(what, work, ms = HANG_MS) {
  /** @type {NodeJS.Timeout} */
  let timer;
  /** @type {Promise<never>} */
  const hang = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`gave up waiting for ${what} after ${ms / 1000} s`)), ms);
  });
  return Promise.race([work, hang]).finally(() => clearTimeout(timer));
}

/** Runs in the thread of a watchdog. */
const WATCH = `
  const { writeSync } = require('node:fs');
  const { parentPort, workerData: ms } = require('node:worker_threads');
  let what = 'the start';
  const timer = setTimeout(() => {
    writeSync(2, 'gave up waiting for ' + what + ' after ' + ms / 1000 + ' s: the process is killed\\n');
    process.kill(process.pid, 'SIGKILL');
  }, ms);
  parentPort.on('message', (next) => {
    what = next;
    timer.refresh();
  });
`;

/**
 * Kills this process when one of its steps hangs. A busy loop in a manager of this process lets no timer run, so another thread
 * watches. Returns the function that begins the next step.
 *
 * @param {Closing} closing
 * @param {number} [ms]
 * @returns {(what: string) => void}
 */
export function watchdog(closing, ms = HANG_MS) {
  const worker = new Worker(WATCH, { eval: true, workerData: ms });
  worker.unref();
  closing.after(() => worker.terminate());
  return (what) => worker.postMessage(what);
}
