// Backups with their manifest, restored elsewhere, and the texts that name the old files.
import assert from 'node:assert/strict';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { rejection } from '../harness/client.js';
import { serveManager, startManager, temporaryFolder } from '../harness/manager.js';
import { rewrite, sync, verify } from '../harness/sync.js';
import { counts, siteTreeOf, treeOf } from './world.js';

/** @import { MediaManager } from '../harness/package.js' */

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==', 'base64');

/**
 * Fills a Media Manager with what a file system cannot hold.
 *
 * @param {MediaManager} manager
 */
async function filled({ client }) {
  const { folder } = await client.folders.createFolder('Animals');
  const picture = await client.uploads.upload(new Blob([PNG], { type: 'image/png' }), { displayName: 'fox.png', parentFolderId: folder._id, labels: ['red', 'snow'] });
  const secret = await client.uploads.upload(new Blob(['secret']), { displayName: 'a:b.txt', private: true });
  const long = await client.uploads.upload(new Blob(['long']), { displayName: `${'x'.repeat(400)}.txt` });
  return { picture, secret, long };
}

/** @param {string} text */
const linesOf = (text) => text.trim().split('\n').map((line) => JSON.parse(line));

suite('backup', () => {
  test('sync: writes a manifest beside the files, sorted, and the same one for the same content', async (t) => {
    const folder = await temporaryFolder(t);
    const manager = await startManager(t);
    const { picture, secret } = await filled(manager);
    await sync(manager, folder);
    const text = await readFile(join(folder, '.wix-media/manifest.jsonl'), 'utf8');
    const [header, ...lines] = linesOf(text);
    assert.deepEqual(header, { manifest: 1, site: picture.siteId });
    assert.deepEqual(lines.map(({ path, kind }) => [path.slice(0, 15), kind]), [['Animals', 'folder'], ['Animals/fox.png', 'file'], ['a‛3Ab.txt', 'file'], ['x'.repeat(15), 'file']]);
    const { media, ...plain } = lines[1];
    assert.deepEqual(plain, {
      path: 'Animals/fox.png',
      kind: 'file',
      id: picture._id,
      name: 'fox.png',
      created: picture._createdDate?.toISOString(),
      size: PNG.length,
      hash: picture.hash,
      labels: ['red', 'snow'],
      mimeType: 'image/png',
      mediaType: 'IMAGE',
      updated: picture._updatedDate?.toISOString(),
      url: picture.url,
      tags: ['_fileOrigin_uploaded'],
    });
    assert.match(media.image.image, /^wix:image:.*originWidth=2&originHeight=2$/);
    assert.deepEqual([lines[2].name, lines[2].private, lines[2].id], ['a:b.txt', true, secret._id]);
    await sync(manager, folder);
    assert.equal(await readFile(join(folder, '.wix-media/manifest.jsonl'), 'utf8'), text);
    // A change of a label changes one line, and no file.
    await manager.client.files.updateFileDescriptor({ _id: picture._id, labels: ['blue'] });
    assert.deepEqual(counts(await sync(manager, folder)), { unchanged: 3 });
    const changed = (await readFile(join(folder, '.wix-media/manifest.jsonl'), 'utf8')).split('\n').filter((line) => !text.includes(line));
    assert.deepEqual(changed.map((line) => JSON.parse(line).labels), [['blue']]);
  });

  test('sync: restores a backup with names, labels and private files, and maps old to new', async (t) => {
    const folder = await temporaryFolder(t);
    const one = await startManager(t);
    const other = await serveManager(t);
    const { picture, secret, long } = await filled(one);
    await sync(one, join(folder, 'backup'));
    // The backup alone is enough: neither the journal nor the site.
    const map = join(folder, 'ids.jsonl');
    const report = await sync(join(folder, 'backup'), other.client, { map });
    assert.equal(report.created, 3);
    const files = Object.fromEntries((await other.client.files.queryFileDescriptors().find()).items.map((file) => [file.displayName, file]));
    assert.deepEqual(Object.keys(files).sort(), ['a:b.txt', 'fox.png', long.displayName].sort());
    assert.deepEqual([files['fox.png'].labels, files['fox.png'].private, files['a:b.txt'].private], [['red', 'snow'], false, true]);
    const rows = linesOf(await readFile(map, 'utf8'));
    assert.deepEqual(
      rows.filter(({ path }) => path !== 'Animals').map(({ path, from, to }) => [path.slice(0, 5), from.id, to.id]),
      [['Anima', picture._id, files['fox.png']._id], ['a‛3Ab', secret._id, files['a:b.txt']._id], ['xxxxx', long._id, files[String(long.displayName)]._id]],
    );
    assert.deepEqual([rows[1].from.url, rows[1].to.url], [picture.url, files['fox.png'].url]);
    // Once more: nothing moves, and the map is the same.
    const again = join(folder, 'again.jsonl');
    assert.deepEqual(counts(await sync(join(folder, 'backup'), other.client, { map: again })), { unchanged: 3 });
    assert.equal(await readFile(again, 'utf8'), await readFile(map, 'utf8'));
  });

  test('sync: labels that differ are set in one call; a file of other privacy is stored anew', async (t) => {
    const folder = await temporaryFolder(t);
    const one = await startManager(t);
    const other = await serveManager(t);
    const { picture } = await filled(one);
    for (const from of [one, join(folder, 'backup')]) {
      if (typeof from === 'string') await sync(one, from);
      await sync(from, other.client);
      const { file } = /** @type {{ file: { _id: string } }} */ (await other.client.paths.resolve('/Animals/fox.png'));
      await other.client.files.updateFileDescriptor({ _id: file._id, labels: ['other'] });
      other.requests.length = 0;
      assert.deepEqual(counts(await sync(from, other.client)), { unchanged: 2, relabelled: 1 });
      assert.deepEqual(other.requests.filter(({ method }) => method !== 'GET').map(({ method }) => method), ['PATCH']);
      const found = await other.client.files.getFileDescriptor(file._id);
      assert.deepEqual(found.labels, picture.labels);
    }
    await one.client.files.bulkDeleteFiles([picture._id]);
    await one.client.uploads.upload(new Blob([PNG], { type: 'image/png' }), { displayName: 'fox.png', parentFolderId: String(picture.parentFolderId), private: true });
    assert.equal((await sync(one, other.client)).updated, 1);
    const { file } = /** @type {{ file: { private?: boolean } }} */ (await other.client.paths.resolve('/Animals/fox.png'));
    assert.equal(file.private, true);
  });

  test('sync: with trash, deleted files are in the backup, and in the trash of what it restores', async (t) => {
    const folder = await temporaryFolder(t);
    const backup = join(folder, 'backup');
    const [one, other] = [await serveManager(t), await serveManager(t)];
    const { client } = one;
    for (const [displayName, content] of [['a.txt', 'a'], ['b.txt', 'first'], ['b.txt', 'second'], ['c.txt', 'c']]) await client.uploads.upload(new Blob([content]), { displayName, labels: ['red'] });
    const files = await client.files.listFiles().toArray();
    const idsOf = (/** @type {string} */ name) => files.filter(({ displayName }) => displayName === name).map(({ _id }) => String(_id));
    await client.files.bulkDeleteFiles(idsOf('b.txt'));
    assert.deepEqual(counts(await sync(client, backup)), { created: 2, bytes: 2 });
    const options = { trash: true, delete: true, maxDelete: '100%' };
    assert.deepEqual(counts(await sync(client, backup, options)), { created: 2, foldersCreated: 1, bytes: 11, unchanged: 2 });
    const trash = { '‛trash': null, '‛trash/b.txt': 'first', '‛trash/b‛~2.txt': 'second' };
    assert.deepEqual(await treeOf(backup), { 'a.txt': 'a', 'c.txt': 'c', ...trash });
    // What is deleted on the site moves to the trash of the backup.
    await client.files.bulkDeleteFiles(idsOf('c.txt'));
    one.requests.length = 0;
    assert.deepEqual(counts(await sync(client, backup, options)), { moved: 1, unchanged: 3 });
    assert.ok(one.requests.every(({ method }) => method === 'GET'));
    assert.deepEqual((await verify(client, backup, { trash: true, hash: true })).different, 0);
    const lines = linesOf(await readFile(join(backup, '.wix-media/manifest.jsonl'), 'utf8'));
    assert.deepEqual(lines.slice(1).map(({ path, name }) => [path, name]), [['a.txt', 'a.txt'], ['‛trash', '‛trash'], ['‛trash/b.txt', 'b.txt'], ['‛trash/b‛~2.txt', 'b.txt'], ['‛trash/c.txt', 'c.txt']]);
    // Restored elsewhere: without the option there is no trash, with it all of it.
    assert.deepEqual(counts(await sync(backup, other.client)), { created: 1, bytes: 1 });
    assert.deepEqual(counts(await sync(backup, other.client, options)), { created: 3, bytes: 12, unchanged: 1 });
    for (let time = 0; time < 2; time += 1) {
      assert.deepEqual(await siteTreeOf(other.client), { 'a.txt': 'a' });
      const restored = await other.client.files.listDeletedFiles().toArray();
      assert.deepEqual(restored.map(({ displayName, labels }) => [displayName, labels]).sort(), [['b.txt', ['red']], ['b.txt', ['red']], ['c.txt', ['red']]]);
      other.requests.length = 0;
      assert.deepEqual(counts(await sync(backup, other.client, options)), { unchanged: 4 });
      assert.ok(other.requests.every(({ method }) => method === 'GET'));
    }
    // A file that is taken out of the trash there is moved out of it here, and nothing is ever deleted from a trash.
    await client.files.bulkRestoreFilesFromTrashBin(idsOf('c.txt'));
    await client.files.bulkDeleteFiles([idsOf('b.txt')[0]], { permanent: true });
    assert.deepEqual(counts(await sync(client, backup, options)), { moved: 1, deleted: 1, unchanged: 2 });
    assert.deepEqual(counts(await sync(backup, other.client, options)), { moved: 1, unchanged: 2, extra: 1 });
    assert.deepEqual(await siteTreeOf(other.client), { 'a.txt': 'a', 'c.txt': 'c' });
    assert.equal((await other.client.files.listDeletedFiles().toArray()).length, 2);
    for (const [to, more] of /** @type {[any, object][]} */ ([[{ client: other.client, path: '/x' }, {}], [other.client, { twoWay: true }]])) {
      assert.equal((await rejection(sync(backup, to, { trash: true, ...more }))).code, 'INVALID_ARGUMENT');
    }
  });

  test('sync: goes on with a restored trash that was interrupted', async (t) => {
    const folder = await temporaryFolder(t);
    let isBroken = true;
    const one = await startManager(t);
    const other = await serveManager(t, {
      answer: (request, next) => (isBroken && request.url.includes('/bulk/files/delete') ? new Response('{}', { status: 403, headers: { 'content-type': 'application/json' } }) : next(request)),
    });
    await one.client.uploads.upload(new Blob(['a']), { displayName: 'a.txt' });
    await one.client.files.bulkDeleteFiles((await one.client.files.listFiles().toArray()).map(({ _id }) => String(_id)));
    await sync(one, folder, { trash: true });
    assert.equal((await rejection(sync(folder, other.client, { trash: true }))).status, 403);
    isBroken = false;
    assert.equal((await sync(folder, other.client, { trash: true })).created, 0);
    assert.deepEqual(await siteTreeOf(other.client), {});
    assert.equal((await other.client.files.listDeletedFiles().toArray()).length, 1);
    // The folder that the file came through was never deleted permanently, which could have taken the file with it.
    assert.equal((await other.client.folders.listDeletedFolders().toArray()).length, 1);
    assert.deepEqual(counts(await sync(folder, other.client, { trash: true })), { unchanged: 1 });
  });

  test('sync: refuses a manifest that it cannot read, and trusts none that was edited with names', async (t) => {
    const folder = await temporaryFolder(t);
    const manager = await startManager(t);
    await mkdir(join(folder, '.wix-media'), { recursive: true });
    await writeFile(join(folder, 'a.txt'), 'a');
    const file = join(folder, '.wix-media/manifest.jsonl');
    for (const [text, message] of /** @type {const} */ ([['{"manifest":2}\n', /expected version 1, found 2/], ['{"manifest":1}\n{', /line 2 is not JSON/]])) {
      await writeFile(file, text);
      const error = await rejection(sync(folder, manager));
      assert.equal(error.code, 'MANIFEST_INVALID');
      assert.match(error.message, message);
    }
    await writeFile(file, '{"manifest":1}\n{"path":"a.txt","kind":"file","id":"x","name":"../b.txt","labels":"no"}\n{"path":"gone.txt","kind":"file"}\n');
    assert.equal((await sync(folder, manager)).created, 1);
    assert.deepEqual(await siteTreeOf(manager.client), { 'a.txt': 'a' });
  });
});

suite('rewrite', () => {
  test('rewrite: replaces ids wherever they are, and beginnings of URLs, and nothing else', async (t) => {
    const folder = await temporaryFolder(t);
    const old = 'a1b2c3_0123456789abcdef0123456789abcdef~mv2.jpg';
    const fresh = 'ffffff_fedcba9876543210fedcba9876543210~mv2.jpg';
    const map = join(folder, 'ids.jsonl');
    const row = { path: 'fox.jpg', from: { id: old, url: `https://static.wixstatic.com/media/${old}` }, to: { id: fresh, url: `http://127.0.0.1:4410/media/${fresh}` } };
    await writeFile(map, `${JSON.stringify(row)}\n`);
    const text = (/** @type {string} */ id, /** @type {string} */ base) =>
      [
        `"wix:image://v1/${id}/fox.jpg#originWidth=3&originHeight=4"`,
        `${base}/media/${id}/v1/fill/w_10,h_10/fox.jpg`,
        JSON.stringify(`${base}/media/${id}`).replaceAll('/', '\\/'),
        `${id.replace('~', '%7E')};"${id}",See ${id}.`,
        `x${old} and ${old}x, ${old.toUpperCase()}`,
      ].join('\r\n');
    const before = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`Füchse\n${text(old, 'https://static.wixstatic.com')}`)]);
    const file = join(folder, 'pages.json');
    await writeFile(file, before, { mode: 0o640 });
    await writeFile(join(folder, 'none.txt'), 'nothing');
    const files = [file, join(folder, 'none.txt'), join(folder, 'missing.txt')];
    const [planned] = await rewrite(map, files, { dryRun: true });
    assert.deepEqual([planned.replaced, (await readFile(file)).equals(before)], [6, true]);
    const results = await rewrite(map, files);
    assert.deepEqual(results.map(({ replaced, error }) => [replaced, error?.code]), [[6, undefined], [0, undefined], [0, 'ENOENT']]);
    assert.deepEqual(await readFile(file), Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`Füchse\n${text(fresh, 'http://127.0.0.1:4410')}`)]));
    if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o640);
    assert.deepEqual((await rewrite(map, [file]))[0].replaced, 0, 'once more there is nothing to replace');
    await writeFile(map, '{"path":"x"}\n');
    assert.equal((await rejection(rewrite(map, [file]))).code, 'MAP_INVALID');
    await rm(map);
    await assert.rejects(rewrite(map, [file]), { code: 'ENOENT' });
  });
});
