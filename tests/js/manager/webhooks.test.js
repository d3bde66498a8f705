// Events on their way out: webhooks as the official SDK and ours read them, and events over HTTP.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { suite, test } from 'node:test';
import * as media from '@wix/media';
import { AppStrategy, createClient as createOfficialClient } from '@wix/sdk';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { emptyDirectory, open, put } from './place.js';

/**
 * @import { AddressInfo } from 'node:net'
 * @import { TestContext } from 'node:test'
 * @import { MediaManager } from '../harness/package.js'
 */

/**
 * A receiver that answers with these statuses, one after the other, and keeps what it got. The manager's time limit for an
 * answer is lifted: it is real time, of which a busy machine may need more.
 *
 * @param {TestContext} t
 * @param {...number} statuses
 */
async function receiver(t, ...statuses) {
  /** @type {{ method?: string, body: string }[]} */
  const got = [];
  let outcomes = 0;
  /** @type {(value?: unknown) => void} */
  let wake = () => {};
  const { fetch } = globalThis;
  t.mock.method(globalThis, 'fetch', async (/** @type {any} */ url, /** @type {RequestInit} */ { signal: _, ...init }) => {
    const { status } = await fetch(url, init);
    // The manager records the outcome before the next turn of the event loop.
    setImmediate(() => {
      outcomes += 1;
      wake();
    });
    return new Response(null, { status });
  });
  const server = createServer(async (request, response) => {
    /** @type {Buffer[]} */
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    got.push({ method: request.method, body: Buffer.concat(chunks).toString() });
    response.writeHead(statuses.shift() ?? 200).end();
  });
  await /** @type {Promise<void>} */ (new Promise((resolve) => server.listen(0, '127.0.0.1', resolve)));
  t.after(() => server.close());
  return {
    url: `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}/hook`,
    got,
    /**
     * Waits until so many have come, and the manager knows how each of them went.
     *
     * @param {number} number
     */
    async count(number) {
      while (outcomes < number) {
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
      return got;
    },
  };
}

/** @param {MediaManager} manager */
const publicKeyOf = async (manager) => (await manager.fetch('http://media.test/_wix-media/webhook-key')).text();
/** @param {{ body: string }} request */
const eventOf = ({ body }) => JSON.parse(JSON.parse(JSON.parse(Buffer.from(body.split('.')[1], 'base64url').toString()).data).data);

suite('webhooks of a manager', () => {
  test('webhooks: are verified and read alike by both clients', async (t) => {
    const hook = await receiver(t);
    const manager = await open(t, { webhooks: [{ url: hook.url, events: ['file_ready'] }] });
    await manager.client.folders.createFolder('not asked for');
    const file = await put(manager, 'fox.txt', 'a fox', { mimeType: 'text/plain', externalInfo: { origin: 'test' } });
    const [{ method, body }, ...others] = await hook.count(1);
    assert.deepEqual([method, others], ['POST', []]);

    const publicKey = await publicKeyOf(manager);
    assert.match(publicKey, /^-----BEGIN PUBLIC KEY-----/);
    /** @type {any[]} */
    const heard = [];
    const official = createOfficialClient({ modules: { files: media.files }, auth: AppStrategy({ appId: 'app', publicKey }) });
    official.files.onFileDescriptorFileReady((event) => void heard.push(event));
    await official.webhooks.process(body);
    assert.deepEqual([heard.length, heard[0].data.file._id, heard[0].data.externalInfo, heard[0].metadata.slug], [1, file.id, { origin: 'test' }, 'file_ready']);

    const ours = createClient({ auth: { accessToken: 'token' } });
    /** @type {any[]} */
    const same = [];
    ours.files.onFileDescriptorFileReady((event) => void same.push(event));
    const { eventType } = await ours.webhooks.process(body, { publicKey });
    assert.equal(eventType, 'wix.media.site_media.v1.file_descriptor_file_ready');
    assert.deepEqual([same.length, same[0].data.file], [1, heard[0].data.file]);
    const forged = `${body.slice(0, -8)}AAAAAAAA`;
    await assert.rejects(official.webhooks.process(forged));
    await assert.rejects(ours.webhooks.process(forged, { publicKey }));
  });

  test('webhooks: are retried by schedule without delaying others', async (t) => {
    const hook = await receiver(t, 500);
    const manager = await open(t, { clock: 'virtual', webhooks: [{ url: hook.url }] });
    await manager.client.folders.createFolder('first');
    await hook.count(1);
    await manager.client.folders.createFolder('second');
    const [failed, second] = await hook.count(2);
    assert.equal(eventOf(second).createdEvent.entity.displayName, 'second');
    await manager.clock.advance(59_000);
    assert.equal(hook.got.length, 2);
    await manager.clock.advance(1_000);
    const [, , again] = await hook.count(3);
    assert.deepEqual([eventOf(again).id, eventOf(again).createdEvent.entity.displayName], [eventOf(failed).id, 'first']);
    await manager.clock.advance(86_400_000);
    assert.equal(hook.got.length, 3, 'what was received is not sent again');
  });

  test('clock.advance: waits for room when more deliveries are due than may run at once', async (t) => {
    const hook = await receiver(t, ...Array(10).fill(500));
    const manager = await open(t, { clock: 'virtual', webhooks: [{ url: hook.url }] });
    for (let number = 0; number < 10; number += 1) await manager.client.folders.createFolder(`${number}`);
    await hook.count(10);
    await manager.clock.advance(60_000);
    const got = await hook.count(20);
    /** @param {{ body: string }[]} list */
    const names = (list) => list.map((each) => eventOf(each).createdEvent.entity.displayName).sort();
    assert.deepEqual(names(got.slice(10)), names(got.slice(0, 10)));
  });

  test('webhooks: keep their key in the storage', async (t) => {
    const directory = await emptyDirectory(t);
    const keys = [];
    for (let time = 0; time < 2; time += 1) {
      const manager = await open(t, { storage: { directory } });
      keys.push(await publicKeyOf(manager));
      await manager.close();
    }
    assert.equal(keys[0], keys[1]);
  });
});

suite('events over HTTP', () => {
  test('events: are given as a page of JSON', async (t) => {
    const manager = await open(t);
    for (const name of ['a', 'b', 'c']) await manager.client.folders.createFolder(name);
    /** @param {number} after */
    const ask = async (after) => (await (await manager.fetch(`http://media.test/_wix-media/events?after=${after}`)).json()).events;
    const all = await ask(0);
    assert.deepEqual(all.map((/** @type {{ body: any }} */ { body }) => body.createdEvent.entity.displayName), ['a', 'b', 'c']);
    assert.deepEqual((await ask(all[1].number)).map((/** @type {{ body: any }} */ { body }) => body.createdEvent.entity.displayName), ['c']);
    assert.equal((await manager.fetch('http://media.test/_wix-media/events?after=x')).status, 400);
  });

  test('events: are streamed from Last-Event-ID on', async (t) => {
    const manager = await open(t);
    for (const name of ['a', 'b']) await manager.client.folders.createFolder(name);
    const { events } = await (await manager.fetch('http://media.test/_wix-media/events?after=0')).json();
    const headers = { accept: 'text/event-stream', 'last-event-id': String(events[0].number) };
    const response = await manager.fetch('http://media.test/_wix-media/events', { headers });
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    const reader = present(response.body).pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    /** @param {RegExp} pattern */
    const until = async (pattern) => {
      while (!pattern.test(text)) text += (await reader.read()).value;
    };
    await until(/"displayName":"b"/);
    await manager.client.folders.createFolder('c');
    await until(/"displayName":"c"/);
    assert.doesNotMatch(text, /"displayName":"a"/);
    assert.match(text, new RegExp(`^id: ${events[1].number}$`, 'm'));
    await reader.cancel();
  });
});
