// A manager in the process does its work between the turns of the event loop, and gives up what its caller has given up.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startManager } from '../harness/manager.js';
import { rejection } from '../harness/client.js';
import { present } from '../harness/present.js';

/** @import { Closing } from '../harness/types.d.ts' */

const SIZE = 60_000_000;
const options = { displayName: 'zeros.bin', mimeType: 'application/octet-stream', sessions: /** @type {const} */ (false) };

/**
 * How often a timer fires while `work` runs.
 *
 * @param {() => Promise<unknown>} work
 */
async function turnsDuring(work) {
  let turns = 0;
  let isOver = false;
  const look = () => {
    turns += 1;
    if (!isOver) setTimeout(look, 1);
  };
  setTimeout(look, 1);
  await work();
  isOver = true;
  return turns;
}

/** @param {ReadableStream<Uint8Array> | null} body */
async function readAll(body) {
  let size = 0;
  for await (const piece of present(body)) size += piece.length;
  return size;
}

suite('the event loop turns', () => {
  for (const protocol of /** @type {const} */ (['plain', 'tus'])) {
    test(`upload and download: timers fire meanwhile, ${protocol}`, async (t) => {
      const { client } = await startManager(t);
      /** @type {string | undefined} */
      let id;
      const sending = await turnsDuring(async () => {
        ({ _id: id } = await client.uploads.upload(new Uint8Array(SIZE), { ...options, protocol }));
      });
      assert.ok(sending >= 3, `${sending} turns`);
      const receiving = await turnsDuring(async () => {
        const { body } = await client.downloads.file(present(id));
        assert.equal(await readAll(body), SIZE);
      });
      assert.ok(receiving >= 3, `${receiving} turns`);
    });
  }

  test('uploadAll, lists and export: timers fire meanwhile', async (t) => {
    const manager = await startManager(t);
    const items = Array.from({ length: 150 }, (_, index) => ({ source: new Uint8Array(10).fill(index), displayName: `${index}.bin` }));
    const sending = await turnsDuring(() => manager.client.uploads.uploadAll(items, { path: '/Many' }));
    assert.ok(sending >= 3, `${sending} turns`);
    const listing = await turnsDuring(async () => {
      for (let number = 0; number < 200; number += 1) await manager.client.files.listFiles();
    });
    assert.ok(listing >= 3, `${listing} turns`);
    await manager.client.uploads.upload(new Uint8Array(SIZE), options);
    const exporting = await turnsDuring(async () => readAll(await manager.export()));
    assert.ok(exporting >= 3, `${exporting} turns`);
  });

  for (const protocol of /** @type {const} */ (['plain', 'tus'])) {
    test(`upload: timeoutMs and signal end it, ${protocol}`, async (t) => {
      const { client } = await startManager(t);
      const bytes = new Uint8Array(2 * SIZE);
      assert.equal((await rejection(client.uploads.upload(bytes, { ...options, protocol, timeoutMs: 10 }))).code, 'TIMEOUT');
      const reason = new Error('enough');
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 10);
      assert.equal(await rejection(client.uploads.upload(bytes, { ...options, protocol, signal: controller.signal })), reason);
      assert.deepEqual((await client.files.listFiles()).files, []);
    });
  }
});

suite('manager.fetch with a signal', () => {
  /** @param {Closing} t */
  async function begun(t) {
    const manager = await startManager(t);
    const { uploadUrl } = await manager.client.files.generateFileUploadUrl('application/octet-stream', { fileName: 'a.bin' });
    return { manager, uploadUrl: present(uploadUrl) };
  }

  test('an abort right after the call: rejects with the reason, and has no effect', async (t) => {
    const manager = await startManager(t);
    const controller = new AbortController();
    const reason = new Error('enough');
    const body = JSON.stringify({ displayName: 'Never' });
    const headers = { 'content-type': 'application/json' };
    const answer = manager.fetch(`${manager.baseUrl}/site-media/v1/folders`, { method: 'POST', headers, body, signal: controller.signal });
    controller.abort(reason);
    assert.equal(await rejection(answer), reason);
    assert.deepEqual((await manager.client.folders.listFolders()).folders, []);
  });

  test('an abort while the body is read: makes no file, and cancels the body', async (t) => {
    const { manager, uploadUrl } = await begun(t);
    const controller = new AbortController();
    const reason = new Error('enough');
    /** @type {unknown} */
    let cancelled;
    let pieces = 0;
    const body = new ReadableStream({
      pull(own) {
        pieces += 1;
        if (pieces < 4) own.enqueue(new Uint8Array(1000));
        // Nothing more comes: only the signal can end it.
        else controller.abort(reason);
      },
      cancel(given) {
        cancelled = given;
      },
    });
    assert.equal(await rejection(manager.fetch(uploadUrl, { method: 'PUT', body, signal: controller.signal })), reason);
    assert.equal(cancelled, reason);
    assert.deepEqual((await manager.client.files.listFiles()).files, []);
  });

  test('an abort while the answer is read: its body fails with the reason', async (t) => {
    const { client, ...manager } = await startManager(t);
    const { _id: id } = await client.uploads.upload(new Uint8Array(SIZE), options);
    const { downloadUrls } = await client.files.generateFileDownloadUrl(present(id));
    const controller = new AbortController();
    const reason = new Error('enough');
    const response = await manager.fetch(present(downloadUrls?.[0].url), { signal: controller.signal });
    const reader = present(response.body).getReader();
    assert.ok(present((await reader.read()).value).length > 0);
    controller.abort(reason);
    assert.equal(await rejection(reader.read()), reason);
  });

  test('an abort during the delay of a fault: rejects at once', async (t) => {
    const manager = await startManager(t, { faults: [{ match: 'listFiles', latencyMs: 600_000 }] });
    const reason = new Error('enough');
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 5);
    assert.equal(await rejection(manager.client.files.listFiles({}, { signal: controller.signal })), reason);
  });

  test('a body of other things than bytes: rejects, and makes no file', async (t) => {
    const { manager, uploadUrl } = await begun(t);
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new Uint8Array(3));
        controller.enqueue(5);
        controller.close();
      },
    });
    const { name, message } = await rejection(manager.fetch(uploadUrl, { method: 'PUT', body }));
    assert.equal(name, 'TypeError');
    assert.match(message, /expected bytes or text, found Number/);
    assert.deepEqual((await manager.client.files.listFiles()).files, []);
  });
});
