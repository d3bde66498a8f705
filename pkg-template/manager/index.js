// createManager: a Media Manager inside the process. `createClient({ manager })` talks to it, and so does anything that can
// be given a fetch function.
import { createClock } from './clock.js';
import { createEngine } from './engine.js';
import { createEvents } from './events.js';
import { administer, isAdministration } from './admin.js';
import { createFace } from './public.js';
import { createImports, fetchNetwork } from './imports.js';
import { createPictures } from './images/index.js';
import { createRemote } from './worker/proxy.js';
import { memoryStorage } from './storage/memory.js';
import { opfsStorage } from './storage/opfs.js';
import { pinned } from './storage/pinned.js';
import { createWebhooks } from './webhooks.js';

/** What URLs begin with when the request does not come from a server: a name that leads nowhere but to this machine. */
const BASE_URL = 'http://wix-media.localhost';
/** The service's own hosts must never stand in the answers of a manager. */
const SERVICE = /(^|\.)wixapis\.com$/;
/** Options that the WebAssembly module reads itself. */
const SETTINGS = ['siteId', 'baseUrl', 'limits', 'processing', 'ids', 'auth', 'webhooks', 'webhookDelayFactor', 'keepEvents', 'faults', 'lagMs', 'delayMs', 'allowPrivateImports'];
/** Longest that a timer can wait. */
const LONGEST_WAIT = 2 ** 31 - 1;

let compiled;

/**
 * Makes a manager. `given` is what the package's entry lends: `WixMediaError`, `createClient`, `refusal`, `compile`, and
 * `runtime`, which knows where things are.
 */
export async function createManager(options, lent) {
  const given = { token: crypto.randomUUID(), ...lent };
  const manager = await make(options ?? {}, given);
  try {
    if (options?.seed) await manager.seedOnce(options.seed);
  } catch (error) {
    await manager.close();
    throw error;
  }
  return manager;
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

function isWebUrl(url) {
  try {
    return /^https?:$/.test(new URL(url).protocol);
  } catch {
    return false;
  }
}

/** Refuses what the WebAssembly module does not check itself. */
function checkOptions(options, refuse) {
  if (!isObject(options)) throw refuse('options', 'must be an object');
  const { ids = 'random', baseUrl } = options;
  if (ids !== 'random' && !(Number.isSafeInteger(ids?.seed) && ids.seed >= 0)) {
    throw refuse('ids', "must be 'random' or { seed }, a whole number that is not negative");
  }
  if (baseUrl !== undefined && !isWebUrl(baseUrl)) {
    throw refuse('baseUrl', 'must be a URL with http or https');
  }
  for (const name of ['limits', 'processing']) {
    if (options[name] !== undefined && !isObject(options[name])) throw refuse(name, 'must be an object');
  }
}

async function make(options, given) {
  const { WixMediaError, refusal, runtime } = given;
  const refuse = (field, description) => refusal(field, description, 'createManager');
  const fail = (code, message, cause) => new WixMediaError({ code, message, retry: 'maybe', ...(cause && { cause }) });
  checkOptions(options, refuse);
  const kind = options.storage ?? 'memory';
  const baseUrl = String(options.baseUrl ?? BASE_URL).replace(/\/+$/, '');
  compiled ??= given.compile(runtime.managerWasm()).catch((cause) => {
    compiled = undefined;
    throw fail('MODULE_NOT_LOADED', `The WebAssembly module of the manager could not be loaded: ${cause?.message ?? cause}`, cause);
  });
  const module = await compiled;
  if (kind?.opfs !== undefined && runtime.managerWorker && typeof document === 'object') {
    return createRemote(options, module, { ...given, baseUrl });
  }
  const clock = createClock(options.clock, refuse);
  const storage = pinned(await openStorage(kind, given, refuse));
  const settings = Object.fromEntries(SETTINGS.map((name) => [name, options[name]]));
  if (settings.ids === 'random') settings.ids = undefined;
  const pictures = createPictures(runtime.imagesWasm);
  const engine = createEngine({ module, storage, settings, clock, fail, pictures, changed: () => changed() });
  const events = createEvents(engine);
  const { network } = runtime.network ? await runtime.network() : { network: fetchNetwork };
  const imports = createImports(engine, network, () => changed());
  const subtle = async () => (await runtime.crypto()).subtle;
  const webhooks = createWebhooks(engine, { subtle, changed: () => changed() });

  let timer;
  /** After whatever may have changed something: who listens is told, and the timer is set for what comes next. */
  function changed() {
    events.deliver();
    imports.take();
    webhooks.take();
    if (clock.kind !== 'system') return;
    clearTimeout(timer);
    const due = engine.control('nextTick');
    if (due === null) return;
    timer = setTimeout(tick, Math.min(Math.max(due - clock.now(), 0), LONGEST_WAIT));
    // A timer must not keep a process alive that has nothing else to do.
    timer.unref?.();
  }
  function tick() {
    try {
      engine.control('tick');
      changed();
    } catch (error) {
      if (error.code !== 'MANAGER_CLOSED') throw error;
    }
  }

  async function respond(input, init) {
    // A stream as a body has to say that nobody waits for the answer before it ends.
    if (init?.body instanceof ReadableStream) init = { duplex: 'half', ...init };
    let request = input instanceof Request && init === undefined ? input : new Request(input, init);
    request.signal?.throwIfAborted();
    const url = new URL(request.url);
    if (SERVICE.test(url.hostname)) {
      const headers = new Headers(request.headers);
      headers.set('host', new URL(baseUrl).host);
      request = lookalike(request, `${baseUrl}${url.pathname}${url.search}`, headers);
    }
    try {
      if (isAdministration(url)) return await administer(request, url, { engine, events, manager, webhooks, changed, token: given.token });
      return await engine.respond(request);
    } catch (error) {
      if (!(error instanceof WixMediaError)) throw error;
      return unavailable(error);
    }
  }

  const manager = createFace({
    fetch: respond,
    baseUrl,
    given,
    on: events.on,
    now: () => clock.now(),
    async advance(milliseconds) {
      if (clock.kind !== 'virtual') throw refuse('clock', "must be 'virtual' to be advanced");
      const target = clock.now() + milliseconds;
      // From one due moment to the next, so that everything happens at its own time and in its order.
      for (let due = engine.control('nextTick'); due !== null && due <= target; due = engine.control('nextTick')) {
        clock.set(due);
        engine.control('tick');
        changed();
      }
      clock.set(target);
      changed();
    },
    storage() {
      const { kind: name, directory, durable } = storage;
      return { kind: name, durable, ...(directory && { directory }), usage: engine.control('usage') };
    },
    estimate: async () => storage.estimate?.(),
    trap: async () => void engine.trap(),
    async close() {
      clearTimeout(timer);
      await imports.close();
      await webhooks.close();
      events.close();
      engine.close();
    },
  });
  changed();
  return manager;
}

/** The request at another URL. */
const lookalike = (request, url, headers) => {
  const { method, body, signal } = request;
  return new Request(url, { method, headers, signal, ...(body && { body, duplex: 'half' }) });
};

async function openStorage(kind, { runtime, WixMediaError }, refuse) {
  if (kind === 'memory') return memoryStorage();
  if ((typeof kind?.directory === 'string' && kind.directory) || kind?.directory instanceof URL) {
    if (!runtime.directory) throw refuse('storage.directory', 'works in Node, Bun and Deno only');
    const { directoryStorage } = await runtime.directory();
    return directoryStorage(kind.directory, { WixMediaError });
  }
  if (kind?.opfs !== undefined) {
    if (!globalThis.FileSystemFileHandle?.prototype.createSyncAccessHandle) {
      throw refuse('storage.opfs', 'works in browsers only');
    }
    return opfsStorage(kind.opfs, { WixMediaError });
  }
  throw refuse('storage', "must be 'memory', { directory } or { opfs }");
}

/** A fault of the manager as an answer that clients may try again. */
function unavailable({ code, message }) {
  const body = { message, details: { applicationError: { code, description: message, data: {} } } };
  const headers = { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' };
  return new Response(JSON.stringify(body), { status: 503, headers });
}
