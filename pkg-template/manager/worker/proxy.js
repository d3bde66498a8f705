// A manager that runs in a worker, as the page sees it.
import { tell } from '../../client/hooks.js';
import { nameOf } from '../events.js';
import { toJson } from '../options.js';
import { createPublic } from '../public.js';
import { incoming, outgoing } from './bodies.js';

/** @import { Given, ManagerEvent, ManagerOptions, MediaManager, PublicManager } from '../internal.d.ts' */

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
 * Starts the worker, and the manager in it.
 *
 * @param {ManagerOptions} options
 * @param {WebAssembly.Module} module
 * @param {Given & { baseUrl: string }} given
 * @returns {Promise<PublicManager>}
 */
export async function createProxy(options, module, given) {
  const { WixMediaError, runtime, baseUrl } = given;
  const worker = /** @type {NonNullable<typeof runtime.managerWorker>} */ (runtime.managerWorker)();
  // Objects with functions, such as a clock of the caller, cannot be sent to a worker.
  const { seed: _, clock, onError, ...settings } = options;
  /** @type {Map<number, { resolve(value: any): void, reject(reason: unknown): void }>} */
  const waiting = new Map();
  /** @type {Map<number, ReturnType<typeof incoming>>} */
  const bodies = new Map();
  /** @type {Map<number, ReturnType<typeof outgoing>>} */
  const requests = new Map();
  /** @type {Set<(event: ManagerEvent) => unknown>} */
  const handlers = new Set();
  let last = 0;
  /** @type {any} */
  let state = {};
  /** @type {InstanceType<typeof WixMediaError> | undefined} */
  let broken;

  const error = (/** @type {import('../internal.d.ts').ErrorMembers} */ members) => new WixMediaError({ retry: 'maybe', ...members });
  worker.onmessage = ({ data }) => {
    const { id, type } = data;
    if (data.storage) state = { ...state, storage: data.storage };
    if (type === 'event') for (const handler of handlers) handler(data.body);
    else if (type === 'fault') tell(onError, error(data.error));
    else if (type === 'pull') requests.get(id)?.pull();
    else if (type === 'cancel') take(requests, id)?.cancel();
    else if (type === 'head') {
      requests.delete(id);
      const { status, headers, hasBody } = data;
      let body = null;
      if (hasBody) {
        const coming = incoming(worker, id, { onCancel: () => bodies.delete(id) });
        bodies.set(id, coming);
        body = coming.stream;
      }
      take(waiting, id)?.resolve(new Response(body, { status, headers }));
    } else if (type === 'piece') bodies.get(id)?.piece(data.bytes);
    else if (type === 'end') take(bodies, id)?.end();
    else if (type === 'broken') take(bodies, id)?.fail(error({ code: 'STORAGE_FAILED', message: data.message }));
    else if (type === 'result') take(waiting, id)?.resolve(data.value);
    else if (type === 'failed') {
      requests.delete(id);
      take(waiting, id)?.reject(error(data.error));
    }
  };
  worker.onerror = (event) => {
    const message = `the worker of the Media Manager ended: ${event.message ?? 'it could not be loaded'}`;
    broken = error({ code: 'MANAGER_LOST', message });
    for (const { reject } of waiting.values()) reject(broken);
    for (const body of bodies.values()) body.fail(broken);
    waiting.clear();
    bodies.clear();
  };

  /**
   * Sends a message, and waits for its answer.
   *
   * @param {object} message
   * @returns {Promise<any>}
   */
  const ask = (message) =>
    new Promise((resolve, reject) => {
      if (broken) return reject(broken);
      last += 1;
      waiting.set(last, { resolve, reject });
      return worker.postMessage({ ...message, id: last });
    });

  const isVirtual = clock === 'virtual';
  if (clock !== undefined && clock !== 'system' && !isVirtual) {
    throw given.refusal('clock', "must be 'system' or 'virtual' with the storage opfs", 'createManager');
  }
  try {
    const sent = JSON.parse(toJson({ ...settings, clock }));
    state = await ask({ type: 'start', options: sent, module, images: runtime.imagesWasm?.(), token: given.token });
  } catch (failure) {
    worker.terminate();
    throw failure;
  }

  /** @type {MediaManager['fetch']} */
  async function fetch(input, init) {
    if (init?.body instanceof ReadableStream) init = { duplex: 'half', ...init };
    const request = input instanceof Request && init === undefined ? input : new Request(input, init);
    request.signal?.throwIfAborted();
    const { method, url, signal } = request;
    // Firefox has no streams in requests.
    const stream = request.body ?? (method === 'GET' || method === 'HEAD' ? null : new Blob([await request.arrayBuffer()]).stream());
    /** @type {Promise<Response>} */
    const answer = ask({ type: 'fetch', method, url, headers: [...request.headers], hasBody: !!stream });
    const id = last;
    if (stream) requests.set(id, outgoing(worker, id, stream));
    if (!signal) return answer;
    return new Promise((resolve, reject) => {
      const abort = () => {
        worker.postMessage({ id, type: 'cancel' });
        take(requests, id)?.cancel();
        waiting.delete(id);
        reject(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
      answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    });
  }

  return createPublic({
    fetch,
    baseUrl,
    given,
    on(name, handler) {
      const filtered = (/** @type {ManagerEvent} */ body) => (name === '*' || nameOf(body) === name) && handler(body);
      handlers.add(filtered);
      return () => handlers.delete(filtered);
    },
    now: () => (isVirtual ? state.now : Date.now()),
    async advance(milliseconds) {
      state = { ...state, ...(await ask({ type: 'advance', milliseconds })) };
    },
    storage: () => state.storage,
    estimate: () => ask({ type: 'estimate' }),
    report: (error) => tell(onError, error),
    trap: () => ask({ type: 'trap' }),
    async close() {
      await ask({ type: 'close' });
      worker.terminate();
      broken = error({ code: 'MANAGER_CLOSED', message: 'the manager is closed' });
    },
  });
}
