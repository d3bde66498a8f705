// Changes of a folder, for commands that go on after them.
import { watch } from 'node:fs';
import { pause } from '../streams/until.js';

/** How long a folder has to be quiet before its changes count as whole. */
const QUIET_MS = 500;

/** What the synchronisation itself writes. */
const isOwn = (/** @type {string | null} */ name) => /^\.wix-media(?:[\\/]|$)/.test(String(name));

/**
 * Watches a folder from now on. The result yields when something has changed and no more changes come. What changes while
 * nobody waits for it is yielded next: the iterator of `node:fs/promises` would lose it.
 *
 * @param {string} folder
 * @param {AbortSignal} signal Ends the watching.
 * @returns {AsyncGenerator<void, void, undefined>}
 */
export function changesOf(folder, signal) {
  let hasChanged = false;
  /** @type {unknown} */
  let failure;
  let wake = () => {};
  const fail = (/** @type {unknown} */ error) => {
    failure ??= error;
    wake();
  };
  try {
    const watcher = watch(folder, { recursive: true }, (_, name) => {
      if (isOwn(name)) return;
      hasChanged = true;
      wake();
    });
    watcher.on('error', fail);
    const end = () => {
      watcher.close();
      fail(signal.reason);
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  } catch (error) {
    // Opening the folder fails too, with a better message.
    fail(error);
  }
  return (async function* () {
    for (;;) {
      if (!hasChanged && failure === undefined) {
        await new Promise((resolve) => {
          wake = () => resolve(undefined);
        });
      }
      while (hasChanged && failure === undefined) {
        hasChanged = false;
        await pause(QUIET_MS, signal);
      }
      if (failure !== undefined) throw failure;
      yield;
    }
  })();
}
