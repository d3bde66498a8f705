// Pictures in the manager: colours of what is uploaded, and transformed image URLs.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { createManager, media } from '../harness/package.js';
import { present } from '../harness/present.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { GenerateFileUploadUrlOptions, ManagerOptions, MediaManager } from '../harness/package.js'
 */

/** @type {Record<string, string>} */
const TYPES = {
  bmp: 'image/bmp',
  gif: 'image/gif',
  ico: 'image/vnd.microsoft.icon',
  jpg: 'image/jpeg',
  jxl: 'image/jxl',
  png: 'image/png',
  tif: 'image/tiff',
  webp: 'image/webp',
};

/** @param {string} name */
const photo = (name) => readFile(new URL(`../../data/photos/${name}.jpg`, import.meta.url));

/**
 * @param {TestContext} t
 * @param {ManagerOptions} [options]
 */
async function managed(t, options) {
  const manager = await createManager(options);
  t.after(() => manager.close());
  return manager;
}

/**
 * @param {MediaManager} manager
 * @param {Buffer<ArrayBuffer>} bytes
 * @param {{ mimeType?: string } & GenerateFileUploadUrlOptions} [options]
 */
async function upload(manager, bytes, { mimeType = 'image/jpeg', fileName = 'picture.jpg', ...options } = {}) {
  const { uploadUrl } = await manager.client.files.generateFileUploadUrl(mimeType, { fileName, ...options });
  const response = await manager.fetch(present(uploadUrl), { method: 'PUT', body: bytes, headers: { 'content-type': mimeType } });
  assert.equal(response.status, 200);
  return (await response.json()).file;
}

/** @param {Response} response */
async function picture(response) {
  assert.equal(response.status, 200, response.status === 200 ? '' : await response.text());
  const bytes = Buffer.from(await response.arrayBuffer());
  assert.equal(response.headers.get('content-length'), String(bytes.length));
  const { format, width, height } = await sharp(bytes).metadata();
  return { bytes, format, width, height, type: response.headers.get('content-type') };
}

suite('colours', () => {
  test('colours: are in the upload answer, the descriptor and events', async (t) => {
    const manager = await managed(t);
    const seen = [];
    manager.on('file_ready', (event) => seen.push(event));
    const file = await upload(manager, await photo('chelsea'));
    const { prominent, palette } = file.media.image.colors;
    assert.match(prominent.hex, /^#[0-9A-F]{6}$/);
    assert.ok(prominent.rgb.r > prominent.rgb.g && prominent.rgb.g > prominent.rgb.b, 'a ginger cat');
    assert.ok(palette.length >= 7 && palette.length <= 10);
    const descriptor = await manager.client.files.getFileDescriptor(file.id);
    assert.deepEqual(present(present(descriptor.media).image).colors, file.media.image.colors);
    assert.equal(seen.length, 1);
  });

  test('colours: exist for PNG, GIF and WebP, and for nothing else', async (t) => {
    const manager = await managed(t);
    for (const format of /** @type {const} */ (['png', 'gif', 'webp'])) {
      const bytes = await sharp(await photo('coffee')).toFormat(format).toBuffer();
      const file = await upload(manager, bytes, { mimeType: `image/${format}`, fileName: `a.${format}` });
      const { r, b } = file.media.image.colors.prominent.rgb;
      assert.ok(r > b + 30, `${format}: wood`);
    }
    const broken = await upload(manager, (await photo('coffee')).subarray(0, 100));
    assert.equal(broken.media.image.colors, undefined);
    const document = await upload(manager, Buffer.from('%PDF-1.7'), { mimeType: 'application/pdf', fileName: 'a.pdf' });
    assert.equal(document.media.document.id, document.id);
  });
});

suite('transformed image URLs', () => {
  test('transforms: serve the URLs of the media helpers', async (t) => {
    const manager = await managed(t);
    const file = await upload(manager, await photo('chelsea'));
    const { width, height, url } = file.media.image.image;
    const options = { baseHostURL: url.slice(0, -file.id.length) };
    const identifier = `wix:image://v1/${file.id}/cat.jpg#originWidth=${width}&originHeight=${height}`;
    /** @type {[address: string, width: number, height: number][]} */
    const cases = [
      [media.getScaledToFillImageUrl(identifier, 100, 100, options), 100, 100],
      [media.getScaledToFillImageUrl(identifier, 60, 90, { ...options, focalPoint: { x: 20, y: 70 } }), 60, 90],
      [media.getScaledToFillImageUrl(identifier, 100, 100, { ...options, encoding: 'AVIF', quality: 40 }), 100, 100],
      [media.getScaledToFillImageUrl(identifier, 100, 100, { ...options, filters: { contrast: 10, hue: -20, blur: 2 } }), 100, 100],
      [media.getScaledToFillImageUrl(identifier, 100, 100, { ...options, unsharpMask: { radius: 1, amount: 2, threshold: 3 } }), 100, 100],
      [media.getScaledToFitImageUrl(identifier, 200, 200, options), 200, 133],
      [media.getScaledToFitImageUrl(identifier, 600, 600, { ...options, upscaleMethod: 'super' }), 600, 399],
      [media.getCroppedImageUrl(identifier, 10, 20, 100, 80, 50, 40, options), 50, 40],
      [media.getCroppedImageUrl(identifier, 10, 20, 100, 80, 50, 40, { ...options, progressive: false, name: 'a/b?.png' }), 50, 40],
    ];
    for (const [address, width, height] of cases) {
      assert.match(address, /\/v1\//);
      const made = await picture(await manager.fetch(address));
      assert.deepEqual([made.width, made.height], [width, height], address);
    }
  });

  test('transforms: convert every format into every other', async (t) => {
    // Where an encoder of AVIF is installed, converters.test.js makes one.
    const manager = await managed(t, { images: { converters: false } });
    for (const source of /** @type {const} */ (['jpeg', 'png', 'gif', 'webp'])) {
      const bytes = await sharp(await photo('rocket')).toFormat(source).toBuffer();
      const { url } = await upload(manager, bytes, { mimeType: `image/${source}`, fileName: `a.${source}` });
      for (const [extension, format] of [['jpg', 'jpeg'], ['png', 'png'], ['gif', 'gif'], ['webp', 'webp'], ['avif', 'webp']]) {
        const made = await picture(await manager.fetch(`${url}/v1/fit/w_121,h_121/a.${extension}`));
        assert.deepEqual([made.format, made.type, made.width, made.height], [format, `image/${format}`, 121, 80]);
        const expected = await sharp(bytes).resize(121, 80).removeAlpha().raw().toBuffer();
        const found = await sharp(made.bytes).removeAlpha().raw().toBuffer();
        const difference = found.reduce((sum, value, at) => sum + Math.abs(value - expected[at]), 0) / found.length;
        assert.ok(difference < 9, `${source} to ${extension}: ${difference}`);
      }
    }
  });

  test('transforms: show files as people have them, with the size of the descriptor', async (t) => {
    const manager = await managed(t);
    const folder = new URL('../../data/pictures/', import.meta.url);
    /** Those that sharp reads too, but the last three. */
    const names = /^(jpeg-(?!cut|lossless|one)|png-exif|webp-exif|gif-unknown|tiff|bmp-top|icon|jxl-(?!groups|wide|photo.png))/;
    const files = (await readdir(folder)).filter((name) => names.test(name));
    assert.ok(files.length > 12, String(files));
    for (const name of files) {
      const bytes = await readFile(new URL(name, folder));
      const { url, media: found } = await upload(manager, bytes, { mimeType: TYPES[present(name.split('.').pop())], fileName: name });
      const { width, height, previewImage } = { ...found.image.image, previewImage: found.image.previewImage };
      const made = await picture(await manager.fetch(`${url}/v1/fit/w_400,h_400/x.png`));
      assert.deepEqual([made.width, made.height], [width, height], name);
      const preview = await picture(await manager.fetch(previewImage.url));
      assert.deepEqual([preview.width, preview.height], [width, height], name);
      assert.ok(found.image.colors.palette.length > 1, name);
      if (/(bmp|ico|jxl)$/.test(name)) continue;
      const expected = await sharp(bytes, { failOn: 'none' }).rotate().removeAlpha().toColourspace('srgb').raw().toBuffer();
      const shown = await sharp(made.bytes).removeAlpha().toColourspace('srgb').raw().toBuffer();
      assert.equal(shown.length, expected.length, name);
      const difference = shown.reduce((sum, value, at) => sum + Math.abs(value - expected[at]), 0) / shown.length;
      assert.ok(difference < 3, `${name}: ${difference}`);
    }
  });

  test('transforms: show JPEG XL as libjxl does, and refuse it when its decoder gives up', async (t) => {
    const manager = await managed(t);
    const file = (/** @type {string} */ name) => readFile(new URL(`../../data/pictures/${name}`, import.meta.url));
    const bytes = await file('jxl-photo.jxl');
    const { url } = await upload(manager, bytes, { mimeType: 'image/jxl', fileName: 'a.jxl' });
    const made = await picture(await manager.fetch(`${url}/v1/fit/w_72,h_48/a.png`));
    const expected = await sharp(await file('jxl-photo.png')).removeAlpha().raw().toBuffer();
    const shown = await sharp(made.bytes).removeAlpha().raw().toBuffer();
    const differences = expected.map((value, at) => Math.abs(value - shown[at]));
    assert.ok(differences.every((difference) => difference <= 3), String(Math.max(...differences)));

    for (let at = 12; at < bytes.length; at += 97) {
      const damaged = Buffer.from(bytes);
      damaged.fill(0xa5, at, at + 12);
      const { url: address } = await upload(manager, damaged, { mimeType: 'image/jxl', fileName: 'b.jxl' });
      const answer = await manager.fetch(`${address}/v1/fit/w_9,h_9/b.png`);
      assert.ok([200, 413, 415, 422].includes(answer.status), `${at}: ${answer.status} ${await answer.text()}`);
    }
  });

  test('transforms: show every kind of TIFF as sharp does', async (t) => {
    const manager = await managed(t);
    const source = await sharp(await photo('rocket')).resize(300, 200).ensureAlpha(0.75).png().toBuffer();
    const rgb = () => sharp(source).removeAlpha();
    const tile = /** @type {const} */ ({ tile: true, tileWidth: 64, tileHeight: 48 });
    /** @type {[name: string, image: import('sharp').Sharp][]} */
    const kinds = [
      ['lzw', rgb().tiff({ compression: 'lzw', predictor: 'horizontal' })],
      ['deflate in tiles', rgb().tiff({ compression: 'deflate', predictor: 'none', ...tile })],
      ['jpeg in tiles', rgb().tiff({ compression: 'jpeg', quality: 95, ...tile })],
      ['packbits', rgb().tiff({ compression: 'packbits' })],
      ['16 bits', rgb().toColourspace('rgb16').tiff({ compression: 'deflate', predictor: 'horizontal' })],
      ['grey', rgb().greyscale().tiff({ compression: 'none' })],
      ['1 bit', rgb().greyscale().threshold(128).toColourspace('b-w').tiff({ compression: 'ccittfax4', bitdepth: 1 })],
      ['alpha', sharp(source).tiff({ compression: 'lzw' })],
      ['pyramid', rgb().tiff({ compression: 'jpeg', quality: 95, pyramid: true, ...tile })],
    ];
    for (const [name, image] of kinds) {
      const bytes = /** @type {Buffer<ArrayBuffer>} */ (await image.toBuffer());
      const { url, media: found } = await upload(manager, bytes, { mimeType: 'image/tiff', fileName: 'a.tif' });
      assert.deepEqual([found.image.image.width, found.image.image.height], [300, 200], name);
      assert.ok(found.image.colors, name);
      for (const [tail, width, height] of /** @type {const} */ ([['fit/w_300,h_200', 300, 200], ['fit/w_60,h_60', 60, 40]])) {
        const made = await picture(await manager.fetch(`${url}/v1/${tail}/a.png`));
        assert.deepEqual([made.width, made.height], [width, height], name);
        const pixels = (/** @type {import('sharp').Sharp} */ one) => one.resize(width, height).ensureAlpha().toColourspace('srgb').raw().toBuffer();
        const [expected, shown] = [await pixels(sharp(bytes)), await pixels(sharp(made.bytes))];
        const difference = shown.reduce((sum, value, at) => sum + Math.abs(value - expected[at]), 0) / shown.length;
        assert.ok(difference < 3, `${name}, ${tail}: ${difference}`);
      }
      const preview = await picture(await manager.fetch(found.image.previewImage.url));
      assert.deepEqual([preview.format, preview.width], ['jpeg', 300], name);
    }
  });

  test('transforms: show SVG as sharp does, in every size', async (t) => {
    const manager = await managed(t);
    const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="80" viewBox="0 0 60 40">
      <defs>
        <linearGradient id="sky" x2="0" y2="1"><stop stop-color="#124"/><stop offset="1" stop-color="#8cf"/></linearGradient>
        <clipPath id="round"><circle cx="30" cy="20" r="18"/></clipPath>
        <pattern id="dots" width="4" height="4" patternUnits="userSpaceOnUse"><circle cx="2" cy="2" r="1" fill="#fd0"/></pattern>
        <filter id="soft"><feGaussianBlur stdDeviation="1"/></filter>
      </defs>
      <rect width="60" height="40" fill="url(#sky)"/>
      <g clip-path="url(#round)" opacity=".8"><rect width="60" height="40" fill="#c33"/><rect width="60" height="40" fill="url(#dots)"/></g>
      <path d="M5 35 Q30 5 55 35 Z" fill="none" stroke="#fff" stroke-width="2" filter="url(#soft)"/>
    </svg>`;
    const bytes = /** @type {Buffer<ArrayBuffer>} */ (Buffer.from(drawing));
    for (const [name, content] of /** @type {[string, Buffer<ArrayBuffer>][]} */ ([['a.svg', bytes], ['a.svgz', gzipSync(bytes)]])) {
      const { url, media: found } = await upload(manager, content, { mimeType: 'image/svg+xml', fileName: name });
      assert.match(url, /\/shapes\//);
      assert.ok(found.vector.colors.palette.length > 1, name);
      for (const [tail, width, height] of /** @type {const} */ ([['fit/w_120,h_80', 120, 80], ['fit/w_30,h_30', 30, 20], ['fill/w_600,h_400,lg_1', 600, 400]])) {
        const made = await picture(await manager.fetch(`${url}/v1/${tail}/a.png`));
        assert.deepEqual([made.width, made.height], [width, height], tail);
        const expected = await sharp(bytes, { density: (72 * width) / 120 }).resize(width, height).removeAlpha().raw().toBuffer();
        const shown = await sharp(made.bytes).removeAlpha().raw().toBuffer();
        const difference = shown.reduce((sum, value, at) => sum + Math.abs(value - expected[at]), 0) / shown.length;
        assert.ok(difference < 6, `${name}, ${tail}: ${difference}`);
      }
    }
    const { media: described } = await upload(manager, bytes, { mimeType: 'image/svg+xml', fileName: 'b.svg' });
    const preview = await picture(await manager.fetch(described.vector.previewImage.url));
    assert.deepEqual([preview.format, preview.width, preview.height], ['png', 120, 80]);
  });

  test('transforms: show CMYK through its profile as sharp does', async (t) => {
    const manager = await managed(t);
    const source = await sharp(await photo('coffee')).resize(240, 160).toBuffer();
    const inks = () => sharp(source).toColourspace('cmyk').withIccProfile('cmyk');
    for (const [name, image] of /** @type {const} */ ([['jpg', inks().jpeg({ quality: 95 })], ['tif', inks().tiff({ compression: 'lzw' })]])) {
      const bytes = /** @type {Buffer<ArrayBuffer>} */ (await image.toBuffer());
      const { url, media: found } = await upload(manager, bytes, { mimeType: TYPES[name], fileName: `a.${name}` });
      const made = await picture(await manager.fetch(`${url}/v1/fit/w_120,h_80/a.png`));
      const pixels = (/** @type {import('sharp').Sharp} */ one) => one.resize(120, 80).removeAlpha().toColourspace('srgb').raw().toBuffer();
      const [expected, shown] = [await pixels(sharp(bytes)), await pixels(sharp(made.bytes))];
      const difference = shown.reduce((sum, value, at) => sum + Math.abs(value - expected[at]), 0) / shown.length;
      assert.ok(difference < 6, `${name}: ${difference}`);
      const { r, b } = found.image.colors.prominent.rgb;
      assert.ok(r > b + 20, `${name}: wood`);
    }
  });

  test('transforms: refuse a format whose module is missing with its name, and show CMYK without its profile', async () => {
    const tiff = await sharp(await photo('coffee')).resize(60, 40).tiff({ compression: 'lzw' }).toBuffer();
    const inks = await sharp(await photo('coffee')).resize(60, 40).toColourspace('cmyk').withIccProfile('cmyk').jpeg().toBuffer();
    for (const threads of [0, 1]) {
      const script = `
        import { createManager, init } from ${JSON.stringify(new URL('../../../dist/node.js', import.meta.url).href)};
        import { text } from 'node:stream/consumers';
        await init({ tiff: () => { throw new Error('not shipped'); } });
        const manager = await createManager({ images: { threads: ${threads} } });
        const found = [];
        for (const { type, content } of JSON.parse(await text(process.stdin))) {
          const { url, media } = await manager.client.uploads.upload(new Blob([Buffer.from(content, 'base64')], { type }));
          const made = await manager.fetch(url + '/v1/fit/w_30,h_20/a.png');
          found.push([made.status, made.status === 200 ? made.headers.get('content-type') : await made.text(), media.image.colors !== undefined]);
        }
        console.log(JSON.stringify(found));
        await manager.close();`;
      const running = execFile(process.execPath, ['--input-type=module', '-e', script]);
      const files = [{ type: 'image/tiff', content: tiff.toString('base64') }, { type: 'image/jpeg', content: inks.toString('base64') }];
      present(running.stdin).end(JSON.stringify(files));
      const found = await text(present(running.stdout));
      assert.deepEqual(JSON.parse(found), [
        [415, 'cannot load tiff.wasm: not shipped; see "Bundlers" in the README of wix-media.v2', false],
        [200, 'image/png', true],
      ]);
    }
  });

  test('transforms: keep the frames of animations as sharp sees them', async (t) => {
    const manager = await managed(t);
    const photos = await Promise.all(['chelsea', 'coffee', 'rocket'].map(async (name) => sharp(await photo(name)).resize(120, 80).toBuffer()));
    const options = { loop: 2, delay: [100, 250, 400] };
    const webp = await sharp(photos, { join: { animated: true } }).webp({ ...options, quality: 95 }).toBuffer();
    const gif = await sharp(photos, { join: { animated: true } }).gif(options).toBuffer();
    for (const [source, bytes] of /** @type {const} */ ([['webp', webp], ['gif', gif]])) {
      const { url } = await upload(manager, bytes, { mimeType: `image/${source}`, fileName: `a.${source}` });
      for (const format of ['webp', 'gif']) {
        const response = await manager.fetch(`${url}/v1/fill/w_60,h_40,q_95,anm_all/a.${format}`);
        assert.deepEqual([response.status, response.headers.get('content-type')], [200, `image/${format}`]);
        const made = Buffer.from(await response.arrayBuffer());
        const { pages, delay, loop, width, pageHeight } = await sharp(made, { animated: true }).metadata();
        assert.deepEqual({ pages, delay, loop, width, pageHeight }, { pages: 3, delay: options.delay, loop: 2, width: 60, pageHeight: 40 });
        const expected = await sharp(bytes, { animated: true }).resize(60, 40).removeAlpha().raw().toBuffer();
        const found = await sharp(made, { animated: true }).removeAlpha().raw().toBuffer();
        const difference = found.reduce((sum, value, at) => sum + Math.abs(value - expected[at]), 0) / found.length;
        assert.ok(difference < 9, `${source} to ${format}: ${difference}`);
      }
      const still = await manager.fetch(`${url}/v1/fill/w_60,h_40/a.${source}`);
      assert.equal((await sharp(Buffer.from(await still.arrayBuffer()), { animated: true }).metadata()).pages ?? 1, 1);
    }
  });

  test('transforms: choose the format by Accept', async (t) => {
    const manager = await managed(t);
    const { url } = await upload(manager, await photo('rocket'));
    /** @param {string} accept */
    const ask = (accept) => manager.fetch(`${url}/v1/fill/w_40,h_40,enc_auto/a.jpg`, { headers: { accept } });
    for (const [accept, type] of [
      ['image/avif,image/webp,*/*', 'image/webp'],
      ['image/avif,*/*', 'image/jpeg'],
      ['image/webp;q=0,*/*', 'image/jpeg'],
    ]) {
      const response = await ask(accept);
      assert.equal(response.headers.get('vary'), 'Accept');
      assert.equal((await picture(response)).type, type, accept);
    }
  });

  test('transforms: answer HEAD and ETags, and cache results', async (t) => {
    const manager = await managed(t);
    const { url } = await upload(manager, await photo('rocket'));
    const address = `${url}/v1/fit/w_50,h_50/a.jpg`;
    const [one, other] = await Promise.all([manager.fetch(address), manager.fetch(address)]);
    const { bytes } = await picture(one);
    assert.deepEqual((await picture(other)).bytes, bytes);
    const head = await manager.fetch(address, { method: 'HEAD' });
    assert.equal(head.headers.get('content-length'), String(bytes.length));
    assert.equal(head.headers.get('cache-control'), 'public, max-age=15552000, immutable');
    assert.equal(await head.text(), '');
    const known = await manager.fetch(address, { headers: { 'if-none-match': present(head.headers.get('etag')) } });
    assert.equal(known.status, 304);
  });

  test('transforms: make no image for a HEAD', async (t) => {
    const manager = await managed(t);
    const { url } = await upload(manager, await photo('rocket'));
    const address = `${url}/v1/fit/w_50,h_50/a.jpg`;
    const head = await manager.fetch(address, { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers.get('content-length')], [200, null]);
    const made = await manager.fetch(address);
    assert.equal(made.headers.get('etag'), head.headers.get('etag'));
    const bytes = await made.arrayBuffer();
    const after = await manager.fetch(address, { method: 'HEAD' });
    assert.deepEqual([after.headers.get('content-type'), after.headers.get('content-length')], ['image/jpeg', String(bytes.byteLength)]);
  });

  test('transforms: refuse more than may wait, and go on', async (t) => {
    const manager = await managed(t);
    const { url } = await upload(manager, await photo('hubble_deep_field'));
    const ask = (/** @type {number} */ at) => manager.fetch(`${url}/v1/fill/w_${100 + at},h_100/a.jpg`);
    const made = await Promise.all(Array.from({ length: 200 }, (_, at) => ask(at)));
    const statuses = made.map(({ status }) => status);
    assert.deepEqual([...new Set(statuses)].sort(), [200, 503]);
    assert.ok(statuses.filter((status) => status === 200).length >= 32);
    const refused = present(made.find(({ status }) => status === 503));
    assert.equal(refused.headers.get('retry-after'), '1');
    assert.match(await refused.text(), /too many images/);
    assert.equal((await ask(199)).status, 200);
  });

  test('transforms: are the same with and without threads', async (t) => {
    const bytes = await photo('chelsea');
    /** @param {ManagerOptions} options */
    const make = async (options) => {
      const manager = await managed(t, options);
      const { url, media: found } = await upload(manager, bytes);
      const response = await manager.fetch(`${url}/v1/fill/w_120,h_90/a.webp`);
      return { colors: found.image.colors, made: Buffer.from(await response.arrayBuffer()) };
    };
    const alone = await make({ images: { threads: 0 } });
    assert.deepEqual(await make({ images: { threads: 2 } }), alone);
    assert.deepEqual(await make({ thread: true }), alone);
    assert.ok(alone.made.length > 1000);
  });

  test('transforms: an image that takes too long is answered with 504', async (t) => {
    const manager = await managed(t, { images: { timeoutMs: 1 } });
    const bytes = await sharp({ create: { width: 4000, height: 3000, channels: 3, background: '#080' } }).png().toBuffer();
    const { url } = await upload(manager, bytes, { mimeType: 'image/png', fileName: 'large.png' });
    const late = await manager.fetch(`${url}/v1/fit/w_4000,h_3000/a.webp`);
    assert.deepEqual([late.status, await late.text()], [504, 'the image took longer than 0.001 s']);
    assert.equal((await manager.client.files.listFiles()).files?.length, 1, 'the manager goes on');
  });

  test('transforms: refuse sizes that are not listed', async (t) => {
    const manager = await managed(t, { images: { sizes: [60, '80x40'] } });
    const { url, media: found } = await upload(manager, await photo('rocket'));
    const statusOf = async (/** @type {string} */ tail, method = 'GET') => (await manager.fetch(`${url}/v1/${tail}/a.jpg`, { method })).status;
    for (const tail of ['fit/w_60,h_60', 'fit/w_60,h_7', 'fill/w_80,h_40', 'fit/w_800,h_450']) assert.equal(await statusOf(tail), 200, tail);
    for (const tail of ['fit/w_61,h_60', 'fill/w_80,h_41', 'fit/w_40,h_80']) {
      assert.equal(await statusOf(tail), 403, tail);
      assert.equal(await statusOf(tail, 'HEAD'), 403, tail);
    }
    const preview = new URL(found.image.previewImage.url);
    assert.equal((await manager.fetch(preview)).status, 200);
  });

  test('images: refuse options that they do not know', async () => {
    for (const [images, message] of /** @type {[any, RegExp][]} */ ([
      [1, /images must be an object/],
      [{ thread: 1 }, /images\.thread is not an option: did you mean threads/],
      [{ threads: -1 }, /images\.threads must be a whole number from 0 to 64/],
      [{ timeoutMs: 0 }, /images\.timeoutMs must be a number of milliseconds/],
      [{ sizes: 320 }, /images\.sizes must be a list/],
      [{ sizes: [320, '10by10'] }, /images\.sizes\[1\] must be a width/],
    ])) {
      await assert.rejects(createManager({ images }), { code: 'INVALID_ARGUMENT', message });
    }
  });

  test('transforms: explain refusals', async (t) => {
    const manager = await managed(t);
    const { url } = await upload(manager, await photo('rocket'));
    const hidden = await upload(manager, await photo('rocket'), { private: true });
    const broken = await upload(manager, (await photo('rocket')).subarray(0, 100));
    const origin = new URL(url).origin;
    for (const [address, status, text] of /** @type {[string, number, RegExp][]} */ ([
      [`${url}/v1/fit/w_0,h_50/a.jpg`, 400, /w_0/],
      [`${url}/v1/squeeze/w_9,h_50/a.jpg`, 403, /squeeze/],
      [`${broken.url}/v1/fit/w_50,h_50/a.jpg`, 422, /cannot decode the image/],
      [`${origin}/media/${hidden.id}/v1/fit/w_50,h_50/a.jpg`, 403, /private/],
      [`${origin}/media/nothing.jpg/v1/fit/w_50,h_50/a.jpg`, 404, /path not found/],
    ])) {
      const response = await manager.fetch(address);
      assert.equal(response.status, status, address);
      assert.match(await response.text(), text);
      assert.equal(response.headers.get('etag'), null);
    }
  });

  test('transforms: answer many requests at once', async (t) => {
    const manager = await managed(t);
    const { url } = await upload(manager, await photo('hubble_deep_field'));
    const made = Array.from({ length: 20 }, (_, at) => manager.fetch(`${url}/v1/fill/w_${100 + at},h_100/a.webp`));
    const { files } = await manager.client.files.listFiles();
    assert.equal(present(files).length, 1);
    for (const [at, response] of (await Promise.all(made)).entries()) {
      assert.equal((await picture(response)).width, 100 + at);
    }
  });

  test('transforms: work after a restart', async (t) => {
    const { mkdtemp, rm } = await import('node:fs/promises');
    const directory = await mkdtemp(`${(await import('node:os')).tmpdir()}/pictures-`);
    t.after(() => rm(directory, { recursive: true }));
    const first = await createManager({ storage: { directory } });
    const { id, url, media } = await upload(first, await photo('astronaut'));
    await first.close();
    const second = await managed(t, { storage: { directory } });
    const descriptor = await second.client.files.getFileDescriptor(id);
    assert.deepEqual(present(present(descriptor.media).image).colors, media.image.colors);
    assert.equal((await picture(await second.fetch(`${url}/v1/fit/w_80,h_80/a.png`))).width, 80);
  });
});
