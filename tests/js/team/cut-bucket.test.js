// Connections to the object store that are cut while wix-media-server sends and reads bytes: a right answer or 503, never a wrong 200.
import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { md5, noise } from '../harness/bytes.js';
import { leftovers } from '../harness/leftovers.js';
import { run } from './native.js';
import { objectStore } from './object-store.js';
import { storeProxy } from './store-proxy.js';
import { team } from './team.js';
import { transfer } from './transfer.js';

/** @import { Place } from './store-proxy.js' */

/** A part of a multipart upload, and some bytes behind it. */
const LARGE = noise(8 * 2 ** 20 + 70_000, 13);
const SMALL = new TextEncoder().encode('water and sun');

/** More often than a request is tried. */
const ALWAYS = 100;

const PLACES = /** @type {Place[]} */ (['before', 'within', 'after']);

/**
 * The outcome of a request: its answer, or undefined if the connection broke off.
 *
 * @param {string} url
 * @param {RequestInit} [init]
 */
async function outcome(url, init) {
  try {
    const response = await fetch(url, init);
    return { status: response.status, retryAfter: response.headers.get('retry-after'), body: new Uint8Array(await response.arrayBuffer()) };
  } catch {
    return undefined;
  }
}

suite('wix-media-server: cut connections to the bucket', () => {
  const closing = leftovers();
  /** @type {Awaited<ReturnType<typeof objectStore>>} */
  let store;
  /** @type {Awaited<ReturnType<typeof storeProxy>>} */
  let between;
  /** @type {Awaited<ReturnType<typeof team>>} */
  let server;
  const bucket = () => `${store.bucket}-cut`;
  before(async () => {
    store = await objectStore(closing);
    between = await storeProxy(closing, store.port);
    server = await team(closing, { servers: 1, store: { bucket: bucket(), env: { ...store.env, AWS_ENDPOINT_URL: between.origin } } });
  });
  let count = 0;
  let size = 0;

  /** @param {Awaited<ReturnType<typeof outcome>>} answer */
  const isRefused = (answer) => {
    assert.ok(answer, 'a request whose body has arrived is answered');
    if (answer.status !== 503) return false;
    assert.equal(answer.retryAfter, '5');
    return true;
  };

  /**
   * Uploads the bytes and reads them, while the requests of one step are cut.
   *
   * @param {'send' | 'finalise' | 'read'} step
   * @param {string} method
   * @param {string} part
   * @param {Place} place
   * @param {number} times
   */
  async function uploaded(step, method, part, place, times) {
    const origin = server.origins[0];
    const { path, headers, offset, finalise, finalising, send } = await transfer(origin, LARGE);
    const cut = () => between.cut(method, part, place, times);
    const healed = () => assert.ok(between.heal() < times, 'nothing was cut');
    if (step === 'send') cut();
    const sent = await outcome(origin + path, { method: 'PATCH', headers: headers(0), body: LARGE });
    if (step === 'send') healed();
    if (isRefused(sent)) {
      assert.notEqual(times, 1, 'a request is tried again');
      const kept = await offset(origin);
      assert.ok(kept <= LARGE.length, `${kept} bytes`);
      if (kept < LARGE.length) await send(origin, kept, LARGE.length);
    } else {
      assert.deepEqual([sent?.status, await offset(origin)], [204, LARGE.length]);
    }

    if (step === 'finalise') cut();
    const made = await outcome(finalising(origin), { method: 'PUT' });
    if (step === 'finalise') healed();
    const file = isRefused(made) ? await finalise(origin) : JSON.parse(Buffer.from(made?.body ?? []).toString()).file;
    assert.deepEqual([file?.hash, file?.sizeInBytes], [md5(LARGE), String(LARGE.length)]);
    count += 1;
    size += LARGE.length;

    const url = origin + new URL(file.url).pathname;
    if (step === 'read') cut();
    const read = await outcome(url);
    if (step === 'read') healed();
    // A body that breaks off is no answer.
    if (read && !isRefused(read)) assert.deepEqual([read.status, md5(read.body)], [200, file.hash]);
    if (step === 'read' && times === 1) assert.equal(read?.status, 200, 'it is read again');
    const again = await outcome(url);
    assert.deepEqual([again?.status, md5(again?.body ?? SMALL)], [200, file.hash]);
  }

  for (const place of PLACES) {
    for (const times of [1, ALWAYS]) {
      const often = times === 1 ? 'once' : 'always';
      test(`a part is cut ${place} its request, ${often}`, () => uploaded('send', 'PUT', 'partNumber=1', place, times));
      test(`a completion is cut ${place} its request, ${often}`, () => uploaded('finalise', 'POST', 'uploadId=', place, times));
      test(`a read is cut ${place} its request, ${often}`, () => uploaded('read', 'GET', '/bytes', place, times));
    }
  }
  test('an answer with bytes is cut, once', () => uploaded('read', 'GET', '/bytes', 'in the answer', 1));
  test('an answer with bytes is cut, always', () => uploaded('read', 'GET', '/bytes', 'in the answer', ALWAYS));

  test('afterwards every object has its size and its hash, and no upload is left', async () => {
    const checked = await run(['fsck', '--database', server.url, '--bucket', bucket()], store.env);
    assert.deepEqual([checked.code, checked.stdout], [0, `${count} files, ${size} bytes, 0 damaged\n`], checked.stderr);
    const left = (await store.names()).filter((name) => !name.endsWith('/bytes'));
    assert.deepEqual([left, await store.uploads()], [[], 0]);
  });

  test('a small TUS upload takes seven requests to the store', async () => {
    const [origin] = server.origins;
    const { send, finalise } = await transfer(origin, SMALL);
    between.taken();
    await send(origin, 0, SMALL.length);
    const file = await finalise(origin);
    assert.equal(file.hash, md5(SMALL));
    // The sweep lists the bucket at any time.
    const kinds = between.taken().filter((line) => line.includes('/blobs/')).map((line) => line.replace(/ .*\//, ' ').replace(/ 0000.*/, ' segment'));
    assert.deepEqual(kinds, ['PUT segment', 'PUT state', 'PUT state', 'PUT bytes', 'DELETE segment', 'DELETE state', 'GET bytes']);
  });
});
