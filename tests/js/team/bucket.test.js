// The native server with the bytes of its files in a bucket.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { md5, noise } from '../harness/bytes.js';
import { leftovers } from '../harness/leftovers.js';
import { withinTime } from '../harness/limit.js';
import { temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { ask, native, run } from './native.js';
import { objectStore, proxy } from './object-store.js';
import { receiver } from './receiver.js';
import { storeProxy } from './store-proxy.js';
import { transfer } from './transfer.js';

/** @import { TestContext } from 'node:test' */

/** More than two parts of a multipart upload, and no multiple of one. */
const LARGE = noise(18_000_000, 7);
const SMALL = new TextEncoder().encode('water and sun');

/** @type {Awaited<ReturnType<typeof objectStore>>} */
let store;

/**
 * A server with a prefix of its own in the bucket.
 *
 * @param {TestContext} t
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string[]} [more] Arguments.
 */
async function start(t, env = {}, more = []) {
  const data = join(await temporaryFolder(t), 'data');
  const bucket = `${store.bucket}-${process.hrtime.bigint()}`;
  const args = ['--bucket', bucket, ...more];
  const all = { ...store.env, ...env };
  const again = async () => {
    const server = await native(t, data, args, all);
    if (!server.origin) throw new Error(`wix-media-server ended: ${server.text.stderr}`);
    return server;
  };
  const prefix = bucket.slice('s3://media/'.length);
  const names = async () => (await store.names()).filter((name) => name.startsWith(`${prefix}/`));
  return { data, bucket, env: all, again, names, server: await again() };
}

/** @param {string | undefined} url */
const bytes = async (url) => new Uint8Array(await (await fetch(present(url))).arrayBuffer());

suite('wix-media-server: a bucket', () => {
  const closing = leftovers();
  before(async () => {
    store = await objectStore(closing);
  });

  test('files: their bytes are in the bucket alone, also after a restart', async (t) => {
    const { data, names, again, server } = await start(t);
    const { uploads } = createClient({ baseUrl: server.origin });
    const large = await uploads.upload(LARGE, { displayName: 'large.bin' });
    const small = await uploads.upload(SMALL, { displayName: 'small.txt' });
    assert.deepEqual([large.hash, small.hash], [md5(LARGE), md5(SMALL)]);
    assert.equal(existsSync(join(data, 'blobs')), false);
    assert.equal((await names()).length, 2);
    const response = await fetch(present(large.url), { headers: { range: 'bytes=8388600-8388620' } });
    assert.equal(response.status, 206);
    assert.deepEqual(new Uint8Array(await response.arrayBuffer()), LARGE.slice(8_388_600, 8_388_621));
    await server.end();

    const next = await again();
    assert.deepEqual(await bytes(large.url?.replace(server.origin, next.origin)), LARGE);
    const { files } = createClient({ baseUrl: next.origin });
    await files.bulkDeleteFiles([present(large._id), present(small._id)], { permanent: true });
    assert.deepEqual(await names(), []);
  });

  test('TUS: a transfer goes on after the process was killed', async (t) => {
    const { names, again, server } = await start(t);
    const { send, offset, finalise } = await transfer(server.origin, LARGE);
    await send(server.origin, 0, 5_000_000);
    await send(server.origin, 5_000_000, 9_000_000);
    await server.end('SIGKILL');

    const next = await again();
    assert.equal(await offset(next.origin), 9_000_000);
    await send(next.origin, 9_000_000, LARGE.length);
    const file = await finalise(next.origin);
    assert.equal(file.hash, md5(LARGE));
    assert.deepEqual(await bytes(file.url), LARGE);
    assert.deepEqual((await names()).map((name) => name.split('/').at(-1)), ['bytes'], 'nothing is left of the transfer');
    assert.equal(await store.uploads(), 0);
  });

  test('bucket away: 503 with Retry-After, and everything works again afterwards', async (t) => {
    const between = await proxy(t, store.port);
    const { server, names } = await start(t, { AWS_ENDPOINT_URL: between.origin });
    const client = createClient({ baseUrl: server.origin, retry: false });
    const file = await client.uploads.upload(SMALL, { displayName: 'before.txt' });
    const path = new URL(present(file.url)).pathname;
    const { uploadUrl } = await client.files.generateFileUploadUrl('text/plain', { fileName: 'during.txt' });
    const url = new URL(present(uploadUrl));
    const upload = () => ask(server.origin, 'PUT', url.pathname + url.search, { body: 'during', headers: { 'content-type': 'text/plain' } });

    between.cut();
    for (const answer of [await ask(server.origin, 'GET', path), await upload()]) {
      assert.deepEqual([answer.status, answer.headers['retry-after']], [503, '5'], answer.text);
      assert.equal(JSON.parse(answer.text).details.applicationError.code, 'UNAVAILABLE');
    }
    const { files } = await client.files.listFiles();
    assert.equal(files?.length, 1, 'the catalog answers, and has nothing of the refused upload');

    between.restore();
    assert.equal((await ask(server.origin, 'GET', path)).text, 'water and sun');
    assert.equal((await upload()).status, 200);
    assert.equal((await names()).length, 2);
  });

  test('a sweep that the bucket holds up delays no webhook, and not the end', async (t) => {
    const [hook, between] = [await receiver(t), await storeProxy(t, store.port)];
    const lists = between.hold('list-type=2');
    const { server } = await start(t, { AWS_ENDPOINT_URL: between.origin }, ['--webhook', hook.url]);
    await withinTime('the list of a sweep', lists.first);
    await createClient({ baseUrl: server.origin }).folders.createFolder('heard');
    (await hook.next()).answer(200);
    // Requests to the bucket end after a minute.
    assert.ok(lists.count() > 0);
    assert.deepEqual(await server.end(), { code: 0, signal: null });
  });

  test('check: the bucket is tried out, and the directory remembers it', async (t) => {
    const { data, bucket, env, names, server } = await start(t);
    await server.end();
    const checked = await run(['check', '--data', data, '--bucket', bucket], env);
    assert.deepEqual([checked.code, checked.stderr], [0, '']);
    assert.match(checked.stdout, /\nthe bucket has ranges, parts and conditional writes\n$/);
    assert.deepEqual(await names(), []);
    const without = await run(['check', '--data', data], env);
    assert.deepEqual([without.code, without.stdout], [1, '']);
    assert.equal(without.stderr, `wix-media-server: the bytes of ${data} are in ${bucket}: use --bucket ${bucket}, or change ${data}/bucket\n`);
    const stranger = await run(['check', '--data', data, '--bucket', bucket], { ...env, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    assert.equal(stranger.code, 1);
    assert.match(stranger.stderr, /^wix-media-server: cannot use the blobs: /);
  });

  for (const [name, args, env, message] of /** @type {[string, string[], NodeJS.ProcessEnv, string][]} */ ([
    ['no URL', ['--bucket', 'media'], {}, 'invalid --bucket: expected s3://NAME or s3://NAME/PREFIX, found media'],
    ['a style without a bucket', ['--bucket-style', 'path'], {}, '--bucket-style needs --bucket URL'],
    ['an unknown style', ['--bucket', 's3://media', '--bucket-style', 'x'], {}, 'invalid --bucket-style: expected path or host, found x'],
    [
      'an endpoint without a scheme',
      ['--bucket', 's3://media'],
      { AWS_ENDPOINT_URL: 's3.example' },
      'invalid AWS_ENDPOINT_URL: expected a URL such as https://s3.example, found s3.example',
    ],
  ])) {
    test(`settings: ${name} is one sentence and exit code 2`, async () => {
      const { code, stderr } = await run(['serve', '--data', '/nowhere', ...args], env);
      assert.deepEqual([code, stderr], [2, `wix-media-server: ${message}\n`]);
    });
  }
});
