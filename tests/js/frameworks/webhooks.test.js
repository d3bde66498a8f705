// wix-media.v2/webhooks: the handlers behind real servers, and the examples as their users run them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { serve } from '@hono/node-server';
import express from 'express';
import { Hono } from 'hono';
import { project, remove } from '../examples/project.js';
import { present } from '../harness/present.js';

/** @import { AddressInfo } from 'node:net' */
/** @import { TestContext } from 'node:test' */
/** @import { Client } from 'wix-media.v2' */

const examples = fileURLToPath(new URL('../../../examples/webhooks', import.meta.url));
const { publicKey: key, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicKey = String(key.export({ type: 'spki', format: 'pem' }));

/**
 * The body of a delivery.
 *
 * @param {string} slug
 * @param {object} body
 */
function delivery(slug, body) {
  const part = (/** @type {unknown} */ value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const event = { eventType: `wix.media.site_media.v1.file_descriptor_${slug}`, data: JSON.stringify({ id: 'e', slug, actionEvent: { body } }) };
  const content = `${part({ alg: 'RS256' })}.${part({ data: JSON.stringify(event) })}`;
  return `${content}.${sign('RSA-SHA256', Buffer.from(content), privateKey).toString('base64url')}`;
}

const ready = (displayName = 'fox.jpg') => delivery('file_ready', { file: { id: 'f', displayName } });
const failed = () => delivery('file_failed', { error: { description: 'too dark' } });

/**
 * @param {string} origin
 * @param {string | undefined} body
 * @param {RequestInit} [options]
 */
async function post(origin, body, options) {
  const response = await fetch(`${origin}/webhooks`, { method: 'POST', body, ...options });
  const text = await response.text();
  return { status: response.status, ...(text.startsWith('{') && { code: JSON.parse(text).code }) };
}

suite('webhooks', () => {
  /** @type {string} */
  let folder;
  /** @type {typeof import('wix-media.v2')} */
  let wixMedia;
  /** @type {typeof import('wix-media.v2/webhooks')} */
  let handlers;
  before(async () => {
    folder = await project(['express', 'hono', '@hono/node-server']);
    const installed = (/** @type {string} */ name) => import(pathToFileURL(join(folder, 'node_modules/wix-media.v2', name)).href);
    wixMedia = await installed('node.js');
    handlers = await installed('webhooks.js');
  });
  after(() => remove(folder));

  /** A client that fails for the file `bad.jpg`. */
  function client() {
    const made = wixMedia.createClient({ auth: { accessToken: 't' } });
    /** @type {string[]} */
    const seen = [];
    made.files.onFileDescriptorFileReady(async ({ data }) => {
      const name = present(data.file?.displayName);
      if (name === 'bad.jpg') throw new Error('handler failed');
      seen.push(name);
    });
    return { made, seen };
  }

  /** @type {Record<string, (client: Client) => (t: TestContext) => Promise<string>>} */
  const servers = {
    'express': (made) => async (t) => {
      const app = express();
      app.all('/webhooks', handlers.expressWebhook({ client: made, publicKey }));
      app.use(express.json());
      app.use(silent);
      return listening(t, createServer(app));
    },
    'express after a middleware that reads text': (made) => async (t) => {
      const app = express();
      app.use(express.text({ type: () => true, limit: '2mb' }));
      app.all('/webhooks', handlers.expressWebhook({ client: made, publicKey }));
      app.use(silent);
      return listening(t, createServer(app));
    },
    'express after a middleware that reads bytes': (made) => async (t) => {
      const app = express();
      app.use(express.raw({ type: () => true, limit: '2mb' }));
      app.all('/webhooks', handlers.expressWebhook({ client: made, publicKey }));
      app.use(silent);
      return listening(t, createServer(app));
    },
    'node:http': (made) => async (t) => {
      const handler = handlers.expressWebhook({ client: made, publicKey });
      return listening(t, createServer((request, response) => void handler(request, response)));
    },
    'hono': (made) => async (t) => {
      const app = new Hono();
      app.all('/webhooks', handlers.honoWebhook({ client: made, publicKey }));
      app.onError((_, context) => context.text('', 500));
      return new Promise((resolve) => {
        const server = serve({ fetch: app.fetch, port: 0 }, ({ port }) => resolve(`http://127.0.0.1:${port}`));
        t.after(() => server.close());
      });
    },
  };
  /** @type {import('express').ErrorRequestHandler} */
  const silent = (_, __, response, ___) => void response.sendStatus(500);
  /**
   * @param {TestContext} t
   * @param {import('node:http').Server} server
   * @returns {Promise<string>}
   */
  const listening = (t, server) =>
    new Promise((resolve) => {
      t.after(() => server.close());
      server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}`));
    });

  for (const [name, start] of Object.entries(servers)) {
    test(`${name}: handles events and refuses others`, async (t) => {
      const { made, seen } = client();
      const origin = await start(made)(t);
      assert.deepEqual(await post(origin, ready()), { status: 200 });
      assert.deepEqual(await post(origin, ready('füchse.jpg')), { status: 200 });
      assert.deepEqual(await post(origin, ready('bad.jpg')), { status: 500 });
      const forged = ready().replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'));
      for (const body of [forged.slice(0, -20), 'nonsense', '']) assert.deepEqual(await post(origin, body), { status: 400, code: 'INVALID_WEBHOOK' }, body);
      assert.deepEqual(await post(origin, failed()), { status: 400, code: 'INVALID_WEBHOOK' });
      assert.deepEqual(await post(origin, undefined, { method: 'GET' }), { status: 405, code: 'METHOD_NOT_ALLOWED' });
      if (!name.includes('middleware')) assert.deepEqual(await post(origin, 'x'.repeat((1 << 20) + 1)), { status: 413, code: 'PAYLOAD_TOO_LARGE' });
      assert.deepEqual(seen, ['fox.jpg', 'füchse.jpg']);
    });
  }

  test('expressWebhook: says what to do when a middleware has parsed the body', async (t) => {
    const app = express();
    app.use(express.json());
    app.post('/webhooks', handlers.expressWebhook({ client: client().made, publicKey }));
    /** @type {Error[]} */
    const errors = [];
    /** @type {import('express').ErrorRequestHandler} */
    const keep = (error, _, response, __) => {
      errors.push(error);
      response.sendStatus(500);
    };
    app.use(keep);
    const origin = await listening(t, createServer(app));
    assert.equal((await post(origin, '{}', { headers: { 'content-type': 'application/json' } })).status, 500);
    assert.match(errors[0].message, /put the route in front of it/);
    assert.deepEqual(await post(origin, ready()), { status: 200 }, 'another type of content is left alone');
  });

  test('webhookHandler: answers a Request, accepts expected events, and stops reading a body that is too large', async () => {
    const { made } = client();
    const handler = handlers.webhookHandler({ client: made, publicKey, expectedEvents: [{ type: 'wix.media.site_media.v1.file_descriptor_file_failed' }] });
    const request = (/** @type {BodyInit} */ body, more = {}) => new Request('http://localhost/webhooks', { method: 'POST', body, ...more });
    assert.equal((await handler(request(failed()))).status, 200);
    const refused = await handler(new Request('http://localhost/webhooks'));
    assert.deepEqual([refused.status, refused.headers.get('allow')], [405, 'POST']);
    await assert.rejects(handler(request(ready('bad.jpg'))), /handler failed/);
    let isCancelled = false;
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(100_000)), cancel: () => void (isCancelled = true) });
    assert.equal((await handler(request(endless, { duplex: 'half' }))).status, 413);
    assert.ok(isCancelled);
  });

  test('webhookHandler: uses the functions that are imported directly by default', async () => {
    /** @type {unknown[]} */
    const names = [];
    wixMedia.files.onFileDescriptorFileReady(({ data }) => void names.push(data.file?.displayName));
    const response = await handlers.webhookHandler({ publicKey })(new Request('http://localhost/', { method: 'POST', body: ready() }));
    assert.deepEqual([response.status, names], [200, ['fox.jpg']]);
  });

  test('require: gives the same functions', () => {
    const required = createRequire(join(folder, 'package.json'))('wix-media.v2/webhooks');
    assert.deepEqual(Object.keys(required).sort(), Object.keys(handlers).sort());
  });

  for (const name of ['express', 'hono']) {
    test(`example: ${name} prints what its functions see`, async (t) => {
      const root = join(folder, 'example');
      await cp(examples, root, { recursive: true });
      const child = spawn(process.execPath, [`${name}.js`], { cwd: root, env: { PATH: process.env.PATH, PORT: '0', WIX_PUBLIC_KEY: publicKey } });
      const ended = new Promise((resolve) => child.on('exit', resolve));
      t.after(() => {
        child.kill();
        return ended;
      });
      let said = '';
      child.stderr.on('data', (chunk) => (said += chunk));
      const told = (/** @type {RegExp} */ pattern) =>
        new Promise((resolve, reject) => {
          const look = () => pattern.test(said) && resolve(undefined);
          child.stdout.on('data', (chunk) => (said += chunk) && look());
          child.on('exit', () => reject(new Error(`${name}.js ended: ${said}`)));
        });
      await told(/http:/);
      const origin = `http://127.0.0.1:${present(/:(\d+)/.exec(said))[1]}`;
      const isSeen = told(/ready: fox\.jpg/);
      assert.deepEqual(await post(origin, ready()), { status: 200 });
      await isSeen;
      assert.deepEqual(await post(origin, 'nonsense'), { status: 400, code: 'INVALID_WEBHOOK' });
    });
  }
});
