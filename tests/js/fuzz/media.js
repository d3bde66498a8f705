// Damaged media files through inspection and transforms, in the modules of the package. Whatever the bytes are: they are stored
// whole or refused, the descriptor is well formed, a transform is an image or a refusal, no module traps, and the work is
// bounded by the sizes of the file and of the image, counted and not timed.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { md5 } from '../harness/bytes.js';
import { createManager } from '../harness/package.js';
import { present } from '../harness/present.js';
import { Random } from '../oracle/random.js';
import { damagedBytes } from './damage.js';

/**
 * @import { Closing } from '../harness/types.d.ts'
 * @import { Meter } from './work.js'
 */

/** @typedef {{ name: string, bytes: Uint8Array }} Sample */

/** The most work of an upload: a part that does not depend on the file, and one for each byte. */
const UPLOAD = { base: 400_000, perByte: 60 };
/** The most work of colours and transforms, for each pixel of the original as its bytes say, and each of the result. */
const PICTURE = { perPixel: 60, perResult: 1000 };

/** Largest files that are damaged. Above, the same code runs for longer. */
const MAX_SIZE = 200_000;
/** The extent that one image may claim and still be decoded. */
const MAX_PIXELS = 4_000_000;

/** How an image begins. */
const SIGNATURES = [/^\xff\xd8/, /^\x89PNG/, /^RIFF....WEBP/s, /^GIF8/];
const TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/tiff', 'image/svg+xml', 'video/mp4', 'audio/mpeg', 'audio/wav', 'application/octet-stream'];

/**
 * Files of the corpus and of the site that is served with `cargo xtask start`, and others that are made here.
 *
 * @returns {Promise<Sample[]>}
 */
export async function samples() {
  /** @type {Sample[]} */
  const found = [];
  for (const folder of ['corpus/media', 'photos', 'site/Sounds', 'site/Documents']) {
    const url = new URL(`../../data/${folder}/`, import.meta.url);
    for (const name of (await readdir(url)).sort()) {
      const bytes = await readFile(new URL(encodeURIComponent(name), url));
      if (bytes.length <= MAX_SIZE && name !== 'README.md') found.push({ name, bytes });
    }
  }
  const pictures = new URL('../../data/pictures/', import.meta.url);
  for (const name of (await readdir(pictures)).filter((each) => each.endsWith('.tif')).sort()) found.push({ name, bytes: await readFile(new URL(name, pictures)) });
  return [...found, ...made()];
}

/** Files that are hardly more than their heads. */
function made() {
  const box = (/** @type {string} */ type, /** @type {Uint8Array} */ content) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(8 + content.length);
    head.write(type, 4, 'latin1');
    return Buffer.concat([head, content]);
  };
  const text = (/** @type {string} */ value) => Buffer.from(value, 'latin1');
  return [
    { name: 'boxes.mp4', bytes: Buffer.concat([box('ftyp', text('isom\0\0\0\0isommp42')), box('moov', Buffer.concat([box('mvhd', Buffer.alloc(100, 1)), box('trak', box('tkhd', Buffer.alloc(84, 2))), box('mvex', box('mehd', Buffer.alloc(8, 1)))]))]) },
    { name: 'deep.mov', bytes: Array.from({ length: 200 }).reduce((/** @type {Buffer} */ inside) => box('moov', inside), Buffer.alloc(4)) },
    { name: 'deep.svg', bytes: text(`<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]>${'<svg width="1e9px" viewBox="0 0 10 10">'.repeat(200)}`) },
    { name: 'matroska.webm', bytes: Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3, 0x84, 0x42, 0x82, 0x81, 0x77, 0x18, 0x53, 0x80, 0x67, 0xff]), Buffer.alloc(200, 0x81)]) },
    { name: 'list.avi', bytes: Buffer.concat([text('RIFF'), Buffer.alloc(4, 0xff), text('AVI LIST'), Buffer.from([56, 0, 0, 0]), text('hdrlavih'), Buffer.from([56, 0, 0, 0]), Buffer.alloc(56, 1)]) },
    { name: 'frames.mp3', bytes: Buffer.concat(Array.from({ length: 50 }, () => Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x00]), Buffer.alloc(413)]))) },
    { name: 'screen.gif', bytes: Buffer.concat([text('GIF89a'), Buffer.from([0xff, 0xff, 0xff, 0xff, 0xf7, 0, 0]), Buffer.alloc(768, 5), Buffer.from([0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2, 2, 0x44, 1, 0, 0x3b])]) },
    { name: 'window.bmp', bytes: Buffer.concat([text('BM'), Buffer.from('7a000000000000003600000028000000ffffff7f0000008001001800000000004400000000000000000000000000000000000000', 'hex'), Buffer.alloc(68)]) },
  ];
}

/**
 * The extent that a descriptor states.
 *
 * @param {any} media
 * @returns {{ width?: number, height?: number } | undefined}
 */
const extentOf = (media) => media?.image?.image ?? media?.vector?.image ?? media?.video?.resolutions?.[0];

/**
 * Fails unless a descriptor says nothing that makes no sense.
 *
 * @param {any} file
 * @param {Uint8Array} bytes
 */
function judge(file, bytes) {
  assert.deepEqual([file.sizeInBytes, file.hash], [String(bytes.length), md5(bytes)]);
  /** @param {unknown} value */
  const visit = (value, path = 'media') => {
    if (typeof value === 'number') assert.ok(Number.isFinite(value) && value >= 0 && value <= 1e12, `${path} is ${value}`);
    if (typeof value === 'object' && value !== null) for (const [name, one] of Object.entries(value)) visit(one, `${path}.${name}`);
  };
  visit(file.media);
  const { width, height } = extentOf(file.media) ?? {};
  assert.equal(width === undefined, height === undefined);
  if (width !== undefined) assert.ok(width > 0 && Number(height) > 0, `${width} × ${height}`);
}

/**
 * Makes cases. Resolves to what became of them.
 *
 * @param {Closing} closing
 * @param {{ seed: number, cases: number, only?: number, meter: Meter }} options `meter` counts the work of the modules of the
 * manager and of images; `only` makes one case alone.
 */
export async function fuzzMedia(closing, { seed, cases, only, meter }) {
  /** @type {Error[]} */
  const errors = [];
  // In this thread, whose modules count.
  const manager = await createManager({ clock: 'virtual', images: { threads: 0 }, onError: (error) => errors.push(error) });
  closing.after(() => manager.close());
  // The first lookup of an extension builds the index of types, which must not count as work of a file.
  await manager.client.files.generateFileUploadUrl('application/octet-stream', { fileName: 'first.nef' });
  const given = await samples();
  const all = given.map(({ bytes }) => bytes);
  const images = given.filter(({ name }) => /\.(jpe?g|png|webp|gif|tiff?)$/.test(name));
  const outcomes = { stored: 0, refused: 0, transformed: 0, notTransformed: 0, mostWork: 0 };

  /**
   * Fails where more work is done than allowed.
   *
   * @template Value
   * @param {number} limit
   * @param {() => Promise<Value>} use
   */
  const within = async (limit, use) => {
    Object.assign(meter, { count: 0, limit });
    const value = await use();
    assert.ok(meter.count <= limit, `${meter.count} steps of work, ${limit} allowed`);
    outcomes.mostWork = Math.max(outcomes.mostWork, meter.count / limit);
    meter.limit = Infinity;
    return value;
  };

  for (let number = only ?? 0; number < (only === undefined ? cases : only + 1); number += 1) {
    const random = new Random(seed * 7919 + number);
    const sample = random.pick(random.chance(0.5) ? images : given);
    const bytes = number < given.length ? Uint8Array.from(given[number].bytes) : damagedBytes(random, sample.bytes, all);
    try {
      const { name } = number < given.length ? given[number] : sample;
      const isDeclared = random.chance(0.5);
      const mimeType = isDeclared ? random.pick(TYPES) : 'application/octet-stream';
      // A name that contradicts the type is refused before the bytes come.
      const fileName = isDeclared ? 'file' : name;
      const { uploadUrl } = await manager.client.files.generateFileUploadUrl(mimeType, { fileName });
      const declared = declaredPixels(bytes);
      const limit = UPLOAD.base + UPLOAD.perByte * bytes.length + PICTURE.perPixel * Math.min(declared, MAX_PIXELS);
      const response = await within(declared > MAX_PIXELS ? Infinity : limit, () => manager.fetch(present(uploadUrl), { method: 'PUT', headers: { 'content-type': mimeType }, body: bytes }));
      const { file, ...refusal } = await response.json();
      if (response.status !== 200) {
        assert.ok(response.status >= 400 && response.status < 500 && typeof refusal.message === 'string', `${response.status} ${JSON.stringify(refusal)}`);
        outcomes.refused += 1;
        continue;
      }
      judge(file, bytes);
      outcomes.stored += 1;
      if (declared <= MAX_PIXELS) await transformed(file, random, limit);
      await manager.client.files.bulkDeleteFiles([file.id], { permanent: true });
      assert.deepEqual(errors, [], 'causes that were reported');
    } catch (error) {
      throw new Error(`case ${number}, of ${sample.name}: WIX_MEDIA_SEED=${seed} WIX_MEDIA_CASE=${number} makes it again`, { cause: error });
    }
  }

  /**
   * @param {any} file
   * @param {Random} random
   * @param {number} limit
   */
  async function transformed(file, random, limit) {
    const side = random.pick([1, 7, 40, 100]);
    const tail = `v1/${random.pick(['fill', 'fit'])}/w_${side},h_${side}/a.${random.pick(['jpg', 'png', 'webp'])}`;
    const response = await within(limit + PICTURE.perResult * side * side, () => manager.fetch(`${file.url}/${tail}`));
    const body = Buffer.from(await response.arrayBuffer());
    if (response.status !== 200) {
      assert.ok([400, 403, 404, 413, 415, 422].includes(response.status), `${response.status} ${body.toString().slice(0, 200)}`);
      outcomes.notTransformed += 1;
      return;
    }
    const head = body.toString('latin1', 0, 16);
    assert.ok(SIGNATURES.some((signature) => signature.test(head)), `an answer begins with ${JSON.stringify(head)}`);
    outcomes.transformed += 1;
  }
  return outcomes;
}

/**
 * The pixels that the bytes of an image claim, at any place where a decoder could find its size. Work is measured by them.
 *
 * @param {Uint8Array} bytes
 */
export function declaredPixels(bytes) {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let most = 1;
  const claim = (/** @type {number} */ width, /** @type {number} */ height) => (most = Math.max(most, width * height));
  if (view.subarray(0, 4).equals(Buffer.from('\x89PNG', 'latin1'))) {
    for (let at = view.indexOf('IHDR'); at >= 0 && at + 12 <= view.length; at = view.indexOf('IHDR', at + 4)) claim(view.readUInt32BE(at + 4), view.readUInt32BE(at + 8));
  } else if (view.subarray(0, 3).equals(Buffer.from('GIF', 'latin1')) && view.length >= 10) {
    claim(view.readUInt16LE(6), view.readUInt16LE(8));
    for (let at = view.indexOf(0x2c, 10); at >= 0 && at + 9 <= view.length; at = view.indexOf(0x2c, at + 1)) claim(view.readUInt16LE(at + 1) + view.readUInt16LE(at + 5), view.readUInt16LE(at + 3) + view.readUInt16LE(at + 7));
  } else if (view[0] === 0xff && view[1] === 0xd8) {
    for (let at = 2; at + 9 <= view.length; at += 1) {
      if (view[at] === 0xff && view[at + 1] >= 0xc0 && view[at + 1] <= 0xcf) claim(view.readUInt16BE(at + 7), view.readUInt16BE(at + 5));
    }
  } else if (/^(II\*\0|MM\0\*)/.test(view.toString('latin1', 0, 4))) {
    const isLittle = view[0] === 0x49;
    const number = (/** @type {number} */ at, /** @type {2 | 4} */ length) => (isLittle ? view.readUIntLE(at, length) : view.readUIntBE(at, length));
    const edges = [1, 1];
    for (let at = 8; at + 12 <= view.length; at += 1) {
      const edge = number(at, 2) - 256;
      if (edge === 0 || edge === 1) edges[edge] = Math.max(edges[edge], number(at + 8, number(at + 2, 2) === 3 ? 2 : 4));
    }
    claim(edges[0], edges[1]);
  } else if (view.subarray(0, 4).equals(Buffer.from('RIFF'))) {
    for (let at = 12; at + 18 <= view.length; at += 1) {
      const chunk = view.toString('latin1', at, at + 4);
      if (chunk === 'VP8X') claim(1 + view.readUIntLE(at + 12, 3), 1 + view.readUIntLE(at + 15, 3));
      if (chunk === 'VP8 ') claim(view.readUInt16LE(at + 14) & 0x3fff, view.readUInt16LE(at + 16) & 0x3fff);
      if (chunk === 'VP8L' && at + 13 <= view.length) claim(1 + (view.readUInt32LE(at + 9) & 0x3fff), 1 + ((view.readUInt32LE(at + 9) >>> 14) & 0x3fff));
    }
  }
  return most;
}
