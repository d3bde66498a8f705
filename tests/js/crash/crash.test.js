// A process that changes a Media Manager in a directory is killed at random moments. After each kill the directory must hold
// everything that was acknowledged, and nothing else.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createManager } from '../harness/package.js';
import { present } from '../harness/present.js';
import { md5, Model, random } from './model.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { Client } from '../harness/package.js'
 * @import { Change, Message, Order } from './model.js'
 */

const CRASHES = Number(process.env.WIX_MEDIA_CRASHES ?? 200);
/** After so many crashes the next ones begin in an empty directory. */
const LIVES = 20;
const WORKERS = 3;

/** A process that waits for the word, so that its start costs no time. */
function standby() {
  const child = fork(fileURLToPath(new URL('worker.mjs', import.meta.url)), { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: ['--liftoff-only', '--wasm-lazy-compilation'] });
  /** @type {Message[]} */
  const said = [];
  let faults = '';
  present(child.stderr).on('data', (chunk) => {
    faults += chunk;
  });
  const lines = createInterface({ input: present(child.stdout) });
  let look = () => {};
  lines.on('line', (line) => {
    said.push(JSON.parse(line));
    look();
  });
  const ended = Promise.all([new Promise((resolve) => lines.on('close', resolve)), new Promise((resolve) => child.on('exit', resolve))]);
  /**
   * Resolves as soon as enough of what was said has a member of this name, or the process is over.
   *
   * @param {string} name
   */
  const heard = (name, count = 1) => {
    /** @type {Promise<void>} */
    const enough = new Promise((resolve) => {
      look = () => said.filter((message) => name in message).length >= count && resolve();
      look();
    });
    return Promise.race([enough, ended]);
  };
  return { child, said, heard, ended, faults: () => faults };
}

/**
 * Lets a process make so many changes, and work for some milliseconds more; kills it, and answers what it said.
 *
 * @param {ReturnType<typeof standby>} process
 * @param {Order} order
 * @param {number} changes
 * @param {number} rest
 */
async function crash({ child, said, heard, ended, faults }, order, changes, rest) {
  await heard('ready');
  child.send(order);
  await heard('done', changes);
  await new Promise((resolve) => setTimeout(resolve, rest));
  child.kill('SIGKILL');
  await ended;
  const failed = said.find((message) => message.failed);
  if (failed || faults()) throw new Error(`the process failed by itself: ${failed?.failed} ${failed?.cause} ${faults()}`);
  return said;
}

/**
 * All that the manager shows, as a model.
 *
 * @param {Client} client
 */
async function seen({ files, folders }) {
  const model = new Model();
  for (const state of /** @type {const} */ (['OK', 'DELETED'])) {
    const query = { filter: { state }, cursorPaging: { limit: 100 } };
    for await (const item of folders.queryFolders(query)) {
      model.items.set(present(item._id), { kind: 'folder', name: item.displayName, parent: item.parentFolderId, trashed: item.state === 'DELETED' });
    }
    for await (const item of files.queryFileDescriptors(query)) {
      const { hash, labels, sizeInBytes } = item;
      model.items.set(present(item._id), { kind: 'file', name: item.displayName, parent: item.parentFolderId, trashed: item.state === 'DELETED', labels, hash, size: Number(sizeInBytes), url: item.url });
    }
  }
  return model;
}

/** @param {Change} change */
const isNew = ({ what }) => what === 'folder' || what === 'upload' || what === 'transfer';

/**
 * The models of all workers after a crash. Of the change that was under way when it came either nothing or everything is
 * there; which, the manager says, and here it is checked that it is one of the two.
 *
 * @param {Model[]} models
 * @param {(Change | undefined)[]} under
 * @param {Model} found
 */
function settle(models, under, found) {
  const shown = new Set(found.shown());
  return models.map((model, worker) => {
    const change = under[worker];
    const known = new Set(models.flatMap((other) => [...other.items.keys()]));
    const possible = [model];
    if (change && isNew(change)) {
      const candidates = [...found.items].filter(([id, item]) => !known.has(id) && item.name === change.name);
      assert.ok(candidates.length <= 1, `${change.name} is there ${candidates.length} times`);
      possible.push(...candidates.map(([id]) => model.copy().apply(change, id)));
    } else if (change) {
      possible.push(model.copy().apply(change));
    }
    /** @param {Model} one */
    const complete = (one) => one.shown().every((line) => shown.has(line));
    // The longest first: what is there must not be taken for what is not.
    const settled = possible.reverse().find((one) => complete(one) && (!change || isNew(change) || what(one, change, found)));
    if (settled) return settled;
    const missing = model.shown().filter((line) => !shown.has(line));
    return assert.fail(`of worker ${worker} is missing or half done, with ${JSON.stringify(change)} under way:\n${missing.join('\n')}\nshown:\n${[...shown].join('\n')}`);
  });
}

/**
 * Whether what a change takes away is away in both, or in neither.
 *
 * @param {Model} model
 * @param {Change} change
 * @param {Model} found
 */
const what = (model, { ids = [] }, found) => ids.every((id) => model.items.has(id) === found.items.has(id));

suite('crashes', () => {
  test(`crash: ${CRASHES} kills lose nothing that was acknowledged`, async (t) => {
    const seed = Number(process.env.WIX_MEDIA_SEED ?? Math.floor(Math.random() * 1e6));
    t.diagnostic(`WIX_MEDIA_SEED=${seed}`);
    const { next } = random(seed);
    let spare = standby();
    t.after(() => spare.child.kill('SIGKILL'));
    let changes = 0;
    for (let life = 0; life * LIVES < CRASHES; life += 1) {
      const directory = await mkdtemp(join(tmpdir(), 'wix-media-crash-'));
      t.after(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
      let models = Array.from({ length: WORKERS }, () => new Model());
      const checked = new Set();
      let transfers = 0;
      let files = 0;
      for (let round = 0; round < LIVES && life * LIVES + round < CRASHES; round += 1) {
        const current = spare;
        spare = standby();
        const order = { directory, seed: seed + life * LIVES + round, workers: models.map(({ items }) => [...items]) };
        const said = await crash(current, order, Math.floor(next() ** 2 * 40), next() * 12);

        const under = [];
        for (const { worker, begun, done } of said) {
          if (begun) under[worker] = begun;
          if (done === undefined) continue;
          models[worker].apply(present(under[worker]), done ?? undefined);
          under[worker] = undefined;
          changes += 1;
        }

        transfers += under.filter((change) => change?.what === 'transfer').length;
        const manager = await createManager({ storage: { directory } });
        try {
          const found = await seen(manager.client);
          models = settle(models, under, found);
          const expected = new Set(models.flatMap((model) => model.shown()));
          assert.deepEqual(found.shown().filter((line) => !expected.has(line)), [], 'there is something that nobody made');
          for (const [id, item] of found.items) {
            if (item.kind !== 'file' || checked.has(id)) continue;
            const bytes = new Uint8Array(await (await manager.fetch(present(item.url))).arrayBuffer());
            assert.deepEqual([id, bytes.length, md5(bytes)], [id, item.size, item.hash]);
            checked.add(id);
          }
          files = [...found.items.values()].filter(({ kind }) => kind === 'file').length;
          assert.ok((await blobsIn(directory)) >= files, 'every file has its blob');
        } finally {
          await manager.close();
        }
      }
      await checkSwept(t, directory, files, transfers);
    }
    t.diagnostic(`${changes} changes were acknowledged`);
    assert.ok(changes > CRASHES, 'there was something to lose');
  });
});

/** @param {string} directory */
async function blobsIn(directory) {
  const entries = await readdir(join(directory, 'blobs'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

/**
 * Checks that the database is sound and that, after a day of sweeps, no blob is left that nothing names: beside those of files
 * only those of interrupted transfers.
 *
 * @param {TestContext} t
 * @param {string} directory
 * @param {number} files
 * @param {number} transfers
 */
async function checkSwept(t, directory, files, transfers) {
  t.mock.timers.enable({ apis: ['setInterval', 'Date'], now: Date.now() });
  const manager = await createManager({ storage: { directory } });
  try {
    const check = await manager.fetch('http://crash.test/_wix-media/check');
    assert.deepEqual(await check.json(), { isWhole: true });
    for (let hour = 0; hour < 26; hour += 1) t.mock.timers.tick(3_600_000);
    const blobs = await blobsIn(directory);
    assert.ok(blobs >= files && blobs <= files + transfers, `${blobs} blobs of ${files} files and at most ${transfers} transfers`);
  } finally {
    await manager.close();
    t.mock.timers.reset();
  }
}
