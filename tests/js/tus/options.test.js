// OPTIONS: what the server speaks, and what it lets pages of other origins do.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { present } from '../harness/present.js';
import { begin } from './session.js';

/** @import { ManagerOptions } from '../harness/package.js' */

suite('TUS OPTIONS', () => {
  test('names version, extensions and size without asking for a version', async (t) => {
    const { send, uploadUrl } = await begin(t);
    for (const version of [undefined, '1.0.0', '0.2.2']) {
      const response = await send('OPTIONS', present(uploadUrl), { 'tus-resumable': version });
      assert.ok([200, 204].includes(response.status));
      assert.equal(response.headers.get('tus-version'), '1.0.0');
      assert.equal(response.headers.get('tus-extension'), 'creation,creation-defer-length,creation-with-upload,expiration,termination');
    }
  });

  const small = { ARCHIVE: 10, AUDIO: 10, DOCUMENT: 10, IMAGE: 10, MODEL3D: 10, VECTOR: 10 };
  for (const [name, limits, file] of /** @type {[string, ManagerOptions['limits'], { mimeType?: string } | undefined][]} */ ([
    ['the largest type', {}, { mimeType: 'video/mp4', fileName: 'a.mp4' }],
    ['the types of this manager', { sizeInBytes: { ...small, OTHER: 7000, VIDEO: 5000 } }, {}],
  ])) {
    test(`Tus-Max-Size: the largest length that a creation accepts, by ${name}`, async (t) => {
      const { send, uploadUrl, create } = await begin(t, { limits, ...file });
      const limit = Number((await send('OPTIONS', present(uploadUrl))).headers.get('tus-max-size'));
      assert.ok(limit > 0);
      assert.equal((await create(limit + 1)).status, 413);
      assert.equal((await create(limit)).status, 201);
    });
  }

  test('lets pages of every origin use every verb and header of TUS, and read its answers', async (t) => {
    const { send, uploadUrl, location, head } = await begin(t);
    const { headers } = await send('OPTIONS', present(uploadUrl), {
      origin: 'http://page.example',
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'tus-resumable, upload-length, upload-metadata, upload-offset, content-type, x-http-method-override',
    });
    assert.equal(headers.get('access-control-allow-origin'), '*');
    const methods = present(headers.get('access-control-allow-methods')).split(/, */);
    for (const method of ['POST', 'HEAD', 'PATCH', 'PUT', 'DELETE']) assert.ok(methods.includes(method), method);
    const allowed = present(headers.get('access-control-allow-headers')).toLowerCase();
    for (const name of ['tus-resumable', 'upload-length', 'upload-metadata', 'upload-offset', 'content-type', 'x-http-method-override']) {
      assert.ok(allowed === '*' || allowed.includes(name), name);
    }
    const exposed = present((await head(await location(4))).headers.get('access-control-expose-headers')).toLowerCase();
    for (const name of ['location', 'tus-resumable', 'upload-offset', 'upload-length', 'upload-expires']) {
      assert.ok(exposed === '*' || exposed.includes(name), name);
    }
  });
});
