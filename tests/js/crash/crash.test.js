// A process that changes a Media Manager in a directory is killed at random moments. After each kill the directory must hold
// everything that was acknowledged, and nothing else.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { md5 } from '../harness/bytes.js';
import { createManager } from '../harness/package.js';
import { present } from '../harness/present.js';
import { emptyDirectory } from '../manager/place.js';
import { blobsIn, checkSwept, seen, settle } from './found.js';
import { Model, random } from './model.js';

/** @import { Message, Order } from './model.js' */

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

suite('crashes', () => {
  test(`crash: ${CRASHES} kills lose nothing that was acknowledged`, async (t) => {
    const seed = Number(process.env.WIX_MEDIA_SEED ?? Math.floor(Math.random() * 1e6));
    t.diagnostic(`WIX_MEDIA_SEED=${seed}`);
    const { next } = random(seed);
    let spare = standby();
    t.after(() => spare.child.kill('SIGKILL'));
    let changes = 0;
    for (let life = 0; life * LIVES < CRASHES; life += 1) {
      const directory = await emptyDirectory(t);
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
