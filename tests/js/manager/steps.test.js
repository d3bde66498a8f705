// processing.steps: the caller's own functions before a file is created.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { suite, test } from 'node:test';
import { createClient, createManager } from '../harness/package.js';
import { startManager } from '../harness/manager.js';
import { present } from '../harness/present.js';
import { samples } from '../scenarios/samples.js';

/** @import { ManagerOptions, MediaManager } from '../harness/package.js' */

/** @typedef {NonNullable<NonNullable<ManagerOptions['processing']>['steps']>} Steps */

/**
 * A manager with these steps, and no delay.
 *
 * @param {import('node:test').TestContext} t
 * @param {Steps} steps
 */
const withSteps = (t, steps) => startManager(t, { processing: { steps, pendingMs: { VIDEO: 0, AUDIO: 0 } } });

/**
 * Uploads, and returns the descriptor and the event about its processing.
 *
 * @param {MediaManager} manager
 * @param {string} fileName
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {'plain' | 'tus'} [protocol]
 */
async function processed(manager, fileName, bytes, protocol = 'plain') {
  const event = new Promise((resolve) => {
    manager.on('file_ready', resolve);
    manager.on('file_failed', resolve);
  });
  const file = await createClient({ manager }).uploads.upload(bytes, { displayName: fileName, protocol, sessions: false });
  return { file, event: /** @type {any} */ (await event) };
}

/**
 * A promise that never settles.
 *
 * @param {() => void} begin
 * @returns {Promise<void>}
 */
const forever = (begin) => new Promise(() => void begin());

suite('processing.steps', () => {
  for (const protocol of /** @type {const} */ (['plain', 'tus'])) {
    test(`steps: see the file before it is created, ${protocol}`, async (t) => {
      /** @type {unknown[]} */
      const seen = [];
      const manager = await withSteps(t, [
        async function look({ bytes, stream, signal, ...known }) {
          const streamed = Buffer.from(await new Response(stream()).arrayBuffer());
          seen.push(known, streamed.equals(samples.png), Buffer.from(await bytes()).equals(samples.png), signal.aborted);
          seen.push((await manager.client.files.listFiles()).files?.length);
        },
      ]);
      const { file } = await processed(manager, 'dot.png', samples.png, protocol);
      const known = { fileName: 'dot.png', mimeType: 'image/png', mediaType: 'IMAGE', sizeInBytes: samples.png.length };
      assert.deepEqual(seen, [known, true, true, false, 0]);
      assert.equal(file.operationStatus, 'READY');
    });
  }

  test('steps: a rejection fails the file with its reason, and ends the steps', async (t) => {
    let later = 0;
    const manager = await withSteps(t, [() => ({ reject: 'contains EICAR' }), () => void (later += 1)]);
    const { file, event } = await processed(manager, 'a.txt', Buffer.from('virus'));
    assert.equal(file.operationStatus, 'FAILED');
    assert.deepEqual(event.actionEvent.body.error, { code: 'PROCESSING_FAILED', description: 'contains EICAR', data: {} });
    assert.equal(later, 0);
  });

  test('steps: an error and a step that takes too long fail the file', async (t) => {
    const broken = await withSteps(t, [
      function scanner() {
        throw new Error('no database');
      },
    ]);
    const { event } = await processed(broken, 'a.txt', Buffer.from('text'));
    assert.equal(event.actionEvent.body.error.description, 'the step scanner failed: no database');
    /** @type {AbortSignal | undefined} */
    let own;
    const slow = await withSteps(t, [{ name: 'slow', timeoutMs: 5, run: ({ signal }) => forever(() => (own = signal)) }]);
    const late = await processed(slow, 'a.txt', Buffer.from('text'));
    assert.equal(late.event.actionEvent.body.error.description, 'the step slow failed: it took longer than 5 ms');
    assert.equal(present(own).aborted, true);
  });

  test('steps: an inspector sets dimensions and duration, for its media types', async (t) => {
    /** @type {string[]} */
    const names = [];
    const manager = await withSteps(t, [
      {
        mediaTypes: ['VIDEO'],
        run({ fileName }) {
          names.push(fileName);
          return { width: 1920, height: 1080, durationMs: 4242 };
        },
      },
    ]);
    const { file } = await processed(manager, 'film.mp4', samples.mp4);
    const answer = await manager.fetch(`${manager.baseUrl}/site-media/v1/files/${file._id}`);
    const { resolutions, durationInMilliseconds } = (await answer.json()).file.media.video;
    assert.deepEqual([resolutions[0].width, resolutions[0].height, durationInMilliseconds], [1920, 1080, 4242]);
    await createClient({ manager }).uploads.upload(Buffer.from('text'), { displayName: 'a.txt', sessions: false });
    assert.deepEqual(names, ['film.mp4']);
  });

  test('steps: posters are those of the video, before it is ready', async (t) => {
    const poster = new Uint8Array(await readFile(new URL('../../data/photos/chelsea.jpg', import.meta.url)));
    const manager = await withSteps(t, [{ mediaTypes: ['VIDEO'], run: () => ({ posters: [poster, poster] }) }]);
    const { file } = await processed(manager, 'film.mp4', samples.mp4);
    const { posters } = (await (await manager.fetch(`${manager.baseUrl}/site-media/v1/files/${file._id}`)).json()).file.media.video;
    assert.deepEqual(posters.map((/** @type {{ width: number, height: number }} */ { width, height }) => [width, height]), [
      [480, 319],
      [480, 319],
    ]);
    assert.deepEqual(new Uint8Array(await (await manager.fetch(posters[1].url)).arrayBuffer()), poster);
    for (const [posters, reason] of /** @type {[any, string][]} */ ([
      [[new Uint8Array([1, 2])], 'invalid posters of a step: expected JPEGs of at most 8 MiB'],
      [[poster, poster, poster, poster, poster], 'the step maker failed: invalid posters: expected at most 4 Uint8Arrays'],
      [['poster'], 'the step maker failed: invalid posters: expected at most 4 Uint8Arrays'],
    ])) {
      const unfit = await withSteps(t, [{ name: 'maker', run: () => ({ posters }) }]);
      const { event } = await processed(unfit, 'film.mp4', samples.mp4);
      assert.equal(event.actionEvent.body.error.description, reason);
    }
  });

  test('steps: inspect seeds and imports too', async (t) => {
    /** @type {string[]} */
    const seen = [];
    const server = createServer((_, response) => response.setHeader('content-type', 'image/png').end(samples.png));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
    t.after(() => server.close());
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    /** @type {Steps} */
    const steps = [
      ({ fileName, mimeType }) => {
        seen.push(`${fileName} ${mimeType}`);
        return { reject: 'unwanted' };
      },
    ];
    const manager = await startManager(t, { seed: [{ path: '/dot.png', content: samples.png }], processing: { steps }, allowPrivateImports: true });
    const failed = new Promise((resolve) => manager.on('file_failed', resolve));
    await manager.client.files.importFile(`http://127.0.0.1:${port}/other.png`, { mimeType: 'image/png', displayName: 'other.png' });
    await failed;
    const { files = [] } = await manager.client.files.listFiles();
    assert.deepEqual(files.map(({ operationStatus }) => operationStatus), ['FAILED', 'FAILED']);
    assert.deepEqual(seen, ['dot.png image/png', ' image/png']);
  });

  test('steps: an aborted upload aborts its step and makes no file', async (t) => {
    const controller = new AbortController();
    /** @type {AbortSignal | undefined} */
    let own;
    const manager = await withSteps(t, [
      ({ signal }) =>
        forever(() => {
          own = signal;
          controller.abort();
        }),
    ]);
    const { uploadUrl } = await manager.client.files.generateFileUploadUrl('text/plain', { fileName: 'a.txt' });
    await assert.rejects(manager.fetch(present(uploadUrl), { method: 'PUT', body: 'text', signal: controller.signal }), { name: 'AbortError' });
    assert.equal(present(own).aborted, true);
    assert.equal((await manager.client.files.listFiles()).files?.length, 0);
  });

  test('steps: invalid ones are refused', async () => {
    for (const [steps, field] of [
      [{}, 'processing.steps'],
      [['scan'], 'processing.steps[0]'],
      [[{ run() {}, timeoutMs: 0 }], 'processing.steps[0].timeoutMs'],
      [[{ run() {}, timeout: 5 }], 'processing.steps[0].timeout'],
      [[{ run() {}, mediaTypes: 'IMAGE' }], 'processing.steps[0].mediaTypes'],
      [[{ run() {}, name: 5 }], 'processing.steps[0].name'],
    ]) {
      const named = new RegExp(String(field).replace(/[[\].]/g, '\\$&'));
      await assert.rejects(createManager(/** @type {any} */ ({ processing: { steps } })), named);
    }
    await assert.rejects(createManager({ thread: true, processing: { steps: [() => {}] } }), /processing\.steps/);
  });
});
