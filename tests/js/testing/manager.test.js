// The manager for tests: what a rollback restores, and what it does to work under way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestManager, sample, useTestManager } from '../harness/testing.js';
import { noise } from '../harness/bytes.js';
import { createManager, WixMediaError } from '../harness/package.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { TestManager, TestManagerOptions } from 'wix-media.v2/testing'
 */

/**
 * @param {TestContext} t
 * @param {TestManagerOptions} [options]
 */
async function started(t, options) {
  const manager = await createTestManager(options);
  t.after(() => manager.close());
  return manager;
}

/**
 * Everything in a manager: each path with its descriptor, and the bytes of files.
 *
 * @param {TestManager} manager
 */
async function contentOf(manager) {
  const found = [];
  for await (const entry of manager.client.paths.walk('/')) {
    if (entry.kind === 'folder') found.push([entry.path, entry.folder]);
    else found.push([entry.path, entry.file, new Uint8Array(await (await manager.client.downloads.file(entry.id)).arrayBuffer())]);
  }
  return { found, usage: manager.storage.usage, now: manager.clock.now() };
}

/**
 * @param {string} name
 * @param {number} size
 */
const file = (name, size) => new File([noise(size, name.length)], name);
const seed = [{ path: '/a/kept.txt', content: 'kept' }, { path: '/a/large.bin', content: noise(2_500_000) }, { path: '/b/' }];

test('rollback: restores files, folders, bytes, usage and time', async (t) => {
  const manager = await started(t, { seed });
  const { files, folders, paths, uploads } = manager.client;
  const before = await contentOf(manager);
  for (let round = 0; round < 3; round += 1) {
    const kept = await paths.resolve('/a/kept.txt');
    const large = await paths.resolve('/a/large.bin');
    await files.updateFileDescriptor({ _id: kept.id, displayName: `renamed-${round}.txt`, labels: ['new'] });
    await files.bulkDeleteFiles([large.id], { permanent: true });
    await folders.createFolder(`folder-${round}`);
    await uploads.upload(file('small.bin', 1000), { path: '/b' });
    await uploads.upload(file('resumable.bin', 3_000_000 + round), { path: '/c/d', protocol: 'tus' });
    await manager.clock.advance(3_600_000);
    await manager.rollback();
    assert.deepEqual(await contentOf(manager), before);
    assert.equal((await manager.check()).isWhole, true);
  }
});

test('rollback: gives the same ids again', async (t) => {
  const [manager, other] = [await started(t), await started(t)];
  const idOf = async (/** @type {TestManager} */ of) => (await of.client.uploads.upload(sample('IMAGE')))._id;
  const first = await idOf(manager);
  await manager.rollback();
  assert.equal(await idOf(manager), first);
  assert.equal(await idOf(other), first, 'so does another run');
});

test('rollback: restores faults, settings and the trash', async (t) => {
  const manager = await started(t, { seed });
  const { files } = manager.client;
  await manager.faults.add({ match: 'listFiles', status: 403 });
  await manager.settings({ limits: { requestsPerMinute: 1 } });
  await assert.rejects(files.listFiles(), { status: 403 });
  await manager.rollback();
  for (let call = 0; call < 3; call += 1) assert.equal((await files.listFiles({ parentFolderId: 'media-root' })).files.length, 0);
  assert.deepEqual((await files.listDeletedFiles()).files, []);
});

test('rollback: restores what listeners have been told, and removes new listeners', async (t) => {
  const manager = await started(t);
  /** @type {string[]} */
  const told = [];
  manager.on('*', ({ slug }) => told.push(`before ${slug}`));
  const snapshot = await manager.snapshot();
  manager.on('folder_created', () => told.push('after'));
  const { folders } = manager.client;
  await folders.createFolder('one');
  await manager.rollback(snapshot);
  await folders.createFolder('two');
  assert.deepEqual(told, ['before created', 'after', 'before created']);
});

test('rollback: goes to any snapshot, as often as asked', async (t) => {
  const manager = await started(t);
  const names = async () => (await manager.client.folders.listFolders()).folders.map(({ displayName }) => displayName);
  await manager.client.folders.createFolder('one');
  const one = await manager.snapshot();
  assert.equal(one.time, manager.clock.now());
  await manager.client.folders.createFolder('two');
  const two = await manager.snapshot();
  await manager.rollback();
  assert.deepEqual(await names(), []);
  await manager.rollback(two);
  assert.deepEqual((await names()).sort(), ['one', 'two']);
  await manager.rollback(one);
  assert.deepEqual(await names(), ['one']);
  await manager.rollback(two);
  assert.deepEqual((await names()).sort(), ['one', 'two']);
});

test('rollback: after a trap, another instance starts from the snapshot', async (t) => {
  const manager = await started(t, { seed });
  const before = await contentOf(manager);
  const { [Symbol.for('wix-media.trap')]: trap } = /** @type {Record<symbol, () => Promise<void>>} */ (/** @type {unknown} */ (manager));
  for (let round = 0; round < 2; round += 1) {
    await manager.client.uploads.upload(file('lost.bin', 100));
    await trap();
    await manager.rollback();
    assert.deepEqual(await contentOf(manager), before);
  }
  await manager.client.uploads.upload(file('lost.bin', 100));
  await manager.rollback();
  assert.deepEqual(await contentOf(manager), before, 'without a trap, from the new instance');
});

test('rollback: a body that is being read fails', async (t) => {
  const manager = await started(t, { seed });
  const large = await manager.client.paths.resolve('/a/large.bin');
  if (large.kind !== 'file') throw new Error('it is a folder');
  const { body } = await manager.fetch(large.file.url);
  const reader = /** @type {ReadableStream<Uint8Array>} */ (body).getReader();
  await reader.read();
  await manager.rollback();
  await assert.rejects(async () => {
    while (!(await reader.read()).done);
  }, { code: 'MANAGER_RESTARTED' });
});

test('rollback: waits for requests that are under way', async (t) => {
  const manager = await started(t);
  const uploading = manager.client.uploads.upload(file('late.bin', 300_000));
  await manager.fetch(manager.baseUrl);
  const requested = manager.client.folders.createFolder('late');
  const all = Promise.allSettled([uploading, requested]);
  await manager.rollback();
  // Whatever each of them had begun before is gone, and whatever it began afterwards is whole.
  await all;
  assert.equal((await manager.check()).isWhole, true);
});

test('rollback: refuses what is no snapshot of this manager, and a closed manager', async (t) => {
  const [manager, other] = [await started(t), await started(t)];
  const foreign = await other.snapshot();
  await assert.rejects(manager.rollback(foreign), (error) => error instanceof WixMediaError && error.code === 'INVALID_ARGUMENT' && error.fieldViolations?.[0].field === 'snapshot');
  await other.close();
  await assert.rejects(other.rollback(), { code: 'MANAGER_CLOSED' });
  await assert.rejects(other.snapshot(), { code: 'MANAGER_CLOSED' });
});

test('createTestManager: has a virtual clock, and refuses storage and threads', async (t) => {
  const manager = await started(t);
  assert.equal(new Date(manager.clock.now()).toISOString(), '2024-01-01T00:00:00.000Z');
  for (const options of [{ storage: 'memory' }, { thread: true }]) {
    await assert.rejects(createTestManager(/** @type {TestManagerOptions} */ (/** @type {unknown} */ (options))), { code: 'INVALID_ARGUMENT' });
  }
  await assert.rejects(createTestManager(/** @type {TestManagerOptions} */ ({ sed: [] })), { code: 'INVALID_ARGUMENT' });
});

test('snapshots: only managers in memory and in this thread have them', async (t) => {
  const manager = await createManager({ thread: true });
  t.after(() => manager.close());
  assert.equal(Symbol.for('wix-media.snapshot') in manager, false);
});

test('useTestManager: one manager for the file, rolled back after each test', async () => {
  /** @type {Record<string, () => Promise<void>>} */
  const hooks = {};
  const hook = (/** @type {string} */ name) => (/** @type {() => Promise<void>} */ run) => {
    hooks[name] = run;
  };
  const media = useTestManager({ seed: [{ path: '/a/' }] }, { beforeAll: hook('beforeAll'), afterEach: hook('afterEach'), afterAll: hook('afterAll') });
  assert.throws(() => media.manager, { code: 'INVALID_ARGUMENT' });
  await hooks.beforeAll();
  const { manager } = media;
  await manager.client.folders.createFolder('b');
  await hooks.afterEach();
  assert.deepEqual((await manager.client.folders.listFolders()).folders.map(({ displayName }) => displayName), ['a']);
  await hooks.afterAll();
  assert.throws(() => media.manager, { code: 'INVALID_ARGUMENT' });
  await assert.rejects(manager.client.folders.listFolders(), { code: 'MANAGER_CLOSED' });
});

test('useTestManager: names the hook that is missing', () => {
  assert.throws(() => useTestManager(), { code: 'INVALID_ARGUMENT', message: /^useTestManager: hooks\.beforeAll is missing/ });
});
