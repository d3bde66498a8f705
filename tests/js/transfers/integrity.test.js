// What is stored is what the source holds, or nothing is stored.
import assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { suite, test } from 'node:test';
import { md5, noise } from '../harness/bytes.js';
import { rejection } from '../harness/client.js';
import { startManager, temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { startUploadService } from '../harness/upload-service.js';

/** @import { TestContext } from 'node:test' */
/** @import { UploadOptions, UploadSource } from '../harness/package.js' */
/** @import { Step } from '../harness/upload-service.js' */

const PROTOCOLS = /** @type {const} */ (['plain', 'tus']);

/** @param {unknown[]} chunks */
async function* of(...chunks) {
  yield* chunks;
}

/**
 * A stream of the web with these chunks.
 *
 * @param {unknown[]} chunks
 */
const webStream = (...chunks) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

/**
 * A service over HTTP, and a client of it.
 *
 * @param {TestContext} t
 * @param {(step: Step) => void} [fault]
 */
async function started(t, fault) {
  const service = await startUploadService({ fault });
  t.after(service.close);
  const client = createClient({ baseUrl: service.origin, auth: { apiKey: 'key' }, retry: { baseDelayMs: 1 } });
  const upload = (/** @type {unknown} */ source, /** @type {UploadOptions} */ options) =>
    client.uploads.upload(/** @type {UploadSource} */ (source), { displayName: 'a.bin', mimeType: 'application/octet-stream', sessions: false, ...options });
  return { service, client, upload };
}

suite('chunks of a stream', () => {
  /** @type {[name: string, found: string, source: () => unknown][]} */
  const others = [
    ['numbers of a Node stream', 'Number', () => Readable.from([1, 2, 3])],
    ['an object', 'Object', () => of('head', { a: 1 })],
    ['undefined', 'Undefined', () => of('head', undefined)],
    ['null', 'Null', () => webStream('head', null)],
    ['a Date', 'Date', () => of('head', new Date(0))],
    ['a boolean', 'Boolean', () => of('head', true)],
    ['an array of numbers', 'Array', () => of([1, 2])],
    ['a Blob', 'Blob', () => of('head', new Blob(['blob']))],
  ];
  for (const [name, found, source] of others) {
    test(`${name}: refused by name, and nothing is stored`, async (t) => {
      const { service, upload } = await started(t);
      for (const protocol of /** @type {const} */ (['auto', 'plain'])) {
        const error = await rejection(upload(source(), { protocol }));
        assert.equal(error.code, 'SOURCE_FAILED');
        assert.match(error.message, new RegExp(`expected bytes or text, found ${found}$`));
      }
      assert.equal(service.files.size, 0);
    });
  }

  test('bytes and text in every form: stored as they are', async (t) => {
    const { service, upload } = await started(t);
    const buffer = new TextEncoder().encode('-buffer-').buffer;
    const shared = new SharedArrayBuffer(2);
    new Uint8Array(shared).set([104, 105]);
    await upload(of('text', buffer, new Uint8Array(buffer, 1, 3), new DataView(buffer, 4, 2), shared, Buffer.from('!')), {});
    assert.equal([...service.files.values()][0].bytes.toString(), 'text-buffer-buffehi!');
  });

  test('an ArrayBuffer of another realm: stored as it is', async (t) => {
    const { runInNewContext } = await import('node:vm');
    const { service, upload } = await started(t);
    await upload(runInNewContext('new Uint8Array([1, 2, 3]).buffer'), {});
    assert.deepEqual([...[...service.files.values()][0].bytes], [1, 2, 3]);
  });

  test('a Blob that has no arrayBuffer: read by a FileReader', async (t) => {
    const { service, upload } = await started(t);
    class Reader {
      /** @type {ArrayBuffer | undefined} */
      result;
      onload = () => {};
      readAsArrayBuffer(/** @type {{ text: string }} */ { text }) {
        this.result = new TextEncoder().encode(text).buffer;
        setTimeout(() => this.onload());
      }
    }
    Object.assign(globalThis, { FileReader: Reader });
    t.after(() => void delete (/** @type {Record<string, unknown>} */ (globalThis).FileReader));
    const old = (/** @type {string} */ text) => ({ text, size: text.length, type: '', slice: (/** @type {number} */ from, /** @type {number} */ to) => old(text.slice(from, to)) });
    await upload(old('an old blob'), { protocol: 'tus' });
    assert.equal([...service.files.values()][0].bytes.toString(), 'an old blob');
  });
});

suite('a Response and its Content-Length', () => {
  const text = 'hello '.repeat(1000);
  const responseOf = (/** @type {BodyInit} */ body, /** @type {number} */ length) =>
    new Response(body, { headers: { 'content-length': String(length), 'content-type': 'text/plain' } });

  for (const protocol of /** @type {const} */ (['auto', ...PROTOCOLS])) {
    test(`a shorter one, as of compressed bytes: all bytes are stored, ${protocol}`, async (t) => {
      for (const length of [0, 53, 5999, 6000]) {
        const { service, upload } = await started(t);
        const file = await upload(responseOf(text, length), { protocol, mimeType: 'text/plain' });
        assert.equal(file.sizeInBytes, '6000');
        assert.equal([...service.files.values()][0].bytes.toString(), text);
      }
    });

    test(`a longer one: the bytes are missing, and nothing is stored, ${protocol}`, async (t) => {
      const { service, upload } = await started(t);
      const error = await rejection(upload(responseOf(text, 6001), { protocol }));
      assert.equal(error.code, 'SOURCE_FAILED');
      assert.match(error.message, /expected 6001 bytes, found 6000 bytes/);
      assert.equal(service.files.size, 0);
    });

    test(`beyond 10 MB, more or fewer bytes than announced: refused, and nothing is stored, ${protocol}`, async (t) => {
      for (const [length, found] of [[12_000_000, /found (more|12000001 bytes)/], [12_000_002, /found 12000001/]]) {
        const { service, upload } = await started(t);
        const chunks = Array.from({ length: 12 }, () => new Uint8Array(1_000_000));
        const error = await rejection(upload(responseOf(webStream(...chunks, new Uint8Array(1)), Number(length)), { protocol }));
        assert.equal(error.code, 'SOURCE_FAILED');
        assert.match(error.message, /** @type {RegExp} */ (found));
        assert.equal(service.files.size, 0);
      }
    });
  }
});

suite('a file of this machine', () => {
  // More than the buffers of a connection hold, so that its end is read after the service has seen the request.
  const SIZE = 24_000_000;
  /** @type {[name: string, change: (path: string) => void][]} */
  const changes = [
    ['changes', (path) => writeFileSync(path, Buffer.alloc(1000, 'B'), { flag: 'r+' })],
    ['grows', (path) => writeFileSync(path, 'more', { flag: 'a' })],
    ['shrinks', (path) => truncateSync(path, SIZE - 1)],
  ];
  for (const protocol of PROTOCOLS) {
    for (const [name, change] of changes) {
      test(`a file that ${name} while it is sent: refused, and nothing is stored, ${protocol}`, async (t) => {
        const folder = await temporaryFolder(t);
        const path = join(folder, 'changing.bin');
        await writeFile(path, Buffer.alloc(SIZE, 'A'));
        // Its own past, so that a change is one whatever the clock of the file system.
        await utimes(path, new Date(0), new Date(0));
        const { service, client } = await started(t, ({ kind, number }) => {
          if (kind === 'put' || (kind === 'chunk' && number === 1)) change(path);
        });
        const records = join(folder, 'records');
        const options = { protocol, chunkSizeInBytes: SIZE / 3, sessions: { directory: records }, verify: false };
        const error = await rejection(client.uploads.upload(path, options));
        assert.equal(error.code, 'SOURCE_FAILED');
        assert.match(error.message, /was changed while it was read|shorter than it was/);
        assert.equal(service.files.size, 0);
        // It cannot be continued: the bytes that the service has are of a file that is gone.
        assert.deepEqual(await client.uploads.list({ sessions: { directory: records } }), []);
        assert.equal(service.requests.filter(({ kind }) => kind === 'terminate').length, protocol === 'tus' ? 1 : 0);
      });
    }
  }

  test('a file that stays: stored, whatever is done beside it', async (t) => {
    const folder = await temporaryFolder(t);
    const path = join(folder, 'a.bin');
    await writeFile(path, noise(300_000));
    const manager = await startManager(t);
    const file = await manager.client.uploads.upload(path, { onProgress: () => void writeFile(join(folder, 'b.bin'), 'other') });
    assert.equal(file.hash, md5(await readFile(path)));
  });

  test('a seed: its files are read in the same way', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'wix-media-'));
    t.after(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'a.bin'), noise(700_000));
    const manager = await startManager(t, { seed: { directory: folder } });
    const [file] = (await manager.client.files.listFiles()).files ?? [];
    assert.equal(file.hash, md5(noise(700_000)));
  });
});
