// The WebAssembly module of the manager, and everything that goes in and out of it.
//
// A request is an intake: `open` returns its number, `feed` takes the bytes of its body, `close` answers it, `abandon` gives
// it up. Several are under way at once, since bodies come in pieces. An answer whose body is in the storage is a number
// too: `pieces` names the runs of blobs to send, `release` forgets it.
//
// The module keeps nothing that lasts. After a trap the next call starts another instance on the same storage, as after a
// crash; requests that were under way fail, and their numbers are refused by the generation they belong to.
import instantiate from '#manager-glue';
import { breathe } from '../streams/breathe.js';
import { pause, until } from '../streams/until.js';
import { createInstance } from '../wasm/instance.js';
import { piecesOf, streamOf, streamOfPieces, takeIn } from './bodies.js';
import { answerOf, fieldsOf } from './messages.js';
import { refusalOf, toJson } from './options.js';
import { runSteps } from './steps.js';
import { BUILT } from './storage/built.js';

/** @import { BodySource, Clock, Engine, ExportOutcome, Fail, Images, ManagerCore, ManagerOptions, MediaType, Outcome, PinnedStorage, Received, Refuse, StepFile, TaskReport, WebCrypto } from './internal.d.ts' */

/** Types that cannot act as a page. The PDF viewers of browsers do not open in a sandbox, and need none. */
const INERT = /^application\/(json|pdf)\b/;

/** How many random bytes are drawn at once: each call of `getRandomValues` costs as much as a small request's work. */
const RANDOM_POOL_SIZE = 4096;

/** By how many bytes the memory of the module may grow after a snapshot, before an instance with little memory takes its place. */
const MAX_GROWTH = 64 << 20;

/** Parts of what an outcome says about changes. */
const CHANGED = 1;
const ACKNOWLEDGES = 2;

/**
 * A function that fills buffers with random bytes. No byte is used twice, and used ones are not kept.
 *
 * @param {WebCrypto} crypto
 */
function randomSource(crypto) {
  const pool = new Uint8Array(RANDOM_POOL_SIZE);
  let used = pool.length;
  return (/** @type {Uint8Array} */ buffer) => {
    for (let at = 0; at < buffer.length; ) {
      if (used === pool.length) {
        crypto.getRandomValues(pool);
        used = 0;
      }
      const count = Math.min(buffer.length - at, pool.length - used);
      buffer.set(pool.subarray(used, used + count), at);
      pool.fill(0, used, used + count);
      used += count;
      at += count;
    }
  };
}

/**
 * Starts the module.
 *
 * @param {object} parts
 * @param {WebAssembly.Module} parts.module
 * @param {PinnedStorage} parts.storage
 * @param {{ options: object, seed?: number }} parts.settings What the module reads itself.
 * @param {Clock} parts.clock
 * @param {Fail} parts.fail
 * @param {Refuse} parts.refuse
 * @param {Images} parts.images
 * @param {NonNullable<NonNullable<ManagerOptions['processing']>['steps']>} parts.steps
 * @param {WebCrypto} parts.crypto
 * @param {boolean} [parts.isLight] Whether the caller takes responses as in `messages.js`.
 * @param {() => void} parts.changed Told after whatever may have changed something.
 * @param {(error: Error) => void} parts.report Told about the cause of an answer that says only that the storage failed.
 * @returns {Engine}
 */
export function createEngine({ module, storage, settings, clock, fail, refuse, images, steps, crypto, isLight = false, changed, report }) {
  const host = Object.assign(storage.host, {
    now: () => clock.now(),
    random: randomSource(crypto),
  });
  /** @type {string} */
  let given;
  let isClosed = false;
  /** @type {ManagerCore | undefined} */
  let running;
  /** The settings that were changed since, which the next instance gets too. @type {unknown} */
  let adjusted;
  /** How often a snapshot has been restored. As after a trap, earlier numbers of intakes and bodies are invalid. */
  let restored = 0;

  const restarted = (/** @type {unknown} */ cause = undefined) =>
    fail('MANAGER_RESTARTED', 'the Media Manager had to be restarted, and this request was lost', cause);
  const gone = () => fail('STORAGE_FAILED', 'cannot read the file: its bytes are missing');

  const instance = createInstance({
    start() {
      const core = instantiate(module);
      storage.attach?.(core);
      core.start(host, given);
      if (adjusted !== undefined) core.control('adjust', JSON.stringify(adjusted));
      return (running = core);
    },
    // The module throws an array of code and message on purpose, and the member if an option is invalid.
    refused(thrown) {
      if (!Array.isArray(thrown)) return undefined;
      const [code, message, member] = thrown;
      return member ? refusalOf(JSON.parse(member), refuse, 'options') : fail(code, message);
    },
    broken(cause) {
      running = undefined;
      storage.recover?.();
      return restarted(cause);
    },
  });

  const generationNow = () => instance.generation + restored;

  /** Throws once another process has taken the storage over. */
  function usable() {
    const failure = storage.failure?.();
    if (failure) throw failure;
  }

  /**
   * Runs `use`. `generation` is the one to which the numbers in it belong.
   *
   * @template Result
   * @param {(core: ManagerCore) => Result} use
   * @returns {Result}
   */
  function enter(use, generation = generationNow()) {
    if (isClosed) throw fail('MANAGER_CLOSED', 'the manager is closed');
    if (generation !== generationNow()) throw restarted();
    usable();
    const result = instance.enter(use);
    // The module answers that its storage failed, which would hide why.
    usable();
    return result;
  }

  /**
   * Whether numbers of this generation still mean something.
   *
   * @param {number} generation
   */
  const isAlive = (generation) => generation === generationNow() && !isClosed;

  try {
    given = toJson({ ...settings, durable: storage.durable && storage.syncs !== false, renames: host.renameFile !== undefined }, refuse);
    enter(() => {});
  } catch (error) {
    storage.close();
    throw storage.explain?.(/** @type {any} */ (error)) ?? error;
  }

  /**
   * An aborted request has no effect any more: its body is not read on, and no file is made of it.
   *
   * @param {Request} request
   */
  async function respond(request) {
    const { signal } = request;
    // Calls one after the other are a chain of microtasks too. The caller may also abort right after the call.
    await breathe();
    signal?.throwIfAborted();
    const url = new URL(request.url);
    const given = [...request.headers].flat();
    if (!request.headers.has('host')) given.push('host', url.host);
    if (url.protocol === 'https:' && !request.headers.has('x-forwarded-proto')) given.push('x-forwarded-proto', 'https');
    /** @type {[method: string, path: string, query: string, headers: string]} */
    const head = [request.method, url.pathname, url.search.slice(1), given.join('\n')];
    let own = generationNow();
    const begin = () => {
      own = generationNow();
      return enter((core) => core.open(...head), own);
    };
    // Only the PUTs of uploads make files of bytes.
    const mayBeImage = request.method === 'PUT' || request.headers.has('x-http-method-override');
    let outcome;
    if (request.method === 'GET' || (request.method === 'HEAD' && !storage.prepare)) {
      outcome = enter((core) => core.answer(...head), own);
    } else if (storage.prepare) {
      const blobs = () => control('blobsOf', { path: url.pathname });
      if (request.method === 'PUT' || request.method === 'PATCH') {
        // Their bodies take long, so others get their turn; a new blob is taken before the first byte.
        const intake = await prepared(blobs, begin);
        outcome = await fill(intake, request, own, { signal, image: mayBeImage });
      } else {
        outcome = await prepared(blobs, () => fill(begin(), request, own, { signal }));
      }
    } else {
      outcome = await fill(begin(), request, own, { signal, image: mayBeImage });
    }
    const [status, lines, body, delay, changes, transform, cause] = outcome;
    if (cause) reportFailure(request.method, status, cause);
    // Whoever sees the change finds its events too.
    if (changes & CHANGED) changed();
    if (changes & ACKNOWLEDGES) await durable();
    const response = transform
      ? await until(signal, transformed(request, transform, lines, body, own))
      : responseOf(status, lines, body, own, { signal, isLight });
    // The delay of a fault is real time: its caller does not see the clock of the manager.
    if (delay > 0) await pause(delay, signal);
    return response;
  }

  /**
   * Resolves when every commit is durable. After a failure another instance starts, from what is in the storage: the system
   * may have dropped what it could not write.
   */
  async function durable() {
    const own = generationNow();
    try {
      await storage.commits?.flush();
    } catch (error) {
      if (isAlive(own)) trap(error);
      throw notDurable(error);
    }
    // Another process may have taken the storage over meanwhile, without the changes.
    usable();
  }

  /**
   * The error of changes that cannot be made durable.
   *
   * @param {unknown} cause
   */
  function notDurable(cause) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (cause);
    const name = code === 'ENOSPC' || code === 'EDQUOT' ? 'INSUFFICIENT_STORAGE' : 'STORAGE_FAILED';
    return fail(name, `cannot make changes durable: ${message}`, cause);
  }

  /**
   * Breaks the instance. Returns the error of the requests that are lost.
   *
   * @param {unknown} cause
   */
  function trap(cause) {
    try {
      enter(() => {
        throw cause;
      });
    } catch (error) {
      return error;
    }
    return undefined;
  }

  /**
   * Runs work that is no request, whose changes are durable when it returns.
   *
   * @template Result
   * @param {(core: ManagerCore) => Result} use
   */
  function enterDurably(use) {
    const asked = storage.commits?.asked;
    const result = enter(use);
    try {
      if (storage.commits?.asked !== asked) storage.commits?.settle();
    } catch (error) {
      throw notDurable(error);
    }
    return result;
  }

  /**
   * @param {string} what
   * @param {number} status
   * @param {string} cause
   */
  function reportFailure(what, status, cause) {
    report(fail(status === 507 ? 'INSUFFICIENT_STORAGE' : 'STORAGE_FAILED', `${what} failed with ${status}: ${cause}`));
  }

  /** @type {Promise<unknown>} */
  let before = Promise.resolve();
  /**
   * Runs `use` once the storage has opened these blobs and some new ones. One after the other, since nobody else may take
   * the new ones in between.
   *
   * @template Result
   * @param {() => string[]} blobs
   * @param {() => Result | Promise<Result>} use
   * @param {number} [count]
   * @returns {Promise<Result>}
   */
  function prepared(blobs, use, count) {
    const turn = before.then(async () => {
      await storage.prepare?.(blobs(), count);
      return use();
    });
    before = turn.catch(() => {});
    return turn;
  }

  /** @type {Promise<unknown>} */
  let last = Promise.resolve();
  /**
   * Runs one such function after the other: a storage has one snapshot at a time, and while it has one, nothing may take the
   * place of its catalog.
   *
   * @template Result
   * @param {() => Promise<Result>} use
   * @returns {Promise<Result>}
   */
  function alone(use) {
    const turn = last.then(use);
    last = turn.catch(() => {});
    return turn;
  }

  /**
   * Runs a task of the module in steps, and gives others their turn in between. `told` is awaited after each step. Resolves to
   * the last report.
   *
   * @type {Engine['run']}
   */
  async function run(begin, { told, signal } = {}) {
    let own = generationNow();
    const task = await prepared(() => [], () => {
      own = generationNow();
      return enter(begin, own);
    });
    /** @type {string[]} */
    let next = [];
    try {
      for (;;) {
        await breathe();
        signal?.throwIfAborted();
        if (next.length > 0) await storage.prepare?.(next, 0);
        storage.reopen?.(next);
        const found = enter((core) => core.step(task), own);
        if (typeof found !== 'string') return found;
        const report = JSON.parse(found);
        await told?.(report);
        if (report.isDone) return report;
        ({ next } = report);
      }
    } catch (error) {
      if (isAlive(own)) enter((core) => core.endTask(task), own);
      throw error;
    }
  }

  /**
   * Gives an intake its bytes, and returns the answer.
   *
   * @param {number} intake
   * @param {BodySource} source
   * @param {number} own
   * @param {object} [more]
   * @param {() => Promise<unknown>} [more.ready] Awaited before each piece.
   * @param {boolean} [more.image] Whether the bytes may be those of an image.
   * @param {boolean} [more.archive] Whether the bytes are those of an archive, which replaces the catalog.
   * @param {AbortSignal} [more.signal] Gives it up.
   */
  async function fill(intake, source, own, { ready, image: mayBeImage, archive, signal } = {}) {
    const finish = async () => {
      while (enter((core) => core.work(intake), own)) {
        // The log is moved into the catalog from time to time, and what is not durable by then is synced while everybody waits.
        await storage.commits?.flush();
        await breathe();
        signal?.throwIfAborted();
      }
      while (mayBeImage && enter((core) => core.digest(intake), own)) {
        await breathe();
        signal?.throwIfAborted();
      }
      if (archive && host.hasFile(BUILT)) await storage.flush?.(BUILT);
      const image = mayBeImage ? enter((core) => core.picture(intake), own) : undefined;
      const colors = image && (await images.colors(() => whole(...image), signal));
      signal?.throwIfAborted();
      if (colors) enter((core) => core.color(intake, JSON.stringify(colors)), own);
      const subject = mayBeImage && steps.length > 0 ? enter((core) => core.subject(intake), own) : undefined;
      if (subject) {
        const { posters = [], ...conclusion } = await runSteps(steps, fileOf(JSON.parse(subject)), signal);
        signal?.throwIfAborted();
        const areFit = posters.every((poster) => enter((core) => core.poster(intake, poster), own));
        const fault = areFit ? {} : { fault: 'invalid posters of a step: expected JPEGs of at most 8 MiB' };
        enter((core) => core.conclude(intake, JSON.stringify({ ...fault, ...conclusion })), own);
      }
    };
    const close = () => enter((core) => core.close(intake), own);
    try {
      await takeBody(intake, source, own, { ready, signal });
      if (archive) return await alone(() => finish().then(close));
      await finish();
    } catch (error) {
      if (isAlive(own)) enter((core) => core.abandon(intake), own);
      throw error;
    }
    return close();
  }

  /**
   * Brings a body to where it belongs: the storage writes it by itself where it can, and the module does where it cannot.
   *
   * @param {number} intake
   * @param {BodySource} source
   * @param {number} own
   * @param {{ ready?: () => Promise<unknown>, signal?: AbortSignal }} options
   */
  async function takeBody(intake, source, own, { ready, signal }) {
    const target = storage.receive && enter((core) => core.target(intake), own);
    if (!storage.receive || !target) return takeIn(source, (piece) => enter((core) => core.feed(intake, piece), own), { ready, signal });
    const [name, offset, limit, isResumable] = target;
    const deliver = (/** @type {Received} */ { end, md5, crc }) => enter((core) => core.deliver(intake, end, md5, crc), own);
    const tell = isResumable ? (/** @type {Received} */ state) => isAlive(own) && deliver(state) : undefined;
    const receiver = storage.receive(name, offset, limit, tell);
    try {
      await takeIn(source, (piece) => receiver.take(piece), { signal });
      deliver(await receiver.sync());
    } catch (error) {
      if (!receiver.failure) {
        // What has arrived of a resumable upload counts.
        if (isResumable && isAlive(own)) await receiver.sync().then(deliver).catch(() => {});
        throw error;
      }
      // The directory has another owner.
      usable();
      enter((core) => core.fail(intake, receiver.failure), own);
    } finally {
      await receiver.close();
    }
  }

  /**
   * An uploaded file as steps of processing see it.
   *
   * @param {{ blob: string, sizeInBytes: number, fileName: string, mimeType: string, mediaType: MediaType }} subject
   * @returns {Omit<StepFile, 'signal'>}
   */
  function fileOf({ blob, ...known }) {
    const { sizeInBytes } = known;
    return {
      ...known,
      bytes: () => whole(blob, sizeInBytes),
      stream: () => streamOfPieces(piecesOf(storage, blob, sizeInBytes, { gone })),
    };
  }

  /**
   * A blob in one piece.
   *
   * @param {string} name
   * @param {number} size
   */
  async function whole(name, size) {
    const bytes = new Uint8Array(size);
    let at = 0;
    for await (const piece of piecesOf(storage, name, size, { gone })) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  /**
   * Answers with a transformed image. The module's answer holds the original; its ETag names the original, the transform
   * and the format.
   *
   * @param {Request} request
   * @param {string} transform
   * @param {string} lines
   * @param {Outcome[2]} body
   * @param {number} own
   */
  async function transformed(request, transform, lines, body, own) {
    const headers = headersOf(lines);
    let isRead = false;
    const read = async () => {
      isRead = true;
      const original = typeof body === 'number' ? bodyOf(body, own) : body;
      return new Uint8Array(await new Response(original).arrayBuffer());
    };
    try {
      const accept = request.headers.get('accept') ?? '';
      const key = headers.get('etag') ?? '';
      const isHead = request.method === 'HEAD';
      const { pathname } = new URL(request.url);
      const asked = { group: pathname.split('/v1/')[0], transform, accept, read, signal: request.signal };
      // A HEAD costs no image, so it tells type and length only of one that has been made.
      const made = isHead ? images.cached(key, transform) : await images.transform(key, asked);
      headers.delete('content-length');
      if (!made) return new Response(null, { headers });
      headers.set('content-type', made.type);
      headers.set('content-length', String(made.bytes.length));
      return new Response(isHead ? null : made.bytes, { headers });
    } catch (error) {
      const { status, message } = /** @type {Error & { status?: number }} */ (error);
      if (!status) throw error;
      for (const name of ['etag', 'last-modified', 'cache-control', 'content-length']) headers.delete(name);
      headers.set('content-type', 'text/plain; charset=utf-8');
      if (status === 503) headers.set('retry-after', '1');
      return new Response(message, { status, headers });
    } finally {
      if (!isRead && typeof body === 'number' && isAlive(own)) enter((core) => core.release(body), own);
    }
  }

  /** @param {string} lines Names and values in turns. */
  function headersOf(lines) {
    const headers = new Headers();
    const texts = lines.split('\n');
    for (let at = 0; at + 1 < texts.length; at += 2) headers.append(texts[at], texts[at + 1]);
    return headers;
  }

  /**
   * Uploaded content must not act in the name of the origin that serves it, which may be that of the page. The module sets
   * the policy of media; this is for every other answer.
   *
   * @param {Headers} headers
   */
  function sandbox(headers) {
    if (INERT.test(headers.get('content-type') ?? '')) return;
    if (!headers.has('content-security-policy')) headers.set('content-security-policy', 'sandbox');
    if (!headers.has('x-content-type-options')) headers.set('x-content-type-options', 'nosniff');
  }

  /**
   * @param {number} status
   * @param {string} lines
   * @param {Outcome[2]} body
   * @param {number} own
   * @param {{ ended?: () => void, signal?: AbortSignal, isLight?: boolean }} [more]
   */
  function responseOf(status, lines, body, own, more) {
    const headers = more?.isLight ? fieldsOf(lines) : headersOf(lines);
    const isEmpty = status === 204 || status === 304 || (typeof body !== 'number' && body.length === 0);
    if (!isEmpty) sandbox(headers);
    const sent = typeof body === 'number' ? bodyOf(body, own, more) : isEmpty ? null : body;
    return more?.isLight ? answerOf(sent, { status, headers }) : new Response(sent, { status, headers });
  }

  /**
   * The stream of a body that is in the storage.
   *
   * @param {number} body
   * @param {number} own
   * @param {{ ended?: () => void, signal?: AbortSignal }} [more]
   */
  const bodyOf = (body, own, { ended, signal } = {}) =>
    streamOf(storage, {
      signal,
      next: () => enter((core) => core.pieces(body), own),
      release: () => isAlive(own) && enter((core) => core.release(body), own),
      ended: () => isAlive(own) && ended?.(),
      gone,
    });

  /**
   * @param {string} name
   * @param {object} [input]
   */
  function control(name, input = {}) {
    return JSON.parse(enterDurably((core) => core.control(name, JSON.stringify(input))));
  }

  /** @type {Engine['adjust']} */
  function adjust(settings) {
    const answer = control('adjust', settings);
    if (!answer?.refused) adjusted = merged(adjusted, settings);
    return answer;
  }

  /** The storage and the memory of the instance, as they are. */
  function taken() {
    const core = enter((each) => each);
    return { core, bytes: new Uint8Array(core.memory.buffer).slice(), references: core.references.length, adjusted, restore: storage.save?.() };
  }

  /** @type {Engine['save']} */
  function save() {
    let saved = taken();
    return () => {
      restored += 1;
      saved.restore?.();
      adjusted = saved.adjusted;
      const { core, bytes, references } = saved;
      // The memory is put back too: it takes another instance 20 ms to open the catalog. The module relies on the size of its
      // table of references, and takes memory that it does not know for its own only at the end.
      if (core === running && core.references.length === references && core.memory.buffer.byteLength - bytes.length <= MAX_GROWTH) {
        new Uint8Array(core.memory.buffer).set(bytes);
        return;
      }
      running = undefined;
      instance.discard();
      storage.recover?.();
      saved = taken();
    };
  }

  return {
    respond,
    control,
    adjust,
    get adjusted() {
      return adjusted;
    },
    save,
    async receive(open, source, { blobs, signal } = {}) {
      const own = generationNow();
      const ready = async () => storage.prepare?.([], blobs);
      const intake = await prepared(() => [], () => enter(open, own), blobs);
      const how = { ready: blobs ? ready : undefined, image: !blobs, archive: Boolean(blobs), signal };
      const [status, lines, body, , , , cause] = await fill(intake, source, own, how);
      if (cause) reportFailure('taking in bytes', status, cause);
      changed();
      await durable();
      const response = responseOf(status, lines, body, own);
      if (!blobs || !response.ok || !host.renameFile) return response;
      // The bytes of the old content. What a crash leaves of them goes with the next sweep.
      for (let after = ''; ; ) {
        await breathe();
        const last = enter((core) => core.collectBlobs(after), own);
        if (last === undefined) return response;
        after = last;
      }
    },
    run,
    checkCatalog: (signal) =>
      alone(async () => {
        const { isCatalogWhole } = /** @type {TaskReport} */ (await run((core) => core.beginCatalogCheck(), { signal }));
        return isCatalogWhole === true;
      }),
    exportArchive: (signal) =>
      alone(async () => {
        const own = generationNow();
        const found = await run((core) => core.beginExport(), { signal });
        const [status, lines, body, , , id, report] = /** @type {ExportOutcome} */ (found);
        const ended = () => control('endExport', { id });
        return { response: responseOf(status, lines, body, own, { ended }), ...JSON.parse(report) };
      }),
    trap: () => trap(new WebAssembly.RuntimeError('on purpose')),
    close() {
      if (isClosed) return;
      try {
        running?.stop();
      } finally {
        running = undefined;
        instance.discard();
        isClosed = true;
        images.close();
        storage.close();
      }
    },
  };
}

/**
 * Two changes of settings as one.
 *
 * @param {unknown} one
 * @param {unknown} other
 * @returns {unknown}
 */
function merged(one, other) {
  const isObject = (/** @type {unknown} */ value) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject(one) || !isObject(other)) return other;
  const members = Object.entries(/** @type {object} */ (other)).map(([own, value]) => [own, merged(/** @type {any} */ (one)[own], value)]);
  return { .../** @type {object} */ (one), ...Object.fromEntries(members) };
}
