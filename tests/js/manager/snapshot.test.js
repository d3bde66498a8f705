// Snapshots of directories that another process owns, or that cannot be written.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, openSync, closeSync, readdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { rejection } from '../harness/client.js';
import { createManager, WixMediaError } from '../harness/package.js';
import { present } from '../harness/present.js';
import { emptyDirectory, open, put, top } from './place.js';
import { start } from './processes.js';

const DIST = JSON.stringify(new URL('../../../dist/node.js', import.meta.url).href);

/** Runs a program in which a directory cannot be written, not even by root. */
const UNWRITABLE = (/** @type {string} */ directory) =>
  ['unshare', '--mount', 'sh', '-c', 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"', directory];

/** Why that is not possible here; false if it is. */
function whyNotUnwritable() {
  try {
    const [program, ...words] = UNWRITABLE(mkdtempSync(join(tmpdir(), 'wix-media-mount-')));
    execFileSync(program, [...words, 'true'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'needs unshare and the right to mount';
  }
}

suite('snapshots of a directory', () => {
  test('readOnly: shows a moment of a directory in use, and refuses changes', async (t) => {
    const directory = await emptyDirectory(t);
    const owner = await open(t, { storage: { directory } });
    const { url } = await put(owner, 'fox.txt', 'a fox', { mimeType: 'text/plain' });
    const { uploadUrl } = await owner.client.files.generateFileUploadUrl('text/plain', { fileName: 'late.txt' });
    const before = Date.now();
    const reader = await createManager({ storage: { directory, readOnly: true } });
    const { snapshotTime, ...rest } = reader.storage;
    assert.ok(Date.parse(present(snapshotTime)) >= before && Date.parse(present(snapshotTime)) <= Date.now());
    const { images } = owner.storage;
    assert.deepEqual(rest, { kind: 'directory', directory, durable: false, usage: { bytes: 5, isEmpty: false, orphans: 0 }, images });
    assert.equal(owner.storage.snapshotTime, undefined);

    await owner.client.folders.createFolder('Later');
    assert.deepEqual(await top(reader), ['fox.txt']);
    assert.equal(await (await reader.fetch(present(url))).text(), 'a fox');
    assert.equal(present((await reader.client.files.searchFiles({ search: 'fox' })).files).length, 1);
    const { downloadUrls } = await reader.client.files.generateFileDownloadUrl(present((await reader.client.files.listFiles()).files)[0]._id ?? '');
    assert.equal(await (await reader.fetch(present(present(downloadUrls)[0].url))).text(), 'a fox');

    const refusals = [
      () => reader.client.folders.createFolder('Mine'),
      () => reader.client.files.generateFileUploadUrl('text/plain', { fileName: 'mine.txt' }),
      () => reader.client.files.bulkDeleteFiles(['any']),
      () => reader.reset(),
      () => reader.import(new Uint8Array(1)),
    ];
    for (const change of refusals) {
      const error = await rejection(change());
      assert.ok(error instanceof WixMediaError, String(change));
      assert.deepEqual([error.code, error.status], ['READ_ONLY', 403], String(change));
    }
    const response = await reader.fetch(present(uploadUrl), { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'late' });
    assert.equal(response.status, 403);
    await reader.close();

    const again = await open(t, { storage: { directory, readOnly: true } });
    assert.deepEqual(await top(again), ['Later/', 'fox.txt']);
    assert.equal((await owner.fetch(present(uploadUrl), { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'late' })).status, 200);
  });

  test('readOnly: is whole whatever the owner writes meanwhile', async (t) => {
    const directory = await emptyDirectory(t);
    const owner = start(t, `
      import { createManager } from ${DIST};
      const manager = await createManager({ storage: { directory: ${JSON.stringify(directory)} } });
      tell('open');
      let made = 0;
      let isOver = false;
      const asked = (async () => { for (let line; (line = await next()); ) { if (line === 'count') tell(made); else { isOver = true; } } })();
      while (!isOver) {
        await manager.client.folders.createFolder('folder ' + made);
        made += 1;
        // A client leaves gaps, and nobody could copy a file that never stands still.
        await new Promise((resolve) => setTimeout(resolve, made % 50 === 0 ? 400 : 0));
      }`);
    assert.equal(await owner.heard(), 'open');
    for (let round = 0; round < 3; round += 1) {
      const acknowledged = await owner.ask('count');
      const reader = await createManager({ storage: { directory, readOnly: true } });
      const folders = await reader.client.folders.listFolders().toArray({ limit: 100_000 });
      assert.ok(folders.length >= acknowledged, `${folders.length} of ${acknowledged}`);
      assert.equal((await (await reader.fetch('http://snapshot.test/_wix-media/check')).json()).isWhole, true);
      await reader.close();
    }
  });

  test('readOnly: opens a directory that cannot be written', { skip: whyNotUnwritable() }, async (t) => {
    const directory = await emptyDirectory(t);
    const owner = await createManager({ storage: { directory } });
    await put(owner, 'fox.txt', 'a fox', { mimeType: 'text/plain' });
    await owner.close();
    const reader = (/** @type {boolean} */ readOnly) => `
      import { createManager } from ${DIST};
      try {
        const manager = await createManager({ storage: { directory: ${JSON.stringify(directory)}, readOnly: ${readOnly} } });
        const [file] = (await manager.client.files.listFiles()).files;
        tell(await (await manager.client.downloads.file(file._id)).text());
        await manager.close();
      } catch (error) {
        tell(error.code);
      }`;
    const before = UNWRITABLE(directory);
    assert.equal(await start(t, reader(true), { before }).heard(), 'a fox');
    assert.equal(await start(t, reader(false), { before }).heard(), 'STORAGE_FAILED');
  });

  test('readOnly: refuses a damaged catalog, a missing one and a missing directory, and leaves nothing behind', async (t) => {
    const directory = await emptyDirectory(t);
    const owner = await createManager({ storage: { directory } });
    for (let made = 0; made < 40; made += 1) await owner.client.folders.createFolder(`folder ${made}`);
    await owner.close();
    const copies = () => readdirSync(tmpdir()).filter((name) => name.startsWith('wix-media-snapshot-'));
    const before = copies();
    const file = openSync(join(directory, 'catalog.db'), 'r+');
    // All pages but the first, which holds the schema.
    for (let page = 1; page < 20; page += 1) writeSync(file, new Uint8Array(2000).fill(7), 0, 2000, page * 4096 + 1000);
    closeSync(file);
    for (const place of [directory, await emptyDirectory(t), join(directory, 'nowhere')]) {
      const error = await rejection(createManager({ storage: { directory: place, readOnly: true } }));
      assert.ok(error instanceof WixMediaError);
      assert.equal(error.code, 'STORAGE_FAILED');
    }
    assert.deepEqual(copies().filter((name) => !before.includes(name)), []);
  });

  test('readOnly: must be true or false', async (t) => {
    const directory = await emptyDirectory(t);
    const error = await rejection(createManager(/** @type {any} */ ({ storage: { directory, readOnly: 'yes' } })));
    assert.ok(error instanceof WixMediaError);
    assert.equal(error.code, 'INVALID_ARGUMENT');
    assert.match((await rejection(createManager(/** @type {any} */ ({ storage: { directory }, readOnly: true })))).message, /storage\.readOnly/);
    await (await createManager({ storage: { directory } })).close();
  });
});
