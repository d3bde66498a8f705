// The decoder of a browser. All browsers decode AVIF, and few decode HEIC.

/** @import { Converter } from '../internal.d.ts' */

import { createConverter } from './converter.js';
import { isoKindOf } from './iso.js';

/** The most pixels of an image, as for all others. */
const MAX_PIXELS = 100_000_000;

/** Whether this runtime has the decoder of a browser. */
export const hasBitmaps = () => typeof createImageBitmap === 'function' && typeof OffscreenCanvas === 'function';

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function decode(bytes) {
  const bitmap = await createImageBitmap(new Blob([bytes])).catch((cause) => {
    // Browsers do not say whether it is damaged or of a format that they do not decode.
    const isRare = isoKindOf(bytes) === 'heic';
    const message = isRare ? 'this browser does not decode it, as most do not: use a manager in Node with libheif' : cause.message;
    throw Object.assign(new Error(message, { cause }), { status: isRare ? 415 : 422 });
  });
  try {
    const { width, height } = bitmap;
    if (width * height > MAX_PIXELS) throw Object.assign(new Error('it has more than 100 megapixels'), { status: 413 });
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    const made = await canvas.convertToBlob({ type: 'image/png' });
    return new Uint8Array(await made.arrayBuffer());
  } finally {
    bitmap.close();
  }
}

/**
 * The converter of a browser. No browser encodes AVIF.
 *
 * @returns {Converter}
 */
export const createBitmaps = () =>
  createConverter({ parts: [{ name: 'browser', decodes: ['avif', 'heic'], decode }], advice: () => 'this browser has no decoder' });
