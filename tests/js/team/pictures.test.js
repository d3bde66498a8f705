// Transformed pictures that the native server keeps in the bucket.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { leftovers } from '../harness/leftovers.js';
import { withinTime } from '../harness/limit.js';
import { temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { samples } from '../scenarios/samples.js';
import { collector } from './collector.js';
import { valuesOf } from './metrics.js';
import { ask, native } from './native.js';
import { objectStore } from './object-store.js';
import { storeProxy } from './store-proxy.js';
import { team } from './team.js';

/** @import { Closing } from '../harness/types.d.ts' */
/** @import { Native } from './native.js' */

const PNG = new Uint8Array(samples.png);
const METRICS = ['--admin-port', '0'];

/** @type {Awaited<ReturnType<typeof objectStore>>} */
let store;

/** A prefix of the bucket, and the names of the pictures below it. */
function area() {
  const bucket = `${store.bucket}-${process.hrtime.bigint()}`;
  const prefix = `${bucket.slice('s3://media/'.length)}/`;
  const all = async () => (await store.names()).filter((name) => name.startsWith(prefix));
  const pictures = async () => (await all()).filter((name) => name.includes('/pictures/'));
  return { bucket, all, pictures, env: store.env };
}

/**
 * Waits until so many pictures are kept.
 *
 * @param {ReturnType<typeof area>} own
 * @param {number} count
 */
const kept = (own, count) =>
  withinTime(
    `${count} kept pictures`,
    (async () => {
      while ((await own.pictures()).length !== count) await new Promise((resolve) => setTimeout(resolve, 50));
    })(),
  );

/** @param {Native} server */
async function figures(server) {
  const { address } = await server.logged('listening for operators');
  const values = valuesOf((await ask(String(address), 'GET', '/metrics')).text);
  const [memory, bucket] = ['memory', 'bucket'].map((cache) => values[`wix_media_pictures_hits_total{cache="${cache}"}`]);
  return { memory, bucket, decoded: values.wix_media_pictures_decoded_total, failures: values.wix_media_pictures_bucket_failures_total };
}

/**
 * @param {string} origin
 * @param {string} path
 */
async function picture(origin, path) {
  const response = await fetch(origin + path);
  const bytes = Buffer.from(await response.arrayBuffer()).toString('base64');
  assert.equal(response.status, 200, bytes);
  const [type, length, etag, cache] = ['content-type', 'content-length', 'etag', 'cache-control'].map((name) => response.headers.get(name));
  return { bytes, type, length, etag, cache };
}

/**
 * A store in front of the bucket that refuses every request for a picture.
 *
 * @param {Closing} closing
 */
async function refusing(closing) {
  let refused = 0;
  const server = createServer((request, response) => {
    if (request.url?.includes('pictures')) {
      refused += 1;
      response.writeHead(403).end();
      return;
    }
    const { method, headers, url } = request;
    const onward = httpRequest(store.origin + url, { method, headers }, (answer) => {
      response.writeHead(Number(answer.statusCode), answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { origin: `http://127.0.0.1:${port}`, refused: () => refused };
}

suite('wix-media-server: pictures in the bucket', () => {
  const closing = leftovers();
  before(async () => {
    store = await objectStore(closing);
  });

  test('a picture is not made again after a restart, and goes with its file', async (t) => {
    const own = area();
    const data = join(await temporaryFolder(t), 'data');
    const start = () => native(t, data, ['--bucket', own.bucket, ...METRICS], own.env);
    const first = await start();
    const { uploads } = createClient({ baseUrl: first.origin });
    const file = await uploads.upload(PNG, { displayName: 'picture.png' });
    const path = `${new URL(present(file.url)).pathname}/v1/fit/w_20,h_20/picture.png`;
    const made = await picture(first.origin, path);
    assert.deepEqual(await picture(first.origin, path), made);
    const { headers } = await ask(first.origin, 'HEAD', path);
    assert.equal(headers['content-length'], made.length);
    await kept(own, 1);
    assert.deepEqual(await figures(first), { memory: 1, bucket: 0, decoded: 1, failures: 0 });
    await first.end();

    const next = await start();
    assert.deepEqual(await picture(next.origin, path), made);
    await picture(next.origin, path.replace('w_20', 'w_10'));
    await kept(own, 2);
    assert.deepEqual(await figures(next), { memory: 0, bucket: 1, decoded: 1, failures: 0 });
    const { files } = createClient({ baseUrl: next.origin });
    await files.bulkDeleteFiles([present(file._id)], { permanent: true });
    assert.equal((await ask(next.origin, 'GET', path)).status, 404);
    assert.deepEqual(await own.all(), []);
  });

  test('another process does not make a picture again', async (t) => {
    const own = area();
    const { servers } = await team(t, { servers: 2, args: METRICS, store: own });
    const [first, second] = servers;
    const { uploads } = createClient({ baseUrl: first.origin });
    const file = await uploads.upload(PNG, { displayName: 'picture.png' });
    const path = `${new URL(present(file.url)).pathname}/v1/fill/w_20,h_20/picture.png`;
    const made = await picture(first.origin, path);
    await kept(own, 1);
    assert.deepEqual(await picture(second.origin, path), made);
    assert.deepEqual(await figures(second), { memory: 0, bucket: 1, decoded: 0, failures: 0 });
    assert.deepEqual(await figures(first), { memory: 0, bucket: 0, decoded: 1, failures: 0 });
  });

  test('of two processes, one looks for old pictures and what killed processes have left', async (t) => {
    const taken = await collector(t);
    const named = (/** @type {string} */ call) => taken.spans.filter(({ name }) => name === call).length;
    const { servers } = await team(t, { servers: 2, args: ['--otlp-endpoint', taken.url], store: area() });
    await taken.found('the decision of both, and what one did', () =>
      named('beginning the cleanup') === servers.length && named('the sweep of pictures') > 0 ? true : undefined,
    );
    for (const server of servers) await server.end();
    assert.deepEqual([named('removing leftovers'), named('the sweep of pictures')], [1, 1]);
  });

  test('a bucket that neither gives nor takes pictures costs only the decoding', async (t) => {
    const own = area();
    const between = await refusing(t);
    const server = await native(t, join(await temporaryFolder(t), 'data'), ['--bucket', own.bucket, ...METRICS], { ...own.env, AWS_ENDPOINT_URL: between.origin });
    const { uploads } = createClient({ baseUrl: server.origin });
    const file = await uploads.upload(PNG, { displayName: 'picture.png' });
    await picture(server.origin, `${new URL(present(file.url)).pathname}/v1/fit/w_20,h_20/picture.png`);
    await server.logged('cannot read a picture from the bucket');
    const { failures, ...rest } = await figures(server);
    assert.deepEqual(rest, { memory: 0, bucket: 0, decoded: 1 });
    assert.ok(present(failures) >= 1 && between.refused() >= 1);
  });

  test('a bucket that hangs while it looks for pictures lets one request wait', async (t) => {
    const own = area();
    const between = await storeProxy(t, store.port);
    const server = await native(t, join(await temporaryFolder(t), 'data'), ['--bucket', own.bucket, ...METRICS], { ...own.env, AWS_ENDPOINT_URL: between.origin });
    const { uploads } = createClient({ baseUrl: server.origin });
    const file = await uploads.upload(PNG, { displayName: 'picture.png' });
    between.hold('/pictures/');
    const [widths, begun] = [[11, 12, 13, 14, 15, 16], performance.now()];
    for (const width of widths) await picture(server.origin, `${new URL(present(file.url)).pathname}/v1/fit/w_${width},h_20/picture.png`);
    const lookups = between.taken().filter((line) => line.startsWith('GET') && line.includes('/pictures/')).length;
    const warnings = server.text.stdout.split('cannot read a picture from the bucket').length - 1;
    // A pause of 10 s follows each lookup that failed, however long a picture takes.
    const most = 1 + Math.floor((performance.now() - begun) / 10_000);
    assert.ok(lookups >= 1 && lookups <= most, `${lookups} lookups, expected ${most} at most`);
    const { failures, ...rest } = await figures(server);
    assert.deepEqual([warnings, failures, rest], [lookups, lookups, { memory: 0, bucket: 0, decoded: widths.length }]);
  });
});
