// One caller of a manager in a thread, as the thread sees it: the one that has started the thread or, in a worker of a page,
// another tab (`tabs/guests.js`).
//
// Messages carry the `id` of a request or call. The caller sends `fetch` with a body in pieces, and calls such as `start`. The
// thread sends `head` with a body in pieces, `result`, `failed`, and without being asked `event`, `state` and `fault`.
import { WixMediaError } from '../../client/error.js';
import { wholeOf } from '../messages.js';
import { incoming, outgoing, readWhole } from './bodies.js';
import { linesOf, requestOf } from './request.js';

/** @import { MessagePortLike, Session, SessionParts } from '../internal.d.ts' */

/** Bodies up to this size travel with the head of their response. */
const MAX_INLINE = 256 * 1024;

/** How soon the caller is told of a new state without asking. */
const STATE_MS = 100;

// As it is now: tests replace the global one.
const { setTimeout: later } = globalThis;

/** @param {any} error */
export function errorOf(error) {
  if (!(error instanceof WixMediaError)) return { message: String(error?.message ?? error), code: 'INTERNAL' };
  const { cause } = error;
  return { ...error.toJSON(), ...(cause !== undefined && { cause: String(/** @type {any} */ (cause)?.message ?? cause) }) };
}

/**
 * Makes the session of a caller.
 *
 * @param {MessagePortLike} port
 * @param {SessionParts} parts
 * @returns {Session}
 */
export function createSession(port, { manager, state, changed, calls }) {
  /** @type {Map<number, ReturnType<typeof incoming>>} */
  const bodies = new Map();
  /** @type {Map<number, { pull?(size: number): void, cancel(): unknown }>} */
  const answers = new Map();
  let isOver = false;
  let stopFollowing = () => {};

  /** @param {{ id: number, method: string, url: string, headers: string, body?: ArrayBuffer, hasBody?: boolean, isServer: boolean }} message */
  async function answer(message) {
    const { id, method } = message;
    const body = message.hasBody ? incoming(port, id) : undefined;
    if (body) bodies.set(id, body);
    const { request, abort } = requestOf(message, body?.stream);
    answers.set(id, { cancel: abort });
    try {
      const response = await manager().fetch(/** @type {Request} */ (request));
      const isChange = method !== 'GET' && method !== 'HEAD';
      if (isChange && message.isServer) tellState();
      if (isChange) changed?.();
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
    if (isStateDue || isOver) return;
    isStateDue = true;
    later(() => {
      isStateDue = false;
      tellStateNow();
    }, STATE_MS);
  }

  function tellStateNow() {
    if (isOver) return;
    try {
      port.postMessage({ type: 'state', state: state() });
    } catch {
      // The manager was closed meanwhile, or cannot be asked; whoever needs it finds out.
    }
  }

  /** @type {Session['begin']} */
  function begin(after) {
    const followed = manager().follow?.(after, (event) => {
      port.postMessage({ type: 'event', ...event });
      tellState();
    });
    if (followed) stopFollowing = followed.stop;
    port.postMessage({ type: 'following', number: followed?.number });
  }

  let isFollowed = false;
  /** @type {Record<string, (message: any) => Promise<unknown> | unknown>} */
  const all = {
    follow() {
      // It may come before the manager is there.
      isFollowed = true;
      if (manager()) begin();
    },
    async advance({ milliseconds }) {
      await manager().clock.advance(milliseconds);
      changed?.();
      return state();
    },
    trap: async () => void manager()[Symbol.for('wix-media.trap')](),
    estimate: () => manager().estimate(),
    ...calls,
  };

  return {
    async handle(data) {
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
        const value = await all[type](data);
        if (id !== undefined) port.postMessage({ id, type: 'result', value });
      } catch (error) {
        if (id === undefined) port.postMessage({ type: 'fault', error: errorOf(error) });
        else port.postMessage({ id, type: 'failed', error: errorOf(error) });
      }
      return undefined;
    },
    begin,
    tellState,
    tellStateNow,
    wantsEvents: () => isFollowed,
    refuse: (id, error) => port.postMessage({ id, type: 'failed', error: errorOf(error) }),
    interrupt(error) {
      for (const body of bodies.values()) body.fail(error);
    },
    end() {
      isOver = true;
      stopFollowing();
      for (const body of bodies.values()) body.fail(new Error('the caller is gone'));
      for (const { cancel } of answers.values()) cancel();
      answers.clear();
    },
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
