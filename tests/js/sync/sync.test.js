// Synchronisation between folders and Media Managers: what arrives, what stays, what is said.
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { noise } from '../harness/bytes.js';
import { rejection } from '../harness/client.js';
import { serveManager, startManager, temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { sync } from '../harness/sync.js';
import { counts, fill, siteTreeOf, treeOf } from './world.js';

/** @import { SyncAction } from '../harness/sync.js' */
/** @import { Tree } from './world.js' */

/** @type {Tree} */
const PHOTOS = { 'a.txt': 'a', Animals: null, 'Animals/fox.txt': 'fox', 'Animals/Young': null, 'Animals/Young/cub.txt': 'cub', Empty: null };

suite('sync', () => {
  test('sync: a folder to a Media Manager and on to another folder, with empty folders', async (t) => {
    const folder = await temporaryFolder(t);
    const manager = await startManager(t);
    await fill(join(folder, 'from'), PHOTOS);
    /** @type {SyncAction[]} */
    const actions = [];
    const report = await sync(join(folder, 'from'), manager, { onAction: (action) => actions.push(action) });
    assert.deepEqual(counts(report), { created: 3, foldersCreated: 3, bytes: 7 });
    assert.deepEqual(
      actions.sort((one, other) => (one.path < other.path ? -1 : 1)),
      [
        { action: 'create-folder', path: 'Animals', kind: 'folder', bytes: 0 },
        { action: 'create-folder', path: 'Animals/Young', kind: 'folder', bytes: 0 },
        { action: 'create', path: 'Animals/Young/cub.txt', kind: 'file', bytes: 3 },
        { action: 'create', path: 'Animals/fox.txt', kind: 'file', bytes: 3 },
        { action: 'create-folder', path: 'Empty', kind: 'folder', bytes: 0 },
        { action: 'create', path: 'a.txt', kind: 'file', bytes: 1 },
      ],
    );
    assert.deepEqual(await siteTreeOf(manager.client), PHOTOS);
    assert.deepEqual(counts(await sync(manager.client, join(folder, 'to'))), { created: 3, foldersCreated: 3, bytes: 7 });
    assert.deepEqual(await treeOf(join(folder, 'to')), PHOTOS);
    assert.deepEqual(await readdir(join(folder, 'to/.wix-media')).then((names) => names.filter((name) => !name.includes('journal'))), ['manifest.jsonl'], 'no scratch is left');
    // What was downloaded is as old as it is at its source.
    const { file } = /** @type {{ file: { _createdDate: Date } }} */ (await manager.client.paths.resolve('/a.txt'));
    assert.equal((await stat(join(folder, 'to/a.txt'))).mtime.getTime(), file._createdDate.getTime());
  });

  test('sync: to a folder of a server and between servers, and only below that folder', async (t) => {
    const folder = await temporaryFolder(t);
    const [one, other] = [await serveManager(t), await serveManager(t)];
    await fill(join(folder, 'from'), PHOTOS);
    await sync(join(folder, 'from'), { client: one.client, path: '/Media/Photos' });
    assert.deepEqual(await siteTreeOf(one.client, '/Media/Photos'), PHOTOS);
    const report = await sync({ client: one.client, path: '/Media' }, { client: other.client, path: '/Copy/' });
    assert.deepEqual(counts(report), { created: 3, foldersCreated: 4, bytes: 7 });
    assert.deepEqual(await siteTreeOf(other.client, '/Copy/Photos'), PHOTOS);
    assert.deepEqual(counts(await sync({ client: one.client, path: '/Media' }, { client: other.client, path: '/Copy' })), { unchanged: 3 });
  });

  test('sync: large files go in pieces, byte for byte, both ways', async (t) => {
    const folder = await temporaryFolder(t);
    const { client } = await serveManager(t);
    const bytes = noise(11_000_000);
    await mkdir(join(folder, 'from'));
    await writeFile(join(folder, 'from/large.bin'), bytes);
    const told = /** @type {number[]} */ ([]);
    await sync(join(folder, 'from'), client, { onProgress: ({ bytes: done, totalBytes }) => told.push(done / totalBytes) });
    assert.equal(told.at(-1), 1);
    assert.deepEqual(told, [...told].sort((one, before) => one - before), 'progress never goes back');
    await sync(client, join(folder, 'to'));
    assert.ok((await readFile(join(folder, 'to/large.bin'))).equals(bytes));
  });

  test('sync: a second run only lists', async (t) => {
    const folder = await temporaryFolder(t);
    const { client, requests } = await serveManager(t);
    await fill(join(folder, 'from'), PHOTOS);
    for (const [from, to] of /** @type {const} */ ([[join(folder, 'from'), client], [client, join(folder, 'to')]])) {
      await sync(from, to);
      requests.length = 0;
      assert.deepEqual(counts(await sync(from, to)), { unchanged: 3 });
      const calls = requests.map(({ method, path }) => `${method} ${path.replace(/^.*\/v1\//, '')}`);
      // One look at the top, and each folder is listed once.
      assert.deepEqual(calls.sort(), ['GET folders/media-root', ...Array(4).fill('GET files'), ...Array(4).fill('GET folders')].sort());
    }
  });

  test('sync: a file that was only touched is read, and not sent; --checksum reads every file', async (t) => {
    const folder = await temporaryFolder(t);
    const { client, requests } = await serveManager(t);
    await fill(folder, { 'a.txt': 'a', 'b.txt': 'b' });
    await sync(folder, client);
    await utimes(join(folder, 'a.txt'), 1, 1);
    requests.length = 0;
    assert.deepEqual(counts(await sync(folder, client)), { unchanged: 2 });
    assert.ok(requests.every(({ method }) => method === 'GET'));
    // The same size, time and inode, and other bytes: only a run that reads can see it.
    const before = await stat(join(folder, 'b.txt'), { bigint: true });
    await writeFile(join(folder, 'b.txt'), 'x');
    await utimes(join(folder, 'b.txt'), new Date(Number(before.atimeMs)), new Date(Number(before.mtimeMs)));
    const { mtimeNs } = await stat(join(folder, 'b.txt'), { bigint: true });
    if (mtimeNs === before.mtimeNs) assert.deepEqual(counts(await sync(folder, client)), { unchanged: 2 });
    assert.deepEqual(counts(await sync(folder, client, { checksum: true })), { unchanged: 1, updated: 1, bytes: 1 });
    assert.deepEqual(await siteTreeOf(client), { 'a.txt': 'a', 'b.txt': 'x' });
  });

  test('sync: without its journal, files are compared by their hashes', async (t) => {
    const folder = await temporaryFolder(t);
    const { client, requests } = await serveManager(t);
    await fill(folder, PHOTOS);
    await sync(folder, client);
    await rm(join(folder, '.wix-media'), { recursive: true });
    requests.length = 0;
    assert.deepEqual(counts(await sync(folder, client)), { unchanged: 3 });
    assert.ok(requests.every(({ method }) => method === 'GET'));
    await writeFile(join(folder, 'a.txt'), 'b');
    await rm(join(folder, '.wix-media'), { recursive: true });
    assert.deepEqual(counts(await sync(folder, client)), { unchanged: 2, updated: 1, bytes: 1 });
    assert.equal((await siteTreeOf(client))['a.txt'], 'b');
  });

  test('sync: hashes that are not MD5 are found out, and files compared by their bytes', async (t) => {
    const folder = await temporaryFolder(t);
    // A service whose hashes are something else, of the same look.
    const { client, requests } = await serveManager(t, {
      answer: async (request, next) => {
        const response = await next(request);
        if (!response.headers.get('content-type')?.includes('json')) return response;
        const text = (await response.text()).replaceAll(/"hash":"([0-9a-f]{32})"/g, (_, hash) => `"hash":"${[...hash].reverse().join('')}"`);
        return new Response(text, { status: response.status, headers: { 'content-type': 'application/json' } });
      },
    });
    await fill(folder, { 'a.txt': 'aa', 'b.txt': 'bb' });
    await sync(folder, client);
    await rm(join(folder, '.wix-media'), { recursive: true });
    assert.deepEqual(counts(await sync(folder, client)), { unchanged: 2 });
    await writeFile(join(folder, 'a.txt'), 'ax');
    assert.deepEqual(counts(await sync(folder, client)), { unchanged: 1, updated: 1, bytes: 2 });
    assert.deepEqual(await siteTreeOf(client), { 'a.txt': 'ax', 'b.txt': 'bb' });
    requests.length = 0;
    assert.deepEqual(counts(await sync(folder, client)), { unchanged: 2 });
    assert.ok(requests.every(({ path }) => /\/(files|folders)(\/media-root)?$/.test(path)), 'the journal knows them');
  });

  test('sync: deletes nothing at the target by itself; replaced and deleted files go to the trash', async (t) => {
    const folder = await temporaryFolder(t);
    const { client } = await serveManager(t);
    const [from, to] = [join(folder, 'from'), join(folder, 'to')];
    for (const target of /** @type {const} */ ([client, to])) {
      await rm(from, { recursive: true, force: true });
      await fill(from, PHOTOS);
      await sync(from, target);
      await rm(join(from, 'Animals'), { recursive: true });
      await writeFile(join(from, 'a.txt'), 'new');
      assert.deepEqual(counts(await sync(from, target)), { updated: 1, bytes: 3, extra: 2 });
      const tree = () => (target === to ? treeOf(to) : siteTreeOf(client));
      assert.deepEqual(await tree(), { ...PHOTOS, 'a.txt': 'new' });
      const limit = { delete: true, maxDelete: '70%' };
      assert.deepEqual(counts(await sync(from, target, limit)), { unchanged: 1, deleted: 2, foldersDeleted: 2 });
      assert.deepEqual(await tree(), { 'a.txt': 'new', Empty: null });
    }
    const trashed = await client.files.listDeletedFiles().toArray();
    assert.deepEqual(trashed.map(({ displayName }) => displayName), ['a.txt']);
    assert.deepEqual((await client.folders.listDeletedFolders().toArray()).map(({ displayName }) => displayName), ['Animals']);
    const bin = await treeOf(join(to, '.wix-media/trash'));
    assert.deepEqual(Object.values(bin).filter((content) => content !== null).sort(), ['a', 'cub', 'fox']);
  });

  test('sync: delete permanently leaves nothing in the trash', async (t) => {
    const folder = await temporaryFolder(t);
    const { client } = await serveManager(t);
    const [from, to] = [join(folder, 'from'), join(folder, 'to')];
    await fill(from, PHOTOS);
    for (const target of [client, to]) await sync(from, target);
    await rm(join(from, 'Animals'), { recursive: true });
    await writeFile(join(from, 'a.txt'), 'new');
    for (const target of [client, to]) {
      assert.deepEqual(counts(await sync(from, target, { delete: 'permanent', maxDelete: 2 })), { updated: 1, bytes: 3, deleted: 2, foldersDeleted: 2 });
    }
    assert.deepEqual(await client.files.listDeletedFiles().toArray(), []);
    assert.deepEqual(await client.folders.listDeletedFolders().toArray(), []);
    assert.deepEqual(await readdir(join(to, '.wix-media')).then((names) => names.filter((name) => !name.includes('journal'))), []);
  });

  test('sync: hidden files of a folder at the target survive its deletion', async (t) => {
    const folder = await temporaryFolder(t);
    const [from, to] = [join(folder, 'from'), join(folder, 'to')];
    await fill(from, { 'a.txt': 'a' });
    await fill(to, { 'a.txt': 'a', 'Old/b.txt': 'b', 'Old/.keep': 'k' });
    const { skips, ...report } = await sync(from, to, { delete: true, maxDelete: '100%' });
    assert.deepEqual(counts(report), { unchanged: 1, deleted: 1, skipped: 1 });
    assert.deepEqual(skips.map(({ path }) => path), ['Old'], 'the folder that holds them is named, and not counted as deleted');
    assert.deepEqual(await treeOf(to), { 'a.txt': 'a', Old: null, 'Old/.keep': 'k' });
  });

  test('sync: refuses more deletions than its limit, and changes nothing', async (t) => {
    const folder = await temporaryFolder(t);
    const manager = await startManager(t);
    await fill(join(folder, 'from'), Object.fromEntries(Array.from({ length: 20 }, (_, number) => [`${number}.txt`, 'x'])));
    await sync(join(folder, 'from'), manager);
    for (const name of ['1.txt', '2.txt', '3.txt']) await rm(join(folder, 'from', name));
    await writeFile(join(folder, 'from/new.txt'), 'new');
    for (const maxDelete of [undefined, 2, '14%']) {
      const error = await rejection(sync(join(folder, 'from'), manager, { delete: true, maxDelete }));
      assert.equal(error.code, 'TOO_MANY_DELETIONS');
      assert.match(error.message, /refused to delete 3 of 20 files/);
    }
    assert.equal(Object.keys(await siteTreeOf(manager.client)).length, 20);
    // An empty source is the usual mistake.
    await rm(join(folder, 'from'), { recursive: true });
    await mkdir(join(folder, 'from'));
    assert.equal((await rejection(sync(join(folder, 'from'), manager, { delete: true, maxDelete: 19 }))).code, 'TOO_MANY_DELETIONS');
    assert.deepEqual(counts(await sync(join(folder, 'from'), manager, { delete: true, maxDelete: 20 })), { deleted: 20 });
  });

  test('sync: a dry run tells what the next run does, and changes nothing', async (t) => {
    const folder = await temporaryFolder(t);
    const { client, requests } = await serveManager(t);
    await fill(join(folder, 'from'), PHOTOS);
    await client.uploads.upload(new Blob(['old']), { displayName: 'a.txt' });
    await client.uploads.upload(new Blob(['gone']), { displayName: 'z.txt' });
    const options = { delete: true, maxDelete: '100%' };
    /** @type {SyncAction[]} */
    const planned = [];
    requests.length = 0;
    const preview = await sync(join(folder, 'from'), client, { ...options, dryRun: true, onAction: (action) => planned.push(action) });
    assert.ok(requests.every(({ method }) => method === 'GET'));
    assert.deepEqual(await readdir(join(folder, 'from')).then((names) => names.includes('.wix-media')), false);
    assert.equal((await sync(client, join(folder, 'none'), { dryRun: true })).created, 2);
    assert.deepEqual(await readdir(folder), ['from']);
    /** @type {SyncAction[]} */
    const done = [];
    const report = await sync(join(folder, 'from'), client, { ...options, onAction: (action) => done.push(action) });
    const byPath = (/** @type {SyncAction} */ one, /** @type {SyncAction} */ other) => (one.path < other.path ? -1 : 1);
    assert.deepEqual(planned.sort(byPath), done.sort(byPath));
    assert.deepEqual({ ...preview, isDryRun: false }, report);
  });

  test('sync: asks before it begins, with the plan', async (t) => {
    const folder = await temporaryFolder(t);
    const manager = await startManager(t);
    await fill(folder, PHOTOS);
    const error = await rejection(sync(folder, manager, { confirm: ({ created, isDryRun }) => created !== 3 || !isDryRun }));
    assert.equal(error.code, 'CANCELLED');
    assert.deepEqual(await siteTreeOf(manager.client), {});
    await sync(folder, manager, { confirm: async () => true });
    await sync(folder, manager, { confirm: () => assert.fail('there is nothing to ask') });
  });

  test('sync: two files and two folders of one name are kept apart, and stay what they are', async (t) => {
    const folder = await temporaryFolder(t);
    const { client, requests } = await serveManager(t);
    const other = (await serveManager(t)).client;
    for (const content of ['first', 'second', 'third']) await client.uploads.upload(new Blob([content]), { displayName: 'same.txt' });
    for (const content of ['one', 'two']) {
      const { folder: made } = await client.folders.createFolder('Same');
      await client.uploads.upload(new Blob([content]), { displayName: 'in.txt', parentFolderId: made._id });
    }
    await client.folders.createFolder('same.txt');
    const to = join(folder, 'to');
    await sync(client, to);
    const tree = { Same: null, 'Same/in.txt': 'one', 'Same‛~2': null, 'Same‛~2/in.txt': 'two', 'same.txt': null, 'same‛~2.txt': 'first', 'same‛~3.txt': 'second', 'same‛~4.txt': 'third' };
    assert.deepEqual(await treeOf(to), tree);
    assert.equal((await sync(client, to)).unchanged, 5);
    // The names are back on the way to another one.
    await sync(to, other);
    assert.deepEqual(Object.values(await siteTreeOf(other)).sort(), Object.values(await siteTreeOf(client)).sort());
    const names = async (/** @type {typeof client} */ own) => (await own.files.listFiles().toArray()).map(({ displayName }) => displayName).sort();
    assert.deepEqual(await names(other), await names(client));
    assert.equal((await sync(to, other)).unchanged, 5);
    // When the first is gone, the others keep their files.
    const first = (await client.files.listFiles().toArray()).sort((a, b) => Number(a._createdDate) - Number(b._createdDate))[0];
    await client.files.bulkDeleteFiles([first._id]);
    requests.length = 0;
    assert.deepEqual(counts(await sync(client, to, { delete: true, maxDelete: '100%' })), { unchanged: 4, deleted: 1 });
    assert.ok(requests.every(({ method }) => method === 'GET'));
  });

  test('sync: names that no file system takes come back as they were', async (t) => {
    const folder = await temporaryFolder(t);
    const [one, other] = [await startManager(t), await startManager(t)];
    const names = ['a:b?.txt', 'con.txt', '.hidden', 'ends. ', 'a/b.txt', 'e\u0301.txt', '\u00e9.txt', '‛3A.txt', 'Case.txt', 'case.txt'];
    for (const name of names) await one.client.uploads.upload(new Blob([name]), { displayName: name });
    await sync(one, join(folder, 'to'));
    assert.deepEqual(counts(await sync(one, join(folder, 'to'))), { unchanged: names.length });
    await sync(join(folder, 'to'), other);
    assert.deepEqual((await other.client.files.listFiles().toArray()).map(({ displayName }) => displayName).sort(), names.sort());
    assert.deepEqual(counts(await sync(one, other)), { unchanged: names.length });
  });

  test('sync: a file without extension keeps its name', async (t) => {
    const folder = await temporaryFolder(t);
    const manager = await startManager(t);
    const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==', 'base64');
    await writeFile(join(folder, 'picture'), png);
    await sync(folder, manager);
    assert.deepEqual(counts(await sync(folder, manager)), { unchanged: 1 });
    assert.deepEqual(Object.keys(await siteTreeOf(manager.client)), ['picture']);
  });

  test('sync: a file in the place of a folder, and a folder in the place of a file', async (t) => {
    const folder = await temporaryFolder(t);
    const manager = await startManager(t);
    const from = join(folder, 'from');
    for (const target of /** @type {const} */ ([manager.client, join(folder, 'to')])) {
      await rm(from, { recursive: true, force: true });
      await fill(from, { x: 'file', 'y/z.txt': 'z', 'w.txt': 'w' });
      await sync(from, target);
      await rm(join(from, 'x'));
      await rm(join(from, 'y'), { recursive: true });
      await fill(from, { 'x/z.txt': 'z', y: 'file' });
      const report = await sync(from, target);
      assert.deepEqual(report.failures.map(({ path, code }) => [path, code]), [['x', 'KIND_DIFFERS'], ['y', 'KIND_DIFFERS']]);
      assert.deepEqual(counts(await sync(from, target, { delete: true, maxDelete: '100%' })), { created: 2, foldersCreated: 1, deleted: 2, foldersDeleted: 1, unchanged: 1, bytes: 5 });
      const tree = typeof target === 'string' ? await treeOf(target) : await siteTreeOf(target);
      assert.deepEqual(tree, { 'w.txt': 'w', x: null, 'x/z.txt': 'z', y: 'file' });
    }
  });

  test('sync: labels and private files arrive in another Media Manager', async (t) => {
    const [one, other] = [await startManager(t), await startManager(t)];
    await one.client.uploads.upload(new Blob(['a']), { displayName: 'a.txt', labels: ['x', 'y'], private: true });
    await sync(one, other);
    const [file] = await other.client.files.listFiles().toArray();
    assert.deepEqual([file.labels, file.private], [['x', 'y'], true]);
  });

  test('sync: names what it cannot read or store, and does the rest', { skip: process.platform === 'win32' }, async (t) => {
    const folder = await temporaryFolder(t);
    const manager = await startManager(t);
    const isRoot = process.getuid?.() === 0;
    await fill(folder, { 'a.txt': 'a', 'empty.txt': '', 'closed.txt': 'c', 'Closed/x.txt': 'x' });
    await symlink('a.txt', join(folder, 'link'));
    await symlink('..', join(folder, 'Closed/loop'));
    await symlink('self', join(folder, 'self'));
    await symlink('nowhere', join(folder, 'dangling'));
    await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff]), Buffer.from('.txt')]), 'bad');
    await chmod(join(folder, 'closed.txt'), 0);
    const report = await sync(folder, manager);
    assert.equal(report.created, isRoot ? 3 : 2);
    const failures = Object.fromEntries(report.failures.map(({ path, code }) => [path, code]));
    assert.deepEqual(failures, { 'empty.txt': 'ZERO_FILE_SIZE', 'Closed/loop': 'ELOOP', self: 'ELOOP', '\ufffd.txt': 'NAME_INVALID', ...(!isRoot && { 'closed.txt': 'SOURCE_FAILED' }) });
    assert.deepEqual(report.skips, [{ path: 'dangling', reason: 'a symbolic link to nothing' }, { path: 'link', reason: 'a symbolic link' }]);
    assert.deepEqual([report.failed, report.skipped], [report.failures.length, 2]);
  });

  test('sync: deletes nothing if a part of the source could not be read', { skip: process.platform === 'win32' }, async (t) => {
    const folder = await temporaryFolder(t);
    const manager = await startManager(t);
    await fill(folder, { 'a.txt': 'a', 'b.txt': 'b' });
    await sync(folder, manager);
    await rm(join(folder, 'b.txt'));
    // A name that cannot be read, by any user.
    const unreadable = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff])]);
    await mkdir(unreadable);
    const options = { delete: true, maxDelete: '100%' };
    const report = await sync(folder, manager, options);
    assert.deepEqual([report.deleted, report.failures.map(({ code }) => code)], [0, ['NAME_INVALID']]);
    assert.deepEqual(Object.keys(await siteTreeOf(manager.client)), ['a.txt', 'b.txt']);
    await rm(unreadable, { recursive: true });
    assert.deepEqual(counts(await sync(folder, manager, options)), { unchanged: 1, deleted: 1 });
  });

  test('sync: hidden files belong to it only when asked', async (t) => {
    const folder = await temporaryFolder(t);
    const manager = await startManager(t);
    await fill(folder, { '.env': 'secret', '.git/config': 'x', 'a.txt': 'a' });
    await sync(folder, manager);
    assert.deepEqual(Object.keys(await siteTreeOf(manager.client)), ['a.txt']);
    await sync(folder, manager, { hidden: true });
    assert.deepEqual(Object.keys(await siteTreeOf(manager.client)), ['.env', '.git', '.git/config', 'a.txt']);
  });

  test('sync: refuses places that overlap, are missing, or are no places', async (t) => {
    const folder = await temporaryFolder(t);
    const manager = await startManager(t);
    await fill(join(folder, 'a'), { 'b/c.txt': 'c' });
    for (const [from, to, code] of /** @type {[any, any, string][]} */ ([
      [join(folder, 'a'), join(folder, 'a/b'), 'PLACES_OVERLAP'],
      [join(folder, 'a/b'), join(folder, 'a'), 'PLACES_OVERLAP'],
      [join(folder, 'a'), `${folder}/x/../a/`, 'PLACES_OVERLAP'],
      [manager, manager.client, 'PLACES_OVERLAP'],
      [join(folder, 'none'), manager, 'PLACE_NOT_FOUND'],
      [join(folder, 'a/b/c.txt'), manager, 'PLACE_NOT_FOUND'],
      [{ client: manager.client, path: '/none' }, join(folder, 'to'), 'PATH_NOT_FOUND'],
      ['', manager, 'INVALID_ARGUMENT'],
      ['https://example.com/Photos', manager, 'INVALID_ARGUMENT'],
      [join(folder, 'a'), new URL('http://127.0.0.1:4410/Photos'), 'INVALID_ARGUMENT'],
      [undefined, manager, 'INVALID_ARGUMENT'],
      [manager, {}, 'INVALID_ARGUMENT'],
      [{ client: manager.client, path: 1 }, join(folder, 'to'), 'INVALID_ARGUMENT'],
    ])) {
      assert.equal((await rejection(sync(from, to))).code, code, `${code} of ${String(from)} and ${String(to)}`);
    }
    const storage = { directory: join(folder, 'media') };
    const stored = await startManager(t, { storage });
    await stored.client.uploads.upload(new Blob(['a']), { displayName: 'a.txt' });
    assert.match((await rejection(sync(join(folder, 'media'), manager))).message, /is the directory of a Media Manager/);
    assert.deepEqual(await readdir(folder), ['a', 'media']);
  });

  test('sync: notices places that overlap through symbolic links', { skip: process.platform === 'win32' }, async (t) => {
    const folder = await temporaryFolder(t);
    await fill(join(folder, 'a'), { 'b/c.txt': 'c' });
    await symlink('a', join(folder, 'link'));
    await symlink('a/b', join(folder, 'inner'));
    for (const to of ['link', 'link/b', 'inner', 'inner/new', 'link/new/deep']) {
      assert.equal((await rejection(sync(join(folder, 'a'), join(folder, to)))).code, 'PLACES_OVERLAP', to);
    }
    assert.equal((await rejection(sync(join(folder, 'inner'), join(folder, 'a')))).code, 'PLACES_OVERLAP');
    assert.deepEqual(await treeOf(join(folder, 'a')), { b: null, 'b/c.txt': 'c' });
    assert.equal((await sync(join(folder, 'link/b'), join(folder, 'other'))).created, 1);
  });

  test('sync: refuses options that make no sense', async (t) => {
    const folder = await temporaryFolder(t);
    const manager = await startManager(t);
    for (const options of /** @type {any[]} */ ([{ maxDelete: '101%' }, { maxDelete: -1 }, { maxDelete: 'x' }, { maxDelete: 1.5 }, { delete: 'yes' }, { concurrency: 0 }, { signal: {} }, { journal: '' }, { dryRun: 1 }, { onAction: 'x' }, 1])) {
      assert.equal((await rejection(sync(folder, manager, options))).code, 'INVALID_ARGUMENT', JSON.stringify(options));
    }
    assert.match((await rejection(sync(folder, manager, /** @type {any} */ ({ dryrun: true })))).message, /dryrun is not an option: did you mean dryRun\?/);
  });

  test('sync: ends with the reason of its signal, and the next run goes on', async (t) => {
    const folder = await temporaryFolder(t);
    const { client } = await serveManager(t);
    await fill(folder, Object.fromEntries(Array.from({ length: 20 }, (_, number) => [`${number}.txt`, String(number)])));
    const controller = new AbortController();
    const reason = new Error('enough');
    let done = 0;
    const onAction = () => {
      done += 1;
      if (done === 5) controller.abort(reason);
    };
    assert.equal(await rejection(sync(folder, client, { signal: controller.signal, onAction })), reason);
    await assert.rejects(sync(folder, client, { signal: controller.signal }), reason);
    const report = await sync(folder, client);
    assert.ok(report.unchanged >= 5 && report.created === 20 - report.unchanged);
    assert.equal(Object.keys(await siteTreeOf(client)).length, 20);
  });

  test('sync: ends when the credentials do', async (t) => {
    const folder = await temporaryFolder(t);
    let left = 20;
    const { baseUrl } = await serveManager(t, {
      answer: (request, next) => {
        left -= 1;
        return left > 0 ? next(request) : new Response('{}', { status: 401, headers: { 'content-type': 'application/json' } });
      },
    });
    const client = createClient({ baseUrl, auth: { apiKey: 'key' } });
    await fill(folder, Object.fromEntries(Array.from({ length: 50 }, (_, number) => [`${number}.txt`, String(number)])));
    const error = await rejection(sync(folder, client));
    assert.equal(error.status, 401);
    assert.ok(left > -20, 'it does not try the others');
    left = Infinity;
    await sync(folder, client);
    assert.equal(Object.keys(await siteTreeOf(client)).length, 50, 'nothing was stored twice');
  });

  test('sync: takes a folder along that was moved with its journal', async (t) => {
    const folder = await temporaryFolder(t);
    const { client, requests } = await serveManager(t);
    await client.uploads.upload(new Blob(['a']), { displayName: 'a.txt' });
    await sync(client, join(folder, 'one'));
    await rename(join(folder, 'one'), join(folder, 'two'));
    requests.length = 0;
    assert.deepEqual(counts(await sync(client, new URL(`file://${folder}/two`))), { unchanged: 1 });
    assert.ok(requests.every(({ path }) => !path.includes('download')));
  });
});
