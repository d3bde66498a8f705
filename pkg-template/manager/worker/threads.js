// Threads of Node, Bun and Deno.
import os from 'node:os';
import process from 'node:process';
import { Worker } from 'node:worker_threads';

/** @import { Thread } from '../internal.d.ts' */

/** How many threads can work at the same time. */
export const parallelism = () => os.availableParallelism?.() ?? os.cpus().length;

/**
 * Starts a thread, which waits for its first message.
 *
 * @returns {Thread}
 */
export function startThread() {
  // The thread takes the options of the process. Those of a program that is text of the command line fit no file, and a list
  // of the others would be refused if an option of the engine is in it, such as --max-old-space-size.
  const isText = process.execArgv.some((argument) => argument.startsWith('--input-type'));
  const worker = new Worker(new URL('./manager-thread.js', import.meta.url), isText ? { execArgv: [] } : {});
  /** @type {Thread} */
  const thread = {
    onmessage: null,
    onerror: null,
    postMessage: (message, transfer) => worker.postMessage(message, /** @type {ArrayBuffer[] | undefined} */ (transfer)),
    // Resolves once nothing of it runs any more.
    terminate: () => worker.terminate(),
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
  };
  let reason = '';
  worker.on('message', (data) => thread.onmessage?.({ data }));
  worker.on('error', (/** @type {Error} */ error) => {
    reason = String(error?.message ?? error);
  });
  worker.on('exit', (code) => thread.onerror?.({ message: reason || `it ended with code ${code}` }));
  worker.unref();
  return thread;
}
