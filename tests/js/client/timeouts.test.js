import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { stoppedClock } from '../harness/clock.js';
import { ok, rejection, scriptedClient, status } from '../harness/client.js';
import { WixMediaError } from '../harness/package.js';

const never = () => new Promise(() => {});

/** @type {Record<string, { script: Parameters<typeof scriptedClient>[0], options?: object }>} */
const STAGES = {
  'credentials that never come': { script: [ok()], options: { auth: { accessToken: never } } },
  'a request that is never answered': { script: never },
  'a body that never ends': { script: () => new Response(new ReadableStream()) },
  'attempts that go on and on': { script: [status(503)], options: { retry: { attempts: 100 } } },
};

suite('timeoutMs', () => {
  for (const [stage, { script, options }] of Object.entries(STAGES)) {
    test(`timeoutMs: covers ${stage}`, async (t) => {
      const clock = await stoppedClock(t);
      const { files, requests } = scriptedClient(script, { ...options, timeoutMs: 2000 });
      const promise = rejection(files.listFiles());
      const passed = await clock.until(promise);
      assert.ok(passed >= 2000 && passed <= 2020, `${passed} ms`);
      const error = await promise;
      assert.ok(error instanceof WixMediaError);
      assert.equal(error.code, 'TIMEOUT');
      assert.equal(error.operation, 'files.listFiles');
      assert.match(error.message, /2000 ms/);
      const before = requests.length;
      await clock.pass(60_000);
      assert.equal(requests.length, before, 'it went on after the time was up');
    });
  }

  test('timeoutMs: of a call overrides that of the client', async (t) => {
    const clock = await stoppedClock(t);
    const { files } = scriptedClient(never, { timeoutMs: 10_000 });
    const promise = rejection(files.listFiles({}, { timeoutMs: 100 }));
    assert.ok((await clock.until(promise)) <= 120);
    assert.equal((await promise).code, 'TIMEOUT');
  });

  test('timeoutMs: leaves no timer after the call', async () => {
    const { files } = scriptedClient([ok({ files: [] })], { timeoutMs: 100_000 });
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    await files.listFiles();
    assert.equal(timers(), before);
  });

  test('timeoutMs: aborts the fetch', async (t) => {
    const clock = await stoppedClock(t);
    /** @type {any} */
    let signal;
    const { files } = scriptedClient((request) => {
      signal = request.signal;
      return never();
    });
    const promise = rejection(files.listFiles({}, { timeoutMs: 50 }));
    await clock.until(promise);
    assert.equal(signal.aborted, true);
  });

  test('timeoutMs: combines with a signal, whichever comes first', async (t) => {
    const clock = await stoppedClock(t);
    const { files } = scriptedClient(never);
    const controller = new AbortController();
    const slow = rejection(files.listFiles({}, { timeoutMs: 500, signal: controller.signal }));
    await clock.pass(100);
    controller.abort('first');
    assert.equal(await slow, 'first');
    const promise = rejection(files.listFiles({}, { timeoutMs: 500, signal: new AbortController().signal }));
    await clock.until(promise);
    assert.equal((await promise).code, 'TIMEOUT');
  });

  test('timeoutMs: may exceed the range of timers', async () => {
    const { files } = scriptedClient([ok({ files: [] })]);
    await files.listFiles({}, { timeoutMs: 2 ** 40 });
    await files.listFiles({}, { timeoutMs: Infinity });
  });
});
