// The documentation site in Chromium: its examples run in the page, its search works, its links resolve.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, normalize, relative } from 'node:path';
import { before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startBrowser } from '../harness/browser.js';
import { leftovers } from '../harness/leftovers.js';
import { present } from '../harness/present.js';
import { startService } from '../harness/service.js';
import { barriers, nothingSticksOut } from './site.js';

/** @import { Browser, Locator, Page } from 'playwright-core' */

const build = fileURLToPath(new URL('../../../site/build.js', import.meta.url));
/** The site works below any path. */
const BASE = 'some/where';
const OUTPUT = /\/\/ → (.*)$/gm;

suite('documentation site', () => {
  const closing = leftovers();
  /** @type {string} */
  let root;
  /** @type {string[]} */
  let pages;
  /** @type {Map<string, string>} */
  const texts = new Map();
  /** @type {string} */
  let origin;
  /** @type {Browser} */
  let browser;
  before(async () => {
    const folder = await mkdtemp(join(process.env.DISK_TMPDIR ?? tmpdir(), 'wix-media-'));
    closing.after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
    root = join(folder, BASE);
    await promisify(execFile)(process.execPath, [build, root]);
    pages = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.html')).sort();
    for (const name of pages) texts.set(name, await readFile(join(root, name), 'utf8'));
    const service = await startService({ root: folder });
    closing.after(() => service.close());
    origin = `${service.origin}/${BASE}`;
    browser = await startBrowser(closing);
  });

  /**
   * Opens a page. Requests to other hosts fail, as they do without a network, and are faults.
   *
   * @param {string} name
   * @param {Parameters<Browser['newPage']>[0]} [options]
   */
  async function open(name, options) {
    const page = await browser.newPage(options);
    /** @type {string[]} */
    const faults = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => faults.push(message.text()));
    page.on('request', (request) => /^(?:blob|data):/.test(request.url()) || request.url().startsWith(`${origin}/`) || faults.push(request.url()));
    await page.goto(`${origin}/${name}`);
    return { page, faults };
  }

  test('links: lead to pages and headings', async () => {
    const files = new Set(await readdir(root, { recursive: true }));
    const ids = new Map([...texts].map(([name, text]) => [name, new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))]));
    const dead = [];
    for (const [name, text] of texts) {
      const body = text.replace(/<pre[\s\S]*?<\/pre>/g, '');
      for (const [, target] of body.matchAll(/ (?:href|src)="([^"]+)"/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        const [path, anchor] = target.split('#');
        const file = path ? normalize(join(dirname(name), decodeURI(path))) : name;
        if (!files.has(file) || (anchor && !ids.get(file)?.has(decodeURIComponent(anchor)))) dead.push(`${name}: ${target}`);
      }
    }
    assert.deepEqual(dead, []);
    assert.ok(pages.length > 40);
    for (const name of ['uploads', 'files', 'media']) assert.ok(pages.includes(`api/index/namespaces/${name}.html`), name);
  });

  test('declarations: name each entry as programs import it', async () => {
    const { exports } = JSON.parse(await readFile(new URL('../../../dist/package.json', import.meta.url), 'utf8'));
    // They have the declarations of the main entry.
    const repeated = ['./slim', './inline'];
    const entries = Object.keys(exports).filter((name) => /^\.(?:\/\w+)?$/.test(name) && !repeated.includes(name));
    assert.ok(entries.length >= 8, entries.join());
    for (const entry of entries) {
      const name = `wix-media.v2${entry.slice(1)}`;
      const page = texts.get(entry === '.' ? 'api/index/index.html' : `api/${entry.slice(2)}.html`);
      assert.match(String(page), new RegExp(`<h1[^>]*>${name}</h1>`), name);
      assert.ok(texts.get('api/index.html')?.includes(`>${name}</a>`), name);
    }
    // Their members come with the types of the packages that they extend.
    assert.match(String(texts.get('api/uppy.html')), /BasePlugin/);
    assert.match(String(texts.get('api/react.html')), /ForwardRefExoticComponent/);
  });

  test('examples: print what their comments say', async () => {
    let count = 0;
    const wrong = [];
    for (const name of pages.filter((page) => texts.get(page)?.includes('data-runnable'))) {
      const { page, faults } = await open(name);
      const blocks = page.locator('[data-runnable]');
      for (let at = 0; at < (await blocks.count()); at += 1) {
        count += 1;
        const block = blocks.nth(at);
        const code = present(await block.locator('code').textContent());
        await block.getByRole('button', { name: 'Run' }).click();
        await block.and(page.locator('[data-state="done"], [data-state="failed"]')).waitFor();
        const said = await block.locator('.output pre:not(.note, .result)').allTextContents();
        const expected = [...code.matchAll(OUTPUT)].map(([, line]) => `${line}\n`).join('');
        const printed = said.map((line) => `${line}\n`).join('');
        if (printed !== expected) wrong.push(`${name}: it prints\n${printed}and says that it prints\n${expected}in\n${code}`);
      }
      assert.deepEqual(faults, [], name);
      await page.close();
    }
    assert.equal(wrong.join('\n'), '');
    assert.ok(count >= 20, `${count} examples`);
  });

  /**
   * Puts code into the first example of a page.
   *
   * @param {Page} page
   * @param {string} code
   */
  async function edited(page, code) {
    const block = page.locator('[data-runnable]').first();
    if ((await block.locator('textarea').count()) === 0) await block.getByRole('button', { name: 'Edit' }).click();
    await block.locator('textarea').fill(code);
    // The state of an earlier run would look like that of the next one.
    await block.evaluate((element) => element.removeAttribute('data-state'));
    await block.getByRole('button', { name: 'Run' }).click();
    return block;
  }

  /**
   * What the reader sees below an example.
   *
   * @param {Locator} block
   */
  const shown = async (block) => (await block.locator('.output pre').allTextContents()).join('\n');

  test('example: shows edited code, its value and its failures in words', async () => {
    const { page, faults } = await open('start.html');
    const cases = [
      ["import { createManager } from 'wix-media.v2';\nconst { client } = await createManager();\nawait client.paths.ensure('/Animals').then(() => [1, 'two']);", 'done', /^\[ 1, 'two' \]$/],
      ["import { files } from 'wix-media.v2';\nawait files.getFileDescriptor();", 'failed', /^The example failed\nWixMediaError: files\.getFileDescriptor: fileId is required.*\nWhat INVALID_ARGUMENT means$/],
      ["import fs from 'node:fs';", 'failed', /cannot import "node:fs": examples can import wix-media\.v2, /],
      ['const = 1;', 'failed', /^The code is not valid JavaScript\nSyntaxError/],
      ["throw 'text';", 'failed', /It threw 'text', which is not an Error/],
      ["await fetch('https://example.com/');", 'failed', /cannot reach https:\/\/example\.com/],
      ['const quiet = 1;', 'done', /^Done\. The example prints nothing\.$/],
      ["console.log('on', { deep: { deeper: { deepest: {} } } }, new Map([['a', new Date(0)]]));", 'done', /^on \{ deep: \{ deeper: \{ deepest: \{\} \} \} \} Map\(1\) \{ 'a' => 1970-01-01T00:00:00\.000Z \}$/],
    ];
    for (const [code, state, text] of /** @type {[string, string, RegExp][]} */ (cases)) {
      const block = await edited(page, code);
      await block.and(page.locator(`[data-state="${state}"]`)).waitFor();
      assert.match(await shown(block), text);
    }
    await page.getByRole('button', { name: 'Reset' }).click();
    assert.match(await page.locator('[data-runnable] textarea').first().inputValue(), /A fox crossed the river/);
    assert.deepEqual(faults, []);
    await page.close();
  });

  test('example: an endless loop can be stopped', async () => {
    const { page, faults } = await open('start.html');
    const block = await edited(page, "console.log('begun');\nfor (;;);");
    await block.getByText('begun', { exact: true }).waitFor();
    await block.getByRole('button', { name: 'Stop' }).click();
    await block.and(page.locator('[data-state="stopped"]')).waitFor();
    await edited(page, "console.log('again');");
    await block.and(page.locator('[data-state="done"]')).waitFor();
    assert.equal(await shown(block), 'again');
    assert.deepEqual(faults, []);
    await page.close();
  });

  test('search: finds a page by the text of an error, without a network', async () => {
    const { page, faults } = await open('sync/move.html');
    await page.keyboard.press('/');
    await page.getByRole('searchbox').fill('MODULE_NOT_LOADED');
    const result = page.locator('.results a').first();
    await result.waitFor();
    assert.equal(await page.getByRole('dialog').evaluate((dialog) => dialog.matches(':modal')), true);
    await result.click();
    await page.waitForURL(/\/(?:faq|errors|platform)\.html/);
    assert.deepEqual(faults, []);
    await page.close();
  });

  test('pages: can be read by everyone, in both colours and on a phone', async () => {
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      for (const name of ['index.html', 'start.html', 'uploads.html']) {
        const { page } = await open(name, { colorScheme });
        assert.deepEqual(await barriers(page), [], `${name}, ${colorScheme}`);
        await page.close();
      }
    }
    const { page } = await open('reference.html', { viewport: { width: 360, height: 740 } });
    await nothingSticksOut(page, 'reference.html');
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('link', { name: 'Get started' }).click();
    await page.waitForURL(/\/start\.html$/);
    await nothingSticksOut(page, 'start.html');
    await page.close();
  });

  test('colours: the choice stays', async () => {
    const { page } = await open('start.html');
    await page.getByRole('button', { name: 'Colours: system' }).click();
    await page.getByRole('button', { name: 'Colours: light' }).click();
    await page.reload();
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
    await page.getByRole('button', { name: 'Colours: dark' }).waitFor();
    await page.close();
  });

  test('scripts: are files, and none is written in a page', () => {
    for (const [name, text] of texts) {
      assert.match(text, /script-src 'self' 'wasm-unsafe-eval';/, name);
      assert.doesNotMatch(text.replace(/<pre[\s\S]*?<\/pre>/g, ''), /<script(?![^>]* src=)|<style| style=| on[a-z]+="/, name);
      assert.ok(!relative(root, join(root, name)).startsWith('..'));
    }
  });
});
