// A manager that runs in a thread, as its caller sees it.
import { tell } from '../../client/hooks.js';
import { onAbort, pause, until } from '../../streams/until.js';
import { compile } from '../../wasm/instance.js';
import { nameOf } from '../events.js';
import { answerOf, fieldsOf, isRequest } from '../messages.js';
import { toJson } from '../options.js';
import { createPublic } from '../public.js';
import { unavailable } from '../refused.js';
import { framesOf, hasVideoElements } from '../videos/element.js';
import { answerTo } from './asking.js';
import { incoming, outgoing, readWhole } from './bodies.js';
import { createLink } from './link.js';
import { headersOf, linesOf } from './request.js';

/** @import { Given, ImageModule, LightRequest, ManagerEvent, ManagerOptions, PublicManager, Refuse, StartMessage, ThreadStarter } from '../internal.d.ts' */

const HEALTH = '/_wix-media/health';
/** How long the thread may take to say how it is. */
const HEALTH_MS = 5000;
/** Bodies up to this size travel with their request, where it says how long they are. */
const MAX_INLINE = 128 * 1024;
/** How soon callers whose request was lost may try again, in seconds. */
const RETRY_AFTER = '1';

/**
 * @template Value
 * @param {Map<number, Value>} map
 * @param {number} id
 */
function take(map, id) {
  const found = map.get(id);
  map.delete(id);
  return found;
}

/**
 * Starts the thread, and the manager in it.
 *
 * @param {ManagerOptions} options
 * @param {WebAssembly.Module} module
 * @param {Given & { baseUrl: string }} given
 * @param {ThreadStarter} startThread
 * @returns {Promise<PublicManager>}
 */
export async function createProxy(options, module, given, startThread) {
  const { WixMediaError, runtime, baseUrl, token } = given;
  // Objects with functions, such as a clock of the caller, cannot be sent to a thread.
  const { seed, clock, onError, thread: _, ...settings } = options;
  /** @type {Refuse} */
  const refuse = (field, description) => given.refusal(field, description, 'createManager');
  const isVirtual = clock === 'virtual';
  if (clock !== undefined && clock !== 'system' && !isVirtual) {
    throw refuse('clock', "must be 'system' or 'virtual' where the manager runs in a thread");
  }
  const { directory = undefined } = typeof settings.storage === 'object' && 'directory' in settings.storage ? settings.storage : {};
  const sent = JSON.parse(toJson({ ...settings, clock }, refuse));
  const crypto = await runtime.crypto();
  // The next thread takes over what this one has locked.
  const owner = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16).padStart(8, '0')).join('');
  /** @type {Map<number, ReturnType<typeof incoming>>} */
  const bodies = new Map();
  /** @type {Map<number, ReturnType<typeof outgoing>>} */
  const requests = new Map();
  /**
   * Why bodies of requests broke off, for the callers of the requests.
   *
   * @type {Map<number, unknown>}
   */
  const failures = new Map();
  /**
   * What stops listening to the signals of callers.
   *
   * @type {Map<number, () => void>}
   */
  const releases = new Map();
  /** @type {Set<(event: ManagerEvent) => unknown>} */
  const handlers = new Set();
  /** @type {any} */
  let state = {};
  /** @type {import('../internal.d.ts').Thread['tab']} */
  let tab;
  /**
   * The number of the last event that handlers were told.
   *
   * @type {number | undefined}
   */
  let lastEvent;
  let isFollowing = false;
  let hasStarted = false;
  const closing = new AbortController();
  /** What the worker of a page asks for. Other threads have a runtime of their own. */
  const answers = {
    frames(/** @type {Blob} */ bytes) {
      if (!hasVideoElements()) throw new Error('there is no page that decodes videos');
      return framesOf(bytes, closing.signal);
    },
    module: (/** @type {ImageModule} */ name) => compile(runtime.files[name]?.()),
  };

  /** @param {import('../internal.d.ts').ErrorMembers} members */
  const error = ({ cause, ...members }) => new WixMediaError({ retry: 'maybe', ...members, ...(cause !== undefined && { cause: new Error(String(cause)) }) });
  const fail = (/** @type {string} */ code, /** @type {string} */ message) => error({ code, message });
  const report = (/** @type {any} */ fault) => tell(onError, fault);

  /** @param {number} id */
  function takeBody(id) {
    const found = take(bodies, id);
    take(releases, id)?.();
    return found;
  }

  /**
   * @param {any} data
   * @param {(id: number) => { resolve(value: any): void } | undefined} takeWaiting
   */
  function message(data, takeWaiting) {
    const { id, type } = data;
    if (data.state) state = data.state;
    if (type === 'event') {
      lastEvent = data.number;
      for (const handler of handlers) tell(handler, data.body);
    } else if (type === 'following') lastEvent = data.number;
    else if (type === 'fault') report(error(data.error));
    else if (type === 'ask') answerTo(data, answers).then((answer) => link.postMessage(answer));
    else if (type === 'pull') requests.get(id)?.pull(data.size);
    else if (type === 'cancel') requests.get(id)?.cancel();
    else if (type === 'head') {
      // What is left of the body interests nobody any more.
      requests.get(id)?.cancel();
      const waiting = takeWaiting(id);
      if (!waiting) return;
      const { status, body = null, hasBody } = data;
      const { headers } = data;
      if (!hasBody) return waiting.resolve({ status, headers, body });
      const onWait = (/** @type {boolean} */ isWaiting) => link.hold(isWaiting ? 1 : -1);
      const coming = incoming(link, id, { onCancel: () => takeBody(id), onWait });
      bodies.set(id, coming);
      waiting.resolve({ status, headers, body: coming.stream });
    } else if (type === 'piece') bodies.get(id)?.piece(data.bytes);
    else if (type === 'end') takeBody(id)?.end();
    else if (type === 'broken') takeBody(id)?.fail(fail('STORAGE_FAILED', data.message));
  }

  const link = await createLink({
    startThread,
    fail,
    report,
    message: () =>
      /** @type {StartMessage} */ ({
        type: 'start',
        options: sent,
        directoryUrl: directory instanceof URL ? directory.href : undefined,
        module,
        token,
        owner,
        now: isVirtual ? state.now : undefined,
        settings: state.settings,
        follow: isFollowing ? { after: state.storage?.durable ? lastEvent : undefined } : undefined,
      }),
    started(found, thread) {
      state = found;
      tab = thread.tab;
      if (hasStarted && !state.storage.durable) {
        report(fail('MANAGER_LOST', 'everything in memory was lost with the thread of the Media Manager'));
        if (seed) manager.seedOnce(seed).catch(report);
      }
      hasStarted = true;
    },
    received: {
      message,
      failed({ id, error: members }) {
        requests.get(id)?.cancel();
        // The caller's own error, which cannot travel.
        return failures.has(id) ? take(failures, id) : error(members);
      },
    },
    lost(reason) {
      for (const request of requests.values()) request.cancel(reason);
      for (const body of bodies.values()) body.fail(reason);
      for (const release of releases.values()) release();
      for (const map of [requests, bodies, failures, releases]) map.clear();
    },
  });

  /**
   * Sends a request to the thread.
   *
   * @param {Request & Partial<Pick<LightRequest, 'takeWhole'>>} request
   * @param {boolean} isServer
   * @returns {Promise<Response>}
   */
  async function dispatch(request, isServer) {
    const { method, url, signal } = request;
    // The caller may abort right after the call.
    await undefined;
    signal?.throwIfAborted();
    /** @type {ReadableStream<Uint8Array> | null} */
    let stream = null;
    /** @type {ArrayBuffer | undefined} */
    let body;
    if (request.takeWhole && isShort(request)) body = await until(signal, request.takeWhole());
    else {
      // The thread would wait for it in vain.
      if (request.bodyUsed || request.body?.locked) throw new TypeError('cannot send the request: its body has been used');
      stream = request.body;
      // Firefox has no streams in requests.
      const hasStream = stream !== undefined || method === 'GET' || method === 'HEAD';
      if (!hasStream || (stream && isShort(request))) {
        body = await until(signal, stream ? readWhole(stream) : request.arrayBuffer());
        stream = null;
      }
    }
    const head = { type: 'fetch', method, url, headers: linesOf(request.headers), body, hasBody: !!stream, isServer };
    /** @type {number | undefined} */
    let id;
    /** @param {number} own */
    function sent(own) {
      id = own;
      const abort = () => {
        link.take(own)?.reject(signal.reason);
        link.postMessage({ id: own, type: 'cancel' });
        requests.get(own)?.cancel(signal.reason);
        takeBody(own)?.fail(signal.reason);
      };
      const ended = (/** @type {{ error: unknown } | undefined} */ failure = undefined) => {
        requests.delete(own);
        if (failure) failures.set(own, failure.error);
      };
      if (stream) requests.set(own, outgoing(link, own, stream, ended));
      releases.set(own, onAbort(signal, abort));
      // It may have waited for a thread.
      if (signal?.aborted) abort();
    }
    try {
      const answer = link.ask(head, sent, body && [body]);
      // Only one that has to wait for a thread needs to be told of an abort.
      const found = await (id === undefined ? until(signal, answer) : answer);
      const { status } = found;
      if (!isServer) return new Response(found.body, { status, headers: headersOf(found.headers) });
      const whole = found.body instanceof ArrayBuffer ? new Uint8Array(found.body) : found.body;
      return answerOf(whole, { status, headers: fieldsOf(found.headers) });
    } finally {
      if (id !== undefined) {
        failures.delete(id);
        if (!bodies.has(id)) take(releases, id)?.();
      }
    }
  }

  /** @type {PublicManager['fetch']} */
  async function fetch(input, init, { isServer = false } = {}) {
    if (init?.body instanceof ReadableStream) init = { duplex: 'half', ...init };
    const request = isRequest(input, init) ? input : new Request(input, init);
    request.signal?.throwIfAborted();
    try {
      const answer = dispatch(request, isServer);
      return await (isHealth(request) ? inTime(answer) : answer);
    } catch (failure) {
      if (!(failure instanceof WixMediaError) || request.signal?.aborted) throw failure;
      return unavailable(failure, { 'Retry-After': RETRY_AFTER });
    }
  }

  /**
   * An answer of the thread, or an error when that takes too long: a thread that hangs is not healthy.
   *
   * @param {Promise<Response>} answer
   */
  async function inTime(answer) {
    const over = new AbortController();
    const late = pause(HEALTH_MS, over.signal, false).then(() => {
      throw fail('MANAGER_UNRESPONSIVE', `the thread of the Media Manager has not responded for ${HEALTH_MS / 1000} s`);
    });
    late.catch(() => {});
    try {
      return await Promise.race([answer, late]);
    } finally {
      over.abort();
      answer.catch(() => {});
    }
  }

  const manager = createPublic({
    fetch,
    baseUrl,
    given,
    on(name, handler) {
      const filtered = (/** @type {ManagerEvent} */ body) => (name === '*' || nameOf(body) === name ? handler(body) : undefined);
      if (!isFollowing) link.postMessage({ type: 'follow' });
      isFollowing = true;
      handlers.add(filtered);
      return () => handlers.delete(filtered);
    },
    now: () => (isVirtual ? state.now : Date.now()),
    async advance(milliseconds) {
      state = await link.ask({ type: 'advance', milliseconds });
    },
    storage: () => (tab ? { ...state.storage, tab } : state.storage),
    estimate: () => link.ask({ type: 'estimate' }),
    report,
    trap: () => link.ask({ type: 'trap' }),
    kill: () => link.kill(),
    close() {
      closing.abort(fail('MANAGER_CLOSED', 'the manager is closed'));
      return link.close();
    },
  });
  return manager;
}

/**
 * Whether the body is short and of no use in part, as that of a PATCH is.
 *
 * @param {Request} request
 */
const isShort = ({ method, headers }) =>
  (method === 'POST' || method === 'PUT') && Number(headers.get('content-length') ?? Infinity) <= MAX_INLINE;

/** @param {Request} request */
const isHealth = ({ url }) => url.includes(HEALTH) && new URL(url).pathname === HEALTH;
