import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stoppedClock } from '../harness/clock.js';
import { ok, rejection, reset, scriptedClient, status } from '../harness/client.js';

function listening() {
  /** @type {any[]} */
  const events = [];
  /** @param {string} kind */
  const note = (kind) => (/** @type {any} */ event) => {
    events.push({ kind, ...event });
  };
  return { events, on: { request: note('request'), response: note('response'), retry: note('retry') } };
}

test('hooks: report request, response and retry in order', async (t) => {
  const clock = await stoppedClock(t);
  const { events, on } = listening();
  const { files } = scriptedClient(
    [status(503, { headers: { 'x-wix-request-id': 'r1' } }), reset, ok({ files: [] })],
    { on },
  );
  await clock.until(files.listFiles({ paging: { limit: 3 } }));
  assert.deepEqual(
    events.map(({ kind, attempt, status: number }) => [kind, attempt, number]),
    [
      ['request', 1, undefined],
      ['response', 1, 503],
      ['retry', 1, 503],
      ['request', 2, undefined],
      ['retry', 2, undefined],
      ['request', 3, undefined],
      ['response', 3, 200],
    ],
  );
  for (const { operation } of events) assert.equal(operation, 'files.listFiles');
  const [request, response, retry] = events;
  assert.equal(request.method, 'GET');
  assert.equal(request.url, 'https://www.wixapis.com/site-media/v1/files?paging.limit=3');
  assert.equal(response.requestId, 'r1');
  assert.ok(retry.delayMs >= 250 && retry.delayMs <= 500, String(retry.delayMs));
  assert.equal(events[4].error.code, 'NETWORK');
});

test('hooks: cannot change the request', async () => {
  const on = {
    request: (/** @type {any} */ event) => {
      event.url = 'https://elsewhere.example.com/';
      if (event.headers) event.headers['x-injected'] = '1';
    },
  };
  const { files, requests } = scriptedClient([ok({ files: [] })], { on });
  await files.listFiles();
  assert.equal(requests[0].url, 'https://www.wixapis.com/site-media/v1/files');
  assert.equal('x-injected' in requests[0].headers, false);
});

test('hooks: may throw or reject without failing the call', async (t) => {
  /** @type {unknown[]} */
  const unhandled = [];
  /** @param {unknown} reason */
  const note = (reason) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  t.after(() => process.off('unhandledRejection', note));
  const on = {
    request: () => {
      throw new Error('from a hook');
    },
    response: async () => {
      throw new Error('from a hook, later');
    },
    retry: () => Promise.reject(new Error('from a hook')),
  };
  const { files } = scriptedClient([status(503), ok({ files: [] })], { on, retry: { maxDelayMs: 0 } });
  assert.deepEqual(await files.listFiles(), { files: [] });
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(unhandled, []);
});

test('hooks: are not called for a refused call', async () => {
  const { events, on } = listening();
  const { files } = scriptedClient([ok()], { on });
  await rejection(/** @type {any} */ (files).getFileDescriptor());
  assert.deepEqual(events, []);
});
