// What can go wrong with single files: it is named and counted, and everything else is done.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFile, chmod, copyFile, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { noise } from '../harness/bytes.js';
import { rejection } from '../harness/client.js';
import { serveManager, temporaryFolder } from '../harness/manager.js';
import { COMMAND } from '../harness/served.js';
import { sync } from '../harness/sync.js';
import { counts, fill, siteTreeOf, treeOf } from './world.js';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('killed.mjs', import.meta.url));

suite('trouble', () => {
  test('sync: a disk that fills stops the files that do not fit, and no others', async (t) => {
    const folder = await temporaryFolder(t);
    const { client, baseUrl } = await serveManager(t);
    for (const [displayName, size] of /** @type {[string, number][]} */ ([['a.bin', 1000], ['large.bin', 400_000], ['z.bin', 2000]])) {
      await client.uploads.upload(noise(size), { displayName });
    }
    const settings = { baseUrl, folder, isUpload: false, at: -1, room: 100_000 };
    const { stdout } = await run(process.execPath, [PROGRAM, JSON.stringify(settings)]);
    const { report } = JSON.parse(stdout);
    assert.deepEqual(report.failures.map((/** @type {{ path: string, code: string }} */ { path, code }) => [path, code]), [['large.bin', 'ENOSPC']]);
    assert.deepEqual([report.created, report.failed], [2, 1]);
    assert.deepEqual(Object.keys(await treeOf(folder)), ['a.bin', 'z.bin'], 'no part of the other one is seen');
    assert.deepEqual(counts(await sync(client, folder)), { created: 1, bytes: 400_000, unchanged: 2 });
    assert.equal((await stat(join(folder, 'large.bin'))).size, 400_000);
    assert.ok(!(await readdir(join(folder, '.wix-media'))).includes('tmp'));
  });

  test('sync: a folder that is deleted while its files arrive is made again', async (t) => {
    const folder = await temporaryFolder(t);
    const { client } = await serveManager(t, {
      async answer(request, next) {
        const isAsked = request.url.includes('generate-file-download-url') && (await request.clone().json()).fileId === second._id;
        if (isAsked) await rm(join(folder, 'Cats'), { recursive: true });
        return next(request);
      },
    });
    await client.uploads.upload(noise(1000), { path: '/Cats', displayName: 'a.bin' });
    const second = await client.uploads.upload(noise(2000), { path: '/Cats', displayName: 'b.bin' });
    const { created, failed } = await sync(client, folder, { concurrency: 1 });
    assert.deepEqual([created, failed], [2, 0]);
    assert.deepEqual(Object.keys(await treeOf(folder)), ['Cats', 'Cats/b.bin']);
    assert.equal((await sync(client, folder)).created, 1);
  });

  test('sync: a file that changes while it is read is named, and sent by the next run', async (t) => {
    const folder = await temporaryFolder(t);
    let isChanging = true;
    const { client } = await serveManager(t, {
      async answer(request, next) {
        // The file is open by now, and none of its bytes are sent.
        const isAsked = request.url.includes('generate-upload-url') && (await request.clone().json()).fileName === 'b.bin';
        if (isAsked && isChanging) await appendFile(join(folder, 'b.bin'), 'more');
        return next(request);
      },
    });
    await writeFile(join(folder, 'a.bin'), noise(2000));
    await writeFile(join(folder, 'b.bin'), noise(600_000));
    await writeFile(join(folder, 'c.bin'), noise(3000));
    const { created, failures } = await sync(folder, client, { concurrency: 1 });
    assert.deepEqual([created, failures.map(({ path, code }) => [path, code])], [2, [['b.bin', 'SOURCE_FAILED']]]);
    assert.match(failures[0].message, /was changed while it was read/);
    assert.deepEqual(Object.keys(await siteTreeOf(client)), ['a.bin', 'c.bin']);
    isChanging = false;
    assert.equal((await sync(folder, client)).created, 1);
    assert.equal((await siteTreeOf(client))['b.bin'], await readFile(join(folder, 'b.bin'), 'latin1'));
  });

  for (const [how, status] of /** @type {const} */ ([['is refused', 403], ['may have arrived', 500]])) {
    test(`sync: a replacement that ${how} leaves the old file beside another of its name`, async (t) => {
      const folder = await temporaryFolder(t);
      let isBroken = false;
      const { client } = await serveManager(t, {
        answer: (request, next) => (isBroken && request.url.includes('generate-upload-url') ? Response.json({}, { status }) : next(request)),
        client: { retry: { attempts: 1 } },
      });
      await fill(folder, { 'a.txt': 'old' });
      await sync(folder, client);
      isBroken = true;
      await fill(folder, { 'a.txt': 'new' });
      assert.equal((await sync(folder, client)).failed, 1);
      isBroken = false;
      // Somebody adds a file of that name and size, and the change is taken back.
      await client.uploads.upload(new Blob(['foo']), { displayName: 'a.txt' });
      await fill(folder, { 'a.txt': 'old' });
      assert.deepEqual(counts(await sync(folder, client)), { unchanged: 1, extra: 1 });
      assert.deepEqual(await client.files.listDeletedFiles().toArray(), []);
      assert.deepEqual(Object.values(await siteTreeOf(client)).sort(), ['foo', 'old']);
    });
  }

  test('sync: a replacement whose answer is lost takes the place of the old file', async (t) => {
    const folder = await temporaryFolder(t);
    let [isBroken, isSent] = [false, false];
    const { client } = await serveManager(t, {
      async answer(request, next) {
        const response = await next(request);
        isSent ||= request.method === 'PUT';
        return isBroken && isSent ? Response.json({}, { status: 500 }) : response;
      },
      client: { retry: { attempts: 1 } },
    });
    await fill(folder, { 'a.txt': 'old' });
    await sync(folder, client);
    [isBroken, isSent] = [true, false];
    await fill(folder, { 'a.txt': 'newer' });
    assert.equal((await sync(folder, client)).failed, 1);
    isBroken = false;
    assert.deepEqual(counts(await sync(folder, client)), { unchanged: 1 });
    assert.deepEqual(await siteTreeOf(client), { 'a.txt': 'newer' });
  });

  test('sync: a source that goes away before it is listed deletes nothing', async (t) => {
    const folder = join(await temporaryFolder(t), 'photos');
    let isGone = false;
    const { client } = await serveManager(t, {
      async answer(request, next) {
        // The source is open by now.
        if (isGone) await rm(folder, { recursive: true, force: true });
        return next(request);
      },
    });
    await fill(folder, { 'a.txt': 'a' });
    await sync(folder, client);
    isGone = true;
    const options = { delete: true, maxDelete: '100%', dryRun: true };
    assert.equal((await rejection(sync(folder, client, options))).code, 'SOURCE_FAILED');
    assert.deepEqual(await siteTreeOf(client), { 'a.txt': 'a' });
  });

  test('sync: a deletion that fails keeps no others, and none is made twice', async (t) => {
    const [folder, copy] = [await temporaryFolder(t), await temporaryFolder(t)];
    await fill(folder, { 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' });
    await sync(folder, copy);
    for (const name of ['a.txt', 'b.txt', 'c.txt']) await rm(join(folder, name));
    let isChanged = false;
    const confirm = async () => {
      isChanged = true;
      await appendFile(join(copy, 'b.txt'), 'more');
      return true;
    };
    const { deleted, failures } = await sync(folder, copy, { delete: true, maxDelete: '100%', confirm });
    assert.ok(isChanged);
    assert.deepEqual([deleted, failures.map(({ path, code }) => [path, code])], [2, [['b.txt', 'TARGET_CHANGED']]]);
    assert.deepEqual(await treeOf(copy), { 'b.txt': 'bmore' });
  });

  test('sync: a file that is deleted after it was sent fails no other', async (t) => {
    const folder = await temporaryFolder(t);
    const { client } = await serveManager(t, {
      async answer(request, next) {
        const response = await next(request);
        // All of its bytes are sent by now.
        if (request.method === 'PUT') await rm(join(folder, 'a.txt'), { force: true });
        return response;
      },
    });
    await fill(folder, { 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' });
    const { created, failures } = await sync(folder, client, { concurrency: 1 });
    assert.deepEqual([created, failures], [3, []]);
  });

  test('sync: clocks that differ change nothing', async (t) => {
    const folder = await temporaryFolder(t);
    // The service lives ten years ago, and one file of the folder in the future.
    const { client } = await serveManager(t, { clock: { now: () => Date.now() - 10 * 365 * 86_400_000 } });
    await fill(folder, { 'old.txt': 'o', 'new.txt': 'n', 'both.txt': 'b' });
    await utimes(join(folder, 'new.txt'), new Date('2100-01-01'), new Date('2100-01-01'));
    await utimes(join(folder, 'old.txt'), 1, 1);
    const options = { twoWay: true, delete: true, maxDelete: '100%' };
    await sync(folder, client, options);
    assert.deepEqual(counts(await sync(folder, client, options)), { unchanged: 3 });
    const copy = await temporaryFolder(t);
    for (let time = 0; time < 2; time += 1) assert.equal((await sync(client, copy)).failed, 0);
    assert.deepEqual(await treeOf(copy), await treeOf(folder));
    // A change with an older time is a change.
    await writeFile(join(folder, 'new.txt'), 'x');
    await utimes(join(folder, 'new.txt'), 1, 1);
    assert.deepEqual(counts(await sync(folder, client, options)), { updated: 1, bytes: 1, unchanged: 2 });
    assert.equal((await siteTreeOf(client))['new.txt'], 'x');
    assert.deepEqual(counts(await sync(client, copy)), { updated: 1, bytes: 1, unchanged: 2 });
  });

  test('sync: a file that cannot be read is named, whatever the other side is', { skip: process.getuid?.() === 0 || process.platform === 'win32' }, async (t) => {
    const folder = await temporaryFolder(t);
    await fill(join(folder, 'from'), { 'a.txt': 'a', 'closed.txt': 'c' });
    await chmod(join(folder, 'from/closed.txt'), 0);
    const { created, failures } = await sync(join(folder, 'from'), join(folder, 'to'));
    assert.deepEqual([created, failures.map(({ path, code }) => [path, code])], [1, [['closed.txt', 'EACCES']]]);
  });

  test('wix-media sync: a failure of one file is exit code 1, and the rest is done', async (t) => {
    const folder = await temporaryFolder(t);
    const { client, baseUrl } = await serveManager(t);
    await fill(join(folder, 'photos'), { 'a.txt': 'a', 'empty.txt': '', 'z.txt': 'z' });
    await copyFile(join(folder, 'photos/a.txt'), join(folder, 'photos/b.txt'));
    const error = await rejection(run(process.execPath, [COMMAND, 'sync', 'photos', baseUrl], { cwd: folder, env: { PATH: process.env.PATH, HOME: folder } }));
    const { code, stderr } = /** @type {{ code: unknown, stderr: string }} */ (/** @type {unknown} */ (error));
    assert.equal(code, 1);
    assert.match(stderr, /^Failed: empty\.txt: .*\n3 files created, .* 1 failed\n$/);
    assert.deepEqual(Object.keys(await siteTreeOf(client)), ['a.txt', 'b.txt', 'z.txt']);
  });
});
