// Uploads into a bucket of SeaweedFS: the native server, by TUS and by a plain PUT, beside @tus/server with @tus/s3-store. They take turns on
// the same store, with the same client. The throughput depends on what else the machine does, so look at the ratios, and at the CPU. Never a test.
//
// WIX_MEDIA_BYTES sets the size of a file (1,000,000,000), and WIX_MEDIA_ROUNDS the number of turns (3).
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { temporaryFolder } from '../../harness/manager.js';
import { present } from '../../harness/present.js';
import { ask, native, peakMemory } from '../../team/native.js';
import { seaweedfsAlone } from '../../team/seaweedfs.js';
import { closers, cpu, table, verdict } from './usage.mjs';

/**
 * @import { AddressInfo } from 'node:net'
 * @import { Closing } from '../../harness/types.d.ts'
 */

const BYTES = Number(process.env.WIX_MEDIA_BYTES ?? 1_000_000_000);
const ROUNDS = Number(process.env.WIX_MEDIA_ROUNDS ?? 3);
const AT_ONCE = 4;
const [MIN_RATIO, MEMORY_MB] = [1, 64];
const MB = 1 << 20;
const TUS = { 'tus-resumable': '1.0.0' };

/** @typedef {{ origin: string, pid: number }} Server */
/** @typedef {(origin: string, size: number) => Promise<void>} Send */

/**
 * Sends a request with a body of `size` bytes.
 *
 * @param {string} method
 * @param {string} url
 * @param {Record<string, string>} headers
 * @param {number} size
 * @returns {Promise<{ headers: import('node:http').IncomingHttpHeaders, text: string }>}
 */
async function send(method, url, headers, size) {
  const sent = request(url, { method, headers: { ...headers, 'content-length': String(size) } });
  const answered = once(sent, 'response');
  // No two pieces are alike, so that no store keeps one for all.
  const piece = Buffer.alloc(256 * 1024, 7);
  const full = () => once(sent, 'drain');
  for (let at = 0; at < size; at += piece.length) {
    const next = Buffer.from(piece.subarray(0, Math.min(piece.length, size - at)));
    if (next.length >= 8) next.writeDoubleLE(at);
    if (!sent.write(next)) await full();
  }
  sent.end();
  const [response] = await answered;
  const text = (await response.setEncoding('utf8').toArray()).join('');
  if (response.statusCode >= 300) throw new Error(`${method} ${url}: ${response.statusCode} ${text}`);
  return { headers: response.headers, text };
}

/** @param {string} origin @param {string} call */
async function uploadUrl(origin, call) {
  const body = JSON.stringify({ mimeType: 'application/octet-stream', fileName: 'large.bin' });
  const { status, text } = await ask(origin, 'POST', `/site-media/v1/files/${call}`, { headers: { 'content-type': 'application/json' }, body });
  if (status !== 200) throw new Error(text);
  return JSON.parse(text);
}

/**
 * Sends a file by TUS in one PATCH.
 *
 * @param {string} url
 * @param {number} size
 * @param {Record<string, string>} metadata
 */
async function tus(url, size, metadata) {
  const created = await send('POST', url, { ...TUS, 'upload-length': String(size), ...metadata }, 0);
  const location = new URL(present(created.headers.location), url).href;
  await send('PATCH', location, { ...TUS, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }, size);
}

/** @type {Record<string, Send>} */
const CLIENTS = {
  ours: async (origin, size) => {
    const answer = await uploadUrl(origin, 'generate-resumable-upload-url');
    await tus(answer.uploadUrl, size, { 'upload-metadata': `token ${btoa(answer.uploadToken)}` });
    await send('PUT', `${answer.uploadUrl}/${answer.uploadToken}`, {}, 0);
  },
  plain: async (origin, size) => {
    const answer = await uploadUrl(origin, 'generate-upload-url');
    await send('PUT', answer.uploadUrl, { 'content-type': 'application/octet-stream' }, size);
  },
  theirs: (origin, size) => tus(`${origin}/files`, size, {}),
};

/** The other server, in a process of its own. */
async function serveTheirs() {
  const folder = present(process.env.WIX_MEDIA_TUS_S3);
  const load = (/** @type {string} */ name) => import(pathToFileURL(join(folder, 'node_modules/@tus', name, 'dist/index.js')).href);
  const [{ Server }, { S3Store }] = await Promise.all([load('server'), load('s3-store')]);
  const { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: region, BUCKET: bucket } = process.env;
  const s3ClientConfig = { bucket, endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } };
  const server = new Server({ path: '/files', datastore: new S3Store({ partSize: 8 * MB, s3ClientConfig }) });
  const listener = createServer(server.handle.bind(server));
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  process.send?.(/** @type {AddressInfo} */ (listener.address()).port);
}

/**
 * @param {Closing} closing
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Server>}
 */
async function theirs(closing, env) {
  const child = fork(fileURLToPath(import.meta.url), ['--server'], { env: { ...process.env, ...env } });
  closing.after(() => child.kill('SIGKILL'));
  const [port] = await Promise.race([once(child, 'message'), once(child, 'close').then(() => { throw new Error('@tus/server ended'); })]);
  return { origin: `http://127.0.0.1:${port}`, pid: present(child.pid) };
}

/**
 * The memory of a process now, in bytes. Its peak begins anew.
 *
 * @param {number} pid
 */
function idleMemory(pid) {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return Number(present(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')))[1]) * 1024;
}

/** @param {number[]} values */
const median = (values) => values.toSorted((one, other) => one - other)[values.length >> 1];

/** The client, in a process of its own, so that its work is not in the way of the measurement. */
async function runClient(/** @type {string[]} */ [name, origin, size, count]) {
  await Promise.all(Array.from({ length: Number(count) }, () => CLIENTS[name](origin, Number(size))));
  process.exit(0);
}

/**
 * @param {string} name
 * @param {Server} server
 * @param {number} store The process of the store.
 * @param {number} size
 * @param {number} [count] How many files at once.
 */
async function measure(name, { origin, pid }, store, size, count = 1) {
  const [before, stored, idle, begin] = [cpu(pid), cpu(store), idleMemory(pid), performance.now()];
  const [code] = await once(fork(fileURLToPath(import.meta.url), ['--client', name, origin, String(size), String(count)]), 'close');
  if (code !== 0) throw new Error(`the client of ${name} ended with ${code}`);
  const seconds = (performance.now() - begin) / 1000;
  return { seconds, cpu: cpu(pid) - before, store: cpu(store) - stored, memory: (peakMemory(pid) - idle) / MB };
}

async function main() {
  const { closing, close } = closers();
  try {
    const store = await seaweedfsAlone(closing);
    const env = { ...store.env, BUCKET: store.name };
    const server = await native(closing, join(await temporaryFolder(closing), 'data'), ['--bucket', store.bucket], store.env);
    const ours = { origin: server.origin, pid: present(server.child.pid) };
    const other = await theirs(closing, env);
    /** @type {[title: string, client: string, server: Server][]} */
    const sides = [
      ['wix-media-server, TUS', 'ours', ours],
      ['wix-media-server, plain PUT', 'plain', ours],
      ['@tus/server with @tus/s3-store', 'theirs', other],
    ];
    // The first upload of a process is slower than all others.
    for (const [, client, to] of sides) await measure(client, to, store.pid, 20 * MB);
    /** @type {Record<string, Awaited<ReturnType<typeof measure>>[]>} */
    const found = {};
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [title, client, to] of sides) {
        found[title] ??= [];
        found[title].push(await measure(client, to, store.pid, BYTES));
        await store.clear();
      }
      // Each is the first one of a turn as often as the others.
      sides.push(.../** @type {typeof sides} */ ([sides.shift()]));
    }
    console.log(`one file of ${BYTES / 1e6} MB into SeaweedFS, medians of ${ROUNDS} in turns; targets: throughput ≥ ${MIN_RATIO} × @tus/s3-store, memory ≤ ${MEMORY_MB} MiB above idle`);
    const of = (/** @type {string} */ title, /** @type {'seconds' | 'cpu' | 'store' | 'memory'} */ what) => median(found[title].map((each) => each[what]));
    const last = '@tus/server with @tus/s3-store';
    const rows = [['', 'MB/s', 'ratio', 'CPU s', 'ratio', 'CPU s of the store', 'MiB above idle', '']];
    for (const title of Object.keys(found).sort((one, two) => Number(one === last) - Number(two === last))) {
      const [faster, cheaper, memory] = [of(last, 'seconds') / of(title, 'seconds'), of(title, 'cpu') / of(last, 'cpu'), Math.max(...found[title].map((each) => each.memory))];
      const isMet = title === last || (faster >= MIN_RATIO && memory <= MEMORY_MB);
      rows.push([title, (BYTES / 1e6 / of(title, 'seconds')).toFixed(0), `${faster.toFixed(2)} ×`, of(title, 'cpu').toFixed(2), `${cheaper.toFixed(2)} ×`, of(title, 'store').toFixed(2), memory.toFixed(0), verdict(isMet)]);
    }
    table(rows);
    console.log(`\n${AT_ONCE} files of ${BYTES / AT_ONCE / 1e6} MB at once`);
    for (const [title, client, to] of sides) {
      const { memory } = await measure(client, to, store.pid, Math.floor(BYTES / AT_ONCE), AT_ONCE);
      await store.clear();
      const each = memory / AT_ONCE;
      console.log(`${title.padEnd(32)} ${memory.toFixed(0).padStart(5)} MiB above idle, ${each.toFixed(0)} for each${to === ours ? verdict(each <= MEMORY_MB) : ''}`);
    }
  } finally {
    await close();
  }
}

const [role, ...words] = process.argv.slice(2);
if (role === '--server') await serveTheirs();
else if (role === '--client') await runClient(words);
else await main();
