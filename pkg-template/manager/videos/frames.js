// The decoder of a manager in a page, or in a worker of one. The page decodes videos, and there are no renditions.
import { piecesOf } from '../bodies.js';

/** @import { Decoder, Frames, PinnedStorage } from '../internal.d.ts' */

/** The most bytes of a video that is handed to the page. */
const MAX_SIZE = 1 << 30;

/**
 * @param {PinnedStorage} storage
 * @param {Frames} frames
 * @returns {Decoder}
 */
export const createFrames = (storage, frames) => ({
  name: 'browser',
  async posters({ blob, size, mime }, signal) {
    if (size > MAX_SIZE) throw new Error(`a page decodes videos of up to ${MAX_SIZE} bytes`);
    /** @type {BlobPart[]} */
    const pieces = [];
    storage.pin(blob);
    try {
      // Browsers keep the bytes of a Blob outside the memory of scripts.
      for await (const piece of piecesOf(storage, blob, size, { signal })) pieces.push(new Blob([piece]));
    } finally {
      storage.unpin(blob);
    }
    return frames(new Blob(pieces, { type: mime }), signal);
  },
  close() {},
});
