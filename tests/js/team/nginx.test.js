// The recipes for nginx, server/deploy/nginx.conf and nginx.team.conf, with nginx itself: only their addresses and files are others.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { md5, noise } from '../harness/bytes.js';
import { withinTime } from '../harness/limit.js';
import { temporaryFolder } from '../harness/manager.js';
import { present } from '../harness/present.js';
import { certify } from './certificate.js';
import { native } from './native.js';
import { team } from './team.js';

/** @import { TestContext } from 'node:test' */
/** @import { IncomingMessage } from 'node:http' */
/** @import { Native } from './native.js' */

const recipe = (/** @type {string} */ name) => readFileSync(fileURLToPath(new URL(`../../../server/deploy/${name}`, import.meta.url)), 'utf8');
const RECIPE = recipe('nginx.conf');
const RECIPE_OF_TEAM = recipe('nginx.team.conf');
const NAME = 'media.example';
/** Where nginx keeps bodies that it does not pass on at once. */
const SPOOLS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** @param {string} path */
const isThere = (path) =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

/**
 * A recipe with other addresses and files.
 *
 * @param {string} text
 * @param {[string, string][]} changes
 */
function adapted(text, changes) {
  for (const [from, to] of changes) {
    assert.ok(text.includes(from), `the recipe lacks ${from}`);
    text = text.replace(from, to);
  }
  return text;
}

/**
 * Starts nginx, and resolves when it listens: on a socket of its own, because a free port could be taken by another program a moment later.
 *
 * @param {TestContext} t
 * @param {string} folder
 * @param {string} socket
 * @param {string} sites
 */
async function startNginx(t, folder, socket, sites) {
  for (const name of SPOOLS) mkdirSync(join(folder, name));
  const spools = SPOOLS.map((name) => `${name}_temp_path ${join(folder, name)};`).join(' ');
  const file = join(folder, 'nginx.conf');
  // As the user who runs the test, who may read the folder.
  const own = process.getuid?.() === 0 ? 'user root;' : '';
  writeFileSync(file, `${own} daemon off; master_process off; pid ${join(folder, 'pid')}; error_log stderr warn; events {} http { access_log off; ${spools}\n${sites}}`);
  const nginx = spawn('nginx', ['-e', 'stderr', '-p', folder, '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  nginx.stderr.setEncoding('utf8').on('data', (chunk) => (said += chunk));
  let hasEnded = false;
  const ended = once(nginx, 'close').then(() => (hasEnded = true));
  t.after(async () => {
    nginx.kill('SIGKILL');
    await ended;
  });
  while (!(await isThere(socket))) {
    assert.ok(!hasEnded, said);
    await setTimeout(20);
  }
  return () => said;
}

/**
 * A server behind nginx, over TLS.
 *
 * @param {TestContext} t
 */
async function proxied(t) {
  const folder = await temporaryFolder(t);
  const server = await native(t, join(folder, 'data'), ['--trust-proxy', '127.0.0.1', '--external-url', `https://${NAME}`]);
  const { cert, key } = certify(folder, `DNS:${NAME}`);
  const socket = join(folder, 'nginx.sock');
  const site = adapted(RECIPE, [
    ['server 127.0.0.1:4410;', `server ${new URL(server.origin).host};`],
    ['listen 443 ssl;', `listen unix:${socket} ssl;`],
    ['/etc/nginx/media.example.pem', cert],
    ['/etc/nginx/media.example.key', key],
  ]);
  const said = await startNginx(t, folder, socket, site);
  const ca = readFileSync(cert, 'utf8');
  /**
   * Sends a request to nginx, and resolves with the head of the answer.
   *
   * @param {string} method
   * @param {string} path
   * @param {{ headers?: import('node:http').OutgoingHttpHeaders, body?: string | Uint8Array }} [init]
   * @returns {Promise<IncomingMessage>}
   */
  const send = (method, path, { headers, body } = {}) =>
    withinTime(
      `${method} ${path}`,
      new Promise((resolve, reject) => {
        const request = httpsRequest({ socketPath: socket, ca, servername: NAME, agent: false, method, path, headers: { host: NAME, ...headers } }, resolve);
        request.on('error', reject).end(body);
      }),
    );
  return { server, send, said };
}

/**
 * Waits until the log of a server contains a request.
 *
 * @param {Native} server
 * @param {unknown} id
 */
const hasAnswered = (server, id) =>
  withinTime(
    `the request ${id} in the log of ${server.origin}`,
    (async () => {
      while (!server.text.stdout.includes(`"id":"${id}"`)) await once(present(server.child.stdout), 'data');
    })(),
  );

/** @param {IncomingMessage} response */
const bytesOf = async (response) => Buffer.concat(await response.toArray());

suite('wix-media-server: behind nginx', () => {
  test('URLs have the name and the scheme of the proxy, and a caller cannot choose others', async (t) => {
    const { server, send } = await proxied(t);
    const json = { 'content-type': 'application/json' };
    const body = JSON.stringify({ mimeType: 'text/plain' });
    const forged = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http', 'x-request-id': 'forged' };
    const answer = await send('POST', '/site-media/v1/files/generate-upload-url', { headers: { ...json, ...forged }, body });
    const text = (await bytesOf(answer)).toString();
    assert.equal(answer.statusCode, 200, text);
    assert.match(JSON.parse(text).uploadUrl, new RegExp(`^https://${NAME}/upload/`));
    // Both log one id.
    assert.match(String(answer.headers['x-request-id']), /^[0-9a-f]{32}$/);
    await server.logged('request');
    assert.ok(server.text.stdout.includes(`"id":"${answer.headers['x-request-id']}"`));
    assert.equal((await send('GET', '/healthz', { headers: { host: 'evil.example' } })).statusCode, 403);
  });

  test('large bodies and ranges pass, and none of them waits on a disk', async (t) => {
    const { send, said } = await proxied(t);
    const made = await send('POST', '/site-media/v1/files/generate-upload-url', { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mimeType: 'application/octet-stream', fileName: 'large.bin' }) });
    const { uploadUrl } = JSON.parse((await bytesOf(made)).toString());
    const bytes = noise(12_000_000, 17);
    const to = new URL(uploadUrl);
    const put = await send('PUT', to.pathname + to.search, { headers: { 'content-type': 'application/octet-stream', 'content-length': bytes.length }, body: bytes });
    const { file } = JSON.parse((await bytesOf(put)).toString());
    assert.equal(file.hash, md5(bytes));
    const { pathname } = new URL(file.url);
    assert.equal(md5(await bytesOf(await send('GET', pathname))), file.hash);
    const part = await send('GET', pathname, { headers: { range: 'bytes=11000000-' } });
    assert.deepEqual([part.statusCode, (await bytesOf(part)).equals(bytes.subarray(11_000_000))], [206, true]);
    // nginx warns when it writes one to its folders.
    assert.doesNotMatch(said(), /buffered to a temporary file/);
  });

  test('an event arrives while its stream goes on', async (t) => {
    const { send } = await proxied(t);
    const stream = await send('GET', '/_wix-media/events?after=0', { headers: { accept: 'text/event-stream' } });
    assert.equal(stream.headers['content-type'], 'text/event-stream');
    await bytesOf(await send('POST', '/site-media/v1/folders', { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ displayName: 'heard' }) }));
    let text = '';
    await withinTime(
      'an event through nginx',
      (async () => {
        for await (const chunk of stream) {
          text += chunk;
          if (text.includes('heard')) return;
        }
        assert.fail(`the stream ended: ${text}`);
      })(),
    );
    assert.match(text, /^event: wix\.media\.site_media\.v1\.folder_created$/m);
  });

  test('requests go to two servers in turn, and to the other one when one has ended', async (t) => {
    const { servers } = await team(t, { servers: 2, args: ['--trust-proxy', '127.0.0.1'] });
    const folder = await temporaryFolder(t);
    const socket = join(folder, 'nginx.sock');
    const site = adapted(RECIPE_OF_TEAM, [
      ['server server-1:4410;', `server ${new URL(servers[0].origin).host};`],
      ['server server-2:4410;', `server ${new URL(servers[1].origin).host};`],
      ['listen 80;', `listen unix:${socket};`],
    ]);
    await startNginx(t, folder, socket, site);
    /**
     * Sends JSON to nginx, and returns the answer with its text.
     *
     * @param {string} path
     * @param {object} body
     */
    const post = async (path, body) => {
      /** @type {IncomingMessage} */
      const response = await withinTime(
        'an answer through nginx',
        new Promise((resolve, reject) => {
          const headers = { host: '127.0.0.1', 'content-type': 'application/json', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
          const request = httpRequest({ socketPath: socket, agent: false, method: 'POST', path, headers }, resolve);
          request.on('error', reject).end(JSON.stringify(body));
        }),
      );
      return { status: response.statusCode, id: response.headers['x-request-id'], text: (await bytesOf(response)).toString() };
    };
    let count = 0;
    const create = () => {
      count += 1;
      return post('/site-media/v1/folders', { displayName: `folder ${count}` });
    };
    const made = [];
    for (let each = 0; each < 4; each += 1) made.push(await create());
    assert.deepEqual(made.map(({ status }) => status), [200, 200, 200, 200]);
    const [first, second] = servers;
    for (const [number, { id }] of made.entries()) await hasAnswered(servers[number % 2], id);
    await second.end();
    for (let each = 0; each < 4; each += 1) {
      const { status, id } = await create();
      assert.equal(status, 200);
      await hasAnswered(first, id);
    }
    const { text } = await post('/site-media/v1/files/generate-upload-url', { mimeType: 'text/plain' });
    assert.match(JSON.parse(text).uploadUrl, /^http:\/\/127\.0\.0\.1\/upload\//);
  });
});
