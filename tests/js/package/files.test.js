// The files of the package where no bundler ships them: a program brings them, or takes an entry that holds them.
import assert from 'node:assert/strict';
import { copyFile, link, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { build } from 'esbuild';
import { reportOf, startBrowser } from '../harness/browser.js';
import { leftovers } from '../harness/leftovers.js';
import { recorder } from '../harness/platform.js';
import { expectedOfManager as expected, managerScript as program, settleScript as settle } from '../harness/scripts.js';
import { startService } from '../harness/service.js';
import { addFiles, project, run, versionOf } from '../harness/tarball.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { Browser } from 'playwright-core'
 */

const ran = recorder(import.meta.url);

const files = "{ client: '/files/client.wasm', transfers: '/files/transfers.wasm', manager: '/files/manager.wasm', images: '/files/images.wasm', jxl: '/files/jxl.wasm', svg: '/files/svg.wasm', tiff: '/files/tiff.wasm', worker: '/files/manager-worker.js' }";

suite('files of the package', () => {
  const closing = leftovers();
  /** @type {string} */
  let folder;
  /** @type {string} */
  let shipped;
  /** @type {Browser} */
  let browser;
  before(async () => {
    browser = await startBrowser(closing);
    folder = await project(closing, {
      'brought.js': `import * as wixMedia from 'wix-media.v2'; ${program} wixMedia.init(${files}).then(() => use(wixMedia, globalThis.storage))${settle}`,
      'slim.js': `import * as wixMedia from 'wix-media.v2/slim'; ${program} wixMedia.init(${files}).then(() => use(wixMedia))${settle}`,
      'inline.js': `import * as wixMedia from 'wix-media.v2/inline'; ${program} use(wixMedia, globalThis.storage)${settle}`,
      'nothing.js': `import * as wixMedia from 'wix-media.v2'; ${program} use(wixMedia)${settle}`,
      'server.js': `import * as wixMedia from 'wix-media.v2'; ${program} use(wixMedia, 'memory').then((result) => console.log(JSON.stringify(result)));`,
      'required.js': `const wixMedia = require('wix-media.v2'); ${program} use(wixMedia, 'memory').then((result) => console.log(JSON.stringify(result)));`,
    });
    shipped = join(folder, 'node_modules/wix-media.v2');
  });

  /**
   * A bundle of one file in esbuild's usual format for browsers, opened in a page.
   *
   * @param {TestContext} t
   * @param {string} entry
   * @param {object} [options]
   * @param {string} [options.storage] What the program gets for `storage`, as an expression.
   * @param {string[]} [options.beside] The files that are served below `/files`.
   */
  async function inPage(t, entry, { storage = "'memory'", beside = [] } = {}) {
    const root = join(folder, `page-${entry}-${beside.length}-${storage.length}`);
    await build({ absWorkingDir: folder, entryPoints: [entry], bundle: true, outfile: join(root, 'main.js'), logLevel: 'silent' });
    await addFiles(root, { 'index.html': `<!doctype html><meta charset="utf-8"><title>page</title><script>globalThis.storage = ${storage};</script><script src="./main.js"></script>`, 'files/.keep': '' });
    for (const name of beside) await copyFile(join(shipped, name), join(root, 'files', name));
    const service = await startService({ root });
    t.after(() => service.close());
    return reportOf(browser, `${service.origin}/`);
  }
  const all = ['client.wasm', 'transfers.wasm', 'manager.wasm', 'images.wasm', 'jxl.wasm', 'svg.wasm', 'tiff.wasm', 'manager-worker.js'];

  test('a classic script brings them by init, in memory and on OPFS', async (t) => {
    assert.deepEqual((await inPage(t, 'brought.js', { beside: all })).result, expected);
    assert.deepEqual((await inPage(t, 'brought.js', { beside: all, storage: "{ opfs: 'brought' }" })).result, expected);
    ran('esbuild, classic scripts (its default)', 'esbuild', await versionOf('esbuild'));
    ran('any other', 'Chromium');
  });

  test('a classic script without them learns which file is missing, and where to read on', async (t) => {
    const { failure } = /** @type {any} */ (await inPage(t, 'nothing.js'));
    assert.deepEqual([failure.name, failure.code], ['WixMediaError', 'MODULE_NOT_LOADED']);
    assert.match(failure.message, /^cannot load manager\.wasm: .*; see "Bundlers" in the README of wix-media\.v2$/);
  });

  test('the slim entry uses what init brings', async (t) => {
    assert.deepEqual((await inPage(t, 'slim.js', { beside: all })).result, expected);
  });

  test('the inline entry needs no file, in memory and on OPFS', async (t) => {
    assert.deepEqual((await inPage(t, 'inline.js')).result, expected);
    assert.deepEqual((await inPage(t, 'inline.js', { storage: "{ opfs: 'inline' }" })).result, expected);
  });

  test('a host of another origin', async (t) => {
    const host = await startService({ root: shipped, headers: { 'access-control-allow-origin': '*' } });
    t.after(() => host.close());
    const page = join(folder, 'page-of-another-origin');
    const script = `import * as wixMedia from '${host.origin}/browser.js'; ${program} use(wixMedia, { opfs: 'host' })${settle}`;
    await addFiles(page, { 'index.html': `<!doctype html><meta charset="utf-8"><title>page</title><script type="module">${script}</script>` });
    const service = await startService({ root: page });
    t.after(() => service.close());
    assert.deepEqual((await reportOf(browser, `${service.origin}/`)).result, expected);
    ran('a script host (CDN) with another origin', 'Chromium');
  });

  test('a host of another origin that bundles', async (t) => {
    const bundled = join(folder, 'bundled');
    // Such a host answers with one module for an entry, wherever its parts were, and with no other file.
    await build({ absWorkingDir: folder, stdin: { contents: "export * from 'wix-media.v2/inline'; export { default } from 'wix-media.v2/inline';", resolveDir: folder }, bundle: true, minify: true, format: 'esm', target: 'es2022', outfile: join(bundled, 'wix-media.v2@1/inline.mjs'), logLevel: 'silent' });
    const host = await startService({ root: bundled, headers: { 'access-control-allow-origin': '*' } });
    t.after(() => host.close());
    for (const storage of ["'memory'", "{ opfs: 'bundled' }"]) {
      const page = join(folder, `page-of-bundled-${storage.length}`);
      const script = `import * as wixMedia from '${host.origin}/wix-media.v2@1/inline.mjs'; ${program} use(wixMedia, ${storage})${settle}`;
      await addFiles(page, { 'index.html': `<!doctype html><meta charset="utf-8"><title>page</title><script type="module">${script}</script>` });
      const service = await startService({ root: page });
      t.after(() => service.close());
      const { result, failure } = await reportOf(browser, `${service.origin}/`);
      assert.deepEqual(failure ?? result, expected);
    }
    ran('a script host that bundles', 'Chromium');
  });

  for (const [format, entry] of /** @type {['cjs' | 'esm', string][]} */ ([
    ['cjs', 'server.js'],
    ['cjs', 'required.js'],
    ['esm', 'server.js'],
  ])) {
    test(`${entry} as a single file for Node (${format}) finds them beside itself`, async () => {
      const out = join(folder, `single-${entry}-${format}`);
      const file = join(out, format === 'cjs' ? 'main.cjs' : 'main.mjs');
      await build({ absWorkingDir: folder, entryPoints: [entry], bundle: true, platform: 'node', format, outfile: file, logLevel: 'silent' });
      for (const name of all.filter((each) => each.endsWith('.wasm'))) await copyFile(join(shipped, name), join(out, name));
      const { stdout } = await run(process.execPath, [file], { cwd: out });
      assert.deepEqual(JSON.parse(stdout), expected);
      ran('esbuild, one file for Node, ESM or CommonJS', 'esbuild', await versionOf('esbuild'));
    });
  }

  test('the inline entry as a single file for Node', async () => {
    const out = join(folder, 'single-inline');
    await addFiles(folder, { 'alone.js': `import * as wixMedia from 'wix-media.v2/inline'; ${program} use(wixMedia, 'memory').then((result) => console.log(JSON.stringify(result)));` });
    await build({ absWorkingDir: folder, entryPoints: ['alone.js'], bundle: true, platform: 'node', format: 'cjs', outfile: join(out, 'main.cjs'), logLevel: 'silent' });
    assert.deepEqual(await readdir(out), ['main.cjs']);
    const { stdout } = await run(process.execPath, ['main.cjs'], { cwd: out });
    assert.deepEqual(JSON.parse(stdout), expected);
  });

  test('a function of Lambda in one file, called as Lambda does', async () => {
    const task = join(folder, 'task');
    await addFiles(folder, {
      'handler.js': `import * as wixMedia from 'wix-media.v2/inline'; ${program}
        const manager = wixMedia.createManager();
        export async function handler({ name }) {
          const file = await (await manager).client.uploads.upload(new Blob(['fox']), { displayName: name });
          return { statusCode: 200, body: JSON.stringify([file.displayName, await use(wixMedia, 'memory')]) };
        }`,
      // One process for many events: the module is loaded once, by require, and frozen between them.
      'runtime.cjs': `
        const { handler } = require(process.argv[2] + '/index.js');
        (async () => {
          const answers = [];
          for (const name of ['one.txt', 'two.txt']) answers.push(await handler({ name }, { awsRequestId: name }));
          console.log(JSON.stringify(answers));
          process.exit();
        })();`,
    });
    await build({ absWorkingDir: folder, entryPoints: ['handler.js'], bundle: true, minify: true, platform: 'node', target: 'node20', outfile: join(task, 'index.js'), logLevel: 'silent' });
    assert.deepEqual(await readdir(task), ['index.js']);
    const { stdout } = await run(process.execPath, ['runtime.cjs', task], { cwd: folder, env: { PATH: process.env.PATH, LAMBDA_TASK_ROOT: task } });
    assert.deepEqual(
      JSON.parse(stdout),
      ['one.txt', 'two.txt'].map((name) => ({ statusCode: 200, body: JSON.stringify([name, expected]) })),
    );
    ran('AWS Lambda, one file', 'esbuild', await versionOf('esbuild'));
  });

  test('init refuses an unknown file, and then takes none', async () => {
    const script = `
      import { createClient, init } from 'wix-media.v2';
      const codeOf = ({ code, message }) => [code, message];
      const refused = await init({ transfers: new Uint8Array(1), wasm: '/x' }).catch(codeOf);
      await init({ transfers: undefined });
      console.log(JSON.stringify([refused, await createClient({ auth: { apiKey: 'k' } }).uploads.list()]));`;
    // Uploads of other programs on this machine would be in the list.
    const env = { ...process.env, XDG_STATE_HOME: join(folder, 'state') };
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder, env });
    assert.deepEqual(JSON.parse(stdout), [['INVALID_ARGUMENT', 'init: wasm is not a file of the package'], []], 'the other file is not used either');
  });

  /**
   * A copy of the package without one of its files.
   *
   * @param {string} missing
   */
  async function without(missing) {
    const place = join(folder, `without-${missing}`);
    await mkdir(place);
    for (const { name } of (await readdir(shipped, { withFileTypes: true })).filter((entry) => entry.isFile() && entry.name !== missing)) {
      await link(join(shipped, name), join(place, name));
    }
  }

  for (const [missing, use] of [
    ['manager.js', 'createManager()'],
    ['tokens.js', "createClient({ auth: { clientId: 'x' } }).files.listFiles()"],
    ['deliveries.js', "webhooks.process('x')"],
    ['transfers.js', 'uploads.list()'],
    ['resumable.js', 'uploads.list()'],
    ['library.js', "paths.ensure('/a')"],
    ['disk.js', 'uploads.list()'],
    ['directory.js', "createManager({ storage: { directory: 'media' } })"],
    ['threads.js', 'createManager({ thread: true })'],
    ['network.js', 'createManager()'],
    ['client.wasm', "init({ client: () => { throw new Error('none') } })"],
    ['transfers.wasm', "init({ transfers: () => { throw new Error('none') } }).then(() => uploads.list())"],
  ]) {
    test(`a program without ${missing} gets MODULE_NOT_LOADED: ${use}`, async () => {
      await without(missing);
      const script = `
        import { createClient, createManager, init } from './without-${missing}/node.js';
        const { paths, uploads, webhooks } = createClient({ auth: { apiKey: 'k' } });
        await ${use}.catch(({ code, message }) => console.log(JSON.stringify([code, message])));`;
      const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
      const [code, message] = JSON.parse(stdout);
      assert.equal(code, 'MODULE_NOT_LOADED');
      assert.ok(message.startsWith(`cannot load ${missing}: `), message);
    });
  }

  test('a program without file-types.js leaves the type to the service', async () => {
    await without('file-types.js');
    const script = `
      import { createManager } from './without-file-types.js/node.js';
      const manager = await createManager();
      const { mimeType } = await manager.client.uploads.upload(new Blob(['II*\\0']), { displayName: 'a.nef' });
      console.log(mimeType);
      await manager.close();`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
    assert.equal(stdout, 'image/x-nikon-nef\n');
  });

  test('require and import share the class of errors and the default client', async () => {
    const script = `
      import { createRequire } from 'node:module';
      import { join } from 'node:path';
      import * as imported from 'wix-media.v2';
      const required = createRequire(join(process.cwd(), 'x.js'))('wix-media.v2');
      console.log(JSON.stringify([required.WixMediaError === imported.WixMediaError, required.files === imported.files]));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
    assert.deepEqual(JSON.parse(stdout), [true, true]);
  });

  test('media alone brings neither client nor WebAssembly along', async () => {
    await addFiles(folder, { 'media.js': "import { media } from 'wix-media.v2/media'; console.log(media.getImageUrl('wix:image://v1/f1~mv2.jpg/fox.jpg#originWidth=3&originHeight=4').url);" });
    const { outputFiles } = await build({ absWorkingDir: folder, entryPoints: ['media.js'], bundle: true, minify: true, format: 'esm', write: false });
    const [{ text }] = outputFiles;
    assert.ok(text.length <= 6144, `${text.length} bytes`);
    assert.doesNotMatch(text, /wasm|WebAssembly/);
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', text]);
    assert.equal(stdout, 'https://static.wixstatic.com/media/f1~mv2.jpg\n');
  });

  test('an entry without files says so', async () => {
    const script = "import { createClient } from 'wix-media.v2/slim'; await createClient({ auth: { apiKey: 'k' } }).files.listFiles().catch(({ code, message }) => console.log(JSON.stringify([code, message])));";
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
    const [code, message] = JSON.parse(stdout);
    assert.equal(code, 'MODULE_NOT_LOADED');
    assert.match(message, /client\.wasm: this entry of the package brings no files/);
  });
});
