// tus-js-client against our server, from end to end.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Upload } from 'tus-js-client';
import { md5, noise } from '../harness/bytes.js';
import { serveManager } from '../harness/manager.js';
import { present } from '../harness/present.js';
import { VERSION } from './session.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { UploadOptions } from 'tus-js-client'
 */

const BYTES = Buffer.from(noise(60_000));

/**
 * A server, and a function that uploads to it by tus-js-client.
 *
 * @param {TestContext} t
 * @param {Parameters<typeof serveManager>[1]} [options]
 */
async function start(t, options) {
  const { client, requests } = await serveManager(t, options);
  const { uploadUrl, uploadToken } = await client.files.generateFileResumableUploadUrl('application/octet-stream', { fileName: 'noise.bin' });
  const metadata = { filename: 'noise.bin', token: present(uploadToken), nonlatin: 'słońce', number: '100' };
  /** @param {UploadOptions} [more] */
  const uploading = (more) =>
    /** @type {Promise<Upload>} */ (
      new Promise((resolve, reject) => {
        const upload = new Upload(BYTES, { endpoint: present(uploadUrl), metadata, retryDelays: [0, 0, 0, 0], onSuccess: () => resolve(upload), onError: reject, ...more });
        upload.start();
      })
    );
  const finish = async () => (await fetch(`${uploadUrl}/${uploadToken}`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{}' })).json();
  return { uploading, finish, requests, metadata };
}

suite('tus-js-client', () => {
  for (const [name, options] of /** @type {[string, UploadOptions][]} */ ([
    ['in one request', {}],
    ['in chunks', { chunkSize: 7000 }],
    ['with the creation', { uploadDataDuringCreation: true }],
    ['in chunks, the first with the creation', { uploadDataDuringCreation: true, chunkSize: 7000 }],
    ['by overridden methods', { overridePatchMethod: true, chunkSize: 20_000 }],
  ])) {
    test(`uploads ${name}: every byte and all metadata are there`, async (t) => {
      const { uploading, finish, metadata } = await start(t);
      const { url } = await uploading(options);
      const head = await fetch(present(url), { method: 'HEAD', headers: { 'tus-resumable': VERSION } });
      assert.deepEqual([head.headers.get('upload-offset'), head.headers.get('upload-length')], ['60000', '60000']);
      const given = present(head.headers.get('upload-metadata')).split(',').map((pair) => pair.split(' '));
      assert.deepEqual(Object.fromEntries(given.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()])), metadata);
      assert.equal((await finish()).file.hash, md5(BYTES));
    });
  }

  test('goes on where the connection broke off', async (t) => {
    let left = 2;
    const { uploading, finish, requests } = await start(t, {
      async answer(request, next) {
        if (request.method !== 'PATCH' || left === 0) return next(request);
        left -= 1;
        // The half that has arrived is stored, and the answer fails.
        const reader = present(request.body).getReader();
        const value = present((await reader.read()).value);
        reader.cancel().catch(() => {});
        await next(new Request(request.url, { method: 'PATCH', headers: request.headers, body: value.subarray(0, value.length / 2), duplex: 'half' }));
        return new Response('the line broke', { status: 500 });
      },
    });
    await uploading({ chunkSize: 30_000 });
    assert.equal((await finish()).file.hash, md5(BYTES));
    assert.ok(requests.filter(({ method }) => method === 'HEAD').length >= 2, 'it asked where to go on');
  });

  test('abort(true): ends the session', async (t) => {
    const { uploading, requests } = await start(t);
    const upload = await uploading();
    await upload.abort(true);
    assert.equal(requests.at(-1)?.method, 'DELETE');
    const head = await fetch(present(upload.url), { method: 'HEAD', headers: { 'tus-resumable': VERSION } });
    assert.ok([404, 410].includes(head.status));
  });

  test('parallelUploads, which need concatenation: fail, and no file is made', async (t) => {
    const { uploading, finish } = await start(t);
    await assert.rejects(uploading({ parallelUploads: 2, retryDelays: [] }));
    assert.equal((await finish()).file, undefined);
  });
});
