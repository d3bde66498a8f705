// The whole manager as one archive, and managers that begin with something in them.
import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { rejection } from '../harness/client.js';
import { WixMediaError } from '../harness/package.js';
import { present } from '../harness/present.js';
import { emptyDirectory, open, put, top } from './place.js';

/** @import { MediaManager } from '../harness/package.js' */

/** @param {ReadableStream<Uint8Array>} stream */
const bytesOf = async (stream) => new Uint8Array(await new Response(stream).arrayBuffer());

/** @param {MediaManager} manager */
async function planted(manager) {
  const { files, folders } = manager.client;
  const { folder } = await folders.createFolder('Animals');
  const fox = await put(manager, 'fox.txt', 'a fox', { mimeType: 'text/plain', parentFolderId: present(folder)._id, labels: ['red'], private: true });
  const gone = await put(manager, 'gone.txt', 'gone', { mimeType: 'text/plain', parentFolderId: present(folder)._id });
  await files.bulkDeleteFiles([gone.id]);
  return { folder, fox, gone };
}

suite('export, import and reset', () => {
  test('import: restores everything that export wrote', async (t) => {
    const from = await open(t, { clock: 'virtual' });
    const { folder, fox, gone } = await planted(from);
    const archive = await bytesOf(await from.export());
    const to = await open(t, { clock: 'virtual', storage: { directory: await emptyDirectory(t) } });
    await to.client.folders.createFolder('will be replaced');
    await to.import(archive);
    for (const id of [fox.id, gone.id]) assert.deepEqual(await to.client.files.getFileDescriptor(id), await from.client.files.getFileDescriptor(id));
    const { downloadUrls } = await to.client.files.generateFileDownloadUrl(fox.id);
    assert.equal(await (await to.fetch(present(present(downloadUrls)[0].url))).text(), 'a fox');
    await to.client.files.bulkRestoreFilesFromTrashBin([gone.id]);
    assert.equal((await to.client.files.getFileDescriptor(gone.id)).parentFolderId, present(folder)._id);
    assert.deepEqual(await top(to), ['Animals/']);
  });

  test('export: of an imported archive is byte for byte the same', async (t) => {
    const from = await open(t, { clock: 'virtual', ids: { seed: 1 } });
    await planted(from);
    const archive = await bytesOf(await from.export());
    const to = await open(t, { clock: 'virtual', ids: { seed: 2 } });
    await to.import(present(new Response(archive).body));
    assert.deepEqual(Buffer.from(await bytesOf(await to.export())).equals(Buffer.from(archive)), true);
  });

  test('import: changes nothing when the archive is damaged', async (t) => {
    const manager = await open(t);
    await planted(manager);
    const archive = await bytesOf(await manager.export());
    const other = await open(t);
    await other.client.folders.createFolder('stays');
    const flipped = archive.slice();
    flipped[Math.floor(flipped.length / 2)] ^= 0xff;
    for (const broken of [archive.subarray(0, archive.length / 2), flipped, new TextEncoder().encode('no archive at all'), new Uint8Array()]) {
      const error = await rejection(other.import(broken));
      assert.ok(error instanceof WixMediaError, String(error));
      assert.deepEqual(await top(other), ['stays/']);
    }
  });

  test('export: is whole although everything is deleted meanwhile', async (t) => {
    const manager = await open(t, {});
    await planted(manager);
    const before = await bytesOf(await manager.export());
    const reader = (await manager.export()).getReader();
    const pieces = [present((await reader.read()).value)];
    await manager.reset();
    for (let read = await reader.read(); !read.done; read = await reader.read()) pieces.push(present(read.value));
    assert.ok(Buffer.concat(pieces).equals(Buffer.from(before)));
    assert.deepEqual(await top(manager), []);
  });

  test('reset: deletes everything', async (t) => {
    const manager = await open(t, { storage: { directory: await emptyDirectory(t) } });
    const { fox, folder } = await planted(manager);
    await manager.reset();
    assert.deepEqual(await top(manager), []);
    assert.deepEqual((await manager.client.files.listDeletedFiles()).files, []);
    assert.equal((await rejection(manager.client.files.getFileDescriptor(fox.id))).code, 'RESOURCE_NOT_FOUND');
    assert.equal((await rejection(manager.client.folders.getFolder(present(present(folder)._id)))).code, 'FOLDER_NOT_FOUND');
    await manager.client.folders.createFolder('new');
    assert.deepEqual(await top(manager), ['new/']);
  });
});

suite('seeds', () => {
  test('seed: adds a list of entries', async (t) => {
    const manager = await open(t, {
      seed: [
        { path: '/Holidays/2024/beach.txt', content: 'sand', labels: ['sea'] },
        { path: '/Holidays/empty/' },
        { path: '/data.bin', content: new Uint8Array([1, 2, 3]), mimeType: 'application/octet-stream', displayName: 'Data.bin' },
        { path: '/guest.txt', content: 'hi', origin: 'visitor' },
        { path: '/secret.txt', content: 'x', private: true },
        { path: '/old.txt', content: 'x', trashed: true },
      ],
    });
    const { files, folders } = manager.client;
    assert.deepEqual(await top(manager), ['Holidays/', 'Data.bin', 'secret.txt']);
    const found = present((await files.searchFiles({ search: 'sea' })).files);
    assert.deepEqual(found.map(({ displayName, labels }) => [displayName, labels]), [['beach.txt', ['sea']]]);
    assert.equal(present((await folders.searchFolders({ search: 'empty' })).folders).length, 1);
    assert.deepEqual(present((await files.listFiles({ parentFolderId: 'visitor-uploads' })).files).map(({ displayName }) => displayName), ['guest.txt']);
    assert.deepEqual(present((await files.listDeletedFiles()).files).map(({ displayName }) => displayName), ['old.txt']);
    assert.equal(found[0].operationStatus, 'READY');
    assert.equal(await (await manager.fetch(present(found[0].url))).text(), 'sand');
  });

  test('seed: adds a folder of files once', async (t) => {
    const source = await emptyDirectory(t);
    await mkdir(join(source, 'inner', 'empty'), { recursive: true });
    await writeFile(join(source, 'top.txt'), 'top');
    await writeFile(join(source, 'inner', 'deep.txt'), 'deep');
    const directory = await emptyDirectory(t);
    for (let time = 0; time < 2; time += 1) {
      const manager = await open(t, { storage: { directory }, seed: { directory: source } });
      assert.deepEqual(await top(manager), ['inner/', 'top.txt']);
      const { folders } = await manager.client.folders.listFolders();
      assert.deepEqual(present((await manager.client.files.listFiles({ parentFolderId: present(folders)[0]._id })).files).map(({ displayName }) => displayName), ['deep.txt']);
      await manager.close();
    }
  });

  test('seed: leaves out what cannot be added of a directory, and tells onError', async (t) => {
    const source = await emptyDirectory(t);
    await writeFile(join(source, 'a.txt'), 'a');
    await writeFile(join(source, 'empty.txt'), '');
    await symlink('a.txt', join(source, 'link.txt'));
    await writeFile(join(source, 'z.txt'), 'z');
    /** @type {WixMediaError[]} */
    const told = [];
    const manager = await open(t, { seed: { directory: source }, onError: (error) => told.push(error) });
    assert.deepEqual(await top(manager), ['a.txt', 'z.txt']);
    assert.deepEqual(told.map(({ code, message }) => [code, message]), [
      ['ZERO_FILE_SIZE', 'left out /empty.txt of the seed: the file is empty'],
      ['SOURCE_FAILED', 'left out /link.txt of the seed: it is a symbolic link'],
    ]);
    // A list is as its author has made it.
    const error = await rejection(manager.seed([{ path: '/empty.txt', content: '' }]));
    assert.deepEqual([error.code, error.message], ['ZERO_FILE_SIZE', 'seed: the file is empty']);
  });

  test('seed and import: fail with SOURCE_FAILED when their source does', async (t) => {
    const manager = await open(t);
    const torn = () =>
      new ReadableStream({
        pull() {
          throw new Error('torn');
        },
      });
    for (const work of [() => manager.seed([{ path: '/a.txt', content: torn() }]), () => manager.import(torn())]) {
      const error = await rejection(work());
      assert.ok(error instanceof WixMediaError, String(error));
      assert.equal(error.code, 'SOURCE_FAILED');
      assert.match(error.message, /torn$/);
    }
    assert.deepEqual(await top(manager), []);
  });

  test('seed: names the number of an invalid entry', async (t) => {
    for (const seed of [[{ content: 'x' }], [{ path: '/a.txt', content: 'x' }, { path: 7 }], [{ path: '/x.glb', content: 'glTF', private: true }], 'seed']) {
      const error = await rejection(open(t, /** @type {any} */ ({ seed })));
      assert.ok(error instanceof WixMediaError, String(error));
      assert.match(error.message, /seed/);
    }
  });
});
