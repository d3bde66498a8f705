// Changes of a folder, for commands that go on after them.
import { watch } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** How long a folder has to be quiet before its changes count as whole. */
const QUIET_MS = 500;

/** What the synchronisation itself writes. */
const isOwn = (/** @type {string | null} */ name) => /^\.wix-media(?:[\\/]|$)/.test(String(name));

/**
 * Watches a folder from now on. The result yields when something has changed and no more changes come.
 *
 * @param {string} folder
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<void, void, undefined>}
 */
export function changesOf(folder, signal) {
  const events = watch(folder, { recursive: true, signal })[Symbol.asyncIterator]();
  const take = () => {
    const taken = events.next();
    // It ends with the signal, perhaps while nobody waits for it.
    taken.catch(() => {});
    return taken;
  };
  let next = take();
  return (async function* () {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = take();
      if (isOwn(value.filename)) continue;
      while ((await Promise.race([next.then(() => true), pause(QUIET_MS, false)])) === true) next = take();
      yield;
    }
  })();
}
