// What the manager asks about images: their colours when they arrive, and transformed images by their URLs.
//
// The decoder is loaded with the first image. Where it cannot be loaded, files have no colours, and transforms are refused.
import { loadOnce } from '../../wasm/instance.js';
import { createTransformer } from './transformer.js';

/** @import { WasmSource } from '../../wasm/internal.d.ts' */
/** @import { Images, Transformed } from '../internal.d.ts' */

/** How many images may wait for their turn: anyone may ask for any size of a public image. */
const MAX_WAITING = 32;

/** How many bytes of transformed images are cached. */
const MAX_CACHE_SIZE = 64 << 20;

/**
 * @param {(() => WasmSource | Promise<WasmSource>) | undefined} source Gives the module, or where it is.
 * @returns {Images}
 */
export function createImages(source) {
  const transformer = loadOnce(async () => {
    try {
      return await createTransformer(source?.());
    } catch (cause) {
      throw Object.assign(new Error('cannot transform images: the module could not be loaded', { cause }), { status: 501 });
    }
  });
  /**
   * Results by key, least recently used first. A promise stands for an image that is being made.
   *
   * @type {Map<string, Transformed | Promise<Transformed>>}
   */
  const cache = new Map();
  let size = 0;
  let waiting = 0;

  /**
   * @param {string} key
   * @param {Transformed} made
   */
  function keep(key, made) {
    cache.delete(key);
    if (made.bytes.length > MAX_CACHE_SIZE / 4) return;
    cache.set(key, made);
    size += made.bytes.length;
    for (const [oldest, value] of cache) {
      if (size <= MAX_CACHE_SIZE) break;
      if (value instanceof Promise) continue;
      cache.delete(oldest);
      size -= value.bytes.length;
    }
  }

  return {
    cached(key) {
      const found = cache.get(key);
      return found instanceof Promise ? undefined : found;
    },
    async colors(read) {
      try {
        return await (await transformer()).colors(read);
      } catch {
        return undefined;
      }
    },
    transform(key, transform, accept, read) {
      const found = cache.get(key);
      if (found) {
        cache.delete(key);
        cache.set(key, found);
        return Promise.resolve(found);
      }
      if (waiting >= MAX_WAITING) {
        const busy = new Error('too many images are being transformed: try again in a moment');
        return Promise.reject(Object.assign(busy, { status: 503 }));
      }
      waiting += 1;
      const making = transformer()
        .then((own) => own.transform(read, transform, accept))
        .finally(() => {
          waiting -= 1;
        });
      cache.set(key, making);
      making.then(
        (made) => keep(key, made),
        () => cache.delete(key),
      );
      return making;
    },
  };
}
