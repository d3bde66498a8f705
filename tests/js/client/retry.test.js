import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { stoppedClock } from '../harness/clock.js';
import { ok, refused, rejection, reset, scriptedClient, status, validArguments } from '../harness/client.js';
import { operations } from '../harness/operations.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { Answer } from '../harness/types.d.ts'
 */

const CREATES = new Set(['createFolder', 'importFile', 'bulkImportFiles', 'bulkImportFile']);

// Retries of calls that read or may be repeated, and of calls that create something.
/** @type {[name: string, failure: Answer, repeated: { repeatable: boolean, creates: boolean }][]} */
const FAILURES = [
  ['a network failure', reset, { repeatable: true, creates: false }],
  ['a refused connection', refused, { repeatable: true, creates: true }],
  ['429', status(429), { repeatable: true, creates: true }],
  ['500', status(500), { repeatable: true, creates: false }],
  ['502', status(502), { repeatable: true, creates: false }],
  ['503', status(503), { repeatable: true, creates: false }],
  ['504', status(504), { repeatable: true, creates: false }],
  ...[201, 204, 400, 401, 403, 404, 409, 428, 501].map((number) => /** @type {[string, Answer, { repeatable: boolean, creates: boolean }]} */ ([
    String(number),
    number === 204 ? { status: 204 } : status(number),
    { repeatable: false, creates: false },
  ])),
];

suite('retry', () => {
  for (const [name, failure, repeated] of FAILURES) {
    test(`retry: repeats only calls that are safe to repeat after ${name}`, async (t) => {
      const clock = await stoppedClock(t);
      for (const { api, method } of operations) {
        const { client, requests } = scriptedClient([failure, ok()]);
        const promise = /** @type {any} */ (client)[api][method](...validArguments[method]);
        await clock.until(promise.catch(() => {}));
        const again = CREATES.has(method) ? repeated.creates : repeated.repeatable;
        assert.equal(requests.length, again ? 2 : 1, `${api}.${method}`);
        if (again) await promise;
        else await assert.rejects(promise);
      }
    });
  }

  test('retry: repeats queries of the builder', async (t) => {
    const clock = await stoppedClock(t);
    const { files, requests } = scriptedClient([status(503), ok({ files: [] })]);
    await clock.until(files.queryFileDescriptors().eq('state', 'OK').find());
    assert.equal(requests.length, 2);
    assert.deepEqual(JSON.parse(requests[0].body), JSON.parse(requests[1].body));
  });
});

suite('attempts', () => {
  /**
   * @param {TestContext} t
   * @param {any} retry
   */
  const attempts = async (t, retry) => {
    const clock = await stoppedClock(t);
    const { files, requests } = scriptedClient([status(503)], { retry });
    const promise = rejection(files.listFiles());
    await clock.until(promise);
    assert.equal((await promise).status, 503);
    return requests.length;
  };

  test('attempts: are three by default', async (t) => assert.equal(await attempts(t, undefined), 3));
  test('attempts: can be set', async (t) => assert.equal(await attempts(t, { attempts: 5 }), 5));
  test('attempts: are one with { attempts: 1 }', async (t) => assert.equal(await attempts(t, { attempts: 1 }), 1));
  test('attempts: are one with retry: false', async (t) => assert.equal(await attempts(t, false), 1));

  test('attempts: reject with the last failure', async (t) => {
    const clock = await stoppedClock(t);
    const { files } = scriptedClient([reset, status(503), status(500, { headers: { 'x-wix-request-id': 'r3' } })]);
    const promise = rejection(files.listFiles());
    await clock.until(promise);
    const { status: number, requestId } = await promise;
    assert.deepEqual({ number, requestId }, { number: 500, requestId: 'r3' });
  });

  test('attempts: end at a failure that cannot be repeated', async (t) => {
    const clock = await stoppedClock(t);
    const { files, requests } = scriptedClient([status(503), status(404), ok()]);
    const promise = rejection(files.listFiles());
    await clock.until(promise);
    assert.equal((await promise).status, 404);
    assert.equal(requests.length, 2);
  });
});

suite('delay', () => {
  /**
   * @param {TestContext} t
   * @param {Answer[]} answers
   * @param {object} [options]
   */
  const pauses = async (t, answers, options) => {
    const clock = await stoppedClock(t);
    /** @type {number[]} */
    const times = [];
    const { files } = scriptedClient((_, number) => {
      times.push(Date.now());
      return answers[number] ?? answers.at(-1);
    }, options);
    await clock.until(files.listFiles().catch(() => {}));
    return times.slice(1).map((time, index) => time - times[index]);
  };

  test('delay: doubles from half a second, with jitter below each step', async (t) => {
    const found = await pauses(t, [status(503)], { retry: { attempts: 4 } });
    assert.equal(found.length, 3);
    for (const [index, most] of [500, 1000, 2000].entries()) {
      assert.ok(found[index] >= most / 2 - 10 && found[index] <= most + 10, `pause ${index + 1}: ${found[index]} ms`);
    }
  });

  test('delay: differs between clients', async (t) => {
    const lengths = new Set();
    for (let count = 0; count < 5; count += 1) {
      lengths.add((await pauses(t, [status(503), ok()]))[0]);
      t.mock.timers.reset();
    }
    assert.ok(lengths.size > 1, 'no jitter');
  });

  for (const [header, least, most] of /** @type {[header: string, least: number, most: number][]} */ ([
    ['7', 7000, 7600],
    ['Mon, 01 Jan 2024 00:00:09 GMT', 9000, 9600],
    ['0', 0, 600],
    ['soon', 250, 510],
    ['-5', 0, 510],
    ['', 250, 510],
  ])) {
    test(`delay: follows Retry-After ${JSON.stringify(header)}`, async (t) => {
      const [pause] = await pauses(t, [status(503, { headers: { 'retry-after': header } }), ok()]);
      assert.ok(pause >= least - 10 && pause <= most, `${pause} ms`);
    });
  }

  test('delay: fails at once when Retry-After exceeds maxDelayMs', async (t) => {
    const clock = await stoppedClock(t);
    const { files, requests } = scriptedClient([status(429, { headers: { 'retry-after': '86400' } })]);
    const promise = rejection(files.listFiles());
    assert.ok((await clock.until(promise)) < 1000);
    assert.equal((await promise).status, 429);
    assert.equal(requests.length, 1);
  });
});

suite('429', () => {
  test('429: delays every call of the client', async (t) => {
    const clock = await stoppedClock(t);
    const start = Date.now();
    /** @type {[path: string | undefined, time: number][]} */
    const times = [];
    const { files, folders } = scriptedClient((request, number) => {
      times.push([new URL(request.url).pathname.split('/').pop(), Date.now() - start]);
      return number === 0 ? status(429, { headers: { 'retry-after': '5' } }) : ok({ files: [], folders: [] });
    });
    const first = files.listFiles();
    await clock.pass(100);
    const second = folders.listFolders();
    await clock.pass(100);
    assert.equal(times.length, 1, 'the second call went out during the pause');
    await clock.until(Promise.all([first, second]));
    for (const [path, time] of times.slice(1)) assert.ok(time >= 5000 && time < 6000, `${path} after ${time} ms`);
    assert.deepEqual(times.map(([path]) => path).sort(), ['files', 'files', 'folders']);
  });

  test('429: does not delay another client', async (t) => {
    const clock = await stoppedClock(t);
    const slow = scriptedClient([status(429, { headers: { 'retry-after': '5' } }), ok()]);
    const free = scriptedClient([ok()]);
    const waiting = slow.files.listFiles();
    await clock.settle();
    await clock.until(free.files.listFiles(), { limit: 0 });
    await clock.until(waiting);
  });

  test('503: delays its own call only', async (t) => {
    const clock = await stoppedClock(t);
    const { files, folders } = scriptedClient((_, number) =>
      number === 0 ? status(503, { headers: { 'retry-after': '5' } }) : ok(),
    );
    const waiting = files.listFiles();
    await clock.settle();
    await clock.until(folders.listFolders(), { limit: 0 });
    await clock.until(waiting);
  });
});

test('retry: sends the same request each time', async (t) => {
  const clock = await stoppedClock(t);
  const { files, requests } = scriptedClient([status(503), reset, ok()]);
  await clock.until(files.searchFiles({ search: 'fox' }));
  for (const request of requests.slice(1)) {
    const { url, method, headers, body } = request;
    assert.deepEqual({ url, method, headers, body }, { ...requests[0] });
  }
});

test('error.retry: says whether a retry can help', async () => {
  /**
   * @param {string} method
   * @param {Answer} answer
   */
  const advice = async (method, answer) => {
    const { files, folders } = scriptedClient([answer], { retry: false });
    return (await rejection(/** @type {Record<string, any>} */ ({ ...files, ...folders })[method](...validArguments[method]))).retry;
  };
  assert.equal(await advice('listFiles', status(429)), 'after');
  assert.equal(await advice('listFiles', status(404)), 'never');
  assert.equal(await advice('createFolder', status(429)), 'after');
  assert.equal(await advice('createFolder', status(503)), 'maybe');
  assert.equal(await advice('createFolder', reset), 'maybe');
});
