// createManager in Chromium: in memory, and in the browser's own file system.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundled } from '../harness/bundled.js';
import { rejection } from '../harness/client.js';
import { leftovers } from '../harness/leftovers.js';
import { createManager, WixMediaError } from '../harness/package.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { Page } from 'playwright-core'
 */

suite('the manager in Chromium', () => {
  const closing = leftovers();
  /** @type {Awaited<ReturnType<typeof bundled>>} */
  let chromium;
  before(async () => {
    chromium = await bundled(closing, fileURLToPath(new URL('page.js', import.meta.url)), ['--js-flags=--expose-gc']);
  });

  /** @param {TestContext} t */
  async function open(t) {
    const { page, faults } = await chromium.open();
    t.after(() => page.close());
    return { page, faults };
  }

  test('memory: works in a page', async (t) => {
    const { page, faults } = await open(t);
    const found = await page.evaluate(async () => {
      const manager = await globalThis.wixMedia.createManager();
      const file = await globalThis.put(manager, 'a.txt', 'text', 'text/plain');
      const text = await (await manager.fetch(file.url)).text();
      const { files } = await manager.client.files.listFiles();
      return { kind: manager.storage.kind, text, names: files?.map(({ displayName }) => displayName) };
    });
    assert.deepEqual(found, { kind: 'memory', text: 'text', names: ['a.txt'] });
    assert.deepEqual(faults, []);
  });

  test('videos: the page makes their posters, also for a manager in a worker', async (t) => {
    const { page, faults } = await open(t);
    const film = await readFile(new URL('../../data/media/film.webm', import.meta.url), 'base64');
    for (const storage of /** @type {('memory' | { opfs: string })[]} */ (['memory', { opfs: 'films' }])) {
      const found = await page.evaluate(
        async ({ bytes, storage }) => {
          const manager = await globalThis.wixMedia.createManager({ storage });
          const content = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
          const { id, operationStatus } = await globalThis.put(manager, 'film.webm', content, 'video/webm');
          await manager.client.uploads.waitUntilReady(id);
          const response = await manager.fetch(`${manager.baseUrl}/site-media/v1/files/get-file-by-id?fileId=${id}`);
          const { video } = (await response.json()).file.media;
          const sizes = [];
          for (const { url } of video.posters) {
            const picture = await createImageBitmap(await (await manager.fetch(url)).blob());
            sizes.push([picture.width, picture.height]);
          }
          // A video that no browser decodes has no posters.
          const other = await globalThis.put(manager, 'film.avi', new TextEncoder().encode(`RIFF\x24\0\0\0AVI LIST\x04\0\0\0hdrl${'\0'.repeat(20)}`), 'video/x-msvideo');
          await manager.client.uploads.waitUntilReady(other.id).catch(() => {});
          const { videos } = manager.storage;
          await manager.close();
          return { operationStatus, sizes, posters: video.posters, resolutions: video.resolutions, decoder: videos?.decoder, done: videos?.done };
        },
        { bytes: film, storage },
      );
      assert.deepEqual([found.operationStatus, found.decoder, found.done], ['PENDING', 'browser', 1], JSON.stringify(storage));
      const [{ width, height }] = found.resolutions;
      assert.deepEqual(found.sizes, Array(4).fill([width, height]));
      assert.deepEqual(found.posters.map((/** @type {any} */ poster) => [poster.width, poster.height]), Array(4).fill([width, height]));
    }
    assert.deepEqual(faults, []);
  });

  test('images: are made in workers that end with the manager', async (t) => {
    const { page, faults } = await open(t);
    const photo = await readFile(new URL('../../data/photos/chelsea.jpg', import.meta.url), 'base64');
    const make = (/** @type {'memory' | { opfs: string }} */ storage) =>
      page.evaluate(async ({ bytes, storage }) => {
        globalThis.manager = await globalThis.wixMedia.createManager({ storage });
        const file = await globalThis.put(globalThis.manager, 'a.jpg', Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0)), 'image/jpeg');
        const response = await globalThis.manager.fetch(`${file.url}/v1/fit/w_60,h_60/a.webp`);
        return [file.media?.image?.colors?.palette.length, response.status, (await response.arrayBuffer()).byteLength];
      }, { bytes: photo, storage });
    const inMemory = await make('memory');
    assert.ok(inMemory[0] >= 7 && inMemory[1] === 200 && inMemory[2] > 300, `${inMemory}`);
    assert.equal(page.workers().length, 1);
    const [worker] = page.workers();
    const ended = worker.waitForEvent('close');
    await page.evaluate(() => globalThis.manager.close());
    await ended;
    assert.deepEqual(await make({ opfs: 'images' }), inMemory);
    assert.deepEqual(faults, []);
  });

  test('images: the browser decodes AVIF, in a page and in a worker, and says that it does not decode HEIC', async (t) => {
    const { page, faults } = await open(t);
    const [avif, heic] = await Promise.all(['turned.avif', 'turned.heic'].map((name) => readFile(new URL(`../../data/corpus/media/${name}`, import.meta.url), 'base64')));
    for (const storage of /** @type {('memory' | { opfs: string })[]} */ (['memory', { opfs: 'avif' }])) {
      const found = await page.evaluate(
        async ({ images, storage }) => {
          const manager = await globalThis.wixMedia.createManager({ storage });
          const found = [];
          for (const [name, bytes] of images) {
            const content = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
            const { url, media } = await globalThis.put(manager, name, content);
            const { image, colors, previewImage } = media.image;
            const answer = await manager.fetch(`${url}/v1/fit/w_99,h_99,enc_avif/a.png`);
            const picture = answer.ok ? await createImageBitmap(await answer.blob()) : undefined;
            const size = picture ? [picture.width, picture.height] : await answer.text();
            found.push([image.width, image.height, Boolean(colors), Boolean(previewImage), answer.status, answer.headers.get('content-type'), size]);
          }
          const state = manager.storage.images;
          await manager.close();
          return { found, state };
        },
        { images: [['a.avif', avif], ['a.heic', heic]], storage },
      );
      assert.deepEqual(found.state, { decoders: { avif: 'browser', heic: 'browser' }, encoders: {} });
      assert.deepEqual(found.found[0], [30, 50, true, true, 200, 'image/webp', [30, 50]], JSON.stringify(storage));
      const refusal = 'cannot decode the HEIC image: this browser does not decode it, as most do not: use a manager in Node with libheif';
      assert.deepEqual(found.found[1], [30, 50, false, false, 415, 'text/plain; charset=utf-8', refusal]);
    }
    assert.deepEqual(faults, []);
  });

  test('opfs: a module of images is asked for with the first image that needs it', async (t) => {
    const { page, faults } = await open(t);
    const found = await page.evaluate(async () => {
      /** @type {string[]} */
      const asked = [];
      const given = (/** @type {string} */ name) => () => {
        asked.push(name);
        return fetch(`/package/${name}.wasm`);
      };
      await globalThis.wixMedia.init({ images: given('images'), svg: given('svg'), tiff: () => Promise.reject(new Error('it is not here')) });
      const manager = await globalThis.wixMedia.createManager({ storage: { opfs: 'modules' } });
      const text = await globalThis.put(manager, 'a.txt', 'text', 'text/plain');
      const before = [...asked];
      const drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="red"/></svg>';
      const { url } = await globalThis.put(manager, 'a.svg', drawing, 'image/svg+xml');
      const made = await manager.fetch(`${url}/v1/fit/w_20,h_20/a.png`);
      const tiff = await globalThis.put(manager, 'a.tif', new Uint8Array([0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 2, 0, 0, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]), 'image/tiff');
      const refused = await manager.fetch(`${tiff.url}/v1/fit/w_20,h_20/a.png`);
      await manager.close();
      return { name: text.displayName, before, asked, type: made.headers.get('content-type'), refused: [refused.status, await refused.text()] };
    });
    assert.deepEqual([found.name, found.before, found.asked, found.type], ['a.txt', [], ['images', 'svg'], 'image/png']);
    assert.equal(found.refused[0], 415);
    assert.match(String(found.refused[1]), /tiff\.wasm.*it is not here/s);
    assert.deepEqual(faults, []);
  });

  test('opfs: survives a reload without close', async (t) => {
    const { page } = await open(t);
    const file = await page.evaluate(async () => {
      globalThis.manager = await globalThis.wixMedia.createManager({ storage: { opfs: 'reload' } });
      await globalThis.manager.client.folders.createFolder('Animals');
      return globalThis.put(globalThis.manager, 'large.bin', new Uint8Array(3_000_000).fill(7));
    });
    await page.reload();
    await page.waitForFunction(() => globalThis.result === true);
    const found = await page.evaluate(async ({ url, id }) => {
      const manager = await globalThis.wixMedia.createManager({ storage: { opfs: 'reload' } });
      const bytes = new Uint8Array(await (await manager.fetch(url)).arrayBuffer());
      const { hash } = await manager.client.files.getFileDescriptor(id);
      const { folders } = await manager.client.folders.listFolders();
      return { kind: manager.storage.kind, size: bytes.length, same: bytes.every((byte) => byte === 7), hash, names: folders?.map(({ displayName }) => displayName) };
    }, file);
    assert.deepEqual(found, { kind: 'opfs', size: 3_000_000, same: true, hash: file.hash, names: ['Animals'] });
  });

  test('opfs: runs in a worker that ends with the manager', async (t) => {
    const { page } = await open(t);
    assert.equal(page.workers().length, 0);
    await page.evaluate(async () => {
      globalThis.manager = await globalThis.wixMedia.createManager({ storage: { opfs: 'worker' } });
    });
    assert.equal(page.workers().length, 1);
    const [worker] = page.workers();
    const ended = worker.waitForEvent('close');
    await page.evaluate(() => globalThis.manager.close());
    await ended;
    assert.equal(page.workers().length, 0, 'it goes with the manager');
  });

  test('opfs: keeps names apart', async (t) => {
    const { page } = await open(t);
    const names = await page.evaluate(async () => {
      const [one, other] = [await globalThis.wixMedia.createManager({ storage: { opfs: 'one' } }), await globalThis.wixMedia.createManager({ storage: { opfs: 'other' } })];
      await one.client.folders.createFolder('only in one');
      return [(await one.client.folders.listFolders()).folders?.length, (await other.client.folders.listFolders()).folders?.length];
    });
    assert.deepEqual(names, [1, 0]);
  });

  test('opfs: accepts streams and blobs, and gives ranges and events', async (t) => {
    const { page, faults } = await open(t);
    const found = await page.evaluate(async () => {
      const manager = await globalThis.wixMedia.createManager({ storage: { opfs: 'streams' } });
      /** @type {(string | undefined)[]} */
      const heard = [];
      manager.on('file_ready', ({ entityId }) => void heard.push(entityId));
      const file = await globalThis.put(manager, 'blob.bin', new Blob([new Uint8Array(1_000_000).fill(1), new Uint8Array(10).fill(2)]));
      const range = await manager.fetch(file.url, { headers: { range: 'bytes=999999-' } });
      const reader = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ ((await manager.fetch(file.url)).body).getReader();
      const { value } = await reader.read();
      await reader.cancel();
      const archive = await new Response(await manager.export()).arrayBuffer();
      await manager.reset();
      const empty = (await manager.client.files.listFiles()).files?.length;
      await manager.import(new Uint8Array(archive));
      const { files } = await manager.client.files.listFiles();
      return { heard: heard.includes(file.id), range: [range.status, [...new Uint8Array(await range.arrayBuffer())]], first: value?.[0], empty, back: files?.map(({ displayName }) => displayName) };
    });
    assert.deepEqual(found, { heard: true, range: [206, [1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]], first: 1, empty: 0, back: ['blob.bin'] });
    assert.deepEqual(faults, []);
  });

  test('opfs: recovers from a trap in the worker', async (t) => {
    const { page } = await open(t);
    const found = await page.evaluate(async () => {
      const manager = await globalThis.wixMedia.createManager({ storage: { opfs: 'trap' } });
      const { folder } = await manager.client.folders.createFolder('before');
      await /** @type {Record<symbol, () => Promise<void>>} */ (/** @type {unknown} */ (manager))[Symbol.for('wix-media.trap')]();
      return (await manager.client.folders.getFolder(/** @type {string} */ (folder?._id))).displayName;
    });
    assert.equal(found, 'before');
  });

  test('opfs: goes on after an error in the worker that nobody caught', async (t) => {
    const { page } = await open(t);
    await page.evaluate(async () => {
      /** @type {string[]} */
      const reported = [];
      Object.assign(globalThis, { reported });
      globalThis.manager = await globalThis.wixMedia.createManager({ storage: { opfs: 'uncaught' }, onError: ({ code }) => void reported.push(code) });
      await globalThis.manager.client.folders.createFolder('before');
    });
    const [worker] = page.workers();
    const ended = worker.waitForEvent('close');
    await worker.evaluate(() => void setTimeout(() => {
      throw new Error('nobody catches it');
    }));
    await ended;
    const found = await page.evaluate(async () => {
      // The browser releases the lock of the worker in its own time.
      for (;;) {
        const response = await globalThis.manager.fetch(`${globalThis.manager.baseUrl}/_wix-media/health`);
        if (response.status === 200) break;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const { folders } = await globalThis.manager.client.folders.listFolders();
      return { names: folders?.map(({ displayName }) => displayName), first: /** @type {any} */ (globalThis).reported[0] };
    });
    assert.deepEqual(found, { names: ['before'], first: 'MANAGER_LOST' });
  });

  test('opfs: opens files while garbage is collected', async (t) => {
    const { page, faults } = await open(t);
    await page.evaluate(async () => {
      globalThis.manager = await globalThis.wixMedia.createManager({ storage: { opfs: 'garbage' } });
    });
    await page.workers()[0].evaluate(() => void setInterval(() => /** @type {NodeJS.GCFunction} */ (globalThis.gc)(), 0));
    const count = await page.evaluate(async () => {
      await globalThis.manager.seed(Array.from({ length: 40 }, (_, number) => ({ path: `/${number}.txt`, content: 'x' })));
      return (await globalThis.manager.client.files.listFiles().toArray()).length;
    });
    assert.equal(count, 40);
    assert.deepEqual(faults, []);
  });

  test('opfs: is refused in Node', async () => {
    const error = await rejection(createManager({ storage: { opfs: 'name' } }));
    assert.ok(error instanceof WixMediaError);
    assert.match(error.message, /opfs/i);
  });
});
