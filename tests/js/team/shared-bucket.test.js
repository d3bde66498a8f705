// Several processes of the native server without a directory: the catalog in PostgreSQL, the bytes of files in a bucket.
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { before, suite, test } from 'node:test';
import { md5, noise } from '../harness/bytes.js';
import { leftovers } from '../harness/leftovers.js';
import { withinTime } from '../harness/limit.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { run } from './native.js';
import { objectStore } from './object-store.js';
import { team } from './team.js';
import { transfer } from './transfer.js';

/** More than two parts of a multipart upload, and no multiple of one. */
const LARGE = noise(18_000_000, 11);
const PART_SIZE = 8 * 2 ** 20;
const SMALL = new TextEncoder().encode('water and sun');

/**
 * Waits for what happens in another process.
 *
 * @param {string} what
 * @param {() => Promise<boolean>} isSo
 */
const until = (what, isSo) =>
  withinTime(
    what,
    (async () => {
      while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
    })(),
  );

/** @param {string} url */
const bytes = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());

suite('wix-media-server: PostgreSQL and a bucket', () => {
  const closing = leftovers();
  /** @type {Awaited<ReturnType<typeof objectStore>>} */
  let store;
  before(async () => {
    store = await objectStore(closing);
  });

  /** A prefix of the bucket, and the names of the objects below it. */
  function area() {
    const bucket = `${store.bucket}-${process.hrtime.bigint()}`;
    const prefix = `${bucket.slice('s3://media/'.length)}/`;
    const names = async () => (await store.names()).flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
    return { bucket, names, env: store.env };
  }

  test('uploads, plain and TUS, whose requests alternate: each process sends the bytes', async (t) => {
    const own = area();
    const { origin, origins, counts, url, query } = await team(t, { servers: 2, store: own });
    const { uploads } = createClient({ baseUrl: origin });
    const small = await uploads.upload(SMALL, { displayName: 'small.txt' });
    const resumed = await transfer(origin, LARGE);
    for (let offset = 0; offset < LARGE.length; offset += 4_000_000) {
      assert.equal(await resumed.offset(origins[0]), offset);
      await resumed.send(origin, offset, Math.min(offset + 4_000_000, LARGE.length));
    }
    const large = await resumed.finalise(origin);
    assert.deepEqual([small.hash, large.hash], [md5(SMALL), md5(LARGE)]);
    const [one = 0, two = 0] = origins.map((each) => counts.get(each));
    assert.ok(one > 2 && Math.abs(one - two) <= 1, `${one} and ${two} requests`);
    for (const each of origins) {
      assert.deepEqual(await bytes(each + new URL(present(small.url)).pathname), SMALL);
      assert.deepEqual(await bytes(each + new URL(large.url).pathname), LARGE);
    }
    const key = await query('SELECT storage_key FROM site');
    const names = await own.names();
    assert.equal(names.length, 2);
    for (const name of names) assert.ok(name.startsWith(`${key}/blobs/`) && name.endsWith('/bytes'), name);
    const stores = ['--database', url, '--bucket', own.bucket];
    const found = await run(['fsck', ...stores], own.env);
    assert.deepEqual([found.code, found.stdout], [0, '2 files, 18000013 bytes, 0 damaged\n'], found.stderr);
    const checked = await run(['check', ...stores], own.env);
    assert.match(checked.stdout, /the catalog is whole\nblobs can be written, read and deleted\nthe bucket has ranges, parts and conditional writes\n$/);
    const { storage } = await (await fetch(`${origins[0]}/_wix-media/health`)).json();
    assert.deepEqual([storage.kind, storage.directory], ['database', undefined]);
  });

  test('check: a database without a site and its bucket are fine, and nothing is left in it', async (t) => {
    const own = area();
    const { url } = await team(t, { servers: 0, store: own });
    const checked = await run(['check', '--database', url, '--bucket', own.bucket], own.env);
    assert.deepEqual([checked.code, checked.stderr], [0, '']);
    const [, site, ...rest] = checked.stdout.split('\n');
    assert.match(site, /^there is no site yet: /);
    assert.deepEqual(rest, ['blobs can be written, read and deleted', 'the bucket has ranges, parts and conditional writes', '']);
    assert.deepEqual(await own.names(), []);
    const away = await run(['check', '--database', url, '--bucket', own.bucket], { ...own.env, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    assert.equal(away.code, 1);
    assert.match(away.stderr, /^wix-media-server: cannot use the blobs: .*\n$/);
  });

  test('a process is killed in the middle of a TUS upload: another one continues it, and a sweep removes what nobody continues', async (t) => {
    const own = area();
    const { origins, servers, query, start } = await team(t, { servers: 2, store: own });
    const [killed, other] = origins;
    const [continued, abandoned] = [await transfer(killed, LARGE), await transfer(killed, LARGE)];
    for (const { send } of [continued, abandoned]) await send(killed, 0, 9_000_000);
    assert.equal(await store.parts(), 2);
    // The second part is sent when all of it has arrived. The request goes on.
    const request = httpRequest(killed + continued.path, {
      method: 'PATCH',
      headers: { ...continued.headers(9_000_000), 'content-length': String(LARGE.length - 9_000_000) },
    });
    request.on('error', () => {});
    request.write(LARGE.slice(9_000_000, 2 * PART_SIZE + 500_000));
    await until('the second part', async () => (await store.parts()) === 3);
    await servers[0].end('SIGKILL');

    const offset = await continued.offset(other);
    assert.ok(offset >= 9_000_000 && offset < LARGE.length, `it goes on at ${offset}`);
    await continued.send(other, offset, LARGE.length);
    const file = await continued.finalise(other);
    assert.equal(file.hash, md5(LARGE));
    assert.deepEqual(await bytes(other + new URL(file.url).pathname), LARGE);

    // As after the seven days that a transfer is kept, and the day that its bytes stay.
    await query('DELETE FROM upload WHERE NOT done');
    // What the killed process had no time to delete stays beside the bytes of the file.
    const blobOf = (/** @type {string} */ name) => name.split('/').at(-2);
    const blobs = async () => {
      const names = await own.names();
      const complete = new Set(names.filter((name) => name.endsWith('/bytes')).map(blobOf));
      return { complete, others: new Set(names.map(blobOf).filter((blob) => !complete.has(blob))) };
    };
    const [blob] = (await blobs()).others;
    await start();
    await until('the first sweep', async () => (await query('SELECT blob FROM doomed')) === blob);
    await query('UPDATE doomed SET since = 0');
    const last = await start();
    await last.logged('orphaned blobs removed', { removed: 1, waiting: 0 });
    const { complete, others } = await blobs();
    assert.deepEqual([complete.size, others.size, await store.uploads()], [1, 0, 0]);
    assert.deepEqual(await bytes(last.origin + new URL(file.url).pathname), LARGE);
  });
});
