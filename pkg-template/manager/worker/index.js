// The dedicated worker in which a manager on the origin private file system runs.
import { refusal, WixMediaError } from '../../client/error.js';
import { createManager } from '../index.js';
import { incoming, outgoing } from './bodies.js';

const port = globalThis;
const bodies = new Map();
const answers = new Map();
let manager;

const errorOf = (error) => (error instanceof WixMediaError ? error.toJSON() : { message: String(error?.message ?? error), code: 'INTERNAL' });

async function answer({ id, method, url, headers, hasBody }) {
  const controller = new AbortController();
  let body;
  if (hasBody) {
    body = incoming(port, id);
    bodies.set(id, body);
  }
  answers.set(id, { cancel: () => controller.abort() });
  try {
    const { signal } = controller;
    const request = new Request(url, { method, headers, signal, ...(body && { body: body.stream, duplex: 'half' }) });
    const response = await manager.fetch(request);
    const head = { id, type: 'head', status: response.status, headers: [...response.headers], hasBody: !!response.body };
    if (method !== 'GET' && method !== 'HEAD') head.storage = manager.storage;
    if (response.body) answers.set(id, outgoing(port, id, response.body));
    else answers.delete(id);
    port.postMessage(head);
  } catch (error) {
    answers.delete(id);
    port.postMessage({ id, type: 'failed', error: errorOf(error) });
  } finally {
    bodies.delete(id);
  }
}

const calls = {
  async start({ options, module, images, token }) {
    const given = { token, WixMediaError, refusal, compile: async () => module, runtime: { managerWasm: () => module, imagesWasm: () => images, crypto: () => crypto } };
    manager = await createManager(options, given);
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
  if (type === 'pull') return answers.get(id)?.pull();
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
