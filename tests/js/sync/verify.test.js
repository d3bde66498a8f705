// What differs between two places, by name.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { rejection } from '../harness/client.js';
import { serveManager, temporaryFolder } from '../harness/manager.js';
import { COMMAND } from '../harness/served.js';
import { sync, verify } from '../harness/sync.js';
import { fill } from './world.js';

suite('verify', () => {
  test('verify: names each difference, and changes nothing', async (t) => {
    const folder = await temporaryFolder(t);
    const { client, requests } = await serveManager(t);
    await fill(folder, { 'same.txt': 's', 'other.txt': '1', 'Gone/a.txt': 'a', x: 'file' });
    await sync(folder, client);
    assert.deepEqual(await verify(folder, client), { same: 4, different: 0, failed: 0, skipped: 0, differences: [], failures: [], skips: [] });
    await writeFile(join(folder, 'other.txt'), '2');
    await rm(join(folder, 'Gone/a.txt'));
    await rm(join(folder, 'x'));
    await fill(folder, { 'x/y.txt': 'y', 'New/b.txt': 'b' });
    requests.length = 0;
    const before = await readdir(folder, { recursive: true });
    /** @type {object[]} */
    const told = [];
    const report = await verify(folder, client, { onDifference: (difference) => told.push(difference) });
    assert.deepEqual(report.differences, [
      { path: 'Gone/a.txt', kind: 'file', difference: 'extra' },
      { path: 'New', kind: 'folder', difference: 'missing' },
      { path: 'New/b.txt', kind: 'file', difference: 'missing' },
      { path: 'other.txt', kind: 'file', difference: 'content' },
      { path: 'x', kind: 'file', difference: 'kind' },
    ]);
    assert.deepEqual([report.same, report.different, report.failed, told], [1, 5, 0, report.differences]);
    // One file of the service is read to learn what its hashes are.
    assert.ok(requests.every(({ method, path }) => method === 'GET' || path.includes('download')));
    assert.deepEqual(await readdir(folder, { recursive: true }), before);
  });

  test('verify: with hash it reads bytes that everything else says are the same', async (t) => {
    const folder = await temporaryFolder(t);
    const { client, requests } = await serveManager(t);
    await fill(folder, { 'a.txt': 'a', 'b.txt': 'b' });
    await sync(folder, client);
    const { atime, mtime, mtimeNs } = { ...(await stat(join(folder, 'a.txt'))), mtimeNs: (await stat(join(folder, 'a.txt'), { bigint: true })).mtimeNs };
    // Damage that leaves size, time and inode, as far as this file system can be told a time.
    await utimes(join(folder, 'a.txt'), atime, mtime);
    await sync(folder, client);
    const { mtimeNs: settled } = await stat(join(folder, 'a.txt'), { bigint: true });
    await writeFile(join(folder, 'a.txt'), 'x');
    await utimes(join(folder, 'a.txt'), atime, mtime);
    assert.equal((await stat(join(folder, 'a.txt'), { bigint: true })).mtimeNs, settled, String(mtimeNs));
    assert.equal((await verify(folder, client)).different, 0);
    requests.length = 0;
    assert.deepEqual((await verify(folder, client, { hash: true })).differences, [{ path: 'a.txt', kind: 'file', difference: 'content' }]);
    assert.equal(requests.filter(({ path }) => path.endsWith('/generate-file-download-url') || path.endsWith('/generate-download-url')).length, 2);
  });

  test('verify: labels and privacy of two Media Managers', async (t) => {
    const [one, other] = [(await serveManager(t)).client, (await serveManager(t)).client];
    await one.uploads.upload(new Blob(['a']), { displayName: 'a.txt', labels: ['x'] });
    await one.uploads.upload(new Blob(['b']), { displayName: 'b.txt', private: true });
    await other.uploads.upload(new Blob(['a']), { displayName: 'a.txt', labels: ['y'] });
    await other.uploads.upload(new Blob(['b']), { displayName: 'b.txt' });
    const { differences } = await verify(one, other);
    assert.deepEqual(differences.map(({ path, difference }) => [path, difference]), [['a.txt', 'labels'], ['b.txt', 'private']]);
  });

  test('verify: refuses options of sync, and of nothing', async (t) => {
    const folder = await temporaryFolder(t);
    const { client } = await serveManager(t);
    for (const options of /** @type {any[]} */ ([{ dryRun: true }, { hash: 1 }, { onDifference: true }])) {
      assert.equal((await rejection(verify(folder, client, options))).code, 'INVALID_ARGUMENT');
    }
    assert.equal((await rejection(sync(folder, client, /** @type {any} */ ({ hash: true })))).code, 'INVALID_ARGUMENT');
  });

  test('wix-media verify and rewrite: print what they find, and exit with 1 where something is wrong', async (t) => {
    const folder = await temporaryFolder(t);
    const run = (/** @type {string[]} */ ...args) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], { cwd: folder, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: folder } });
      return { code: status, stdout, stderr };
    };
    await fill(join(folder, 'one'), { 'a.txt': 'a', 'In/b.txt': 'b' });
    await mkdir(join(folder, 'two'));
    assert.deepEqual(run('verify', 'one', 'two'), { code: 1, stdout: 'Missing: In/\nMissing: In/b.txt\nMissing: a.txt\n', stderr: '0 files the same, 3 differences\n' });
    await sync(join(folder, 'one'), join(folder, 'two'));
    assert.deepEqual(run('verify', 'one', 'two', '--hash'), { code: 0, stdout: '', stderr: '2 files the same, 0 differences\n' });
    assert.equal(JSON.parse(run('verify', 'one', 'two', '--json').stdout).same, 2);
    await writeFile(join(folder, 'ids.jsonl'), '{"from":{"id":"old-id"},"to":{"id":"new-id"}}\n');
    await writeFile(join(folder, 'a.csv'), 'old-id,old-id\n');
    assert.deepEqual(run('rewrite', 'ids.jsonl', 'a.csv', '--dry-run'), { code: 0, stdout: `Would replace 2 ids: ${join(folder, 'a.csv')}\n`, stderr: '' });
    assert.equal(run('rewrite', 'ids.jsonl', 'a.csv', 'none.csv').code, 1);
    assert.deepEqual(JSON.parse(run('rewrite', 'ids.jsonl', 'a.csv', '--json').stdout), [{ file: join(folder, 'a.csv'), replaced: 0 }]);
  });
});
