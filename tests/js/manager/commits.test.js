// Group commit in a directory: answers to changes wait until they are durable, and share the syncs that they wait for.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { suite, test } from 'node:test';
import { groupCommit } from '../../../pkg-template/manager/storage/commits.js';
import { shared } from '../../../pkg-template/manager/storage/shared.js';
import { gate } from '../harness/gate.js';
import { present } from '../harness/present.js';
import { emptyDirectory, open, put, top } from './place.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { WixMediaError } from '../harness/package.js'
 */

/** @typedef {(descriptor: number, done: (error: Error | null) => void) => void} Sync */

/**
 * Counts syncs, and lets `instead` take the place of those that do not block.
 *
 * @param {TestContext} t
 * @param {(sync: Sync) => Sync} [instead]
 */
function watchSyncs(t, instead = (sync) => sync) {
  /** @type {any} */
  const patched = fs;
  const { fdatasync, fdatasyncSync, fsync, fsyncSync } = fs;
  const counts = { later: 0, now: 0 };
  const later = (/** @type {Sync} */ sync) => {
    const taken = instead(sync);
    return (/** @type {number} */ descriptor, /** @type {(error: Error | null) => void} */ done) => {
      counts.later += 1;
      taken(descriptor, done);
    };
  };
  const now = (/** @type {(descriptor: number) => void} */ sync) => (/** @type {number} */ descriptor) => {
    counts.now += 1;
    sync(descriptor);
  };
  Object.assign(patched, { fdatasync: later(fdatasync), fsync: later(fsync), fdatasyncSync: now(fdatasyncSync), fsyncSync: now(fsyncSync) });
  t.after(() => Object.assign(patched, { fdatasync, fdatasyncSync, fsync, fsyncSync }));
  return counts;
}

/** Syncs that wait until they are let go. */
function holding() {
  /** @type {(() => void)[]} */
  const held = [];
  const begun = gate();
  /** @type {(sync: Sync) => Sync} */
  const hold = (sync) => (descriptor, done) => {
    held.push(() => sync(descriptor, done));
    begun.open();
  };
  const release = () => held.splice(0).forEach((go) => go());
  return {
    hold,
    begun: begun.opened,
    release,
    /**
     * Lets them all go until some work is done.
     *
     * @template Value
     * @param {Promise<Value>} work
     */
    async until(work) {
      let isOver = false;
      const over = work.finally(() => {
        isOver = true;
      });
      while (!isOver) {
        release();
        await setImmediate();
      }
      return over;
    },
    get count() {
      return held.length;
    },
  };
}

const failed = () => Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });

/**
 * A log with a commit whose sync is under way, and how often the log has been written again.
 *
 * @param {TestContext} t
 */
async function underWay(t) {
  const file = join(await emptyDirectory(t), 'log');
  fs.writeFileSync(file, new Uint8Array(100));
  const descriptor = fs.openSync(file, 'r+');
  t.after(() => fs.closeSync(descriptor));
  const commits = groupCommit(file);
  commits.open(descriptor);
  /** @type {((error: Error | null) => void)[]} */
  const held = [];
  t.mock.method(fs, 'fdatasync', (/** @type {number} */ _, /** @type {(error: Error | null) => void} */ done) => void held.push(done));
  const sync = t.mock.method(fs, 'fdatasyncSync', () => {});
  const write = t.mock.method(fs, 'writeSync');
  commits.ask();
  const flushed = commits.flush();
  return { commits, flushed, end: (/** @type {Error | null} */ error) => held.shift()?.(error), sync, rewritten: () => write.mock.callCount() };
}

suite('group commit', () => {
  test('changes at the same time share their syncs', async (t) => {
    const manager = await open(t, { storage: { directory: await emptyDirectory(t) } });
    await manager.client.folders.createFolder('first');
    const syncs = holding();
    const counts = watchSyncs(t, syncs.hold);
    const names = Array.from({ length: 50 }, (_, index) => `folder ${String(index).padStart(2, '0')}`);
    const changes = Promise.all(names.map((name) => manager.client.folders.createFolder(name)));
    // However long the changes take, they meet one sync that has not ended.
    while ((await manager.client.folders.listFolders().toArray()).length < 51) await setImmediate();
    assert.equal(syncs.count, 1);
    await syncs.until(changes);
    assert.ok(counts.later + counts.now <= 10, `${counts.later} and ${counts.now} syncs for 50 changes`);
    assert.equal((await manager.client.folders.listFolders().toArray()).length, 51);
  });

  test('an answer to a change waits for its sync, and reads do not', async (t) => {
    const syncs = holding();
    const manager = await open(t, { storage: { directory: await emptyDirectory(t) } });
    await manager.client.folders.createFolder('first');
    watchSyncs(t, syncs.hold);
    let isAnswered = false;
    const change = manager.client.folders.createFolder('second').then(() => {
      isAnswered = true;
    });
    await syncs.begun;
    assert.ok((await top(manager)).includes('first/'));
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    assert.equal(isAnswered, false);
    assert.equal(syncs.count, 1);
    // What comes during a sync is not covered by it.
    const third = manager.client.folders.createFolder('third');
    await top(manager);
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    syncs.release();
    await change;
    await syncs.until(third);
  });

  test('an upload: its bytes and its name are durable before the change that refers to it', async (t) => {
    const directory = await emptyDirectory(t);
    const manager = await open(t, { storage: { directory } });
    await manager.client.folders.createFolder('first');
    const syncs = holding();
    watchSyncs(t, syncs.hold);
    const upload = put(manager, 'a.bin', new Uint8Array(300_000));
    await syncs.begun;
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    assert.deepEqual(present((await manager.client.files.listFiles()).files), [], 'it is not there yet');
    assert.equal((await syncs.until(upload)).sizeInBytes, '300000');
  });

  test('uploads at the same time share the syncs of their folder and of the log', async (t) => {
    const directory = await emptyDirectory(t);
    const manager = await open(t, { storage: { directory } });
    await put(manager, 'first.bin', new Uint8Array(1000));
    const syncs = holding();
    const counts = watchSyncs(t, syncs.hold);
    const uploads = Promise.all(Array.from({ length: 16 }, (_, index) => put(manager, `${index}.bin`, new Uint8Array(1000 + index))));
    // One of each file, and the first one of the folder.
    while (syncs.count < 17) await setImmediate();
    syncs.release();
    // The second one of the folder, for the files that it did not have at the first, and the one of the log for the first file.
    while (syncs.count < 2) await setImmediate();
    syncs.release();
    // However long the changes take, they meet one sync of the log that has not ended.
    while ((await top(manager)).length < 17) await setImmediate();
    await syncs.until(uploads);
    const total = counts.later + counts.now;
    assert.ok(total <= 16 + 2 + 3, `${total} syncs for 16 uploads`);
    assert.equal(fs.readdirSync(join(directory, 'blobs')).length, 1, 'new files have one folder');
  });

  test('a sync that fails: the change is refused, reported, and the manager goes on', async (t) => {
    const directory = await emptyDirectory(t);
    /** @type {WixMediaError[]} */
    const errors = [];
    const manager = await open(t, { storage: { directory }, onError: (error) => errors.push(error) });
    await manager.client.folders.createFolder('first');
    let isBroken = true;
    let rewritten = 0;
    watchSyncs(t, (sync) => (descriptor, done) => {
      if (isBroken) process.nextTick(() => done(Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })));
      else sync(descriptor, done);
    });
    const url = 'http://wix-media.localhost/site-media/v1/folders';
    const create = (/** @type {string} */ displayName) =>
      manager.fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ displayName }) });
    const refused = await create('second');
    const body = await refused.json();
    assert.deepEqual([refused.status, body.details.applicationError.code], [503, 'STORAGE_FAILED']);
    assert.match(body.message, /EIO/);
    isBroken = false;
    // What the failed sync was for is written again, as the system may have dropped it.
    const { writeSync } = fs;
    const log = fs.statSync(join(directory, 'catalog.db-wal')).ino;
    t.mock.method(fs, 'writeSync', (/** @type {[number, Uint8Array, number, number, number]} */ ...args) => {
      if (args[4] === 0 && fs.fstatSync(args[0]).ino === log) rewritten += 1;
      return writeSync(...args);
    });
    assert.equal((await create('third')).status, 200);
    assert.ok(rewritten > 0, 'the log was written again from its beginning');
    const names = await top(manager);
    assert.ok(names.includes('first/') && names.includes('third/'), String(names));
  });

  test('reset: a sync that fails rejects with the code, and the manager goes on', async (t) => {
    const manager = await open(t, { storage: { directory: await emptyDirectory(t) } });
    await manager.client.folders.createFolder('first');
    const sync = t.mock.method(fs, 'fdatasyncSync', () => {
      throw Object.assign(new Error('ENOSPC: no space left on device, fdatasync'), { code: 'ENOSPC' });
    });
    await assert.rejects(manager.reset(), { code: 'INSUFFICIENT_STORAGE', status: 507 });
    sync.mock.restore();
    await manager.reset();
    assert.deepEqual(await top(manager), []);
  });

  test('a sync during which another one fails has failed too', async (t) => {
    const { commits, flushed, end, sync, rewritten } = await underWay(t);
    sync.mock.mockImplementationOnce(() => {
      throw failed();
    });
    commits.ask();
    assert.throws(() => commits.settle(), { code: 'EIO' });
    end(null);
    await assert.rejects(async () => flushed, { code: 'EIO' });
    commits.settle();
    assert.equal(rewritten(), 1);
  });

  test('after a sync that failed, the next one writes the log again, even without another commit', async (t) => {
    const { commits, flushed, end, rewritten } = await underWay(t);
    commits.settle();
    end(failed());
    await assert.rejects(async () => flushed, { code: 'EIO' });
    const again = commits.flush();
    assert.equal(rewritten(), 1);
    end(null);
    await again;
    assert.equal(commits.flush(), undefined);
  });

  test('sync: false waits for no sync, and keeps everything when the process goes on', async (t) => {
    const directory = await emptyDirectory(t);
    const counts = watchSyncs(t);
    const manager = await open(t, { storage: { directory, sync: false } });
    const before = { ...counts };
    await manager.client.folders.createFolder('a');
    await put(manager, 'b.bin', new Uint8Array(300_000));
    await manager.client.uploads.upload(new Uint8Array(20_000), { displayName: 'c.bin', protocol: 'tus' });
    assert.deepEqual(counts, before);
    assert.equal(manager.storage.durable, true);
    await manager.close();
    const again = await open(t, { storage: { directory } });
    assert.deepEqual(await top(again), ['a/', 'b.bin', 'c.bin']);
  });

  test('shared work: runs never overlap, whenever they are asked for', async () => {
    const gates = [gate(), gate(), gate()];
    let [begun, ended] = [0, 0];
    const run = shared(async () => {
      assert.equal(begun, ended, 'one at a time');
      const { opened } = gates[begun];
      begun += 1;
      await opened;
      ended += 1;
    });
    const callers = [run(), run()];
    gates[0].open();
    // In each of the moments between the end of the first run and the beginning of the second, and after it.
    for (let moment = 0; moment < 20; moment += 1) {
      await undefined;
      callers.push(run());
    }
    for (const { open } of gates) open();
    await Promise.all(callers);
    assert.deepEqual([begun, ended], [3, 3]);
  });

  test('sync: must be true or false', async () => {
    /** @type {any} */
    const storage = { directory: '/nowhere', sync: 'no' };
    await assert.rejects(open({ after() {} }, { storage }), { code: 'INVALID_ARGUMENT', message: /storage\.sync/ });
  });
});
