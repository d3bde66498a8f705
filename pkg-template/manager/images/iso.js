// The formats in boxes of ISO media, by the brands of their first box (ISO/IEC 14496-12, 4.3).

/** @import { ImageKind } from '../internal.d.ts' */

/** Brands of AVIF (AV1 Image File Format, 6) and of HEIC, which is coded in HEVC (ISO/IEC 23008-12, 10.2 and 10.3). */
const BRANDS = /** @type {Record<string, ImageKind>} */ ({
  ...{ avif: 'avif', avis: 'avif' },
  ...{ heic: 'heic', heix: 'heic', heim: 'heic', heis: 'heic', hevc: 'heic', hevx: 'heic', hevm: 'heic', hevs: 'heic' },
});

/** Brands of every image in such boxes. The other brands of the file say how it is coded. */
const GENERAL = ['mif1', 'mif2', 'miaf', 'msf1', 'MiHE', 'MiHB', 'MA1A', 'MA1B'];

/** The most bytes of brands that are read. */
const REACH = 256;

/**
 * Whether a file is an AVIF or a HEIC. Undefined if it is neither.
 *
 * @param {Uint8Array} bytes
 * @returns {ImageKind | undefined}
 */
export function isoKindOf(bytes) {
  const text = String.fromCharCode(...bytes.subarray(0, REACH));
  if (text.slice(4, 8) !== 'ftyp') return undefined;
  const major = text.slice(8, 12);
  if (BRANDS[major]) return BRANDS[major];
  if (!GENERAL.includes(major)) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const others = text.slice(16, length).match(/.{4}/gs) ?? [];
  return others.map((brand) => BRANDS[brand]).find((kind) => kind);
}
