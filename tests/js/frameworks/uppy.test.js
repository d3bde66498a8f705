// wix-media.v2/uppy: the plugin on an embedded Media Manager, and the example in Chromium.
import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Uppy } from '@uppy/core';
import { build } from 'vite';
import { openPage } from '../examples/page.js';
import { project, remove } from '../examples/project.js';
import { present } from '../harness/present.js';

/** @import { TestContext } from 'node:test' */
/** @import { Client, ManagerOptions } from 'wix-media.v2' */
/** @import { WixMediaBody, WixMediaUploadOptions } from 'wix-media.v2/uppy' */

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));
const photos = fileURLToPath(new URL('../../data/photos/', import.meta.url));

/** What the plugin sends when it logs a failure. */
const quiet = { debug: () => {}, warn: () => {}, error: () => {} };

suite('uppy', () => {
  /** @type {string} */
  let folder;
  /** @type {typeof import('wix-media.v2')} */
  let wixMedia;
  /** @type {typeof import('wix-media.v2/uppy')} */
  let plugin;
  before(async () => {
    folder = await project(['@uppy/core']);
    const installed = (/** @type {string} */ name) => import(pathToFileURL(join(folder, 'node_modules/wix-media.v2', name)).href);
    wixMedia = await installed('node.js');
    plugin = await installed('uppy.js');
  });
  after(() => remove(folder));

  /**
   * @param {TestContext} t
   * @param {WixMediaUploadOptions} [options]
   * @param {ManagerOptions} [storage]
   */
  async function started(t, options, storage) {
    const manager = await wixMedia.createManager(storage);
    t.after(() => manager.close());
    const client = wixMedia.createClient({ manager, retry: false });
    const uppy = /** @type {Uppy<Record<string, unknown>, WixMediaBody>} */ (new Uppy({ logger: quiet }));
    uppy.use(plugin.WixMediaUpload, { client, ...options });
    /** @type {string[]} */
    const events = [];
    for (const name of /** @type {const} */ (['upload-success', 'upload-error'])) uppy.on(name, (/** @type {{ name: string } | undefined} */ file) => void events.push(`${name} ${file?.name}`));
    return { manager, client, uppy, events };
  }

  const item = (/** @type {string} */ name, content = name, meta = {}) => ({ name, type: 'text/plain', data: new File([content], name), meta });
  /** @param {Client} client */
  async function paths(client) {
    const found = [];
    for await (const { kind, path } of client.paths.walk('/')) if (kind === 'file') found.push(path);
    return found.sort();
  }

  test('upload: stores files with their names, below the folders they were dropped with', async (t) => {
    const { client, uppy } = await started(t, { upload: { path: '/Uppy', labels: ['new'] } });
    /** @type {number[]} */
    const progress = [];
    uppy.on('upload-progress', (_, { bytesUploaded }) => void progress.push(bytesUploaded));
    uppy.addFile(item('a.txt', 'hello'));
    uppy.addFile(item('b.txt', 'b', { relativePath: 'one/two/b.txt' }));
    uppy.setFileMeta(uppy.getFiles()[0].id, { name: 'renamed.txt' });
    const { successful, failed } = present(await uppy.upload());
    assert.deepEqual(failed, []);
    assert.deepEqual(await paths(client), ['/Uppy/one/two/b.txt', '/Uppy/renamed.txt']);
    const [first] = present(successful);
    const stored = present(first.response?.body).file;
    assert.equal(stored.displayName, 'renamed.txt');
    assert.deepEqual(stored.labels, ['new']);
    assert.equal(first.uploadURL, stored.url);
    assert.equal(first.progress.percentage, 100);
    assert.ok(progress.includes(5), `${progress}`);
  });

  for (const concurrency of [0, -1, 1.5, Number.NaN]) {
    test(`options: refuse a concurrency of ${concurrency} by name`, async (t) => {
      const refusal = { name: 'RangeError', message: `invalid concurrency: expected a whole number of at least 1, found ${concurrency}` };
      await assert.rejects(started(t, { concurrency }), refusal);
      const { uppy } = await started(t);
      assert.throws(() => present(uppy.getPlugin('WixMedia')).setOptions({ concurrency }), refusal);
    });
  }

  test('options: an infinite concurrency sends all files at the same time', async (t) => {
    const { client, uppy } = await started(t, { concurrency: Number.POSITIVE_INFINITY });
    for (const name of ['a.txt', 'b.txt']) uppy.addFile(item(name));
    await uppy.upload();
    assert.deepEqual(await paths(client), ['/a.txt', '/b.txt']);
  });

  test('upload: takes the options of each file', async (t) => {
    const { client, uppy } = await started(t, { upload: ({ name }) => ({ path: `/${name[0]}`, displayName: `x-${name}` }) });
    for (const name of ['a.txt', 'b.txt']) uppy.addFile(item(name));
    await uppy.upload();
    assert.deepEqual(await paths(client), ['/a/x-a.txt', '/b/x-b.txt']);
  });

  test('failure: is reported for its file, and retryAll uploads it again', async (t) => {
    const { manager, client, uppy, events } = await started(t, { concurrency: 1 });
    await manager.faults.add({ match: 'generateFileUploadUrl', status: 403, times: 1 });
    for (const name of ['a.txt', 'b.txt']) uppy.addFile(item(name));
    const { successful, failed } = present(await uppy.upload());
    assert.deepEqual([successful?.length, failed?.length], [1, 1]);
    assert.match(present(uppy.getFiles().find(({ error }) => error)).error ?? '', /403|forbidden|denied/i);
    await uppy.retryAll();
    assert.deepEqual(events.map((event) => event.replace(/ \w\.txt/, '')), ['upload-error', 'upload-success', 'upload-success']);
    assert.deepEqual(await paths(client), ['/a.txt', '/b.txt']);
  });

  test('failure: of files whose bytes are elsewhere', async (t) => {
    const { uppy, events } = await started(t);
    const remote = { isRemote: true, remote: { companionUrl: '', requestClientId: '', url: '' } };
    uppy.addFile({ name: 'remote.txt', type: 'text/plain', data: { size: 5 }, ...remote });
    await uppy.upload();
    assert.deepEqual(events, ['upload-error remote.txt']);
    assert.match(uppy.getFiles()[0].error ?? '', /its bytes are not in this page/);
  });

  for (const [name, end] of /** @type {[string, (uppy: Uppy<Record<string, unknown>, WixMediaBody>, plugin: { uninstall(): void }) => void][]} */ ([
    ['cancelAll', (uppy) => uppy.cancelAll()],
    ['removeFile', (uppy) => uppy.removeFiles(uppy.getFiles().map(({ id }) => id))],
    ['uninstalling the plugin', (_, { uninstall }) => uninstall()],
  ])) {
    test(`${name}: ends uploads under way and those that wait`, async (t) => {
      /** @type {string[]} */
      const asked = [];
      let reached = () => {};
      /** @type {Promise<void>} */
      const isSending = new Promise((resolve) => (reached = resolve));
      const client = wixMedia.createClient({
        auth: { apiKey: 'k' },
        retry: false,
        fetch: (url, { signal }) => {
          asked.push(new URL(url).pathname);
          reached();
          return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
        },
      });
      const { uppy, events } = await started(t, { client, concurrency: 1 });
      for (const each of ['a.txt', 'b.txt']) uppy.addFile(item(each));
      const ended = uppy.upload();
      await isSending;
      const installed = present(uppy.getPlugin('WixMedia'));
      end(uppy, { uninstall: () => uppy.removePlugin(installed) });
      await ended;
      assert.equal(asked.length, 1);
      assert.deepEqual(events, []);
    });
  }

  test('example: uploads in a page', async (t) => {
    const root = join(folder, 'example');
    await cp(join(examples, 'uppy'), root, { recursive: true });
    await build({ root, base: './', logLevel: 'silent' });
    const { page, faults } = await openPage(t, join(root, 'dist'));
    await page.getByLabel('Files').setInputFiles(['coffee.jpg', 'rocket.jpg'].map((name) => join(photos, name)));
    await page.getByText('2 uploaded, 0 failed').waitFor();
    const uploaded = await page.locator('#uploaded li').allTextContents();
    assert.match(uploaded.sort().join(), /^coffee\.jpg: IMAGE, \d+ bytes,rocket\.jpg: IMAGE, \d+ bytes$/);
    await page.waitForFunction(() => /** @type {HTMLProgressElement} */ (document.querySelector('progress')).value === 100);
    assert.deepEqual(faults, []);
  });
});
