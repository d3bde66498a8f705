// Read your own writes: later requests of a client repeat the X-Wix-Consistent header of its last answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok, rejection, scriptedClient, status } from '../harness/client.js';

/** @param {string} value */
const consistent = (value, answer = ok({ files: [], folders: [] })) => ({
  ...answer,
  headers: { 'X-Wix-Consistent': value },
});

/** @param {{ headers: Record<string, string> }[]} requests */
const sent = (requests) =>
  requests.map(({ headers }) => Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-wix-consistent')?.[1]);

test('X-Wix-Consistent: sends the last value received', async () => {
  const { files, folders, requests } = scriptedClient([consistent('1'), ok(), consistent('2'), ok()]);
  await files.listFiles();
  await folders.createFolder('a');
  await files.queryFileDescriptors().find();
  await folders.getFolder('a');
  assert.deepEqual(sent(requests), [undefined, '1', '1', '2']);
});

test('X-Wix-Consistent: keeps values of errors and of retried answers', async () => {
  const { files, requests } = scriptedClient([consistent('1', status(404)), consistent('2', status(503)), ok({ files: [] })], {
    retry: { maxDelayMs: 0 },
  });
  await rejection(files.getFileDescriptor('f'));
  await files.listFiles();
  assert.deepEqual(sent(requests), [undefined, '1', '2']);
});

test('X-Wix-Consistent: is not shared between clients', async () => {
  const one = scriptedClient([consistent('1')]);
  const other = scriptedClient([ok({ files: [] })]);
  await one.files.listFiles();
  await other.files.listFiles();
  assert.deepEqual(sent(other.requests), [undefined]);
});

test("X-Wix-Consistent: leaves the caller's headers unchanged", async () => {
  const headers = Object.freeze({ 'X-Custom': '1' });
  const { files, requests } = scriptedClient([consistent('1')], { headers });
  await files.listFiles();
  await files.listFiles();
  assert.deepEqual(headers, { 'X-Custom': '1' });
  assert.equal(requests[1].headers['X-Custom'], '1');
});

test('X-Wix-Consistent: prefers a received value to an extra header', async () => {
  const { files, requests } = scriptedClient([consistent('1')], { headers: { 'x-wix-consistent': 'mine' } });
  await files.listFiles();
  await files.listFiles();
  assert.deepEqual(sent(requests), ['mine', '1']);
});
