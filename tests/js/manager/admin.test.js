// The router of `/_wix-media/`, and options that are refused by name.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { rejection } from '../harness/client.js';
import { createClient, createManager } from '../harness/package.js';
import { present } from '../harness/present.js';
import { open } from './place.js';

/**
 * @import { AddressInfo } from 'node:net'
 * @import { TestContext } from 'node:test'
 */

/** @typedef {{ number: number, body: any }} Delivered An event as the router gives it. */

const BASE = 'http://media.test/_wix-media';

/**
 * A manager with these folders, and a function that asks its router.
 *
 * @param {TestContext} t
 * @param {...string} names
 */
async function site(t, ...names) {
  const manager = await open(t);
  for (const name of names) await manager.client.folders.createFolder(name);
  /**
   * @param {string} path
   * @param {RequestInit} [init]
   */
  const ask = (path, init) => manager.fetch(`${BASE}/${path}`, init);
  return { manager, ask, json: async (/** @type {string} */ path) => (await ask(path)).json() };
}

/** @param {{ events: Delivered[] }} page */
const namesOf = ({ events }) => events.map(({ body }) => body.createdEvent.entity.displayName);

suite('GET events', () => {
  test('limit: ends a page, and lastEvent says how far there is to go', async (t) => {
    const { json } = await site(t, 'a', 'b', 'c');
    const first = await json('events?limit=2');
    assert.deepEqual(namesOf(first), ['a', 'b']);
    const second = await json(`events?after=${first.events[1].number}&limit=2`);
    assert.deepEqual(namesOf(second), ['c']);
    assert.equal(second.lastEvent, second.events[0].number);
    assert.equal(first.lastEvent, second.lastEvent);
  });

  test('limit: is 100 by default and 1,000 at most', async (t) => {
    const { json } = await site(t, ...Array.from({ length: 101 }, (_, index) => `folder ${index}`));
    assert.equal((await json('events')).events.length, 100);
    assert.equal((await json('events?limit=5000')).events.length, 101);
  });

  test('after and limit: refuse whatever is not a number', async (t) => {
    const { ask } = await site(t);
    for (const [query, field] of [['after=x', 'after'], ['after=-1', 'after'], ['limit=x', 'limit'], ['limit=0', 'limit'], ['limit=1.5', 'limit']]) {
      const response = await ask(`events?${query}`);
      assert.equal(response.status, 400, query);
      assert.equal((await response.json()).details.validationError.fieldViolations[0].field, field, query);
    }
  });

  test('stream: begins with the time to reconnect and the last event, and names events', async (t) => {
    const { manager, ask } = await site(t, 'a');
    const response = await ask('events', { headers: { accept: 'text/event-stream' } });
    const reader = present(response.body).pipeThrough(new TextDecoderStream()).getReader();
    let text = present((await reader.read()).value);
    assert.match(text, /^retry: 1000\nid: \d+\n\n$/);
    await manager.client.folders.createFolder('b');
    while (!/data: /.test(text)) text += present((await reader.read()).value);
    assert.match(text, /^event: wix\.media\.site_media\.v1\.folder_created$/m);
    assert.doesNotMatch(text, /"displayName":"a"/);
    await reader.cancel();
  });
});

suite('the router', () => {
  test('health: says on which storage it answers, in which version and for how long', async (t) => {
    const { json } = await site(t, 'a');
    const { version } = JSON.parse(await readFile(new URL('../../../dist/package.json', import.meta.url), 'utf8'));
    const { uptimeSeconds, ...rest } = await json('health');
    // They depend on what is installed.
    const { images, videos, ...storage } = rest.storage;
    assert.deepEqual(Object.keys(images), ['decoders', 'encoders']);
    if (videos) assert.deepEqual(videos, { decoder: 'ffmpeg', running: [], waiting: 0, done: 0, failed: 0 });
    assert.deepEqual({ ...rest, storage }, { status: 'ok', version, storage: { kind: 'memory', durable: false, usage: { bytes: 0, isEmpty: false, orphans: 0 } } });
    assert.ok(Number.isInteger(uptimeSeconds) && uptimeSeconds >= 0);
  });

  test('HEAD: answers as GET does, without a body', async (t) => {
    const { ask } = await site(t);
    const response = await ask('health', { method: 'HEAD' });
    assert.deepEqual([response.status, response.headers.get('content-type'), await response.text()], [200, 'application/json', '']);
    for (const [path, status] of /** @type {[string, number][]} */ ([['seed', 405], ['nothing', 404]])) {
      const refused = await ask(path, { method: 'HEAD' });
      assert.deepEqual([refused.status, await refused.text()], [status, ''], path);
    }
  });

  test('another method: 405 with the ones that are allowed', async (t) => {
    const { ask } = await site(t);
    const response = await ask('faults');
    assert.deepEqual([response.status, response.headers.get('allow')], [405, 'POST, DELETE']);
  });

  test('another origin: 403, by Origin or by the mark of a browser', async (t) => {
    const { ask } = await site(t);
    const status = async (/** @type {string} */ path, /** @type {Record<string, string>} */ headers) => {
      const response = await ask(path, { headers });
      await response.body?.cancel();
      return response.status;
    };
    /** @type {Record<string, string>[]} */
    const allowed = [{}, { origin: 'http://media.test' }, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }];
    for (const path of ['export', 'check', 'events']) {
      assert.equal(await status(path, { origin: 'http://evil.test' }), 403, path);
      for (const where of ['cross-site', 'same-site']) assert.equal(await status(path, { 'sec-fetch-site': where }), 403, `${where} ${path}`);
      for (const headers of allowed) assert.equal(await status(path, headers), 200, path);
    }
    assert.equal(await status('health', { 'sec-fetch-site': 'cross-site' }), 200);
  });

  test('a body that is no object: 400', async (t) => {
    const { ask } = await site(t);
    for (const body of ['null', '5', '"text"', '[]', '[null]', '']) {
      for (const [method, path] of [['POST', 'clock'], ['POST', 'faults'], ['PATCH', 'settings']]) {
        // No fault is no mistake.
        if (path === 'faults' && body === '[]') continue;
        assert.equal((await ask(path, { method, body })).status, 400, `${method} ${path} ${body}`);
      }
    }
  });

  test('an unknown path: 404', async (t) => {
    const { ask } = await site(t);
    assert.equal((await ask('nothing')).status, 404);
  });
});

suite('unknown options', () => {
  /**
   * @param {() => unknown} make
   * @param {string} field
   * @param {string} hint
   */
  const refused = async (make, field, hint) => {
    const error = await rejection((async () => make())());
    assert.deepEqual([error.name, error.code, error.fieldViolations?.[0].field], ['WixMediaError', 'INVALID_ARGUMENT', field]);
    assert.match(error.message, new RegExp(`did you mean ${hint}\\?`));
  };

  test('createManager: names the option, at every depth, and the nearest known one', async () => {
    await refused(() => createManager(/** @type {any} */ ({ sotrage: 'memory' })), 'sotrage', 'storage');
    await refused(() => createManager(/** @type {any} */ ({ limits: { quotaInByte: 5 } })), 'limits.quotaInByte', 'quotaInBytes');
    await refused(() => createManager(/** @type {any} */ ({ auth: { apiKeys: [{ key: 'k', site: ['s'] }] } })), 'auth.apiKeys[0].site', 'siteIds');
    await refused(() => createManager(/** @type {any} */ ({ webhooks: [{ url: 'http://x.test', event: ['file_ready'] }] })), 'webhooks[0].event', 'events');
    await refused(() => createManager(/** @type {any} */ ({ faults: [{ match: 'listFiles', latency: 5 }] })), 'faults[0].latency', 'latencyMs');
  });

  test('faults.add and settings: refuse them too, and change nothing', async (t) => {
    const { manager } = await site(t);
    const fault = await rejection(manager.faults.add({ match: 'listFolders', status: 500 }, /** @type {any} */ ({ match: 'listFolders', time: 1 })));
    assert.equal(fault.code, 'INVALID_ARGUMENT');
    assert.match(fault.message, /faults\[1\]\.time is not an option: did you mean times\?/);
    const settings = await rejection(manager.settings(/** @type {any} */ ({ lag: 5 })));
    assert.match(settings.message, /lag is not an option: did you mean lagMs\?/);
    assert.deepEqual((await manager.client.folders.listFolders()).folders, []);
  });

  test('createClient: refuses them before anything is sent', async () => {
    await refused(() => createClient(/** @type {any} */ ({ timeout: 5 })), 'timeout', 'timeoutMs');
    await refused(() => createClient(/** @type {any} */ ({ retry: { atempts: 5 } })), 'retry.atempts', 'attempts');
    await refused(() => createClient(/** @type {any} */ ({ on: { respnse() {} } })), 'on.respnse', 'response');
  });

  test('an option without a value is not given', async (t) => {
    const manager = await open(t, /** @type {any} */ ({ sotrage: undefined }));
    assert.equal(manager.storage.kind, 'memory');
    createClient(/** @type {any} */ ({ timeout: undefined }));
  });
});

test('webhooks: at most four deliveries run at once, and all of them arrive', async (t) => {
  /** @type {(() => void)[]} */
  const waiting = [];
  let [running, most, arrived] = [0, 0, 0];
  /** @type {(value?: unknown) => void} */
  let wake = () => {};
  const server = createServer((request, response) => {
    request.resume();
    running += 1;
    most = Math.max(most, running);
    waiting.push(() => {
      running -= 1;
      arrived += 1;
      response.end();
    });
    wake();
  });
  await /** @type {Promise<void>} */ (new Promise((resolve) => server.listen(0, '127.0.0.1', resolve)));
  t.after(() => server.close());
  const manager = await open(t, { webhooks: [{ url: `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}/hook` }] });
  await Promise.all(Array.from({ length: 12 }, (_, index) => manager.client.folders.createFolder(`folder ${index}`)));
  while (arrived < 12) {
    if (waiting.length === 0) await new Promise((resolve) => (wake = resolve));
    // The others have had the time to arrive as well.
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const answer of waiting.splice(0)) answer();
  }
  assert.ok(most <= 4, `${most} at once`);
});
