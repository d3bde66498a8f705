// Resumable uploads: paused, resumed, cancelled, taken up by another process, against our manager and against @tus/server;
// and our manager with tus-js-client.
import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { FileStore } from '@tus/file-store';
import { EVENTS, Server } from '@tus/server';
import { Upload } from 'tus-js-client';
import { md5, noise } from '../harness/bytes.js';
import { rejection } from '../harness/client.js';
import { gate } from '../harness/gate.js';
import { serveManager, temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';

/**
 * @import { AddressInfo } from 'node:net'
 * @import { TestContext } from 'node:test'
 * @import { Client, ManagerOptions, UploadOptions, UploadProgress } from '../harness/package.js'
 */

const CHUNK = 100_000;
const bytes = noise(10 * CHUNK);
const sum = md5(bytes);
/** @param {{ method?: string }[]} requests */
const chunksOf = (requests) => requests.filter(({ method }) => method === 'PATCH').length;

/**
 * An upload that is stopped once its second chunk has arrived, by `stop({ id, confirmed, controller })`.
 *
 * @param {Client} client
 * @param {(event: { id: string, confirmed: number, controller: AbortController }) => unknown} stop
 * @param {UploadOptions} options
 */
async function stopped(client, stop, options) {
  const controller = new AbortController();
  const begun = gate();
  let isStopping = false;
  const upload = client.uploads.upload(bytes, {
    displayName: 'noise.bin',
    protocol: 'tus',
    chunkSizeInBytes: CHUNK,
    signal: controller.signal,
    onProgress: (/** @type {UploadProgress} */ { id, confirmed }) => {
      if (isStopping || confirmed < 2 * CHUNK) return;
      isStopping = true;
      begun.open({ stopping: stop({ id: present(id), confirmed, controller }) });
    },
    ...options,
  });
  upload.catch(() => {});
  const { stopping } = await begun.opened;
  await stopping;
  return upload;
}

/**
 * Waits for the last record of an aborted upload. An abort waits for nothing, so the record that says how much was confirmed
 * may still be on its way to the disk.
 *
 * @param {Client} client
 * @param {string} directory
 * @param {number} confirmed
 */
async function recorded(client, directory, confirmed) {
  for (;;) {
    const names = await readdir(directory);
    const [session] = await client.uploads.list({ sessions: { directory } });
    if (names.length === 1 && session?.confirmed >= confirmed) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/**
 * @param {Request} request
 * @param {(request: Request) => Promise<Response>} next
 */
const slow = async (request, next) => {
  if (request.method === 'PATCH') await new Promise((resolve) => setTimeout(resolve, 60));
  return next(request);
};

suite('in one process', () => {
  test('pause: stops sending until resume', async (t) => {
    // Counted where they begin: one that was aborted may reach the server late.
    let chunks = 0;
    /**
     * @param {string} url
     * @param {RequestInit} init
     */
    const counting = (url, init) => {
      if (init.method === 'PATCH') chunks += 1;
      return fetch(url, init);
    };
    const { client, requests } = await serveManager(t, { answer: slow, client: { fetch: counting } });
    let id = '';
    const pausing = stopped(client, async (event) => {
      ({ id } = event);
      await client.uploads.pause(present(id));
      const [session] = await client.uploads.list({ sessions: false });
      assert.deepEqual([session.id, session.state, session.size], [id, 'paused', bytes.length]);
      const before = chunks;
      await new Promise((resolve) => setTimeout(resolve, 150));
      assert.equal(chunks, before);
      await client.uploads.resume(present(id));
    }, { sessions: false });
    assert.equal((await pausing).hash, sum);
    assert.ok(requests.some(({ method }) => method === 'HEAD'));
    assert.deepEqual(await client.uploads.list({ sessions: false }), []);
    assert.equal((await rejection(client.uploads.pause(id))).code, 'UPLOAD_NOT_FOUND');
  });

  test('resume: sends the bytes again when the session that was created with them is gone', async (t) => {
    const small = noise(1000);
    let id = '';
    /** @type {Promise<void> | undefined} */
    let pausing;
    const { client, requests } = await serveManager(t, {
      answer: (request, next) => (request.method === 'HEAD' ? new Response(null, { status: 404 }) : next(request)),
      client: {
        on: {
          response: ({ operation, method }) => {
            if (operation === 'uploads.upload' && method === 'POST') pausing ??= client.uploads.pause(id);
          },
        },
      },
    });
    const onProgress = (/** @type {UploadProgress} */ progress) => void (id = progress.id ?? id);
    const upload = client.uploads.upload(small, { displayName: 'noise.bin', protocol: 'tus', sessions: false, onProgress });
    while (!pausing) await new Promise(setImmediate);
    await pausing;
    await client.uploads.resume(id);
    assert.equal((await upload).hash, md5(small));
    const methods = requests.map(({ method }) => method);
    assert.deepEqual(methods, ['POST', 'POST', 'HEAD', 'POST', 'POST', 'PATCH', 'PUT']);
  });

  test('cancel: deletes the record and the session', async (t) => {
    const directory = await temporaryFolder(t);
    const { client, requests } = await serveManager(t, { answer: slow });
    const upload = stopped(client, ({ id }) => client.uploads.cancel(id), { sessions: { directory } });
    assert.equal((await rejection(upload)).code, 'CANCELLED');
    assert.equal(requests.filter(({ method }) => method === 'DELETE').length, 1);
    assert.deepEqual(await readdir(directory), []);
    assert.equal(present((await client.files.listFiles()).files).length, 0);
  });
});

suite('in another process', () => {
  /**
   * An interrupted upload, and a client that knows nothing of it but its records.
   *
   * @param {TestContext} t
   * @param {ManagerOptions} [options]
   */
  async function interrupted(t, options) {
    const directory = await temporaryFolder(t);
    const sessions = { directory };
    const served = await serveManager(t, { answer: slow, ...options });
    const reason = new Error('the process ends');
    let arrived = 0;
    const upload = stopped(
      served.client,
      async ({ confirmed, controller }) => {
        arrived = confirmed;
        controller.abort(reason);
      },
      { sessions },
    );
    assert.equal(await rejection(upload), reason);
    await recorded(served.client, directory, arrived);
    const client = createClient({ baseUrl: served.baseUrl, auth: { apiKey: 'key' }, retry: { baseDelayMs: 5 } });
    return { ...served, client, directory, sessions };
  }

  test('upload: resumes from the record', async (t) => {
    const { client, requests, sessions, directory } = await interrupted(t);
    const [session] = await client.uploads.list({ sessions });
    assert.deepEqual([session.state, session.name, session.size], ['interrupted', 'noise.bin', bytes.length]);
    assert.ok(session.confirmed >= CHUNK && present(session.expiresDate) > new Date());
    const before = chunksOf(requests);
    const file = await client.uploads.upload(bytes, { displayName: 'noise.bin', protocol: 'tus', chunkSizeInBytes: CHUNK, sessions });
    assert.equal(file.hash, sum);
    assert.ok(chunksOf(requests) - before <= 8, 'what was confirmed is not sent again');
    assert.deepEqual(await readdir(directory), []);
  });

  /**
   * The sizes of the chunks of an upload, in MiB.
   *
   * @param {TestContext} t
   * @param {number} size In MiB.
   * @param {object} [options]
   * @param {number} [options.tookMs] How long a chunk takes, by the clock of the client.
   * @param {number} [options.broken] The number of the chunk that is answered with 503.
   * @param {UploadOptions} [options.upload]
   * @param {import('../harness/package.js').ClientOptions} [options.client]
   */
  async function sizesOf(t, size, { tookMs = 0, broken, upload, client: more } = {}) {
    let chunks = 0;
    let now = 0;
    t.mock.method(performance, 'now', () => (now += tookMs / 2));
    const { client, requests } = await serveManager(t, {
      answer: (request, next) => {
        if (request.method !== 'PATCH') return next(request);
        chunks += 1;
        return chunks === broken ? new Response(null, { status: 503 }) : next(request);
      },
      client: more,
    });
    const source = new Uint8Array(size * 2 ** 20);
    await client.uploads.upload(source, { displayName: 'zeros.bin', protocol: 'tus', sessions: false, ...upload });
    t.mock.reset();
    return requests.filter(({ method }) => method === 'PATCH').map(({ headers }) => Number(headers.get('content-length')) / 2 ** 20);
  }

  test('chunks grow while they arrive in no time', async (t) => {
    assert.deepEqual(await sizesOf(t, 90), [8, 16, 32, 32, 2]);
  });

  test('chunks stay as they are when they take long, and where the caller has chosen their size', async (t) => {
    assert.deepEqual(await sizesOf(t, 20, { tookMs: 10_000 }), [8, 8, 4]);
    assert.deepEqual(await sizesOf(t, 20, { upload: { chunkSizeInBytes: 4 * 2 ** 20 } }), [4, 4, 4, 4, 4]);
    assert.deepEqual(await sizesOf(t, 20, { client: { fetch: (...args) => fetch(...args) } }), [8, 8, 4], 'a fetch of the caller gets each as a whole');
  });

  test('a chunk after one that broke off is small again', async (t) => {
    assert.deepEqual(await sizesOf(t, 40, { broken: 2 }), [8, 16, 8, 16, 8]);
  });

  test('resume: needs the same source as before', async (t) => {
    const { client, sessions } = await interrupted(t);
    const [{ id }] = await client.uploads.list({ sessions });
    assert.equal((await rejection(client.uploads.resume(id, undefined, { sessions }))).code, 'INVALID_ARGUMENT');
    const other = await rejection(client.uploads.resume(id, noise(bytes.length, 3), { sessions }));
    assert.equal(other.code, 'INVALID_ARGUMENT');
    const file = present(await client.uploads.resume(id, bytes, { sessions, chunkSizeInBytes: CHUNK }));
    assert.deepEqual([file.hash, file.displayName], [sum, 'noise.bin']);
  });

  test('resume: opens the recorded path', async (t) => {
    const directory = await temporaryFolder(t);
    const path = join(await temporaryFolder(t), 'noise.bin');
    await writeFile(path, bytes);
    const { baseUrl, client } = await serveManager(t, { answer: slow });
    const controller = new AbortController();
    let arrived = 0;
    const options = { protocol: /** @type {const} */ ('tus'), chunkSizeInBytes: CHUNK, sessions: { directory }, path: '/x' };
    const upload = client.uploads.upload(path, {
      ...options,
      signal: controller.signal,
      onProgress: ({ confirmed }) => {
        if (confirmed < 2 * CHUNK || controller.signal.aborted) return;
        arrived = confirmed;
        controller.abort();
      },
    });
    await rejection(upload);
    await recorded(client, directory, arrived);
    const other = createClient({ baseUrl, auth: { apiKey: 'key' } });
    const [{ id }] = await other.uploads.list({ sessions: { directory } });
    const file = present(await other.uploads.resume(id, undefined, { sessions: { directory } }));
    assert.equal(file.hash, sum);
    assert.equal((await other.paths.resolve('/x/noise.bin')).id, file._id);
  });

  test('upload: starts anew for other bytes of the same name and size', async (t) => {
    const { client, sessions } = await interrupted(t);
    const file = await client.uploads.upload(noise(bytes.length, 9), { displayName: 'noise.bin', protocol: 'tus', sessions });
    assert.notEqual(file.hash, sum);
    assert.equal((await client.uploads.list({ sessions })).length, 1);
  });

  test('upload: starts over when the session is unknown', async (t) => {
    const { client, directory, sessions } = await interrupted(t);
    const [name] = await readdir(directory);
    const record = JSON.parse(await readFile(join(directory, name), 'utf8'));
    await writeFile(join(directory, name), JSON.stringify({ ...record, location: `${record.uploadUrl}/0123456789` }));
    assert.equal((await client.uploads.upload(bytes, { displayName: 'noise.bin', protocol: 'tus', sessions })).hash, sum);
  });

  test('list: ignores expired and damaged records', async (t) => {
    for (const damage of [(/** @type {string} */ text) => JSON.stringify({ ...JSON.parse(text), expires: 1 }), (/** @type {string} */ text) => text.slice(0, 20)]) {
      const { client, directory, sessions } = await interrupted(t);
      const [name] = await readdir(directory);
      await writeFile(join(directory, name), damage(await readFile(join(directory, name), 'utf8')));
      assert.deepEqual(await client.uploads.list({ sessions }), []);
      assert.equal((await client.uploads.upload(bytes, { displayName: 'noise.bin', protocol: 'tus', sessions })).hash, sum);
    }
  });

  test('records: are readable by their owner only, and named by a hash', async (t) => {
    const { directory } = await interrupted(t);
    const [name] = await readdir(directory);
    assert.match(name, /^[0-9a-f]{32}\.json$/);
    assert.equal((await stat(join(directory, name))).mode & 0o077, 0);
  });

  test('cancel: works by the record alone', async (t) => {
    const { client, directory, requests, sessions } = await interrupted(t);
    const [{ id }] = await client.uploads.list({ sessions });
    await client.uploads.cancel(id, { sessions });
    assert.deepEqual(await readdir(directory), []);
    assert.ok(requests.some(({ method }) => method === 'DELETE'));
  });
});

suite('@tus/server', () => {
  /**
   * Its TUS, with the calls around it that a site has.
   *
   * @param {TestContext} t
   */
  async function startTusServer(t) {
    const directory = await temporaryFolder(t);
    const tus = new Server({ path: '/upload/tus', datastore: new FileStore({ directory }), relativeLocation: true });
    const transfers = new Map();
    /** @type {object[]} */
    const files = [];
    tus.on(EVENTS.POST_CREATE, (_request, upload) => transfers.set(present(upload.metadata).token, upload));
    let number = 0;
    /** @type {(string | undefined)[]} */
    const requests = [];
    /** @type {number[]} */
    const faults = [];
    const server = createServer(async (request, response) => {
      requests.push(request.method);
      /** @param {unknown} json */
      const reply = (json, status = 200) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
      const own = `http://${request.headers.host}`;
      if (present(request.url).endsWith('generate-resumable-upload-url')) {
        number += 1;
        return reply({ uploadProtocol: 'TUS', uploadUrl: `${own}/upload/tus`, uploadToken: `token-${number}` });
      }
      if (request.method === 'PUT') {
        const { id, size, metadata } = transfers.get(present(request.url).split('/').pop());
        const content = await readFile(join(directory, id));
        if (content.length !== size) return reply({}, 400);
        const file = { id, displayName: metadata.filename, hash: md5(content), sizeInBytes: String(content.length), operationStatus: 'READY' };
        files.push(file);
        return reply({ file });
      }
      if (present(request.url).startsWith('/site-media/')) return reply({ files, nextCursor: {} });
      const fault = request.method === 'PATCH' && faults.shift();
      if (fault) {
        let length = 0;
        request.on('data', (chunk) => {
          length += chunk.length;
          if (length >= fault) request.socket.destroy();
        });
      }
      return tus.handle(request, response);
    });
    await /** @type {Promise<void>} */ (new Promise((resolve) => server.listen(0, '127.0.0.1', resolve)));
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    const client = createClient({ baseUrl: `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}`, auth: { apiKey: 'k' }, retry: { baseDelayMs: 20 } });
    return { client, requests, faults };
  }

  test('@tus/server: accepts our uploads', async (t) => {
    const { client, requests } = await startTusServer(t);
    const file = await client.uploads.upload(bytes, { displayName: 'noise.bin', protocol: 'tus', chunkSizeInBytes: 300_000, sessions: false, verify: true });
    assert.deepEqual([file.hash, file.displayName], [sum, 'noise.bin']);
    assert.deepEqual(requests.filter((method) => method === 'PATCH').length, 4);
  });

  test('@tus/server: accepts them over a connection that breaks', async (t) => {
    const { client, requests, faults } = await startTusServer(t);
    faults.push(1, 150_000, 0, 40_000);
    const file = await client.uploads.upload(bytes, { displayName: 'noise.bin', protocol: 'tus', chunkSizeInBytes: 300_000, sessions: false, verify: true });
    assert.equal(file.hash, sum);
    assert.ok(requests.filter((method) => method === 'HEAD').length >= 2);
  });

  test('@tus/server: deletes cancelled sessions', async (t) => {
    const { client, requests } = await startTusServer(t);
    const upload = stopped(client, ({ id }) => client.uploads.cancel(id), { chunkSizeInBytes: 10_000, sessions: false });
    assert.equal((await rejection(upload)).code, 'CANCELLED');
    assert.ok(requests.includes('DELETE'));
  });
});

test('tus-js-client: uploads to our manager, also after an interruption', async (t) => {
  const { client } = await serveManager(t, { answer: slow });
  const { uploadUrl, uploadToken } = await client.files.generateFileResumableUploadUrl('application/octet-stream', { fileName: 'noise.bin' });
  /** @param {any} [more] */
  const start = (more) =>
    new Promise((resolve, reject) => {
      const upload = new Upload(Buffer.from(bytes), {
        endpoint: uploadUrl,
        chunkSize: CHUNK,
        metadata: { filename: 'noise.bin', contentType: 'application/octet-stream', token: uploadToken },
        onError: reject,
        onSuccess: () => resolve(upload),
        ...more,
      });
      if (more?.stopAfter) upload.options.onChunkComplete = (_, accepted) => accepted >= more.stopAfter && upload.abort().then(() => resolve(upload));
      upload.start();
    });
  const first = await start({ stopAfter: 3 * CHUNK });
  await start({ uploadUrl: first.url });
  const answer = await fetch(`${uploadUrl}/${uploadToken}`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{}' });
  assert.equal((await answer.json()).file.hash, sum);
});
