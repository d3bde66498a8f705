import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { suite, test } from 'node:test';
import { stoppedClock } from '../harness/clock.js';
import { ok, rejection, scriptedClient, status } from '../harness/client.js';
import { init } from '../harness/package.js';

const never = () => new Promise(() => {});

/** @typedef {Parameters<typeof scriptedClient>[0]} Script */

// Every stage of a call at which a caller may abort it, with the script that brings a call there.
/** @type {Record<string, { script: Script, options?: object, aborted?: boolean, requests?: number }>} */
const STAGES = {
  'before it starts': { script: [ok()], aborted: true },
  'while the credentials are asked for': { script: [ok()], options: { auth: { accessToken: never } } },
  'while the request is on its way': { script: never, requests: 1 },
  'while the body is read': {
    script: () => new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([123])) })),
    requests: 1,
  },
  'while it waits to try again': { script: [status(503)], requests: 1 },
  'while the client pauses after a 429': { script: [status(429, { headers: { 'retry-after': '9' } })], requests: 1 },
};

suite('signal', () => {
  for (const [stage, { script, options, aborted, requests: expected = 0 }] of Object.entries(STAGES)) {
    test(`signal: ends a call ${stage}`, async (t) => {
      const clock = await stoppedClock(t);
      const controller = new AbortController();
      const reason = new Error('the caller lost interest');
      if (aborted) controller.abort(reason);
      const { files, requests } = scriptedClient(script, options);
      const promise = rejection(files.listFiles({}, { signal: controller.signal }));
      await clock.pass(1);
      controller.abort(reason);
      await clock.settle();
      assert.equal(await promise, reason);
      await clock.pass(60_000);
      assert.equal(requests.length, expected, 'requests');
      assert.equal(getEventListeners(controller.signal, 'abort').length, 0, 'listeners left on the signal');
    });
  }

  for (const reason of ['a string', 0, null, new DOMException('stop', 'AbortError'), { code: 7 }]) {
    test(`signal: rejects with its own reason, ${String(reason)}`, async () => {
      await init();
      const controller = new AbortController();
      const { files } = scriptedClient(never);
      const promise = rejection(files.getFileDescriptor('f1', { signal: controller.signal }));
      await new Promise(setImmediate);
      controller.abort(reason);
      assert.equal(await promise, reason);
    });
  }

  test('signal: rejects with the AbortError of the platform when it has no reason', async () => {
    const { files } = scriptedClient(never);
    const error = await rejection(files.listFiles({}, { signal: AbortSignal.abort() }));
    assert.equal(error.name, 'AbortError');
  });

  test('signal: rejects with the TimeoutError of AbortSignal.timeout', async (t) => {
    const { files } = scriptedClient(never);
    // Its timer alone does not keep the process running.
    const alive = setTimeout(() => {}, 60_000);
    t.after(() => clearTimeout(alive));
    const error = await rejection(files.listFiles({}, { signal: AbortSignal.timeout(5) }));
    assert.equal(error.name, 'TimeoutError');
  });

  test('signal: does nothing after the call has ended', async () => {
    const controller = new AbortController();
    const { files, requests } = scriptedClient([ok({ files: [] })]);
    await files.listFiles({}, { signal: controller.signal });
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
    controller.abort();
    assert.equal(requests.length, 1);
  });

  test('signal: serves many calls', async () => {
    const controller = new AbortController();
    const { files, folders } = scriptedClient(never);
    const { signal } = controller;
    const promises = [
      files.listFiles({}, { signal }),
      files.getFileDescriptor('f1', { signal }),
      folders.createFolder('a', {}, { signal }),
      files.queryFileDescriptors().find({ signal }),
      folders.queryFolders({}, { signal }),
      files.bulkDeleteFiles(['f1'], undefined, { signal }),
    ].map((promise) => rejection(promise));
    await new Promise(setImmediate);
    controller.abort('all of you');
    assert.deepEqual(await Promise.all(promises), promises.map(() => 'all of you'));
  });

  test('signal: is passed on to fetch', async () => {
    const controller = new AbortController();
    /** @type {AbortSignal | undefined} */
    let seen;
    const { files } = scriptedClient((request) => {
      seen = request.signal;
      return never();
    });
    const promise = rejection(files.listFiles({}, { signal: controller.signal }));
    await init();
    await new Promise(setImmediate);
    assert.equal(seen?.aborted, false);
    controller.abort('now');
    await promise;
    assert.equal(seen?.aborted, true);
    assert.equal(seen?.reason, 'now');
  });
});

test('signal: is not passed to fetch without a signal or a timeout', async () => {
  const { files, requests } = scriptedClient([ok({ files: [] })]);
  await files.listFiles();
  assert.equal('signal' in requests[0], false);
});
