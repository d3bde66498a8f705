// Uploads to the manager: every kind of source, types, duplicates, batches and folders, waiting.
import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { suite, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { md5, noise } from '../harness/bytes.js';
import { rejection } from '../harness/client.js';
import { gate } from '../harness/gate.js';
import { serveManager, startManager, temporaryFolder } from '../harness/manager.js';
import { present } from '../harness/present.js';
import { samples } from '../scenarios/samples.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { Client, UploadProgress } from '../harness/package.js'
 */

const bytes = noise(300_000);
const sum = md5(bytes);

suite('sources', () => {
  const streamOf = () => new Blob([bytes]).stream();
  const sources = {
    'a File': () => new File([bytes], 'own.bin'),
    'a Blob': () => new Blob([bytes]),
    'an ArrayBuffer': () => bytes.buffer.slice(0),
    'a typed array': () => bytes,
    'a view of a larger buffer': () => Buffer.concat([Buffer.alloc(3), bytes, Buffer.alloc(5)]).subarray(3, 300_003),
    'a ReadableStream': streamOf,
    'a Response': () => new Response(streamOf(), { headers: { 'content-length': String(bytes.length) } }),
    'a Response of unknown length': () => new Response(streamOf()),
    'a Node stream': () => Readable.from([bytes.subarray(0, 5), bytes.subarray(5)]),
    'a generator': async function* () {
      yield bytes.subarray(0, 1000);
      yield bytes.subarray(1000);
    },
  };

  for (const protocol of /** @type {const} */ (['auto', 'plain', 'tus'])) {
    for (const [name, make] of Object.entries(sources)) {
      test(`${name}, ${protocol}`, async (t) => {
        const { client } = await startManager(t);
        const source = make();
                const file = await client.uploads.upload(source, { displayName: 'noise.bin', protocol, chunkSizeInBytes: 100_000, sessions: false });
        assert.deepEqual([file.hash, file.sizeInBytes, file.displayName], [sum, '300000', 'noise.bin']);
        assert.equal(file.operationStatus, 'READY');
        assert.ok(file._createdDate instanceof Date);
      });
    }
  }

  test('source: a path, a file URL or a file stream', async (t) => {
    const folder = await temporaryFolder(t);
    const path = join(folder, 'noise.bin');
    await writeFile(path, bytes);
    const { client } = await serveManager(t);
    for (const source of [path, pathToFileURL(path), createReadStream(path)]) {
      const file = await client.uploads.upload(source);
      assert.deepEqual([file.hash, file.displayName], [sum, 'noise.bin']);
    }
    const error = await rejection(client.uploads.upload(join(folder, 'none.bin')));
    assert.equal(error.code, 'SOURCE_FAILED');
    assert.equal(error.cause.code, 'ENOENT');
  });

  test('source: other values are refused before anything is sent', async (t) => {
    const { client, requests } = await serveManager(t);
    for (const source of [undefined, null, 5, {}, new Response(null, { status: 404 })]) {
      assert.equal((await rejection(client.uploads.upload(/** @type {any} */ (source)))).code, 'INVALID_ARGUMENT');
    }
    for (const options of [{ protocol: 'ftp' }, { onDuplicate: 'ask' }, { waitUntil: 'tomorrow' }]) {
      assert.equal((await rejection(client.uploads.upload(bytes, /** @type {any} */ (options)))).code, 'INVALID_ARGUMENT');
    }
    assert.deepEqual(requests, []);
  });

  test('source: a stream of unknown length is sent in one request and not buffered', async (t) => {
    const { client } = await serveManager(t);
    const piece = noise(1_000_000);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const pieces = async function* () {
      for (let number = 0; number < 60; number += 1) {
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
        yield piece.slice();
      }
    };
    const file = await client.uploads.upload(pieces(), { displayName: 'long.bin' });
    assert.equal(file.sizeInBytes, '60000000');
    // The manager of this test keeps them in memory itself, so this counts only what is far beyond that.
    assert.ok(most < 200_000_000, `${most} bytes`);
    assert.equal((await rejection(client.uploads.upload(pieces(), { displayName: 'a.bin', protocol: 'tus' }))).code, 'INVALID_ARGUMENT');
  });

  test('protocol: is plain up to 10 MB and TUS above', async (t) => {
    const { client, requests } = await serveManager(t);
    await client.uploads.upload(new Blob([new Uint8Array(10_000_000)]), { displayName: 'a.bin' });
    assert.ok(requests.every(({ path }) => !path.includes('/upload/tus')));
    await client.uploads.upload(new Blob([new Uint8Array(10_000_001)]), { displayName: 'b.bin', sessions: false });
    assert.equal(requests.filter(({ method }) => method === 'PATCH').length, 2);
  });
});

suite('options', () => {
  test('options: are properties of the file', async (t) => {
    const manager = await startManager(t);
    const { client } = manager;
    const heard = new Promise((resolve) => manager.on('file_ready', resolve));
    const file = await client.uploads.upload(bytes, {
      displayName: 'noise.bin',
      path: '/Animals/Foxes',
      private: true,
      labels: ['red'],
      externalInfo: { origin: 'test', externalIds: ['7'] },
    });
    assert.deepEqual([file.private, file.labels], [true, ['red']]);
    assert.equal((await client.paths.resolve('/Animals/Foxes/noise.bin')).id, file._id);
    assert.match(JSON.stringify(await heard), /"externalIds":\["7"\]/);
  });

  test('signal: rejects with its reason, and ends progress', async (t) => {
    const { client } = await serveManager(t);
    for (const protocol of /** @type {const} */ (['plain', 'tus'])) {
      const controller = new AbortController();
      const reason = { not: 'an Error' };
      let late = 0;
      const upload = client.uploads.upload(new Blob([new Uint8Array(30_000_000)]), {
        displayName: 'a.bin',
        protocol,
        sessions: false,
        signal: controller.signal,
        onProgress: ({ sent }) => {
          if (controller.signal.aborted) late += 1;
          if (sent > 0) controller.abort(reason);
        },
      });
      assert.equal(await rejection(upload), reason);
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.equal(late, 0);
    }
    assert.equal(present((await client.files.listFiles()).files).length, 0);
  });

  test('timeoutMs: rejects with TIMEOUT', async (t) => {
    const { client } = await serveManager(t, { answer: (request, next) => (request.method === 'PUT' ? new Promise(() => {}) : next(request)) });
    assert.equal((await rejection(client.uploads.upload(bytes, { displayName: 'a.bin', timeoutMs: 100 }))).code, 'TIMEOUT');
  });
});

suite('types', () => {
  /** @param {string} brand */
  const ftyp = (brand) => Buffer.concat([Buffer.from([0, 0, 0, 28]), Buffer.from(`ftyp${brand}`), Buffer.alloc(16)]);
  /** @type {[name: string, content: Buffer<ArrayBuffer>, fileName: string, type: string, mediaType: string, displayName: string][]} */
  const rows = [
    ['SVG', Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'), 'a.svg', '', 'VECTOR', 'a.svg'],
    ['SVG that says it is XML', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'a.svg', 'text/xml', 'VECTOR', 'a.svg'],
    ['HEIC', ftyp('heic'), 'a.heic', '', 'IMAGE', 'a.heic'],
    ['AVIF', ftyp('avif'), 'a.avif', '', 'IMAGE', 'a.avif'],
    ['WebP', Buffer.from('RIFF\x10\0\0\0WEBPVP8 \0\0\0\0'), 'a.webp', '', 'IMAGE', 'a.webp'],
    ['M4A', ftyp('M4A '), 'a.m4a', 'audio/x-m4a', 'AUDIO', 'a.m4a'],
    ['M4A that says it is a film', ftyp('M4A '), 'a.m4a', 'video/mp4', 'AUDIO', 'a.m4a'],
    ['MOV', ftyp('qt  '), 'a.mov', '', 'VIDEO', 'a.mov'],
    ['GLB', Buffer.from('glTF\x02\0\0\0\x0c\0\0\0'), 'a.glb', '', 'MODEL3D', 'a.glb'],
    ['PDF', Buffer.from('%PDF-1.7\n'), 'a.pdf', 'application/octet-stream', 'DOCUMENT', 'a.pdf'],
    ['ZIP', Buffer.from(`PK\x05\x06${'\0'.repeat(18)}`), 'a.zip', 'application/x-zip-compressed', 'ARCHIVE', 'a.zip'],
    ['DOCX', Buffer.from(`PK\x03\x04${'\0'.repeat(30)}`), 'a.docx', 'application/zip', 'DOCUMENT', 'a.docx'],
    ['a wrong extension', Buffer.from('%PDF-1.7\n'), 'a.png', 'image/png', 'DOCUMENT', 'a.pdf'],
    ['a wrong type', Buffer.from('%PDF-1.7\n'), 'a.pdf', 'image/png', 'DOCUMENT', 'a.pdf'],
    ['no extension', Buffer.from('%PDF-1.7\n'), 'prices', '', 'DOCUMENT', 'prices.pdf'],
    ['no name', Buffer.from('GIF89a\x01\0\x01\0'), '', '', 'IMAGE', 'file.gif'],
    ['nothing to go by', Buffer.from('\x01\x02\x03'), 'a.bin', '', 'OTHER', 'a.bin'],
  ];
  for (const protocol of /** @type {const} */ (['plain', 'tus'])) {
    for (const [name, content, fileName, type, mediaType, displayName] of rows) {
      test(`${name}, ${protocol}`, async (t) => {
        const { client } = await startManager(t);
        const file = await client.uploads.upload(new File([content], fileName, { type }), { protocol, sessions: false });
        assert.deepEqual([file.mediaType, file.displayName], [mediaType, displayName]);
      });
    }
  }

  for (const [name, start, type] of /** @type {const} */ ([
    ['a.nef', 'II*\0', 'image/x-nikon-nef'],
    ['a.epub', 'PK\x03\x04', 'application/epub+zip'],
    ['a.USDZ', 'PK\x03\x04', 'model/vnd.usdz+zip'],
    ['a.blend', 'BLENDER', 'model/x-blender'],
    ['a.ts', 'let a', 'application/octet-stream'],
    ['a.nobody', '\x01\x02', 'application/octet-stream'],
    ['a.', '\x01\x02', 'application/octet-stream'],
  ])) {
    test(`mimeType: of ${name} is declared as ${type}`, async (t) => {
      /** @type {(string | null)[]} */
      const sent = [];
      const { client } = await serveManager(t, {
        answer: (request, next) => {
          if (request.method === 'PUT') sent.push(request.headers.get('content-type'));
          return next(request);
        },
      });
      const file = await client.uploads.upload(new File([start], name));
      assert.deepEqual([sent, file.displayName], [[type], name]);
    });
  }

  test('mimeType: is retried once as application/octet-stream when it is refused', async (t) => {
    /** @type {(string | null)[]} */
    const sent = [];
    const { client } = await serveManager(t, {
      answer: async (request, next) => {
        if (request.method !== 'PUT') return next(request);
        sent.push(request.headers.get('content-type'));
        if (sent.length > 1) return next(request);
        const error = { code: 'MISMATCH_MIME_TYPE', description: 'no', data: {} };
        return Response.json({ message: 'no', details: { applicationError: error } }, { status: 400 });
      },
    });
    const file = await client.uploads.upload(new File(['hello'], 'a.txt', { type: 'text/plain' }));
    assert.deepEqual(sent, ['text/plain', 'application/octet-stream']);
    assert.equal(file.displayName, 'a.txt');
  });

  test('mimeType: fails when the retry is refused too', async (t) => {
    const { client, requests } = await serveManager(t, {
      answer: (request, next) =>
        request.method === 'PUT'
          ? Response.json({ message: 'no', details: { applicationError: { code: 'MISMATCH_MIME_TYPE', description: 'no' } } }, { status: 400 })
          : next(request),
    });
    assert.equal((await rejection(client.uploads.upload(new File(['hello'], 'a.txt')))).code, 'MISMATCH_MIME_TYPE');
    assert.equal(requests.filter(({ method }) => method === 'PUT').length, 2);
  });
});

suite('duplicates', () => {
  test('onDuplicate: keeps, reuses or fails', async (t) => {
    const { client } = await startManager(t);
    const { uploads, files } = client;
    const first = await uploads.upload(bytes, { displayName: 'a.bin' });
    const second = await uploads.upload(bytes, { displayName: 'a.bin' });
    assert.notEqual(second._id, first._id);
    const reused = await uploads.upload(bytes, { displayName: 'c.bin', onDuplicate: /** @type {const} */ ('reuse') });
    assert.ok([first._id, second._id].includes(reused._id));
    const error = await rejection(uploads.upload(bytes, { displayName: 'c.bin', onDuplicate: 'fail' }));
    assert.equal(error.code, 'DUPLICATE_FILE');
    assert.ok([first._id, second._id].includes(error.details.applicationError.data.fileId));
    // Other bytes of the same size, and the same bytes elsewhere, are none.
    const other = await uploads.upload(noise(bytes.length, 2), { displayName: 'a.bin', onDuplicate: 'fail' });
    const elsewhere = await uploads.upload(bytes, { displayName: 'a.bin', path: '/x', onDuplicate: 'fail' });
    assert.notEqual(other.hash, sum);
    assert.notEqual(elsewhere.parentFolderId, first.parentFolderId);
    assert.equal((await files.searchFiles({}).toArray()).length, 4);
  });
});

suite('batches', () => {
  test('uploadAll: gives results in order, and continues after a failure', async (t) => {
    const { client } = await serveManager(t);
    /** @param {number} number */
    const good = (number) => new File([`file ${number}`], `${number}.txt`);
    const sources = [good(0), new File([], 'empty.txt'), good(2), { source: good(3), displayName: 'three.txt', path: '/x' }, /** @type {any} */ (17)];
    /** @type {UploadProgress[]} */
    const events = [];
    const results = await client.uploads.uploadAll(sources, { concurrency: 2, onProgress: (event) => events.push(event) });
    assert.deepEqual(results.map(({ index, status }) => [index, status]), [
      [0, 'uploaded'],
      [1, 'failed'],
      [2, 'uploaded'],
      [3, 'uploaded'],
      [4, 'failed'],
    ]);
    assert.equal(/** @type {any} */ (results[1].error).code, 'ZERO_FILE_SIZE');
    assert.equal(/** @type {any} */ (results[4].error).code, 'INVALID_ARGUMENT');
    assert.equal(present(results[3].file).displayName, 'three.txt');
    assert.equal((await client.paths.resolve('/x/three.txt')).kind, 'file');
    for (const [index, event] of events.entries()) {
      const before = events[index - 1] ?? { sent: 0, confirmed: 0 };
      assert.ok(event.sent >= before.sent && event.confirmed >= before.confirmed);
    }
  });

  test('uploadAll: prepares as many further files as it sends', async (t) => {
    const [busy, go] = [gate(), gate()];
    let [urls, sending, most] = [0, 0, 0];
    const { client } = await serveManager(t, {
      answer: async (request, next) => {
        if (request.url.endsWith('/generate-upload-url') && (urls += 1) === 4) busy.open();
        if (request.method !== 'PUT') return next(request);
        sending += 1;
        most = Math.max(most, sending);
        await go.opened;
        const response = await next(request);
        sending -= 1;
        return response;
      },
    });
    const all = client.uploads.uploadAll(Array.from({ length: 9 }, (_, index) => new File([`file ${index}`], `${index}.txt`)), { concurrency: 2 });
    await busy.opened;
    while (sending < 2) await setImmediate();
    assert.deepEqual([urls, sending], [4, 2]);
    go.open();
    assert.deepEqual((await all).map(({ status }) => status), Array(9).fill('uploaded'));
    assert.deepEqual([urls, most], [9, 2]);
  });

  test('uploadAll: progress reaches the total once', async (t) => {
    const { client } = await serveManager(t);
    /** @type {UploadProgress[]} */
    const events = [];
    const sources = [1, 2, 3, 4, 5].map((seed) => new File([noise(50_000, seed)], `${seed}.bin`));
    await client.uploads.uploadAll(sources, { onProgress: (event) => events.push(event) });
    assert.equal(events.filter(({ confirmed }) => confirmed === 250_000).length, 1);
    assert.deepEqual(events.at(-1), { sent: 250_000, confirmed: 250_000, total: 250_000, files: 5, done: 5, failed: 0 });
  });

  test('uploadAll: stops with the signal', async (t) => {
    const { client } = await serveManager(t);
    const controller = new AbortController();
    const sources = Array.from({ length: 50 }, (_, number) => new File([`${number}`], `${number}.txt`));
    const batch = client.uploads.uploadAll(sources, {
      signal: controller.signal,
      onProgress: ({ done }) => present(done) > 3 && controller.abort(new Error('enough')),
    });
    assert.equal((await rejection(batch)).message, 'enough');
    const count = (await client.files.listFiles().toArray()).length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(count < 50 && (await client.files.listFiles().toArray()).length <= count + 4);
  });
});

suite('folders of files', () => {
  /**
   * A folder with files, an empty one, equal bytes under two names, and a hidden file.
   *
   * @param {TestContext} t
   */
  async function folderOfFiles(t) {
    const root = join(await temporaryFolder(t), 'Holidays');
    await mkdir(join(root, '2024', 'empty'), { recursive: true });
    await writeFile(join(root, 'a.txt'), 'same');
    await writeFile(join(root, '2024', 'b.txt'), 'other');
    await writeFile(join(root, '2024', 'c.txt'), 'same');
    await writeFile(join(root, '2024', 'd.txt'), 'same');
    await writeFile(join(root, '.hidden'), 'hidden');
    return root;
  }
  /** @param {Client} client */
  const treeOf = async (client) => {
    const all = [];
    for await (const { path } of client.paths.walk('/')) all.push(path);
    return all;
  };
  const WHOLE = ['/x', '/x/Holidays', '/x/Holidays/2024', '/x/Holidays/2024/empty', '/x/Holidays/2024/b.txt', '/x/Holidays/2024/c.txt', '/x/Holidays/2024/d.txt', '/x/Holidays/a.txt'];

  test('uploadAll: keeps the structure, and adds nothing in a second run', async (t) => {
    const root = await folderOfFiles(t);
    const { client, requests } = await serveManager(t);
    const options = { path: '/x', onDuplicate: /** @type {const} */ ('reuse') };
    const first = await client.uploads.uploadAll(root, options);
    assert.deepEqual(first.map(({ path, status }) => [path, status]), [
      ['Holidays/2024/b.txt', 'uploaded'],
      ['Holidays/2024/c.txt', 'uploaded'],
      ['Holidays/2024/d.txt', 'uploaded'],
      ['Holidays/a.txt', 'uploaded'],
    ]);
    assert.deepEqual(await treeOf(client), WHOLE);
    const before = requests.length;
    const second = await client.uploads.uploadAll(root, options);
    assert.deepEqual(second.map(({ status }) => status), Array(4).fill('reused'));
    assert.deepEqual(second.map(({ file }) => present(file)._id), first.map(({ file }) => present(file)._id));
    assert.deepEqual(await treeOf(client), WHOLE);
    assert.ok(requests.slice(before).every(({ method, path }) => method !== 'PUT' && !path.includes('generate')));
  });

  test('uploadAll: continues after an interruption', async (t) => {
    const root = await folderOfFiles(t);
    const { client } = await serveManager(t);
    const controller = new AbortController();
    const options = { path: '/x', onDuplicate: /** @type {const} */ ('reuse'), concurrency: 1 };
    const broken = client.uploads.uploadAll(root, {
      ...options,
      signal: controller.signal,
      onProgress: ({ done }) => done === 2 && controller.abort(new Error('enough')),
    });
    await rejection(broken);
    const statuses = (await client.uploads.uploadAll(root, options)).map(({ status }) => status);
    // Uploads under way at the abort may have arrived.
    assert.ok(statuses.filter((status) => status === 'reused').length >= 2 && statuses.includes('uploaded'), String(statuses));
    assert.deepEqual(await treeOf(client), WHOLE);
  });

  test('uploadAll: omits the folder name when the path ends in a slash', async (t) => {
    const root = await folderOfFiles(t);
    const { client } = await serveManager(t);
    await client.uploads.uploadAll(`${root}/`, { path: '/y' });
    assert.deepEqual(await treeOf(client), ['/y', ...WHOLE.slice(2).map((path) => path.replace('/x/Holidays', '/y'))]);
  });

  test('uploadAll: reads webkitRelativePath', async (t) => {
    const { client } = await startManager(t);
    const picked = ['Holidays/a.txt', 'Holidays/2024/b.txt'].map((path) => {
      const file = new File([path], present(path.split('/').pop()));
      Object.defineProperty(file, 'webkitRelativePath', { value: path });
      return file;
    });
    await client.uploads.uploadAll(picked);
    assert.deepEqual(await treeOf(client), ['/Holidays', '/Holidays/2024', '/Holidays/2024/b.txt', '/Holidays/a.txt']);
  });
});

suite('waiting', () => {
  test('waitUntilReady: resolves by the event of a manager', async (t) => {
    const manager = await startManager(t, { clock: 'virtual', processing: { pendingMs: { VIDEO: 60_000 } } });
    const { uploads } = manager.client;
    const film = new File([samples.mp4], 'a.mp4');
    const file = await uploads.upload(film);
    assert.equal(file.operationStatus, 'PENDING');
    const waiting = uploads.waitUntilReady(present(file._id));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await manager.clock.advance(60_000);
    assert.equal((await waiting).operationStatus, 'READY');
  });

  test('waitUntilReady: polls at growing intervals elsewhere', async (t) => {
    /** @type {number[]} */
    const asked = [];
    const manager = await startManager(t, { clock: 'virtual', processing: { pendingMs: { VIDEO: 1000 } } });
    /**
     * @param {Request} request
     * @param {(request: Request) => Promise<Response>} next
     */
    const answer = async (request, next) => {
      if (request.url.includes('get-file-by-id')) asked.push(performance.now());
      if (asked.length === 5) await manager.clock.advance(1000);
      return next(request);
    };
    const { client } = await serveManager(t, { manager, answer });
    const film = new File([samples.mp4], 'a.mp4');
    const file = await client.uploads.upload(film, { waitUntil: 'ready' });
    assert.equal(file.operationStatus, 'READY');
    assert.equal(asked.length, 5);
    // A busy machine makes pauses longer, never shorter. The last 5 ms are for the coarseness of timers.
    for (const [index, least] of [100, 150, 225, 337].entries()) {
      const gap = asked[index + 1] - asked[index];
      assert.ok(gap >= least - 5, `pause ${index + 1}: ${gap} ms`);
    }
  });

  test('waitUntilReady: rejects with FILE_FAILED and TIMEOUT', async (t) => {
    const manager = await startManager(t, { clock: 'virtual', processing: { pendingMs: { VIDEO: 1000, AUDIO: 1000 }, fail: 'VIDEO' } });
    const { uploads } = manager.client;
    const film = await uploads.upload(new File([samples.mp4], 'a.mp4'));
    const error = await rejection(uploads.waitUntilReady(present(film._id), { timeoutMs: 50 }));
    assert.equal(error.code, 'TIMEOUT');
    await manager.clock.advance(2000);
    const failed = await rejection(uploads.waitUntilReady(present(film._id)));
    assert.equal(failed.code, 'FILE_FAILED');
    assert.equal(failed.details.applicationError.data.fileId, film._id);
  });
});
