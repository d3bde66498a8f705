// The queue of the page without a page: a browser without a database keeps nothing, and a stub makes the calls.
/** @import { TestContext } from 'node:test' */
/** @import { Calls } from '../../../www/model/calls.js' */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { UploadQueue } from '../../../www/model/upload-queue.js';

suite('upload queue', () => {
  const aborted = () => new DOMException('Aborted.', 'AbortError');

  /**
   * A queue whose calls end when the test says so, or with the test: a queue in which something runs keeps the process alive.
   *
   * @param {TestContext} t
   */
  function makeQueue(t) {
    /** @type {{ succeed: (file: object) => void, fail: (error: unknown) => void }[]} */
    const calls = [];
    const run = () => new Promise((succeed, fail) => calls.push({ succeed, fail }));
    const queue = new UploadQueue('server', /** @type {Calls} */ (/** @type {unknown} */ ({ run })));
    t.after(async () => {
      await queue.stop();
      for (const { fail } of calls) fail(aborted());
    });
    return { queue, calls };
  }

  /**
   * Adds a file, and returns its upload.
   *
   * @param {UploadQueue} queue
   * @param {string} name
   */
  async function add(queue, name) {
    await queue.add([{ file: new File([name], name), folders: [] }], 'folder');
    await turn();
    return queue.uploads[queue.uploads.length - 1];
  }

  test('upload queue: an upload that is resumed before its first attempt has ended does not fail with that', async (t) => {
    const { queue, calls } = makeQueue(t);
    const upload = await add(queue, 'a.txt');
    queue.pause(upload);
    queue.resume(upload);
    await turn();
    assert.equal(calls.length, 2);
    calls[0].fail(aborted());
    await turn();
    assert.deepEqual([upload.state, upload.error], ['running', undefined]);
    calls[1].succeed({});
    await turn();
    assert.equal(upload.state, 'done');
  });

  test('upload queue: an upload that arrives in spite of a pause is done once', async (t) => {
    const { queue, calls } = makeQueue(t);
    let arrived = 0;
    queue.uploaded.listen(() => {
      arrived += 1;
    });
    const upload = await add(queue, 'a.txt');
    queue.pause(upload);
    queue.resume(upload);
    await turn();
    calls[0].succeed({});
    await turn();
    assert.deepEqual([upload.state, upload.controller?.signal.aborted], ['done', true]);
    calls[1].fail(aborted());
    await turn();
    assert.deepEqual([upload.state, upload.error, arrived], ['done', undefined, 1]);
  });

  test('upload queue: an upload that is added to a paused queue is paused', async (t) => {
    const { queue, calls } = makeQueue(t);
    const first = await add(queue, 'a.txt');
    queue.pauseAll();
    const second = await add(queue, 'b.txt');
    assert.deepEqual([first.state, second.state, queue.isPaused], ['paused', 'paused', true]);
    queue.resumeAll();
    await turn();
    assert.deepEqual([first.state, second.state, queue.isPaused], ['running', 'running', false]);
    for (const { succeed } of calls.slice(1)) succeed({});
    await turn();
    assert.deepEqual([first.state, second.state], ['done', 'done']);
  });

  test('upload queue: a file that meets a full disk pauses what is added after it', async (t) => {
    const { queue, calls } = makeQueue(t);
    const first = await add(queue, 'a.txt');
    calls[0].fail(Object.assign(new Error('full'), { status: 507 }));
    await turn();
    const second = await add(queue, 'b.txt');
    assert.deepEqual([first.state, second.state, queue.noRoomError !== undefined], ['failed', 'paused', true]);
    queue.cancel(second);
    queue.cancel(first);
    const third = await add(queue, 'c.txt');
    assert.equal(third.state, 'running');
  });

  test('upload queue: names what a file has replaced, except itself', async (t) => {
    const { queue, calls } = makeQueue(t);
    /** @type {string[]} */
    const replaced = [];
    queue.replaced.listen((files) => replaced.push(...files.map(({ id }) => id)));
    const old = ['1', '2'].map((id) => ({ kind: /** @type {const} */ ('file'), id, key: `file:${id}`, name: 'a.txt' }));
    await queue.add([{ file: new File(['a'], 'a.txt'), folders: [], replaces: old }], 'folder');
    await turn();
    assert.deepEqual(replaced, []);
    calls[0].succeed({ _id: '2' });
    await turn();
    assert.deepEqual(replaced, ['1']);
  });

  test('upload queue: a pause ends with the last of its uploads', async (t) => {
    const { queue, calls } = makeQueue(t);
    await add(queue, 'a.txt');
    queue.pauseAll();
    queue.cancelAll();
    calls[0].fail(aborted());
    const second = await add(queue, 'b.txt');
    assert.equal(second.state, 'running');
    calls[1].succeed({});
    await turn();
    assert.equal(second.state, 'done');
  });
});
