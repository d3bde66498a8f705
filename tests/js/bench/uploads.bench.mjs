// Transfers over HTTP, each client and each server in a process of its own, on the same disk and in the same run: ours beside
// tus-js-client on @tus/server, plain requests to s3rver, and tus-js-client on our server. Time, CPU and peak memory of both ends,
// and the ratios that the project wants, each with its target.
//
// WIX_MEDIA_FILES, WIX_MEDIA_BYTES and WIX_MEDIA_REQUESTS make it shorter, WIX_MEDIA_ROWS (a pattern) picks rows, and WIX_MEDIA_BEFORE (a folder like
// `dist`) is another build that the lists are compared with.
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { crc32 } from 'node:zlib';
import { present } from '../harness/present.js';

/**
 * @import { ChildProcess } from 'node:child_process'
 * @import { AddressInfo } from 'node:net'
 * @import { PublicManager } from '../../../pkg-template/manager/internal.d.ts'
 */

const COUNT = Number(process.env.WIX_MEDIA_FILES ?? 1000);
const LARGE = Number(process.env.WIX_MEDIA_BYTES ?? 1_000_000_000);
const REQUESTS = Number(process.env.WIX_MEDIA_REQUESTS ?? 2000);
const ROWS = new RegExp(process.env.WIX_MEDIA_ROWS ?? '');
const BEFORE = process.env.WIX_MEDIA_BEFORE;
/** Files of one page of the list. */
const PAGE = 100;

/** @typedef {{ path?: string, size: number, bytes?: Buffer<ArrayBuffer>, name: string }} Thing What is sent: a file by its path, or bytes. */
/** @typedef {{ count: number, size: number, atOnce: number, path?: string }} Work How many things of which size, and how many at a time. */
/** @typedef {{ server: string, client: string }} Side */
/** @typedef {((thing: Thing) => Promise<unknown>) & { all?(things: Thing[], atOnce: number): Promise<unknown> }} Send Sends one thing, or many if it has a way of its own. */
/** @typedef {{ seconds: number, cpu: number, memory: number, serverCpu: number, serverMemory: number }} Measured */

/** @type {Record<string, Side>} */
const SIDES = {
  'ours on wix-media serve': { server: 'manager', client: 'ours' },
  'ours on wix-media serve --no-sync': { server: 'unsynced', client: 'ours' },
  'tus-js-client on @tus/server': { server: 'tus', client: 'tus' },
  'tus-js-client on wix-media serve': { server: 'manager', client: 'tus-ours' },
  'tus-js-client on wix-media serve --no-sync': { server: 'unsynced', client: 'tus-ours' },
  'plain PUT on s3rver': { server: 's3', client: 'put' },
  'GET from wix-media serve': { server: 'manager', client: 'get' },
  'GET from s3rver': { server: 's3', client: 's3-get' },
  'listFiles from wix-media serve': { server: 'manager', client: 'list' },
};
const [OURS, UNSYNCED, THEIRS, TUS, TUS_UNSYNCED, PUT, GET, S3_GET, LIST] = Object.keys(SIDES);

/** @type {Record<string, (directory: string, before?: string) => Promise<number>>} */
const servers = {
  manager: (directory, before) => serveManager({ directory }, before),
  unsynced: (directory) => serveManager({ directory, sync: false }),
  async tus(directory) {
    const { Server } = await import('@tus/server');
    const { FileStore } = await import('@tus/file-store');
    const tus = new Server({ path: '/upload', datastore: new FileStore({ directory }) });
    const server = createServer(tus.handle.bind(tus));
    await /** @type {Promise<void>} */ (new Promise((done) => server.listen(0, '127.0.0.1', done)));
    return /** @type {AddressInfo} */ (server.address()).port;
  },
  async s3(directory) {
    const { default: S3rver } = await import('s3rver');
    const s3 = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory, configureBuckets: [{ name: 'bucket' }] });
    return (await s3.run()).port;
  },
};

/**
 * The server of `wix-media serve --data`.
 *
 * @param {{ directory: string, sync?: boolean }} storage
 * @param {string} [before] The folder of another build.
 */
async function serveManager(storage, before) {
  /** @type {typeof import('../harness/package.js')} */
  const { createManager } = before ? await import(pathToFileURL(join(resolve(before), 'node.js')).href) : await import('../harness/package.js');
  const { listen } = await import('../../../pkg-template/cli/server/listen.js');
  // In a thread, as `serve` does it. Another build may not know of it.
  const manager = await createManager({ storage, ...(before ? {} : { thread: true }) });
  const handle = /** @type {PublicManager} */ (manager).fetch;
  const isLight = !before;
  const answer = (/** @type {Request} */ request) => handle(request, undefined, { isServer: true });
  const { port } = await listen(isLight ? answer : manager.fetch, { host: '127.0.0.1', port: 0, isLight });
  return port;
}

/**
 * Each gives a function that sends or receives one thing: a path with its size, or bytes.
 *
 * @type {Record<string, (origin: string, work: Work) => Promise<Send>>}
 */
const clients = {
  async ours(origin) {
    const { createClient } = await import('../harness/package.js');
    const { uploads } = createClient({ baseUrl: origin, auth: { apiKey: 'key' } });
    const sessions = /** @type {const} */ (false);
    const sourceOf = (/** @type {Thing} */ { path, bytes }) => path ?? present(bytes);
    /** @type {Send} */
    const send = (thing) => uploads.upload(sourceOf(thing), { displayName: thing.name, sessions });
    send.all = async (things, atOnce) => {
      const sources = things.map((thing) => ({ source: sourceOf(thing), displayName: thing.name, sessions }));
      const results = await uploads.uploadAll(sources, { concurrency: atOnce });
      const failed = results.find(({ status }) => status !== 'uploaded');
      if (failed) throw failed.error;
    };
    return send;
  },
  async tus(origin) {
    const { Upload } = await import('tus-js-client');
    return (thing) => tusUpload(Upload, thing, { endpoint: `${origin}/upload` });
  },
  async 'tus-ours'(origin) {
    const { Upload } = await import('tus-js-client');
    const call = caller(origin);
    return async (thing) => {
      const mimeType = 'application/octet-stream';
      const asked = JSON.stringify({ mimeType, fileName: thing.name });
      const { uploadUrl, uploadToken } = JSON.parse(await call('POST', '/site-media/v1/files/generate-resumable-upload-url', asked));
      const metadata = { filename: thing.name, contentType: mimeType, token: uploadToken };
      await tusUpload(Upload, thing, { endpoint: uploadUrl, metadata });
      await call('PUT', `/upload/tus/${uploadToken}`, '{}');
    };
  },
  async put(origin) {
    return async ({ path, size, bytes, name }) => {
      const body = /** @type {BodyInit} */ (path ? Readable.toWeb(createReadStream(path)) : bytes);
      const headers = { 'content-length': String(size), 'content-type': 'application/octet-stream' };
      const answer = await fetch(`${origin}/bucket/${name}`, { method: 'PUT', headers, body, duplex: 'half' });
      if (!answer.ok) throw new Error(await answer.text());
    };
  },
  async get(origin, { size }) {
    const { createClient } = await import('../harness/package.js');
    const { uploads } = createClient({ baseUrl: origin, auth: { apiKey: 'key' } });
    const { url } = await uploads.upload(Buffer.alloc(size, 7), { displayName: 'a.bin', sessions: false });
    const { pathname } = new URL(present(url));
    const call = caller(origin);
    return () => call('GET', pathname);
  },
  async 's3-get'(origin, { size }) {
    const send = await clients.put(origin, { count: 1, size, atOnce: 1 });
    await send({ bytes: Buffer.alloc(size, 7), size, name: 'a.bin' });
    const call = caller(origin);
    return () => call('GET', '/bucket/a.bin');
  },
  async list(origin) {
    const { createClient } = await import('../harness/package.js');
    const { uploads } = createClient({ baseUrl: origin, auth: { apiKey: 'key' } });
    const names = Array.from({ length: PAGE }, (_, index) => `file ${index}.bin`);
    const sources = names.map((displayName) => ({ source: Buffer.from(displayName), displayName, sessions: /** @type {const} */ (false) }));
    await uploads.uploadAll(sources, { concurrency: 16 });
    const call = caller(origin);
    return () => call('GET', `/site-media/v1/files?paging.limit=${PAGE}`);
  },
};

/**
 * Sends requests and reads their answers, with as little work as possible.
 *
 * @param {string} origin
 */
function caller(origin) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  /** @type {(method: string, path: string, body?: string) => Promise<string>} */
  const call = (method, path, body) =>
    new Promise((done, failed) => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
      const sent = request(`${origin}${path}`, { method, agent, headers }, (answer) => {
        let text = '';
        let size = 0;
        const isText = /json/.test(answer.headers['content-type'] ?? '');
        answer.on('data', (/** @type {Buffer} */ piece) => {
          size += piece.length;
          if (isText) text += piece;
        });
        answer.on('end', () => {
          if (Number(answer.statusCode) < 300 && size > 0) done(text);
          else failed(new Error(`${method} ${path}: ${answer.statusCode}, ${size} bytes ${text}`));
        });
        answer.on('error', failed);
      });
      sent.on('error', failed);
      sent.end(body);
    });
  return call;
}

/**
 * By tus-js-client as it comes, which sends a file in one request. In chunks it is slower.
 *
 * @param {any} Upload
 * @param {Thing} thing
 * @param {object} options
 */
const tusUpload = (Upload, { path, size, bytes }, options) =>
  new Promise((done, failed) => {
    const source = path ? createReadStream(path) : bytes;
    new Upload(source, { uploadSize: size, ...options, onError: failed, onSuccess: done }).start();
  });

const usage = () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpu: (userCPUTime + systemCPUTime) / 1e6, memory: maxRSS * 1024 };
};

/**
 * @param {string} kind
 * @param {string} directory
 * @param {string} [before]
 */
async function serve(kind, directory, before) {
  const port = await servers[kind](directory, before);
  process.on('message', () => process.send?.(usage()));
  process.send?.({ port });
}

/**
 * @param {string} kind
 * @param {string} origin
 * @param {Work} work
 */
async function run(kind, origin, work) {
  const send = await clients[kind](origin, work);
  const { count, size, atOnce, path } = work;
  const bytes = path ? undefined : Buffer.alloc(size);
  /** @param {number} number @returns {Thing} */
  const thing = (number) => {
    if (!bytes) return { path, size, name: `${number}.bin` };
    const own = Buffer.from(bytes);
    if (size >= 4) own.writeUInt32LE(number);
    return { bytes: own, size, name: `${number}.bin` };
  };
  const one = (/** @type {number} */ number) => send(thing(number));
  // The first requests of a process are slower than all others.
  if (bytes) for (let number = 0; number < Math.min(20, count); number += 1) await one(count + number);
  else await send({ bytes: Buffer.from('warm up'), size: 7, name: 'warm-up.bin' });
  process.send?.('warm');
  await new Promise((begin) => process.once('message', begin));
  const things = send.all && Array.from({ length: count }, (_, number) => thing(number));
  const before = usage();
  const start = performance.now();
  if (send.all && things) await send.all(things, atOnce);
  else {
    let next = 0;
    const worker = async () => {
      while (next < count) {
        const number = next;
        next += 1;
        await one(number);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }
  const seconds = (performance.now() - start) / 1000;
  const after = usage();
  process.send?.({ seconds, cpu: after.cpu - before.cpu, memory: after.memory }, () => process.exit());
}

/** @param {ChildProcess} child */
const said = (child) =>
  new Promise((done, failed) => {
    const ended = (/** @type {number | null} */ code) => failed(new Error(`it ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      done(message);
    });
  });

/**
 * @param {Side} side
 * @param {Work} work
 * @param {string} folder
 * @param {string} [before]
 * @returns {Promise<Measured>}
 */
async function measure({ server: serverKind, client: clientKind }, work, folder, before) {
  const directory = await mkdtemp(join(folder, 'store-'));
  const here = fileURLToPath(import.meta.url);
  const server = fork(here, ['--server', serverKind, directory, ...(before ? [before] : [])]);
  try {
    const { port } = await said(server);
    const client = fork(here, ['--client', clientKind, `http://127.0.0.1:${port}`, JSON.stringify(work)]);
    await said(client);
    server.send('usage');
    const idle = await said(server);
    client.send('go');
    const sent = await said(client);
    server.send('usage');
    const after = await said(server);
    return { ...sent, serverCpu: after.cpu - idle.cpu, serverMemory: after.memory };
  } finally {
    server.kill();
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * A file of bytes that differ from piece to piece.
 *
 * @param {string} path
 * @param {number} size
 */
async function makeFile(path, size) {
  const handle = await open(path, 'w');
  const piece = Buffer.alloc(1_000_000, 7);
  for (let at = 0; at < size; at += piece.length) {
    piece.writeDoubleLE(at);
    await handle.write(piece, 0, Math.min(piece.length, size - at));
  }
  await handle.sync();
  await handle.close();
}

/** Seconds of CPU that the hashes of so many bytes take: MD5 at either end, and the CRC of the server. */
function hashing(/** @type {number} */ size) {
  const piece = Buffer.alloc(256 * 1024, 7);
  const rounds = 400;
  const before = usage().cpu;
  const hash = createHash('md5');
  for (let round = 0; round < rounds; round += 1) hash.update(piece);
  hash.digest();
  const between = usage().cpu;
  let crc = 0;
  for (let round = 0; round < rounds; round += 1) crc = crc32(piece, crc);
  const share = size / (rounds * piece.length);
  return { md5: (between - before) * share, crc: (usage().cpu - between) * share };
}

/** @param {number} number */
const shown = (number) => number.toFixed(number < 10 ? 2 : 0);

/** @param {string[][]} rows */
function print(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) console.log(row.map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[0]))).join('  '));
}

/** @type {string[][]} */
const verdicts = [['', 'ratio', 'target', '']];

/**
 * @param {string} what
 * @param {number} ratio
 * @param {number} target
 * @param {'least' | 'most'} [kind]
 */
function judge(what, ratio, target, kind = 'least') {
  const isMet = kind === 'least' ? ratio >= target : ratio <= target;
  verdicts.push([what, `${ratio.toFixed(2)} ×`, `${kind === 'least' ? '≥' : '≤'} ${target.toFixed(1)} ×`, isMet ? 'met' : 'missed']);
}

/**
 * Measures some sides with the same work, prints them, and returns the numbers by side.
 *
 * @param {string} title
 * @param {string} folder
 * @param {Work} work
 * @param {string[]} names
 */
async function compare(title, folder, work, names) {
  if (!ROWS.test(title)) return undefined;
  console.log(`\n${title}`);
  const rows = [['', 'MB/s', 'a second', 'seconds', 'client CPU s', 'client peak MB', 'server CPU s', 'server peak MB']];
  /** @type {Record<string, Measured>} */
  const found = {};
  for (const name of names) {
    const measured = (found[name] = await measure(SIDES[name], work, folder));
    const { seconds, cpu, memory, serverCpu, serverMemory } = measured;
    const numbers = [(work.count * work.size) / 1e6 / seconds, work.count / seconds, seconds, cpu, memory / 1e6, serverCpu, serverMemory / 1e6];
    rows.push([name, ...numbers.map(shown)]);
  }
  print(rows);
  return found;
}

async function main() {
  const folder = await mkdtemp(join(process.env.WIX_MEDIA_BENCH_DIRECTORY ?? tmpdir(), 'wix-media-bench-'));
  try {
    await mkdir(folder, { recursive: true });
    for (const atOnce of [4, 16]) {
      const title = `Uploads of ${COUNT} files of 100 KB, ${atOnce} at a time`;
      const found = await compare(title, folder, { count: COUNT, size: 100_000, atOnce }, [OURS, UNSYNCED, THEIRS, TUS, PUT]);
      if (!found) continue;
      judge(`${title}: with sync`, found[THEIRS].seconds / found[OURS].seconds, 1);
      judge(`${title}: --no-sync`, found[THEIRS].seconds / found[UNSYNCED].seconds, 2);
    }
    const large = `Upload of one file of ${LARGE / 1e6} MB`;
    if (ROWS.test(large)) {
      const path = join(folder, 'large.bin');
      await makeFile(path, LARGE);
      const found = present(await compare(large, folder, { count: 1, size: LARGE, atOnce: 1, path }, [OURS, UNSYNCED, THEIRS, TUS, PUT]));
      judge(`${large}: with sync`, found[THEIRS].seconds / found[OURS].seconds, 1);
      const { md5, crc } = hashing(LARGE);
      const total = found[OURS].cpu + found[OURS].serverCpu;
      const theirs = found[THEIRS].cpu + found[THEIRS].serverCpu;
      const hashes = 2 * md5 + crc;
      console.log(`CPU of both ends: ${shown(total)} s, of which MD5 ${shown(md5)} s at either end and the CRC ${shown(crc)} s; theirs ${shown(theirs)} s`);
      judge(`${large}: CPU of both ends without the hashes`, (total - hashes) / theirs, 1.3, 'most');
      await rm(path);
    }
    for (const [size, label, synced] of /** @type {[number, string, number][]} */ ([[1_000_000, '1 MB', 1], [1000, '1 KB', 0.6]])) {
      const count = Math.ceil(REQUESTS / (size > 1e5 ? 4 : 1));
      const title = `TUS uploads of ${count} files of ${label} by tus-js-client, 16 at a time`;
      const found = await compare(title, folder, { count, size, atOnce: 16 }, [TUS, TUS_UNSYNCED, THEIRS]);
      if (!found) continue;
      judge(`${title}: with sync`, found[THEIRS].seconds / found[TUS].seconds, synced);
      if (synced < 1) judge(`${title}: --no-sync`, found[THEIRS].seconds / found[TUS_UNSYNCED].seconds, 1);
    }
    const downloads = 'Downloads of 1 MB, 16 at a time';
    const got = await compare(downloads, folder, { count: REQUESTS, size: 1_000_000, atOnce: 16 }, [GET, S3_GET]);
    if (got) judge(downloads, got[S3_GET].seconds / got[GET].seconds, 2);
    const lists = `listFiles of ${PAGE}, 16 at a time`;
    const work = { count: REQUESTS, size: 0, atOnce: 16 };
    const listed = await compare(lists, folder, work, [LIST]);
    if (listed && BEFORE) {
      const before = await measure(SIDES[LIST], work, folder, BEFORE);
      console.log(`${BEFORE}: ${shown(work.count / before.seconds)} a second`);
      judge(`${lists}, compared with ${BEFORE}`, before.seconds / listed[LIST].seconds, 2);
    }
    console.log('');
    print(verdicts);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const [role, ...words] = process.argv.slice(2);
if (role === '--server') await serve(words[0], words[1], words[2]);
else if (role === '--client') await run(words[0], words[1], JSON.parse(words[2]));
else await main();
