// The embedded Media Manager as WebAssembly in Node: pages and searches in very many files, changes per second, large trees,
// zips and streams. `benches/manager.rs` measures the same natively. Never a test.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createManager } from '../harness/package.js';
import { present } from '../harness/present.js';
import { archiveOf } from './filled.mjs';

/** @import { ManagerOptions, MediaManager } from '../harness/package.js' */

const FEW = 10_000;
const MANY = Number(process.env.WIX_MEDIA_FILES ?? 1_000_000);
const TREE = Number(process.env.WIX_MEDIA_TREE ?? 100_000);
const STREAMED = Number(process.env.WIX_MEDIA_STREAMED ?? 2 ** 31);
const FOLDER = '0123456789abcdef0123456789abcdef';
const MB = 1 << 20;

/** @type {string[]} */
const directories = [];
function emptyDirectory() {
  const directory = mkdtempSync(join(tmpdir(), 'wix-media-bench-'));
  directories.push(directory);
  return directory;
}
process.on('exit', () => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** @param {number[]} values */
const median = (values) => values.toSorted((one, other) => one - other)[values.length >> 1];
/** @param {boolean} isMet */
const verdict = (isMet) => (isMet ? '' : '  missed');
/** @param {number} time */
const milliseconds = (time) => `${time.toFixed(2)} ms`;

// The time of the processor, not of the clock, so that what else the machine does matters less.
/** @param {() => unknown} run */
async function medianOf(run, rounds = 15) {
  for (let warm = 0; warm < 5; warm += 1) await run();
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    const begun = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(begun);
    times.push((user + system) / 1000);
  }
  return median(times);
}

/**
 * A manager in a directory with so many files in one folder.
 *
 * @param {number} count
 */
async function filled(count) {
  const manager = await createManager({ storage: { directory: emptyDirectory() } });
  const pieces = archiveOf(count, FOLDER);
  const begun = performance.now();
  await manager.import(
    new ReadableStream({
      pull(stream) {
        const { value, done } = pieces.next();
        if (done) stream.close();
        else stream.enqueue(new Uint8Array(value));
      },
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  console.log(`${count} files imported in ${seconds.toFixed(1)} s, ${Math.round(count / seconds)} per second`);
  return manager;
}

/**
 * The plain answer of a call, so that the client's own work is not in it.
 *
 * @param {MediaManager} manager
 * @param {string} path
 * @param {object} [body]
 */
const ask = (manager, path, body) =>
  manager.fetch(`http://bench.test/site-media/v1${path}`, body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }).then((response) => response.json());

/**
 * The cursor behind the hundredth item from the end: walking there takes longer than all that is to be measured.
 *
 * @param {MediaManager} manager
 * @param {string} sort
 */
async function deepest(manager, sort) {
  const first = await ask(manager, `/files?parentFolderId=${FOLDER}&sort.fieldName=${sort}&sort.order=ASC&paging.limit=100`);
  const last = await ask(manager, `/files?parentFolderId=${FOLDER}&sort.fieldName=${sort}&sort.order=DESC&paging.limit=100`);
  const cursor = JSON.parse(Buffer.from(first.nextCursor.cursors.next, 'base64url').toString());
  const [item] = last.files.slice(-1);
  /** @type {Record<string, () => string | number>} */
  const keys = { displayName: () => item.displayName, updatedDate: () => Date.parse(item.updatedDate), sizeInBytes: () => Number(item.sizeInBytes) };
  // A cursor is the page that comes next in full; its members 7 and 8 are the key and the id that it begins behind.
  cursor.splice(7, 2, keys[sort](), item.id);
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** @param {MediaManager} manager */
async function pages(manager) {
  /** @type {Record<string, number>} */
  const times = {};
  for (const sort of ['displayName', 'updatedDate', 'sizeInBytes']) {
    const first = `/files?parentFolderId=${FOLDER}&sort.fieldName=${sort}&sort.order=ASC&paging.limit=100`;
    const cursor = await deepest(manager, sort);
    const end = await ask(manager, `/files?paging.limit=100&paging.cursor=${cursor}`);
    if (!(end.files?.length > 90 && end.nextCursor.hasNext === false)) throw new Error(`the deepest page has ${end.files?.length} files`);
    times[`${sort}, first`] = await medianOf(() => ask(manager, first));
    times[`${sort}, deepest`] = await medianOf(() => ask(manager, `/files?paging.limit=100&paging.cursor=${cursor}`));
  }
  /** @param {string} text */
  const search = (text) => medianOf(() => ask(manager, '/files/search', { search: text, paging: { limit: 100 } }), 7);
  times['search, rare term'] = await search('rare label');
  times['search, common term'] = await search('river');
  times['search, no hit'] = await search('nothing of this kind');
  return times;
}

async function compare() {
  const [few, many] = [await filled(FEW), await filled(MANY)];
  const [small, large] = [await pages(few), await pages(many)];
  console.log(`\npage of 100, CPU, medians${' '.repeat(9)}${`${FEW} files`.padStart(14)}${`${MANY} files`.padStart(16)}   ratio`);
  for (const [name, time] of Object.entries(large)) {
    const ratio = time / small[name];
    const target = name.startsWith('search') ? '' : `   target ≤ 1.50×${verdict(ratio <= 1.5)}`;
    console.log(`${name.padEnd(34)}${milliseconds(small[name]).padStart(14)}${milliseconds(time).padStart(16)}${`${ratio.toFixed(2)}×`.padStart(8)}${target}`);
  }
  await few.close();
  await many.close();
}

/**
 * @param {string} name
 * @param {ManagerOptions['storage']} storage
 */
async function perSecond(name, storage) {
  const manager = await createManager({ storage });
  /** @param {() => unknown} run */
  const rate = async (run, seconds = 2) => {
    for (let warm = 0; warm < 20; warm += 1) await run();
    const begun = performance.now();
    let count = 0;
    while (performance.now() - begun < seconds * 1000) {
      await run();
      count += 1;
    }
    return Math.round((count / (performance.now() - begun)) * 1000);
  };
  const folders = await rate(() => ask(manager, '/folders', { displayName: 'A' }));
  const content = new Uint8Array(10_000);
  const uploads = await rate(async () => {
    const { uploadUrl } = await ask(manager, '/files/generate-upload-url', { mimeType: 'application/octet-stream', fileName: 'a.bin' });
    const response = await manager.fetch(uploadUrl, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: content });
    if (response.status !== 200) throw new Error(await response.text());
    await response.arrayBuffer();
  });
  console.log(`${name.padEnd(12)} createFolder ${String(folders).padStart(6)} per second, upload of 10 KB ${String(uploads).padStart(6)} per second`);
  await manager.close();
}

async function tree() {
  const manager = await filled(TREE);
  for (const [name, path, body] of /** @type {[string, string, object][]} */ ([
    ['to the trash', '/bulk/folders/delete', { folderIds: [FOLDER] }],
    ['restored', '/bulk/trash-bin/folders/restore', { folderIds: [FOLDER] }],
    ['deleted for good', '/bulk/folders/delete', { folderIds: [FOLDER], permanent: true }],
  ])) {
    const begun = performance.now();
    const answer = await ask(manager, path, body);
    if (answer.message) throw new Error(JSON.stringify(answer));
    console.log(`a folder of ${TREE} files ${name.padEnd(18)}${((performance.now() - begun) / 1000).toFixed(2).padStart(8)} s`);
  }
  await manager.close();
}

async function zip() {
  const manager = await createManager({ storage: { directory: emptyDirectory() } });
  const content = new Uint8Array(1_000_000).map((_, index) => index * 7);
  for (let number = 0; number < 1000; number += 1) {
    const { uploadUrl } = await ask(manager, '/files/generate-upload-url', { mimeType: 'application/octet-stream', fileName: `${number}.bin` });
    await (await manager.fetch(uploadUrl, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: content })).arrayBuffer();
  }
  const { downloadUrl } = await ask(manager, '/folders/media-root/generate-download-url', {});
  globalThis.gc?.();
  const idle = process.memoryUsage().rss;
  let [peak, length] = [idle, 0];
  const begun = performance.now();
  for await (const piece of present((await manager.fetch(downloadUrl)).body)) {
    length += piece.length;
    if ((length & 0xffffff) < piece.length) peak = Math.max(peak, process.memoryUsage().rss);
  }
  const seconds = (performance.now() - begun) / 1000;
  const growth = (peak - idle) / MB;
  console.log(`zip of 1000 files of 1 MB: ${(length / 1e9).toFixed(2)} GB in ${seconds.toFixed(1)} s, ${growth.toFixed(0)} MB above idle   target ≤ 100 MB${verdict(growth <= 100)}`);
  await manager.close();
}

function stream() {
  const script = fileURLToPath(new URL('../manager/stream.mjs', import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--expose-gc', script, emptyDirectory(), String(STREAMED)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const { right, growth, times } = JSON.parse(stdout);
  if (!right) throw new Error('the bytes that came out are not those that went in');
  console.log(`${(STREAMED / MB).toFixed(0)} MB streamed through: ${(growth / MB).toFixed(0)} MB of memory   target < 64 MB${verdict(growth < 64 * MB)}`);
  for (const [name, time] of Object.entries(times)) console.log(`  ${name.padEnd(16)}${(STREAMED / MB / (time / 1000)).toFixed(0).padStart(6)} MB/s`);
}

console.log('the manager as WebAssembly in Node\n');
await perSecond('memory', 'memory');
await perSecond('directory', { directory: emptyDirectory() });
console.log();
await tree();
await zip();
stream();
console.log();
await compare();
