// createManager: a Media Manager inside the process. `createClient({ manager })` talks to it, and so does anything that can
// be given a fetch function.
import { tell } from '../client/hooks.js';
import { MAX_TIMEOUT } from '../streams/until.js';
import { compile, loadOnce, notLoaded } from '../wasm/instance.js';
import { administer, isAdmin } from './admin.js';
import { createClock } from './clock.js';
import { createEngine } from './engine.js';
import { createEvents } from './events.js';
import { createBitmaps, hasBitmaps } from './images/bitmaps.js';
import { createConverter } from './images/converter.js';
import { createImages, TIMEOUT_MS } from './images/index.js';
import { createTransformer } from './images/transformer.js';
import { createImports, fetchNetwork } from './imports.js';
import { isRequest } from './messages.js';
import { checkManagerOptions, settingsOf } from './options.js';
import { createPublic } from './public.js';
import { ANY_ORIGIN, refused, unavailable } from './refused.js';
import { createScrub } from './scrub.js';
import { memoryStorage } from './storage/memory.js';
import { opfsStorage } from './storage/opfs.js';
import { pinned } from './storage/pinned.js';
import { sharedThread } from './tabs/owner.js';
import { framesOf, hasVideoElements } from './videos/element.js';
import { createFrames } from './videos/frames.js';
import { createVideos } from './videos/index.js';
import { createWebhooks } from './webhooks.js';
import { createProxy } from './worker/proxy.js';

/** @import { WasmSource } from '../wasm/internal.d.ts' */
/** @import { Clock, Converter, Decoder, Format, Given, Lent, ManagerOptions, MediaManager, PinnedStorage, Refuse, Storage, Thread, Threads, WebCrypto } from './internal.d.ts' */

/** What URLs begin with when a request does not come from a server: a host that leads nowhere but to this machine. */
const BASE_URL = 'http://wix-media.localhost';

/** The service's own hosts must never appear in the answers of a manager. */
const SERVICE = /(^|\.)wixapis\.com$/;

/** How long the next tick waits at least while no more webhooks can be delivered. */
const FULL_MS = 100;
/** After how long a timer that failed tries again, at first and at most. */
const MIN_RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;
/** How often blobs that nothing needs are looked for, and how long they are kept. */
const SWEEP_INTERVAL_MS = 3_600_000;
const SWEEP_GRACE_MS = 86_400_000;

const compiled = loadOnce(async (/** @type {(() => WasmSource | Promise<WasmSource>) | undefined} */ source) => compile(source?.()));

/**
 * Makes a manager, and seeds it where it is empty.
 *
 * @param {ManagerOptions | undefined} options
 * @param {Lent & { token?: string }} lent
 * @returns {Promise<MediaManager>}
 */
export async function createManager(options, lent) {
  const given = { token: lent.token ?? secret(await lent.runtime.crypto()), ...lent };
  const manager = await make(options ?? {}, given);
  try {
    if (options?.seed) await manager.seedOnce(options.seed);
  } catch (error) {
    await manager.close();
    throw error;
  }
  return manager;
}

/**
 * @param {ManagerOptions} options
 * @param {Given} given
 */
async function make(options, given) {
  const { WixMediaError, refusal, runtime } = given;
  /** @type {Refuse} */
  const refuse = (field, description) => refusal(field, description, 'createManager');
  /** @type {import('./internal.d.ts').Fail} */
  const fail = (code, message, cause) => new WixMediaError({ code, message, retry: 'maybe', ...(cause ? { cause } : {}) });
  checkManagerOptions(options, refuse);
  // The module has such an option, which goes with a storage that cannot be changed.
  if ('readOnly' in options) throw refuse('readOnly', 'is not an option: did you mean storage.readOnly?');
  const kind = options.storage ?? 'memory';
  const baseUrl = String(options.baseUrl ?? BASE_URL).replace(/\/+$/, '');
  const module = await compiled(runtime.files.manager).catch((cause) => {
    throw fail('MODULE_NOT_LOADED', notLoaded('manager.wasm', cause?.message ?? cause), cause);
  });
  const threads = threadsOf(runtime);
  if (options.thread && !runtime.threads) throw refuse('thread', 'works in Node, Bun and Deno only');
  // Pages cannot use their own file system in their own thread.
  const isOfPage = typeof kind === 'object' && 'opfs' in kind && typeof document === 'object';
  if (threads && (options.thread || isOfPage)) {
    if (options.processing?.steps?.length) throw refuse('processing.steps', 'works where the manager runs in your own thread only');
    const { startThread } = await threads();
    // A storage of the browser can be open in one tab only, which the others join.
    const start = isOfPage ? sharedThread(kind.opfs, startThread, fail) : startThread;
    return createProxy(options, module, { ...given, baseUrl }, start);
  }
  const clock = createClock(options.clock, refuse);
  const crypto = await runtime.crypto();
  const storage = pinned(await openStorage(kind, given, refuse));
  const format = (/** @type {Format} */ name) => runtime.files[name]?.();
  const converter = await openConverter(options.images, clock.kind, given, refuse);
  const images = createImages({ source: runtime.files.images, threads, transformer: createTransformer, format, converter, options: options.images });
  const isSnapshot = storage.snapshotTime !== undefined;
  const decoder = isSnapshot ? undefined : await openDecoder(options, clock.kind, storage, given, refuse);
  const settings = { ...settingsOf(options), transcodes: decoder !== undefined, converts: converter.decodes, encodesAvif: converter.encodes };
  if (isSnapshot) Object.assign(settings.options, { readOnly: true });
  const report = (/** @type {any} */ error) => tell(options.onError, error);
  const hooks = { changed: () => changed(), report };
  const steps = options.processing?.steps ?? [];
  const engine = createEngine({ module, storage, settings, clock, fail, refuse, images, steps, crypto, isLight: given.isThread, ...hooks });
  if (isSnapshot && !engine.control('isWhole')) {
    engine.close();
    throw storage.damaged?.();
  }
  const events = createEvents(engine, baseUrl);
  const { network } = runtime.network ? await runtime.network() : { network: fetchNetwork };
  const imports = createImports(engine, network, hooks);
  const subtle = async () => crypto.subtle;
  const webhooks = createWebhooks(engine, { subtle, ...hooks });
  const videos = decoder && createVideos(engine, decoder, hooks);
  const started = Date.now();
  // The owner of the directory looks after its bytes.
  const scrub = options.scrub && !isSnapshot ? createScrub(engine, options.scrub, { fail, report }) : undefined;

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** After whatever may have changed something: tells listeners, takes work that is due, and sets the timer. */
  function changed() {
    attempt(() => {
      events.deliver();
      // The owner of the directory does what is due.
      if (isSnapshot) return;
      const due = engine.control('takeDue', { imports: imports.free(), deliveries: webhooks.free(), transcodes: videos ? videos.free() : 1 });
      imports.run(due.imports);
      videos?.run(due.transcodes);
      webhooks.run(due.deliveries);
      retryMs = MIN_RETRY_MS;
      // A delivery may be due that waits for room, which the next tick does not make.
      const least = webhooks.free() === 0 ? FULL_MS : 0;
      wakeIn(due.nextTick === null ? undefined : Math.max(due.nextTick - clock.now(), least));
    });
  }
  function tick() {
    if (attempt(() => engine.control('tick'))) changed();
  }

  let retryMs = MIN_RETRY_MS;
  /**
   * Runs work that has no caller to fail. A library must not throw out of a timer: what failed is reported, and tried again.
   *
   * @param {() => void} work
   * @returns {boolean} Whether it succeeded.
   */
  function attempt(work) {
    try {
      work();
      return true;
    } catch (error) {
      if (error instanceof WixMediaError && error.code === 'MANAGER_CLOSED') return false;
      report(error);
      // Another process does what is due from now on.
      if (error instanceof WixMediaError && error.code === 'LOCK_LOST') return false;
      wakeIn(retryMs);
      retryMs = Math.min(retryMs * 2, MAX_RETRY_MS);
      return false;
    }
  }

  /** @param {number | undefined} milliseconds Until the next tick; undefined for none. */
  function wakeIn(milliseconds) {
    if (clock.kind !== 'system') return;
    clearTimeout(timer);
    if (milliseconds === undefined) return;
    timer = setTimeout(tick, Math.min(milliseconds, MAX_TIMEOUT));
    // A timer must not keep a process alive that has nothing else to do.
    if (typeof timer === 'object') timer.unref();
  }

  /** Removes what nothing needs any more. What fails is left to the next sweep. */
  function sweep() {
    try {
      engine.control('sweep', { graceMs: SWEEP_GRACE_MS });
    } catch (error) {
      report(error);
    }
  }
  // A storage that prepares files has some that no row names, but none before the first request.
  if (storage.prepare) sweep();
  const sweeper = storage.prepare || isSnapshot || clock.kind !== 'system' ? undefined : setInterval(sweep, SWEEP_INTERVAL_MS);
  if (typeof sweeper === 'object') sweeper.unref();

  /** @type {MediaManager['fetch']} */
  async function respond(input, init) {
    // Streaming request bodies require `duplex: 'half'`.
    if (init?.body instanceof ReadableStream) init = { duplex: 'half', ...init };
    /** @type {Request} */
    let request = isRequest(input, init) ? input : new Request(input, init);
    request.signal?.throwIfAborted();
    const url = new URL(request.url);
    if (SERVICE.test(url.hostname)) request = withBase(request, url, baseUrl);
    try {
      if (isSnapshot && !isReading(request.method, url)) return readOnly();
      if (!isAdmin(url)) return await engine.respond(request);
      const parts = { engine, events, manager, webhooks, changed, refuse, started, token: given.token, report, fail };
      return await administer(request, url, parts);
    } catch (error) {
      if (!(error instanceof WixMediaError)) throw error;
      return unavailable(error);
    }
  }

  const manager = createPublic({
    fetch: respond,
    baseUrl,
    given,
    on: events.on,
    follow(after = engine.control('lastEvent'), listener) {
      return { number: after, stop: events.follow(after, listener) };
    },
    now: () => clock.now(),
    async advance(milliseconds) {
      if (!clock.set) throw refuse('clock', "must be 'virtual' to be advanced");
      const target = clock.now() + milliseconds;
      await videos?.idle();
      // From one due moment to the next, so that everything happens at its own time and in its order.
      for (let due = engine.control('nextTick'); due !== null && due <= target; due = engine.control('nextTick')) {
        clock.set(due);
        engine.control('tick');
        changed();
        // What is due stays due until there is room to deliver it.
        await webhooks.room();
        await videos?.idle();
      }
      clock.set(target);
      changed();
    },
    storage() {
      const { kind: name, directory, durable, snapshotTime } = storage;
      return { kind: name, durable, ...(directory && { directory }), ...(snapshotTime && { snapshotTime }), usage: engine.control('usage'), images: images.state(), ...(videos && { videos: videos.state() }), ...(scrub && { scrub: scrub.state() }) };
    },
    estimate: async () => storage.estimate?.(),
    report,
    save:
      storage.save &&
      (() => {
        const [restoreEngine, restoreEvents, time] = [engine.save(), events.save(), clock.now()];
        return () => {
          restoreEngine();
          restoreEvents();
          clock.reset?.(time);
          webhooks.forgetKey();
          changed();
        };
      }),
    settled: () => Promise.all([imports.idle(), webhooks.idle(), videos?.idle()]),
    trap: async () => void engine.trap(),
    settings: () => engine.adjusted,
    async close() {
      clearTimeout(timer);
      clearInterval(sweeper);
      await scrub?.close();
      await imports.close();
      await videos?.close();
      await webhooks.close();
      events.close();
      engine.close();
    },
  });
  changed();
  return manager;
}

/**
 * Opens the decoder of videos. Returns undefined if videos are not decoded: by default also with a virtual clock, because
 * tests must not depend on what is installed.
 *
 * @param {ManagerOptions} options
 * @param {Clock['kind']} clock
 * @param {PinnedStorage} storage
 * @param {Given} given
 * @param {Refuse} refuse
 * @returns {Promise<Decoder | undefined>}
 */
async function openDecoder(options, clock, storage, { runtime }, refuse) {
  const { videos = clock === 'system' } = options;
  if (!videos) return undefined;
  const { ffmpeg } = typeof videos === 'object' ? videos : {};
  if (!runtime.ffmpeg) {
    if (ffmpeg) throw refuse('videos.ffmpeg', 'works in Node, Bun and Deno only');
    const frames = runtime.frames ?? (hasVideoElements() ? framesOf : undefined);
    return frames && createFrames(storage, frames);
  }
  const part = await runtime.ffmpeg().catch((error) => {
    // Programs that ship the files of the package by a list need not ship this one.
    if (options.videos) throw error;
  });
  if (!part) return undefined;
  const decoder = part.createFfmpeg({ storage, options: typeof videos === 'object' ? videos : {} });
  if (ffmpeg && !decoder) throw refuse('videos.ffmpeg', `must be the path of a program: ${ffmpeg} is not one`);
  return decoder;
}

/**
 * Opens the converter of images. By default there is none with a virtual clock, because tests must not depend on what is
 * installed.
 *
 * @param {ManagerOptions['images']} options
 * @param {Clock['kind']} clock
 * @param {Given} given
 * @param {Refuse} refuse
 * @returns {Promise<Converter>}
 */
async function openConverter(options = {}, clock, { runtime }, refuse) {
  const { converters = clock === 'system', timeoutMs = TIMEOUT_MS } = options;
  const none = (/** @type {string} */ why) => createConverter({ parts: [], advice: () => why });
  if (!converters) return none('set the option images.converters of createManager');
  const { sharp, heif } = typeof converters === 'object' ? converters : {};
  if (!runtime.converters) {
    if (sharp || heif) throw refuse('images.converters', 'works in Node, Bun and Deno only');
    return hasBitmaps() ? createBitmaps() : none('use a manager in a browser, or in Node with sharp or libheif');
  }
  const part = await runtime.converters().catch((error) => {
    // Programs that ship the files of the package by a list need not ship this one.
    if (options.converters) throw error;
  });
  return part ? part.createPrograms({ timeoutMs, sharp, heif }, refuse) : none('converters.js of the package is missing');
}

/**
 * A token that nobody can guess. `randomUUID` is missing in pages without HTTPS.
 *
 * @param {WebCrypto} crypto
 */
const secret = (crypto) =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * A request to the service, as one to this manager.
 *
 * @param {Request} request
 * @param {URL} url
 * @param {string} baseUrl
 */
function withBase(request, url, baseUrl) {
  const { method, body, signal } = request;
  const headers = new Headers(request.headers);
  headers.set('host', new URL(baseUrl).host);
  const address = `${baseUrl}${url.pathname}${url.search}`;
  if (!(request instanceof Request)) return { .../** @type {Request} */ (request), headers, url: address };
  /** @type {RequestInit & { duplex?: 'half' }} */
  const init = { method, headers, signal, ...(body ? { body, duplex: 'half' } : {}) };
  return new Request(address, init);
}

/**
 * How the runtime starts threads; undefined where it has none.
 *
 * @param {Given['runtime']} runtime
 * @returns {(() => Promise<Threads>) | undefined}
 */
function threadsOf({ threads, files: { worker } }) {
  if (threads || !worker) return threads;
  // A worker of a page has all that a thread has.
  const startThread = () => /** @type {Thread} */ (/** @type {unknown} */ (started(worker())));
  return async () => ({ startThread, parallelism: () => navigator.hardwareConcurrency });
}

/**
 * A worker by its URL. One of another origin cannot be started, but imported by one of this origin.
 *
 * @param {Worker | string | URL} worker
 */
function started(worker) {
  if (typeof worker !== 'string' && !(worker instanceof URL)) return worker;
  const { href, origin } = new URL(worker, location.href);
  const importing = () => URL.createObjectURL(new Blob([`import ${JSON.stringify(href)};`], { type: 'text/javascript' }));
  return new Worker(origin === location.origin ? href : importing(), { type: 'module' });
}

/**
 * @param {any} kind
 * @param {Given} given
 * @param {Refuse} refuse
 * @returns {Promise<Storage>}
 */
async function openStorage(kind, { runtime, WixMediaError, owner }, refuse) {
  if (kind === 'memory') return memoryStorage();
  if ((typeof kind?.directory === 'string' && kind.directory) || kind?.directory instanceof URL) {
    if (!runtime.directory) throw refuse('storage.directory', 'works in Node, Bun and Deno only');
    const { directoryStorage, snapshotStorage } = await runtime.directory();
    for (const name of ['readOnly', 'sync']) {
      if (kind[name] !== undefined && typeof kind[name] !== 'boolean') throw refuse(`storage.${name}`, 'must be true or false');
    }
    const { directory, readOnly, sync } = kind;
    return readOnly ? snapshotStorage(directory, { WixMediaError }) : directoryStorage(directory, { WixMediaError, owner, sync });
  }
  if (kind?.opfs !== undefined) {
    if (!('FileSystemFileHandle' in globalThis && 'createSyncAccessHandle' in FileSystemFileHandle.prototype)) {
      throw refuse('storage.opfs', 'works in browsers only');
    }
    return opfsStorage(kind.opfs, { WixMediaError });
  }
  throw refuse('storage', "must be 'memory', { directory } or { opfs }");
}

/**
 * Whether a request can only read. Calls of the API are told apart by the module.
 *
 * @param {string} method
 * @param {URL} url
 */
const isReading = (method, url) =>
  ['GET', 'HEAD', 'OPTIONS'].includes(method) || (method === 'POST' && !isAdmin(url) && !url.pathname.startsWith('/upload/'));

/** The answer to a change of a snapshot. */
const readOnly = () => refused(403, 'READ_ONLY', 'the Media Manager shows a snapshot, which cannot be changed', ANY_ORIGIN);
