// A soak: everything at once against `wix-media serve --data`, for as long as asked. A phase without a break shows how memory
// behaves; then the server is killed, and its disk loses its cache, again and again. What was acknowledged must be there.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { seen, settle } from '../crash/found.js';
import { Model } from '../crash/model.js';
import { md5 } from '../harness/bytes.js';
import { HANG_MS, withinTime } from '../harness/limit.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { served } from '../harness/served.js';
import { emptyDirectory } from '../manager/place.js';
import { Random } from '../oracle/random.js';
import { Worker } from './load.js';

/**
 * @import { Closing } from '../harness/types.d.ts'
 * @import { DiskFate, Served } from '../harness/served.js'
 * @import { Target } from './load.js'
 */

const MEMORY = fileURLToPath(new URL('memory.cjs', import.meta.url));
const PHOTO = new URL('../../data/photos/chelsea.jpg', import.meta.url);
const WORKERS = 4;

/** How often memory is measured in the phase without a break. */
const SAMPLE_MS = 5000;
/** The part of that phase in which caches fill. */
const WARM_UP = 1 / 3;
/** The most calls to the disk before a server dies. A start takes some twenty, an upload about ten. */
const MAX_CALLS = 1500;
/** A part of the time for each: the phase without a break, kills, losses of the disk's cache. */
const STEADY = 0.6;

/**
 * Memory of the server at a moment, in bytes.
 *
 * @typedef {{ minute: number, rss: number, heap: number, wasm: number }} Sample
 */

/**
 * Runs a soak. Either for some minutes, or for so many operations and rounds.
 *
 * @param {Closing} closing
 * @param {object} options
 * @param {number} options.seed
 * @param {number} [options.minutes]
 * @param {number} [options.operations] Operations of the phase without a break, and of each round.
 * @param {number} [options.rounds] Rounds of each kind.
 * @param {(line: string) => void} options.print
 */
export async function soak(closing, { seed, minutes, operations = Infinity, rounds = Infinity, print }) {
  const begin = performance.now();
  const passed = () => (performance.now() - begin) / 60_000;
  const random = new Random(seed);
  const directory = await emptyDirectory(closing);
  const workers = Array.from({ length: WORKERS }, (_, index) => new Worker(index, seed));
  const { first, picture } = await furnish(closing, directory);
  for (const worker of workers) worker.picturePath = picture.path;
  /** @type {Set<string>} */
  const checked = new Set();

  /** Starts the server, with a fate of its disk. It may end before it listens. */
  const start = (/** @type {DiskFate | undefined} */ disk = undefined) =>
    served(closing, ['--quiet', '--data', directory], { disk, node: ['--require', MEMORY] });

  /** Looks at everything after a crash. Fails where something is lost, wrong, or was never made. */
  async function verify() {
    const server = await start();
    assert.ok(server.origin, `the server does not start: ${server.text.stderr}`);
    const client = createClient({ baseUrl: server.origin });
    const found = await seen(client);
    const under = workers.map((worker) => worker.under);
    const settled = settle([first, ...workers.map(({ model }) => model)], [undefined, ...under], found).slice(1);
    for (const [index, worker] of workers.entries()) Object.assign(worker, { model: settled[index], under: undefined });
    const expected = new Set([...first.shown(), ...settled.flatMap((model) => model.shown())]);
    assert.deepEqual(found.shown().filter((line) => !expected.has(line)), [], 'there is something that nobody made');
    for (const [id, { kind, size, hash, url }] of found.items) {
      if (kind !== 'file' || checked.has(id)) continue;
      const bytes = new Uint8Array(await (await fetch(present(url))).arrayBuffer());
      assert.deepEqual([id, bytes.length, md5(bytes)], [id, size, hash]);
      checked.add(id);
    }
    for (const worker of workers) {
      for (const transfer of worker.transfers) await worker.look({ client, origin: server.origin, signal: new AbortController().signal }, transfer);
    }
    const check = await (await fetch(`${server.origin}/_wix-media/check`)).json();
    assert.equal(check.isWhole, true, JSON.stringify(check));
    return server;
  }

  /**
   * Lets the workers work until so many operations are done, the time has come, or the server has gone.
   *
   * @param {Served} server
   * @param {number} limit
   * @param {() => boolean} isOver
   */
  async function work({ origin, ended, text }, limit, isOver) {
    const gone = new AbortController();
    ended.then(() => gone.abort(new Error('the server has gone')));
    /** @type {Target} */
    const target = { client: createClient({ baseUrl: origin, retry: false }), origin, signal: gone.signal };
    /** Waits until the server is healthy, or over, or hangs. */
    const answersOrEnds = async () => {
      for (const end = performance.now() + HANG_MS; !gone.signal.aborted && performance.now() < end; ) {
        const isHealthy = await fetch(`${origin}/_wix-media/health`, { signal: gone.signal }).then(({ ok }) => ok, () => false);
        if (isHealthy) return;
        await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 50))]);
      }
    };
    let done = 0;
    await Promise.all(
      workers.map(async (worker) => {
        while (done < limit && !isOver() && !gone.signal.aborted) {
          done += 1;
          try {
            await worker.act(target);
          } catch (error) {
            // A connection that broke off: the server has gone, or this is a failure.
            await answersOrEnds();
            if (!gone.signal.aborted) throw new Error(`operation ${worker.step} of worker ${worker.index} failed. The server says: ${text.stderr}`, { cause: error });
          }
        }
      }),
    );
    return done;
  }

  /** @param {number} end In minutes. */
  const until = (end) => () => minutes !== undefined && passed() >= end;

  // Without a break.
  let server = await verify();
  const steadyEnd = (minutes ?? 0) * STEADY;
  /** @type {Sample[]} */
  const samples = [];
  let minute = 0;
  const look = async () => {
    const sample = await memoryOf(server, passed());
    samples.push(sample);
    if (Math.floor(sample.minute) <= minute) return;
    minute = Math.floor(sample.minute);
    print(`minute ${minute}: ${line(sample)}, ${total(workers)} operations`);
  };
  // A server that has gone fails the last sample too.
  const sampler = setInterval(() => void look().catch(() => {}), SAMPLE_MS);
  try {
    await work(server, operations, until(steadyEnd));
    samples.push(await memoryOf(server, passed()));
  } finally {
    clearInterval(sampler);
  }
  print(`without a break: ${line(present(samples.at(-1)))}, ${total(workers)} operations`);
  const slope = slopeOf(samples.filter(({ minute }) => minute >= steadyEnd * WARM_UP));
  if (minutes !== undefined) print(`slope of the memory after the first ${(steadyEnd * WARM_UP).toFixed(1)} minutes: ${slope.toFixed(2)} MB a minute (target below 0.2)`);
  await server.end('SIGKILL');

  // With kills, and with losses of the disk's cache.
  const crashes = { kills: 0, losses: 0 };
  for (const kind of /** @type {const} */ (['kills', 'losses'])) {
    const end = (minutes ?? 0) * (kind === 'kills' ? (1 + STEADY) / 2 : 1);
    for (let round = 0; round < rounds && !until(end)(); round += 1) {
      const at = 1 + random.below(MAX_CALLS);
      const disk = { root: directory, at, loses: kind === 'losses', seed: 1 + random.below(2 ** 30) };
      server = await start(disk);
      if (server.origin) await work(server, operations, () => false);
      // It may have got by with fewer calls.
      await server.end('SIGKILL');
      try {
        server = await verify();
      } catch (error) {
        throw new Error(`round ${round} of ${kind}: ${JSON.stringify(disk)}`, { cause: error });
      }
      crashes[kind] += 1;
      await server.end('SIGKILL');
    }
    print(`${kind}: ${crashes[kind]} rounds, ${total(workers)} operations`);
  }
  return { samples, slope, crashes, counts: countsOf(workers), acknowledged: workers.reduce((sum, { model }) => sum + model.items.size, 0) };
}

/**
 * A directory with a picture, which every worker asks for and none changes.
 *
 * @param {Closing} closing
 * @param {string} directory
 */
async function furnish(closing, directory) {
  const server = await served(closing, ['--quiet', '--data', directory]);
  const client = createClient({ baseUrl: server.origin });
  const file = await client.uploads.upload(await readFile(PHOTO), { displayName: 'photo.jpg' });
  const first = await seen(client);
  await server.end('SIGTERM');
  return { first: new Model([...first.items]), picture: { path: new URL(present(file.url)).pathname } };
}

/**
 * @param {Served} server
 * @param {number} minute
 * @returns {Promise<Sample>}
 */
function memoryOf({ child, ended, text }, minute) {
  /** @type {Promise<Sample>} */
  const sample = new Promise((resolve, reject) => {
    child.once('message', (/** @type {{ memory: { rss: number, heap: number, wasm: number }[] }} */ { memory }) => {
      const [main] = memory;
      resolve({ minute, rss: main.rss, heap: memory.reduce((sum, { heap }) => sum + heap, 0), wasm: memory.reduce((sum, { wasm }) => sum + wasm, 0) });
    });
    ended.then(() => reject(new Error(`the server has gone: ${text.stderr}`)));
    child.send('memory');
  });
  return withinTime('a sample of the memory of the server', sample);
}

/** @param {number} bytes */
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** @param {Sample} sample */
const line = ({ rss, heap, wasm }) => `${megabytes(rss)} in all, ${megabytes(heap)} of it heap, ${megabytes(wasm)} WebAssembly`;

/** @param {Worker[]} workers */
const total = (workers) => workers.reduce((sum, { step }) => sum + step, 0);

/** @param {Worker[]} workers */
function countsOf(workers) {
  /** @type {Record<string, number>} */
  const sums = {};
  for (const { counts } of workers) for (const [what, count] of counts) sums[what] = (sums[what] ?? 0) + count;
  return sums;
}

/**
 * How much memory grows in a minute, in megabytes, by the line through the samples that fits best.
 *
 * @param {Sample[]} samples
 */
export function slopeOf(samples) {
  const [x, y] = [samples.map(({ minute }) => minute), samples.map(({ rss }) => rss / 1e6)];
  const [meanX, meanY] = [x, y].map((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
  const spread = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
  return spread === 0 ? 0 : x.reduce((sum, value, index) => sum + (value - meanX) * (y[index] - meanY), 0) / spread;
}
