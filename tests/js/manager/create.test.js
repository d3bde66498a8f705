// createManager: what it can be told, what it gives, and how it ends.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { suite, test } from 'node:test';
import * as media from '@wix/media';
import { ApiKeyStrategy, createClient as createOfficialClient } from '@wix/sdk';
import wixMedia, { createClient, createManager, WixMediaError } from '../harness/package.js';
import { rejection } from '../harness/client.js';
import { present } from '../harness/present.js';
import { emptyDirectory, open, put, top } from './place.js';
import { samples } from '../scenarios/samples.js';

suite('createManager', () => {
  test('createManager: is a named export and a member of the default one', () => {
    assert.equal(wixMedia.createManager, createManager);
  });

  test('createManager: gives a client, and a fetch that can be passed on alone', async (t) => {
    const { client, fetch } = await open(t);
    await client.folders.createFolder('A');
    const response = await fetch('http://anything.test/site-media/v1/folders');
    assert.ok(response instanceof Response);
    assert.equal((await response.json()).folders[0].displayName, 'A');
    const posted = await fetch(new Request('https://www.wixapis.com/site-media/v1/folders', { method: 'POST', body: JSON.stringify({ displayName: 'B' }) }));
    assert.equal(posted.status, 200);
    assert.equal((await fetch(new URL('http://anything.test/site-media/v1/folders'))).status, 200);
  });

  test('fetch: serves the official SDK and our clients', async (t) => {
    const manager = await open(t);
    const official = createOfficialClient({ modules: { files: media.files, folders: media.folders }, auth: ApiKeyStrategy({ apiKey: 'any', siteId: 'site' }), fetch: manager.fetch });
    await official.folders.createFolder('by the official SDK');
    await createClient({ manager }).folders.createFolder('by ours');
    assert.deepEqual(await top(manager), ['by ours/', 'by the official SDK/']);
  });

  test('faults: are retried by our client', async (t) => {
    const manager = await open(t, { faults: [{ match: 'listFolders', status: 503, times: 2 }] });
    const retries = [];
    const client = createClient({ manager, on: { retry: ({ attempt }) => retries.push(attempt) } });
    assert.deepEqual((await client.folders.listFolders()).folders, []);
    assert.equal(retries.length, 2);
  });

  test('baseUrl: replaces the host of the request in URLs', async (t) => {
    const following = await open(t);
    const { uploadUrl } = await (await following.fetch('http://media.example:4410/site-media/v1/files/generate-upload-url', { method: 'POST', body: JSON.stringify({ mimeType: 'text/plain' }) })).json();
    assert.match(uploadUrl, /^http:\/\/media\.example:4410\/upload\//);
    const fixed = await open(t, { baseUrl: 'https://cdn.example' });
    assert.match(present((await fixed.client.files.generateFileUploadUrl('text/plain')).uploadUrl), /^https:\/\/cdn\.example\/upload\//);
  });

  test('siteId: is in every descriptor', async (t) => {
    const siteId = '12345678-1234-4234-8234-123456789012';
    const manager = await open(t, { siteId });
    assert.equal(present((await manager.client.folders.createFolder('A')).folder).siteId, siteId);
  });

  test('clock: a virtual one stands still until it is advanced', async (t) => {
    const manager = await open(t, { clock: 'virtual' });
    /** @param {string} name */
    const created = async (name) => +present(present((await manager.client.folders.createFolder(name)).folder)._createdDate);
    const first = await created('A');
    assert.equal(await created('B'), first);
    await manager.clock.advance(90_000);
    assert.equal((await created('C')) - first, 90_000);
    const ready = [];
    manager.on('file_ready', () => void ready.push(manager.clock.now?.()));
    await put(manager, 'film.mp4', samples.mp4, { mimeType: 'video/mp4' });
    assert.equal(ready.length, 0);
    await manager.clock.advance(499);
    assert.equal(ready.length, 0);
    await manager.clock.advance(1);
    assert.equal(ready.length, 1);
  });

  test('clock: may be an object of the caller', async (t) => {
    let now = Date.UTC(2020, 1, 29);
    const manager = await open(t, { clock: { now: () => now } });
    const { folder } = await manager.client.folders.createFolder('A');
    assert.equal(present(present(folder)._createdDate).toISOString(), '2020-02-29T00:00:00.000Z');
    now += 1000;
    assert.equal(present((await manager.client.folders.updateFolder(present(present(folder)._id), { displayName: 'B' }))._updatedDate).toISOString(), '2020-02-29T00:00:01.000Z');
  });

  test('clock: the system clock finishes processing by a timer', async (t) => {
    const manager = await open(t, { processing: { pendingMs: { VIDEO: 30 } } });
    const ready = new Promise((resolve) => manager.on('file_ready', resolve));
    const { operationStatus } = await put(manager, 'film.mp4', samples.mp4, { mimeType: 'video/mp4' });
    assert.equal(operationStatus, 'PENDING');
    // Its timer keeps no process alive; this one does.
    const alive = setInterval(() => {}, 10_000);
    await ready;
    clearInterval(alive);
  });

  test('ids: the same seed gives the same ids', async (t) => {
    /** @param {number} seed */
    const ran = async (seed) => {
      const manager = await open(t, { clock: 'virtual', ids: { seed } });
      const { folder } = await manager.client.folders.createFolder('A');
      const file = await put(manager, 'a.txt', 'text', { mimeType: 'text/plain', parentFolderId: present(folder)._id });
      return JSON.stringify([folder, file, await manager.client.files.generateFileDownloadUrl(file.id)]);
    };
    const [one, same, other] = [await ran(7), await ran(7), await ran(8)];
    assert.equal(one, same);
    assert.notEqual(one, other);
    const ids = [present((await (await open(t)).client.folders.createFolder('A')).folder)._id, present((await (await open(t)).client.folders.createFolder('A')).folder)._id];
    assert.notEqual(ids[0], ids[1], 'random, unless told otherwise');
  });

  test('createManager: names an invalid option', async () => {
    for (const [options, name] of /** @type {[any, string][]} */ ([
      [{ clock: 'sundial' }, 'clock'],
      [{ ids: 'mine' }, 'ids'],
      [{ ids: { seed: 'x' } }, 'ids'],
      [{ limits: 5 }, 'limits'],
      [{ baseUrl: 'nonsense' }, 'baseUrl'],
      [{ siteId: 7 }, 'siteId'],
      [{ siteId: 7n }, 'siteId'],
      [{ siteId: 7n, thread: true }, 'siteId'],
      [{ limits: { quotaInBytes: -1 } }, 'quotaInBytes'],
      [{ limits: { quotaInBytes: 1_000_000n } }, 'quotaInBytes'],
      [{ faults: [{ status: 'x' }] }, 'fault'],
      ['memory', 'options'],
    ])) {
      const error = await rejection(createManager(options));
      assert.ok(error instanceof WixMediaError, `${name}: ${error}`);
      assert.equal(error.code, 'INVALID_ARGUMENT', name);
      assert.match(error.message, new RegExp(name));
    }
  });

  test('createManager: leaves a directory to others after an invalid option', async (t) => {
    const storage = { directory: await emptyDirectory(t) };
    for (const siteId of /** @type {any[]} */ ([7, 7n])) assert.equal((await rejection(createManager({ storage, siteId }))).code, 'INVALID_ARGUMENT');
    await open(t, { storage });
  });

  test('close: waits for requests under way and refuses later ones', async (t) => {
    const directory = await emptyDirectory(t);
    const manager = await createManager({ storage: { directory } });
    const { uploadUrl } = await manager.client.files.generateFileUploadUrl('application/octet-stream', { fileName: 'slow.bin' });
    let pieces = 5;
    const body = new ReadableStream({
      async pull(stream) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (pieces-- > 0) stream.enqueue(new Uint8Array(1000));
        else stream.close();
      },
    });
    const upload = manager.fetch(present(uploadUrl), { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body, duplex: 'half' });
    const closed = manager.close();
    assert.equal((await upload).status, 200);
    await closed;
    await manager.close();
    const error = await rejection(manager.client.folders.listFolders());
    assert.equal((error.cause ?? error).code ?? error.code, 'MANAGER_CLOSED');
    assert.deepEqual(await top(await open(t, { storage: { directory } })), ['slow.bin']);
  });

  test('createManager: supports Symbol.asyncDispose', async (t) => {
    const directory = await emptyDirectory(t);
    const manager = await createManager({ storage: { directory } });
    const symbol = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
    await /** @type {Record<symbol, () => Promise<void>>} */ (/** @type {unknown} */ (manager))[symbol]();
    await open(t, { storage: { directory } });
  });

  test('on: returns a function that removes the handler, and survives handlers that throw', async (t) => {
    const manager = await open(t, { clock: 'virtual' });
    const heard = [];
    manager.on('folder_created', () => {
      throw new Error('a fault of the handler');
    });
    const stop = manager.on('folder_created', (event) => void heard.push(event));
    await manager.client.folders.createFolder('A');
    assert.equal(heard.length, 1);
    stop();
    await manager.client.folders.createFolder('B');
    assert.equal(heard.length, 1);
  });

  test('createManager: works without a global crypto and without randomUUID, as in Node 18 and in pages without HTTPS', async () => {
    const script = `
      const { webcrypto } = await import('node:crypto');
      delete globalThis.crypto;
      webcrypto.constructor.prototype.randomUUID = undefined;
      const { createManager } = await import(${JSON.stringify(new URL('../../../dist/node.js', import.meta.url).href)});
      const manager = await createManager();
      const file = await manager.client.uploads.upload(new Uint8Array(20), { displayName: 'a.bin', protocol: 'tus', sessions: false });
      await manager.close();
      console.log(file.sizeInBytes);`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
    assert.deepEqual({ stdout, stderr }, { stdout: '20\n', stderr: '' });
  });
});
