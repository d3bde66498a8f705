// The side of a tab that uses the manager of another one.
//
// A channel between this tab and the owner's worker stands in for a port: ports cannot be sent by a broadcast, and the brokers
// that could hand one over are missing in places (SharedWorker in Chrome for Android) or belong to the app (service workers).
// Bodies are copied on the way instead of moved, in the pieces in which they travel anyway (`worker/bodies.js`).
//
// The channel is no barrier within an origin: each of its scripts can find the id among the locks and join. Such a script can open
// the files themselves, too.
import { acquire } from './lock.js';
import { guestChannel, meetingPoint, ownerLock, PROTOCOL } from './names.js';

/** @import { Fail, Thread } from '../internal.d.ts' */

/** How long the owner may take to answer. It may be starting, which includes all that an interrupted tab has left to do. */
const WELCOME_MS = 30_000;

/**
 * Joins the tab that has the storage open. Resolves with undefined if this tab got the lock instead.
 *
 * @param {string} name
 * @param {Fail} fail
 * @param {(release: () => void) => void} granted Told when this tab gets the lock, now or as soon as the owner is gone.
 * @returns {Promise<Thread | undefined>}
 */
export async function join(name, fail, granted) {
  const id = crypto.randomUUID();
  const leaving = new AbortController();
  const channel = new BroadcastChannel(guestChannel(name, id));
  const all = new BroadcastChannel(meetingPoint(name));
  // The worker sees by this lock that the tab is there.
  const leave = await acquire(guestChannel(name, id), {});
  /**
   * The life of the worker that has welcomed this tab.
   *
   * @type {string | undefined}
   */
  let life;
  let isOver = false;
  function end() {
    if (isOver) return;
    isOver = true;
    leaving.abort();
    channel.close();
    all.close();
    leave?.();
  }
  /** The owner is gone. */
  function moved() {
    end();
    thread.onerror?.({ message: `the tab that had the storage ${name} open was closed`, isHandover: true });
  }
  /** @type {Thread} */
  const thread = {
    tab: 'guest',
    onmessage: null,
    onerror: null,
    postMessage(message) {
      if (isOver) return;
      const { type, id: call } = /** @type {{ type: string, id?: number }} */ (message);
      if (type === 'close') {
        // Only this tab leaves. An owner that is suspended must not keep it.
        queueMicrotask(() => thread.onmessage?.({ data: { type: 'result', id: call } }));
      } else {
        // A module cannot leave its tab, and the worker has one.
        channel.postMessage(type === 'start' ? { ...message, module: undefined } : message);
      }
    },
    terminate: end,
  };

  return new Promise((resolve, reject) => {
    const stop = (/** @type {Error} */ error) => {
      end();
      reject(error);
    };
    const late = () =>
      stop(fail('MANAGER_UNRESPONSIVE', `the tab that has the storage ${name} open does not answer: show that tab, or close it`));
    const timer = setTimeout(late, WELCOME_MS);
    const greet = () => all.postMessage({ type: 'hello', id, protocol: PROTOCOL });
    channel.onmessage = ({ data }) => {
      if (data.type === 'refused') {
        clearTimeout(timer);
        stop(fail('LOCKED', `the storage ${name} is open in a tab with another version of wix-media.v2: reload or close that tab`));
      } else if (data.type === 'welcome') {
        clearTimeout(timer);
        life = data.life;
        resolve(thread);
      } else thread.onmessage?.({ data });
    };
    all.onmessage = ({ data }) => {
      if (data.type !== 'open') return;
      if (life === undefined) greet();
      else if (data.life !== life) moved();
    };
    acquire(ownerLock(name), { signal: leaving.signal }).then(
      (release) => {
        if (!release) return;
        if (isOver) return release();
        clearTimeout(timer);
        granted(release);
        if (life !== undefined) return moved();
        end();
        return resolve(undefined);
      },
      (error) => {
        if (!isOver) stop(error);
      },
    );
    greet();
  });
}
