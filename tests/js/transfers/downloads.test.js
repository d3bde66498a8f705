// Downloads: whole or not at all, over connections that break.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { md5, noise } from '../harness/bytes.js';
import { rejection } from '../harness/client.js';
import { serveManager, temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { startUploadService } from '../harness/upload-service.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { Fault, Step } from '../harness/upload-service.js'
 */

const SIZE = 40;
const bytes = noise(SIZE);

/**
 * A service with one file, whose downloads break as `fault` says.
 *
 * @param {TestContext} t
 * @param {(step: Step) => Fault | undefined} [fault]
 */
async function stored(t, fault, content = bytes) {
  /** @type {((step: Step) => Fault | undefined) | undefined} */
  let broken;
  const service = await startUploadService({ fault: (step) => broken?.(step) });
  t.after(service.close);
  const client = createClient({ baseUrl: service.origin, auth: { apiKey: 'key' }, retry: { baseDelayMs: 1, maxDelayMs: 2000 } });
  const { _id } = await client.uploads.upload(content, { displayName: 'noise.bin', sessions: false });
  broken = fault;
  return { client, service, id: _id };
}

/** @param {Response} response */
const bytesOf = async (response) => Buffer.from(await response.arrayBuffer());
/**
 * @param {string} kind
 * @param {Fault} answer
 */
const once = (kind, answer) => (/** @type {Step} */ step) => (step.kind === kind && step.number === 0 ? answer : undefined);

suite('downloads.file', () => {
  test('file: is whole when the connection is cut at any byte', async (t) => {
    for (let cutAfter = 0; cutAfter < SIZE; cutAfter += 1) {
      const { client, id, service } = await stored(t, once('download', { cutAfter }));
      const response = await client.downloads.file(present(id), { verify: true });
      assert.equal(md5(await bytesOf(response)), md5(bytes));
      const ranges = service.requests.filter(({ kind }) => kind === 'download').map(({ headers }) => headers.range);
      assert.deepEqual(ranges, [undefined, cutAfter > 0 ? `bytes=${cutAfter}-` : undefined]);
    }
  });

  test('file: is whole from a host without ranges', async (t) => {
    /** @param {Step} step */
    const fault = (step) => (step.kind === 'download' ? { ignoresRanges: true, ...(step.number < 3 && { cutAfter: 10 + step.number }) } : undefined);
    const { client, id } = await stored(t, fault);
    assert.equal(md5(await bytesOf(await client.downloads.file(present(id), { verify: true }))), md5(bytes));
  });

  test('file: survives error bursts, expired links and a stalled host', async (t) => {
    for (const fault of [{ status: 503 }, { status: 500 }, { status: 403 }, { stall: true }]) {
      const { client, id } = await stored(t, once('download', fault));
      assert.equal(md5(await bytesOf(await client.downloads.file(present(id), { stallMs: 1000 }))), md5(bytes));
    }
    const links = await stored(t, once('download', { status: 403 }));
    await bytesOf(await links.client.downloads.file(present(links.id)));
    assert.equal(links.service.requests.filter(({ kind }) => kind === 'link').length, 2);
  });

  test('file: fails at its end when the content differs from the hash', async (t) => {
    const other = noise(SIZE, 2);
    const { client, id } = await stored(t, (step) => (step.kind === 'download' ? { bytes: Buffer.from(other) } : undefined));
    const error = await rejection(bytesOf(await client.downloads.file(present(id), { verify: true })));
    assert.equal(error.code, 'CONTENT_MISMATCH');
    assert.equal(md5(await bytesOf(await client.downloads.file(present(id), { verify: false }))), md5(other));
  });

  test('file: starts at the offset `from`', async (t) => {
    const { client, id } = await stored(t);
    const response = await client.downloads.file(present(id), { from: 15 });
    assert.deepEqual([response.status, response.headers.get('content-length')], [206, '25']);
    assert.deepEqual(await bytesOf(response), Buffer.from(bytes.subarray(15)));
    assert.equal((await rejection(client.downloads.file(present(id), { from: -1 }))).code, 'INVALID_ARGUMENT');
  });

  test('file: aborts with the signal and with the reader', async (t) => {
    const controller = new AbortController();
    const stall = once('download', { stall: true });
    const { client, id } = await stored(t, (step) => {
      const fault = stall(step);
      if (fault) controller.abort('enough');
      return fault;
    });
    assert.equal(await rejection(client.downloads.file(present(id), { signal: controller.signal })), 'enough');
    const response = await client.downloads.file(present(id));
    await present(response.body).cancel();
  });

  test('file: reports progress', async (t) => {
    const { client, id } = await stored(t, undefined, noise(200_000));
    /** @type {unknown[]} */
    const events = [];
    await bytesOf(await client.downloads.file(present(id), { onProgress: (event) => events.push(event) }));
    assert.ok(events.length > 1);
    assert.deepEqual(events.at(-1), { received: 200_000, total: 200_000 });
  });

  test('file: takes a descriptor, and asks for none that says the size', async (t) => {
    const { client, requests } = await serveManager(t);
    const file = await client.uploads.upload(new Blob(['hello']), { displayName: 'hello.txt' });
    /** Whether each download asks for the descriptor. @type {boolean[]} */
    const asks = [];
    for (const given of [present(file._id), file, { _id: file._id }]) {
      const before = requests.length;
      assert.equal(await (await client.downloads.file(given)).text(), 'hello');
      asks.push(requests.slice(before).some(({ path }) => path.endsWith('/get-file-by-id') || path.endsWith(`/files/${file._id}`)));
    }
    assert.deepEqual(asks, [true, false, true]);
    const other = { ...file, hash: md5(noise(5)) };
    assert.equal((await rejection((await client.downloads.file(other)).text())).code, 'CONTENT_MISMATCH');
  });

  test('file: downloads private files with name and type', async (t) => {
    const { client } = await serveManager(t);
    const file = await client.uploads.upload(new Blob(['hello']), { displayName: 'hello.txt', private: true });
    const response = await client.downloads.file(present(file._id), { fileName: 'other.txt' });
    assert.match(present(response.headers.get('content-disposition')), /other\.txt/);
    assert.match(present(response.headers.get('content-type')), /^text\/plain/);
    assert.equal(await response.text(), 'hello');
    assert.equal((await rejection(client.downloads.file(present(file._id), { asset: '720p.mp4' }))).code, 'INVALID_ASSET_KEY');
    assert.equal((await rejection(client.downloads.file('none'))).code, 'RESOURCE_NOT_FOUND');
  });
});

test('zip: downloads files and folders', async (t) => {
  const { client } = await serveManager(t);
  const files = [];
  for (const name of ['a.txt', 'b.txt']) files.push(await client.uploads.upload(new Blob([name]), { displayName: name, path: '/x' }));
  for (const what of [{ fileIds: files.map(({ _id }) => present(_id)) }, { folderId: present(files[0].parentFolderId) }]) {
    const response = await client.downloads.zip(what);
    assert.equal(response.headers.get('content-type'), 'application/zip');
    const zip = await bytesOf(response);
    assert.equal(zip.length, Number(response.headers.get('content-length')));
    assert.equal(zip.readUInt32LE(0), 0x04034b50);
    assert.equal(zip.readUInt16LE(zip.length - 12), 2, 'two entries');
  }
  for (const what of [undefined, {}, { fileIds: [], folderId: 'x' }]) {
    assert.equal((await rejection(client.downloads.zip(/** @type {any} */ (what)))).code, 'INVALID_ARGUMENT');
  }
});

suite('downloads.toDirectory', () => {
  const NAMES = ['a.txt', 'A.txt', '..', 'con.txt', 'x:y?.txt', '.hidden', `${'ü'.repeat(200)}.txt`, 'a.txt'];

  test('toDirectory: keeps the tree, with safe names', async (t) => {
    const { client } = await serveManager(t);
    for (const name of NAMES) {
      const file = await client.uploads.upload(new Blob([name]), { displayName: 'f.txt', path: '/x/deep' });
      await client.files.updateFileDescriptor({ _id: file._id, displayName: name });
    }
    await client.paths.ensure('/x/empty');
    const directory = await temporaryFolder(t);
    const { id } = await client.paths.resolve('/x');
    const target = join(directory, 'out');
    const results = await client.downloads.toDirectory(id, target);
    assert.deepEqual(results.map(({ status }) => status), NAMES.map(() => 'written'));
    assert.deepEqual(await readdir(directory), ['out']);
    assert.deepEqual((await readdir(target)).sort(), ['deep', 'empty']);
    const names = await readdir(join(target, 'deep'));
    assert.equal(names.length, NAMES.length);
    assert.equal(new Set(names.map((name) => name.toLowerCase())).size, NAMES.length);
    assert.ok(names.includes('_con.txt') && names.includes('x_y_.txt') && names.includes('__') && names.includes('_hidden'), String(names));
    const contents = await Promise.all(names.map((name) => readFile(join(target, 'deep', name), 'utf8')));
    assert.deepEqual(contents.sort(), [...NAMES].sort());
    const again = await client.downloads.toDirectory(id, target);
    assert.deepEqual(again.map(({ status }) => status), NAMES.map(() => 'kept'));
    assert.deepEqual(again.map(({ path }) => path).sort(), results.map(({ path }) => path).sort());
  });

  test('toDirectory: resumes an earlier run, and replaces wrong bytes', async (t) => {
    const content = noise(300_000);
    for (const left of [content.subarray(0, 100_000), noise(100_000, 5), noise(400_000, 5)]) {
      /** @type {(string | null)[]} */
      const ranges = [];
      const { client } = await serveManager(t, {
        answer: (request, next) => {
          if (request.headers.has('range')) ranges.push(request.headers.get('range'));
          return next(request);
        },
      });
      const file = await client.uploads.upload(content, { displayName: 'noise.bin', path: '/x' });
      const directory = await temporaryFolder(t);
      await mkdir(directory, { recursive: true });
      const part = `.${present(file._id).slice(-40)}.part`;
      await writeFile(join(directory, part), left);
      const [result] = await client.downloads.toDirectory(present(file.parentFolderId), directory);
      assert.equal(result.status, 'written', String(result.error));
      assert.equal(md5(await readFile(join(directory, 'noise.bin'))), md5(content));
      assert.deepEqual(await readdir(directory), ['noise.bin']);
      assert.deepEqual(ranges, left.length < content.length ? ['bytes=100000-'] : []);
    }
  });

  test('toDirectory: continues after a failed file, without a partial one', async (t) => {
    const { client } = await serveManager(t, {
      answer: (request, next) => (request.url.endsWith('&is-broken') ? new Response('gone', { status: 404 }) : next(request)),
      client: { retry: false },
    });
    await client.uploads.upload(new Blob(['good']), { displayName: 'good.txt', path: '/x' });
    const { parentFolderId, _id } = await client.uploads.upload(new Blob(['bad']), { displayName: 'worse.txt', path: '/x' });
    const linked = client.files.generateFileDownloadUrl;
    client.files.generateFileDownloadUrl = async (id, ...rest) => {
      const answer = await linked(id, ...rest);
      const [first] = answer.downloadUrls;
      return id === _id ? { downloadUrls: [{ ...first, url: `${first.url}&is-broken` }] } : answer;
    };
    const directory = await temporaryFolder(t);
    const results = await client.downloads.toDirectory(present(parentFolderId), directory);
    assert.deepEqual(results.map(({ path, status }) => [path, status]), [
      ['good.txt', 'written'],
      ['worse.txt', 'failed'],
    ]);
    assert.ok((await readdir(directory)).every((name) => name !== 'worse.txt'));
  });
});
