// Sessions that have all their bytes, before and after they were made a file.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { begin } from './session.js';

suite('TUS sessions that are complete', () => {
  test('PATCH without bytes at the end: 204, and nothing changes', async (t) => {
    const { location, patch, offset } = await begin(t);
    const url = await location(4);
    await patch(url, 0, 'four');
    const response = await patch(url, 4, '');
    assert.deepEqual([response.status, response.headers.get('upload-offset')], [204, '4']);
    for (const name of ['upload-length', 'upload-defer-length', 'upload-concat']) assert.equal(response.headers.get(name), null, name);
    assert.equal(await offset(url), 4);
  });

  test('PATCH with bytes at the end: 413', async (t) => {
    const { location, patch, offset } = await begin(t);
    const url = await location(4);
    await patch(url, 0, 'four');
    assert.equal((await patch(url, 4, 'x')).status, 413);
    assert.equal(await offset(url), 4);
  });

  test('DELETE before the file is made: 204, and no file can be made of it', async (t) => {
    const { location, patch, send, finalise } = await begin(t);
    const url = await location(4);
    await patch(url, 0, 'four');
    assert.equal((await send('DELETE', url)).status, 204);
    assert.equal((await finalise()).status, 400);
  });

  test('after the file was made: every verb is answered with 404, and the file stays', async (t) => {
    const { location, patch, head, send, finalise, manager } = await begin(t);
    const url = await location(4);
    await patch(url, 0, 'four');
    const { body } = await finalise();
    for (const response of [await head(url), await patch(url, 4, ''), await send('DELETE', url)]) assert.equal(response.status, 404);
    assert.equal(await (await manager.fetch(body.file.url)).text(), 'four');
  });

  test('HEAD of an ordinary session: nothing of extensions that it does not use', async (t) => {
    const { location, head } = await begin(t);
    const { headers } = await head(await location(10));
    for (const name of ['upload-defer-length', 'upload-concat', 'upload-checksum']) assert.equal(headers.get(name), null, name);
  });

  test('Upload-Checksum, which OPTIONS does not offer: is ignored', async (t) => {
    const { location, patch, send, uploadUrl } = await begin(t);
    const response = await patch(await location(4), 0, 'four', { 'upload-checksum': 'sha1 AAAA' });
    assert.deepEqual([response.status, response.headers.get('upload-offset')], [204, '4']);
    const { headers } = await send('OPTIONS', String(uploadUrl));
    assert.doesNotMatch(String(headers.get('tus-extension')), /checksum/);
    assert.equal(headers.get('tus-checksum-algorithm'), null);
  });
});
