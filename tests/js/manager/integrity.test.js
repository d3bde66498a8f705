// Bytes that are damaged on the disk: checks, the scrub, archives without them. And imports that are cut off.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { rejection } from '../harness/client.js';
import { createManager } from '../harness/package.js';
import { present } from '../harness/present.js';
import { emptyDirectory, open, put, top } from './place.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { DamageReport, FileDamage, MediaManager, WixMediaError } from '../harness/package.js'
 */

/** @param {ReadableStream<Uint8Array>} stream */
const bytesOf = async (stream) => new Uint8Array(await new Response(stream).arrayBuffer());

/**
 * The file in which some bytes are stored.
 *
 * @param {string} directory
 * @param {string} content
 */
function blobWith(directory, content) {
  const names = fs.readdirSync(join(directory, 'blobs'), { recursive: true }).map((name) => join(directory, 'blobs', String(name)));
  return present(names.find((name) => fs.statSync(name).isFile() && fs.readFileSync(name, 'utf8') === content));
}

const KINDS = /** @type {const} */ (['missing', 'cut', 'longer', 'changed']);

/**
 * A directory with a whole file and one of each kind of damage, named after it.
 *
 * @param {TestContext} t
 */
async function damaged(t) {
  const directory = await emptyDirectory(t);
  /** @type {WixMediaError[]} */
  const errors = [];
  const manager = await open(t, { storage: { directory }, onError: (error) => errors.push(error) });
  for (const kind of ['whole', ...KINDS]) await put(manager, `${kind}.txt`, `the ${kind} file`, { mimeType: 'text/plain' });
  fs.rmSync(blobWith(directory, 'the missing file'));
  fs.truncateSync(blobWith(directory, 'the cut file'), 5);
  fs.appendFileSync(blobWith(directory, 'the longer file'), '.');
  fs.writeFileSync(blobWith(directory, 'the changed file'), 'THE CHANGED FILE');
  return { directory, manager, errors };
}

/** @param {{ damage: FileDamage[] }} report */
const named = ({ damage }) => damage.map(({ displayName, problem }) => `${displayName} ${problem}`).sort();
const ALL = KINDS.map((kind) => `${kind}.txt ${kind}`).sort();

suite('damaged bytes', () => {
  test('check: names each damaged file, and what is wrong with it', async (t) => {
    const { manager, directory } = await damaged(t);
    const report = await manager.check();
    const { isWhole, isCatalogWhole, files, damagedFiles } = report;
    assert.deepEqual({ isWhole, isCatalogWhole, files, damagedFiles }, { isWhole: false, isCatalogWhole: true, files: 5, damagedFiles: 4 });
    assert.deepEqual(named(report), ALL);
    for (const { fileId, displayName, blob } of report.damage) {
      assert.equal((await manager.client.files.getFileDescriptor(fileId)).displayName, displayName);
      assert.equal(fs.existsSync(join(directory, 'blobs', present(blob))), displayName !== 'missing.txt');
    }
    assert.deepEqual(named(await manager.check({ blobs: 'sizes' })), ALL.filter((line) => !line.startsWith('changed')));
    const none = await manager.check({ blobs: 'none' });
    assert.deepEqual([none.isWhole, none.files], [true, 0]);
    const error = /** @type {WixMediaError} */ (await rejection(manager.check(/** @type {any} */ ({ blobs: 'some' }))));
    assert.equal(error.code, 'INVALID_ARGUMENT');
  });

  test('check: of a whole manager finds nothing, in memory too', async (t) => {
    const manager = await open(t);
    await put(manager, 'a.txt', 'a', { mimeType: 'text/plain' });
    assert.deepEqual(await manager.check(), { isWhole: true, isCatalogWhole: true, files: 1, bytes: 1, damagedFiles: 0, damage: [] });
  });

  test('check: ends with its signal', async (t) => {
    const { manager } = await damaged(t);
    const reason = new Error('enough');
    assert.equal(await rejection(manager.check({ signal: AbortSignal.abort(reason) })), reason);
  });

  test('export: goes on without damaged files, and names them; import says so too', async (t) => {
    const { manager, errors } = await damaged(t);
    /** @type {DamageReport | undefined} */
    let report;
    const archive = await bytesOf(await manager.export({ onDamage: (found) => (report = found) }));
    assert.equal(present(report).damagedFiles, 4);
    assert.deepEqual(named(present(report)), ALL);
    assert.deepEqual(errors.map(({ code }) => code), Array(4).fill('FILE_DAMAGED'));

    const other = await open(t);
    const imported = await other.import(archive);
    assert.equal(imported.damagedFiles, 4);
    assert.deepEqual(named(imported), ALL);
    // Their rows name no bytes from then on.
    const { files: checked, damage } = await other.check();
    assert.deepEqual([checked, damage.map(({ problem, blob }) => `${problem} ${blob}`)], [5, Array(4).fill('missing undefined')]);
    assert.deepEqual(await top(other), await top(manager));
    for (const { displayName, url } of present((await other.client.files.listFiles()).files)) {
      const response = await other.fetch(present(url));
      assert.equal(response.status, displayName === 'whole.txt' ? 200 : 404, String(displayName));
    }
  });

  test('export: of a whole manager calls nobody', async (t) => {
    const manager = await open(t);
    await put(manager, 'a.txt', 'a', { mimeType: 'text/plain' });
    const archive = await bytesOf(await manager.export({ onDamage: () => assert.fail('nothing is damaged') }));
    assert.deepEqual(await (await open(t)).import(archive), { damagedFiles: 0, damage: [] });
  });

  test('scrub: reports damage while it runs, and shows it in the storage', async (t) => {
    const { directory, manager } = await damaged(t);
    await manager.close();
    /** @type {WixMediaError[]} */
    const errors = [];
    /** @type {() => void} */
    let done = () => {};
    const all = new Promise((resolve) => (done = () => resolve(undefined)));
    // The timers of a scrub keep no process alive.
    const alive = setInterval(() => {}, 1000);
    t.after(() => clearInterval(alive));
    const scrubbed = await open(t, {
      storage: { directory },
      scrub: { bytesPerSecond: 1e9, everyHours: 1e-6 },
      onError(error) {
        errors.push(error);
        // The second pass has begun, so that the first has come to its end.
        if (errors.length === 5) done();
      },
    });
    await all;
    assert.ok(errors.every(({ code }) => code === 'FILE_DAMAGED'));
    assert.match(errors.map(({ message }) => message).join('\n'), /missing\.txt, are missing \(\w\w\/\w+\)/);
    const health = await (await scrubbed.fetch('http://scrub.test/_wix-media/health')).json();
    const { finishedTime } = present(scrubbed.storage.scrub);
    assert.ok(Date.parse(present(finishedTime)) > 0);
    assert.ok(health.storage.scrub.damage.length > 0);
    assert.equal((await open(t)).storage.scrub, undefined);
  });

  test('scrub: refuses options that make no sense', async () => {
    for (const scrub of [{ bytesPerSecond: 0 }, { everyHours: Infinity }, { speed: 1 }, 'yes', [true]]) {
      const error = /** @type {WixMediaError} */ (await rejection(createManager(/** @type {any} */ ({ scrub }))));
      assert.equal(error.code, 'INVALID_ARGUMENT', JSON.stringify(scrub));
      assert.match(error.message, /scrub/);
    }
  });
});

/**
 * An archive whose folders are in a folder that does not exist, and whose checksums are right all the same.
 *
 * @param {Uint8Array} archive
 */
function misplaced(archive) {
  const bytes = Buffer.from(archive);
  const name = bytes.indexOf('folders.jsonl');
  const [header, start] = [name - 30, name + 'folders.jsonl'.length + bytes.readUInt16LE(name - 2)];
  const lines = bytes.subarray(start, start + bytes.readUInt32LE(header + 22));
  lines.write('"media-toot"', lines.indexOf('"media-root"'));
  bytes.writeUInt32LE(crc32(lines), header + 14);
  const central = bytes.lastIndexOf('folders.jsonl') - 46;
  bytes.writeUInt32LE(crc32(lines), central + 16);
  return bytes;
}

suite('imports that are cut off', () => {
  /**
   * An archive of this many files in two folders.
   *
   * @param {TestContext} t
   * @param {number} count
   */
  async function archiveOf(t, count) {
    const manager = await open(t);
    const { folder } = await manager.client.folders.createFolder('New');
    for (let place = 0; place < count; place += 1) {
      await put(manager, `${place}.txt`, `new ${place}`, { mimeType: 'text/plain', parentFolderId: present(folder)._id });
    }
    return { archive: await bytesOf(await manager.export()), folder: present(folder)._id };
  }

  test('import: a crash at any point leaves the old content or the new one, whole', async (t) => {
    const { archive } = await archiveOf(t, 120);
    const directory = await emptyDirectory(t);
    const manager = await createManager({ storage: { directory } });
    await manager.client.folders.createFolder('Old');
    await put(manager, 'old.txt', 'old', { mimeType: 'text/plain' });
    const copies = await emptyDirectory(t);
    /** @type {string[]} */
    const taken = [];
    /** What a crash at this moment would leave. */
    const capture = () => {
      const copy = join(copies, String(taken.length));
      fs.cpSync(directory, copy, { recursive: true, filter: (name) => !/\/lock[^/]*$/.test(name) });
      taken.push(copy);
    };
    let isBuilt = false;
    // The names of files change only by these. A crash between two writes of one file is SQLite's own business.
    const restore = ['renameSync', 'rmSync', 'fdatasyncSync', 'fsyncSync'].map((name) => {
      const original = /** @type {any} */ (fs)[name];
      /** @type {any} */ (fs)[name] = (/** @type {unknown[]} */ ...words) => {
        // Before that, the old content is not touched.
        isBuilt ||= fs.existsSync(join(directory, 'import.db'));
        const isSeen = isBuilt && (String(words[0]).includes('.db') || typeof words[0] === 'number');
        if (isSeen) capture();
        const result = original(...words);
        if (isSeen) capture();
        return result;
      };
      return () => {
        /** @type {any} */ (fs)[name] = original;
      };
    });
    try {
      await manager.import(archive);
      capture();
    } finally {
      for (const undo of restore) undo();
      await manager.close();
    }
    const seen = new Set();
    for (const copy of taken) {
      const after = await createManager({ storage: { directory: copy } });
      const names = await top(after);
      seen.add(names.join());
      const { isWhole, files } = await after.check();
      assert.deepEqual([isWhole, files], [true, names.includes('old.txt') ? 1 : 120], copy);
      assert.equal(fs.existsSync(join(copy, 'import.db')), false);
      await after.close();
    }
    assert.deepEqual([...seen], ['Old/,old.txt', 'New/']);
    const left = fs.readdirSync(join(directory, 'blobs'), { recursive: true }).filter((name) => /^\w\w.\w{32}$/.test(String(name)));
    assert.equal(left.length, 120, 'the bytes of the old content have gone');
  });

  test('import: answers others while it builds, and changes of that time are replaced', async (t) => {
    const { archive, folder } = await archiveOf(t, 120);
    for (const storage of [/** @type {const} */ ('memory'), { directory: await emptyDirectory(t) }]) {
      const manager = await open(t, { storage });
      const old = await put(manager, 'old.txt', 'old', { mimeType: 'text/plain' });
      const before = await manager.client.files.getFileDescriptor(old.id);
      const importing = manager.import(archive);
      const [during] = await Promise.all([manager.client.files.getFileDescriptor(old.id), manager.client.folders.createFolder('Meanwhile')]);
      assert.deepEqual(during, before);
      await importing;
      assert.deepEqual(await top(manager), ['New/']);
      assert.equal((await manager.client.files.searchFiles({ search: '119' })).files?.length, 1, 'searches find the new files');
      await put(manager, 'later.txt', 'later', { mimeType: 'text/plain', parentFolderId: folder });
      assert.equal((await manager.check()).files, 121);
    }
  });

  test('import: a refused archive leaves no part of a catalog', async (t) => {
    const { archive } = await archiveOf(t, 120);
    const directory = await emptyDirectory(t);
    const manager = await open(t, { storage: { directory } });
    await put(manager, 'old.txt', 'old', { mimeType: 'text/plain' });
    // The folder has no place, which is found out while the catalog is built.
    const error = /** @type {WixMediaError} */ (await rejection(manager.import(misplaced(archive))));
    assert.equal(error.code, 'ARCHIVE_INVALID');
    assert.match(error.message, /invalid parent/);
    assert.deepEqual(await top(manager), ['old.txt']);
    assert.equal(fs.existsSync(join(directory, 'import.db')), false);
  });

  test('export: shows the moment of its beginning, whatever changes while it is listed', async (t) => {
    for (const storage of [/** @type {const} */ ('memory'), { directory: await emptyDirectory(t) }]) {
      const manager = await open(t, { storage });
      /** @type {string[]} */
      const ids = [];
      for (let place = 0; place < 40; place += 1) ids.push((await put(manager, `${place}.txt`, `content ${place}`, { mimeType: 'text/plain' })).id);
      const before = await bytesOf(await manager.export());
      const exporting = manager.export();
      await manager.client.files.bulkDeleteFiles(ids.slice(20), { permanent: true });
      for (let place = 0; place < 20; place += 1) await manager.client.folders.createFolder(`${place}`);
      const after = await bytesOf(await exporting);
      assert.ok(Buffer.from(after).equals(Buffer.from(before)));
      assert.equal((await manager.check()).files, 20);
      assert.equal((await (await open(t)).import(await bytesOf(await manager.export()))).damagedFiles, 0);
    }
  });
});
