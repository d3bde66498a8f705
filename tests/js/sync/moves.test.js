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

  test('sync: a renamed folder moves its files, and is no deletion of them', async (t) => {
    const folder = await temporaryFolder(t);
    const { client, requests } = await serveManager(t);
    await fill(folder, { 'Old/a.txt': 'a', 'Old/Deep/b.txt': 'b', 'Old/c.txt': 'c' });
    await sync(folder, client);
    await rename(join(folder, 'Old'), join(folder, 'New'));
    await rm(join(folder, 'New/c.txt'));
    requests.length = 0;
    const options = { delete: true, maxDelete: 1 };
    const preview = await sync(folder, client, { ...options, dryRun: true });
    assert.deepEqual(counts(preview), { foldersCreated: 2, moved: 2, deleted: 1, foldersDeleted: 2 });
    assert.deepEqual(counts(await sync(folder, client, options)), counts(preview));
    assert.ok(requests.every(({ method }) => method !== 'PUT'));
    assert.deepEqual(await siteTreeOf(client), { New: null, 'New/Deep': null, 'New/Deep/b.txt': 'b', 'New/a.txt': 'a' });
    assert.deepEqual((await client.files.listDeletedFiles().toArray()).length + (await client.folders.listDeletedFolders().toArray()).length > 0, true);
    assert.deepEqual(counts(await sync(folder, client, options)), { unchanged: 2 });
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
