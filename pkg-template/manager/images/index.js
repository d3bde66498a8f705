// What the manager asks about images: their colours when they arrive, and transformed images by their URLs.
//
// The decoder is loaded with the first image. Where it cannot be loaded, files have no colours, and transforms are refused.
import { until } from '../../streams/until.js';
import { compile, loadOnce } from '../../wasm/instance.js';
import { avifOf } from './avif.js';
import { createConverter } from './converter.js';
import { createPool } from './pool.js';
import { UPLOADS } from './queue.js';
import { allowed } from './sizes.js';

/** @import { WasmSource } from '../../wasm/internal.d.ts' */
/** @import { Converter, Format, FormatLoader, ImageAsked, Images, ManagerOptions, Threads, Transformed, Transformer } from '../internal.d.ts' */

/** How many bytes of transformed images are cached. */
const MAX_CACHE_SIZE = 64 << 20;

/** How long one image may take, unless the option says otherwise. */
export const TIMEOUT_MS = 30_000;

/** The most threads that are started without being asked for. */
const MAX_THREADS = 4;

const NONE = createConverter({ parts: [], advice: () => 'nothing here does' });

/** @typedef {{ readers: Set<ImageAsked['read']>, result: Promise<Transformed>, cancel(reason: unknown): void }} Making */

/**
 * @param {object} parts
 * @param {(() => WasmSource | Promise<WasmSource>) | undefined} parts.source Gives the module, or where it is.
 * @param {(() => Promise<Threads>) | undefined} parts.threads The threads of the runtime.
 * @param {(module: WebAssembly.Module, format: FormatLoader) => Promise<Transformer>} parts.transformer What works in this thread.
 * @param {(name: Format) => WasmSource | Promise<WasmSource> | undefined} [parts.format] Gives the module of a format, or where
 * it is.
 * @param {Converter} [parts.converter] Decodes what no module does, and encodes AVIF, where the platform can.
 * @param {ManagerOptions['images']} [parts.options]
 * @returns {Images}
 */
export function createImages({ source, threads, transformer, format, converter = NONE, options = {} }) {
  const module = loadOnce(async () => {
    try {
      return await compile(source?.());
    } catch (cause) {
      throw Object.assign(new Error('cannot transform images: the module could not be loaded', { cause }), { status: 501 });
    }
  });
  /** @type {Map<string, () => Promise<WebAssembly.Module>>} */
  const loaders = new Map();
  /** @type {FormatLoader} */
  function load(name) {
    const loader = loaders.get(name) ?? loadOnce(async () => compile(format?.(name)));
    loaders.set(name, loader);
    return loader();
  }
  const { timeoutMs = TIMEOUT_MS, sizes } = options;
  const starter =
    threads &&
    (async () => {
      const { startThread, parallelism } = await threads();
      return { start: startThread, size: options.threads ?? Math.min(Math.max(parallelism() - 1, 1), MAX_THREADS) };
    });
  const pool = createPool({ module, transformer, format: load, timeoutMs, threads: options.threads === 0 ? undefined : starter });
  const refusalOf = allowed(sizes);
  /**
   * Results by key, least recently used first.
   *
   * @type {Map<string, Transformed>}
   */
  const cache = new Map();
  let size = 0;
  /**
   * Images that are being made, with everybody who waits for them.
   *
   * @type {Map<string, Making>}
   */
  const underWay = new Map();

  /**
   * @param {string} key
   * @param {Transformed} made
   */
  function keep(key, made) {
    if (made.bytes.length > MAX_CACHE_SIZE / 4) return;
    cache.set(key, made);
    size += made.bytes.length;
    for (const [oldest, { bytes }] of cache) {
      if (size <= MAX_CACHE_SIZE) break;
      cache.delete(oldest);
      size -= bytes.length;
    }
  }

  /** @param {string} transform */
  function check(transform) {
    const refusal = refusalOf(transform);
    if (refusal) throw Object.assign(new Error(refusal), { status: 403 });
  }

  /**
   * @param {string} key
   * @param {ImageAsked} asked
   * @returns {Making}
   */
  function begin(key, { group, transform, accept, read }) {
    const readers = new Set([read]);
    const bytes = async () => {
      const [reader] = readers;
      if (!reader) throw new Error('nobody waits for the image any more');
      return reader();
    };
    const avif = converter.encodes ? avifOf(transform) : undefined;
    const finish = avif && ((/** @type {Transformed} */ made) => converter.encode(made, avif.quality(made.width, made.height)));
    const order = /** @type {const} */ ({ what: 'transform', tail: avif?.transform ?? transform, accept });
    const { result, cancel } = pool.run(group, order, converter.read(bytes), finish);
    const over = () => {
      if (underWay.get(key) === making) underWay.delete(key);
    };
    /** @type {Making} */
    const making = { readers, result, cancel: (reason) => void (cancel(reason) && over()) };
    underWay.set(key, making);
    result.then((made) => keep(key, made), () => {}).finally(over);
    return making;
  }

  return {
    cached(key, transform) {
      check(transform);
      return cache.get(key);
    },
    async colors(read, signal) {
      const { result, cancel } = pool.run(UPLOADS, { what: 'colors' }, converter.read(read));
      try {
        return await until(signal, result);
      } catch (error) {
        cancel(error);
        return undefined;
      }
    },
    async transform(key, { signal, ...asked }) {
      check(asked.transform);
      const found = cache.get(key);
      if (found) {
        cache.delete(key);
        cache.set(key, found);
        return found;
      }
      const known = underWay.get(key);
      const making = known ?? begin(key, asked);
      making.readers.add(asked.read);
      try {
        return await until(signal, making.result);
      } finally {
        making.readers.delete(asked.read);
        // Nobody waits any more, so it gives up its place. One that is being made is kept for later.
        if (making.readers.size === 0) making.cancel(signal?.reason);
      }
    },
    state: converter.state,
    close() {
      pool.close();
      converter.close();
    },
  };
}
