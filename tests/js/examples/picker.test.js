// The examples of the picker, in Chromium: a plain page, and programs in React, Vue and Svelte that a bundler has built.
/** @import { BuildOptions, Plugin } from 'esbuild' */
/** @import { Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { compile } from 'svelte/compiler';
import { compileScript, parse as parseVue } from 'vue/compiler-sfc';
import { addFiles } from '../harness/tarball.js';
import { openPage } from './page.js';
import { project, remove } from './project.js';

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));
const photos = fileURLToPath(new URL('../../data/photos/', import.meta.url));
const packages = fileURLToPath(new URL('../node_modules/', import.meta.url));

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

  /**
   * Bundles a program for a page of its own, and copies the files that the package loads. Returns the folder of the page.
   *
   * @param {string} name
   * @param {string} entry The source of the program.
   * @param {{ loader: import('esbuild').Loader } & Pick<BuildOptions, 'plugins'>} options
   */
  async function bundled(name, entry, { loader, plugins }) {
    const root = join(folder, name);
    await mkdir(root);
    await addFiles(root, { 'index.html': `<!doctype html><meta charset="utf-8"><title>${name}</title><div id="root"></div><script type="module" src="./main.js"></script>` });
    await build({
      absWorkingDir: folder,
      stdin: { contents: entry, resolveDir: folder, loader },
      bundle: true,
      splitting: true,
      format: 'esm',
      target: 'es2022',
      jsx: 'automatic',
      entryNames: 'main',
      outdir: root,
      define: { 'process.env.NODE_ENV': '"production"' },
      // Packages of programs are beside those of the tests.
      nodePaths: [packages],
      plugins,
      logLevel: 'silent',
    });
    for (const file of ['client.wasm', 'transfers.wasm', 'manager.wasm', 'images.wasm', 'manager-worker.js']) {
      await copyFile(join(folder, 'node_modules/wix-media.v2', file), join(root, file));
    }
    return root;
  }

  /** @param {string} name */
  const example = (name) => readFile(join(examples, name), 'utf8');

  test('picker: works in React', async (t) => {
    await works(t, await bundled('react', await example('picker.jsx'), { loader: 'jsx' }));
  });

  test('picker: works in Vue', async (t) => {
    await addFiles(folder, { 'picker.vue': await example('picker.vue') });
    /** @type {Plugin} */
    const plugin = {
      name: 'vue',
      setup(bundler) {
        bundler.onLoad({ filter: /\.vue$/ }, async ({ path }) => {
          const { descriptor, errors } = parseVue(await readFile(path, 'utf8'), { filename: path });
          assert.deepEqual(errors, []);
          const compilerOptions = { isCustomElement: (/** @type {string} */ tag) => tag.startsWith('wix-media-') };
          return { contents: compileScript(descriptor, { id: 'picker', inlineTemplate: true, templateOptions: { compilerOptions } }).content };
        });
      },
    };
    const entry = `
      import { createApp } from 'vue';
      import { createManager } from 'wix-media.v2';
      import Picker from './picker.vue';
      createApp(Picker, { manager: await createManager() }).mount('#root');
      document.documentElement.dataset.ready = 'true';`;
    await works(t, await bundled('vue', entry, { loader: 'js', plugins: [plugin] }));
  });

  test('picker: works in Svelte', async (t) => {
    await addFiles(folder, { 'picker.svelte': await example('picker.svelte') });
    /** @type {Plugin} */
    const plugin = {
      name: 'svelte',
      setup(bundler) {
        bundler.onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
          const { js, warnings } = compile(await readFile(path, 'utf8'), { filename: path, generate: 'client' });
          assert.deepEqual(warnings, []);
          return { contents: js.code };
        });
      },
    };
    const entry = `
      import { mount } from 'svelte';
      import { createManager } from 'wix-media.v2';
      import Picker from './picker.svelte';
      mount(Picker, { target: document.getElementById('root'), props: { manager: await createManager() } });
      document.documentElement.dataset.ready = 'true';`;
    await works(t, await bundled('svelte', entry, { loader: 'js', plugins: [plugin] }));
  });
});
