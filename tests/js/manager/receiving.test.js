// Uploads to a directory: the storage writes their bytes by itself, and hashes them with the runtime's own code.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { suite, test } from 'node:test';
import { md5, noise } from '../harness/bytes.js';
import { gate } from '../harness/gate.js';
import { present } from '../harness/present.js';
import { begin } from '../tus/session.js';
import { emptyDirectory, open, put } from './place.js';

/** @import { MediaManager } from '../harness/package.js' */

/**
 * A body of these pieces.
 *
 * @param {(Uint8Array | Promise<unknown> | Error)[]} parts Promises are waited for, and errors break it off.
 */
const bodyOf = (parts) =>
  new ReadableStream(
    {
      async pull(stream) {
        for (;;) {
          const part = parts.shift();
          if (part === undefined) return stream.close();
          if (part instanceof Uint8Array) return stream.enqueue(part);
          if (part instanceof Error) throw part;
          await part;
        }
      },
    },
    { highWaterMark: 0 },
  );

/**
 * @param {MediaManager} manager
 * @param {{ url: string }} file
 */
const contentOf = async (manager, { url }) => new Uint8Array(await (await manager.fetch(url)).arrayBuffer());

suite('uploads to a directory', () => {
  // The last one ends where a part becomes durable.
  for (const size of [1, 100_000, 300_000, 5_000_001, 16_777_216]) {
    test(`${size} bytes arrive, in pieces of any size`, async (t) => {
      const manager = await open(t, { storage: { directory: await emptyDirectory(t) } });
      const bytes = noise(size);
      for (const step of [size, Math.ceil(size / 7), 65_536]) {
        const parts = [];
        for (let at = 0; at < size; at += step) parts.push(bytes.subarray(at, at + step));
        const file = await put(manager, 'a.bin', bodyOf(parts));
        assert.deepEqual([file.hash, file.sizeInBytes], [md5(bytes), String(size)]);
        assert.deepEqual(await contentOf(manager, file), bytes);
      }
      // The CRC of a zip is that of the upload.
      const whole = await manager.fetch('http://wix-media.localhost/_wix-media/check', { headers: {} });
      assert.equal((await whole.json()).isWhole, true);
    });
  }

  test('writes that take only a part are continued', async (t) => {
    const manager = await open(t, { storage: { directory: await emptyDirectory(t) } });
    const { writev } = fs;
    let short = 0;
    t.mock.method(fs, 'writev', (/** @type {number} */ descriptor, /** @type {Uint8Array[]} */ pieces, /** @type {number} */ at, /** @type {(error: Error | null, count: number) => void} */ done) => {
      short += 1;
      writev(descriptor, [pieces[0].subarray(0, Math.ceil(pieces[0].length / 3))], at, done);
    });
    const bytes = noise(2_000_000);
    const file = await put(manager, 'a.bin', bytes);
    assert.ok(short > 3);
    assert.deepEqual(await contentOf(manager, file), bytes);
  });

  test('a blob is made and written by another thread', async (t) => {
    const manager = await open(t, { storage: { directory: await emptyDirectory(t) } });
    /** @type {string[]} */
    const blocking = [];
    for (const name of /** @type {const} */ (['mkdirSync', 'openSync'])) {
      const own = /** @type {(...args: any[]) => any} */ (fs[name]);
      t.mock.method(fs, name, (/** @type {any[]} */ ...args) => {
        if (/blobs/.test(args[0]) && args[1] !== 'r') blocking.push(`${name} ${args[0]}`);
        return own(...args);
      });
    }
    const all = await Promise.all(Array.from({ length: 20 }, (_, index) => put(manager, `${index}.bin`, noise(1000 + index, index + 1))));
    assert.deepEqual(blocking, []);
    for (const [index, file] of all.entries()) assert.deepEqual(await contentOf(manager, file), noise(1000 + index, index + 1));
  });

  test('a blob that is removed while it is made leaves nothing', async (t) => {
    const directory = await emptyDirectory(t);
    const { manager, location, patch } = await begin(t, { storage: { directory } });
    const url = await location(5);
    const { open: own } = fs;
    const [asked, go] = [gate(), gate()];
    t.mock.method(fs, 'open', (/** @type {any[]} */ ...args) => {
      asked.open();
      void go.opened.then(() => /** @type {any} */ (own)(...args));
    });
    const answer = patch(url, 0, noise(5));
    await asked.opened;
    assert.equal((await manager.fetch(url, { method: 'DELETE', headers: { 'tus-resumable': '1.0.0' } })).status, 204);
    go.open();
    assert.notEqual((await answer).status, 204);
    const names = fs.readdirSync(join(directory, 'blobs'), { recursive: true, withFileTypes: true });
    assert.deepEqual(names.filter((entry) => entry.isFile()), []);
  });

  test('too large: 413, and nothing is left', async (t) => {
    const directory = await emptyDirectory(t);
    const manager = await open(t, { storage: { directory }, limits: { sizeInBytes: { OTHER: 400_000 } } });
    await assert.rejects(put(manager, 'a.bin', bodyOf(Array.from({ length: 5 }, () => noise(100_000)))), /FILE_SIZE_OVER_LIMIT/);
    const names = fs.readdirSync(join(directory, 'blobs'), { recursive: true, withFileTypes: true });
    assert.deepEqual(names.filter((entry) => entry.isFile()), []);
  });

  test('a plain upload that breaks off leaves nothing', async (t) => {
    const directory = await emptyDirectory(t);
    const manager = await open(t, { storage: { directory } });
    await assert.rejects(put(manager, 'a.bin', bodyOf([noise(700_000), new Error('the line broke')])));
    const names = fs.readdirSync(join(directory, 'blobs'), { recursive: true, withFileTypes: true });
    assert.deepEqual(names.filter((entry) => entry.isFile()), []);
  });

  for (const [code, status] of /** @type {const} */ ([['EIO', 500], ['ENOSPC', 507]])) {
    test(`bytes that cannot be made durable: ${status} for ${code}, and nothing is left`, async (t) => {
      const directory = await emptyDirectory(t);
      const manager = await open(t, { storage: { directory } });
      // Nothing else waits for a sync.
      await manager.client.folders.createFolder('first');
      const { uploadUrl } = await manager.client.files.generateFileUploadUrl('application/octet-stream', { fileName: 'a.bin' });
      const send = () => manager.fetch(present(uploadUrl), { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: noise(300_000) });
      const failing = t.mock.method(fs, 'fdatasync', (/** @type {number} */ _, /** @type {(error: Error) => void} */ done) => {
        process.nextTick(() => done(Object.assign(new Error(`${code}: fdatasync`), { code })));
      });
      assert.equal((await send()).status, status);
      const names = fs.readdirSync(join(directory, 'blobs'), { recursive: true, withFileTypes: true });
      assert.deepEqual(names.filter((entry) => entry.isFile()), []);
      failing.mock.restore();
      assert.equal((await send()).status, 200);
    });
  }

  const skip = fs.existsSync('/proc/self/fd') ? false : 'needs /proc';
  test('uploads that wait for their senders hold no more files than may stay open', { skip }, async (t) => {
    const manager = await open(t, { storage: { directory: await emptyDirectory(t) } });
    const bytes = noise(400_000);
    const rest = gate();
    let half = 0;
    const uploads = Array.from({ length: 100 }, (_, index) => {
      const count = Promise.resolve().then(() => (half += 1));
      return put(manager, `${index}.bin`, bodyOf([bytes.subarray(0, 300_000), count, rest.opened, bytes.subarray(300_000)]));
    });
    const isBlob = (/** @type {string} */ descriptor) => {
      try {
        return /blobs.[0-9a-f]{2}./.test(fs.readlinkSync(`/proc/self/fd/${descriptor}`));
      } catch {
        // The one that the list was read with.
        return false;
      }
    };
    const files = () => fs.readdirSync('/proc/self/fd').filter(isBlob).length;
    while (half < 100) await setImmediate();
    // Some are being made or written at this moment.
    while (files() === 0 || files() > 64) await setImmediate();
    rest.open();
    for (const file of await Promise.all(uploads)) assert.equal(file.hash, md5(bytes));
  });

  test('a late write of an older chunk does not hit what a newer one has written', async (t) => {
    const { manager, location, patch, finalise, head } = await begin(t, { storage: { directory: await emptyDirectory(t) } });
    const bytes = noise(1_000_000);
    const url = await location(bytes.length);
    const { writev } = fs;
    const [written, late] = [gate(), gate()];
    let isFirst = true;
    t.mock.method(fs, 'writev', (/** @type {number} */ descriptor, /** @type {Uint8Array[]} */ pieces, /** @type {number} */ at, /** @type {(error: Error | null, count: number) => void} */ done) => {
      if (!isFirst) return writev(descriptor, pieces, at, done);
      isFirst = false;
      written.open();
      return late.opened.then(() => writev(descriptor, pieces, at, done));
    });
    const rest = gate();
    const first = patch(url, 0, bodyOf([noise(600_000, 5), rest.opened]));
    await written.opened;
    const at = Number((await head(url)).headers.get('upload-offset'));
    assert.equal(at, 0, 'what is not written does not count');
    const second = patch(url, 0, bytes);
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    late.open();
    assert.equal((await second).status, 204);
    rest.open();
    assert.equal((await first).status, 409);
    const { body } = await finalise();
    assert.equal(body.file.hash, md5(bytes));
    assert.deepEqual(await contentOf(manager, body.file), bytes);
  });

  test('a chunk that another one takes over goes on with its hash', async (t) => {
    const { manager, location, patch, finalise, head } = await begin(t, { storage: { directory: await emptyDirectory(t) } });
    const bytes = noise(900_000);
    const url = await location(bytes.length);
    const [half, rest] = [gate(), gate()];
    const body = bodyOf([bytes.subarray(0, 500_000), Promise.resolve().then(() => half.open()), rest.opened]);
    const first = patch(url, 0, body);
    await half.opened;
    let at = 0;
    // The write needs a turn of the event loop.
    for (; at < 500_000; await setImmediate()) at = Number((await head(url)).headers.get('upload-offset'));
    assert.equal((await patch(url, at, bytes.subarray(at))).status, 204);
    rest.open();
    assert.equal((await first).status, 409);
    const done = await finalise();
    assert.equal(done.body.file.hash, md5(bytes));
    assert.deepEqual(await contentOf(manager, done.body.file), bytes);
  });

  test('after a restart in the middle, the hash is that of all bytes, and the event loop turns', async (t) => {
    const directory = await emptyDirectory(t);
    const first = await begin(t, { storage: { directory } });
    const bytes = noise(8_000_000);
    const url = await first.location(bytes.length);
    assert.equal((await first.patch(url, 0, bytes.subarray(0, 5_000_000))).status, 204);
    await first.manager.close();
    const second = await begin(t, { storage: { directory } });
    assert.equal((await second.patch(url, 5_000_000, bytes.subarray(5_000_000))).status, 204);
    const { readSync } = fs;
    let [read, readInTurn, mostInTurn] = [0, 0, 0];
    t.mock.method(fs, 'readSync', (/** @type {[number, Uint8Array, number, number, number]} */ ...args) => {
      const count = readSync(...args);
      read += count;
      readInTurn += count;
      mostInTurn = Math.max(mostInTurn, readInTurn);
      return count;
    });
    let isOver = false;
    const finalising = second.finalise({ token: first.uploadToken }).finally(() => (isOver = true));
    for (; !isOver; await setImmediate()) readInTurn = 0;
    const { body } = await finalising;
    assert.ok(mostInTurn > 0 && mostInTurn < read, `${mostInTurn} of ${read} bytes were read in one turn`);
    assert.equal(body.file.hash, md5(bytes));
    assert.equal(present(body.file.sizeInBytes), '8000000');
  });

  test('a restart after the last chunk: nothing is read again', async (t) => {
    const directory = await emptyDirectory(t);
    const first = await begin(t, { storage: { directory } });
    const bytes = noise(3_000_000);
    const url = await first.location(bytes.length);
    assert.equal((await first.patch(url, 0, bytes)).status, 204);
    await first.manager.close();
    const second = await begin(t, { storage: { directory } });
    let read = 0;
    const { readSync } = fs;
    t.mock.method(fs, 'readSync', (/** @type {[number, Uint8Array, number, number, number]} */ ...args) => {
      const count = readSync(...args);
      read += count;
      return count;
    });
    const { body } = await second.finalise({ token: first.uploadToken });
    assert.equal(body.file.hash, md5(bytes));
    assert.ok(read < 1_000_000, `${read} bytes were read`);
  });
});
