// creation-with-upload: a POST that brings the first bytes along.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { md5, noise } from '../harness/bytes.js';
import { present } from '../harness/present.js';
import { begin, codeOf } from './session.js';

/** @import { TusHeaders } from './session.js' */

const CHUNK = { 'content-type': 'application/offset+octet-stream' };

suite('TUS creation-with-upload', () => {
  /**
   * @param {Awaited<ReturnType<typeof begin>>} session
   * @param {number} length
   * @param {BodyInit} body
   * @param {TusHeaders} [headers]
   */
  const createWith = ({ send, uploadUrl, metadata }, length, body, headers) =>
    send('POST', present(uploadUrl), { 'upload-length': String(length), 'upload-metadata': metadata, ...CHUNK, ...headers }, body);

  /** @param {Response} response */
  const locationOf = (response) => present(response.headers.get('location'));

  test('all bytes: the session is complete, and two requests make a file', async (t) => {
    const session = await begin(t);
    const bytes = noise(5000);
    const response = await createWith(session, bytes.length, bytes);
    assert.deepEqual([response.status, response.headers.get('upload-offset')], [201, '5000']);
    assert.ok(Date.parse(present(response.headers.get('upload-expires'))) > 0);
    assert.equal((await session.finalise()).body.file.hash, md5(bytes));
  });

  test('some of the bytes: PATCH goes on behind them', async (t) => {
    const session = await begin(t);
    const bytes = noise(5000);
    const response = await createWith(session, bytes.length, bytes.subarray(0, 2000));
    assert.equal(response.headers.get('upload-offset'), '2000');
    assert.equal(await session.offset(locationOf(response)), 2000);
    assert.equal((await session.patch(locationOf(response), 2000, bytes.subarray(2000))).headers.get('upload-offset'), '5000');
    assert.equal((await session.finalise()).body.file.hash, md5(bytes));
  });

  test('no bytes: the session begins at 0', async (t) => {
    const session = await begin(t);
    const response = await createWith(session, 4, '');
    assert.deepEqual([response.status, response.headers.get('upload-offset')], [201, '0']);
    await session.patch(locationOf(response), 0, 'four');
    assert.equal((await session.finalise()).status, 200);
  });

  test('bytes of another content type: are not those of the file', async (t) => {
    const session = await begin(t);
    const response = await createWith(session, 4, 'four', { 'content-type': 'text/plain' });
    assert.deepEqual([response.status, response.headers.get('upload-offset')], [201, null]);
    assert.equal(await session.offset(locationOf(response)), 0);
  });

  test('an offset: is that of the beginning, whatever it says', async (t) => {
    const session = await begin(t);
    const response = await createWith(session, 4, 'four', { 'upload-offset': '2' });
    assert.deepEqual([response.status, response.headers.get('upload-offset')], [201, '4']);
    assert.equal((await session.finalise()).body.file.hash, md5('four'));
  });

  test('more than the length: 413, and another creation starts over', async (t) => {
    const session = await begin(t);
    assert.equal((await createWith(session, 2, 'four')).status, 413);
    assert.equal((await session.finalise()).status, 400);
    await createWith(session, 4, 'four');
    assert.equal((await session.finalise()).body.file.hash, md5('four'));
  });

  test('what a creation refuses, it refuses with bytes too', async (t) => {
    const session = await begin(t);
    for (const [headers, status, code] of /** @type {[TusHeaders, number, string | undefined][]} */ ([
      [{ 'upload-metadata': 'token eA==' }, 403, 'UPLOAD_TOKEN_INVALID'],
      [{ 'upload-length': '-1' }, 400, undefined],
      [{ 'tus-resumable': '0.2.2' }, 412, undefined],
      [{ 'upload-length': String(2 ** 50) }, 413, 'FILE_SIZE_OVER_LIMIT'],
    ])) {
      const response = await createWith(session, 4, 'four', headers);
      assert.equal(response.status, status, JSON.stringify(headers));
      if (code) assert.equal(await codeOf(response), code);
    }
    assert.equal((await session.finalise()).status, 400, 'no session has begun');
  });

  test('a body that breaks off: the session keeps what arrived', async (t) => {
    const session = await begin(t);
    const bytes = noise(3000);
    let isFirst = true;
    const body = new ReadableStream(
      {
        pull(stream) {
          if (!isFirst) throw new Error('the line broke');
          isFirst = false;
          stream.enqueue(bytes.subarray(0, 1000));
        },
      },
      { highWaterMark: 0 },
    );
    await createWith(session, bytes.length, body).catch(() => {});
    // Its location was never told; a client creates another one.
    const again = await createWith(session, bytes.length, bytes);
    assert.equal(again.headers.get('upload-offset'), '3000');
    assert.equal((await session.finalise()).body.file.hash, md5(bytes));
  });
});
