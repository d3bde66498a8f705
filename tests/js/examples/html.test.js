// The pages in documents, as pasted into an empty file, in Chromium. The package lies beside them, on the server of a Media Manager.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startBrowser } from '../harness/browser.js';
import { serveManager } from '../harness/manager.js';
import { present } from '../harness/present.js';
import { blocks } from './markdown.js';

/** @import { TestContext } from 'node:test' */

const documents = new URL('../../../docs/', import.meta.url);
const dist = fileURLToPath(new URL('../../../dist/', import.meta.url));
const PHOTO = new URL('../../data/photos/chelsea.jpg', import.meta.url);

/** @type {Record<string, string>} */
const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm', '.css': 'text/css', '.svg': 'image/svg+xml' };

/**
 * The pages of a document.
 *
 * @param {string} name
 */
const pagesOf = async (name) => blocks(await readFile(new URL(name, documents), 'utf8')).filter(({ language }) => language === 'html').map(({ code }) => code);

/**
 * Opens a page. `faults` are what it throws and complains about.
 *
 * @param {TestContext} t
 * @param {string} html
 */
async function open(t, html) {
  const { baseUrl, client } = await serveManager(t, {
    answer: async (request, next) => {
      const { pathname } = new URL(request.url);
      if (pathname === '/') return new Response(html, { headers: { 'content-type': 'text/html; charset=utf-8' } });
      const [, path] = /^\/(?:wix-media|node_modules\/wix-media\.v2)\/([\w.-]+)$/.exec(pathname) ?? [];
      if (!path) return next(request);
      return new Response(await readFile(join(dist, path)), { headers: { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' } });
    },
  });
  await client.uploads.upload(await readFile(PHOTO), { displayName: 'cat.jpg' });
  const page = await (await startBrowser(t)).newPage();
  /** @type {string[]} */
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/favicon/.test(message.location().url)) faults.push(message.text());
  });
  await page.goto(baseUrl);
  return { page, client, faults };
}

suite('pages in documents', () => {
  test('docs/offline.md: keeps notes on the device', async (t) => {
    const [html, ...more] = await pagesOf('offline.md');
    assert.deepEqual(more, []);
    const { page, faults } = await open(t, html);
    const note = page.locator('ul', { hasText: /\d+\.txt/ });
    await page.getByRole('button', { name: 'Add a note' }).click();
    await note.waitFor();
    const name = await note.textContent();
    await page.reload();
    await note.waitFor();
    assert.deepEqual([await note.textContent(), faults], [name, []]);
  });

  test('docs/picker.md: chooses a file in a dialog, and by an element', async (t) => {
    const [dialog, element, ...more] = await pagesOf('picker.md');
    assert.deepEqual(more, []);
    for (const html of [dialog, element]) {
      const { page, client, faults } = await open(t, html);
      if (html === element) await page.getByRole('button', { name: 'Choose a cover' }).click();
      await page.getByRole('dialog').getByText('cat.jpg', { exact: true }).click();
      const said = page.waitForEvent('console', (message) => message.type() === 'log');
      await page.getByRole('dialog').getByRole('button', { name: 'Choose', exact: true }).click();
      const [file] = await client.files.listFiles().toArray();
      assert.deepEqual([(await said).text(), faults], [present(file.url), []]);
    }
  });
});
