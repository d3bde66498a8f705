// PUT: the request that makes a file of a complete upload session.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { md5 } from '../harness/bytes.js';
import { begin } from './session.js';

/** @param {{ status: number, body: any }} answer */
const codeOf = ({ status, body }) => [status, body.details?.applicationError?.code];

suite('TUS PUT', () => {
  test('makes the file', async (t) => {
    const { location, patch, finalise, manager } = await begin(t, { mimeType: 'text/plain', fileName: 'notes.txt' });
    await patch(await location(5), 0, 'notes');
    const { status, body } = await finalise();
    assert.equal(status, 200);
    assert.deepEqual([body.file.displayName, body.file.hash, body.file.sizeInBytes], ['notes.txt', md5('notes'), '5']);
    assert.equal(await (await manager.fetch(body.file.url)).text(), 'notes');
  });

  test('takes the name of the query', async (t) => {
    const { location, patch, finalise } = await begin(t, { mimeType: 'text/plain', fileName: 'notes.txt' });
    await patch(await location(5), 0, 'notes');
    assert.equal((await finalise({ query: '?filename=at%20last.txt' })).body.file.displayName, 'at last.txt');
  });

  test('before all bytes are there: 400, and the session goes on', async (t) => {
    const { location, patch, finalise } = await begin(t);
    assert.deepEqual(codeOf(await finalise()), [400, 'UPLOAD_INCOMPLETE']);
    const url = await location(10);
    assert.deepEqual(codeOf(await finalise()), [400, 'UPLOAD_INCOMPLETE']);
    await patch(url, 0, 'some');
    assert.deepEqual(codeOf(await finalise()), [400, 'UPLOAD_INCOMPLETE']);
    await patch(url, 4, 'thing!');
    assert.equal((await finalise()).status, 200);
  });

  test('a second time: 409', async (t) => {
    const { location, patch, finalise } = await begin(t);
    await patch(await location(4), 0, 'four');
    assert.equal((await finalise()).status, 200);
    assert.deepEqual(codeOf(await finalise()), [409, 'UPLOAD_ALREADY_COMPLETED']);
  });

  test('an empty session: 400 ZERO_FILE_SIZE', async (t) => {
    const { location, finalise } = await begin(t);
    await location(0);
    assert.deepEqual(codeOf(await finalise()), [400, 'ZERO_FILE_SIZE']);
  });

  test('with a token that is invalid or expired: 403', async (t) => {
    const { location, patch, finalise, expire } = await begin(t);
    await patch(await location(4), 0, 'four');
    assert.deepEqual(codeOf(await finalise({ token: 'forged' })), [403, 'UPLOAD_TOKEN_INVALID']);
    await expire();
    assert.deepEqual(codeOf(await finalise()), [403, 'UPLOAD_TOKEN_EXPIRED']);
  });

  test('content of another type than the declared one: 400 MISMATCH_MIME_TYPE', async (t) => {
    const { location, patch, finalise } = await begin(t, { mimeType: 'image/png', fileName: 'a.png' });
    await patch(await location(8), 0, '%PDF-1.7');
    assert.deepEqual(codeOf(await finalise()), [400, 'MISMATCH_MIME_TYPE']);
  });
});
