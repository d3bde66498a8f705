// What the manager asks of pictures: their colours when they arrive, and transformed pictures of their URLs.
//
// The module that decodes is loaded with the first picture. Where it cannot be, files have no colours, and transforms are
// refused.
import { createImages } from './transformer.js';

/** Bytes of transformed pictures that are kept. */
const KEPT = 64 << 20;

/** `source()` gives the module, as `createImages` takes it; `read()` of the functions below the bytes of a picture. */
export function createPictures(source) {
  let loading;
  const images = () =>
    (loading ??= (async () => createImages(await source()))().catch((cause) => {
      loading = undefined;
      throw Object.assign(new Error('Pictures cannot be transformed here.', { cause }), { status: 501 });
    }));
  /** Results by what was asked for, the one used last at the end; promises while they are being made. */
  const kept = new Map();
  let size = 0;

  function keep(key, made) {
    kept.delete(key);
    if (made.bytes.length > KEPT / 4) return;
    kept.set(key, made);
    size += made.bytes.length;
    for (const [oldest, value] of kept) {
      if (size <= KEPT) break;
      if (value instanceof Promise) continue;
      kept.delete(oldest);
      size -= value.bytes.length;
    }
  }

  return {
    /** The colours of a picture, as a descriptor has them; undefined when they cannot be told. */
    async colors(read) {
      try {
        return await (await images()).colors(read);
      } catch {
        return undefined;
      }
    },
    /**
     * What `transform` makes of the bytes that `read` gives: `{ type, bytes }`, or an error with a `status`. The same `key`
     * is made once, however many ask for it at once.
     */
    transform(key, transform, accept, read) {
      const found = kept.get(key);
      if (found) {
        kept.delete(key);
        kept.set(key, found);
        return Promise.resolve(found);
      }
      const making = (async () => {
        const half = await images();
        return half.transform(read, transform, accept);
      })();
      kept.set(key, making);
      making.then(
        (made) => keep(key, made),
        () => kept.delete(key),
      );
      return making;
    },
  };
}
