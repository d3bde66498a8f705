// Damaged requests to a manager, in the process and over a socket. Whatever comes: no 5xx but those that are documented, no
// trap, no hang, and what nobody was allowed to touch is as it was.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { listen } from '../../../pkg-template/cli/server/listen.js';
import { md5, noise } from '../harness/bytes.js';
import { createClient, createManager } from '../harness/package.js';
import { present } from '../harness/present.js';
import { Random } from '../oracle/random.js';
import { anyValue, damagedText, damagedValue, ODD_TEXTS } from './damage.js';

/**
 * @import { Closing } from '../harness/types.d.ts'
 * @import { MediaManager } from '../harness/package.js'
 */

/** @typedef {{ method: string, path: string, headers: [name: string, value: string][], body?: string | Uint8Array<ArrayBuffer> }} Asked */
/** @typedef {{ status: number, headers: Headers, bytes: Buffer }} Answered */
/** @typedef {(asked: Asked) => Promise<Answered | undefined>} Transport Undefined for what the transport cannot express. */

const SITE = '00000000-0000-4000-8000-000000000000';
const KEYS = { read: 'key-of-a-reader', manage: 'key-of-the-owner' };
const BASE = 'http://localhost';
/** It only ends a run that hangs. */
const HANG_MS = 300_000;
/** After so many cases everything that must not change is looked at. */
const CASES_PER_CHECK = 100;

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const AREAS = ['/', '/upload/', '/upload/tus', '/upload/tus/', '/media/', '/download-files/media/', '/archive/wix/', '/repackager/video/', '/icons/', '/site-media/v1/', '/site-media/v1/files/', '/oauth2/token', '/_wix-media/', '/ugd/'];
/** Commands of the host that change something. Nobody here may use them. */
const ADMIN = ['check', 'events', 'export', 'import', 'reset', 'seed', 'faults', 'settings', 'clock', 'health', 'webhook-key', 'x', ''];
const HEADERS = ['Range', 'If-Range', 'If-Match', 'If-None-Match', 'If-Modified-Since', 'If-Unmodified-Since', 'Accept', 'Content-Type', 'Content-Range', 'Content-Encoding', 'Upload-Length', 'Upload-Offset', 'Upload-Metadata', 'Upload-Defer-Length', 'Upload-Concat', 'Upload-Checksum', 'X-HTTP-Method-Override', 'Origin', 'Sec-Fetch-Site', 'X-Forwarded-Proto', 'X-Forwarded-Host', 'wix-media-origin', 'wix-media-token', 'Access-Control-Request-Method', 'Access-Control-Request-Headers', 'Prefer', 'Cookie'];
const VALUES = ['bytes=0-3', 'bytes=-1', 'bytes=5-2', 'bytes=0-0,2-3', 'application/json', 'application/offset+octet-stream', 'multipart/form-data', 'text/event-stream', 'image/webp', 'Thu, 01 Jan 1970 00:00:00 GMT', 'http://evil.example', 'cross-site', 'PATCH', 'DELETE', 'https', '1', '1.0.0', 'token eA==', 'partial', 'sha1 AA=='];

/**
 * The calls of the API, from the reference.
 *
 * @returns {Promise<{ method: string, path: string }[]>}
 */
async function calls() {
  const text = await readFile(new URL('../../../docs/reference.md', import.meta.url), 'utf8');
  return [...text.matchAll(/^\| \[`[\w.]+`\]\(#\w+\) \| `([A-Z]+) (\S+)`/gm)].map(([, method, path]) => ({ method, path: `/site-media/v1${path}` }));
}

/** Bodies of calls, from the corpus. */
async function bodies() {
  const folder = new URL('../../data/corpus/json/', import.meta.url);
  const found = [];
  for (const name of await readdir(folder)) {
    const [, ...lines] = (await readFile(new URL(name, folder), 'utf8')).split('\n');
    found.push(JSON.parse(lines.join('\n')));
  }
  return found;
}

/** @typedef {Awaited<ReturnType<typeof furnish>>} Site */

/**
 * A manager with files of which some may be changed, and some may not.
 *
 * @param {Closing} closing
 */
async function furnish(closing) {
  const apiKeys = Object.entries(KEYS).map(([scope, key]) => ({ key, scope: /** @type {'read' | 'manage'} */ (scope) }));
  /** @type {Error[]} */
  const errors = [];
  const manager = await createManager({ auth: { apiKeys }, siteId: SITE, clock: 'virtual', ids: { seed: 1 }, onError: (error) => errors.push(error) });
  closing.after(() => manager.close());
  const content = noise(5000);
  await manager.seed([
    { path: '/kept/kept.bin', content, private: true },
    { path: '/own/a.bin', content: noise(3000, 2) },
    { path: '/own/b.txt', content: 'text' },
    { path: '/own/photo.jpg', content: await readFile(new URL('../../data/corpus/media/turned.jpg', import.meta.url)) },
  ]);
  const client = createClient({ manager, auth: { apiKey: KEYS.manage, siteId: SITE } });
  const { _id: kept = '' } = /** @type {{ file: { _id?: string } }} */ (await client.paths.resolve('/kept/kept.bin')).file;
  /** Ids and paths that requests are made of. */
  const known = { ids: /** @type {string[]} */ ([]), paths: /** @type {string[]} */ ([]) };
  for await (const item of client.paths.walk('/own')) {
    known.ids.push(String(item.id));
    if (item.kind === 'file') known.paths.push(new URL(String((await client.files.getFileDescriptor(String(item.id))).url)).pathname);
  }
  return {
    manager,
    client,
    errors,
    known,
    calls: await calls(),
    bodies: await bodies(),
    /** Fails unless everything that must not change is as it was. */
    async check() {
      const check = await manager.fetch(`${BASE}/_wix-media/check`, { headers: { authorization: KEYS.manage, 'wix-site-id': SITE } });
      assert.equal((await check.json()).isWhole, true);
      const file = await client.files.getFileDescriptor(kept);
      assert.deepEqual([file.state, file.displayName, file.hash], ['OK', 'kept.bin', md5(content)]);
      const bytes = await (await client.downloads.file(kept)).arrayBuffer();
      assert.equal(md5(new Uint8Array(bytes)), md5(content));
      assert.deepEqual(errors, [], 'causes that were reported');
    },
  };
}

/**
 * Requests by `fetch` of the manager.
 *
 * @param {Site} site
 * @returns {Transport}
 */
const inProcess = ({ manager }) => async ({ method, path, headers, body }) => {
  let request;
  try {
    request = new Request(new URL(path, BASE), { method, headers, body: method === 'GET' || method === 'HEAD' ? undefined : body });
  } catch {
    return undefined;
  }
  const response = await manager.fetch(request);
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await response.body?.cancel();
    return { status: response.status, headers: response.headers, bytes: Buffer.alloc(0) };
  }
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
};

/**
 * Requests as bytes on connections of their own.
 *
 * @param {Closing} closing
 * @param {Site} site
 * @returns {Promise<Transport & { raw: (bytes: string | Uint8Array) => Promise<Buffer> }>}
 */
async function overSocket(closing, { manager }) {
  const server = await listen(manager.fetch, { host: '127.0.0.1', port: 0 });
  closing.after(() => server.stop({ graceMs: 0 }));
  /** @param {string | Uint8Array} bytes */
  const raw = (bytes) =>
    /** @type {Promise<Buffer>} */ (
      new Promise((resolve) => {
        const socket = connect(server.port, '127.0.0.1');
        /** @type {Buffer[]} */
        const chunks = [];
        socket.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
        socket.on('error', () => {});
        socket.on('close', () => resolve(Buffer.concat(chunks)));
        socket.end(bytes);
      })
    );
  /** @type {Transport} */
  const send = async ({ method, path, headers, body = '' }) => {
    // Streams of events do not end.
    if (headers.some(([, value]) => value.includes('event-stream'))) return undefined;
    const bytes = Buffer.from(body);
    const lines = [`${method} ${path.replaceAll(/[\r\n ]/g, '')} HTTP/1.1`, 'Host: localhost', 'Connection: close'];
    for (const [name, value] of headers) lines.push(`${name}: ${value}`);
    lines.push(`Content-Length: ${bytes.length}`, '', '');
    const text = Buffer.from(lines.join('\r\n'), 'latin1');
    return parsed(await raw(Buffer.concat([text, bytes])));
  };
  return Object.assign(send, { raw });
}

/**
 * The first response in these bytes; undefined without one.
 *
 * @param {Buffer} bytes
 * @returns {Answered | undefined}
 */
function parsed(bytes) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first, ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = new Headers();
  for (const line of lines) headers.append(line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim());
  let rest = bytes.subarray(end + 4);
  if (headers.get('transfer-encoding') === 'chunked') {
    const parts = [];
    for (;;) {
      const lineEnd = rest.indexOf('\r\n');
      const size = Number.parseInt(rest.subarray(0, lineEnd).toString('latin1'), 16);
      if (!(size > 0)) break;
      parts.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size));
      rest = rest.subarray(lineEnd + 2 + size + 2);
    }
    rest = Buffer.concat(parts);
  }
  return { status: Number(first.split(' ')[1]), headers, bytes: rest };
}

/**
 * Fails unless an answer is one that callers can rely on.
 *
 * @param {Asked} asked
 * @param {Answered} answered
 */
function judge({ method }, { status, headers, bytes }) {
  assert.ok(status >= 200 && status < 600, `status ${status}`);
  if (status >= 500) {
    // Busy is the only failure that is nobody's fault.
    assert.equal(status, 503, bytes.toString().slice(0, 200));
    assert.ok(headers.get('retry-after'), 'a 503 says when to try again');
  }
  if (method === 'HEAD' || status === 204 || status === 304) return assert.equal(bytes.length, 0, 'a body where none belongs');
  const length = headers.get('content-length');
  if (length !== null) assert.equal(bytes.length, Number(length));
  if (!headers.get('content-type')?.startsWith('application/json')) return undefined;
  const value = JSON.parse(bytes.toString());
  if (status >= 400) assert.deepEqual([typeof value.message, typeof value.details], ['string', 'object'], bytes.toString().slice(0, 200));
  return value;
}

/** @param {Random} random */
const credentials = (random) =>
  /** @type {[string, string][]} */ (
    random.choose(
      [6, () => [['Authorization', KEYS.manage], ['wix-site-id', SITE]]],
      [2, () => [['Authorization', KEYS.read], ['wix-site-id', SITE]]],
      [1, () => []],
      [1, () => [['Authorization', damagedText(random, `Bearer ${KEYS.manage}x`)], ['wix-site-id', SITE]]],
    )
  );

/** @param {Random} random */
const oddHeaders = (random) => /** @type {[string, string][]} */ (random.list(4, () => [random.pick(HEADERS), random.chance(0.6) ? random.pick(VALUES) : random.pick(ODD_TEXTS)]));

/**
 * A call of the API with a body that is nearly right.
 *
 * @param {Random} random
 * @param {Site} site
 * @returns {Asked}
 */
function damagedCall(random, { known, calls, bodies }) {
  const call = random.pick(calls);
  const id = () => (random.chance(0.7) ? random.pick(known.ids) : random.pick(ODD_TEXTS));
  let path = call.path.replace(/\{[\w.]+\}/, () => encodeURIComponent(id().toWellFormed()));
  if (call.method === 'GET') path += `?fileId=${encodeURIComponent(id().toWellFormed())}&paging.limit=${random.pick(['1', '100', '101', '-1', 'x', ''])}&paging.cursor=${random.pick(ODD_TEXTS.slice(2, 8))}&sort.fieldName=${random.pick(['displayName', 'x', ''])}`;
  /** @type {unknown} */
  let body = structuredClone(random.pick(bodies));
  // With ids that are known, more than a refusal comes of it.
  body = JSON.parse(JSON.stringify(body), (name, value) => (/^(fileIds?|folderIds?|id|parentFolderId)$/.test(name) && random.chance(0.7) ? (Array.isArray(value) ? [id()] : id()) : value));
  if (random.chance(0.8)) body = damagedValue(random, body);
  let text = JSON.stringify(body) ?? '';
  if (random.chance(0.1)) text = damagedText(random, text);
  return { method: call.method, path, headers: [...credentials(random), ['Content-Type', 'application/json']], body: text.toWellFormed() };
}

/**
 * A request to any place.
 *
 * @param {Random} random
 * @param {Site} site
 * @returns {Asked}
 */
function anyRequest(random, { known }) {
  const area = random.pick(AREAS);
  const isAdmin = area === '/_wix-media/';
  const tail = () => (random.chance(0.5) ? random.pick(ODD_TEXTS) : damagedText(random, random.pick(known.paths).slice(1)));
  let path = isAdmin ? area + random.pick(ADMIN) : random.chance(0.4) ? random.pick(known.paths) : area + encodeURI(tail().toWellFormed());
  if (random.chance(0.3)) path += `/v1/${random.pick(['fill', 'fit', 'crop', 'x'])}/${random.pick(['w_10,h_10', 'w_5000,h_5000', 'w_0,h_0', 'w_-1', 'w_1e9,h_1', 'x_1,y_1,w_9,h_9', ''])}/a.${random.pick(['jpg', 'png', 'webp', ''])}`;
  if (random.chance(0.3)) path += `?${encodeURI(random.pick(ODD_TEXTS).toWellFormed())}=${encodeURIComponent(random.pick(ODD_TEXTS).toWellFormed())}`;
  const method = random.chance(0.95) ? random.pick(METHODS) : random.pick(['TRACE', 'CONNECT', 'PROPFIND', 'x']);
  // Whoever may administer may also reset.
  const headers = isAdmin ? (random.chance(0.5) ? /** @type {[string, string][]} */ ([['Authorization', KEYS.read], ['wix-site-id', SITE]]) : []) : credentials(random);
  const body = random.choose([2, () => ''], [1, () => JSON.stringify(anyValue(random)).toWellFormed()], [1, () => noise(random.below(3000), random.bits())]);
  return { method, path, headers: [...headers, ...oddHeaders(random)], body };
}

/**
 * A session of TUS whose requests come in any order, with any numbers. What is there is always what was sent.
 *
 * @param {Random} random
 * @param {Site} site
 * @param {(asked: Asked) => Promise<Answered | undefined>} ask
 */
async function tusSession(random, { client }, ask) {
  const { uploadUrl, uploadToken } = await client.files.generateFileResumableUploadUrl('application/octet-stream', { fileName: 'tus.bin' });
  const { pathname } = new URL(present(uploadUrl));
  let length = random.pick([0, 1, 100, 5000]);
  const content = noise(length + 10, random.bits());
  const metadata = `token ${btoa(present(uploadToken))}`;
  /** @type {string | undefined} */
  let location;
  let offset = 0;
  for (let step = random.below(12); step >= 0; step -= 1) {
    const version = random.chance(0.9) ? '1.0.0' : random.pick(['0.2.2', '', 'x']);
    const where = location && random.chance(0.95) ? location : `${pathname}/${random.pick(['0'.repeat(32), 'x', '%00', ''])}`;
    const number = () => (random.chance(0.6) ? String(offset) : random.pick(['0', '-1', '1.5', 'x', '', '99999999999999999999', String(length), String(length + 1)]));
    const size = random.below(length + 5);
    /** @type {Asked} */
    const asked = random.choose(
      [3, () => ({ method: 'POST', path: pathname, headers: [['Upload-Length', random.chance(0.8) ? String(length) : number()], ['Upload-Metadata', random.chance(0.9) ? metadata : damagedText(random, metadata).replaceAll(/[^\x20-\x7e]/g, '')]] })],
      [6, () => ({ method: 'PATCH', path: where, headers: [['Upload-Offset', number()], ['Content-Type', random.chance(0.9) ? 'application/offset+octet-stream' : 'text/plain']], body: content.slice(offset, offset + size) })],
      [3, () => ({ method: 'HEAD', path: where, headers: [] })],
      [1, () => ({ method: 'DELETE', path: where, headers: [] })],
      [1, () => ({ method: 'OPTIONS', path: where, headers: [] })],
      [1, () => ({ method: 'POST', path: where, headers: [['X-HTTP-Method-Override', random.pick(['PATCH', 'HEAD', 'DELETE', 'x'])], ['Upload-Offset', number()]] })],
      [1, () => ({ method: 'PUT', path: `${pathname}/${uploadToken}`, headers: [['Content-Type', 'application/json']], body: '{}' })],
    );
    const answered = await ask({ ...asked, headers: [['Tus-Resumable', version], ...asked.headers] });
    if (!answered) continue;
    const { status, headers, bytes } = answered;
    if (asked.method === 'POST' && status === 201) {
      location = new URL(present(headers.get('location')), BASE).pathname;
      length = Number(present(asked.headers.find(([name]) => name === 'Upload-Length'))[1]);
      offset = 0;
    } else if (asked.method === 'PATCH' && status === 204) {
      const now = Number(headers.get('upload-offset'));
      assert.ok(now >= offset && now <= length, `the offset went from ${offset} to ${now} of ${length}`);
      offset = now;
    } else if (asked.method === 'HEAD' && asked.path === location && status === 200) {
      assert.equal(Number(headers.get('upload-offset')), offset, 'what was acknowledged is there, and nothing else');
    } else if (asked.method === 'PUT' && status === 200) {
      const { file } = JSON.parse(bytes.toString());
      assert.equal(file.hash, md5(content.subarray(0, length)), 'the file has what was sent');
      return;
    }
  }
}

/**
 * Bytes that are hardly HTTP.
 *
 * @param {Random} random
 * @param {Site} site
 */
function rawBytes(random, { known }) {
  const head = `${random.pick(METHODS)} ${random.pick(known.paths)} HTTP/1.1\r\nHost: localhost\r\n`;
  const text = random.choose(
    [3, () => damagedText(random, `${head}Connection: close\r\n\r\n`)],
    [1, () => `${head}Content-Length: ${random.pick(['-1', 'x', '1e9', '5, 6', '99999999999999999999'])}\r\n\r\nbody`],
    [1, () => `${head}Transfer-Encoding: ${random.pick(['chunked', 'gzip', 'chunked, chunked', 'x'])}\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`],
    [2, () => `${head}Transfer-Encoding: chunked\r\n\r\n${random.pick(['5\r\nabc', 'zz\r\n', '-1\r\n', 'fffffffff\r\nx', '3;x=y\r\nabc\r\n0\r\nX: y\r\n\r\n'])}`],
    [1, () => `${head}${'X: y\r\n'.repeat(random.below(4000))}\r\n`],
    [1, () => `${head}X: ${'a'.repeat(random.below(70_000))}\r\n\r\n`],
    [1, () => `${head}Expect: ${random.pick(['100-continue', 'x'])}\r\nContent-Length: 3\r\n\r\nabc`],
    [1, () => `${head}\r\n${head}\r\n${head}Connection: close\r\n\r\n`],
    [1, () => `GET http://[::1/x HTTP/1.1\r\nHost: ${random.pick(['a b', '', 'localhost/x', '[', 'localhost:99999'])}\r\n\r\n`],
  );
  return Buffer.from(text, 'latin1');
}

/**
 * Makes cases. Resolves to the number of answers of each status.
 *
 * @param {Closing} closing
 * @param {{ seed: number, cases: number, only?: number }} options `only` makes one case alone.
 */
export async function fuzzHttp(closing, { seed, cases, only }) {
  const site = await furnish(closing);
  const direct = inProcess(site);
  const socket = await overSocket(closing, site);
  /** @type {Record<string, number>} */
  const statuses = {};
  for (let number = only ?? 0; number < (only === undefined ? cases : only + 1); number += 1) {
    const random = new Random(seed * 7919 + number);
    /** @type {Asked | string | undefined} */
    let last;
    /** @param {Asked} asked */
    const ask = async (asked) => {
      last = asked;
      const answered = await (random.chance(0.8) ? direct : socket)(asked);
      if (!answered) return undefined;
      judge(asked, answered);
      statuses[answered.status] = (statuses[answered.status] ?? 0) + 1;
      return answered;
    };
    /** @type {() => Promise<unknown>} */
    const run = random.choose(
      [5, () => () => ask(damagedCall(random, site))],
      [4, () => () => ask(anyRequest(random, site))],
      [2, () => () => tusSession(random, site, ask)],
      [1, () => async () => {
        const bytes = rawBytes(random, site);
        last = bytes.toString('latin1').slice(0, 500);
        const answered = parsed(await socket.raw(bytes));
        if (answered) assert.ok(answered.status < 500 || answered.status === 505, `status ${answered.status}`);
      }],
    );
    try {
      await withinTime(run());
      if (number % CASES_PER_CHECK === CASES_PER_CHECK - 1) await site.check();
    } catch (error) {
      const shown = typeof last === 'object' ? { ...last, body: Buffer.from(last.body ?? '').toString('latin1').slice(0, 500) } : last;
      throw new Error(`case ${number}: WIX_MEDIA_SEED=${seed} WIX_MEDIA_CASE=${number} makes it again, ${JSON.stringify(shown)}`, { cause: error });
    }
  }
  await site.check();
  return statuses;
}

/**
 * @template Value
 * @param {Promise<Value>} work
 */
function withinTime(work) {
  /** @type {NodeJS.Timeout} */
  let timer;
  const hang = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('it hangs')), HANG_MS);
  });
  return Promise.race([work, hang]).finally(() => clearTimeout(timer));
}
