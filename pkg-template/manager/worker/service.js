// The thread's side of a manager that runs in one: it starts the manager, and has a session with each caller (`session.js`).
import { refusal, WixMediaError } from '../../client/error.js';
import { createSession, errorOf } from './session.js';

/** @import { Given, ManagerOptions, MessagePortLike, PublicManager, ServiceParts, Session, StartMessage } from '../internal.d.ts' */

/**
 * A function that handles the messages of a thread that runs a manager.
 *
 * @param {MessagePortLike} port
 * @param {() => Promise<(options: ManagerOptions, given: Given) => Promise<any>>} load Loads `createManager`.
 * @param {Given['runtime']} runtime
 * @param {ServiceParts} [parts]
 * @returns {(message: any) => unknown}
 */
export function serveManager(port, load, runtime, { guests } = {}) {
  /** @type {Set<Session>} */
  const sessions = new Set();
  /** @type {PublicManager} */
  let manager;
  /** @type {ReturnType<NonNullable<ServiceParts['guests']>> | undefined} */
  let served;
  const settingsNow = () => manager[Symbol.for('wix-media.settings')]?.();
  const state = () => ({ storage: manager.storage, now: manager.clock.now(), settings: settingsNow() });
  /**
   * The changed settings that every caller was told.
   *
   * @type {unknown}
   */
  let known;

  /** @type {import('../internal.d.ts').GuestParts['join']} */
  function join(to, calls) {
    const changed = () => {
      const settings = settingsNow();
      // They are in no storage: whoever goes on after this thread has them from what it was told. So that comes before the answer.
      const isNew = settings !== known;
      known = settings;
      for (const other of sessions) {
        if (isNew) other.tellStateNow();
        else if (other !== session) other.tellState();
      }
    };
    /** @type {Session} */
    const session = createSession(to, { manager: () => manager, state, changed, calls });
    sessions.add(session);
    const end = () => {
      sessions.delete(session);
      session.end();
    };
    return { ...session, end };
  }

  const own = join(port, {
    /** @param {StartMessage} message */
    async start(message) {
      const { options, module, token, owner, now, settings, follow, directoryUrl } = message;
      const createManager = await load();
      const onError = (/** @type {unknown} */ error) => port.postMessage({ type: 'fault', error: errorOf(error) });
      const files = { ...runtime, files: { ...runtime.files, manager: () => module } };
      const storage = directoryUrl ? { ...(/** @type {object} */ (options.storage)), directory: new URL(directoryUrl) } : options.storage;
      manager = await createManager({ ...options, storage, onError }, { token, owner, isThread: true, WixMediaError, refusal, runtime: files });
      if (now !== undefined && now > manager.clock.now()) await manager.clock.advance(now - manager.clock.now());
      if (settings !== undefined) await manager.settings(settings);
      known = settingsNow();
      if (follow || own.wantsEvents()) own.begin(follow?.after);
      served = guests?.(message, { join, state });
      return state();
    },
    async close() {
      served?.close();
      await manager.close();
    },
  });
  return own.handle;
}
