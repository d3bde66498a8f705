// updateFileDescriptor is called with a file in the SDK, and with an ID and a file in Velo.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ok, rejection, scriptedClient } from '../harness/client.js';

/** @import { FieldViolation } from '../harness/package.js' */

/** @param {...unknown} args */
async function sent(...args) {
  const { files, requests } = scriptedClient([ok({ file: { id: 'f1', displayName: 'new' } })]);
  assert.deepEqual(await /** @type {any} */ (files).updateFileDescriptor(...args), { _id: 'f1', displayName: 'new' });
  const [{ method, url, body }] = requests;
  assert.equal(method, 'PATCH');
  assert.equal(url, 'https://www.wixapis.com/site-media/v1/files/update-file-descriptor');
  return JSON.parse(body);
}

suite('updateFileDescriptor', () => {
  const expected = { file: { id: 'f1', displayName: 'new', labels: ['x'] } };
  const file = { displayName: 'new', labels: ['x'] };
  for (const [name, args] of /** @type {[name: string, args: unknown[]][]} */ ([
    ['the form of the SDK', [{ _id: 'f1', ...file }]],
    ['the same with the name of REST', [{ id: 'f1', ...file }]],
    ['the form of Velo', ['f1', file]],
    ['the form of Velo, with another ID in the file', ['f1', { _id: 'other', ...file }]],
    ['the form of Velo, with another ID in the file under the name of REST', ['f1', { id: 'other', ...file }]],
    ['the form of the SDK, with call options', [{ _id: 'f1', ...file }, { timeoutMs: 1000 }]],
    ['the form of Velo, with call options', ['f1', file, { timeoutMs: 1000 }]],
  ])) {
    test(`updateFileDescriptor: sends the same in ${name}`, async () => assert.deepEqual(await sent(...args), expected));
  }
});

suite('updateFileDescriptor: call options', () => {
  for (const [name, args] of /** @type {[name: string, args: unknown[]][]} */ ([
    ['the SDK', [{ _id: 'f1' }]],
    ['Velo', ['f1', {}]],
  ])) {
    test(`updateFileDescriptor: accepts call options in the form of ${name}`, async () => {
      const { files, requests } = scriptedClient([ok()]);
      const error = await rejection(/** @type {any} */ (files).updateFileDescriptor(...args, { signal: AbortSignal.abort('own reason') }));
      assert.equal(error, 'own reason');
      assert.equal(requests.length, 0);
    });
  }
});

test('updateFileDescriptor: refuses an id without a file', async () => {
  for (const args of [['f1'], ['f1', undefined], ['f1', null], ['f1', 'new'], ['f1', 5]]) {
    const { files, requests } = scriptedClient([ok()]);
    const error = await rejection(/** @type {any} */ (files).updateFileDescriptor(...args));
    assert.equal(error.status, 400);
    assert.deepEqual(error.fieldViolations.map((/** @type {FieldViolation} */ { field }) => field), ['file']);
    assert.equal(requests.length, 0);
  }
});
