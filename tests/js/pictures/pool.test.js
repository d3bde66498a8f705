// The threads of images, with threads that do what each test says.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createImages } from '../../../pkg-template/manager/images/index.js';
import { createPool } from '../../../pkg-template/manager/images/pool.js';
import { createQueue, UPLOADS } from '../../../pkg-template/manager/images/queue.js';
import { rejection } from '../harness/client.js';

/**
 * @import { ImageJob, Thread } from '../../../pkg-template/manager/internal.d.ts'
 */

/** The smallest WebAssembly module. */
const source = () => Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const module = () => WebAssembly.compile(source());
const transformer = () => assert.fail('nothing is made in this thread');
const format = () => assert.fail('no format needs a module of its own');
const read = async () => new Uint8Array(3);
/** @param {number} length */
const made = (length = 3) => ({ type: 'image/png', bytes: new Uint8Array(length), width: 1, height: 1 });

/** Threads that answer when the test says so. */
function threads(size = 1) {
  /** @type {(Thread & { orders: { tail: string, answer(message: object): void }[], given: object[], isEnded: boolean })[]} */
  const started = [];
  let look = () => {};
  const start = () => {
    /** @type {(typeof started)[number]} */
    const thread = {
      onmessage: null,
      onerror: null,
      orders: [],
      given: [],
      isEnded: false,
      postMessage(message) {
        const { type, tail, format: given } = /** @type {{ type?: string, tail: string, format?: string }} */ (message);
        const answer = (/** @type {object} */ data) => thread.onmessage?.({ data });
        if (type === 'images') return queueMicrotask(() => answer({ value: undefined }));
        if (given) thread.given.push(message);
        else thread.orders.push({ tail, answer });
        return look();
      },
      terminate() {
        thread.isEnded = true;
      },
    };
    started.push(thread);
    return thread;
  };
  return {
    started,
    start,
    pool: async () => ({ start, size }),
    runtime: async () => ({ startThread: start, parallelism: () => size + 1 }),
    /**
     * Resolves once the threads have received so many modules, or reasons why one cannot be loaded.
     *
     * @param {number} count
     * @returns {Promise<any[]>}
     */
    given: (count) =>
      new Promise((resolve) => {
        look = () => {
          const all = started.flatMap((thread) => thread.given);
          if (all.length >= count) resolve(all);
        };
        look();
      }),
    /**
     * Resolves once so many orders have reached the threads.
     *
     * @param {number} count
     */
    ordered: (count) =>
      new Promise((resolve) => {
        look = () => {
          const orders = started.flatMap((thread) => thread.orders);
          if (orders.length >= count) resolve(orders);
        };
        look();
      }),
  };
}

/**
 * A job for the queue.
 *
 * @param {unknown} group
 * @param {string} tail
 * @returns {ImageJob}
 */
const job = (group, tail) => ({ group, order: { what: 'transform', tail }, read, resolve() {}, reject() {} });

suite('the queue of images', () => {
  test('queue: groups take turns', () => {
    const queue = createQueue();
    for (const [group, tail] of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) queue.add(job(group, group + tail), true);
    assert.deepEqual(Array.from({ length: 7 }, () => queue.take()?.order.tail), ['a1', 'b1', 'c1', 'a2', 'b2', 'a3', undefined]);
  });

  test('queue: uploads get every second turn', () => {
    const queue = createQueue();
    for (const [group, tail] of ['a1', 'b1', 'c1']) queue.add(job(group, group + tail), true);
    for (const tail of ['u1', 'u2', 'u3', 'u4']) queue.add(job(UPLOADS, tail), false);
    assert.equal(queue.count, 3);
    assert.deepEqual(Array.from({ length: 7 }, () => queue.take()?.order.tail), ['u1', 'a1', 'u2', 'b1', 'u3', 'c1', 'u4']);
    assert.equal(queue.isEmpty, true);
  });

  test('queue: without room, the largest group gives way to a smaller one', () => {
    const queue = createQueue();
    const [first, second, third] = ['a1', 'a2', 'a3'].map((tail) => job('a', tail));
    for (const one of [first, second, third]) assert.equal(queue.add(one, true), undefined);
    const more = job('a', 'a4');
    assert.equal(queue.add(more, false), more, 'its own group is the largest');
    assert.equal(queue.add(job('b', 'b1'), false), third);
    const other = job('b', 'b2');
    assert.equal(queue.add(other, false), other, 'it would be no fairer');
    assert.equal(queue.remove(third), false);
    assert.equal(queue.remove(second), true);
    assert.deepEqual([queue.take(), queue.take()?.order.tail, queue.take()], [first, 'b1', undefined]);
  });
});

suite('the threads of images', () => {
  test('pool: starts threads with the first images, no more than allowed', async () => {
    const { started, ordered, pool: starter } = threads(2);
    const pool = createPool({ module, transformer, format, threads: starter, timeoutMs: 60_000 });
    assert.equal(started.length, 0);
    const results = ['1', '2', '3'].map((tail) => pool.run('a', { what: 'transform', tail }, read).result);
    const orders = await ordered(2);
    assert.deepEqual([started.length, orders.map((/** @type {any} */ { tail }) => tail)], [2, ['1', '2']]);
    orders[0].answer({ value: 'one' });
    assert.equal(await results[0], 'one');
    const [, , third] = (await ordered(3)).toSorted((/** @type {any} */ one, /** @type {any} */ other) => Number(one.tail) - Number(other.tail));
    orders[1].answer({ value: 'two' });
    third.answer({ value: 'three' });
    assert.deepEqual(await Promise.all(results), ['one', 'two', 'three']);
    assert.equal(started.length, 2);
    pool.close();
    assert.deepEqual(started.map(({ isEnded }) => isEnded), [true, true]);
  });

  test('pool: refuses more than 32, and goes on', async () => {
    const { ordered, pool: starter } = threads();
    const pool = createPool({ module, transformer, format, threads: starter, timeoutMs: 60_000 });
    const results = Array.from({ length: 33 }, (_, at) => pool.run('a', { what: 'transform', tail: String(at) }, read).result);
    const refused = await rejection(results[32]);
    assert.deepEqual([refused.status, refused.message], [503, 'too many images are being transformed: try again in a moment']);
    for (let count = 1; count <= 32; count += 1) (await ordered(count))[count - 1].answer({ value: count });
    assert.equal((await Promise.all(results.slice(0, 32))).length, 32);
    const again = pool.run('a', { what: 'transform', tail: 'x' }, read).result;
    (await ordered(33))[32].answer({ value: 'again' });
    assert.equal(await again, 'again');
    pool.close();
  });

  test('pool: an image that is too slow ends its thread, and another goes on', async () => {
    const { started, ordered, pool: starter } = threads();
    const pool = createPool({ module, transformer, format, threads: starter, timeoutMs: 1 });
    const late = await rejection(pool.run('a', { what: 'transform', tail: 'slow' }, read).result);
    assert.deepEqual([late.status, late.message], [504, 'the image took longer than 0.001 s']);
    assert.equal(started[0].isEnded, true);
    const next = pool.run('a', { what: 'transform', tail: 'next' }, read).result;
    next.catch(() => {});
    assert.equal((await ordered(2)).length, 2);
    assert.equal(started.length, 2);
    pool.close();
  });

  test('pool: a thread that dies fails its image only', async () => {
    const { started, ordered, pool: starter } = threads();
    const pool = createPool({ module, transformer, format, threads: starter, timeoutMs: 60_000 });
    const [lost, kept] = ['1', '2'].map((tail) => pool.run('a', { what: 'transform', tail }, read).result);
    await ordered(1);
    started[0].onerror?.({ message: 'out of memory' });
    const error = await rejection(lost);
    assert.deepEqual([error.status, error.message], [500, 'cannot process the image: unexpected fault']);
    (await ordered(2))[1].answer({ value: 'kept' });
    assert.equal(await kept, 'kept');
    assert.equal(started.length, 2);
    pool.close();
  });

  test('pool: loads the module of a format for the thread that needs it, outside of the time limit', async () => {
    const { started, ordered, given, pool: starter } = threads();
    /** @type {string[]} */
    const asked = [];
    const compiled = await module();
    const load = async (/** @type {string} */ name) => {
      asked.push(name);
      // Twice as long as the image may take.
      await new Promise((resolve) => setTimeout(resolve, 400));
      return compiled;
    };
    const pool = createPool({ module, transformer, format: load, threads: starter, timeoutMs: 200 });
    const result = pool.run('a', { what: 'transform', tail: '1' }, read).result;
    const [order] = await ordered(1);
    order.answer({ needs: 'tiff' });
    assert.deepEqual(await given(1), [{ format: 'tiff', module: compiled }]);
    order.answer({ value: 'made' });
    assert.equal(await result, 'made');
    assert.deepEqual([asked, started.length], [['tiff'], 1]);
    pool.close();
  });

  test('pool: tells a thread why the module of a format cannot be loaded, and goes on', async () => {
    const { ordered, given, pool: starter } = threads();
    const load = async () => assert.fail('there is none');
    const pool = createPool({ module, transformer, format: load, threads: starter, timeoutMs: 60_000 });
    const result = pool.run('a', { what: 'transform', tail: '1' }, read).result;
    const [order] = await ordered(1);
    order.answer({ needs: 'tiff' });
    assert.deepEqual(await given(1), [{ format: 'tiff', failure: 'there is none' }]);
    order.answer({ error: { status: 415, message: 'cannot load tiff.wasm' } });
    assert.equal((await rejection(result)).status, 415);
    pool.close();
  });

  test('pool: passes on why an image is refused', async () => {
    const { ordered, pool: starter } = threads();
    const pool = createPool({ module, transformer, format, threads: starter, timeoutMs: 60_000 });
    const result = pool.run('a', { what: 'transform', tail: '1' }, read).result;
    (await ordered(1))[0].answer({ error: { status: 422, message: 'cannot decode the image' } });
    const { status, message } = await rejection(result);
    assert.deepEqual([status, message], [422, 'cannot decode the image']);
    pool.close();
  });

  test('pool: ends threads that have no work', async (t) => {
    const { started, ordered, start } = threads();
    const pool = createPool({ module, transformer, format, threads: async () => ({ start, size: 1 }), timeoutMs: 60_000, idleMs: 1 });
    const result = pool.run('a', { what: 'colors' }, read).result;
    const ended = new Promise((resolve) => {
      ordered(1).then(([order]) => {
        t.mock.method(started[0], 'terminate', resolve);
        order.answer({ value: undefined });
      });
    });
    await result;
    // The timer of a thread without work keeps no process alive.
    const alive = setInterval(() => {}, 1000);
    await ended;
    clearInterval(alive);
    pool.close();
  });
});

suite('images that several ask for', () => {
  /**
   * @param {ReturnType<typeof threads>['runtime']} runtime
   * @param {object} [options]
   */
  const imagesOf = (runtime, options) => createImages({ source, transformer, threads: runtime, options });
  const asked = { group: 'a', transform: 'fit/w_1,h_1', accept: '', read };

  test('images: one result for all, and from the cache', async () => {
    const { ordered, runtime } = threads();
    const images = imagesOf(runtime);
    const both = [images.transform('key', asked), images.transform('key', asked)];
    const orders = await ordered(1);
    const value = made();
    orders[0].answer({ value });
    assert.deepEqual(await Promise.all(both), [value, value]);
    assert.equal(await images.transform('key', asked), value);
    assert.equal(images.cached('key', asked.transform), value);
    assert.equal((await ordered(1)).length, 1);
    images.close();
  });

  test('images: an abort gives the place in the queue back', async () => {
    const { ordered, runtime } = threads();
    const images = imagesOf(runtime);
    const first = images.transform('first', asked);
    await ordered(1);
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = Array.from({ length: 31 }, (_, at) => images.transform(`key ${at}`, { ...asked, signal }).catch((error) => error));
    assert.equal((await rejection(images.transform('more', asked))).status, 503);
    const reason = new Error('enough');
    controller.abort(reason);
    assert.deepEqual(new Set(await Promise.all(waiting)), new Set([reason]));
    const next = images.transform('more', asked);
    const orders = await ordered(1);
    orders[0].answer({ value: made() });
    (await ordered(2))[1].answer({ value: made(4) });
    assert.deepEqual([(await first).bytes.length, (await next).bytes.length], [3, 4]);
    images.close();
  });

  test('images: whoever still waits has the bytes read', async () => {
    const { ordered, runtime } = threads();
    const images = imagesOf(runtime);
    const busy = images.transform('busy', asked);
    await ordered(1);
    const controller = new AbortController();
    const gone = async () => assert.fail('its request is over');
    const left = images.transform('key', { ...asked, read: gone, signal: controller.signal });
    const stays = images.transform('key', asked);
    controller.abort(new Error('enough'));
    await rejection(left);
    (await ordered(1))[0].answer({ value: made() });
    (await ordered(2))[1].answer({ value: made(5) });
    assert.deepEqual([(await busy).bytes.length, (await stays).bytes.length], [3, 5]);
    images.close();
  });

  test('images: a size that is not listed costs nothing', async () => {
    const { started, runtime } = threads();
    const images = imagesOf(runtime, { sizes: [320, '640x480'] });
    for (const transform of ['fit/w_321,h_200', 'fill/w_640,h_481,al_c', 'fit/w_320,h_1/fit/w_20,h_20,q_80']) {
      const { status, message } = await rejection(images.transform('key', { ...asked, transform }));
      assert.equal(status, 403);
      assert.match(message, /^size not allowed: \d+x\d+: /);
      assert.throws(() => images.cached('key', transform), { status: 403 });
    }
    for (const transform of ['fit/w_320,h_9', 'fill/w_640,h_480,al_c', 'fit/w_800,h_450', 'crop/x_1,y_1,w_9,h_9/fit/w_320,h_320']) {
      assert.equal(images.cached('key', transform), undefined, transform);
    }
    assert.equal(started.length, 0);
    images.close();
  });

  test('images: are made in this thread where no other can be started', async () => {
    const startThread = () => {
      throw new Error('not allowed');
    };
    const value = made();
    const local = async () => ({ colors: async () => undefined, transform: async () => value });
    const images = createImages({ source, transformer: local, threads: async () => ({ startThread, parallelism: () => 2 }) });
    assert.equal(await images.colors(read, undefined), undefined);
    assert.equal(await images.transform('key', asked), value);
    images.close();
  });

  test('images: are refused where the module cannot be loaded', async () => {
    const { started, runtime } = threads();
    const images = createImages({ source: () => new Uint8Array(), transformer, threads: runtime });
    assert.equal(await images.colors(read, undefined), undefined);
    assert.equal((await rejection(images.transform('key', asked))).status, 501);
    assert.equal(started.length, 0);
    images.close();
  });
});
