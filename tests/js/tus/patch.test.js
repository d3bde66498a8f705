// PATCH: chunks of an upload session.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { md5, noise } from '../harness/bytes.js';
import { gate } from '../harness/gate.js';
import { present } from '../harness/present.js';
import { emptyDirectory } from '../manager/place.js';
import { begin } from './session.js';

suite('TUS PATCH', () => {
  test('moves the offset on by what arrived', async (t) => {
    const { location, patch, offset } = await begin(t);
    const url = await location(10);
    const first = await patch(url, 0, 'some');
    assert.deepEqual([first.status, first.headers.get('upload-offset')], [204, '4']);
    assert.ok(Date.parse(present(first.headers.get('upload-expires'))) > 0);
    assert.equal(await offset(url), 4);
    const second = await patch(url, 4, 'thing!');
    assert.deepEqual([second.status, second.headers.get('upload-offset')], [204, '10']);
  });

  test('byte by byte makes the same file', async (t) => {
    const { location, patch, finalise } = await begin(t);
    const bytes = noise(20);
    const url = await location(20);
    for (let at = 0; at < 20; at += 1) assert.equal((await patch(url, at, bytes.subarray(at, at + 1))).status, 204);
    assert.equal((await finalise()).body.file.hash, md5(bytes));
  });

  test('an empty chunk changes nothing', async (t) => {
    const { location, patch, offset } = await begin(t);
    const url = await location(10);
    await patch(url, 0, 'some');
    const response = await patch(url, 4, '');
    assert.deepEqual([response.status, response.headers.get('upload-offset')], [204, '4']);
    assert.equal(await offset(url), 4);
  });

  for (const [name, given] of [['behind', 3], ['ahead of', 5], ['far ahead of', 1000]]) {
    test(`an offset ${name} the session's: 409, and nothing changes`, async (t) => {
      const { location, patch, finalise, offset } = await begin(t);
      const url = await location(10);
      await patch(url, 0, 'some');
      assert.equal((await patch(url, given, 'abc')).status, 409);
      assert.equal(await offset(url), 4);
      await patch(url, 4, 'thing!');
      assert.equal((await finalise()).body.file.hash, md5('something!'));
    });
  }

  test('no offset, or an impossible one: 400', async (t) => {
    const { location, patch, offset } = await begin(t);
    const url = await location(10);
    for (const given of [undefined, 'x', '-1', '1.5', '']) {
      assert.equal((await patch(url, 0, 'abc', { 'upload-offset': given })).status, 400, String(given));
    }
    assert.equal(await offset(url), 0);
  });

  test('another content type, or none: 415', async (t) => {
    const { location, patch, offset } = await begin(t);
    const url = await location(10);
    for (const type of ['text/plain', 'application/octet-stream', 'application/json']) {
      assert.equal((await patch(url, 0, 'abc', { 'content-type': type })).status, 415, type);
    }
    assert.equal((await patch(url, 0, new TextEncoder().encode('abc'), { 'content-type': undefined })).status, 415);
    assert.equal(await offset(url), 0);
  });

  test('another version: 412, with the one that is spoken', async (t) => {
    const { location, patch, offset } = await begin(t);
    const url = await location(10);
    for (const version of ['0.2.2', undefined]) {
      const response = await patch(url, 0, 'abc', { 'tus-resumable': version });
      assert.deepEqual([response.status, response.headers.get('tus-version')], [412, '1.0.0']);
    }
    assert.equal(await offset(url), 0);
  });

  test('more than the length: 413, and the session goes on', async (t) => {
    const { location, patch, finalise } = await begin(t);
    const url = await location(10);
    await patch(url, 0, 'some');
    assert.equal((await patch(url, 4, 'more than six bytes')).status, 413);
    const head = await patch(url, 4, 'thing!');
    assert.equal(head.status, 204);
    assert.equal((await finalise()).body.file.hash, md5('something!'));
  });

  test('a complete session: 409 for the old offset', async (t) => {
    const { location, patch } = await begin(t);
    const url = await location(4);
    await patch(url, 0, 'four');
    assert.equal((await patch(url, 0, 'four')).status, 409);
  });

  test('unknown session: 404; expired session: 410', async (t) => {
    const { location, patch, uploadUrl, expire } = await begin(t);
    assert.equal((await patch(`${uploadUrl}/${'0'.repeat(32)}`, 0, 'abc')).status, 404);
    const url = await location(10);
    await expire();
    assert.equal((await patch(url, 0, 'abc')).status, 410);
  });

  test('a chunk that breaks off keeps what arrived', async (t) => {
    const { location, patch, offset, finalise } = await begin(t);
    const bytes = noise(1000);
    const url = await location(1000);
    let isFirst = true;
    const body = new ReadableStream(
      {
        pull(stream) {
          if (!isFirst) throw new Error('the line broke');
          isFirst = false;
          stream.enqueue(bytes.subarray(0, 600));
        },
      },
      { highWaterMark: 0 },
    );
    await patch(url, 0, body).catch(() => {});
    const at = await offset(url);
    assert.ok(at <= 600, `${at} bytes`);
    assert.equal((await patch(url, at, bytes.subarray(at))).status, 204);
    assert.equal((await finalise()).body.file.hash, md5(bytes));
  });

  test('a second chunk while one is on its way ends the first', async (t) => {
    const { location, patch, finalise, head } = await begin(t);
    const bytes = noise(1000);
    const url = await location(1000);
    const [half, rest] = [gate(), gate()];
    let pulls = 0;
    const body = new ReadableStream(
      {
        async pull(stream) {
          pulls += 1;
          if (pulls === 1) return stream.enqueue(noise(600, 5));
          half.open();
          await rest.opened;
          return stream.close();
        },
      },
      { highWaterMark: 0 },
    );
    const first = patch(url, 0, body);
    await half.opened;
    // As a client does after a silence: it asks, and goes on from there.
    const at = Number((await head(url)).headers.get('upload-offset'));
    const second = await patch(url, at, at === 0 ? bytes : bytes.subarray(at));
    rest.open();
    const outcome = await first;
    assert.ok(outcome.status >= 400 || second.status >= 400, `${outcome.status} and ${second.status}`);
    if (second.status === 204 && at === 0) assert.equal((await finalise()).body.file.hash, md5(bytes));
  });

  test('what was acknowledged is there after a restart', async (t) => {
    const directory = await emptyDirectory(t);
    const first = await begin(t, { storage: { directory } });
    const bytes = noise(100_000);
    const url = await first.location(bytes.length);
    await first.patch(url, 0, bytes.subarray(0, 60_000));
    await first.manager.close();
    const second = await begin(t, { storage: { directory } });
    assert.equal(await second.offset(url), 60_000);
    await second.patch(url, 60_000, bytes.subarray(60_000));
    assert.equal((await second.finalise({ token: first.uploadToken })).body.file.hash, md5(bytes));
  });

  test('X-HTTP-Method-Override: a POST is a PATCH', async (t) => {
    const { location, send, offset } = await begin(t);
    const url = await location(10);
    const headers = { 'x-http-method-override': 'PATCH', 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
    const response = await send('POST', url, headers, 'some');
    assert.deepEqual([response.status, response.headers.get('upload-offset')], [204, '4']);
    assert.equal(await offset(url), 4);
  });
});
