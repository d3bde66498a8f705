// Small files of each media type, made on demand. A manager accepts them and reads their properties from their content.
import { refuse } from './refuse.js';

/** @import { SampleOptions, SampleType } from '../types/testing.d.ts' */

/** @typedef {Required<Omit<SampleOptions, 'name'>>} Asked */

/** Sizes and durations that every format can hold. */
const MAX_EDGE = 10_000;
const MAX_SECONDS = 3600;

const text = new TextEncoder();

/**
 * Concatenates texts, numbers of 32 bits (big-endian) and bytes.
 *
 * @param {...(string | number | Uint8Array)} parts
 */
function bytes(...parts) {
  const pieces = parts.map((part) => {
    if (typeof part === 'string') return Uint8Array.from(part, (character) => character.charCodeAt(0));
    return typeof part === 'number' ? new Uint8Array([part >>> 24, part >>> 16, part >>> 8, part]) : part;
  });
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/**
 * A number in little-endian bytes.
 *
 * @param {number} value
 * @param {number} length
 */
const little = (value, length) => Uint8Array.from({ length }, (_, index) => (value / 256 ** index) & 255);

/** The table of CRC-32, as in ISO 3309. */
const CRC = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xed_b8_83_20 : value >>> 1;
  return value;
});

/** @param {Uint8Array} of */
const crc = (of) => (of.reduce((sum, byte) => CRC[(sum ^ byte) & 255] ^ (sum >>> 8), 0xff_ff_ff_ff) ^ 0xff_ff_ff_ff) >>> 0;

/** @param {Uint8Array} of */
function adler(of) {
  let [low, high] = [1, 0];
  for (const byte of of) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return high * 65_536 + low;
}

/**
 * Wraps bytes in the format of zlib without compressing them, in blocks of at most 65,535 bytes.
 *
 * @param {Uint8Array} content
 */
function stored(content) {
  const blocks = [];
  for (let at = 0; at < content.length; at += 65_535) {
    const block = content.subarray(at, at + 65_535);
    const isLast = at + block.length === content.length;
    blocks.push(new Uint8Array([isLast ? 1 : 0]), little(block.length, 2), little(~block.length & 0xff_ff, 2), block);
  }
  return bytes(new Uint8Array([0x78, 0x01]), ...blocks, adler(content));
}

/** @param {string} color */
const channels = (color) => new Uint8Array([1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)));

/**
 * A PNG of one colour, with one bit a pixel.
 *
 * @param {Asked} asked
 */
function png({ width, height, color }) {
  const chunk = (/** @type {string} */ name, /** @type {Uint8Array} */ content) => {
    const checked = bytes(name, content);
    return bytes(content.length, checked, crc(checked));
  };
  const header = bytes(width, height, new Uint8Array([1, 3, 0, 0, 0]));
  const rows = new Uint8Array((Math.ceil(width / 8) + 1) * height);
  return bytes('\x89PNG\r\n\x1a\n', chunk('IHDR', header), chunk('PLTE', channels(color)), chunk('IDAT', stored(rows)), chunk('IEND', new Uint8Array(0)));
}

/** @param {Asked} asked */
const svg = ({ width, height, color }) =>
  text.encode(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${color}"/></svg>\n`);

/**
 * A WAV of silence, with 8,000 samples of 8 bits a second.
 *
 * @param {Asked} asked
 */
function wav({ seconds }) {
  const rate = 8000;
  const samples = new Uint8Array(Math.round(seconds * rate)).fill(128);
  const format = bytes('fmt ', little(16, 4), little(1, 2), little(1, 2), little(rate, 4), little(rate, 4), little(1, 2), little(8, 2));
  return bytes('RIFF', little(4 + format.length + 8 + samples.length, 4), 'WAVE', format, 'data', little(samples.length, 4), samples);
}

/**
 * An MP4 with one video track that has no frames.
 *
 * @param {Asked} asked
 */
function mp4({ width, height, seconds }) {
  const milliseconds = Math.round(seconds * 1000);
  const box = (/** @type {string} */ name, /** @type {Parameters<typeof bytes>} */ ...content) => {
    const inside = bytes(...content);
    return bytes(inside.length + 8, name, inside);
  };
  const zeros = (/** @type {number} */ length) => new Uint8Array(length);
  const matrix = bytes(65_536, 0, 0, 0, 65_536, 0, 0, 0, 0x40_00_00_00);
  const short = (/** @type {number} */ value) => new Uint8Array([value >> 8, value]);
  const movie = box('mvhd', 0, 0, 0, 1000, milliseconds, 65_536, short(256), zeros(10), matrix, zeros(24), 2);
  const track = box('tkhd', 3, 0, 0, 1, 0, milliseconds, zeros(8), short(0), short(0), short(0), short(0), matrix, width * 65_536, height * 65_536);
  const media = box('mdhd', 0, 0, 0, 1000, milliseconds, short(0x55_c4), short(0));
  const handler = box('hdlr', 0, 0, 'vide', zeros(12), '\0');
  const entry = box('avc1', zeros(6), short(1), zeros(16), short(width), short(height), 72 * 65_536, 72 * 65_536, 0, short(1), zeros(32), short(24), short(0xff_ff));
  const samples = box('stbl', box('stsd', 0, 1, entry), box('stts', 0, 0), box('stsc', 0, 0), box('stsz', 0, 0, 0), box('stco', 0, 0));
  const data = box('dinf', box('dref', 0, 1, box('url ', 1)));
  const information = box('minf', box('vmhd', 1, zeros(8)), data, samples);
  return bytes(box('ftyp', 'isom', 512, 'isommp41'), box('moov', movie, box('trak', track, box('mdia', media, handler, information))), box('mdat'));
}

/** A PDF with one empty page. */
function pdf() {
  const objects = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>', '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>'];
  let written = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const at = written.length;
    written += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, '0')} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}`;
  return text.encode(`${written}${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${written.length}\n%%EOF\n`);
}

/** A ZIP with one text, `sample.txt`, uncompressed. */
function zip() {
  const content = text.encode('sample\n');
  const facts = bytes(little(0, 2), little(0, 2), little(0x58_21, 4), little(crc(content), 4), little(content.length, 4), little(content.length, 4), little(10, 2), little(0, 2));
  const local = bytes('PK\x03\x04', little(10, 2), facts, 'sample.txt', content);
  const central = bytes('PK\x01\x02', little(10, 2), little(10, 2), facts, little(0, 2), little(0, 2), little(0, 2), little(0, 4), little(0, 4), 'sample.txt');
  return bytes(local, central, 'PK\x05\x06', little(0, 4), little(1, 2), little(1, 2), little(central.length, 4), little(local.length, 4), little(0, 2));
}

/** A binary glTF with an empty scene. */
function glb() {
  const json = text.encode('{"asset":{"version":"2.0"}}'.padEnd(28));
  return bytes('glTF', little(2, 4), little(20 + json.length, 4), little(json.length, 4), 'JSON', json);
}

/** @type {Record<SampleType, { make(asked: Asked): Uint8Array<ArrayBuffer>, extension: string, type: string }>} */
const TYPES = {
  IMAGE: { make: png, extension: 'png', type: 'image/png' },
  VECTOR: { make: svg, extension: 'svg', type: 'image/svg+xml' },
  VIDEO: { make: mp4, extension: 'mp4', type: 'video/mp4' },
  AUDIO: { make: wav, extension: 'wav', type: 'audio/wav' },
  DOCUMENT: { make: pdf, extension: 'pdf', type: 'application/pdf' },
  ARCHIVE: { make: zip, extension: 'zip', type: 'application/zip' },
  MODEL3D: { make: glb, extension: 'glb', type: 'model/gltf-binary' },
};

/**
 * Makes a small file of a media type.
 *
 * @param {SampleType} mediaType
 * @param {SampleOptions} [options]
 */
export function sample(mediaType, { width = 4, height = 3, seconds = 1, color = '#3366cc', name } = {}) {
  const kind = Object.hasOwn(TYPES, mediaType) ? TYPES[mediaType] : undefined;
  if (!kind) throw refuse('mediaType', `must be one of ${Object.keys(TYPES).join(', ')}`, 'sample');
  for (const [field, edge] of Object.entries({ width, height })) {
    if (!Number.isInteger(edge) || edge < 1 || edge > MAX_EDGE) throw refuse(field, `must be a whole number from 1 to ${MAX_EDGE}`, 'sample');
  }
  if (!(seconds > 0 && seconds <= MAX_SECONDS)) throw refuse('seconds', `must be a number above 0, at most ${MAX_SECONDS}`, 'sample');
  if (!/^#[\da-f]{6}$/i.test(color)) throw refuse('color', 'must be in the form #rrggbb', 'sample');
  const content = kind.make({ width, height, seconds, color });
  return new File([content], name ?? `sample.${kind.extension}`, { type: kind.type });
}
