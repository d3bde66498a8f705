// The page with the Media Manager in the browser: reloads, closed tabs and a lost network.
/** @import { TestContext } from 'node:test' */
/** @import { Page } from 'playwright-core' */
/** @import { OpenOptions } from './site.js' */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { startService } from '../harness/service.js';
import { cell, choosePlace, drop, eventually, message, namesIn, openFor, pageSuite, photo, pictureLoaded, recordsIn, settled, showsInOrder, showsItems, toast, uploadByDialog } from './site.js';

const DIST = new URL('../../../dist/', import.meta.url);
/** @param {Buffer} bytes */
const md5 = (bytes) => createHash('md5').update(bytes).digest('hex');

suite('page in this browser', () => {
  const site = pageSuite();
  /** @type {Buffer} */
  let cat;

  before(async () => {
    cat = await photo('chelsea.jpg');
  });

  /**
   * @param {TestContext} t
   * @param {OpenOptions & { address?: string }} [options]
   */
  async function open(t, { address = site.server.address, ...options } = {}) {
    const made = await openFor(t, site.browser, address, { place: 'browser', ...options });
    // A first visit does not wait long for its service worker; what follows may need it.
    if (options.serviceWorkers !== 'block') await made.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    return made;
  }

  /** Waits until a picture has loaded. */
  const hasPicture = (/** @type {Page} */ page) => pictureLoaded(page, '.cell img.loaded');

  test('page in this browser: keeps files across a reload', async (t) => {
    const { page } = await open(t);
    await message(page, 'No files yet').waitFor();
    await drop(page, '#main', [{ name: 'cat.jpg', type: 'image/jpeg', bytes: cat }]);
    await cell(page, 'cat.jpg').waitFor();
    await hasPicture(page);
    await page.reload();
    await settled(page);
    await showsInOrder(page, ['cat.jpg']);
    await hasPicture(page);
    // The server has received nothing.
    assert.deepEqual(await site.server.client.files.listFiles().toArray(), []);
  });

  test('page in this browser: serves media at URLs, with ranges and a sandbox', async (t) => {
    const { page, context } = await open(t);
    await drop(page, '#main', [
      { name: 'cat.jpg', type: 'image/jpeg', bytes: cat },
      { name: 'evil.svg', type: 'image/svg+xml', bytes: '<svg xmlns="http://www.w3.org/2000/svg"><script>opener.hacked = true; parent.hacked = true</script></svg>' },
    ]);
    await cell(page, 'evil.svg').waitFor();
    await cell(page, 'cat.jpg').waitFor();
    /** @param {string} name */
    const addressOf = async (name) => {
      const toggle = page.locator('#details-toggle');
      if ((await toggle.getAttribute('aria-pressed')) === 'false') await toggle.click();
      await cell(page, name).click();
      await page.locator('details-panel h2', { hasText: name }).waitFor();
      return String(await page.locator('details-panel .facts a').first().getAttribute('href'));
    };
    const address = await addressOf('cat.jpg');
    const answers = await page.evaluate(async (url) => {
      const whole = await fetch(url);
      const part = await fetch(url, { headers: { range: 'bytes=2-5' } });
      const head = await fetch(url, { method: 'HEAD' });
      const missing = await fetch(url.replace(/media\/.*/, 'media/nothing.jpg'));
      return {
        type: whole.headers.get('content-type'),
        size: (await whole.arrayBuffer()).byteLength,
        part: [part.status, [...new Uint8Array(await part.arrayBuffer())]],
        head: [head.status, head.headers.get('content-length')],
        missing: missing.status,
      };
    }, address);
    assert.deepEqual(answers, {
      type: 'image/jpeg',
      size: cat.length,
      part: [206, [...cat.subarray(2, 6)]],
      head: [200, String(cat.length)],
      missing: 404,
    });
    const evil = await addressOf('evil.svg');
    const tab = await context.newPage();
    const response = await tab.goto(evil);
    assert.match(response?.headers()['content-security-policy'] ?? '', /^sandbox;/);
    assert.equal(await page.evaluate(() => Reflect.has(globalThis, 'hacked')), false);
  });

  test('page in this browser: resumes a large upload after a reload', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'wix-media-page-'));
    t.after(() => rm(folder, { recursive: true }));
    const bytes = Buffer.alloc(48_000_000);
    for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE((at * 2_654_435_761) % 4_294_967_291 >>> 0, at);
    const path = join(folder, 'large.bin');
    await writeFile(path, bytes);

    const { page } = await open(t);
    // Requests for the second half of the file get no further until the page is loaded again, so that the reload comes in
    // the middle.
    await page.evaluate((half) => {
      globalThis.Request = class extends Request {
        /**
         * @param {RequestInfo | URL} input
         * @param {RequestInit} [init]
         */
        constructor(input, init) {
          const isHeld = init?.method === 'PATCH' && Number(new Headers(init.headers).get('upload-offset')) >= half;
          super(input, isHeld ? Object.assign({}, init, { body: new ReadableStream(), duplex: 'half' }) : init);
        }
      };
    }, bytes.length / 2);
    await uploadByDialog(page, 'Files…', [path]);
    await page.waitForFunction(() => {
      const bar = document.querySelector('.upload progress');
      return bar instanceof HTMLProgressElement && bar.value > 0 && bar.value < 1;
    });
    await eventually(async () => assert.equal((await recordsIn(page, 'wix-media uploads', 'uploads')).length, 1));
    await page.reload();
    await toast(page, '1 upload of your last visit resumed.');
    await cell(page, 'large.bin').waitFor();
    await page.locator('#details-toggle').click();
    await cell(page, 'large.bin').click();
    await page.locator('details-panel').getByText(md5(bytes)).waitFor();
    assert.deepEqual(await namesIn(page), ['large.bin'], 'once, not twice');
    // A finished upload is not resumed.
    await page.reload();
    await settled(page);
    await showsInOrder(page, ['large.bin']);
    await page.getByRole('region', { name: 'Uploads' }).waitFor({ state: 'hidden' });
  });

  test('page in this browser: shares one manager among tabs, and hands it over when its tab closes', async (t) => {
    const { page, open: openTab } = await open(t);
    await drop(page, '#main', [{ name: 'cat.jpg', type: 'image/jpeg', bytes: cat }]);
    await cell(page, 'cat.jpg').waitFor();
    const other = await openTab();
    await settled(other);
    await showsInOrder(other, ['cat.jpg']);
    await hasPicture(other);
    await drop(other, '#main', [{ name: 'from the other.txt', bytes: 'words' }]);
    await cell(page, 'from the other.txt').waitFor();
    await page.close();
    await drop(other, '#main', [{ name: 'after.txt', bytes: 'still here' }]);
    await cell(other, 'after.txt').waitFor();
    await other.reload();
    await settled(other);
    await showsItems(other, ['after.txt', 'cat.jpg', 'from the other.txt']);
  });

  test('page in this browser: works offline after the first visit, from any web server', async (t) => {
    // A static file server, with the page in one of its folders.
    const root = await mkdtemp(join(tmpdir(), 'wix-media-static-'));
    t.after(() => rm(root, { recursive: true }));
    await cp(new URL('www/', DIST), join(root, 'media'), { recursive: true });
    await cp(DIST, join(root, 'media', 'wix-media'), { recursive: true, filter: (path) => !path.endsWith('www') });
    const plain = await startService({ root });
    let isClosed = false;
    const close = async () => {
      if (!isClosed) await plain.close();
      isClosed = true;
    };
    t.after(close);

    const { page, context } = await open(t, { address: `${plain.origin}/media` });
    await message(page, 'No files yet').waitFor();
    await choosePlace(page, 'This server');
    await toast(page, 'plain web server');
    await drop(page, '#main', [{ name: 'cat.jpg', type: 'image/jpeg', bytes: cat }]);
    await cell(page, 'cat.jpg').waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready);

    await context.setOffline(true);
    await close();
    await page.reload();
    await settled(page);
    await showsInOrder(page, ['cat.jpg']);
    await hasPicture(page);
    await drop(page, '#main', [{ name: 'offline.txt', bytes: 'no network' }]);
    await cell(page, 'offline.txt').waitFor();
    await cell(page, 'cat.jpg').click();
    await page.keyboard.press('Delete');
    await toast(page, 'moved to the trash');
  });

  test('page in this browser: shares the Media Manager with another tab when there is no service worker', async (t) => {
    const { page, open: openTab } = await open(t, { serviceWorkers: 'block' });
    await drop(page, '#main', [{ name: 'cat.jpg', type: 'image/jpeg', bytes: cat }]);
    await cell(page, 'cat.jpg').waitFor();
    // Without the worker the page fetches pictures itself.
    await hasPicture(page);
    const other = await openTab();
    await cell(other, 'cat.jpg').waitFor();
    await hasPicture(other);
    await page.close();
    await drop(other, '#main', [{ name: 'after.txt', bytes: 'still here' }]);
    await cell(other, 'after.txt').waitFor();
  });

  test('page in this browser: waits for another program that has the files open', async (t) => {
    const { page, context, open: openTab } = await open(t, { serviceWorkers: 'block' });
    await message(page, 'No files yet').waitFor();
    await page.close();
    const holder = await context.newPage();
    await holder.goto(new URL('favicon.svg', `${site.server.address}/`).href);
    await holder.evaluate(
      () => new Promise((resolve) => void navigator.locks.request('wix-media.v2 wix-media', () => new Promise(() => resolve(undefined)))),
    );
    const other = await openTab();
    await message(other, 'Open elsewhere').waitFor();
    await holder.close();
    await message(other, 'No files yet').waitFor();
  });

  test('place switch: each place has its own files', async (t) => {
    const { page } = await open(t);
    await drop(page, '#main', [{ name: 'mine.txt', bytes: 'local' }]);
    await cell(page, 'mine.txt').waitFor();
    await choosePlace(page, 'This server');
    await page.waitForFunction(() => !document.querySelector('.cell') && !document.querySelector('.spinner'));
    await choosePlace(page, 'In this browser');
    await cell(page, 'mine.txt').waitFor();

    // A folder exists in one place only.
    await site.server.client.folders.createFolder('Only there');
    await choosePlace(page, 'This server');
    await cell(page, 'Only there').dblclick();
    await message(page, 'This folder is empty').waitFor();
    await choosePlace(page, 'In this browser');
    await page.getByRole('heading', { level: 1, name: 'Site Files' }).waitFor();
    await cell(page, 'mine.txt').waitFor();
    assert.ok(page.url().endsWith('/?place=browser#files'));
  });

  test('service worker: caches every file of the page and of the package', async () => {
    const source = await readFile(new URL('www/service-worker.js', DIST), 'utf8');
    /** @param {string} name */
    const listOf = (name) => {
      const [, list = ''] = new RegExp(`const ${name} = \\[([^\\]]*)\\]`).exec(source) ?? [];
      return [...list.matchAll(/'([^']*)'/g)].map(([, file]) => file);
    };
    const there = await readdir(new URL('www/', DIST), { recursive: true });
    const languages = (await readdir(new URL('../../../www/languages/', import.meta.url))).map((file) => file.replace('.js', ''));
    const isTable = (/** @type {string} */ file) => languages.includes(file.replace(/-[A-Z0-9]{8}\.js$/, ''));
    // Browsers keep the worker itself, and what an installed app needs; the policy is for servers; a page needs one table of texts at most.
    const others = ['index.html', 'service-worker.js', 'policy.js', 'manifest.webmanifest'];
    const wanted = there.filter((file) => !others.includes(file) && !/^icon-.*\.png$/.test(file) && !isTable(file));
    assert.equal(there.filter(isTable).length, languages.length);
    assert.deepEqual(listOf('FILES').toSorted(), ['./', ...wanted].toSorted());

    // The files that the bundle for browsers loads on demand.
    const parts = new Set(['browser.js']);
    for (const part of parts) {
      if (!part.endsWith('.js')) continue;
      const text = await readFile(new URL(part, DIST), 'utf8');
      for (const [, name] of text.matchAll(/["']\.\/([a-z-]+\.(?:js|wasm))["']/g)) parts.add(name);
    }
    const known = listOf('PACKAGE');
    assert.ok(parts.size > 4, 'the parts were found');
    assert.deepEqual([...parts].filter((part) => !known.includes(part)), []);
  });

  test('page: consists of a few files that browsers may keep for good, and asks for all of them at once', async (t) => {
    const { page, context } = await open(t);
    /** @type {Map<string, string>} */
    const caching = new Map();
    const cold = await context.browser()?.newContext({ serviceWorkers: 'block' });
    assert.ok(cold);
    t.after(() => cold.close());
    const other = await cold.newPage();
    other.on('response', (response) => {
      const { pathname } = new URL(response.url());
      assert.ok(!caching.has(pathname), `${pathname} is asked for once`);
      if (/\.(?:js|css)$/.test(pathname)) caching.set(pathname, response.headers()['cache-control']);
    });
    await other.goto(page.url());
    await settled(other);
    const bundles = [...caching].filter(([path]) => !path.startsWith('/wix-media/'));
    assert.deepEqual([...new Set(bundles.map(([, value]) => value))], ['public, max-age=31536000, immutable']);
    assert.ok(bundles.length <= 6, bundles.map(([path]) => path).join(' '));
    const index = await (await other.request.get(site.server.address)).text();
    for (const [path] of bundles) assert.ok(index.includes(`"${path.slice(1)}"`), `${path} does not wait for another script`);
    assert.ok(index.indexOf('importmap') < index.indexOf('modulepreload'));
  });

  test('service worker: serves bundles from its cache, and deletes those of earlier versions', async (t) => {
    const { page } = await open(t);
    await page.waitForFunction(() => navigator.serviceWorker.controller);
    const answers = await page.evaluate(async () => {
      const names = await caches.keys();
      const cache = await caches.open(names[0]);
      const [script] = [...document.scripts].filter(({ type, src }) => type === 'module' && src);
      const known = await cache.match(script.src);
      await cache.put(script.src, new Response('from the cache'));
      const cached = await (await fetch(script.src)).text();
      if (known) await cache.put(script.src, known);
      const missing = (await fetch('none-BBBBBBBB.js')).status;
      await caches.open('wix-media page / old');
      const registration = await navigator.serviceWorker.getRegistration();
      await registration?.unregister();
      return { names, cached, missing };
    });
    assert.match(answers.names.join(), /^wix-media page \/ [0-9a-f]{16}$/);
    assert.deepEqual(answers, { names: answers.names, cached: 'from the cache', missing: 404 });
    await page.reload();
    await eventually(async () => assert.deepEqual(await page.evaluate(() => caches.keys()), answers.names));
  });
});
