// The dedicated worker in which a manager on the origin private file system runs.
//
// Messages carry the `id` of a request or call. The page sends `fetch` with a body that is pulled, and calls such as
// `start`; the worker sends `head` with a body that is pulled, `result`, `failed`, and `event` without being asked.
import { refusal, WixMediaError } from '../../client/error.js';
import { createManager } from '../index.js';
import { incoming, outgoing } from './bodies.js';

/** @import { PublicManager } from '../internal.d.ts' */

/** This worker; its type is that of a page's global object otherwise. */
const port = /** @type {MessagePort} */ (/** @type {unknown} */ (globalThis));
/** @type {Map<number, ReturnType<typeof incoming>>} */
const bodies = new Map();
/** @type {Map<number, { pull?(): Promise<void>, cancel(): unknown }>} */
const answers = new Map();
/** @type {PublicManager} */
let manager;

const errorOf = (/** @type {any} */ error) =>
  error instanceof WixMediaError ? error.toJSON() : { message: String(error?.message ?? error), code: 'INTERNAL' };

/** @param {{ id: number, method: string, url: string, headers: [string, string][], hasBody: boolean }} message */
async function answer({ id, method, url, headers, hasBody }) {
  const controller = new AbortController();
  /** @type {ReturnType<typeof incoming> | undefined} */
  let body;
  if (hasBody) {
    body = incoming(port, id);
    bodies.set(id, body);
  }
  answers.set(id, { cancel: () => controller.abort() });
  try {
    const { signal } = controller;
    /** @type {RequestInit & { duplex?: 'half' }} */
    const init = { method, headers, signal, ...(body && { body: body.stream, duplex: 'half' }) };
    const response = await manager.fetch(new Request(url, init));
    const head = { id, type: 'head', status: response.status, headers: [...response.headers], hasBody: !!response.body };
    const isChange = method !== 'GET' && method !== 'HEAD';
    if (response.body) answers.set(id, outgoing(port, id, response.body));
    else answers.delete(id);
    port.postMessage(isChange ? { ...head, storage: manager.storage } : head);
  } catch (error) {
    answers.delete(id);
    port.postMessage({ id, type: 'failed', error: errorOf(error) });
  } finally {
    bodies.delete(id);
  }
}

/** @type {Record<string, (message: any) => Promise<unknown> | unknown>} */
const calls = {
  async start({ options, module, images, token }) {
    const onError = (/** @type {unknown} */ error) => port.postMessage({ type: 'fault', error: errorOf(error) });
    const runtime = { managerWasm: () => module, imagesWasm: () => images, crypto: () => crypto };
    manager = /** @type {PublicManager} */ (await createManager({ ...options, onError }, { token, WixMediaError, refusal, runtime }));
    manager.on('*', (body) => port.postMessage({ type: 'event', body }));
    return { storage: manager.storage, now: manager.clock.now() };
  },
  async advance({ milliseconds }) {
    await manager.clock.advance(milliseconds);
    return { now: manager.clock.now(), storage: manager.storage };
  },
  trap: async () => void manager[Symbol.for('wix-media.trap')](),
  estimate: () => manager.estimate(),
  close: () => manager.close(),
};

port.onmessage = async ({ data }) => {
  const { id, type } = data;
  if (type === 'fetch') return answer(data);
  if (type === 'piece') return bodies.get(id)?.piece(data.bytes);
  if (type === 'end') return bodies.get(id)?.end();
  if (type === 'broken') return bodies.get(id)?.fail(new Error(data.message));
  if (type === 'pull') return answers.get(id)?.pull?.();
  if (type === 'cancel') {
    answers.get(id)?.cancel();
    return void answers.delete(id);
  }
  try {
    port.postMessage({ id, type: 'result', value: await calls[type](data) });
  } catch (error) {
    port.postMessage({ id, type: 'failed', error: errorOf(error) });
  }
};
