// The thread of a manager, as its caller holds it, and what happens when it dies.
//
//   starting ──▶ running ──close──▶ closed
//      ▲            │
//      │            └─killed, out of memory, uncaught error─▶ lost ──after a while─▶ starting
//      └──────────────────────────────────────────────────────┘
//
// What was under way when the thread died fails with MANAGER_LOST: it may have been done or not, as in a crash. The next
// thread starts on the same storage once the old one has certainly ended, at once after the first death, and after growing
// pauses when deaths follow each other. What is asked meanwhile waits for a thread that is starting, and fails during a pause.

/** @import { LinkParts, Thread } from '../internal.d.ts' */

/** How long a thread has to run until its death counts as the first one. */
const STABLE_MS = 60_000;
/** The pause before the second start in a row, and the longest one. */
const MIN_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;

// As they are now: tests replace the global ones.
const { setTimeout: later, clearTimeout: never } = globalThis;

/**
 * Starts a thread, and starts others when it dies. Resolves once the first one has started.
 *
 * @param {LinkParts} parts
 */
export async function createLink({ startThread, message, started, received, lost, report, fail }) {
  /** @type {Map<number, { resolve(value: any): void, reject(reason: unknown): void }>} */
  const waiting = new Map();
  /**
   * The thread that runs or starts; undefined during a pause.
   *
   * @type {Thread | undefined}
   */
  let thread;
  /** @type {Promise<unknown> | undefined} */
  let starting;
  /**
   * Why nothing can be asked; undefined while something can.
   *
   * @type {Error | undefined}
   */
  let broken;
  /**
   * The error of the last handover between tabs.
   *
   * @type {Error | undefined}
   */
  let handedOver;
  let isClosing = false;
  let last = 0;
  let deaths = 0;
  let since = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** What keeps the process alive: requests that are under way, and pieces of bodies that somebody waits for. */
  let holds = 0;

  /** @param {number} change */
  function hold(change) {
    const before = holds > 0;
    holds += change;
    if (before !== holds > 0) thread?.hold?.(holds > 0);
  }

  /**
   * Sends a message to a thread, and waits for its answer.
   *
   * @param {Thread | undefined} to
   * @param {object} content
   * @param {(id: number) => void} [sent] Told the id of the message once it is sent.
   * @param {Transferable[]} [transfer]
   * @returns {Promise<any>}
   */
  const send = (to, content, sent, transfer) =>
    new Promise((resolve, reject) => {
      if (!to || to !== thread) return reject(broken ?? fail('MANAGER_LOST', 'the thread of the Media Manager has ended'));
      const id = (last += 1);
      waiting.set(id, { resolve, reject });
      hold(1);
      to.postMessage({ ...content, id }, transfer);
      return sent?.(id);
    });

  /** @param {number} id */
  function take(id) {
    const found = waiting.get(id);
    if (waiting.delete(id)) hold(-1);
    return found;
  }

  /** Starts a thread and the manager in it. */
  async function start() {
    const own = await startThread();
    thread = own;
    if (holds > 0) own.hold?.(true);
    own.onmessage = ({ data }) => {
      if (data.type === 'result') take(data.id)?.resolve(data.value);
      else if (data.type === 'failed') take(data.id)?.reject(received.failed(data));
      else received.message(data, take);
    };
    own.onerror = (event) => died(own, event.message ?? 'it could not be loaded', event.isHandover);
    await send(own, message()).then((state) => started(state, own));
    since = performance.now();
    broken = undefined;
    return undefined;
  }

  /** Starts a thread, or another one where that belongs to another tab that closes meanwhile. */
  async function startOrFollow() {
    for (;;) {
      try {
        return await start();
      } catch (error) {
        if (error !== handedOver || isClosing) throw error;
      }
    }
  }

  /**
   * @param {Thread} own
   * @param {string} reason
   * @param {boolean} [isHandover] Whether another tab owned it: then its end is not a fault.
   */
  function died(own, reason, isHandover = false) {
    if (own !== thread) return;
    const error = fail('MANAGER_LOST', isHandover ? reason : `the thread of the Media Manager ended: ${reason}`);
    if (isHandover) handedOver = error;
    broken = error;
    thread = undefined;
    const all = [...waiting.values()];
    waiting.clear();
    holds -= all.length;
    for (const { reject } of all) reject(error);
    lost(error);
    const ended = Promise.resolve(own.terminate());
    // A start that fails is reported by whoever waits for it.
    if (starting) return;
    if (isHandover) return again(ended, true);
    report(error);
    if (performance.now() - since > STABLE_MS) deaths = 0;
    again(ended);
  }

  /**
   * Starts the next thread, after a pause unless this is the first death for a while.
   *
   * @param {Promise<unknown>} ended Resolves once nothing of the last one runs any more.
   * @param {boolean} [isHandover]
   */
  function again(ended, isHandover = false) {
    if (isClosing) return;
    if (!isHandover) deaths += 1;
    const begin = () => {
      starting = ended.then(startOrFollow);
      starting.then(
        () => {
          starting = undefined;
        },
        (error) => {
          starting = undefined;
          broken = error;
          report(error);
          again(end());
        },
      );
    };
    if (isHandover || deaths === 1) return begin();
    timer = later(begin, Math.min(MIN_PAUSE_MS * 2 ** (deaths - 2), MAX_PAUSE_MS));
    if (typeof timer === 'object') timer.unref();
    return undefined;
  }

  /** Ends the thread. */
  async function end() {
    const own = thread;
    thread = undefined;
    await own?.terminate();
  }

  try {
    starting = startOrFollow();
    await starting;
  } catch (error) {
    await end();
    throw error;
  } finally {
    starting = undefined;
  }

  return {
    /** Sends a message that has no answer. */
    postMessage: (/** @type {object} */ content, /** @type {Transferable[] | undefined} */ transfer = undefined) => thread?.postMessage(content, transfer),
    hold,
    take,
    /**
     * Sends a message once there is a thread to answer it.
     *
     * @param {object} content
     * @param {(id: number) => void} [sent]
     * @param {Transferable[]} [transfer]
     */
    ask(content, sent, transfer) {
      if (!starting) return send(thread, content, sent, transfer);
      return starting.then(
        () => send(thread, content, sent, transfer),
        () => send(undefined, content),
      );
    },
    /** Ends the thread as a fault would; for tests. */
    kill: async () => void (await thread?.terminate()),
    async close() {
      isClosing = true;
      never(timer);
      try {
        await starting;
        await send(thread, { type: 'close' });
      } catch {
        // It has died. Only a thread can release what it has locked.
        await start()
          .then(() => send(thread, { type: 'close' }))
          .catch(() => {});
      }
      broken = fail('MANAGER_CLOSED', 'the manager is closed');
      await end();
    },
  };
}
