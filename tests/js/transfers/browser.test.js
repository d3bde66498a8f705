// Uploads from a page in Chromium: progress, picked and dropped folders, handles, and what survives a reload.
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { startBrowser } from '../harness/browser.js';
import { md5, noise } from '../harness/bytes.js';
import { gate } from '../harness/gate.js';
import { leftovers } from '../harness/leftovers.js';
import { serveManager, temporaryFolder } from '../harness/manager.js';
import { present } from '../harness/present.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { Browser } from 'playwright-core'
 * @import { Client, UploadProgress } from '../harness/package.js'
 */

const dist = new URL('../../../dist/', import.meta.url);
/** @type {Record<string, string>} */
const TYPES = { js: 'text/javascript', wasm: 'application/wasm' };
const PAGE = '<!doctype html><meta charset="utf-8"><title>Uploads</title><input type="file" webkitdirectory><div style="height:200px">Drop here</div>';

suite('in a page', () => {
  const closing = leftovers();
  /** @type {Browser} */
  let browser;
  before(async () => {
    browser = await startBrowser(closing);
  });

  /**
   * A page of the same origin as a manager, with `client` in it.
   *
   * @param {TestContext} t
   */
  async function open(t, answer = (/** @type {Request} */ request, /** @type {(request: Request) => Promise<Response>} */ next) => next(request)) {
    const served = await serveManager(t, {
      answer: async (request, next) => {
        const { pathname } = new URL(request.url);
        if (pathname === '/') return new Response(PAGE, { headers: { 'content-type': 'text/html' } });
        const name = /^\/wix-media\/([\w-]+\.(\w+))$/.exec(pathname);
        if (name) return new Response(await readFile(new URL(name[1], dist)), { headers: { 'content-type': TYPES[name[2]] } });
        return answer(request, next);
      },
    });
    const page = await browser.newPage();
    /** @type {string[]} */
    const errors = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    t.after(async () => {
      await page.close();
      assert.deepEqual(errors, []);
    });
    const start = async () => {
      await page.goto(served.baseUrl);
      await page.evaluate(async () => {
        const { createClient } = await import('/wix-media/browser.js');
        globalThis.client = createClient({ baseUrl: location.origin, auth: { apiKey: 'key' }, retry: { baseDelayMs: 5 } });
      });
    };
    await start();
    return { ...served, page, start };
  }

  /** @param {Client} client */
  const treeOf = async (client) => {
    const all = [];
    for await (const { path } of client.paths.walk('/')) all.push(path);
    return all;
  };

  /** @param {TestContext} t */
  async function folderOfFiles(t) {
    const root = join(await temporaryFolder(t), 'Holidays');
    await mkdir(join(root, '2024'), { recursive: true });
    await writeFile(join(root, 'a.txt'), 'a');
    await writeFile(join(root, '2024', 'b.txt'), 'b');
    return root;
  }
  const WHOLE = ['/Holidays', '/Holidays/2024', '/Holidays/2024/b.txt', '/Holidays/a.txt'];

  for (const protocol of ['plain', 'tus']) {
    test(`a file, ${protocol}, with progress while it is sent`, async (t) => {
      const { page, client, requests } = await open(t);
      const bytes = noise(3_000_000);
      const given = { base64: Buffer.from(bytes).toString('base64'), protocol };
      const { file, events } = await page.evaluate(async (/** @type {any} */ { base64, protocol: own }) => {
        const blob = await (await fetch(`data:application/octet-stream;base64,${base64}`)).blob();
        /** @type {UploadProgress[]} */
        const told = [];
        const made = await globalThis.client.uploads.upload(new File([blob], 'noise.bin'), {
          protocol: own,
          chunkSizeInBytes: 1_000_000,
          verify: true,
          onProgress: (event) => told.push(event),
        });
        return { file: { ...made, _createdDate: undefined, _updatedDate: undefined }, events: told };
      }, given);
      assert.equal(file.hash, md5(bytes));
      assert.equal((await client.files.getFileDescriptor(present(file._id))).hash, md5(bytes));
      assert.ok(events.every(({ sent }, index) => index === 0 || sent >= events[index - 1].sent));
      assert.deepEqual([present(events.at(-1)).sent, present(events.at(-1)).confirmed], [3_000_000, 3_000_000]);
      assert.equal(events.filter(({ confirmed }) => confirmed === 3_000_000).length, 1);
      const uploads = requests.filter(({ path }) => path.startsWith('/upload/'));
      assert.ok(uploads.length > 0 && uploads.every(({ headers }) => !headers.has('authorization')));
    });
  }

  test('uploadAll: keeps the structure of a picked folder', async (t) => {
    const { page, client } = await open(t);
    await page.setInputFiles('input', await folderOfFiles(t));
    const statuses = await page.evaluate(async () => {
      const results = await globalThis.client.uploads.uploadAll(/** @type {FileList} */ (/** @type {HTMLInputElement} */ (document.querySelector('input')).files));
      return results.map(({ status }) => status);
    });
    assert.deepEqual(statuses, ['uploaded', 'uploaded']);
    assert.deepEqual(await treeOf(client), WHOLE);
  });

  test('uploadAll: keeps the structure of a dropped folder', async (t) => {
    const { page, client } = await open(t);
    const root = await folderOfFiles(t);
    await page.evaluate(() => {
      document.addEventListener('dragover', (event) => event.preventDefault());
      globalThis.dropped = new Promise((resolve, reject) => {
        document.addEventListener('drop', (event) => {
          event.preventDefault();
          globalThis.client.uploads.uploadAll(/** @type {DataTransfer} */ (event.dataTransfer)).then(resolve, reject);
        });
      });
    });
    const session = await page.context().newCDPSession(page);
    const data = { items: [], files: [root], dragOperationsMask: 1 };
    for (const type of /** @type {const} */ (['dragEnter', 'dragOver', 'drop'])) await session.send('Input.dispatchDragEvent', { type, x: 50, y: 100, data });
    assert.deepEqual(await page.evaluate(async () => (await globalThis.dropped).map(({ status }) => status)), ['uploaded', 'uploaded']);
    assert.deepEqual(await treeOf(client), WHOLE);
  });

  test('uploadAll: keeps the structure of a directory handle', async (t) => {
    const { page, client } = await open(t);
    await page.evaluate(async () => {
      const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('Holidays', { create: true });
      /**
       * @param {FileSystemDirectoryHandle} folder
       * @param {string} name
       */
      const write = async (folder, name) => {
        const writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
        await writable.write(name);
        await writable.close();
      };
      await write(root, 'a.txt');
      await write(await root.getDirectoryHandle('2024', { create: true }), 'b.txt');
      await globalThis.client.uploads.uploadAll(root, { onDuplicate: 'reuse' });
      await globalThis.client.uploads.uploadAll(root, { onDuplicate: 'reuse' });
    });
    assert.deepEqual(await treeOf(client), WHOLE);
  });

  test('upload: resumes after a reload', async (t) => {
    const sixth = gate();
    let isHeld = true;
    const { page, client, requests, start } = await open(t, async (request, next) => {
      if (isHeld && request.headers.get('upload-offset') === '1000000') {
        // It is never answered, so that the page is left in the middle of the upload.
        sixth.open();
        return new Promise(() => {});
      }
      return next(request);
    });
    const root = await temporaryFolder(t);
    const bytes = noise(3_000_000);
    await mkdir(join(root, 'big'));
    await writeFile(join(root, 'big', 'noise.bin'), bytes);
    const begin = async () => {
      await page.setInputFiles('input', join(root, 'big'));
      await page.evaluate(() => {
        const [file] = /** @type {FileList} */ (/** @type {HTMLInputElement} */ (document.querySelector('input')).files);
        globalThis.upload = globalThis.client.uploads.upload(file, {
          protocol: 'tus',
          chunkSizeInBytes: 200_000,
        });
      });
    };
    const patches = () => requests.filter(({ method }) => method === 'PATCH').length;
    await begin();
    await sixth.opened;
    await start();
    isHeld = false;
    const sessions = await page.evaluate(async () => (await globalThis.client.uploads.list()).map(({ state, name, size }) => ({ state, name, size })));
    assert.deepEqual(sessions, [{ state: 'interrupted', name: 'noise.bin', size: 3_000_000 }]);
    const before = patches();
    await begin();
    const id = present(await page.evaluate(async () => (await globalThis.upload)._id));
    assert.equal((await client.files.getFileDescriptor(id)).hash, md5(bytes));
    assert.equal(patches() - before, 10, 'what was confirmed is not sent again');
    assert.deepEqual(await page.evaluate(() => globalThis.client.uploads.list()), []);
  });

  test('upload: pauses, resumes and aborts in a page', async (t) => {
    const { page, client } = await open(t, async (request, next) => {
      if (request.method === 'PATCH') await new Promise((resolve) => setTimeout(resolve, 30));
      return next(request);
    });
    const outcome = await page.evaluate(async () => {
      const { uploads } = globalThis.client;
      const blob = new Blob([new Uint8Array(2_000_000)]);
      const options = { displayName: 'zeros.bin', protocol: /** @type {const} */ ('tus'), chunkSizeInBytes: 100_000 };
      let isPaused = false;
      const file = await uploads.upload(blob, {
        ...options,
        onProgress: ({ id, confirmed }) => {
          if (confirmed === 0 || isPaused) return;
          isPaused = true;
          uploads.pause(/** @type {string} */ (id)).then(() => setTimeout(() => uploads.resume(/** @type {string} */ (id)), 50));
        },
      });
      const controller = new AbortController();
      let late = 0;
      const error = await uploads
        .upload(blob, {
          ...options,
          displayName: 'other.bin',
          signal: controller.signal,
          onProgress: ({ confirmed }) => {
            if (controller.signal.aborted) late += 1;
            if (confirmed > 0) controller.abort('enough');
          },
        })
        .catch((reason) => reason);
      return { size: file.sizeInBytes, error, late };
    });
    assert.deepEqual(outcome, { size: '2000000', error: 'enough', late: 0 });
    assert.equal((await client.files.listFiles().toArray()).length, 1);
  });
});
