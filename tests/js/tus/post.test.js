// POST: the creation of an upload session.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { serveManager } from '../harness/manager.js';
import { present } from '../harness/present.js';
import { Upload } from 'tus-js-client';
import { base64, begin, codeOf, LIFE_MS } from './session.js';

suite('TUS POST', () => {
  test('creates a session with a location and an expiry', async (t) => {
    const { create, manager, uploadUrl, offset } = await begin(t);
    const response = await create(10);
    assert.equal(response.status, 201);
    const location = new URL(present(response.headers.get('location')), uploadUrl).href;
    assert.ok(location.startsWith(`${uploadUrl}/`));
    const life = Date.parse(present(response.headers.get('upload-expires'))) - manager.clock.now();
    assert.ok(life > 0 && life <= LIFE_MS, `${life} ms`);
    assert.equal(await offset(location), 0);
  });

  test('another version: 412, with the one that is spoken', async (t) => {
    const { create } = await begin(t);
    for (const version of ['0.2.2', '2.0.0', undefined]) {
      const response = await create(10, { 'tus-resumable': version });
      assert.deepEqual([response.status, response.headers.get('tus-version')], [412, '1.0.0'], String(version));
    }
  });

  test('without a valid token: 403', async (t) => {
    const { create } = await begin(t);
    for (const metadata of [undefined, '', 'token', `token ${base64('forged')}`, `filename ${base64('a.bin')}`, 'token ???']) {
      const response = await create(10, { 'upload-metadata': metadata });
      assert.deepEqual([response.status, await codeOf(response)], [403, 'UPLOAD_TOKEN_INVALID'], String(metadata));
    }
  });

  test('with an expired token: 403', async (t) => {
    const { create, expire } = await begin(t);
    await expire();
    const response = await create(10);
    assert.deepEqual([response.status, await codeOf(response)], [403, 'UPLOAD_TOKEN_EXPIRED']);
  });

  test('without a length, or with an impossible one: 400', async (t) => {
    const { create } = await begin(t);
    for (const headers of [
      { 'upload-length': undefined },
      { 'upload-length': 'ten' },
      { 'upload-length': '-1' },
      { 'upload-length': '1.5' },
      { 'upload-length': '' },
    ]) {
      assert.equal((await create(10, headers)).status, 400, JSON.stringify(headers));
    }
  });

  test('above the limit of the type: 413, at the limit: 201', async (t) => {
    const { create } = await begin(t, { mimeType: 'image/png', fileName: 'a.png', limits: { sizeInBytes: { IMAGE: 100 } } });
    assert.equal((await create(101)).status, 413);
    assert.equal((await create(100)).status, 201);
  });

  test('by tus-js-client with the bytes: the file takes two requests', async (t) => {
    const { manager, uploadUrl, uploadToken, finalise } = await begin(t);
    const { baseUrl, requests } = await serveManager(t, { manager });
    const endpoint = `${baseUrl}${new URL(present(uploadUrl)).pathname}`;
    const metadata = { filename: 'a.bin', token: present(uploadToken) };
    await new Promise((resolve, reject) => {
      new Upload(Buffer.from('all of it'), { endpoint, metadata, uploadDataDuringCreation: true, onSuccess: resolve, onError: reject }).start();
    });
    assert.deepEqual(requests.map(({ method }) => method), ['POST']);
    const { body } = await finalise();
    assert.equal(body.file.sizeInBytes, '9');
  });

  test('with Upload-Concat: no extension is accepted that OPTIONS does not name', async (t) => {
    const { create, uploadUrl, send, offset } = await begin(t);
    const { headers } = await send('OPTIONS', present(uploadUrl));
    assert.equal(headers.get('tus-extension'), 'creation,creation-defer-length,creation-with-upload,expiration,termination');
    const response = await create(10, { 'upload-concat': 'partial' });
    // Unknown headers are ignored; the session is one of the usual kind.
    assert.equal(response.status, 201);
    assert.equal(await offset(new URL(present(response.headers.get('location')), uploadUrl).href), 0);
  });

  test('a second time: starts over, and the first session is gone', async (t) => {
    const { location, patch, send, offset } = await begin(t);
    const first = await location(10);
    assert.equal((await patch(first, 0, 'first')).status, 204);
    const second = await location(6);
    assert.ok([404, 410].includes((await send('HEAD', first)).status));
    assert.equal(await offset(second), 0);
  });

  test('after the file was made: 409', async (t) => {
    const { location, patch, finalise, create } = await begin(t);
    await patch(await location(4), 0, 'four');
    assert.equal((await finalise()).status, 200);
    const response = await create(4);
    assert.deepEqual([response.status, await codeOf(response)], [409, 'UPLOAD_ALREADY_COMPLETED']);
  });
});
