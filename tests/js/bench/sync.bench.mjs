// `wix-media sync` between a folder and `wix-media serve`, beside `rclone` copying the same tree to an S3 server (s3rver) on the
// same disk, all in processes of their own: files and MB a second in both directions, and the ratios that the project wants.
// Then a second run of many files that have not changed: seconds and calls.
//
// It needs `rclone` (`apt-get install -y rclone`), and says so where it is missing. WIX_MEDIA_FILES, WIX_MEDIA_BYTES,
// WIX_MEDIA_UNCHANGED and WIX_MEDIA_ROUNDS make it shorter; WIX_MEDIA_ROWS (a pattern) picks parts.
import { fork, spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { noise } from '../harness/bytes.js';
import { createClient } from '../harness/package.js';
import { COMMAND } from '../harness/served.js';
import { sync } from '../harness/sync.js';
import { startServer } from './server.mjs';

const COUNT = Number(process.env.WIX_MEDIA_FILES ?? 1000);
const SIZE = 100_000;
const LARGE = Number(process.env.WIX_MEDIA_BYTES ?? 500_000_000);
const LARGE_COUNT = 2;
const UNCHANGED = Number(process.env.WIX_MEDIA_UNCHANGED ?? 100_000);
const ROUNDS = Number(process.env.WIX_MEDIA_ROUNDS ?? 3);
const ROWS = new RegExp(process.env.WIX_MEDIA_ROWS ?? '');
const PER_FOLDER = 1000;

const hasRclone = spawnSync('rclone', ['version']).status === 0;

/** A copy of a tree: to a server that is new, or back into a folder that is new. @typedef {{ up: () => Promise<void>, down: (to: string) => Promise<void>, stop: () => Promise<unknown> }} Side */

/**
 * Runs a program to its end.
 *
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<void>}
 */
const run = (program, args) =>
  new Promise((done, failed) => {
    // A bundle of certificates that the environment names for S3 keeps rclone from starting.
    const { AWS_CA_BUNDLE: _, ...env } = process.env;
    const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', failed);
    child.on('exit', (code) => (code === 0 ? done() : failed(new Error(`${program} ${args.join(' ')} ended with ${code}`))));
  });

/**
 * @param {string} from
 * @param {string} store
 * @param {string[]} options
 * @returns {Promise<Side>}
 */
async function ours(from, store, options) {
  const { origin, stop } = await startServer(['--data', store, ...options]);
  const place = `${origin}/tree`;
  const copy = (/** @type {string} */ one, /** @type {string} */ other) => run(process.execPath, [COMMAND, 'sync', one, other, '--quiet']);
  return { up: () => copy(from, place), down: (to) => copy(place, to), stop };
}

/**
 * @param {string} from
 * @param {string} store
 * @returns {Promise<Side>}
 */
async function theirs(from, store) {
  await mkdir(store);
  const server = fork(fileURLToPath(new URL('uploads.bench.mjs', import.meta.url)), ['--server', 's3', store]);
  const { port } = await new Promise((done) => server.once('message', done));
  const settings = `provider=Other,endpoint="http://127.0.0.1:${port}",access_key_id=S3RVER,secret_access_key=S3RVER,force_path_style=true,no_check_bucket=true`;
  const place = `:s3,${settings}:bucket/tree`;
  const copy = (/** @type {string} */ one, /** @type {string} */ other) => run('rclone', ['copy', one, other, '--config', '/dev/null', '--quiet']);
  const ended = new Promise((done) => server.once('exit', done));
  return {
    up: () => copy(from, place),
    down: (to) => copy(place, to),
    async stop() {
      server.kill();
      await ended;
    },
  };
}

/** @type {[name: string, open: (from: string, store: string) => Promise<Side>][]} */
const SIDES = [
  ['wix-media sync and serve', (from, store) => ours(from, store, [])],
  ['wix-media sync and serve --no-sync', (from, store) => ours(from, store, ['--no-sync'])],
  ...(hasRclone ? [/** @type {[string, typeof theirs]} */ (['rclone and s3rver', theirs])] : []),
];

/** @param {number[]} values */
const median = (values) => values.toSorted((one, other) => one - other)[values.length >> 1];

/** @param {() => Promise<unknown>} work */
async function seconds(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/**
 * Copies a tree there and back, each side in turns, and prints medians and ratios.
 *
 * @param {string} title
 * @param {string} folder
 * @param {{ count: number, size: number, target: number }} about
 */
async function compare(title, folder, { count, size, target }) {
  if (!ROWS.test(title)) return;
  const from = join(folder, 'from');
  await mkdir(from);
  for (let number = 0; number < count; number += 1) {
    const inner = join(from, String(Math.floor(number / PER_FOLDER)));
    await mkdir(inner, { recursive: true });
    const bytes = Buffer.from(noise(Math.min(size, 1_000_000)));
    bytes.writeUInt32LE(number);
    // Files that are large repeat their noise: neither side compresses.
    await writeFile(join(inner, `${number}.bin`), size > bytes.length ? Buffer.concat(Array(Math.ceil(size / bytes.length)).fill(bytes)).subarray(0, size) : bytes);
  }
  const ways = /** @type {const} */ (['up', 'down']);
  /** @type {Record<string, { up: number[], down: number[] }>} */
  const times = Object.fromEntries(SIDES.map(([name]) => [name, { up: [], down: [] }]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, open] of SIDES) {
      const [store, to] = [join(folder, 'store'), join(folder, 'to')];
      const side = await open(from, store);
      times[name].up.push(await seconds(side.up));
      times[name].down.push(await seconds(() => side.down(to)));
      await side.stop();
      for (const each of [store, to, join(from, '.wix-media')]) await rm(each, { recursive: true, force: true });
    }
  }
  console.log(`\n${title}, medians of ${ROUNDS}, load ${loadavg()[0].toFixed(1)}`);
  for (const way of ways) {
    const reference = hasRclone ? median(times['rclone and s3rver'][way]) : NaN;
    for (const [name] of SIDES) {
      const time = median(times[name][way]);
      const ratio = reference / time;
      const verdict = Number.isNaN(ratio) || name.startsWith('rclone') ? '' : `${ratio.toFixed(2)} ×, target ≥ ${target.toFixed(1)} ×: ${ratio >= target ? 'met' : 'missed'}`;
      const numbers = [`${(count / time).toFixed(1)} files/s`, `${((count * size) / 1e6 / time).toFixed(0)} MB/s`, `${time.toFixed(2)} s`];
      console.log(`${way.padEnd(5)} ${name.padEnd(36)} ${numbers.map((text) => text.padStart(14)).join('')}   ${verdict}`);
    }
  }
  await rm(from, { recursive: true });
}

/**
 * A run of files that have not changed.
 *
 * @param {string} folder
 */
async function unchanged(folder) {
  const title = `Second run of ${UNCHANGED} unchanged files`;
  if (!ROWS.test(title)) return;
  const from = join(folder, 'many');
  for (let number = 0; number < UNCHANGED; number += 1) {
    const inner = join(from, String(Math.floor(number / PER_FOLDER)));
    if (number % PER_FOLDER === 0) await mkdir(inner, { recursive: true });
    await writeFile(join(inner, `${number}.txt`), `file ${number}`);
  }
  const { origin, stop } = await startServer(['--data', join(folder, 'store'), '--no-sync']);
  const first = await seconds(() => run(process.execPath, [COMMAND, 'sync', from, origin, '--quiet', '--concurrency', '16']));
  let calls = 0;
  /** @type {typeof fetch} */
  const counted = (...args) => {
    calls += 1;
    return fetch(...args);
  };
  const client = createClient({ baseUrl: origin, fetch: counted });
  console.log(`\n${title} (the first one took ${first.toFixed(0)} s), load ${loadavg()[0].toFixed(1)}`);
  let report = { unchanged: 0 };
  const time = await seconds(async () => (report = await sync(from, client)));
  if (report.unchanged !== UNCHANGED) throw new Error(`${report.unchanged} files are unchanged`);
  console.log(`${time.toFixed(2)} s, ${calls} calls, ${(UNCHANGED / time).toFixed(0)} files/s`);
  await stop();
}

if (!hasRclone) console.log('rclone is missing, so nothing is compared with it: apt-get install -y rclone');
const folder = await mkdtemp(join(process.env.WIX_MEDIA_BENCH_DIRECTORY ?? tmpdir(), 'wix-media-bench-'));
try {
  await compare(`${COUNT} files of ${SIZE / 1000} KB`, folder, { count: COUNT, size: SIZE, target: 0.8 });
  await compare(`${LARGE_COUNT} files of ${LARGE / 1e6} MB`, folder, { count: LARGE_COUNT, size: LARGE, target: 1 });
  await unchanged(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
