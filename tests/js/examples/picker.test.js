// The examples of the picker, in Chromium: a plain page, and a program in React that a bundler has built.
/** @import { Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { addFiles } from '../harness/tarball.js';
import { openPage } from './page.js';
import { project, remove } from './project.js';

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));
const photos = fileURLToPath(new URL('../../data/photos/', import.meta.url));
const { resolve } = createRequire(import.meta.url);

suite('examples of the picker', () => {
  /** @type {string} */
  let folder;
  before(async () => {
    folder = await project();
  });
  after(() => remove(folder));

  /**
   * Chooses a cover and two pictures, all of them uploaded in the dialogs.
   *
   * @param {import('node:test').TestContext} t
   * @param {string} root
   */
  async function works(t, root) {
    const { page, faults } = await openPage(t, root);

    await page.getByRole('button', { name: 'Choose a cover…' }).click();
    await upload(page, ['coffee.jpg']);
    await page.getByRole('dialog').getByRole('button', { name: 'Choose', exact: true }).click();
    await page.locator('#chosen-cover', { hasText: 'coffee.jpg' }).waitFor();
    await page.getByRole('button', { name: 'Choose pictures…' }).click();
    await upload(page, ['rocket.jpg', 'chelsea.jpg']);
    await page.getByRole('dialog').getByRole('button', { name: 'Choose 2 files' }).click();
    await page.waitForFunction(() => document.querySelectorAll('#chosen-pictures li').length === 2);
    assert.deepEqual((await page.locator('#chosen-pictures li').allTextContents()).sort(), ['chelsea.jpg', 'rocket.jpg']);
    assert.deepEqual(faults, []);
    return page;
  }

  /**
   * @param {Page} page
   * @param {string[]} names
   */
  async function upload(page, names) {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('dialog').getByRole('button', { name: 'Upload' }).click()]);
    await chooser.setFiles(names.map((name) => join(photos, name)));
    await page.getByText(names.length === 1 ? '1 file chosen' : `${names.length} files chosen`).waitFor();
  }

  test('picker: works in a plain page', async (t) => {
    await copyFile(join(examples, 'picker.html'), join(folder, 'index.html'));
    const page = await works(t, folder);
    const accent = await page.locator('wix-media-picker').evaluate((picker) => getComputedStyle(picker).getPropertyValue('--accent'));
    assert.equal(accent, '#12663f');
  });

  test('picker: works in React', async (t) => {
    const root = join(folder, 'react');
    await mkdir(root);
    await addFiles(root, { 'index.html': '<!doctype html><meta charset="utf-8"><title>React</title><div id="root"></div><script type="module" src="./main.js"></script>' });
    await addFiles(folder, { 'picker.jsx': await readFile(join(examples, 'picker.jsx'), 'utf8') });
    await build({
      absWorkingDir: folder,
      entryPoints: ['picker.jsx'],
      bundle: true,
      splitting: true,
      format: 'esm',
      target: 'es2022',
      jsx: 'automatic',
      entryNames: 'main',
      outdir: root,
      define: { 'process.env.NODE_ENV': '"production"' },
      alias: { react: join(resolve('react/package.json'), '..'), 'react-dom': join(resolve('react-dom/package.json'), '..') },
      logLevel: 'silent',
    });
    for (const name of ['client.wasm', 'transfers.wasm', 'manager.wasm', 'images.wasm', 'manager-worker.js']) {
      await copyFile(join(folder, 'node_modules/wix-media.v2', name), join(root, name));
    }
    await works(t, root);
  });
});
