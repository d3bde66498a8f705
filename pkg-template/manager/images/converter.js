// AVIF and HEIC, which no module of the package decodes. A decoder of the platform converts them to PNG, which the modules decode.
// In Node these are programs of the machine (`programs.js`), in browsers it is the browser itself (`bitmaps.js`). Some of them also
// encode AVIF.
import { isoKindOf } from './iso.js';

/** @import { Converter, ConverterPart, ImageKind } from '../internal.d.ts' */

/** The names of formats in messages. */
const NAMES = { avif: 'AVIF', heic: 'HEIC' };

/**
 * Makes a converter from the decoders and encoders of the platform.
 *
 * @param {object} platform
 * @param {ConverterPart[]} platform.parts In the order in which they are tried.
 * @param {(kind: ImageKind) => string} platform.advice Says what is missing, and how to get it.
 * @param {() => void} [platform.close]
 * @returns {Converter}
 */
export function createConverter({ parts, advice, close = () => {} }) {
  const decodersOf = (/** @type {ImageKind} */ kind) => parts.filter(({ decodes }) => decodes.includes(kind));
  const encoder = parts.find(({ encode }) => encode);
  const known = (/** @type {ImageKind} */ kind) => decodersOf(kind).map(({ name }) => /** @type {const} */ ([kind, name])).slice(0, 1);

  /**
   * Converts an image to PNG.
   *
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @param {ImageKind} kind
   */
  async function decode(bytes, kind) {
    /** @type {(Error & { status?: number }) | undefined} */
    let cause;
    for (const part of decodersOf(kind)) {
      try {
        return withoutExif(await part.decode(bytes));
      } catch (error) {
        cause = /** @type {Error & { status?: number }} */ (error);
        // Another decoder would take as long, and has no more room.
        if (cause.status === 503 || cause.status === 504) break;
      }
    }
    if (!cause) throw failure(415, `cannot decode ${NAMES[kind]} images: ${advice(kind)}`);
    const { message, status = 422 } = cause;
    throw failure(status, `cannot decode the ${NAMES[kind]} image: ${message}`, cause);
  }

  return {
    decodes: parts.length > 0,
    encodes: encoder !== undefined,
    state: () => ({
      decoders: Object.fromEntries([...known('avif'), ...known('heic')]),
      encoders: encoder ? { avif: encoder.name } : {},
    }),
    read: (read) => async () => {
      const bytes = await read();
      const kind = isoKindOf(bytes);
      return kind ? decode(bytes, kind) : bytes;
    },
    async encode(made, quality) {
      if (!encoder?.encode) return made;
      try {
        return { ...made, type: 'image/avif', bytes: await encoder.encode(made.bytes, quality) };
      } catch (cause) {
        const { message, status = 500 } = /** @type {Error & { status?: number }} */ (cause);
        throw failure(status, `cannot encode the AVIF image: ${message}`, cause);
      }
    },
    close,
  };
}

/**
 * Returns a PNG without its EXIF. Converters have already turned the image, and some copy the orientation nevertheless.
 *
 * @param {Uint8Array<ArrayBuffer>} png
 */
export function withoutExif(png) {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  // After the signature come the chunks. Each has its length, its type, that many bytes, and a checksum.
  for (let at = 8; at + 12 <= png.length; ) {
    const end = at + 12 + view.getUint32(at);
    const type = view.getUint32(at + 4);
    if (type === EXIF && end <= png.length) {
      const kept = new Uint8Array(png.length - (end - at));
      kept.set(png.subarray(0, at));
      kept.set(png.subarray(end), at);
      return kept;
    }
    at = end;
  }
  return png;
}

/** `eXIf` as a number. */
const EXIF = 0x65584966;

/**
 * @param {number} status
 * @param {string} message
 * @param {unknown} [cause]
 */
const failure = (status, message, cause) => Object.assign(new Error(message, { cause }), { status });
