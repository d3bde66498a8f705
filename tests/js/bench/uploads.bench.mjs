// Uploads over HTTP, each client and each server in a process of its own, on the same disk and in the same run: ours beside
// tus-js-client on @tus/server, a plain PUT to s3rver, and tus-js-client on our server. Time, CPU and peak memory of both ends.
import { fork } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { present } from '../harness/present.js';

/**
 * @import { ChildProcess } from 'node:child_process'
 * @import { AddressInfo } from 'node:net'
 */

const SMALL = { count: Number(process.env.WIX_MEDIA_FILES ?? 1000), size: 100_000 };
const LARGE = Number(process.env.WIX_MEDIA_BYTES ?? 1_000_000_000);
const AT_ONCE = 4;
const CHUNK = 8 * 1024 * 1024;

const SIDES = [
  { name: 'ours on wix-media serve', server: 'manager', client: 'ours' },
  { name: 'tus-js-client on @tus/server', server: 'tus', client: 'tus' },
  { name: 'plain PUT on s3rver', server: 's3', client: 'put' },
  { name: 'tus-js-client on wix-media serve', server: 'manager', client: 'tus-ours' },
];

/** @typedef {{ path?: string, size: number, bytes?: Buffer<ArrayBuffer>, name: string }} Thing What is uploaded: a file by its path, or bytes. */

/** @type {Record<string, (directory: string) => Promise<number>>} */
const servers = {
  /**
   * The server of `wix-media serve --data`.
   *
   * @param {string} directory
   */
  async manager(directory) {
    const { createManager } = await import('../harness/package.js');
    const { listen } = await import('../../../pkg-template/cli/server/listen.js');
    const manager = await createManager({ storage: { directory } });
    const { port } = await listen(manager.fetch, { host: '127.0.0.1', port: 0 });
    return port;
  },
  async tus(directory) {
    const { Server } = await import('@tus/server');
    const { FileStore } = await import('@tus/file-store');
    const tus = new Server({ path: '/upload', datastore: new FileStore({ directory }) });
    const server = createServer(tus.handle.bind(tus));
    await /** @type {Promise<void>} */ (new Promise((resolve) => server.listen(0, '127.0.0.1', resolve)));
    return /** @type {AddressInfo} */ (server.address()).port;
  },
  async s3(directory) {
    const { default: S3rver } = await import('s3rver');
    const s3 = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory, configureBuckets: [{ name: 'bucket' }] });
    return (await s3.run()).port;
  },
};

/**
 * Each gives a function that uploads one thing: a path with its size, or bytes.
 *
 * @type {Record<string, (origin: string) => Promise<(thing: Thing) => Promise<unknown>>>}
 */
const clients = {
  async ours(origin) {
    const { createClient } = await import('../harness/package.js');
    const { uploads } = createClient({ baseUrl: origin, auth: { apiKey: 'key' } });
    return ({ path, bytes, name }) => uploads.upload(path ?? present(bytes), { displayName: name, sessions: false });
  },
  async tus(origin) {
    const { Upload } = await import('tus-js-client');
    return ({ path, size, bytes }) => tusUpload(Upload, path, size, bytes, { endpoint: `${origin}/upload` });
  },
  async 'tus-ours'(origin) {
    const { Upload } = await import('tus-js-client');
    const { createClient } = await import('../harness/package.js');
    const { files } = createClient({ baseUrl: origin, auth: { apiKey: 'key' } });
    return async ({ path, size, bytes, name }) => {
      const type = 'application/octet-stream';
      const { uploadUrl, uploadToken } = await files.generateFileResumableUploadUrl(type, { fileName: name });
      const metadata = { filename: name, contentType: type, token: uploadToken };
      await tusUpload(Upload, path, size, bytes, { endpoint: uploadUrl, metadata });
      const answer = await fetch(`${uploadUrl}/${uploadToken}`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{}' });
      if (!answer.ok) throw new Error(await answer.text());
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
};

/**
 * @param {any} Upload
 * @param {string | undefined} path
 * @param {number} size
 * @param {Buffer | undefined} bytes
 * @param {object} options
 */
const tusUpload = (Upload, path, size, bytes, options) =>
  new Promise((resolve, reject) => {
    const source = path ? createReadStream(path) : bytes;
    new Upload(source, { chunkSize: CHUNK, uploadSize: size, ...options, onError: reject, onSuccess: resolve }).start();
  });

const usage = () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpu: (userCPUTime + systemCPUTime) / 1e6, memory: maxRSS * 1024 };
};

/**
 * @param {string} kind
 * @param {string} directory
 */
async function serve(kind, directory) {
  const port = await servers[kind](directory);
  process.on('message', () => process.send?.(usage()));
  process.send?.({ port });
}

/**
 * @param {string} kind
 * @param {string} workload
 * @param {string} origin
 * @param {string} path
 */
async function upload(kind, workload, origin, path) {
  const send = await clients[kind](origin);
  await send({ bytes: Buffer.from('warm up'), size: 7, name: 'warm-up.txt' });
  const before = usage();
  const start = performance.now();
  if (workload === 'large') await send({ path, size: LARGE, name: 'large.bin' });
  else {
    const bytes = Buffer.alloc(SMALL.size);
    let next = 0;
    const worker = async () => {
      while (next < SMALL.count) {
        const number = next;
        next += 1;
        const own = Buffer.from(bytes);
        own.writeUInt32LE(number);
        await send({ bytes: own, size: own.length, name: `${number}.bin` });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }
  const seconds = (performance.now() - start) / 1000;
  const after = usage();
  process.send?.({ seconds, cpu: after.cpu - before.cpu, memory: after.memory }, () => process.exit());
}

/** @param {ChildProcess} child */
const said = (child) =>
  new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
  });

/**
 * @param {{ server: string, client: string }} side
 * @param {string} workload
 * @param {string} folder
 * @param {string} path
 */
async function measure({ server: serverKind, client: clientKind }, workload, folder, path) {
  const directory = await mkdtemp(join(folder, 'store-'));
  const here = fileURLToPath(import.meta.url);
  const server = fork(here, ['--server', serverKind, directory]);
  try {
    const { port } = await said(server);
    server.send('usage');
    const before = await said(server);
    const client = fork(here, ['--client', clientKind, workload, `http://127.0.0.1:${port}`, path]);
    const sent = await said(client);
    server.send('usage');
    const after = await said(server);
    return { ...sent, serverCpu: after.cpu - before.cpu, serverMemory: after.memory };
  } finally {
    server.removeAllListeners('exit');
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

async function main() {
  const folder = await mkdtemp(join(process.env.WIX_MEDIA_BENCH_DIRECTORY ?? tmpdir(), 'wix-media-bench-'));
  try {
    await mkdir(folder, { recursive: true });
    const path = join(folder, 'large.bin');
    await makeFile(path, LARGE);
    for (const [workload, title, total] of /** @type {[string, string, number][]} */ ([
      ['small', `${SMALL.count} files of ${SMALL.size / 1000} KB, ${AT_ONCE} at a time`, SMALL.count * SMALL.size],
      ['large', `one file of ${LARGE / 1e6} MB`, LARGE],
    ])) {
      console.log(`\nUploads over HTTP: ${title}`);
      const rows = [['', 'MB/s', 'seconds', 'client CPU s', 'client peak MB', 'server CPU s', 'server peak MB']];
      for (const side of SIDES) {
        const { seconds, cpu, memory, serverCpu, serverMemory } = await measure(side, workload, folder, path);
        const numbers = [total / 1e6 / seconds, seconds, cpu, memory / 1e6, serverCpu, serverMemory / 1e6];
        rows.push([side.name, ...numbers.map((number) => number.toFixed(number < 10 ? 2 : 0))]);
      }
      const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
      for (const row of rows) console.log(row.map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[0]))).join('  '));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const [role, ...words] = process.argv.slice(2);
if (role === '--server') await serve(words[0], words[1]);
else if (role === '--client') await upload(words[0], words[1], words[2], words[3]);
else await main();
