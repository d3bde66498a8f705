// A length that is not known when the upload begins (`creation-defer-length`), verb by verb.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { suite, test } from 'node:test';
import { Upload } from 'tus-js-client';
import { md5, noise } from '../harness/bytes.js';
import { serveManager } from '../harness/manager.js';
import { present } from '../harness/present.js';
import { emptyDirectory } from '../manager/place.js';
import { begin, codeOf } from './session.js';

const DEFERRED = { 'upload-length': undefined, 'upload-defer-length': '1' };

/** @import { Closing } from '../harness/types.d.ts' */

/**
 * A session whose length is deferred.
 *
 * @param {Closing} t
 * @param {Parameters<typeof begin>[1]} [options]
 */
async function deferred(t, options) {
  const session = await begin(t, options);
  const response = await session.create(0, DEFERRED);
  assert.equal(response.status, 201);
  return { ...session, url: new URL(present(response.headers.get('location')), session.uploadUrl).href };
}

suite('TUS with a deferred length', () => {
  test('OPTIONS names the extension, and pages may send its header', async (t) => {
    const { send, uploadUrl } = await begin(t);
    const { headers } = await send('OPTIONS', present(uploadUrl), { origin: 'http://page.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'upload-defer-length' });
    assert.ok(present(headers.get('tus-extension')).split(',').includes('creation-defer-length'));
    assert.match(present(headers.get('access-control-allow-headers')), /upload-defer-length/i);
    assert.match(present(headers.get('access-control-expose-headers')), /upload-defer-length/i);
  });

  test('POST: takes 1, and nothing else', async (t) => {
    const { create } = await begin(t);
    for (const value of ['0', '2', 'true', '']) {
      assert.equal((await create(0, { 'upload-length': undefined, 'upload-defer-length': value })).status, 400, value);
    }
    assert.equal((await create(10, { 'upload-defer-length': '1' })).status, 400, 'beside a length');
    assert.equal((await create(0, DEFERRED)).status, 201);
  });

  test('HEAD: says that it is deferred until it is known', async (t) => {
    const { url, head, patch } = await deferred(t);
    const before = (await head(url)).headers;
    assert.deepEqual([before.get('upload-defer-length'), before.get('upload-length'), before.get('upload-offset')], ['1', null, '0']);
    await patch(url, 0, 'some', { 'upload-length': '10' });
    const after = (await head(url)).headers;
    assert.deepEqual([after.get('upload-defer-length'), after.get('upload-length'), after.get('upload-offset')], [null, '10', '4']);
  });

  for (const [name, storage] of /** @type {const} */ ([['in memory', false], ['in a directory', true]])) {
    test(`PATCH: chunks without a length, and one that brings it, ${name}`, async (t) => {
      const { url, patch, finalise } = await deferred(t, storage ? { storage: { directory: await emptyDirectory(t) } } : {});
      const bytes = noise(700_000);
      assert.equal((await patch(url, 0, bytes.subarray(0, 400_000))).status, 204);
      const early = await finalise();
      assert.deepEqual([early.status, early.body.details.applicationError.code], [400, 'UPLOAD_INCOMPLETE']);
      assert.equal((await patch(url, 400_000, bytes.subarray(400_000), { 'upload-length': '700000' })).status, 204);
      const { status, body } = await finalise();
      assert.deepEqual([status, body.file.hash, body.file.sizeInBytes], [200, md5(bytes), '700000']);
    });
  }

  test('PATCH: an empty one may bring the length at the end', async (t) => {
    const { url, patch, finalise } = await deferred(t);
    await patch(url, 0, 'something!');
    assert.equal((await patch(url, 10, '', { 'upload-length': '10' })).status, 204);
    assert.equal((await finalise()).body.file.hash, md5('something!'));
  });

  test('PATCH: the length is checked, and does not change any more', async (t) => {
    const { url, patch, offset } = await deferred(t, { limits: { sizeInBytes: { OTHER: 100 } } });
    await patch(url, 0, 'some');
    for (const length of ['x', '-1', '1.5', '', '3']) {
      assert.equal((await patch(url, 4, 'thing!', { 'upload-length': length })).status, 400, length);
    }
    const large = await patch(url, 4, 'thing!', { 'upload-length': '101' });
    assert.deepEqual([large.status, await codeOf(large)], [413, 'FILE_SIZE_OVER_LIMIT']);
    assert.equal(await offset(url), 4);
    assert.equal((await patch(url, 4, 'thi', { 'upload-length': '10' })).status, 204);
    assert.equal((await patch(url, 7, 'ng!', { 'upload-length': '11' })).status, 400);
    assert.equal((await patch(url, 7, 'ng!', { 'upload-length': '10' })).status, 204);
  });

  test('PATCH: more than the limit of the type is refused while the length is unknown', async (t) => {
    const { url, patch, offset } = await deferred(t, { mimeType: 'image/png', fileName: 'a.png', limits: { sizeInBytes: { IMAGE: 100, OTHER: 1000 } } });
    const large = await patch(url, 0, noise(101));
    assert.deepEqual([large.status, await codeOf(large)], [413, 'FILE_SIZE_OVER_LIMIT']);
    assert.equal(await offset(url), 0);
    assert.equal((await patch(url, 0, noise(100))).status, 204);
  });

  test('POST with bytes: their number is the offset', async (t) => {
    const { create, patch, finalise, uploadUrl } = await begin(t);
    const headers = { ...DEFERRED, 'content-type': 'application/offset+octet-stream' };
    const created = await create(0, headers, 'some');
    assert.deepEqual([created.status, created.headers.get('upload-offset')], [201, '4']);
    const url = new URL(present(created.headers.get('location')), uploadUrl).href;
    assert.equal((await patch(url, 4, 'thing!', { 'upload-length': '10' })).status, 204);
    assert.equal((await finalise()).body.file.hash, md5('something!'));
  });

  test('DELETE: ends it', async (t) => {
    const { url, send, head } = await deferred(t);
    assert.equal((await send('DELETE', url)).status, 204);
    assert.equal((await head(url)).status, 404);
  });

  test('by tus-js-client with a stream of unknown length', async (t) => {
    const { manager, uploadUrl, uploadToken, finalise } = await begin(t);
    const { baseUrl } = await serveManager(t, { manager });
    const bytes = noise(250_000);
    await new Promise((resolve, reject) => {
      const source = Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)].map((piece) => Buffer.from(piece)));
      const endpoint = `${baseUrl}${new URL(present(uploadUrl)).pathname}`;
      const metadata = { token: present(uploadToken), filename: 'a.bin' };
      const options = { endpoint, metadata, uploadLengthDeferred: true, chunkSize: 100_000, onError: reject, onSuccess: resolve };
      new Upload(source, options).start();
    });
    assert.equal((await finalise()).body.file.hash, md5(bytes));
  });
});
