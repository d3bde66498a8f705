// HEAD: the state of an upload session.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { present } from '../harness/present.js';
import { begin } from './session.js';

suite('TUS HEAD', () => {
  test('says offset, length and expiry, and is not cached', async (t) => {
    const { location, patch, head } = await begin(t);
    const url = await location(10);
    await patch(url, 0, 'some');
    const response = await head(url);
    assert.equal(response.status, 200);
    const { headers } = response;
    assert.deepEqual([headers.get('upload-offset'), headers.get('upload-length'), headers.get('cache-control')], ['4', '10', 'no-store']);
    assert.ok(Date.parse(present(headers.get('upload-expires'))) > 0);
    assert.equal(await response.text(), '');
  });

  test('gives Upload-Metadata back as it was created', async (t) => {
    const { location, head, metadata } = await begin(t, { fileName: 'kräftig – 猫.bin' });
    assert.equal((await head(await location(10))).headers.get('upload-metadata'), metadata);
  });

  test('another version: 412, with the one that is spoken', async (t) => {
    const { location, head } = await begin(t);
    const url = await location(10);
    for (const version of ['0.2.2', undefined]) {
      const response = await head(url, { 'tus-resumable': version });
      assert.deepEqual([response.status, response.headers.get('tus-version')], [412, '1.0.0']);
    }
  });

  test('unknown session: 404', async (t) => {
    const { head, uploadUrl } = await begin(t);
    for (const id of ['0'.repeat(32), 'x']) assert.equal((await head(`${uploadUrl}/${id}`)).status, 404, id);
    // No text holds this character: docs/contract/choices.md#u55
    assert.equal((await head(`${uploadUrl}/%00`)).status, 400);
  });

  test('expired session: 410', async (t) => {
    const { location, head, expire } = await begin(t);
    const url = await location(10);
    await expire();
    assert.equal((await head(url)).status, 410);
  });

  test('complete session: the offset is the length', async (t) => {
    const { location, patch, head } = await begin(t);
    const url = await location(4);
    await patch(url, 0, 'four');
    const { headers } = await head(url);
    assert.equal(headers.get('upload-offset'), headers.get('upload-length'));
  });
});
