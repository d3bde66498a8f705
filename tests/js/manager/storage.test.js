// Storages of a manager: memory and directories, reopened, and opened by two processes.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, open as openFile, readdir, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createManager, WixMediaError } from '../harness/package.js';
import { rejection } from '../harness/client.js';
import { present } from '../harness/present.js';
import { emptyDirectory, open, put, top } from './place.js';

/** @import { ManagerOptions } from '../harness/package.js' */

const run = promisify(execFile);
/**
 * Overwrites a part of a file with zeros.
 *
 * @param {string} name
 * @param {number} offset
 * @param {number} length
 */
async function overwritten(name, offset, length) {
  const file = await openFile(name, 'r+');
  await file.write(new Uint8Array(length), 0, length, offset);
  await file.close();
}

const dist = new URL('../../../dist/node.js', import.meta.url);

suite('storage of a manager', () => {
  test('memory: is the default, and separate for each manager', async (t) => {
    const [one, other] = [await open(t), await open(t, { storage: 'memory' })];
    await one.client.folders.createFolder('only here');
    assert.deepEqual([await top(one), await top(other)], [['only here/'], []]);
    assert.deepEqual([one.storage.kind, other.storage.kind], ['memory', 'memory']);
  });

  test('directory: is created, and keeps everything for the next manager', async (t) => {
    const directory = join(await emptyDirectory(t), 'not', 'yet');
    const first = await createManager({ storage: { directory } });
    assert.equal(first.storage.kind, 'directory');
    const { folder } = await first.client.folders.createFolder('Animals');
    const file = await put(first, 'fox.txt', 'a fox', { mimeType: 'text/plain', parentFolderId: present(folder)._id, labels: ['red'] });
    const gone = await put(first, 'gone.txt', 'gone', { mimeType: 'text/plain' });
    await first.client.files.bulkDeleteFiles([gone.id]);
    const { downloadUrls } = await first.client.files.generateFileDownloadUrl(file.id);
    const { uploadUrl } = await first.client.files.generateFileUploadUrl('text/plain', { fileName: 'later.txt' });
    const { downloadUrl } = await first.client.folders.generateFolderDownloadUrl(present(present(folder)._id));
    const before = await first.client.files.getFileDescriptor(file.id);
    await first.close();

    const second = await open(t, { storage: { directory } });
    assert.deepEqual(await second.client.files.getFileDescriptor(file.id), before);
    assert.equal(await (await second.fetch(present(before.url))).text(), 'a fox');
    assert.equal(await (await second.fetch(present(present(downloadUrls)[0].url))).text(), 'a fox', 'links hold');
    assert.equal((await second.fetch(present(uploadUrl), { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'later' })).status, 200, 'upload URLs hold');
    assert.equal((await second.fetch(present(downloadUrl))).status, 200, 'zips hold');
    await second.client.files.bulkRestoreFilesFromTrashBin([gone.id]);
    assert.deepEqual(await top(second), ['Animals/', 'gone.txt', 'later.txt']);
  });

  test('directory: refuses a second manager, in this process and in another', async (t) => {
    const directory = await emptyDirectory(t);
    const first = await createManager({ storage: { directory } });
    const error = await rejection(createManager({ storage: { directory } }));
    assert.ok(error instanceof WixMediaError);
    assert.equal(error.code, 'LOCKED');
    assert.match(error.message, /another|already|in use/i);
    const program = `import { createManager } from ${JSON.stringify(dist.href)};
      try { await createManager({ storage: { directory: ${JSON.stringify(directory)} } }); console.log('opened'); } catch (error) { console.log(error.code); process.exit(0); }`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: fileURLToPath(new URL('.', import.meta.url)) });
    assert.equal(stdout.trim(), 'LOCKED');
    await first.client.folders.createFolder('still works');
    await first.close();
    assert.deepEqual(await top(await open(t, { storage: { directory } })), ['still works/']);
  });

  test('directory: refuses the path of a file', async (t) => {
    const parent = await emptyDirectory(t);
    await writeFile(join(parent, 'file'), 'x');
    const error = await rejection(createManager({ storage: { directory: join(parent, 'file') } }));
    assert.ok(error instanceof WixMediaError);
    assert.match(error.code, /STORAGE|INVALID_ARGUMENT/);
  });

  test('directory: leaves a catalog alone that is not a database', async (t) => {
    const directory = await emptyDirectory(t);
    const first = await createManager({ storage: { directory } });
    await first.close();
    const { readdir, readFile } = await import('node:fs/promises');
    const name = (await readdir(directory)).find((one) => /\.(db|sqlite)/.test(one) || one.includes('catalog'));
    assert.ok(name, 'the database has a name that can be recognised');
    const broken = Buffer.from('this is no database, whatever it is'.repeat(200));
    await writeFile(join(directory, name), broken);
    const error = await rejection(createManager({ storage: { directory } }));
    assert.ok(error instanceof WixMediaError, String(error));
    assert.deepEqual(await readFile(join(directory, name)), broken);
  });

  for (const [fault, spoil] of /** @type {[string, (catalog: string) => Promise<unknown>][]} */ ([
    ['missing', (catalog) => rename(catalog, `${catalog}.away`)],
    ['empty', (catalog) => copyFile(catalog, `${catalog}.away`).then(() => truncate(catalog))],
    ['damaged', (catalog) => copyFile(catalog, `${catalog}.away`).then(() => writeFile(catalog, 'no database'))],
    // The schema is on the first page.
    ['damaged', (catalog) => copyFile(catalog, `${catalog}.away`).then(() => overwritten(catalog, 100, 2_000))],
  ])) {
    test(`directory: refuses a catalog that is ${fault} beside blobs, and keeps them`, async (t) => {
      const directory = await emptyDirectory(t);
      const first = await createManager({ storage: { directory } });
      const { url } = await put(first, 'fox.txt', 'a fox', { mimeType: 'text/plain' });
      await first.close();
      const blobs = async () => (await readdir(join(directory, 'blobs'), { recursive: true })).sort();
      const before = await blobs();
      const catalog = join(directory, 'catalog.db');
      await spoil(catalog);
      for (let tries = 0; tries < 2; tries += 1) {
        const error = await rejection(createManager({ storage: { directory } }));
        assert.ok(error instanceof WixMediaError, String(error));
        assert.equal(error.code, 'STORAGE_FAILED');
        assert.ok(error.message.includes(`is ${fault}`) && error.message.includes(`wix-media recover ${directory}`), error.message);
        assert.deepEqual(await blobs(), before);
      }
      await rename(`${catalog}.away`, catalog);
      const again = await open(t, { storage: { directory } });
      assert.equal(await (await again.fetch(present(url))).text(), 'a fox');
    });
  }

  test('directory: keeps a blob that no row names for a day, and removes it then', async (t) => {
    const directory = await emptyDirectory(t);
    // The folder of a blob is a hash of its id.
    const folder = [...'orphan'].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 256, 0).toString(16).padStart(2, '0');
    await (await createManager({ storage: { directory } })).close();
    await mkdir(join(directory, 'blobs', folder), { recursive: true });
    const orphan = join(directory, 'blobs', folder, 'orphan');
    await writeFile(orphan, 'left by a crash');
    t.mock.timers.enable({ apis: ['setInterval', 'Date'], now: Date.now() });
    const manager = await createManager({ storage: { directory } });
    const kept = await put(manager, 'fox.txt', 'a fox', { mimeType: 'text/plain' });
    assert.ok(existsSync(orphan), 'a start removes nothing');
    /** @param {number} count */
    const hours = (count) => {
      for (let hour = 0; hour < count; hour += 1) t.mock.timers.tick(3_600_000);
    };
    hours(24);
    assert.ok(existsSync(orphan), 'its day begins with the first sweep');
    assert.equal(manager.storage.usage.orphans, 1);
    hours(2);
    assert.ok(!existsSync(orphan), 'gone after a day');
    assert.equal(manager.storage.usage.orphans, 0);
    const { url } = await manager.client.files.getFileDescriptor(kept.id);
    assert.equal(await (await manager.fetch(present(url))).text(), 'a fox');
    await manager.close();
  });

  test('directory: can be read by its owner only', { skip: process.platform === 'win32' && 'Windows has no such modes' }, async (t) => {
    const before = process.umask(0o022);
    t.after(() => process.umask(before));
    const directory = join(await emptyDirectory(t), 'new');
    const modes = async () => {
      const entries = await readdir(directory, { withFileTypes: true, recursive: true });
      const all = [directory, ...entries.map((entry) => join(entry.parentPath, entry.name))];
      return Promise.all(all.map(async (name) => /** @type {[string, string]} */ ([relative(directory, name), ((await stat(name)).mode & 0o777).toString(8)])));
    };
    const first = await createManager({ storage: { directory } });
    await put(first, 'fox.txt', 'a fox', { mimeType: 'text/plain' });
    const found = await modes();
    for (const [name, mode] of found) assert.equal(mode, name === '' || /^blobs(\/..)?$/.test(name) ? '700' : '600', name);
    for (const expected of ['', 'catalog.db', 'catalog.db-wal', 'lock', 'blobs']) assert.ok(found.some(([name]) => name === expected), expected);
    assert.ok(found.some(([name]) => /^blobs\/..\//.test(name)));
    await first.close();
    // What an earlier version has left open is closed. The directory itself may be of the owner's making.
    await chmod(directory, 0o755);
    await chmod(join(directory, 'blobs'), 0o755);
    await chmod(join(directory, 'catalog.db'), 0o644);
    await open(t, { storage: { directory } });
    const later = new Map(await modes());
    assert.deepEqual([later.get(''), later.get('blobs'), later.get('catalog.db')], ['755', '700', '600']);
  });

  test('usage: counts the stored bytes', async (t) => {
    for (const storage of /** @type {ManagerOptions['storage'][]} */ (['memory', { directory: await emptyDirectory(t) }])) {
      const manager = await open(t, { storage });
      await put(manager, 'some.bin', new Uint8Array(100_000));
      const usage = await manager.storage.usage;
      assert.ok(usage.bytes >= 100_000, JSON.stringify(usage));
    }
  });

  test('storage: refuses unknown kinds', async () => {
    for (const storage of ['disk', 7, {}, { directory: '' }, { s3: 'bucket' }]) {
      const error = await rejection(createManager(/** @type {any} */ ({ storage })));
      assert.ok(error instanceof WixMediaError, JSON.stringify(storage));
      assert.equal(error.code, 'INVALID_ARGUMENT');
    }
  });

  test('directory: refuses one without write permission', { skip: process.getuid?.() === 0 && 'root may write anywhere' }, async (t) => {
    const directory = await emptyDirectory(t);
    await mkdir(join(directory, 'closed'));
    await chmod(join(directory, 'closed'), 0o500);
    assert.ok((await rejection(createManager({ storage: { directory: join(directory, 'closed') } }))) instanceof WixMediaError);
  });
});
