// The thread's side of a manager that runs in one.
//
// Messages carry the `id` of a request or call. The caller sends `fetch` with a body in pieces, and calls such as `start`. The
// thread sends `head` with a body in pieces, `result`, `failed`, and without being asked `event`, `state` and `fault`.
import { refusal, WixMediaError } from '../../client/error.js';
import { wholeOf } from '../messages.js';
import { incoming, outgoing, readWhole } from './bodies.js';
import { linesOf, requestOf } from './request.js';

/** @import { Given, ManagerOptions, MessagePortLike, PublicManager, StartMessage } from '../internal.d.ts' */

/** Bodies up to this size travel with the head of their response. */
const MAX_INLINE = 256 * 1024;

/** How soon the caller is told of a new state without asking. */
const STATE_MS = 100;

// As it is now: tests replace the global one.
const { setTimeout: later } = globalThis;

/** @param {any} error */
function errorOf(error) {
  if (!(error instanceof WixMediaError)) return { message: String(error?.message ?? error), code: 'INTERNAL' };
  const { cause } = error;
  return { ...error.toJSON(), ...(cause !== undefined && { cause: String(/** @type {any} */ (cause)?.message ?? cause) }) };
}

/**
 * A function that handles the messages of a thread that runs a manager.
 *
 * @param {MessagePortLike} port
 * @param {() => Promise<(options: ManagerOptions, given: Given) => Promise<any>>} load Loads `createManager`.
 * @param {Given['runtime']} runtime
 * @returns {(message: any) => unknown}
 */
export function serveManager(port, load, runtime) {
  /** @type {Map<number, ReturnType<typeof incoming>>} */
  const bodies = new Map();
  /** @type {Map<number, { pull?(size: number): void, cancel(): unknown }>} */
  const answers = new Map();
  /** @type {PublicManager} */
  let manager;
  const state = () => ({ storage: manager.storage, now: manager.clock.now(), settings: manager[Symbol.for('wix-media.settings')]?.() });

  /** @param {{ id: number, method: string, url: string, headers: string, body?: ArrayBuffer, hasBody?: boolean, isServer: boolean }} message */
  async function answer(message) {
    const { id, method } = message;
    const body = message.hasBody ? incoming(port, id) : undefined;
    if (body) bodies.set(id, body);
    const { request, abort } = requestOf(message, body?.stream);
    answers.set(id, { cancel: abort });
    try {
      const response = await manager.fetch(/** @type {Request} */ (request));
      const isChange = method !== 'GET' && method !== 'HEAD';
      if (isChange && message.isServer) tellState();
      const head = { id, type: 'head', status: response.status, headers: linesOf(response.headers), ...(isChange && !message.isServer && { state: state() }) };
      const whole = wholeOf(response);
      if (whole && whole.length <= MAX_INLINE) {
        answers.delete(id);
        // The core has made the bytes for this response, so nobody else has their buffer.
        return port.postMessage({ ...head, body: whole.buffer }, [whole.buffer]);
      }
      const stream = whole ? new Response(/** @type {Uint8Array<ArrayBuffer>} */ (whole)).body : response.body;
      if (!stream) {
        answers.delete(id);
        return port.postMessage(head);
      }
      if (isSmall(response)) {
        const bytes = await readWhole(stream);
        answers.delete(id);
        return port.postMessage({ ...head, body: bytes }, [bytes]);
      }
      port.postMessage({ ...head, hasBody: true });
      if (request.signal.aborted) return void stream.cancel().catch(() => {});
      return answers.set(id, outgoing(port, id, stream, () => answers.delete(id), { isOwn: true }));
    } catch (error) {
      answers.delete(id);
      return port.postMessage({ id, type: 'failed', error: errorOf(error) });
    } finally {
      bodies.delete(id);
    }
  }

  let isStateDue = false;
  /** Tells the state once for many events. */
  function tellState() {
    if (isStateDue) return;
    isStateDue = true;
    later(() => {
      isStateDue = false;
      try {
        port.postMessage({ type: 'state', state: state() });
      } catch {
        // The manager was closed meanwhile, or cannot be asked; whoever needs it finds out.
      }
    }, STATE_MS);
  }

  let isFollowed = false;
  /**
   * Tells the caller about events.
   *
   * @param {number} [after] The number of the last one it knows. Without it, those from now on.
   */
  function begin(after) {
    const number = manager.follow?.(after, (event) => {
      port.postMessage({ type: 'event', ...event });
      tellState();
    });
    port.postMessage({ type: 'following', number });
  }

  /** @type {Record<string, (message: any) => Promise<unknown> | unknown>} */
  const calls = {
    /** @param {StartMessage} message */
    async start({ options, module, token, owner, now, settings, follow, directoryUrl }) {
      const createManager = await load();
      const onError = (/** @type {unknown} */ error) => port.postMessage({ type: 'fault', error: errorOf(error) });
      const own = { ...runtime, files: { ...runtime.files, manager: () => module } };
      const storage = directoryUrl ? { ...(/** @type {object} */ (options.storage)), directory: new URL(directoryUrl) } : options.storage;
      manager = await createManager({ ...options, storage, onError }, { token, owner, isThread: true, WixMediaError, refusal, runtime: own });
      if (now !== undefined && now > manager.clock.now()) await manager.clock.advance(now - manager.clock.now());
      if (settings !== undefined) await manager.settings(settings);
      if (follow || isFollowed) begin(follow?.after);
      return state();
    },
    follow() {
      // It may come before the manager is there.
      isFollowed = true;
      if (manager) begin();
    },
    async advance({ milliseconds }) {
      await manager.clock.advance(milliseconds);
      return state();
    },
    trap: async () => void manager[Symbol.for('wix-media.trap')](),
    estimate: () => manager.estimate(),
    close: () => manager.close(),
  };

  return async (data) => {
    const { id, type } = data;
    if (type === 'fetch') return answer(data);
    if (type === 'piece') return bodies.get(id)?.piece(data.bytes);
    if (type === 'end') return bodies.get(id)?.end();
    if (type === 'broken') return bodies.get(id)?.fail(new Error(data.message));
    if (type === 'pull') return answers.get(id)?.pull?.(data.size);
    if (type === 'cancel') {
      answers.get(id)?.cancel();
      return void answers.delete(id);
    }
    try {
      const value = await calls[type](data);
      if (id !== undefined) port.postMessage({ id, type: 'result', value });
    } catch (error) {
      if (id === undefined) port.postMessage({ type: 'fault', error: errorOf(error) });
      else port.postMessage({ id, type: 'failed', error: errorOf(error) });
    }
    return undefined;
  };
}

/**
 * Whether a body is small, and there at once.
 *
 * @param {Response} response
 */
function isSmall({ headers }) {
  const length = headers.get('content-length');
  // Commands of the host answer with JSON, and do not say how long it is.
  if (length === null) return headers.get('content-type') === 'application/json';
  return Number(length) <= MAX_INLINE;
}
