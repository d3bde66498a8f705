// Builds of users' projects, opened in Chromium.
import assert from 'node:assert/strict';
import { copyFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';
import webpack from 'webpack';
import { reportOf, startBrowser } from '../harness/browser.js';
import { leftovers } from '../harness/leftovers.js';
import { recorder } from '../harness/platform.js';
import { present } from '../harness/present.js';
import { expectedReport, moduleScript } from '../harness/scripts.js';
import { startService } from '../harness/service.js';
import { addFiles, project, versionOf } from '../harness/tarball.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { Browser } from 'playwright-core'
 */

const ran = recorder(import.meta.url);

const main = `
import { report } from './report.js';
report(location.origin).then((result) => { globalThis.result = result; }, (error) => { globalThis.failure = String(error.cause ?? error); });
`;
const html = '<!doctype html><meta charset="utf-8"><title>project</title><script type="module" src="./main.js"></script>';
const unused = "import wixMedia, { files } from 'wix-media.v2';\nglobalThis.result = 'alone';";

/** @param {string} folder */
async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

suite('bundlers', () => {
  const closing = leftovers();
  /** @type {string} */
  let folder;
  /** @type {Browser} */
  let browser;
  before(async () => {
    browser = await startBrowser(closing);
    folder = await project(closing, { 'report.js': moduleScript, 'main.js': main, 'index.html': html, 'unused.js': unused });
  });

  /**
   * @param {TestContext} t
   * @param {string} root
   * @param {Record<string, string>} [headers]
   */
  async function works(t, root, headers) {
    const service = await startService({ root, headers });
    t.after(() => service.close());
    const { result, failure, errors } = await reportOf(browser, `${service.origin}/`);
    assert.equal(failure, undefined);
    assert.deepEqual(result, expectedReport);
    return errors;
  }

  /**
   * Each wasm module is there once: what a page loads with its first call, and what it loads only when it has to.
   *
   * @param {string} output
   */
  async function eachWasmOnce(output) {
    const found = (await filesIn(output)).filter((name) => name.endsWith('.wasm'));
    const sizes = await Promise.all(found.map(async (name) => (await stat(name)).size));
    const shipped = await Promise.all(
      (await readdir(join(folder, 'node_modules/wix-media.v2')))
        .filter((name) => name.endsWith('.wasm'))
        .map(async (name) => (await stat(join(folder, 'node_modules/wix-media.v2', name))).size),
    );
    assert.deepEqual(sizes.sort(), shipped.sort());
  }

  test('Vite', async (t) => {
    const outDir = join(folder, 'vite');
    await vite({ root: folder, logLevel: 'error', configFile: false, build: { outDir, assetsInlineLimit: 0 } });
    await eachWasmOnce(outDir);
    const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
    await works(t, outDir, { 'content-security-policy': policy });
    ran('Vite', 'Vite', await versionOf('vite'));
  });

  test('Vite, in its usual settings', async (t) => {
    const outDir = join(folder, 'vite-usual');
    await vite({ root: folder, logLevel: 'error', configFile: false, build: { outDir } });
    await eachWasmOnce(outDir);
    await works(t, outDir);
  });

  test('webpack', async (t) => {
    const path = join(folder, 'webpack');
    const stats = present(await /** @type {(options: webpack.Configuration) => Promise<webpack.Stats | undefined>} */ (promisify(webpack))({ mode: 'production', context: folder, entry: './main.js', output: { path, filename: 'main.js' } }));
    assert.deepEqual(present(stats.toJson({ errors: true, warnings: true }).errors).map(({ message }) => message), []);
    await eachWasmOnce(path);
    await copyFile(join(folder, 'index.html'), join(path, 'index.html'));
    await works(t, path);
    ran('webpack', 'webpack', await versionOf('webpack'));
  });

  test('esbuild, with the wasm module laid beside', async (t) => {
    const outdir = join(folder, 'esbuild');
    const { warnings } = await esbuild({ absWorkingDir: folder, entryPoints: ['main.js'], bundle: true, minify: true, format: 'esm', outdir, logLevel: 'silent' });
    assert.deepEqual(warnings, []);
    await copyFile(join(folder, 'node_modules/wix-media.v2/client.wasm'), join(outdir, 'client.wasm'));
    await copyFile(join(folder, 'index.html'), join(outdir, 'index.html'));
    await works(t, outdir);
    ran('esbuild, `--format=esm`, browsers', 'esbuild', await versionOf('esbuild'));
  });

  test('esbuild, where the wasm module was forgotten, says what is missing', async (t) => {
    const outdir = join(folder, 'esbuild-forgotten');
    await esbuild({ absWorkingDir: folder, entryPoints: ['main.js'], bundle: true, format: 'esm', outdir, logLevel: 'silent' });
    await copyFile(join(folder, 'index.html'), join(outdir, 'index.html'));
    const service = await startService({ root: outdir });
    t.after(() => service.close());
    const { failure } = await reportOf(browser, `${service.origin}/`);
    assert.match(failure, /client\.wasm/);
  });

  test('an import that nobody uses brings nothing along', async () => {
    const { outputFiles } = await esbuild({ absWorkingDir: folder, entryPoints: ['unused.js'], bundle: true, format: 'esm', write: false });
    const [{ text }] = outputFiles;
    assert.ok(text.length < 200, text.slice(0, 500));
    assert.match(text, /alone/);
  });

  test('a plain page, without any build', async (t) => {
    await addFiles(folder, {
      'plain/index.html': `<!doctype html><meta charset="utf-8"><title>plain</title>
        <script type="importmap">${JSON.stringify({ imports: { 'wix-media.v2': '/node_modules/wix-media.v2/browser.js' } })}</script>
        <script type="module" src="/main.js"></script>`,
    });
    const service = await startService({ root: folder });
    t.after(() => service.close());
    const { result, failure } = await reportOf(browser, `${service.origin}/plain/`);
    assert.equal(failure, undefined);
    assert.deepEqual(result, expectedReport);
    ran('none', 'Chromium');
    ran('browsers', 'Chromium');
  });

  test('a server that does not know the type of wasm', async (t) => {
    await works(t, join(folder, 'vite'), { 'x-content-type-options': 'nosniff' });
    const service = await startService({ root: join(folder, 'vite'), headers: {} });
    t.after(() => service.close());
    const page = await browser.newPage();
    t.after(() => page.close());
    await page.route('**/*.wasm', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, headers: { ...response.headers(), 'content-type': 'application/octet-stream' } });
    });
    await page.goto(service.origin);
    await page.waitForFunction(() => 'result' in globalThis || 'failure' in globalThis);
    assert.deepEqual(await page.evaluate(() => /** @type {{ result?: unknown }} */ (globalThis).result), expectedReport);
  });

  test("a policy without 'wasm-unsafe-eval' gives a typed error", async (t) => {
    await addFiles(folder, {
      'strict.js': `import { createClient } from 'wix-media.v2';
        createClient({ auth: { apiKey: 'k' } }).files.listFiles().catch(({ name, code }) => { globalThis.result = { name, code }; });`,
    });
    const outdir = join(folder, 'strict');
    await esbuild({ absWorkingDir: folder, entryPoints: ['strict.js'], bundle: true, format: 'esm', outdir, logLevel: 'silent' });
    await copyFile(join(folder, 'node_modules/wix-media.v2/client.wasm'), join(outdir, 'client.wasm'));
    await addFiles(outdir, { 'index.html': html.replace('main.js', 'strict.js') });
    const service = await startService({ root: outdir, headers: { 'content-security-policy': "default-src 'self'; script-src 'self'" } });
    t.after(() => service.close());
    const { result } = await reportOf(browser, `${service.origin}/`);
    assert.deepEqual(result, { name: 'WixMediaError', code: 'MODULE_NOT_LOADED' });
  });
});
