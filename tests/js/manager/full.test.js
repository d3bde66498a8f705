// A directory on a full disk, and on one that fails: what is refused, what goes on, and what comes back.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { suite, test } from 'node:test';
import { rejection } from '../harness/client.js';
import { present } from '../harness/present.js';
import { skip, smallDisk } from '../harness/small-disk.js';
import { emptyDirectory, open, put } from './place.js';
import { samples } from '../scenarios/samples.js';

/**
 * @import { AddressInfo } from 'node:net'
 * @import { TestContext } from 'node:test'
 * @import { ManagerOptions, MediaManager, WixMediaError } from '../harness/package.js'
 */

/** How long a source has for its first byte (`IMPORT_RULES`). */
const FIRST_BYTE_MS = 20_000;

const VIDEO = samples.mp4;

/**
 * A manager on a small disk, with the errors that it reports.
 *
 * @param {TestContext} t
 * @param {ManagerOptions} [options]
 */
async function onDisk(t, options) {
  const disk = smallDisk(t, 20);
  assert.ok(disk, 'root can mount');
  /** @type {WixMediaError[]} */
  const errors = [];
  const manager = await open(t, { storage: { directory: join(disk.path, 'data') }, onError: (error) => errors.push(error), ...options });
  return { disk, manager, errors };
}

/**
 * Waits until a condition holds.
 *
 * @param {() => unknown} condition
 */
async function until(condition) {
  while (!(await condition())) await delay(20);
}

/**
 * @param {MediaManager} manager
 * @param {string} id
 */
const statusOf = async ({ client }, id) => (await client.files.getFileDescriptor(id)).operationStatus;

/** @param {MediaManager} manager */
const filled = async ({ client }) => {
  const page = await client.files.listFiles();
  return present(page.files).length;
};

/**
 * Creates folders until one is refused, and returns its error: what is left of a page of the disk takes some changes.
 *
 * @param {MediaManager} manager
 */
async function refusal({ client }) {
  for (let number = 0; number < 500; number += 1) {
    try {
      await client.folders.createFolder(`${'x'.repeat(900)} ${number}`);
    } catch (error) {
      return /** @type {WixMediaError} */ (error);
    }
  }
  throw new Error('500 folders fit on a full disk');
}

suite('a full disk', { skip }, () => {
  test('changes: are refused with 507 and not tried again, reads go on, and all goes on with room', async (t) => {
    const { disk, manager, errors } = await onDisk(t);
    const file = await put(manager, 'a.bin', new Uint8Array(100_000));
    disk.fill();
    const error = await refusal(manager);
    assert.deepEqual([error.code, error.status, error.retry], ['INSUFFICIENT_STORAGE', 507, 'never']);
    assert.match(error.message, /no space left/);
    assert.equal(errors.length, 1, 'reported once, so tried once');
    assert.equal(errors[0].code, 'INSUFFICIENT_STORAGE');
    assert.equal(await filled(manager), 1);
    const bytes = await (await manager.fetch(file.url)).arrayBuffer();
    assert.equal(bytes.byteLength, 100_000);
    disk.free();
    await manager.client.folders.createFolder('after');
  });

  test('deleting permanently: works, and gives room', async (t) => {
    const { disk, manager } = await onDisk(t);
    const files = [await put(manager, 'a.bin', new Uint8Array(1_000_000)), await put(manager, 'b.bin', new Uint8Array(1_000_000))];
    disk.fill();
    await refusal(manager);
    for (const { id } of files) await manager.client.files.bulkDeleteFiles([id], { permanent: true });
    assert.equal(await filled(manager), 0);
    await manager.client.folders.createFolder('fits again');
  });

  for (const protocol of /** @type {const} */ (['plain', 'tus'])) {
    test(`upload: ${protocol} without room fails at once and keeps none`, async (t) => {
      const { disk, manager, errors } = await onDisk(t);
      const error = await rejection(manager.client.uploads.upload(new Uint8Array(30_000_000), { displayName: 'a.bin', protocol }));
      assert.deepEqual([error.code, error.status], ['INSUFFICIENT_STORAGE', 507]);
      assert.ok(errors.some(({ message }) => message.includes('ENOSPC')), String(errors));
      const file = await manager.client.uploads.upload(new Uint8Array(10_000_000), { displayName: 'b.bin', protocol });
      assert.equal(file.sizeInBytes, '10000000');
      const names = await readdir(join(disk.path, 'data/blobs'), { recursive: true, withFileTypes: true });
      assert.equal(names.filter((entry) => entry.isFile()).length, 1);
    });
  }

  test('timers: what is due is done when there is room', async (t) => {
    const { disk, manager, errors } = await onDisk(t, { processing: { pendingMs: { VIDEO: 300 } } });
    const film = await put(manager, 'a.mp4', VIDEO, { mimeType: 'video/mp4' });
    /** @type {unknown[]} */
    const ready = [];
    manager.on('file_ready', (event) => ready.push(event));
    disk.fill();
    await until(() => errors.some(({ code }) => code === 'INSUFFICIENT_STORAGE'));
    assert.equal(await statusOf(manager, film.id), 'PENDING');
    disk.free();
    await until(async () => (await statusOf(manager, film.id)) === 'READY');
    assert.equal(ready.length, 1);
  });

  test('imports: end when there is room', async (t) => {
    const { disk, manager, errors } = await onDisk(t, { allowPrivateImports: true });
    const source = createServer((_, response) => response.end(new Uint8Array(200_000)));
    await new Promise((resolve) => source.listen(0, '127.0.0.1', () => resolve(undefined)));
    t.after(() => source.close());
    const { port } = /** @type {AddressInfo} */ (source.address());
    const options = { displayName: 'a.bin', mimeType: 'application/octet-stream' };
    const { file } = await manager.client.files.importFile(`http://127.0.0.1:${port}/a.bin`, options);
    disk.fill();
    await until(() => errors.length > 0);
    disk.free();
    const id = String(present(file)._id);
    await until(async () => (await statusOf(manager, id)) !== 'PENDING');
    assert.equal(await statusOf(manager, id), 'READY');
  });
});

suite('a storage that fails', () => {
  for (const [code, message] of [
    ['EROFS', /read-only/],
    ['EACCES', /denies access/],
    ['EIO', /the storage failed/],
  ]) {
    test(`${code}: is a refusal with a code, its cause is reported, and the manager goes on`, async (t) => {
      /** @type {WixMediaError[]} */
      const errors = [];
      const directory = await emptyDirectory(t);
      const manager = await open(t, { storage: { directory }, onError: (error) => errors.push(error) });
      const { uploadUrl } = await manager.client.files.generateFileUploadUrl('text/plain', { fileName: 'a.txt' });
      const send = () => manager.fetch(present(uploadUrl), { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'text' });
      const failure = Object.assign(new Error(`${code}: cannot write`), { code });
      const failing = [
        t.mock.method(fs, 'writeSync', () => {
          throw failure;
        }),
        t.mock.method(fs, 'writev', (/** @type {unknown} */ _, /** @type {unknown} */ __, /** @type {unknown} */ ___, /** @type {(error: Error) => void} */ done) => {
          process.nextTick(() => done(failure));
        }),
      ];
      const refused = await send();
      for (const { mock } of failing) mock.restore();
      const body = await refused.json();
      assert.deepEqual([refused.status, body.details.applicationError.code], [500, 'STORAGE_FAILED']);
      assert.match(body.message, /** @type {RegExp} */ (message));
      assert.ok(errors.some((error) => error.code === 'STORAGE_FAILED' && error.message.includes(`${code}: cannot write`)), String(errors));
      assert.equal((await send()).status, 200);
    });
  }

  test('imports: a source that does not answer is asked again at intervals while its outcome cannot be recorded', async (t) => {
    /** @type {WixMediaError[]} */
    const errors = [];
    const directory = await emptyDirectory(t);
    const options = { storage: { directory }, allowPrivateImports: true, onError: (/** @type {WixMediaError} */ error) => errors.push(error) };
    const manager = await open(t, options);
    let requests = 0;
    const source = createServer(() => {
      requests += 1;
    });
    await new Promise((resolve) => source.listen(0, '127.0.0.1', () => resolve(undefined)));
    t.after(() => source.close().closeAllConnections());
    const { port } = /** @type {AddressInfo} */ (source.address());
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const turns = async (/** @type {() => boolean} */ condition) => {
      while (!condition()) await setImmediate();
    };
    const { file } = await manager.client.files.importFile(`http://127.0.0.1:${port}/a.bin`, { mimeType: 'application/octet-stream' });
    await turns(() => requests === 1);
    const { writeSync } = fs;
    fs.writeSync = () => {
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    };
    try {
      t.mock.timers.tick(FIRST_BYTE_MS);
      await turns(() => errors.length > 0);
      for (let turn = 0; turn < 50; turn += 1) await setImmediate();
      const failed = errors.filter(({ code }) => code === 'INSUFFICIENT_STORAGE');
      assert.deepEqual([failed.length, requests], [1, 1], String(errors));
      t.mock.timers.tick(1000);
      await turns(() => requests === 2);
    } finally {
      fs.writeSync = writeSync;
    }
    t.mock.timers.tick(FIRST_BYTE_MS);
    const id = String(present(file)._id);
    while ((await statusOf(manager, id)) === 'PENDING') await setImmediate();
    assert.equal(await statusOf(manager, id), 'FAILED');
  });
});
