// Paths, and deletions that are counted before and undone.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { rejection } from '../harness/client.js';
import { serveManager, startManager } from '../harness/manager.js';
import { present } from '../harness/present.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { FileDescriptor, FileEntry, ManagerOptions } from '../harness/package.js'
 */

suite('paths', () => {
  test('resolve: finds files and folders', async (t) => {
    const { client } = await startManager(t);
    const { paths, uploads } = client;
    const file = await uploads.upload(new Blob(['fox']), { displayName: 'red.txt', path: '/Animals/Foxes' });
    const found = await paths.resolve('/Animals/Foxes/red.txt');
    assert.deepEqual([found.kind, found.path, found.id, /** @type {FileEntry} */ (found).file.hash], ['file', '/Animals/Foxes/red.txt', file._id, file.hash]);
    for (const path of ['/Animals/Foxes', 'Animals/Foxes', '//Animals//Foxes/']) {
      const folder = await paths.resolve(path);
      assert.deepEqual([folder.kind, folder.path, folder.id], ['folder', '/Animals/Foxes', file.parentFolderId]);
    }
    assert.deepEqual([(await paths.resolve('/')).id, (await paths.resolve('')).id], ['media-root', 'media-root']);
    const below = await paths.resolve('/red.txt', { parentFolderId: present(file.parentFolderId) });
    assert.equal(below.id, file._id);
  });

  test('resolve: names the missing segment', async (t) => {
    const { client } = await startManager(t);
    await client.paths.ensure('/Animals/Foxes');
    for (const [path, segment, parent] of [
      ['/Animals/Cats/tom.jpg', 'Cats', '/Animals'],
      ['/animals', 'animals', '/'],
      ['/Animals/Foxes/red.jpg', 'red.jpg', '/Animals/Foxes'],
    ]) {
      const error = await rejection(client.paths.resolve(path));
      assert.equal(error.code, 'PATH_NOT_FOUND');
      assert.equal(error.message, `paths.resolve: ${path}: ${JSON.stringify(segment)} not found in ${parent}`);
      assert.deepEqual(error.details.applicationError.data, { path, segment, parent });
    }
    assert.equal((await rejection(client.paths.resolve(/** @type {any} */ (5)))).code, 'INVALID_ARGUMENT');
  });

  test('resolve: takes the oldest of equal names', async (t) => {
    const manager = await startManager(t, { clock: 'virtual' });
    const { folders, paths } = manager.client;
    const { folder: first } = await folders.createFolder('twice');
    await manager.clock.advance(1000);
    await folders.createFolder('twice');
    assert.equal((await paths.resolve('/twice')).id, present(first)._id);
  });

  test('ensure: creates folders once, also concurrently', async (t) => {
    const { client } = await serveManager(t);
    const made = await Promise.all(Array.from({ length: 10 }, (_, number) => client.paths.ensure(`/a/b/${number % 2}`)));
    assert.equal(new Set(made.map(({ _id }) => _id)).size, 2);
    assert.equal((await client.folders.searchFolders().toArray()).length, 4);
    assert.equal((await client.paths.ensure('/'))._id, 'media-root');
  });

  test('walk: yields items in order over several pages', async (t) => {
    const { client } = await startManager(t);
    for (const name of ['b', 'a', 'c']) await client.paths.ensure(`/top/${name}/inner`);
    await client.uploads.uploadAll(Array.from({ length: 120 }, (_, number) => new File([`${number}`], `${String(number).padStart(3, '0')}.txt`)), { path: '/top/a' });
    const all = [];
    for await (const entry of client.paths.walk('/top')) all.push(entry);
    const expected = ['/top/a', '/top/a/inner'];
    for (let number = 0; number < 120; number += 1) expected.push(`/top/a/${String(number).padStart(3, '0')}.txt`);
    expected.push('/top/b', '/top/b/inner', '/top/c', '/top/c/inner');
    assert.deepEqual(all.map(({ path }) => path), expected);
    assert.deepEqual(all.slice(0, 3).map(({ kind, depth }) => [kind, depth]), [['folder', 1], ['folder', 2], ['file', 2]]);
    const shallow = [];
    for await (const { path } of client.paths.walk('/top', { depth: 1 })) shallow.push(path);
    assert.deepEqual(shallow, ['/top/a', '/top/b', '/top/c']);
    const walk = client.paths.walk('/nowhere')[Symbol.asyncIterator]();
    assert.equal((await rejection(walk.next())).code, 'PATH_NOT_FOUND');
  });

  test('tree: counts items and sizes', async (t) => {
    const { client } = await startManager(t);
    await client.uploads.upload(new Blob(['12345']), { displayName: 'a.txt', path: '/x/y' });
    await client.uploads.upload(new Blob(['123']), { displayName: 'b.txt', path: '/x' });
    const tree = await client.paths.tree('/');
    assert.deepEqual([tree.path, tree.fileCount, tree.sizeInBytes], ['/', 2, 8]);
    const [x] = tree.folders;
    assert.deepEqual([x.path, x.files.map(({ displayName }) => displayName), x.fileCount, x.sizeInBytes], ['/x', ['b.txt'], 2, 8]);
    assert.deepEqual([x.folders[0].path, x.folders[0].sizeInBytes], ['/x/y', 5]);
    const shallow = await client.paths.tree('/', { depth: 1 });
    assert.deepEqual(shallow.folders.map(({ path, files }) => [path, files.length]), [['/x', 0]]);
  });
});

suite('trash', () => {
  /**
   * /x with two files and a folder with one, and a file at the root.
   *
   * @param {TestContext} t
   * @param {ManagerOptions} [options]
   */
  async function filled(t, options) {
    const manager = await startManager(t, options);
    const { uploads } = manager.client;
    /** @type {Record<string, FileDescriptor>} */
    const files = {};
    for (const [name, path] of [['a.txt', '/x'], ['b.txt', '/x'], ['c.txt', '/x/y'], ['d.txt', '/']]) {
      files[name] = await uploads.upload(new Blob([name.repeat(3)]), { displayName: name, path });
    }
    files['e.gif'] = await uploads.upload(new Blob(['GIF89a\x01\0\x01\0\0\0\0;']), { displayName: 'e.gif' });
    return { manager, client: manager.client, files };
  }

  test('plan: counts each item once and deletes nothing', async (t) => {
    const { client, files } = await filled(t);
    const x = present(files['a.txt'].parentFolderId);
    const y = present(files['c.txt'].parentFolderId);
    const whole = { files: 3, folders: 2, bytes: 45, alreadyInTrash: 0, missing: [] };
    assert.deepEqual(await client.trash.plan([x]), whole);
    assert.deepEqual(await client.trash.plan([x, y, present(files['a.txt']._id), files['c.txt']]), whole);
    assert.deepEqual(await client.trash.plan({ folderIds: [y], fileIds: [present(files['d.txt']._id)] }), { ...whole, files: 2, folders: 1, bytes: 30 });
    assert.deepEqual(await client.trash.plan(['none', present(files['d.txt']._id)]), { ...whole, files: 1, folders: 0, bytes: 15, missing: ['none'] });
    assert.deepEqual(await client.trash.plan([]), { ...whole, files: 0, folders: 0, bytes: 0 });
    assert.equal((await client.files.searchFiles().toArray()).length, 5);
    await client.folders.bulkDeleteFolders([x]);
    assert.deepEqual(await client.trash.plan([x]), { ...whole, alreadyInTrash: 5 });
    assert.equal((await rejection(client.trash.plan(/** @type {any} */ ([5])))).code, 'INVALID_ARGUMENT');
  });

  test('empty: deletes items older than the limit', async (t) => {
    const { manager, client, files } = await filled(t, { clock: 'virtual' });
    const x = present(files['a.txt'].parentFolderId);
    const day = 86_400_000;
    await manager.clock.advance(20 * day);
    const young = await client.uploads.upload(new Blob(['young']), { displayName: 'young.txt' });
    await client.folders.bulkDeleteFolders([x]);
    await client.files.bulkDeleteFiles([present(files['d.txt']._id), present(young._id)]);
    await manager.clock.advance(15 * day);
    const old = { files: 4, folders: 2, bytes: 60 };
    assert.deepEqual(await client.trash.empty({ olderThan: '30d', dryRun: true }), old);
    assert.equal((await client.files.listDeletedFiles().toArray()).length, 2);
    assert.deepEqual(await client.trash.empty({ olderThan: 30 * day }), old);
    assert.deepEqual((await client.files.listDeletedFiles().toArray()).map(({ displayName }) => displayName), ['young.txt']);
    assert.equal((await client.folders.listDeletedFolders().toArray()).length, 0);
    assert.deepEqual(await client.trash.empty(), { files: 1, folders: 0, bytes: 5 });
    for (const olderThan of ['soon', -1, {}]) assert.equal((await rejection(client.trash.empty(/** @type {any} */ ({ olderThan })))).code, 'INVALID_ARGUMENT');
  });

  test('empty: keeps a folder with a younger item', async (t) => {
    const { manager, client, files } = await filled(t, { clock: 'virtual' });
    await manager.clock.advance(40 * 86_400_000);
    await client.uploads.upload(new Blob(['young']), { displayName: 'young.txt', path: '/x/y' });
    await client.folders.bulkDeleteFolders([present(files['a.txt'].parentFolderId)]);
    assert.deepEqual(await client.trash.empty({ olderThan: '30d' }), { files: 0, folders: 0, bytes: 0 });
    assert.equal((await client.folders.listDeletedFolders().toArray()).length, 1);
  });

  test('restore: returns everything to its place', async (t) => {
    const { client, files } = await filled(t);
    const x = present(files['a.txt'].parentFolderId);
    await client.files.bulkDeleteFiles([present(files['b.txt']._id), present(files['d.txt']._id)]);
    await client.folders.bulkDeleteFolders([x]);
    const back = await client.trash.restoreAll();
    assert.deepEqual([back.files, back.folders], [2, 1]);
    const all = [];
    for await (const { path } of client.paths.walk('/')) all.push(path);
    assert.deepEqual(all, ['/x', '/x/y', '/x/y/c.txt', '/x/a.txt', '/x/b.txt', '/d.txt', '/e.gif']);
  });

  test('restore: filters by media type', async (t) => {
    const { client, files } = await filled(t);
    await client.uploads.upload(new Blob(['GIF89a\x01\0\x01\0\0\0\0;']), { displayName: 'inner.gif', path: '/x' });
    await client.folders.bulkDeleteFolders([present(files['a.txt'].parentFolderId)]);
    await client.files.bulkDeleteFiles([present(files['d.txt']._id), present(files['e.gif']._id)]);
    const back = await client.trash.restoreAll({ mediaTypes: ['IMAGE'] });
    assert.deepEqual(back, { files: 1, folders: 0, fileIds: [files['e.gif']._id] });
    assert.equal((await client.trash.restoreAll({ mediaTypes: ['IMAGE'], inFolders: true })).files, 1);
    assert.deepEqual((await client.files.searchFiles().toArray()).map(({ displayName }) => displayName).sort(), ['e.gif', 'inner.gif']);
  });
});
