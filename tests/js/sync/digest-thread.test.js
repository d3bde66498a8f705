// Digests by another thread, while a file is written.
import assert from 'node:assert/strict';
import { appendFile, rm, truncate, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import threads from 'node:worker_threads';
import { DigestThread } from '../../../pkg-template/sync/digest-thread.js';
import { md5, noise } from '../harness/bytes.js';
import { serveManager, temporaryFolder } from '../harness/manager.js';
import { sync } from '../harness/sync.js';
import { counts } from './world.js';

suite('DigestThread', () => {
  test('files that grow side by side: each has its own digest', async (t) => {
    const folder = await temporaryFolder(t);
    const thread = new DigestThread();
    t.after(() => thread.close());
    const hashes = await Promise.all(
      [0, 1, 1_048_576, 5_000_000].map(async (size) => {
        const file = join(folder, String(size));
        const bytes = noise(size);
        await writeFile(file, '');
        const digest = thread.follow(file);
        for (let at = 0; at < size; at += 700_000) {
          await appendFile(file, bytes.subarray(at, at + 700_000));
          await digest.reach(Math.min(at + 700_000, size));
        }
        return [await digest.end(), md5(bytes)];
      }),
    );
    for (const [found, expected] of hashes) assert.equal(found, expected);
  });

  test('a thread that has ended: this one digests', async (t) => {
    const file = join(await temporaryFolder(t), 'file');
    await writeFile(file, noise(3_000_000));
    const thread = new DigestThread();
    const before = thread.follow(file);
    await before.reach(3_000_000);
    await thread.close();
    assert.equal(await before.end(), md5(noise(3_000_000)));
    const after = thread.follow(file);
    await after.reach(2_000_000);
    assert.equal(await after.end(), md5(noise(3_000_000).subarray(0, 2_000_000)));
  });

  test('a thread that cannot be started: this one digests', async (t) => {
    const file = join(await temporaryFolder(t), 'file');
    await writeFile(file, noise(3_000_000));
    const { Worker } = threads;
    threads.Worker = /** @type {any} */ (
      class {
        constructor() {
          throw Object.assign(new Error('Access to this API has been restricted'), { code: 'ERR_ACCESS_DENIED' });
        }
      }
    );
    syncBuiltinESMExports();
    t.after(() => {
      threads.Worker = Worker;
      syncBuiltinESMExports();
    });
    const thread = new DigestThread();
    const digest = thread.follow(file);
    await digest.reach(3_000_000);
    assert.equal(await digest.end(), md5(noise(3_000_000)));
    await thread.close();
  });

  test('a file that is missing, or shorter: the caller learns of it, and others are digested', async (t) => {
    const folder = await temporaryFolder(t);
    const thread = new DigestThread();
    t.after(() => thread.close());
    const missing = thread.follow(join(folder, 'missing'));
    await missing.reach(10);
    await assert.rejects(missing.end(), { code: 'ENOENT' });

    const file = join(folder, 'file');
    await writeFile(file, noise(3_000_000));
    const shorter = thread.follow(file);
    await truncate(file, 2_000_000);
    await shorter.reach(3_000_000);
    assert.equal(await shorter.end(), md5(noise(3_000_000).subarray(0, 2_000_000)), 'the digest of what there is');
    const dropped = thread.follow(file);
    dropped.close();
    const other = thread.follow(file);
    await other.reach(2_000_000);
    assert.equal(await other.end(), md5(noise(3_000_000).subarray(0, 2_000_000)));
  });
});

suite('large files', () => {
  test('sync: a large file is whole, also when an earlier run has begun it', async (t) => {
    const folder = await temporaryFolder(t);
    /** How many more responses begin. The last one breaks off. */
    let left = Infinity;
    /** @type {(string | null)[]} */
    const ranges = [];
    const { client } = await serveManager(t, {
      async answer(request, next) {
        const response = await next(request);
        if (request.method !== 'GET' || !response.body || Number(response.headers.get('content-length')) < 1_000_000) return response;
        ranges.push(request.headers.get('range'));
        left -= 1;
        if (left < 0) return new Response(null, { status: 403 });
        if (left > 0) return response;
        let sent = 0;
        const part = new TransformStream({
          transform(piece, controller) {
            sent += piece.length;
            if (sent > 10_000_000) controller.error(new Error('the connection is cut'));
            else controller.enqueue(piece);
          },
        });
        return new Response(response.body.pipeThrough(part), { headers: response.headers });
      },
    });
    const bytes = noise(40_000_000);
    await client.uploads.upload(bytes, { displayName: 'large.bin' });
    assert.deepEqual(counts(await sync(client, folder)), { created: 1, bytes: bytes.length });
    assert.deepEqual(counts(await sync(client, folder, { checksum: true })), { unchanged: 1 });
    await rm(join(folder, 'large.bin'));
    left = 1;
    assert.equal((await sync(client, folder)).failed, 1);
    left = Infinity;
    ranges.length = 0;
    assert.deepEqual(counts(await sync(client, folder)), { created: 1, bytes: bytes.length });
    assert.match(String(ranges), /^bytes=[1-9]/);
    assert.deepEqual(counts(await sync(client, folder, { checksum: true })), { unchanged: 1 });
  });
});
