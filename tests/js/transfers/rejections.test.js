// Failures: each is an error of the package or the caller's own reason, and comes when the work is over.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { suite, test } from 'node:test';
import { noise } from '../harness/bytes.js';
import { rejection } from '../harness/client.js';
import { serveManager, startManager, temporaryFolder } from '../harness/manager.js';
import { createClient, WixMediaError } from '../harness/package.js';
import { present } from '../harness/present.js';
import { startUploadService } from '../harness/upload-service.js';

/** @import { UploadOptions, UploadRecords } from '../harness/package.js' */
/** @import { Fault } from '../harness/upload-service.js' */

const never = new Promise(() => {});

/**
 * The promise rejects with an error of the package.
 *
 * @param {Promise<unknown>} promise
 * @param {string} code
 */
async function fails(promise, code) {
  const error = await rejection(promise);
  assert.ok(error instanceof WixMediaError, String(error?.stack ?? error));
  assert.equal(error.code, code, error.message);
  return error;
}

suite('errors of the package', () => {
  test('upload: of sources that fail', async (t) => {
    const { client } = await startManager(t);
    const folder = await temporaryFolder(t);
    const failing = async function* () {
      yield 'head';
      throw new Error('torn');
    };
    const { cause } = await fails(client.uploads.upload(failing()), 'SOURCE_FAILED');
    assert.equal(/** @type {Error} */ (cause).message, 'torn');
    await fails(client.uploads.upload(new Readable({ read() { this.destroy(new Error('torn')); } })), 'SOURCE_FAILED');
    const aborted = async function* () {
      yield 'head';
      throw new DOMException('not by the caller', 'AbortError');
    };
    await fails(client.uploads.upload(aborted()), 'SOURCE_FAILED');
    await fails(client.uploads.upload(join(folder, 'missing.bin')), 'SOURCE_FAILED');
    await fails(client.uploads.upload(folder), 'SOURCE_FAILED');
    await fails(client.uploads.upload(`${folder}/${'n'.repeat(300)}`), 'SOURCE_FAILED');
    await fails(client.uploads.uploadAll(join(folder, 'missing')), 'SOURCE_FAILED');
    const locked = new ReadableStream();
    locked.getReader();
    await fails(client.uploads.upload(locked), 'SOURCE_FAILED');
  });

  test('upload: of a stream whose end fails when it is closed', async (t) => {
    const { client } = await startManager(t);
    for (const end of [() => Promise.reject(new Error('raw')), () => { throw new Error('raw'); }]) {
      const next = async () => ({ done: false, value: new Uint8Array(1000) });
      const source = { [Symbol.asyncIterator]: () => ({ next, return: end }) };
      await fails(client.uploads.upload(source, { protocol: 'plain', timeoutMs: 30 }), 'TIMEOUT');
    }
  });

  test('upload: to a service whose answers make no sense', async (t) => {
    /** @type {[kind: string, protocol: 'plain' | 'tus', fault: Fault][]} */
    const answers = [
      ['put', 'plain', { status: 200, json: {} }],
      ['finalise', 'tus', { status: 200, json: {} }],
      ['chunk', 'tus', { status: 204 }],
      ['chunk', 'tus', { status: 302 }],
      ['create', 'tus', { status: 201 }],
    ];
    for (const [kind, protocol, fault] of answers) {
      const service = await startUploadService({ fault: (step) => (step.kind === kind ? fault : undefined) });
      t.after(service.close);
      const client = createClient({ baseUrl: service.origin, auth: { apiKey: 'key' }, retry: { baseDelayMs: 1 } });
      const error = await rejection(client.uploads.upload(noise(40), { protocol, sessions: false, displayName: 'a.bin' }));
      assert.ok(error instanceof WixMediaError, String(error));
      assert.notEqual(error.code, 'INTERNAL', `${kind}: ${error.message}`);
    }
  });

  test('upload: with records that cannot be read or written', async (t) => {
    const { client } = await startManager(t);
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, 'file'), '');
    const sessions = { directory: join(folder, 'file') };
    /** @type {UploadOptions} */
    const options = { protocol: 'tus', displayName: 'a.bin' };
    await fails(client.uploads.upload(noise(100), { ...options, sessions }), 'RECORDS_FAILED');
    await fails(client.uploads.list({ sessions }), 'RECORDS_FAILED');
    const broken = () => {
      throw new Error('no store');
    };
    /** @type {UploadRecords} */
    const store = { get: broken, put: broken, delete: broken, list: broken };
    const works = [
      () => client.uploads.upload(noise(100), { ...options, sessions: store }),
      () => client.uploads.list({ sessions: store }),
      () => client.uploads.resume('id', undefined, { sessions: store }),
      () => client.uploads.cancel('id', { sessions: store }),
    ];
    for (const work of works) {
      const { message, cause } = await fails(work(), 'RECORDS_FAILED');
      assert.match(message, /no store$/);
      assert.ok(cause instanceof Error);
    }
  });

  test('toDirectory: to a directory that cannot be written', async (t) => {
    const { client } = await startManager(t, { seed: [{ path: '/A/B/one.txt', content: '1' }, { path: '/A/two.txt', content: '2' }] });
    const folder = await temporaryFolder(t);
    const { id } = await client.paths.resolve('/A');
    await writeFile(join(folder, 'file'), '');
    const { cause } = await fails(client.downloads.toDirectory(id, join(folder, 'file/below')), 'TARGET_FAILED');
    assert.equal(/** @type {NodeJS.ErrnoException} */ (cause).code, 'ENOTDIR');
    await mkdir(join(folder, 'own/two.txt'), { recursive: true });
    const results = await client.downloads.toDirectory(id, join(folder, 'own'));
    assert.deepEqual(results.map(({ status }) => status).sort(), ['failed', 'written']);
    const error = results.find(({ status }) => status === 'failed')?.error;
    assert.ok(error instanceof WixMediaError);
    assert.equal(error.code, 'TARGET_FAILED');
  });

  test('download: from a fetch of the caller without streams, and with plain headers', async (t) => {
    const { manager, client: served } = await serveManager(t, { seed: [{ path: '/a.txt', content: 'hello' }] });
    const [file] = (await served.files.listFiles()).files ?? [];
    const fetch = async (/** @type {string} */ url, /** @type {RequestInit} */ init) => {
      const response = await manager.fetch(url, init);
      const body = await response.arrayBuffer();
      return { status: response.status, ok: response.ok, headers: Object.fromEntries(response.headers), arrayBuffer: async () => body };
    };
    const client = createClient({ baseUrl: manager.baseUrl, fetch: /** @type {never} */ (fetch) });
    assert.equal(await (await client.downloads.file(present(file._id))).text(), 'hello');
  });
});

suite('signals and time limits', () => {
  /** What may hang: the name, and how the upload is made that waits for it. */
  const hanging = /** @type {const} */ (['fetch', 'stream', 'generator', 'records', 'file handle', 'sources']);
  for (const what of hanging) {
    test(`upload: ends although ${what} never answers`, async () => {
      const fetch = () => /** @type {Promise<Response>} */ (never);
      const client = createClient({ fetch, auth: { apiKey: 'key' } });
      const start = (/** @type {UploadOptions} */ options) => {
        if (what === 'stream') return client.uploads.upload(new ReadableStream({ pull: () => /** @type {Promise<void>} */ (never) }), options);
        if (what === 'generator') {
          const waiting = async function* () {
            yield 'head';
            await never;
          };
          return client.uploads.upload(waiting(), options);
        }
        if (what === 'records') {
          const store = /** @type {UploadRecords} */ ({ get: () => never, put: () => never, delete: () => never, list: () => never });
          return client.uploads.upload(noise(100), { ...options, protocol: 'tus', sessions: store });
        }
        if (what === 'file handle') return client.uploads.upload({ kind: 'file', getFile: () => /** @type {Promise<Blob>} */ (never) }, options);
        if (what === 'sources') {
          const waiting = async function* () {
            await never;
            yield new Blob();
          };
          return client.uploads.uploadAll(waiting(), options);
        }
        return client.uploads.upload(noise(100), options);
      };
      assert.equal((await rejection(start({ timeoutMs: 20 }))).code, 'TIMEOUT');
      const controller = new AbortController();
      const reason = new Error('enough');
      setTimeout(() => controller.abort(reason), 20);
      assert.equal(await rejection(start({ signal: controller.signal })), reason);
      assert.equal(await rejection(start({ signal: AbortSignal.abort(reason) })), reason);
      assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
    });
  }

  test('upload: when its promise rejects, it is interrupted and can be resumed', async (t) => {
    // Slower than the interval of progress events. Otherwise all chunks may arrive between two of them.
    const answer = async (/** @type {Request} */ request, /** @type {(request: Request) => Promise<Response>} */ next) => {
      if (request.method === 'PATCH') await new Promise((resolve) => setTimeout(resolve, 60));
      return next(request);
    };
    const { client } = await serveManager(t, { answer });
    const folder = await temporaryFolder(t);
    const path = join(folder, 'a.bin');
    const sessions = { directory: join(folder, 'records') };
    for (let round = 0; round < 3; round += 1) {
      await writeFile(path, noise(3_000_000 + round));
      const controller = new AbortController();
      const reason = new Error('enough');
      let id = '';
      const error = await rejection(
        client.uploads.upload(path, {
          chunkSizeInBytes: 500_000,
          protocol: 'tus',
          sessions,
          signal: controller.signal,
          onProgress: (event) => {
            id = present(event.id);
            if (event.confirmed >= 500_000) controller.abort(reason);
          },
        }),
      );
      assert.equal(error, reason);
      assert.deepEqual((await client.uploads.list({ sessions })).map(({ state }) => state), ['interrupted']);
      const file = await client.uploads.resume(id, undefined, { sessions });
      assert.equal(file?.sizeInBytes, String(3_000_000 + round));
    }
  });

  test('pause: works from the first event on', async (t) => {
    const { client } = await serveManager(t);
    /** @type {Promise<string[]> | undefined} */
    let states;
    const pausedStates = async (/** @type {string} */ id) => {
      await client.uploads.pause(id);
      // Programs of the same user may have others.
      return (await client.uploads.list()).filter((session) => session.id === id).map(({ state }) => state);
    };
    const controller = new AbortController();
    const reason = new Error('paused long enough');
    const onProgress = (/** @type {{ id?: string }} */ { id }) => {
      states ??= pausedStates(present(id)).finally(() => controller.abort(reason));
    };
    const { signal } = controller;
    const upload = client.uploads.upload(noise(1000), { protocol: 'tus', sessions: false, displayName: 'a.bin', onProgress, signal });
    assert.equal(await rejection(upload), reason);
    assert.deepEqual(await states, ['paused']);
  });

  test('toDirectory: when its promise rejects, nothing is written any more', async (t) => {
    const seed = Array.from({ length: 40 }, (_, index) => ({ path: `/A/${index}.bin`, content: noise(50_000) }));
    const { client } = await serveManager(t, { seed });
    const { id } = await client.paths.resolve('/A');
    const target = await temporaryFolder(t);
    const controller = new AbortController();
    const onProgress = (/** @type {{ done: number }} */ { done }) => {
      if (done >= 5) controller.abort(new Error('enough'));
    };
    assert.equal((await rejection(client.downloads.toDirectory(id, target, { signal: controller.signal, onProgress }))).message, 'enough');
    const names = await readdir(target);
    assert.ok(names.length < 40);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.deepEqual(await readdir(target), names);
  });

  test('uploadAll, downloads and calls: leave no listeners, and cause no warning', async (t) => {
    const { client } = await serveManager(t);
    /** @type {string[]} */
    const warnings = [];
    const onWarning = ({ name = '' }) => void warnings.push(name);
    process.on('warning', onWarning);
    t.after(() => process.off('warning', onWarning));
    const { signal } = new AbortController();
    const items = Array.from({ length: 40 }, (_, index) => ({ source: noise(20_000 + index), displayName: `${index}.bin` }));
    const results = await client.uploads.uploadAll(items, { path: '/P', concurrency: 16, signal });
    const { id } = await client.paths.resolve('/P', { signal });
    await client.downloads.toDirectory(id, await temporaryFolder(t), { concurrency: 16, signal });
    await Promise.all(results.map(({ file }) => client.files.getFileDescriptor(present(file?._id), { signal })));
    await Promise.all(results.map(async ({ file }) => (await client.downloads.file(present(file?._id), { signal })).arrayBuffer()));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(warnings, []);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });
});

suite('a folder with entries that cannot be uploaded', () => {
  test('uploadAll: uploads the others, and tells what it left out and why', async (t) => {
    const { execFileSync } = await import('node:child_process');
    const { symlinkSync, writeFileSync } = await import('node:fs');
    const { client } = await startManager(t);
    const folder = await temporaryFolder(t);
    await mkdir(join(folder, 'deep/empty'), { recursive: true });
    await writeFile(join(folder, 'a.txt'), 'a');
    await writeFile(join(folder, 'deep/z.txt'), 'z');
    await writeFile(join(folder, 'empty.txt'), '');
    symlinkSync('a.txt', join(folder, 'link.txt'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe]), Buffer.from('.txt')]), 'x');
    const results = await client.uploads.uploadAll(`${folder}/`, { path: '/All' });
    const told = results.map(({ path, status, reason, error }) => `${path} ${status} ${reason ?? /** @type {WixMediaError | undefined} */ (error)?.code ?? ''}`.trim());
    assert.deepEqual(told.sort(), [
      'a.txt uploaded',
      'deep/z.txt uploaded',
      'empty.txt failed ZERO_FILE_SIZE',
      'link.txt skipped a symbolic link',
      'pipe skipped a named pipe',
      '\ufffd\ufffd.txt failed SOURCE_FAILED',
    ]);
    assert.match(String(results.find(({ path }) => path?.startsWith('\ufffd'))?.error), /is not UTF-8: rename it/);
  });

  test('upload: of a named pipe fails at once', async (t) => {
    const { execFileSync } = await import('node:child_process');
    const { client } = await startManager(t);
    const folder = await temporaryFolder(t);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const { message } = await fails(client.uploads.upload(join(folder, 'pipe')), 'SOURCE_FAILED');
    assert.match(message, /is a named pipe: expected a file$/);
  });

  test('uploadAll: a folder without rights fails alone', async (t) => {
    const { client } = await startManager(t);
    const folder = await temporaryFolder(t);
    await mkdir(join(folder, 'secret'));
    await writeFile(join(folder, 'z.txt'), 'z');
    await chmod(folder, 0o755);
    await chmod(join(folder, 'secret'), 0);
    const isRoot = process.getuid?.() === 0;
    // Root may read everything, so it becomes nobody meanwhile.
    if (isRoot) process.seteuid?.(65_534);
    try {
      const results = await client.uploads.uploadAll(`${folder}/`);
      assert.deepEqual(results.map(({ path, status }) => `${path} ${status}`), ['secret failed', 'z.txt uploaded']);
    } finally {
      if (isRoot) process.seteuid?.(0);
      await chmod(join(folder, 'secret'), 0o700);
    }
  });
});
