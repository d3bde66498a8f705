// The native server itself: settings, strangers, bodies of any size, events, its log and its end.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { before, suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync } from 'node:zlib';
import { md5, noise } from '../harness/bytes.js';
import { leftovers } from '../harness/leftovers.js';
import { withinTime } from '../harness/limit.js';
import { temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { served } from '../harness/served.js';
import { ask, native, peakMemory, program, run } from './native.js';

/** @import { TestContext } from 'node:test' */
/** @import { Answer, Native } from './native.js' */

const EVIL = { origin: 'http://evil.example' };

/** @param {Answer} answer */
const codeOf = ({ status, text }) => [status, JSON.parse(text).details?.applicationError?.code];

/**
 * A server in a folder of its own.
 *
 * @param {TestContext} t
 * @param {string[]} [args]
 * @param {NodeJS.ProcessEnv} [env]
 */
async function start(t, args, env) {
  const server = await native(t, await temporaryFolder(t), args, env);
  if (!server.origin) throw new Error(`wix-media-server ended: ${server.text.stderr}`);
  return server;
}

/**
 * The address to which a file can be sent.
 *
 * @param {string} origin
 * @param {string} fileName
 */
async function uploadUrl(origin, fileName) {
  const { uploadUrl: url } = await createClient({ baseUrl: origin }).files.generateFileUploadUrl('application/octet-stream', { fileName });
  return present(url);
}

/**
 * An upload for whose body the server has begun to wait.
 *
 * @param {string} url
 * @param {number} length
 */
async function begun(url, length) {
  const headers = { 'content-type': 'application/octet-stream', 'content-length': length, expect: '100-continue' };
  const request = httpRequest(url, { method: 'PUT', headers });
  request.flushHeaders();
  await withinTime('the permission to send a body', once(request, 'continue'));
  return request;
}

/**
 * A grey PNG of a size that takes a while to decode.
 *
 * @param {number} edge
 */
function greyPng(edge) {
  const chunk = (/** @type {string} */ type, /** @type {Uint8Array} */ content) => {
    const named = Buffer.concat([Buffer.from(type), content]);
    const around = Buffer.alloc(8);
    around.writeUInt32BE(content.length);
    around.writeUInt32BE(crc32(named), 4);
    return Buffer.concat([around.subarray(0, 4), named, around.subarray(4)]);
  };
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0]);
  header.writeUInt32BE(edge);
  header.writeUInt32BE(edge, 4);
  const rows = Buffer.alloc((edge + 1) * edge);
  const parts = [Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  return new Uint8Array(Buffer.concat(parts));
}

/**
 * The files of blobs in the directory of a server, without its reserve of space.
 *
 * @param {string} folder
 */
const blobsIn = (folder) =>
  readdirSync(join(folder, 'blobs'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name !== 'reserve')
    .map(({ name }) => name);

/**
 * Waits until something is so.
 *
 * @param {() => boolean | Promise<boolean>} isSo
 */
async function until(isSo) {
  while (!(await isSo())) await setTimeout(20);
}

/** How many files a program may have open. */
const openFiles = () => Number(execFileSync('sh', ['-c', 'ulimit -Sn'], { encoding: 'utf8' }));

suite('settings', () => {
  test('a wrong setting is one sentence on the standard error, and exit code 2', async (t) => {
    const folder = await temporaryFolder(t);
    const file = join(folder, 'settings.toml');
    await writeFile(file, 'data = "x"\nprot = 5\n');
    for (const [args, env, expected] of /** @type {[string[], NodeJS.ProcessEnv, string][]} */ ([
      [['serve'], {}, 'no directory: use --data DIR, or set WIX_MEDIA_DATA'],
      [['serve', '--data', folder, '--port', '70000'], {}, 'invalid --port: expected a whole number from 0 to 65535, found 70000'],
      [['serve', '--data', folder], { WIX_MEDIA_PORT: 'x' }, 'invalid WIX_MEDIA_PORT: expected a whole number from 0 to 65535, found x'],
      [['serve', '--data', folder, '--host', '0.0.0.0'], {}, '--host 0.0.0.0 lets other machines in: set WIX_API_KEY, or use --api-key-file FILE'],
      [['serve', '--data', folder, '--max-connections', '1000000'], {}, `invalid --max-connections: expected at most ${Math.floor(openFiles() * 0.75)} with ${openFiles()} open files (ulimit -n), found 1000000`],
      [['serve', '--data', folder, '--webhook', 'ftp://host'], {}, 'invalid --webhook: expected http:// or https:// and a host without a user name, found ftp://host'],
      [['serve', '--data', folder], { WIX_MEDIA_WEBHOOK: 'https://me:secret@host/hook?key=secret' }, 'invalid WIX_MEDIA_WEBHOOK: expected http:// or https:// and a host without a user name, found https://host'],
      [['serve', '--data', folder], { WIX_MEDIA_WEBHOOK: 'https://a.example', WIX_MEDIA_WEBHOOK_EVENT: 'ready' }, 'invalid WIX_MEDIA_WEBHOOK_EVENT: expected one of file_ready, file_failed, file_updated, file_deleted, folder_created, folder_updated, folder_deleted, found ready'],
      [['serve', '--data', folder, '--webhook-event', 'file_ready'], {}, '--webhook-event needs --webhook URL'],
      [['serve', '--config', file], {}, `unknown setting in ${file}: prot`],
      [['serve', '--prot', '5'], {}, "unexpected argument '--prot' found; see wix-media-server serve --help"],
      [['srve'], {}, "unrecognized subcommand 'srve'; see wix-media-server --help"],
    ])) {
      const ended = await run(args, env);
      assert.deepEqual([ended.code, ended.stderr, ended.stdout], [2, `wix-media-server: ${expected}\n`, '']);
    }
  });

  test('a key that is not UTF-8 does not count as unset', async (t) => {
    const folder = await temporaryFolder(t);
    const { code, stderr } = await run(['-c', 'WIX_API_KEY=$(printf "\\377") exec "$@"', 'sh', program(), 'serve', '--data', folder], {}, 'sh');
    assert.deepEqual([code, stderr], [2, 'wix-media-server: WIX_API_KEY must be UTF-8\n']);
  });

  test('a port in use is a failure with advice, and exit code 1', async (t) => {
    const { origin } = await start(t);
    const { port } = new URL(origin);
    const { code, stderr } = await run(['serve', '--data', await temporaryFolder(t), '--port', port]);
    assert.deepEqual([code, stderr], [1, `wix-media-server: port ${port} is in use by another program: stop that, or choose another with --port N\n`]);
  });

  test('keys of a file are required, and are never in the log', async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, 'keys'), 'first-secret-1\nsecond-secret-2\n');
    const { origin, text, end } = await start(t, ['--api-key-file', join(folder, 'keys'), '--site-id', 'site', '--log-level', 'debug']);
    const files = '/site-media/v1/files';
    assert.equal((await ask(origin, 'GET', files)).status, 401);
    assert.equal((await ask(origin, 'GET', files, { headers: { authorization: 'wrong', 'wix-site-id': 'site' } })).status, 401);
    for (const authorization of ['first-secret-1', 'second-secret-2']) {
      assert.equal((await ask(origin, 'GET', files, { headers: { authorization, 'wix-site-id': 'site' } })).status, 200);
      assert.equal((await ask(origin, 'GET', '/_wix-media/events', { headers: { authorization, 'wix-site-id': 'site' } })).status, 200);
    }
    assert.equal((await ask(origin, 'GET', '/_wix-media/export')).status, 401);
    assert.equal((await ask(origin, 'POST', '/_wix-media/reset')).status, 401);
    // Probes need no key.
    assert.deepEqual(JSON.parse((await ask(origin, 'GET', '/healthz')).text), { status: 'ok' });
    assert.deepEqual(JSON.parse((await ask(origin, 'GET', '/readyz')).text), { status: 'ready' });

    const client = createClient({ baseUrl: origin, auth: { apiKey: 'first-secret-1', siteId: 'site' } });
    const { uploadUrl: url } = await client.files.generateFileUploadUrl('text/plain', { fileName: 'a.txt' });
    const token = present(new URL(present(url)).pathname.split('/').at(-1));
    assert.equal((await fetch(present(url), { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'a' })).status, 200);
    await end();
    for (const secret of ['first-secret-1', 'second-secret-2', token, token.split('.')[1]]) assert.ok(!text.stdout.includes(secret), secret);
    assert.match(text.stdout, /"path":"\/upload\/\[redacted\]"/);
  });
});

suite('strangers', () => {
  const closing = leftovers();
  /** @type {Native} */
  let server;
  before(async () => {
    server = await native(closing, await temporaryFolder(closing), ['--allow-origin', 'https://app.example']);
  });

  test('Host: a name that was made to lead here is refused, before the body is read', async () => {
    for (const [method, path] of [
      ['GET', '/_wix-media/export'],
      ['POST', '/_wix-media/reset'],
      ['PUT', '/_wix-media/import'],
      ['GET', '/site-media/v1/folders'],
      ['OPTIONS', '/site-media/v1/folders'],
      ['PUT', '/upload/x'],
      ['GET', '/media/x'],
      ['GET', '/healthz'],
    ]) {
      const answer = await ask(server.origin, method, path, { headers: { host: 'evil.example' } });
      assert.deepEqual(codeOf(answer), [403, 'HOST_NOT_ALLOWED'], `${method} ${path}`);
      assert.equal(answer.headers['access-control-allow-origin'], undefined);
    }
    const socket = connect(Number(new URL(server.origin).port), '127.0.0.1');
    socket.write('PUT /_wix-media/import HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 1000000000\r\n\r\n');
    const [first] = await withinTime('the refusal', once(socket, 'data'));
    assert.match(first.toString(), /^HTTP\/1\.1 403 /);
    socket.destroy();
  });

  test('Origin: pages of others show media, and nothing else', async () => {
    const json = { 'content-type': 'application/json' };
    assert.deepEqual(codeOf(await ask(server.origin, 'GET', '/site-media/v1/files', { headers: EVIL })), [403, 'ORIGIN_NOT_ALLOWED']);
    assert.deepEqual(codeOf(await ask(server.origin, 'POST', '/_wix-media/reset', { headers: { ...EVIL, ...json }, body: '{}' })), [403, 'ORIGIN_NOT_ALLOWED']);
    assert.equal((await ask(server.origin, 'GET', '/media/none.jpg', { headers: EVIL })).status, 404);
    // A page of this machine calls the API, but not what only its owner may.
    const neighbour = { origin: 'http://localhost:5173' };
    assert.equal((await ask(server.origin, 'GET', '/site-media/v1/files', { headers: neighbour })).status, 200);
    assert.deepEqual(codeOf(await ask(server.origin, 'GET', '/_wix-media/events', { headers: neighbour })), [403, 'ORIGIN_NOT_ALLOWED']);
    assert.deepEqual(codeOf(await ask(server.origin, 'POST', '/site-media/v1/folders', { headers: { ...neighbour, 'content-type': 'text/plain' }, body: '{}' })), [403, 'PREFLIGHT_REQUIRED']);
    const listed = { origin: 'https://app.example' };
    const answer = await ask(server.origin, 'GET', '/_wix-media/events', { headers: listed });
    assert.deepEqual([answer.status, answer.headers['access-control-allow-origin'], answer.headers.vary], [200, listed.origin, 'Origin']);
    const preflight = await ask(server.origin, 'OPTIONS', '/_wix-media/reset', { headers: { ...listed, 'access-control-request-headers': 'content-type' } });
    assert.deepEqual([preflight.status, preflight.headers['access-control-allow-headers']], [204, 'content-type']);
  });

  test('a path that leads around is judged where it leads', async () => {
    for (const path of ['/media/../_wix-media/export', '/media/%2e%2e/_wix-media/export']) {
      assert.deepEqual(codeOf(await ask(server.origin, 'GET', path, { headers: EVIL })), [403, 'ORIGIN_NOT_ALLOWED'], path);
    }
  });

  test('unknown commands, methods and members are refused by name', async () => {
    assert.deepEqual(codeOf(await ask(server.origin, 'GET', '/_wix-media/nothing')), [404, 'NOT_FOUND']);
    const wrong = await ask(server.origin, 'DELETE', '/_wix-media/reset');
    assert.deepEqual([...codeOf(wrong), wrong.headers.allow], [405, 'METHOD_NOT_ALLOWED', 'POST']);
    for (const [method, path, body, field] of [
      ['PATCH', 'settings', '{"limit":{}}', 'limit'],
      ['PATCH', 'settings', '{', 'body'],
      ['POST', 'faults', '[{"match":5}]', 'faults[0].match'],
      ['POST', 'clock', '{"advanceMs":1}', 'clock'],
      ['GET', 'events?after=x', '', 'after'],
      ['GET', 'events?limit=0', '', 'limit'],
      ['GET', 'check?blobs=some', '', 'blobs'],
      ['PUT', 'seed?entry=x', 'a', 'entry'],
    ]) {
      const { status, text } = await ask(server.origin, method, `/_wix-media/${path}`, { body });
      assert.deepEqual([status, JSON.parse(text).details.validationError?.fieldViolations[0].field], [400, field], `${method} ${path}`);
    }
    assert.equal((await ask(server.origin, 'TRACE', '/')).status, 400);
  });
});

suite('bodies', () => {
  const closing = leftovers();
  /** @type {Native} */
  let server;
  before(async () => {
    server = await native(closing, await temporaryFolder(closing));
  });

  test('HEAD, ranges and conditions are answered without the whole', async () => {
    const bytes = noise(700_000, 3);
    const url = await uploadUrl(server.origin, 'ranges.bin');
    const { file } = await (await fetch(url, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: bytes })).json();
    const head = await fetch(file.url, { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers.get('content-length'), (await head.arrayBuffer()).byteLength], [200, '700000', 0]);
    const tag = present(head.headers.get('etag'));
    for (const [range, from, to] of /** @type {[string, number, number][]} */ ([['bytes=0-9', 0, 10], ['bytes=131071-131072', 131_071, 131_073], ['bytes=-5', 699_995, 700_000], ['bytes=500000-', 500_000, 700_000]])) {
      const part = await fetch(file.url, { headers: { range } });
      assert.deepEqual([part.status, part.headers.get('content-range')], [206, `bytes ${from}-${to - 1}/700000`]);
      assert.equal(Buffer.compare(new Uint8Array(await part.arrayBuffer()), bytes.subarray(from, to)), 0, range);
    }
    assert.equal((await fetch(file.url, { headers: { range: 'bytes=700000-' } })).status, 416);
    const known = await fetch(file.url, { headers: { 'if-none-match': tag } });
    assert.deepEqual([known.status, await known.text()], [304, '']);
    assert.equal((await fetch(file.url, { headers: { 'if-match': '"other"' } })).status, 412);
  });

  test('a large file passes through in both directions without being held in memory', async () => {
    const size = 192 << 20;
    const piece = noise(1 << 20, 11);
    const before = peakMemory(server.child.pid);
    const url = await uploadUrl(server.origin, 'large.bin');
    const source = Readable.toWeb(Readable.from((function* () {
      for (let at = 0; at < size; at += piece.length) yield piece;
    })()));
    const init = { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: source, duplex: 'half' };
    const { file } = await (await fetch(url, /** @type {RequestInit} */ (/** @type {unknown} */ (init)))).json();
    assert.equal(file.sizeInBytes, String(size));
    const response = await fetch(file.url);
    let received = 0;
    for await (const chunk of present(response.body)) received += chunk.length;
    assert.equal(received, size);
    const archive = await fetch(`${server.origin}/_wix-media/export`);
    let archived = 0;
    for await (const chunk of present(archive.body)) archived += chunk.length;
    assert.ok(archived > size);
    const grown = peakMemory(server.child.pid) - before;
    assert.ok(grown < size / 3, `${grown} bytes more`);
  });

  test('an upload whose sender leaves is no file, and can be sent again', async () => {
    const bytes = noise(4_000_000, 5);
    const url = await uploadUrl(server.origin, 'broken.bin');
    const request = httpRequest(url, { method: 'PUT', headers: { 'content-type': 'application/octet-stream', 'content-length': bytes.length } });
    request.on('error', () => {});
    request.write(bytes.subarray(0, 1_000_000));
    await new Promise((resolve) => request.write(bytes.subarray(1_000_000, 2_000_000), resolve));
    request.destroy();
    // The answer goes to nobody, but the log has it.
    await server.logged('request', { status: 400 });
    const { files } = createClient({ baseUrl: server.origin });
    const found = await files.searchFiles({ search: 'broken' });
    assert.deepEqual(found.files, []);
    // The same URL takes all of it afterwards.
    const whole = await fetch(url, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: bytes });
    assert.equal((await whole.json()).file.hash, md5(bytes));
  });

  test('an archive replaces everything, and a damaged one nothing', async (t) => {
    const { origin } = await start(t);
    const { folders, uploads } = createClient({ baseUrl: origin });
    await uploads.upload(noise(300_000, 13), { displayName: 'archived.bin' });
    const names = async () => (await folders.listFolders()).folders?.map(({ displayName }) => displayName).sort();
    await folders.createFolder('in the archive');
    const archive = new Uint8Array(await (await fetch(`${origin}/_wix-media/export`)).arrayBuffer());
    await folders.createFolder('later');
    const cut = await fetch(`${origin}/_wix-media/import`, { method: 'PUT', body: archive.subarray(0, archive.length - 100) });
    assert.equal(cut.status, 400);
    assert.deepEqual(await names(), ['in the archive', 'later']);
    const all = await fetch(`${origin}/_wix-media/import`, { method: 'PUT', body: archive });
    assert.equal(all.status, 200);
    assert.deepEqual(await names(), ['in the archive']);
  });

  test('a picture is transformed once for everybody who waits, and has its colours', async () => {
    const { samples } = await import('../scenarios/samples.js');
    const { uploads } = createClient({ baseUrl: server.origin });
    const file = await uploads.upload(new Uint8Array(samples.png), { displayName: 'picture.png' });
    assert.ok(JSON.stringify(file).includes('"prominent"'), JSON.stringify(file));
    const url = `${file.url}/v1/fit/w_20,h_20/picture.png`;
    const answers = await Promise.all(Array.from({ length: 6 }, () => fetch(url)));
    const bodies = await Promise.all(answers.map(async (answer) => md5(new Uint8Array(await answer.arrayBuffer()))));
    assert.deepEqual(answers.map(({ status }) => status), Array(6).fill(200));
    assert.equal(new Set(bodies).size, 1);
    const head = await fetch(url, { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers.get('content-type')], [200, answers[0].headers.get('content-type')]);
    assert.equal((await fetch(`${file.url}/v1/fit/w_0,h_20/picture.png`)).status, 400);
  });

  test('a resumable upload of a picture has its colours', async () => {
    const { samples } = await import('../scenarios/samples.js');
    const bytes = new Uint8Array(samples.png);
    const { files } = createClient({ baseUrl: server.origin });
    const { uploadUrl: url, uploadToken: token } = await files.generateFileResumableUploadUrl('image/png', { fileName: 'resumed.png' });
    const base64 = (/** @type {string | null | undefined} */ text) => Buffer.from(present(text)).toString('base64');
    const metadata = `filename ${base64('resumed.png')},contentType ${base64('image/png')},token ${base64(token)}`;
    const version = { 'tus-resumable': '1.0.0' };
    const created = await fetch(present(url), { method: 'POST', headers: { ...version, 'upload-length': String(bytes.length), 'upload-metadata': metadata } });
    const location = new URL(present(created.headers.get('location')), present(url));
    const headers = { ...version, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
    assert.equal((await fetch(location, { method: 'PATCH', headers, body: bytes })).status, 204);
    const made = await fetch(`${url}/${token}`, { method: 'PUT', headers: version });
    assert.equal(made.status, 200);
    assert.match(await made.text(), /"prominent"/);
  });

  test('transforms: more than 32 that wait are refused, and those that nobody waits for are dropped', async (t) => {
    const { origin } = await start(t);
    const file = await createClient({ baseUrl: origin }).uploads.upload(greyPng(2000), { displayName: 'large.png' });
    const sizes = Array.from({ length: 40 }, (_, at) => `${file.url}/v1/fit/w_${1000 + at},h_1000/large.png`);
    const leaving = new AbortController();
    const all = sizes.map((url) => fetch(url, { signal: leaving.signal }));
    const refusals = all.map(async (answer) => {
      const { status, headers } = await answer;
      assert.equal(status, 503);
      return headers.get('retry-after');
    });
    assert.equal(await withinTime('a refusal', Promise.any(refusals)), '1');
    leaving.abort();
    await Promise.allSettled(refusals);
    // They give up their places as soon as the server knows.
    const answered = async () => {
      for (;;) {
        const { status } = await fetch(`${file.url}/v1/fit/w_20,h_20/large.png`);
        if (status !== 503) return status;
      }
    };
    assert.equal(await withinTime('a place', answered()), 200);
  });
});

suite('events', () => {
  test('a stream has what happened after a number, once and in order, and what happens later', async (t) => {
    const { origin } = await start(t);
    const { folders } = createClient({ baseUrl: origin });
    for (const name of ['one', 'two']) await folders.createFolder(name);
    const stream = await fetch(`${origin}/_wix-media/events?after=1`, { headers: { accept: 'text/event-stream' } });
    assert.equal(stream.headers.get('content-type'), 'text/event-stream');
    let text = '';
    const reader = present(stream.body).pipeThrough(new TextDecoderStream()).getReader();
    const until = async (/** @type {string} */ part) => {
      while (!text.includes(part)) text += (await withinTime(part, reader.read())).value ?? assert.fail(`ended before ${part}: ${text}`);
    };
    await until('"two"');
    const later = Promise.all(['three', 'four', 'five'].map((name) => folders.createFolder(name)));
    await until('id: 5\n');
    await later;
    assert.match(text, /^retry: 1000\nid: 1\n\nid: 2\nevent: wix\.media\.site_media\.v1\.folder_created\ndata: \{/);
    assert.deepEqual([...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => id), ['1', '2', '3', '4', '5']);
    await reader.cancel();
  });

  test('a page of events has URLs of the address that was called', async (t) => {
    const { origin } = await start(t);
    await createClient({ baseUrl: origin }).uploads.upload(new Blob(['a']), { displayName: 'a.txt' });
    const address = origin.replace('127.0.0.1', 'localhost');
    const { events, lastEvent } = await (await fetch(`${address}/_wix-media/events`)).json();
    assert.equal(events.at(-1).number, lastEvent);
    assert.ok(JSON.stringify(events).includes(`${address}/`), JSON.stringify(events));
  });
});

suite('the end', () => {
  test('a signal ends streams, and waits for requests that are under way', async (t) => {
    const server = await start(t);
    const { origin } = server;
    const stream = await fetch(`${origin}/_wix-media/events`, { headers: { accept: 'text/event-stream' } });
    const bytes = noise(100_000, 9);
    const request = await begun(await uploadUrl(origin, 'late.bin'), bytes.length);
    const answered = once(request, 'response');
    request.write(bytes.subarray(0, 50_000));
    server.child.kill('SIGTERM');
    await server.logged('stopping');
    for await (const _ of present(stream.body));
    await assert.rejects(fetch(`${origin}/healthz`));
    request.end(bytes.subarray(50_000));
    const [response] = await withinTime('the answer', answered);
    assert.equal(response.statusCode, 200);
    response.resume();
    assert.deepEqual(await withinTime('the end', server.ended), { code: 0, signal: null });
  });

  test('a second signal, or the end of the time, cuts them off', async (t) => {
    for (const [args, signals] of /** @type {[string[], number][]} */ ([[[], 2], [['--shutdown-seconds', '0'], 1]])) {
      const folder = await temporaryFolder(t);
      const server = await native(t, folder, args);
      const request = await begun(await uploadUrl(server.origin, 'never.bin'), 10_000_000);
      const failed = once(request, 'error');
      request.write(noise(1_000_000, 21));
      await withinTime('the beginning of the file', until(() => blobsIn(folder).length > 0));
      server.child.kill('SIGTERM');
      await server.logged('stopping');
      if (signals === 2) server.child.kill('SIGTERM');
      assert.deepEqual(await withinTime('the end', server.ended), { code: 0, signal: null });
      await failed;
      assert.deepEqual(blobsIn(folder), [], 'nothing is kept of what was cut off');
    }
  });

  test('an import that is being fetched is given up, keeps nothing, and is fetched again', async (t) => {
    const folder = await temporaryFolder(t);
    let isWhole = false;
    const source = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': 2_000_000 });
      if (isWhole) response.end(noise(2_000_000, 22));
      else response.write(noise(1_000_000, 22));
    });
    source.listen(0, '127.0.0.1');
    await once(source, 'listening');
    t.after(() => source.close().closeAllConnections());
    const { port } = /** @type {import('node:net').AddressInfo} */ (source.address());
    const first = await native(t, folder, ['--allow-private-imports']);
    const { files } = createClient({ baseUrl: first.origin });
    const { file } = await files.importFile(`http://127.0.0.1:${port}/a.bin`, { displayName: 'a.bin', mimeType: 'application/octet-stream' });
    await withinTime('the beginning of the file', until(() => blobsIn(folder).length > 0));
    assert.deepEqual(await first.end(), { code: 0, signal: null });
    assert.deepEqual(blobsIn(folder), []);
    isWhole = true;
    const second = await native(t, folder, ['--allow-private-imports']);
    const again = createClient({ baseUrl: second.origin }).files;
    const isReady = async () => (await again.getFileDescriptor(present(file?._id))).operationStatus === 'READY';
    await withinTime('the file', until(isReady));
  });

  test('connections above the limit are refused with a reason, unless one is idle', async (t) => {
    const { origin } = await start(t, ['--max-connections', '2']);
    const port = Number(new URL(origin).port);
    /**
     * A connection with a request, and the first bytes of the answer.
     *
     * @param {string} path
     * @param {string} [accept]
     */
    const opened = async (path, accept = '*/*') => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      const closed = once(socket, 'close').then(() => ['']);
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: ${accept}\r\n\r\n`);
      const [answer] = await withinTime(`the answer to ${path}`, Promise.race([once(socket, 'data'), closed]));
      return { socket, closed, status: String(answer).slice(0, 12), text: String(answer) };
    };
    const streams = [];
    for (let count = 0; count < 2; count += 1) streams.push(await opened('/_wix-media/events', 'text/event-stream'));
    assert.deepEqual(streams.map(({ status }) => status), ['HTTP/1.1 200', 'HTTP/1.1 200']);
    const { status, text } = await opened('/healthz');
    assert.equal(status, 'HTTP/1.1 503');
    assert.match(text, /retry-after: 1[\s\S]*TOO_MANY_CONNECTIONS/);
    streams[0].socket.destroy();
    // Its place is free as soon as the server knows.
    let idle = await opened('/healthz');
    while (idle.status !== 'HTTP/1.1 200') idle = await opened('/healthz');
    // An idle connection gives way to a new one.
    const next = await opened('/readyz');
    assert.equal(next.status, 'HTTP/1.1 200');
    await withinTime('the end of the idle connection', idle.closed);
    for (const { socket } of [...streams, next]) socket.destroy();
  });
});

suite('the page', () => {
  test('every file is served as by wix-media serve', async (t) => {
    const frames = ['--allow-frame', 'https://app.example', '--allow-frame', 'http://localhost:5173'];
    const { origin } = await start(t, ['--page', fileURLToPath(new URL('../../../dist/', import.meta.url)), ...frames]);
    const { origin: other } = await served(t, ['--quiet', ...frames]);
    const [bundle = ''] = /page-[A-Z0-9]{8}\.js/.exec((await ask(origin, 'GET', '/')).text) ?? [];
    const names = ['/', '/index.html', `/${bundle}`, '/policy.js', '/wix-media/browser.js', '/wix-media/manager.wasm', '/nothing.js', '/wix-media/www/index.html', '/%69ndex.html'];
    for (const name of names) {
      for (const headers of /** @type {Record<string, string>[]} */ ([{}, { 'accept-encoding': 'gzip' }, { 'accept-encoding': 'gzip;q=0' }])) {
        for (const method of ['GET', 'HEAD']) {
          const [one, two] = [await ask(origin, method, name, { headers }), await ask(other, method, name, { headers })];
          const shown = (/** @type {Answer} */ { status, headers: fields }) => {
            const { date: _, connection: _c, 'keep-alive': _k, etag, 'content-length': _l, 'x-wix-request-id': _r, 'x-request-id': _i, ...rest } = fields;
            return { status, hasTag: Boolean(etag), ...rest };
          };
          assert.deepEqual(shown(one), shown(two), `${method} ${name} ${JSON.stringify(headers)}`);
          // Two programs need not compress alike.
          if (!one.headers['content-encoding']) assert.ok(one.text === two.text, `${method} ${name}`);
        }
      }
    }
    const { headers } = await ask(origin, 'GET', `/${bundle}`);
    assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
    const known = await ask(origin, 'GET', `/${bundle}`, { headers: { 'if-none-match': present(headers.etag) } });
    assert.deepEqual([known.status, known.text], [304, '']);
  });

  test('a folder without a page is a failure', async (t) => {
    const folder = await temporaryFolder(t);
    const { code, stderr } = await run(['serve', '--data', join(folder, 'data'), '--page', folder]);
    assert.equal(code, 1);
    assert.match(stderr, /^wix-media-server: cannot read the page in /);
  });
});
