// A manager in a thread of its own does what one in the same thread does, and outlives the thread.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { rejection } from '../harness/client.js';
import { gate } from '../harness/gate.js';
import { createManager, WixMediaError } from '../harness/package.js';
import { present } from '../harness/present.js';
import { emptyDirectory, kill, open as openAny, put, top } from './place.js';
import { samples } from '../scenarios/samples.js';

/**
 * @import { ManagerOptions, MediaManager } from '../harness/package.js'
 * @import { Closing } from '../harness/types.d.ts'
 */

/**
 * A manager in a thread, and what it has reported.
 *
 * @param {Closing} t
 * @param {ManagerOptions} [options]
 */
async function open(t, options) {
  /** @type {WixMediaError[]} */
  const reported = [];
  let heard = gate();
  const onError = (/** @type {WixMediaError} */ error) => {
    reported.push(error);
    heard.open();
    heard = gate();
  };
  const manager = await openAny(t, { thread: true, onError, ...options });
  return { manager, reported };
}

/** @param {MediaManager} manager */
const health = (manager) => manager.fetch(`${manager.baseUrl}/_wix-media/health`);

/** @param {Response} response */
const codeOf = async (response) => (await response.json()).details.applicationError.code;

suite('a manager in a thread', () => {
  test('thread: streams bodies in both directions, and keeps this thread free', async (t) => {
    const { manager } = await open(t, { storage: { directory: await emptyDirectory(t) } });
    const size = 40_000_000;
    let [sent, turns] = [0, 0];
    const timer = setInterval(() => (turns += 1), 1);
    t.after(() => clearInterval(timer));
    const body = new ReadableStream({
      pull(stream) {
        if (sent === size) return stream.close();
        stream.enqueue(new Uint8Array(100_000).fill((sent / 100_000) % 251));
        sent += 100_000;
        return undefined;
      },
    });
    const file = await put(manager, 'large.bin', body);
    assert.equal(Number(file.sizeInBytes), size);
    const { body: back } = await manager.fetch(file.url);
    let at = 0;
    for await (const piece of present(back)) {
      for (let offset = 0; offset < piece.length; offset += 9973) assert.equal(piece[offset], Math.floor((at + offset) / 100_000) % 251);
      at += piece.length;
    }
    assert.equal(at, size);
    assert.ok(turns > 3, `${turns} turns`);
    assert.equal(manager.storage.usage.bytes, size);
  });

  test('thread: reads no more of a body than has room on the way', async (t) => {
    const { manager } = await open(t);
    const file = await put(manager, 'large.bin', new Uint8Array(20_000_000));
    const { uploadUrl } = await manager.client.files.generateFileUploadUrl('application/octet-stream', { fileName: 'b.bin' });
    let asked = 0;
    const endless = new ReadableStream({
      pull(stream) {
        asked += 100_000;
        stream.enqueue(new Uint8Array(100_000));
      },
    });
    // The answer comes before the body ends, which is cancelled then.
    const refused = await manager.fetch(present(uploadUrl), { method: 'PUT', body: endless, headers: { authorization: 'not here' }, duplex: 'half' });
    assert.equal(refused.status, 400);
    assert.ok(asked <= 2_000_000, `${asked} bytes`);
    const response = await manager.fetch(file.url);
    const reader = present(response.body).getReader();
    await reader.read();
    await reader.cancel();
    assert.equal((await health(manager)).status, 200);
  });

  test('thread: an aborted request rejects with the reason, and has no effect', async (t) => {
    const { manager } = await open(t);
    const reason = new Error('enough');
    const early = new AbortController();
    const headers = { 'content-type': 'application/json' };
    const folder = manager.fetch(`${manager.baseUrl}/site-media/v1/folders`, { method: 'POST', headers, body: '{"displayName":"Never"}', signal: early.signal });
    early.abort(reason);
    assert.equal(await rejection(folder), reason);
    const { uploadUrl } = await manager.client.files.generateFileUploadUrl('application/octet-stream', { fileName: 'a.bin' });
    const controller = new AbortController();
    /** @type {unknown} */
    let cancelled;
    let pieces = 0;
    const body = new ReadableStream({
      pull(own) {
        pieces += 1;
        if (pieces < 4) own.enqueue(new Uint8Array(1000));
        else controller.abort(reason);
      },
      cancel(given) {
        cancelled = given;
      },
    });
    assert.equal(await rejection(manager.fetch(present(uploadUrl), { method: 'PUT', body, signal: controller.signal })), reason);
    assert.equal(cancelled, reason);
    assert.deepEqual(await top(manager), []);
  });

  test('thread: an abort while the answer is read fails its body with the reason', async (t) => {
    const { manager } = await open(t);
    const { url } = await put(manager, 'a.bin', new Uint8Array(20_000_000));
    const controller = new AbortController();
    const reason = new Error('enough');
    const response = await manager.fetch(url, { signal: controller.signal });
    const reader = present(response.body).getReader();
    assert.ok(present((await reader.read()).value).length > 0);
    controller.abort(reason);
    assert.equal(await rejection(reader.read()), reason);
    const whole = await manager.fetch(url, { signal: new AbortController().signal });
    assert.equal((await whole.arrayBuffer()).byteLength, 20_000_000);
  });

  test('thread: a body that fails rejects with its own error, and makes no file', async (t) => {
    const { manager } = await open(t);
    const { uploadUrl } = await manager.client.files.generateFileUploadUrl('application/octet-stream', { fileName: 'a.bin' });
    const own = new Error('the source has gone');
    let pulls = 0;
    const body = () =>
      new ReadableStream({
        pull(stream) {
          pulls += 1;
          if (pulls % 2) stream.enqueue(new Uint8Array(10));
          else stream.error(own);
        },
      });
    assert.equal(await rejection(manager.fetch(present(uploadUrl), { method: 'PUT', body: body() })), own);
    const numbers = new ReadableStream({
      start(stream) {
        stream.enqueue(5);
        stream.close();
      },
    });
    const { name, message } = await rejection(manager.fetch(present(uploadUrl), { method: 'PUT', body: numbers }));
    assert.deepEqual([name, /expected bytes or text, found Number/.test(message)], ['TypeError', true]);
    assert.deepEqual(await top(manager), []);
  });

  test('thread: a request whose body has been used rejects, and does not hold up the end', async (t) => {
    const { manager } = await open(t);
    const { uploadUrl } = await manager.client.files.generateFileUploadUrl('application/octet-stream', { fileName: 'a.bin' });
    const request = new Request(present(uploadUrl), { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: new Uint8Array(300_000) });
    assert.equal((await manager.fetch(request)).status, 200);
    assert.equal((await rejection(manager.fetch(request))).name, 'TypeError');
    await manager.close();
  });

  test('thread: has events, settings, faults, archives, a seed and a virtual clock', async (t) => {
    const { manager } = await open(t, { clock: 'virtual', seed: [{ path: '/Animals/fox.txt', content: 'a fox' }], processing: { pendingMs: { VIDEO: 5000 } } });
    assert.equal(manager.clock.now(), Date.UTC(2024, 0, 1));
    assert.deepEqual(await top(manager), ['Animals/']);
    /** @type {string[]} */
    const heard = [];
    manager.on('*', ({ slug }) => void heard.push(slug));
    const never = manager.on('folder_created', () => void heard.push('never'));
    never();
    await manager.client.folders.createFolder('Plants');
    await put(manager, 'film.mp4', samples.mp4, { mimeType: 'video/mp4' });
    assert.deepEqual(heard, ['created']);
    await manager.clock.advance(6000);
    assert.equal(manager.clock.now(), Date.UTC(2024, 0, 1) + 6000);
    assert.equal(heard.at(-1), 'file_ready');
    await manager.fetch(`${manager.baseUrl}/_wix-media/clock`, { method: 'POST', body: '{"advanceMs":1000}' });
    assert.equal(manager.clock.now(), Date.UTC(2024, 0, 1) + 7000);
    await manager.faults.add({ match: 'listFolders', status: 418 });
    assert.equal((await rejection(manager.client.folders.listFolders())).status, 418);
    await manager.faults.clear();
    await manager.settings({ limits: { quotaInBytes: 1 } });
    const archive = await new Response(await manager.export()).arrayBuffer();
    await manager.reset();
    assert.deepEqual([await top(manager), manager.storage.usage.isEmpty], [[], true]);
    await manager.import(archive);
    assert.deepEqual(await top(manager), ['Animals/', 'Plants/', 'film.mp4']);
    const refused = await rejection(manager.import(new Uint8Array(9)));
    assert.equal(refused.code, 'ARCHIVE_INVALID');
  });

  test('thread: imports, and delivers webhooks', async (t) => {
    const delivered = gate();
    const server = createServer((request, response) => {
      if (request.method === 'POST') delivered.open(request.headers['content-type']);
      response.end('a fox');
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
    t.after(() => server.close());
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const { manager } = await open(t, { allowPrivateImports: true, webhooks: [{ url: `http://127.0.0.1:${port}/hook`, events: ['file_ready'] }] });
    const ready = gate();
    manager.on('file_ready', ready.open);
    await manager.client.files.importFile(`http://127.0.0.1:${port}/fox.txt`, { mimeType: 'text/plain', displayName: 'fox.txt' });
    await ready.opened;
    assert.equal(typeof (await delivered.opened), 'string');
  });

  test('thread: refuses what it cannot do', async (t) => {
    const directory = await emptyDirectory(t);
    for (const [options, message] of /** @type {[any, RegExp][]} */ ([
      [{ thread: 1 }, /thread must be true or false/],
      [{ thread: true, clock: { now: () => 1 } }, /clock must be 'system' or 'virtual' where/],
      [{ thread: true, sitId: 'x' }, /sitId is not an option: did you mean siteId/],
      [{ thread: true, storage: {} }, /storage must be/],
    ])) {
      const error = await rejection(createManager(options));
      assert.ok(error instanceof WixMediaError);
      assert.equal(error.code, 'INVALID_ARGUMENT');
      assert.match(error.message, message);
    }
    await open(t, { storage: { directory } });
    assert.equal((await rejection(createManager({ storage: { directory } }))).code, 'LOCKED');
  });

  test('thread: a directory can be given as a URL, and closing releases it', async (t) => {
    const directory = await emptyDirectory(t);
    const { manager } = await open(t, { storage: { directory: pathToFileURL(`${directory}/`) } });
    assert.equal(manager.storage.directory, directory);
    await manager.client.folders.createFolder('Animals');
    await manager.close();
    assert.equal((await rejection(health(manager))).code, 'MANAGER_CLOSED');
    const { manager: next } = await open(t, { storage: { directory } });
    assert.deepEqual(await top(next), ['Animals/']);
  });

  test('thread: keeps a process alive only while it is asked', async () => {
    const script = `
      import { createManager } from ${JSON.stringify(new URL('../../../dist/node.js', import.meta.url).href)};
      const manager = await createManager({ thread: true });
      const { uploadUrl } = await manager.client.files.generateFileUploadUrl('application/octet-stream', { fileName: 'a.bin' });
      const { file } = await (await manager.fetch(uploadUrl, { method: 'PUT', body: new Uint8Array(20_000_000) })).json();
      let size = 0;
      for await (const piece of (await manager.fetch(file.url)).body) size += piece.length;
      // Nobody reads the body of this one.
      const { status } = await manager.fetch(file.url);
      console.log(size, status);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
    assert.equal(stdout, '20000000 200\n');
  });

  test('thread: starts whatever options the process has', async (t) => {
    const script = `
      import { createManager } from ${JSON.stringify(new URL('../../../dist/node.js', import.meta.url).href)};
      const manager = await createManager({ thread: true });
      console.log((await manager.client.folders.createFolder('Animals')).folder.displayName);`;
    const file = join(await emptyDirectory(t), 'program.mjs');
    await writeFile(file, script);
    for (const program of [[file], ['--input-type=module', '--eval', script]]) {
      const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--max-old-space-size=512', '--no-warnings', ...program]);
      assert.equal(stdout, 'Animals\n', program[0]);
    }
  });
});

suite('a manager whose thread dies', () => {
  test('failover: goes on with the same directory, and keeps what was acknowledged', async (t) => {
    const { manager, reported } = await open(t, { storage: { directory: await emptyDirectory(t) } });
    /** @type {(string | undefined)[]} */
    const heard = [];
    manager.on('folder_created', ({ entityId }) => void heard.push(entityId));
    const { folder } = await manager.client.folders.createFolder('before');
    const file = await put(manager, 'before.txt', 'content', { mimeType: 'text/plain' });
    const { uploadUrl } = await manager.client.files.generateFileUploadUrl('text/plain', { fileName: 'lost.txt' });
    const begun = gate();
    const body = new ReadableStream({
      pull(stream) {
        // It is read in advance, as far as there is room: the rest never comes.
        stream.enqueue(new TextEncoder().encode('half of it'));
        begun.open();
        return new Promise(() => {});
      },
    });
    const lost = manager.fetch(present(uploadUrl), { method: 'PUT', headers: { 'content-type': 'text/plain' }, body, duplex: 'half' });
    await begun.opened;
    await kill(manager);
    const answer = await lost;
    assert.deepEqual([answer.status, answer.headers.get('retry-after'), await codeOf(answer)], [503, '1', 'MANAGER_LOST']);
    assert.equal((await manager.client.folders.getFolder(present(present(folder)._id))).displayName, 'before');
    assert.equal(await (await manager.fetch(file.url)).text(), 'content');
    const again = await manager.fetch(present(uploadUrl), { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'all of it' });
    assert.equal(again.status, 200);
    const after = await manager.client.folders.createFolder('after');
    assert.deepEqual(heard, [present(folder)._id, present(after.folder)._id], 'events go on, and none comes twice');
    assert.deepEqual(await top(manager), ['after/', 'before/', 'before.txt', 'lost.txt']);
    assert.deepEqual(reported.map(({ code }) => code), ['MANAGER_LOST']);
    assert.match(reported[0].message, /^the thread of the Media Manager ended: /);
  });

  test('failover: settings that were changed stay', async (t) => {
    const { manager } = await open(t, { storage: { directory: await emptyDirectory(t) }, limits: { quotaInBytes: 10 } });
    await manager.settings({ limits: { quotaInBytes: 1000 } });
    await kill(manager);
    assert.equal((await put(manager, 'file.txt', 'x'.repeat(100), { mimeType: 'text/plain' })).displayName, 'file.txt');
    await manager.settings({ limits: { quotaInBytes: 50 } });
    await kill(manager);
    assert.equal((await rejection(put(manager, 'more.txt', 'x', { mimeType: 'text/plain' }))).status, 400);
  });

  test('failover: the body of an answer breaks off with the code', async (t) => {
    const { manager } = await open(t, { storage: { directory: await emptyDirectory(t) } });
    const { url } = await put(manager, 'large.bin', new Uint8Array(20_000_000));
    const reader = present((await manager.fetch(url)).body).getReader();
    await reader.read();
    await kill(manager);
    const read = async () => {
      for (;;) await reader.read();
    };
    assert.equal((await rejection(read())).code, 'MANAGER_LOST');
    assert.equal((await (await manager.fetch(url)).arrayBuffer()).byteLength, 20_000_000);
  });

  test('failover: deaths that follow each other are answered, and end', async (t) => {
    const { manager, reported } = await open(t, { storage: { directory: await emptyDirectory(t) } });
    await manager.client.folders.createFolder('kept');
    for (let death = 0; death < 3; death += 1) {
      await kill(manager);
      // During the pause callers get a 503 at once. On a busy machine the next thread may start for longer than health waits.
      for (let answer = await health(manager); answer.status !== 200; answer = await health(manager)) {
        assert.equal(answer.status, 503);
        assert.match(await codeOf(answer), /^MANAGER_(LOST|UNRESPONSIVE)$/);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    assert.deepEqual(await top(manager), ['kept/']);
    assert.equal(reported.length, 3);
  });

  test('failover: a virtual clock does not go back', async (t) => {
    const { manager } = await open(t, { clock: 'virtual', storage: { directory: await emptyDirectory(t) } });
    await manager.clock.advance(100_000);
    await kill(manager);
    await manager.client.folders.createFolder('later');
    assert.equal(manager.clock.now(), Date.UTC(2024, 0, 1) + 100_000);
    const [folder] = present((await manager.client.folders.listFolders()).folders);
    assert.equal(Number(folder._createdDate), Date.UTC(2024, 0, 1) + 100_000);
  });

  test('failover: says that memory was lost, and seeds it again', async (t) => {
    const { manager, reported } = await open(t, { seed: [{ path: '/Animals/fox.txt', content: 'a fox' }] });
    await manager.client.folders.createFolder('lost');
    const seeded = gate();
    manager.on('file_ready', seeded.open);
    await kill(manager);
    await seeded.opened;
    assert.deepEqual(await top(manager), ['Animals/']);
    assert.match(reported[1].message, /everything in memory was lost/);
  });

  test('failover: closing a manager whose thread has died', async (t) => {
    const directory = await emptyDirectory(t);
    const { manager } = await open(t, { storage: { directory } });
    const killed = kill(manager);
    await manager.close();
    await killed;
    const { manager: next } = await open(t, { storage: { directory } });
    assert.deepEqual(await top(next), []);
  });

  test('health: a thread that hangs is not healthy', async (t) => {
    const directory = await emptyDirectory(t);
    const { manager } = await open(t, { storage: { directory } });
    // Reading a pipe takes until somebody writes to it, as reading from a disk that does not answer.
    const lock = join(directory, 'lock');
    await rm(lock);
    execFileSync('mkfifo', [lock]);
    await kill(manager);
    const sick = await health(manager);
    assert.deepEqual([sick.status, await codeOf(sick)], [503, 'MANAGER_UNRESPONSIVE']);
    await writeFile(lock, '');
    assert.deepEqual(await top(manager), []);
    assert.equal((await health(manager)).status, 200);
  });
});
