// A storage whose blobs stay for as long as they are read.

/** @import { PinnedStorage, Storage } from '../internal.d.ts' */

/**
 * Delays the removal of blobs that are being read. A file that is deleted permanently during its download is gone for other
 * requests at once; its bytes are removed when the download ends.
 *
 * @param {Storage} storage
 * @returns {PinnedStorage}
 */
export function pinned(storage) {
  /** @type {Map<string, number>} */
  const readers = new Map();
  /** @type {Set<string>} */
  const doomed = new Set();
  const { host } = storage;
  const remove = host.remove.bind(host);
  host.remove = (name) => (readers.has(name) ? void doomed.add(name) : remove(name));
  return {
    ...storage,
    save:
      storage.save &&
      (() => {
        const restore = storage.save?.();
        return () => {
          // The blobs that were removed since then exist again.
          doomed.clear();
          restore?.();
        };
      }),
    pin(name) {
      readers.set(name, (readers.get(name) ?? 0) + 1);
    },
    unpin(name) {
      const left = (readers.get(name) ?? 1) - 1;
      if (left > 0) return void readers.set(name, left);
      readers.delete(name);
      if (doomed.delete(name)) remove(name);
    },
  };
}
