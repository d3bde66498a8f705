// AVIF and HEIC, which the platform decodes where it can, and AVIF as a result.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { avifOf } from '../../../pkg-template/manager/images/avif.js';
import { withoutExif } from '../../../pkg-template/manager/images/converter.js';
import { isoKindOf } from '../../../pkg-template/manager/images/iso.js';
import { temporaryFolder } from '../harness/manager.js';
import { createManager, WixMediaError } from '../harness/package.js';
import { present } from '../harness/present.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { ManagerOptions, MediaManager } from '../harness/package.js'
 */

const run = promisify(execFile);
const DATA = new URL('../../data/', import.meta.url);
const SHARP = createRequire(import.meta.url).resolve('sharp');
const hasHeif = await run('heif-convert', ['--help']).then(() => true, (error) => error.code !== 'ENOENT');

/** @param {string} name */
const data = async (name) => new Uint8Array(await readFile(new URL(name, DATA)));
const photo = () => data('photos/chelsea.jpg');

/**
 * @param {TestContext} t
 * @param {NonNullable<ManagerOptions['images']>['converters']} converters
 * @param {Omit<NonNullable<ManagerOptions['images']>, 'converters'>} [images]
 */
async function managed(t, converters, images) {
  const manager = await createManager({ images: { ...images, converters } });
  t.after(() => manager.close());
  return manager;
}

/**
 * Uploads an image, and returns what its descriptor says of it.
 *
 * @param {MediaManager} manager
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} displayName
 */
async function uploaded(manager, bytes, displayName) {
  const { uploadUrl } = await manager.client.files.generateFileUploadUrl('application/octet-stream', { fileName: displayName });
  const response = await manager.fetch(present(uploadUrl), { method: 'PUT', body: bytes });
  const { file } = await response.json();
  return { url: file.url, ...file.media.image };
}

/** @param {Response} response */
async function picture(response) {
  const bytes = Buffer.from(await response.arrayBuffer());
  assert.equal(response.status, 200, bytes.toString('utf8', 0, 300));
  const { width, height } = await sharp(bytes).metadata();
  return { bytes, size: [width, height], type: response.headers.get('content-type') };
}

/** @param {Buffer | Uint8Array} bytes */
const pixelsOf = (bytes) => sharp(bytes).flatten({ background: 'white' }).toColourspace('srgb').raw().toBuffer();

/**
 * The mean difference of the samples of two images.
 *
 * @param {Buffer | Uint8Array} one
 * @param {Buffer | Uint8Array} other
 */
async function difference(one, other) {
  const [found, expected] = await Promise.all([pixelsOf(one), pixelsOf(other)]);
  assert.equal(found.length, expected.length);
  return found.reduce((sum, value, at) => sum + Math.abs(value - expected[at]), 0) / found.length;
}

/**
 * A script in the place of the program of libheif.
 *
 * @param {TestContext} t
 * @param {string} script Its arguments are the image and the result.
 */
async function program(t, script) {
  const file = join(await temporaryFolder(t), 'heif-test');
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

/** The temporary folders of this process. */
const leftBehind = async () => (await readdir(os.tmpdir())).filter((name) => name.startsWith('wix-media-') && name.includes(`-${process.pid}-`));

suite('AVIF by sharp', () => {
  test('converters: AVIF has colours, a preview, and transforms of the size that the descriptor states', async (t) => {
    const manager = await managed(t, { sharp: SHARP });
    assert.equal(manager.storage.images.decoders.avif, 'sharp');
    const source = sharp(await photo()).resize(300, 200, { fit: 'fill' });
    const half = sharp({ create: { width: 300, height: 200, channels: 4, background: '#0000' } });
    half.composite([{ input: await source.clone().resize(150, 200).png().toBuffer(), left: 0, top: 0 }]);
    /** @type {[name: string, bytes: Uint8Array<ArrayBuffer>][]} */
    const files = [
      ['photo.avif', new Uint8Array(await source.clone().avif({ effort: 0 }).toBuffer())],
      ['alpha.avif', new Uint8Array(await half.avif({ effort: 0 }).toBuffer())],
      ['ten.avif', new Uint8Array(await source.clone().avif({ effort: 0, bitdepth: 10 }).toBuffer())],
      ['turned.avif', await data('corpus/media/turned.avif')],
    ];
    for (const [name, bytes] of files) {
      const { url, image, colors, previewImage } = await uploaded(manager, bytes, name);
      const { width, height } = image;
      assert.ok(colors.palette.length > 0, name);
      const made = await picture(await manager.fetch(`${url}/v1/fit/w_5000,h_5000/a.png`));
      assert.deepEqual([made.size, made.type], [[width, height], 'image/png'], name);
      assert.ok((await difference(made.bytes, bytes)) < 2, name);
      const preview = await picture(await manager.fetch(previewImage.url));
      assert.deepEqual([preview.size, preview.type], [[width, height], 'image/webp'], name);
    }
    const { url } = await uploaded(manager, files[1][1], 'alpha.avif');
    assert.ok((await sharp((await picture(await manager.fetch(`${url}/v1/fill/w_9,h_9/a.webp`))).bytes).metadata()).hasAlpha);
  });

  test('converters: AVIF is a result where an encoder is, and WebP where none is', async (t) => {
    const bytes = await photo();
    const [encoding, other] = [await managed(t, { sharp: SHARP }), await managed(t, false)];
    assert.deepEqual([encoding.storage.images.encoders, other.storage.images.encoders], [{ avif: 'sharp' }, {}]);
    const { url } = await uploaded(encoding, bytes, 'cat.jpg');
    const { url: elsewhere } = await uploaded(other, bytes, 'cat.jpg');
    const exact = await picture(await encoding.fetch(`${url}/v1/fill/w_200,h_150/cat.png`));
    for (const tail of ['v1/fill/w_200,h_150,enc_avif/cat.jpg', 'v1/fill/w_200,h_150,enc_pavif,quality_auto/cat.jpg', 'v1/fill/w_200,h_150,q_90/cat.avif']) {
      const answer = await encoding.fetch(`${url}/${tail}`);
      const tag = answer.headers.get('etag');
      const made = await picture(answer);
      assert.deepEqual([made.size, made.type], [[200, 150], 'image/avif'], tail);
      assert.equal((await sharp(made.bytes).metadata()).compression, 'av1');
      assert.ok((await difference(made.bytes, exact.bytes)) < 6, tail);
      const replaced = await other.fetch(`${elsewhere}/${tail}`);
      assert.notEqual(replaced.headers.get('etag'), tag);
      assert.equal((await picture(replaced)).type, 'image/webp');
    }
    const [small, large] = await Promise.all([30, 95].map(async (quality) => picture(await encoding.fetch(`${url}/v1/fill/w_200,h_150,q_${quality},enc_avif/cat.jpg`))));
    assert.ok(small.bytes.length * 2 < large.bytes.length, `${small.bytes.length} and ${large.bytes.length}`);
    // The encoder keeps no frames.
    assert.equal((await picture(await encoding.fetch(`${url}/v1/fit/w_20,h_20,enc_avif,anm_all/cat.gif`))).type, 'image/webp');
  });

  test('converters: are those of a manager in a thread, too', async (t) => {
    const manager = await createManager({ thread: true, images: { converters: { sharp: SHARP } } });
    t.after(() => manager.close());
    assert.equal(manager.storage.images.decoders.avif, 'sharp');
    const { url, image } = await uploaded(manager, await data('corpus/media/turned.avif'), 'a.avif');
    const made = await picture(await manager.fetch(`${url}/v1/fit/w_99,h_99/a.avif`));
    assert.deepEqual([made.size, made.type], [[image.width, image.height], 'image/avif']);
  });

  test('converters: damaged AVIF is refused, and leaves nothing behind', async (t) => {
    const manager = await managed(t, { sharp: SHARP });
    const bytes = new Uint8Array(await sharp(await photo()).resize(90, 60).avif({ effort: 0 }).toBuffer());
    for (const at of [40, 120, 200, 280, bytes.length - 200]) {
      const damaged = bytes.slice();
      damaged.fill(0xa5, at, at + 16);
      const { url, colors } = await uploaded(manager, damaged, 'a.avif');
      const answer = await manager.fetch(`${url}/v1/fit/w_9,h_9/a.png`);
      const said = await answer.text();
      assert.ok([200, 413, 415, 422].includes(answer.status), `${at}: ${answer.status} ${said}`);
      assert.equal(Boolean(colors), answer.status === 200, `${at}`);
      assert.ok(answer.status === 200 || !said.includes(os.tmpdir()), said);
    }
    const cut = await uploaded(manager, bytes.slice(0, bytes.length / 2), 'cut.avif');
    assert.equal(cut.previewImage, undefined);
    assert.deepEqual(await leftBehind(), []);
  });
});

suite('AVIF and HEIC without a decoder', () => {
  test('converters: a transform says what is missing, and the descriptor promises nothing', async (t) => {
    const heic = await data('corpus/media/plain.heic');
    const avif = await data('corpus/media/turned.avif');
    // The prebuilt sharp decodes no HEVC. The PATH has no program of libheif.
    const path = process.env.PATH;
    process.env.PATH = '/nowhere';
    t.after(() => (process.env.PATH = path));
    const manager = await managed(t, { sharp: SHARP });
    assert.deepEqual(manager.storage.images, { decoders: { avif: 'sharp' }, encoders: { avif: 'sharp' } });
    const off = await managed(t, false);
    assert.deepEqual(off.storage.images, { decoders: {}, encoders: {} });
    for (const [where, bytes, message] of /** @type {const} */ ([
      [manager, heic, /cannot decode HEIC images: the sharp that npm installs decodes no HEVC: install libheif .*heif-dec/],
      [off, heic, /cannot decode HEIC images: set the option images\.converters/],
      [off, avif, /cannot decode AVIF images: set the option images\.converters/],
    ])) {
      const { url, image, colors, previewImage } = await uploaded(where, bytes, 'a.heic');
      assert.ok(image.width);
      assert.deepEqual([colors, previewImage], [undefined, undefined]);
      const answer = await where.fetch(`${url}/v1/fit/w_9,h_9/a.png`);
      assert.equal(answer.status, 415);
      assert.match(await answer.text(), message);
    }
  });

  test('converters: tests with a clock of their own do not depend on what is installed', async (t) => {
    const manager = await createManager({ clock: 'virtual' });
    t.after(() => manager.close());
    assert.deepEqual(manager.storage.images, { decoders: {}, encoders: {} });
  });

  test('converters: options that lead nowhere are refused', async () => {
    for (const [converters, message] of /** @type {[any, RegExp][]} */ ([
      ['sharp', /images\.converters must be true, false or \{ sharp, heif \}/],
      [{ sharpe: 'x' }, /images\.converters\.sharpe is not an option: did you mean sharp\?/],
      [{ sharp: '' }, /images\.converters\.sharp must be the path of a file/],
      [{ sharp: '/no/such/file' }, /images\.converters\.sharp must be the path of a file: \/no\/such\/file is not one/],
      [{ heif: '/no/such/program' }, /images\.converters\.heif must be the path of a program: \/no\/such\/program is not one/],
    ])) {
      await assert.rejects(createManager({ images: { converters } }), (error) => error instanceof WixMediaError && message.test(error.message));
    }
  });
});

suite('HEIC by the program of libheif', () => {
  test('converters: its PNG is the image, without the orientation that is applied already', async (t) => {
    const folder = await temporaryFolder(t);
    const shown = join(folder, 'shown.png');
    // As tall as the descriptor says. The orientation of the EXIF would turn it once more.
    await writeFile(shown, await sharp(await photo()).resize(30, 50, { fit: 'fill' }).withMetadata({ orientation: 6 }).png().toBuffer());
    const heif = await program(t, `cp ${shown} "$2"`);
    const manager = await managed(t, { heif });
    assert.equal(manager.storage.images.decoders.heic, 'heif-test');
    const { url, image, previewImage } = await uploaded(manager, await data('corpus/media/turned.heic'), 'a.heic');
    assert.deepEqual([image.width, image.height], [30, 50]);
    const made = await picture(await manager.fetch(`${url}/v1/fit/w_99,h_99/a.png`));
    assert.deepEqual(made.size, [30, 50]);
    assert.equal(await difference(made.bytes, withoutExif(new Uint8Array(await readFile(shown)))), 0);
    assert.equal((await picture(await manager.fetch(previewImage.url))).type, 'image/jpeg');
  });

  test('converters: shows the first of several images', async (t) => {
    const shown = join(await temporaryFolder(t), 'shown.png');
    await writeFile(shown, await sharp(await photo()).resize(50, 30, { fit: 'fill' }).png().toBuffer());
    const manager = await managed(t, { heif: await program(t, `cp ${shown} "\${2%.png}-1.png"; cp ${shown} "\${2%.png}-2.png"`) });
    const { url } = await uploaded(manager, await data('corpus/media/plain.heic'), 'a.heic');
    assert.deepEqual((await picture(await manager.fetch(`${url}/v1/fit/w_99,h_99/a.png`))).size, [50, 30]);
  });

  test('converters: a program that fails, crashes, hangs or writes too much refuses the image', async (t) => {
    for (const [script, status, message] of /** @type {const} */ ([
      ['echo "Could not read $1" >&2; exit 1', 422, /cannot decode the HEIC image: Could not read the file$/],
      ['kill -SEGV $$', 422, /cannot decode the HEIC image: it was ended by SIGSEGV/],
      ['while :; do sleep 1; done', 504, /cannot decode the HEIC image: it took longer than 300 ms/],
      ['head -c 400000000 /dev/zero > "$2"', 422, /cannot decode the HEIC image/],
      [':', 422, /cannot decode the HEIC image: its program has written no image$/],
      ['echo no picture > "$2"', 415, /./],
    ])) {
      const manager = await managed(t, { heif: await program(t, script) }, { timeoutMs: script.includes('while') ? 300 : 30_000 });
      const { url, colors } = await uploaded(manager, await data('corpus/media/plain.heic'), 'a.heic');
      assert.equal(colors, undefined);
      const answer = await manager.fetch(`${url}/v1/fit/w_9,h_9/a.png`);
      const said = await answer.text();
      assert.equal(answer.status, status, `${script}: ${said}`);
      assert.match(said, message);
      assert.ok(!said.includes(os.tmpdir()), said);
    }
    assert.deepEqual(await leftBehind(), []);
  });

  test('converters: a fault of the machine is none of the image, and tells nobody where', async (t) => {
    const avif = new Uint8Array(await sharp(await photo()).resize(30, 20).avif({ effort: 0 }).toBuffer());
    const asked = join(await temporaryFolder(t), 'asked');
    const heif = await program(t, `touch ${asked}; exit 1`);
    const broken = join(await temporaryFolder(t), 'sharp.js');
    await writeFile(broken, 'throw new Error("no library");');
    /** @type {(manager: MediaManager) => Promise<[status: number, text: string, retryAfter: string | null]>} */
    const answerOf = async (manager) => {
      const { url } = await uploaded(manager, avif, 'a.avif');
      const response = await manager.fetch(`${url}/v1/fit/w_10,h_10/a.png`);
      return [response.status, await response.text(), response.headers.get('retry-after')];
    };
    const { PATH, TMPDIR } = process.env;
    t.after(() => {
      Object.assign(process.env, { PATH });
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    });
    // Without libheif, whether it is installed or not.
    process.env.PATH = await temporaryFolder(t);
    const unloadable = await managed(t, { sharp: broken });
    process.env.PATH = PATH;
    assert.deepEqual(await answerOf(unloadable), [500, 'cannot decode the AVIF image: sharp is installed, but cannot be loaded', null]);

    const late = await managed(t, { sharp: SHARP, heif }, { timeoutMs: 1 });
    assert.deepEqual((await answerOf(late))[0], 504);
    await assert.rejects(readFile(asked), { code: 'ENOENT' }, 'the other program is not asked as well');

    const crowded = await managed(t, { sharp: SHARP, heif });
    process.env.TMPDIR = join(os.tmpdir(), 'wix-media-missing');
    assert.deepEqual(await answerOf(crowded), [503, 'cannot decode the AVIF image: the server cannot run its program (ENOENT)', '1']);
  });

  test('converters: closing the manager ends its programs', async (t) => {
    const started = join(await temporaryFolder(t), 'started');
    const manager = await createManager({ images: { converters: { heif: await program(t, `echo $$ > ${started}; while :; do sleep 1; done`) } } });
    const upload = manager.client.uploads.upload(await data('corpus/media/plain.heic'), { displayName: 'a.heic' });
    upload.catch(() => {});
    /** @type {string} */
    let pid = '';
    while (!pid) {
      pid = (await readFile(started, 'utf8').catch(() => '')).trim();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await manager.close();
    const isRunning = () => run('kill', ['-0', pid]).then(() => true, () => false);
    while (await isRunning()) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(await leftBehind(), []);
  });

  test('converters: the real one decodes HEIC and AVIF', { skip: !hasHeif && 'libheif-examples is not installed' }, async (t) => {
    const manager = await managed(t, true);
    for (const name of ['plain.heic', 'turned.heic']) {
      const { url, image, colors } = await uploaded(manager, await data(`corpus/media/${name}`), name);
      const { width, height } = image;
      assert.ok(colors, name);
      assert.deepEqual((await picture(await manager.fetch(`${url}/v1/fit/w_99,h_99/a.png`))).size, [width, height], name);
    }
  });
});

suite('converters', () => {
  test('formats are told apart by the brands of the first box', () => {
    const box = (/** @type {string[]} */ ...brands) => {
      const text = `ftyp${brands[0]}0000${brands.slice(1).join('')}`;
      return Uint8Array.from([0, 0, 0, text.length + 4, ...Buffer.from(text), 0, 0, 0, 9, ...Buffer.from('metaavif!')]);
    };
    for (const [brands, kind] of /** @type {[string[], string | undefined][]} */ ([
      [['avif'], 'avif'],
      [['avis', 'msf1'], 'avif'],
      [['heix'], 'heic'],
      [['mif1', 'miaf', 'heic'], 'heic'],
      [['miaf', 'MA1B', 'avif'], 'avif'],
      [['mif1', 'miaf'], undefined],
      [['isom', 'avif'], undefined],
      [['mp42'], undefined],
    ])) {
      assert.equal(isoKindOf(box(...brands)), kind, brands.join());
    }
    for (let length = 0; length < 20; length += 1) isoKindOf(box('mif1', 'heic').subarray(0, length));
    assert.equal(isoKindOf(new Uint8Array(0)), undefined);
  });

  test('transforms to AVIF become transforms to PNG', () => {
    for (const [tail, png, quality] of /** @type {[string, string, number][]} */ ([
      ['fit/w_4,h_3,enc_avif/0.jpg', 'fit/w_4,h_3/0.png', 80],
      ['crop/x_0,y_0,w_4,h_3/fill/w_4,h_3,al_c,q_33,enc_avif/0.png', 'crop/x_0,y_0,w_4,h_3/fill/w_4,h_3,al_c,q_33/0.png', 33],
      ['fit/w_4,h_3,q_33,enc_avif,quality_auto/0.jpg', 'fit/w_4,h_3,q_33,quality_auto/0.png', 80],
      ['fit/w_4,h_3/0.avif', 'fit/w_4,h_3/0.png', 80],
    ])) {
      const avif = present(avifOf(tail));
      assert.deepEqual([avif.transform, avif.quality(4, 3)], [png, quality]);
    }
    for (const tail of ['fit/w_4,h_3/0.jpg', 'fit/w_4,h_3,enc_auto/0.avif', 'fit/w_4,h_3,enc_avif,anm_all/0.gif']) assert.equal(avifOf(tail), undefined, tail);
    const large = present(avifOf('fit/w_5000,h_5000,enc_avif/0.jpg'));
    assert.deepEqual([large.quality(600, 600), large.quality(600, 601), large.quality(1400, 1400), large.quality(1400, 1401)], [80, 85, 85, 90]);
  });

  test('EXIF is cut out of a PNG, and other files stay as they are', async () => {
    const png = new Uint8Array(await sharp({ create: { width: 3, height: 2, channels: 3, background: 'red' } }).withMetadata({ orientation: 6 }).png().toBuffer());
    const cut = withoutExif(png);
    assert.ok(cut.length < png.length);
    assert.equal((await sharp(cut).metadata()).orientation, undefined);
    assert.equal(withoutExif(cut), cut);
    for (let length = 0; length < png.length; length += 1) withoutExif(png.slice(0, length));
  });
});
