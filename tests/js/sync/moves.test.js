// Renamed and moved files: one call at the target, and none of their bytes.
import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { serveManager, temporaryFolder } from '../harness/manager.js';
import { sync } from '../harness/sync.js';
import { counts, fill, siteTreeOf, treeOf } from './world.js';

/** @import { SyncAction } from '../harness/sync.js' */

suite('moves', () => {
  test('sync: a file that is renamed or moved in a folder is one call to the Media Manager', async (t) => {
    const folder = await temporaryFolder(t);
    const { client, requests } = await serveManager(t);
    await fill(folder, { 'a.txt': 'a', 'b.txt': 'b', 'In/c.txt': 'c', 'In/d.txt': 'd' });
    await sync(folder, client);
    const ids = Object.fromEntries((await client.files.queryFileDescriptors().find()).items.map(({ displayName, _id }) => [displayName, _id]));
    await rename(join(folder, 'a.txt'), join(folder, 'In/renamed: a.txt'));
    await rename(join(folder, 'In/c.txt'), join(folder, 'c.txt'));
    /** @type {SyncAction[]} */
    const actions = [];
    requests.length = 0;
    assert.deepEqual(counts(await sync(folder, client, { onAction: (action) => actions.push(action) })), { moved: 2, unchanged: 2 });
    assert.deepEqual(requests.filter(({ method }) => method !== 'GET').map(({ method }) => method), ['PATCH', 'PATCH']);
    assert.deepEqual(
      actions.sort((one, other) => (one.path < other.path ? -1 : 1)),
      [
        { action: 'move', path: 'In/renamed‛3A a.txt', kind: 'file', bytes: 1, from: 'a.txt' },
        { action: 'move', path: 'c.txt', kind: 'file', bytes: 1, from: 'In/c.txt' },
      ],
    );
    assert.deepEqual(await siteTreeOf(client), { In: null, 'In/d.txt': 'd', 'In/renamed: a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' });
    assert.equal((await client.files.getFileDescriptor(String(ids['a.txt']))).displayName, 'renamed: a.txt');
    assert.deepEqual(counts(await sync(folder, client)), { unchanged: 4 });
  });

  test('sync: a renamed folder is one call, and what differs in it is done in its new place', async (t) => {
    const folder = await temporaryFolder(t);
    const { client, requests } = await serveManager(t);
    const to = join(folder, 'to');
    const from = join(folder, 'from');
    for (const target of [client, to]) {
      await rm(from, { recursive: true, force: true });
      await fill(from, { 'In/Old/a.txt': 'a', 'In/Old/Deep/b.txt': 'b', 'In/Old/c.txt': 'c', 'In/Old/d.txt': 'd', 'In/Old/Gone/e.txt': 'e' });
      await sync(from, target);
      await mkdir(join(from, 'Up'));
      await rename(join(from, 'In/Old'), join(from, 'Up/New: 1'));
      await rename(join(from, 'Up/New: 1/d.txt'), join(from, 'd.txt'));
      await rm(join(from, 'Up/New: 1/c.txt'));
      await rm(join(from, 'Up/New: 1/Gone'), { recursive: true });
      await fill(from, { 'Up/New: 1/Deep/b.txt': 'other', 'Up/New: 1/Deep/f.txt': 'f' });
      requests.length = 0;
      const options = { delete: true, maxDelete: 2 };
      /** @type {SyncAction[]} */
      const planned = [];
      const preview = await sync(from, target, { ...options, dryRun: true, onAction: (action) => planned.push(action) });
      assert.deepEqual(counts(preview), { foldersMoved: 1, foldersCreated: 1, moved: 1, updated: 1, created: 1, deleted: 2, foldersDeleted: 1, unchanged: 1, bytes: 6 });
      assert.deepEqual(planned.find(({ action, kind }) => action === 'move' && kind === 'folder'), { action: 'move', path: 'Up/New‛3A 1', kind: 'folder', bytes: 0, from: 'In/Old' });
      /** @type {SyncAction[]} */
      const done = [];
      assert.deepEqual(counts(await sync(from, target, { ...options, onAction: (action) => done.push(action) })), counts(preview));
      const byPath = (/** @type {SyncAction} */ one, /** @type {SyncAction} */ other) => (one.path < other.path ? -1 : 1);
      assert.deepEqual(done.sort(byPath), planned.sort(byPath));
      const name = target === to ? 'New‛3A 1' : 'New: 1';
      const tree = { In: null, Up: null, [`Up/${name}`]: null, [`Up/${name}/Deep`]: null, [`Up/${name}/Deep/b.txt`]: 'other', [`Up/${name}/Deep/f.txt`]: 'f', [`Up/${name}/a.txt`]: 'a', 'd.txt': 'd' };
      assert.deepEqual(target === to ? await treeOf(to) : await siteTreeOf(client), tree);
      assert.deepEqual(counts(await sync(from, target, options)), { unchanged: 4 });
    }
    assert.deepEqual((await client.files.listDeletedFiles().toArray()).map(({ displayName }) => displayName).sort(), ['b.txt', 'c.txt']);
  });

  test('sync: a folder that moves with its files takes one call, whatever their number, in both directions', async (t) => {
    const folder = await temporaryFolder(t);
    const { client, requests } = await serveManager(t);
    await fill(folder, Object.fromEntries(Array.from({ length: 30 }, (_, number) => [`Old/${number % 3}/${number}.txt`, String(number)])));
    await sync(folder, client);
    await rename(join(folder, 'Old'), join(folder, 'New'));
    requests.length = 0;
    assert.deepEqual(counts(await sync(folder, client)), { foldersMoved: 1, unchanged: 30 });
    assert.deepEqual(requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path.replace(/[^/]+$/, '')}`), ['PATCH /site-media/v1/folders/']);
    const { ino } = await stat(join(folder, 'New/1'));
    const made = await client.paths.resolve('/New/1/');
    await client.folders.updateFolder(String(made?.id), { displayName: 'One', parentFolderId: 'media-root' });
    requests.length = 0;
    assert.deepEqual(counts(await sync(client, folder)), { foldersMoved: 1, unchanged: 30 });
    assert.ok(requests.every(({ method }) => method === 'GET'));
    assert.equal((await stat(join(folder, 'One'))).ino, ino);
    assert.deepEqual(await treeOf(folder), await siteTreeOf(client));
    assert.deepEqual(counts(await sync(folder, client)), { unchanged: 30 });
  });

  test('sync: folders that move out of and into each other', async (t) => {
    const folder = await temporaryFolder(t);
    const { client } = await serveManager(t);
    await fill(folder, { 'P/Q/a.txt': 'a', 'P/b.txt': 'b', 'X/c.txt': 'c', 'Y/d.txt': 'd' });
    await sync(folder, client);
    await rename(join(folder, 'P/Q'), join(folder, 'Q'));
    await rename(join(folder, 'P'), join(folder, 'Q/P'));
    await rename(join(folder, 'Y'), join(folder, 'X/Y'));
    await rename(join(folder, 'X'), join(folder, 'Q/P/Z'));
    assert.deepEqual(counts(await sync(folder, client)), { foldersMoved: 4, unchanged: 4 });
    assert.deepEqual(await siteTreeOf(client), await treeOf(folder));
    assert.deepEqual(counts(await sync(folder, client)), { unchanged: 4 });
  });

  test('sync: a folder that cannot be moved keeps what is in it', async (t) => {
    const folder = await temporaryFolder(t);
    let isRefused = true;
    const { client } = await serveManager(t, {
      answer: (request, next) =>
        isRefused && request.method === 'PATCH' && request.url.includes('/folders/') ? new Response('{}', { status: 403, headers: { 'content-type': 'application/json' } }) : next(request),
    });
    await fill(folder, { 'Old/a.txt': 'a', 'Old/b.txt': 'b' });
    await sync(folder, client);
    await rename(join(folder, 'Old'), join(folder, 'New'));
    await fill(folder, { 'New/a.txt': 'other' });
    const report = await sync(folder, client, { delete: true, maxDelete: '100%' });
    assert.deepEqual(report.failures.map(({ path }) => path).sort(), ['New', 'New/a.txt', 'New/b.txt']);
    assert.deepEqual(await siteTreeOf(client), { Old: null, 'Old/a.txt': 'a', 'Old/b.txt': 'b' });
    isRefused = false;
    assert.deepEqual(counts(await sync(folder, client, { delete: true })), { foldersMoved: 1, updated: 1, bytes: 5, unchanged: 1 });
    assert.deepEqual(await siteTreeOf(client), { New: null, 'New/a.txt': 'other', 'New/b.txt': 'b' });
  });

  test('sync: what moves on a site moves in a folder, with the same inode', async (t) => {
    const folder = await temporaryFolder(t);
    const { client, requests } = await serveManager(t);
    const { _id } = await client.uploads.upload(new Blob(['a']), { displayName: 'a.txt' });
    await client.uploads.upload(new Blob(['b']), { displayName: 'b.txt' });
    await sync(client, folder);
    const { ino } = await stat(join(folder, 'a.txt'));
    const { folder: made } = await client.folders.createFolder('In');
    await client.files.updateFileDescriptor({ _id, displayName: 'z.txt', parentFolderId: made._id });
    requests.length = 0;
    assert.deepEqual(counts(await sync(client, folder)), { moved: 1, unchanged: 1, foldersCreated: 1 });
    assert.ok(requests.every(({ method }) => method === 'GET'));
    assert.deepEqual(await treeOf(folder), { In: null, 'In/z.txt': 'a', 'b.txt': 'b' });
    assert.equal((await stat(join(folder, 'In/z.txt'))).ino, ino);
    assert.deepEqual(counts(await sync(client, folder)), { unchanged: 2 });
  });

  test('sync: a file that takes the place of its own folder is stored anew', async (t) => {
    const folder = await temporaryFolder(t);
    const { client } = await serveManager(t);
    await fill(folder, { 'x/a.txt': 'a' });
    await sync(folder, client);
    await rename(join(folder, 'x/a.txt'), join(folder, 'y'));
    await rm(join(folder, 'x'), { recursive: true });
    await rename(join(folder, 'y'), join(folder, 'x'));
    assert.deepEqual(counts(await sync(folder, client, { delete: true, maxDelete: '100%' })), { created: 1, bytes: 1, deleted: 1, foldersDeleted: 1 });
    assert.deepEqual(await siteTreeOf(client), { x: 'a' });
  });

  test('sync: a copy is no move, and neither is a file that the journal does not know', async (t) => {
    const folder = await temporaryFolder(t);
    const { client } = await serveManager(t);
    await fill(folder, { 'a.txt': 'a' });
    await sync(folder, client);
    await copyFile(join(folder, 'a.txt'), join(folder, 'copy.txt'));
    assert.deepEqual(counts(await sync(folder, client)), { created: 1, unchanged: 1, bytes: 1 });
    await client.uploads.upload(new Blob(['x']), { displayName: 'only-there.txt' });
    await mkdir(join(folder, 'x'));
    await fill(folder, { 'x/new.txt': 'x' });
    assert.deepEqual(counts(await sync(folder, client)), { created: 1, foldersCreated: 1, unchanged: 2, extra: 1, bytes: 1 });
    assert.deepEqual(await readdir(folder).then((names) => names.includes('only-there.txt')), false);
  });
});
