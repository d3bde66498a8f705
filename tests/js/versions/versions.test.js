// Directories, archives and upload records of earlier versions can be opened and are complete.
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { md5, noise } from '../harness/bytes.js';
import { rejection } from '../harness/client.js';
import { createManager } from '../harness/package.js';
import { present } from '../harness/present.js';
import { open } from '../manager/place.js';
import { samples } from '../scenarios/samples.js';
import { clientOf, OPTIONS, read, SAMPLES, UPLOAD, visible } from './contents.js';
import { fixture, versions } from './fixtures.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { ManagerOptions } from '../harness/package.js'
 * @import { Item } from './contents.js'
 */

/** @param {Item[]} items */
const byId = (items) => new Map(items.map((item) => [item.id, item]));

/**
 * The items by their ids, without the previews of drawings, which older versions did not make.
 *
 * @param {Item[]} items
 */
const withoutPreviews = (items) =>
  byId(
    items.map((item) => {
      if (!item.media?.vector) return item;
      const { previewImage, ...vector } = item.media.vector;
      assert.match(previewImage.url, /preview\.png$/);
      return { ...item, media: { vector } };
    }),
  );

/** @param {Response} response */
const bytesOf = async (response) => Buffer.from(await response.arrayBuffer());

/**
 * A manager on a copy of the fixture, at the time when the fixture was written.
 *
 * @param {TestContext} t
 * @param {string} version
 * @param {ManagerOptions & { respond?: (url: any, init: RequestInit) => Response | Promise<Response> }} [options]
 */
async function reopened(t, version, { respond = () => new Response(null, { status: 500 }), ...options } = {}) {
  const copy = await fixture(t, version);
  t.mock.method(globalThis, 'fetch', respond);
  const manager = await open(t, { ...OPTIONS, storage: { directory: copy.storage }, ...options });
  await manager.clock.advance(copy.expected.now - manager.clock.now());
  return { manager, ...copy };
}

test('versions: at least the first fixture is there', () => {
  assert.ok(versions.includes('3524e74'));
});

for (const version of versions) {
  suite(`storage and records of ${version}`, () => {
    test('directory: shows the same files, folders, events and webhook key', async (t) => {
      const { manager, expected } = await reopened(t, version);
      const shown = await visible(manager);
      const files = withoutPreviews(shown.files);
      files.delete(expected.ids.pending);
      assert.deepEqual(files, byId(expected.files));
      assert.deepEqual(byId(shown.folders), byId(expected.folders));
      assert.deepEqual(shown.events.slice(0, expected.events.length), expected.events);
      assert.equal(shown.webhookKey, expected.webhookKey);
      assert.equal((await (await manager.fetch('http://wix-media.localhost/_wix-media/check')).json()).isWhole, true);
    });

    test('directory: serves every byte by the old URLs', async (t) => {
      const { manager, expected } = await reopened(t, version);
      /** @param {Item} file */
      const isServed = ({ state, private: isPrivate }) => state === 'OK' && !isPrivate;
      const served = expected.files.filter(isServed);
      assert.equal(served.length, SAMPLES.length);
      for (const { url, hash } of served) assert.equal(md5(await bytesOf(await manager.fetch(url))), hash);
      assert.equal(await (await manager.fetch(expected.downloads.file)).text(), 'for members only');
      for (const [link, parts] of /** @type {[string, (string | Uint8Array<ArrayBuffer>)[]][]} */ ([
        ['files', ['sample.txt', samples.txt, 'sample.pdf', samples.pdf]],
        ['folder', ['Nested', ...SAMPLES.filter((kind) => kind !== 'png').map((kind) => samples[kind]), 'renamed.png']],
      ])) {
        const zip = await bytesOf(await manager.fetch(expected.downloads[link]));
        for (const part of parts) assert.ok(zip.includes(Buffer.from(part)), `${link}: ${part}`);
      }
    });

    test('directory: finds files by search', async (t) => {
      const { manager, expected } = await reopened(t, version);
      const { files } = await manager.client.files.searchFiles({ search: 'quarter' });
      assert.deepEqual(present(files).map(({ _id }) => _id), [expected.ids.secret]);
    });

    test('directory: restores from the trash to where items came from', async (t) => {
      const { manager, expected } = await reopened(t, version);
      const { files, folders } = manager.client;
      const { deleted, inside, nested, trashedFolder } = expected.ids;
      await files.bulkRestoreFilesFromTrashBin([deleted]);
      await folders.bulkRestoreFoldersFromTrashBin([trashedFolder]);
      assert.equal((await files.getFileDescriptor(deleted)).parentFolderId, nested);
      assert.equal((await folders.getFolder(trashedFolder)).parentFolderId, 'media-root');
      assert.deepEqual([(await files.getFileDescriptor(inside)).parentFolderId, (await files.getFileDescriptor(inside)).state], [trashedFolder, 'OK']);
    });

    test('directory: accepts an upload by a URL that was handed out earlier', async (t) => {
      const { manager, expected } = await reopened(t, version);
      const init = { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'at last' };
      const { file } = await (await manager.fetch(expected.uploadUrl, init)).json();
      assert.deepEqual([file.displayName, file.hash], ['late.txt', md5('at last')]);
    });

    test('directory: takes up a pending import', async (t) => {
      const { manager, expected } = await reopened(t, version);
      const { pending } = expected.ids;
      // Its source refuses connections, so that taking it up ends in a failure of that one file.
      for (;;) {
        const { file } = await read(manager, `/files/${pending}`);
        if (file.operationStatus === 'FAILED') break;
        assert.equal(file.operationStatus, 'PENDING');
        await pause(10);
      }
      const { events } = await read(manager, 'http://wix-media.localhost/_wix-media/events?after=0');
      assert.deepEqual([events.at(-1).body.slug, events.at(-1).body.entityId], ['file_failed', pending]);
    });

    test('directory: delivers pending webhooks, signed by the old key', async (t) => {
      /** @type {any[]} */
      const delivered = [];
      /** @type {(() => void) | undefined} */
      let wake;
      /** @param {number} count */
      const enough = (count) =>
        /** @type {Promise<void>} */ (new Promise((resolve) => {
          wake = () => delivered.length >= count && resolve();
          wake();
        }));
      /**
       * @param {any} url
       * @param {RequestInit} init
       */
      const respond = async (url, { body }) => {
        assert.equal(url, OPTIONS.webhooks[0].url);
        delivered.push(body);
        wake?.();
        return new Response(null, { status: 200 });
      };
      const { manager, expected } = await reopened(t, version, { respond });
      // All of them have failed once; the second attempt is due within a minute.
      await manager.clock.advance(60_000);
      await enough(expected.events.length);
      t.mock.timers.enable({ apis: ['Date'], now: manager.clock.now() });
      const payloads = await Promise.all(delivered.map((body) => manager.client.webhooks.process(body, { publicKey: expected.webhookKey })));
      /** @param {string} body */
      const idOf = (body) => JSON.parse(JSON.parse(JSON.parse(Buffer.from(body.split('.')[1], 'base64url').toString()).data).data).id;
      const ids = new Set(delivered.map(idOf));
      assert.ok(payloads.length >= expected.events.length);
      assert.deepEqual(expected.events.filter((/** @type {any} */ { body }) => !ids.has(body.id)), []);
    });

    test('upload records: resume a half-done upload', async (t) => {
      const { manager, uploads, expected } = await reopened(t, version);
      t.mock.timers.enable({ apis: ['Date'], now: expected.now });
      const sessions = { directory: uploads };
      const client = clientOf(manager);
      const [session, ...others] = await client.uploads.list({ sessions });
      assert.deepEqual(others, []);
      const { displayName, size, chunkSizeInBytes } = UPLOAD;
      assert.deepEqual([session.name, session.size, session.confirmed, session.state], [displayName, size, 2 * chunkSizeInBytes, 'interrupted']);
      const bytes = noise(size, UPLOAD.seed);
      const file = present(await client.uploads.resume(session.id, bytes, { sessions }));
      assert.deepEqual([file.displayName, file.hash], [displayName, md5(bytes)]);
      assert.deepEqual(await readdir(uploads), []);
    });

    test('archive: imports with the same files, folders and bytes', async (t) => {
      const { archive, expected } = await fixture(t, version);
      assert.equal(md5(archive), expected.archiveMd5);
      const manager = await open(t, { ...OPTIONS, webhooks: [] });
      await manager.import(archive);
      const shown = await visible(manager);
      assert.deepEqual(withoutPreviews(shown.files), byId(expected.files));
      assert.deepEqual(byId(shown.folders), byId(expected.folders));
      const { downloadUrls } = await manager.client.files.generateFileDownloadUrl(expected.ids.secret);
      assert.equal(await (await manager.fetch(present(present(downloadUrls)[0].url))).text(), 'for members only');
    });

    test('directory: is refused with STORAGE_NEWER, and left alone, when a later version wrote it', async (t) => {
      const { storage } = await fixture(t, version);
      const file = join(storage, 'catalog.db');
      const bytes = await readFile(file);
      // SQLite keeps user_version, which counts our migrations, at byte 60 of the file.
      assert.ok(bytes.readUInt32BE(60) < 100);
      bytes.writeUInt32BE(100, 60);
      await writeFile(file, bytes);
      const blobs = await readdir(join(storage, 'blobs'), { recursive: true });
      const error = await rejection(createManager({ storage: { directory: storage } }));
      assert.equal(error.code, 'STORAGE_NEWER');
      assert.deepEqual(await readFile(file), bytes);
      assert.deepEqual(await readdir(join(storage, 'blobs'), { recursive: true }), blobs);
    });
  });
}
