// DELETE: the termination of an upload session.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { emptyDirectory } from '../manager/place.js';
import { begin } from './session.js';

suite('TUS DELETE', () => {
  test('ends the session, for every verb', async (t) => {
    const { location, patch, send, finalise } = await begin(t);
    const url = await location(4);
    await patch(url, 0, 'fo');
    assert.equal((await send('DELETE', url)).status, 204);
    for (const [method, headers, body] of /** @type {[method: string, headers?: Record<string, string>, body?: string][]} */ ([
      ['HEAD'],
      ['PATCH', { 'upload-offset': '2', 'content-type': 'application/offset+octet-stream' }, 'ur'],
      ['DELETE'],
    ])) {
      assert.ok([404, 410].includes((await send(method, url, headers, body)).status), method);
    }
    assert.equal((await finalise()).status, 400);
  });

  test('frees the bytes', async (t) => {
    const directory = await emptyDirectory(t);
    const { location, patch, send } = await begin(t, { storage: { directory } });
    const blobs = async () => (await readdir(join(directory, 'blobs'), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;
    const url = await location(4);
    await patch(url, 0, 'four');
    assert.equal(await blobs(), 1);
    await send('DELETE', url);
    assert.equal(await blobs(), 0);
  });

  test('leaves the token good for another session', async (t) => {
    const { location, patch, send, finalise } = await begin(t);
    await send('DELETE', await location(10));
    await patch(await location(4), 0, 'four');
    assert.equal((await finalise()).status, 200);
  });

  test('another version: 412, and the session stays', async (t) => {
    const { location, send, offset } = await begin(t);
    const url = await location(10);
    for (const version of ['0.2.2', undefined]) {
      const response = await send('DELETE', url, { 'tus-resumable': version });
      assert.deepEqual([response.status, response.headers.get('tus-version')], [412, '1.0.0']);
    }
    assert.equal(await offset(url), 0);
  });

  test('unknown session: 404', async (t) => {
    const { send, uploadUrl } = await begin(t);
    assert.equal((await send('DELETE', `${uploadUrl}/${'0'.repeat(32)}`)).status, 404);
  });

  test('X-HTTP-Method-Override: a POST is a DELETE', async (t) => {
    const { location, send } = await begin(t);
    const url = await location(10);
    assert.equal((await send('POST', url, { 'x-http-method-override': 'DELETE' })).status, 204);
    assert.ok([404, 410].includes((await send('HEAD', url)).status));
  });
});
