// One manager for all tabs that open the same storage of the browser.
//
//   opening ──lock is free──▶ owner ──closed, or its worker dies──▶ (the lock goes to a guest)
//      │                        ▲
//      └──another tab has it──▶ guest ──gets the lock──┘
//                                 └──another guest got it──▶ guest of that one
//
// The owner runs the worker. Guests send the same messages to that worker over a channel of their own (`join.js`,
// `guests.js`), so to the link of a manager a guest is one more kind of thread, and a change of the owner is the death of
// one. A page that crashes loses its locks, so nobody has to be told of its end.
import { acquire } from './lock.js';
import { ownerLock } from './names.js';

/** @import { Fail, Thread, ThreadStarter } from '../internal.d.ts' */

/**
 * Makes a function that starts the worker if no other tab has the storage open, and otherwise joins the tab that has.
 *
 * @param {string} name Of the storage.
 * @param {ThreadStarter} startThread Starts the worker.
 * @param {Fail} fail
 * @returns {ThreadStarter}
 */
export function sharedThread(name, startThread, fail) {
  const lock = ownerLock(name);
  /**
   * The lock, if this tab got it while it was a guest.
   *
   * @type {(() => void) | undefined}
   */
  let granted;
  /** @returns {(() => void) | undefined} */
  function takeGranted() {
    const release = granted;
    granted = undefined;
    return release;
  }

  /** @param {() => void} release */
  async function own(release) {
    try {
      const thread = await startThread();
      const end = thread.terminate.bind(thread);
      /** @type {Pick<Thread, 'tab' | 'terminate'>} */
      const more = {
        tab: 'owner',
        terminate() {
          end();
          release();
        },
      };
      return Object.assign(thread, more);
    } catch (error) {
      release();
      throw error;
    }
  }

  return async () => {
    const release = takeGranted() ?? (await acquire(lock, { ifAvailable: true }));
    if (release) return own(release);
    const { join } = await import('#package/tabs.js').catch((cause) => {
      throw fail('MODULE_NOT_LOADED', `cannot load tabs.js, which shares ${name} with another tab: ${cause?.message ?? cause}`, cause);
    });
    const guest = await join(name, fail, (/** @type {() => void} */ given) => {
      granted = given;
    });
    return guest ?? own(/** @type {() => void} */ (takeGranted()));
  };
}
