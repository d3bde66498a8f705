// A server of one's own, and what strangers' pages, names, users of the machine and readers of its log can do to it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { before, suite, test } from 'node:test';
import { leftovers } from '../harness/leftovers.js';
import { temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { install, run, serve } from './program.js';

/**
 * @import { IncomingHttpHeaders } from 'node:http'
 * @import { TestContext } from 'node:test'
 * @import { Installed } from './program.js'
 */

/** @typedef {{ status: number, headers: IncomingHttpHeaders, text: string }} Answer */

const EVIL = 'http://evil.example';
/** The mark of a request by a page of another site. */
const CROSS = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };

/**
 * One request with exactly these header fields.
 *
 * @param {string} origin
 * @param {string} method
 * @param {string} path
 * @param {{ headers?: Record<string, string>, body?: string }} [options]
 * @returns {Promise<Answer>}
 */
const ask = (origin, method, path, { headers = {}, body = '' } = {}) =>
  new Promise((resolve, reject) => {
    const length = body ? { 'content-length': String(Buffer.byteLength(body)) } : {};
    const request = httpRequest(origin + path, { method, headers: { ...length, ...headers } }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: Number(response.statusCode), headers: response.headers, text });
    });
    request.on('error', reject);
    request.end(body);
  });

/**
 * What the server sends to these lines, until it closes the connection.
 *
 * @param {string} origin
 * @param {string[]} lines
 */
async function raw(origin, lines) {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  socket.write(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`);
  let answer = '';
  for await (const chunk of socket) answer += chunk.toString('latin1');
  return answer;
}

/** @param {Answer} answer */
const codeOf = ({ status, text }) => [status, JSON.parse(text).details?.applicationError?.code];

suite('strangers', { concurrency: 2 }, () => {
  const closing = leftovers();
  /** @type {Installed} */
  let installed;
  before(async () => {
    installed = await install(closing);
  });

  /**
   * @param {TestContext} t
   * @param {string[]} [args]
   * @param {{ env?: NodeJS.ProcessEnv }} [options]
   */
  const start = (t, args, options) => serve(t, installed, args, options);

  test('Host: a name that was made to lead here is refused everywhere, before the body is read', async (t) => {
    const { origin } = await start(t);
    await createClient({ baseUrl: origin }).folders.createFolder('kept');
    const { port } = new URL(origin);
    for (const name of ['evil.example', `evil.example:${port}`, '192.168.1.5', 'localhost.evil.example']) {
      for (const [method, path] of [
        ['GET', '/_wix-media/export'],
        ['GET', '/_wix-media/health'],
        ['GET', '/_wix-media/webhook-key'],
        ['POST', '/_wix-media/reset'],
        ['PUT', '/_wix-media/import'],
        ['GET', '/site-media/v1/folders'],
        ['POST', '/site-media/v1/bulk/folders/delete'],
        ['OPTIONS', '/site-media/v1/folders'],
        ['POST', '/oauth2/token'],
        ['PUT', '/upload/x'],
        ['GET', '/media/x'],
        ['GET', '/'],
        ['GET', '/wix-media/browser.js'],
      ]) {
        for (const fields of [[], [`Origin: http://${name}`]]) {
          const answer = await raw(origin, [`${method} ${path} HTTP/1.1`, `Host: ${name}`, ...fields, 'Content-Length: 0']);
          assert.match(answer, /^HTTP\/1\.1 403 [\s\S]*HOST_NOT_ALLOWED[\s\S]*--allow-host/, `${method} ${path} of ${name}`);
          assert.doesNotMatch(answer, /access-control-allow-origin/i);
        }
      }
    }
    // The answer comes although the body never does.
    assert.match(await raw(origin, ['PUT /_wix-media/import HTTP/1.1', 'Host: evil.example', 'Content-Length: 1000000000']), /^HTTP\/1\.1 403 /);
    assert.match(await raw(origin, ['PUT /_wix-media/import HTTP/1.1', 'Host: evil.example', 'Expect: 100-continue', 'Content-Length: 5']), /^HTTP\/1\.1 403 /);
    const { folders } = await createClient({ baseUrl: origin }).folders.listFolders();
    assert.deepEqual(folders?.map(({ displayName }) => displayName), ['kept']);
  });

  test('Host: 400 for two fields and for what is no host, which never decides about the path', async (t) => {
    const { origin } = await start(t);
    const { host } = new URL(origin);
    for (const fields of [
      ['Host: a.example', 'Host: b.example'],
      [`Host: ${host}`, `Host: ${host}`],
      ['Host: x/site-media/v1/folders?y='],
      ['Host: a/_wix-media/reset#'],
      [`Host: ${host}?x`],
      [`Host: ${host}#x`],
      ['Host: a:b@127.0.0.1'],
      ['Host: a b'],
      ['Host:'],
      [],
    ]) {
      for (const line of ['GET /site-media/v1/files', 'POST /public']) {
        const answer = await raw(origin, [`${line} HTTP/1.1`, ...fields, 'Content-Length: 0']);
        assert.match(answer, /^HTTP\/1\.1 400 /, fields.join());
      }
    }
  });

  test('pages of other sites: 403 for everything but what is given away', async (t) => {
    const { origin, text } = await start(t);
    const client = createClient({ baseUrl: origin });
    const file = await client.uploads.upload(Buffer.from('bytes'), { displayName: 'a.txt', mimeType: 'text/plain' });
    const { downloadUrls } = await client.files.generateFileDownloadUrl(String(file._id));
    const { downloadUrl } = await client.files.generateFilesDownloadUrl([String(file._id)]);
    const { uploadUrl } = await client.files.generateFileUploadUrl('text/plain', { fileName: 'b.txt' });
    const pathOf = (/** @type {unknown} */ url) => String(url).slice(origin.length);
    /** @type {Record<string, string>[]} */
    const strangers = [CROSS, { origin: EVIL }, { origin: 'null' }, { origin: EVIL, 'sec-fetch-site': 'cross-site' }];
    for (const headers of strangers) {
      for (const path of ['/_wix-media/export', '/_wix-media/check', '/_wix-media/events', '/_wix-media/health', '/site-media/v1/files', '/wix-media/browser.js']) {
        assert.deepEqual(codeOf(await ask(origin, 'GET', path, { headers })), [403, 'ORIGIN_NOT_ALLOWED'], path);
      }
      for (const [method, path] of [['POST', '/site-media/v1/folders'], ['POST', '/_wix-media/reset'], ['DELETE', '/_wix-media/faults'], ['OPTIONS', '/site-media/v1/folders']]) {
        for (const type of ['text/plain', 'application/json', 'application/x-www-form-urlencoded']) {
          const answer = await ask(origin, method, path, { headers: { ...headers, 'content-type': type }, body: '{"displayName":"by a page"}' });
          assert.deepEqual(codeOf(answer), [403, 'ORIGIN_NOT_ALLOWED'], `${method} ${path}`);
        }
      }
      for (const url of [file.url, downloadUrls?.[0].url, downloadUrl]) assert.equal((await ask(origin, 'GET', pathOf(url), { headers })).status, 200);
    }
    const put = await ask(origin, 'PUT', pathOf(uploadUrl), { headers: { origin: EVIL, 'content-type': 'text/plain' }, body: 'from a page' });
    assert.equal(put.status, 200);
    // A person follows a link to the page of the server, and may look at what there is.
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    for (const [path, status] of /** @type {[string, number][]} */ ([['/', 200], ['/site-media/v1/files', 200], ['/_wix-media/export', 403]])) {
      assert.equal((await ask(origin, 'GET', path, { headers: link })).status, status, path);
    }
    assert.equal((await ask(origin, 'GET', '/', { headers: { ...link, 'sec-fetch-dest': 'iframe' } })).status, 403);
    assert.deepEqual((await client.folders.listFolders()).folders, []);
    // Who started the server can read what a browser hides.
    assert.match(text.stdout, /OPTIONS \/site-media\/v1\/folders 403 .*\n {2}origin not allowed: http:\/\/evil\.example: start the server with --allow-origin http:\/\/evil\.example\n/);
  });

  test('pages of this machine: call the API by any name of it, after a preflight', async (t) => {
    const { origin } = await start(t);
    const { port } = new URL(origin);
    for (const baseUrl of [origin, `http://localhost:${port}`]) {
      for (const [page, site] of [['http://localhost:5173', 'cross-site'], ['http://127.0.0.1:5173', 'same-site'], [baseUrl, 'same-origin']]) {
        /** @type {typeof fetch} */
        const fromPage = (input, init) => {
          const request = new Request(input, init);
          const headers = [...request.headers, ['origin', page], ['sec-fetch-site', site], ['sec-fetch-mode', 'cors']];
          return fetch(request, { headers: /** @type {[string, string][]} */ (headers) });
        };
        // `localhost` may be tried by the sixth version first, on which the server does not listen.
        const client = createClient({ baseUrl, fetch: fromPage });
        const { folder } = await client.folders.createFolder(site);
        const file = await client.uploads.upload(Buffer.from(page), { displayName: 'a.txt', mimeType: 'text/plain', parentFolderId: folder?._id });
        assert.equal(await (await client.downloads.file(String(file._id))).text(), page);
        await client.folders.bulkDeleteFolders([String(folder?._id)], { permanent: true });
      }
    }
    const simple = await ask(origin, 'POST', '/site-media/v1/folders', { headers: { origin: 'http://localhost:5173', 'content-type': 'text/plain' }, body: '{"displayName":"unasked"}' });
    assert.deepEqual(codeOf(simple), [403, 'PREFLIGHT_REQUIRED']);
    // Programs say whatever they like.
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json']) {
      const answer = await ask(origin, 'POST', '/site-media/v1/folders', { headers: { 'content-type': type }, body: '{"displayName":"of a program"}' });
      assert.equal(answer.status, 200, type);
    }
  });

  test('pages of this machine: may not administer, and the own page may', async (t) => {
    const { origin } = await start(t);
    for (const [headers, status] of /** @type {[Record<string, string>, number][]} */ ([
      [{ origin: 'http://localhost:5173' }, 403],
      [{ 'sec-fetch-site': 'same-site' }, 403],
      [{ origin }, 200],
      [{ 'sec-fetch-site': 'same-origin' }, 200],
      [{ 'sec-fetch-site': 'none' }, 200],
      [{}, 200],
    ])) {
      assert.equal((await ask(origin, 'GET', '/_wix-media/export', { headers })).status, status, JSON.stringify(headers));
      assert.equal((await ask(origin, 'POST', '/_wix-media/reset', { headers })).status, status, JSON.stringify(headers));
      assert.equal((await ask(origin, 'GET', '/_wix-media/health', { headers })).status, 200);
    }
  });

  test('--allow-host, --allow-origin: let others in, also to administer', async (t) => {
    const app = 'https://app.example';
    const { origin } = await start(t, ['--allow-host', '*.media.example', '--allow-origin', app]);
    const host = { host: 'a.media.example' };
    assert.equal((await ask(origin, 'GET', '/site-media/v1/files', { headers: host })).status, 200);
    assert.equal((await ask(origin, 'POST', '/_wix-media/reset', { headers: { ...host, origin: 'https://a.media.example' } })).status, 200);
    assert.equal((await ask(origin, 'GET', '/site-media/v1/files', { headers: { host: 'media.example' } })).status, 403);

    const headers = { origin: app, 'sec-fetch-site': 'cross-site' };
    const asking = { ...headers, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };
    for (const path of ['/site-media/v1/folders', '/_wix-media/reset']) {
      const preflight = await ask(origin, 'OPTIONS', path, { headers: asking });
      assert.equal(preflight.status, 204, path);
      assert.match(String(preflight.headers['access-control-allow-origin']), /^(\*|https:\/\/app\.example)$/);
      assert.match(String(preflight.headers['access-control-allow-methods']), /POST/);
      assert.match(String(preflight.headers['access-control-allow-headers']), /content-type/);
    }
    const reset = await ask(origin, 'POST', '/_wix-media/reset', { headers: { ...headers, 'content-type': 'application/json' }, body: '{}' });
    assert.deepEqual([reset.status, reset.headers['access-control-allow-origin']], [200, app]);
    assert.equal((await ask(origin, 'GET', '/_wix-media/events', { headers })).status, 200);
    assert.equal((await ask(origin, 'GET', '/_wix-media/events', { headers: { origin: 'https://other.example' } })).status, 403);
  });

  test('--allow-frame: lets pages of this origin show the page, and nothing else of the server', async (t) => {
    const [framed, closed] = await Promise.all([start(t, ['--allow-frame', 'https://App.example:443', '--allow-frame', 'http://localhost:5173']), start(t)]);
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };
    const page = await ask(framed.origin, 'GET', '/', { headers });
    assert.equal(page.status, 200);
    assert.match(String(page.headers['content-security-policy']), /frame-ancestors https:\/\/app\.example http:\/\/localhost:5173;/);
    assert.equal((await ask(framed.origin, 'GET', '/site-media/v1/files', { headers })).status, 403);
    const refused = await ask(closed.origin, 'GET', '/', { headers });
    assert.equal(refused.status, 403);
    assert.match(refused.text, /--allow-frame/);
  });

  test('--trust-proxy: only a named proxy says by which address the server was called', async (t) => {
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'media.example', 'content-type': 'application/json' };
    const urlFrom = async (/** @type {string} */ origin) => {
      const { text } = await ask(origin, 'POST', '/site-media/v1/files/generate-upload-url', { headers: forwarded, body: '{"mimeType":"image/png"}' });
      return new URL(JSON.parse(text).uploadUrl).origin;
    };
    const [trusting, other, none] = await Promise.all([
      start(t, ['--trust-proxy', '127.0.0.0/8', '--allow-host', 'media.example']),
      start(t, ['--trust-proxy', '192.0.2.7', '--allow-host', 'media.example']),
      start(t, ['--allow-host', 'media.example']),
    ]);
    assert.equal(await urlFrom(trusting.origin), 'https://media.example');
    for (const { origin } of [other, none]) assert.equal(await urlFrom(origin), origin);
    const evil = { ...forwarded, 'x-forwarded-host': 'evil.example' };
    assert.equal((await ask(trusting.origin, 'GET', '/site-media/v1/files', { headers: evil })).status, 403);
    assert.equal((await ask(none.origin, 'GET', '/site-media/v1/files', { headers: evil })).status, 200);
  });

  test('uploaded scripts: do not run on the page of the server', async (t) => {
    const { origin } = await start(t);
    const client = createClient({ baseUrl: origin });
    const file = await client.uploads.upload(Buffer.from('alert(1)'), { displayName: 'a.js', mimeType: 'text/javascript' });
    const { downloadUrls } = await client.files.generateFileDownloadUrl(String(file._id));
    for (const url of [file.url, downloadUrls?.[0].url]) {
      const path = String(url).slice(origin.length);
      const type = async (/** @type {Record<string, string>} */ headers) => {
        const answer = await ask(origin, 'GET', path, { headers });
        assert.deepEqual([answer.status, answer.headers['x-content-type-options'], answer.text], [200, 'nosniff', 'alert(1)']);
        assert.match(String(answer.headers.vary), /Sec-Fetch-Site/);
        return answer.headers['content-type'];
      };
      for (const dest of ['script', 'worker', 'serviceworker', 'empty']) {
        assert.equal(await type({ 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': dest }), 'text/plain; charset=utf-8', dest);
      }
      assert.equal(await type({ 'user-agent': 'Mozilla/5.0' }), 'text/plain; charset=utf-8');
      assert.match(String(await type({})), /javascript/);
      assert.match(String(await type({ 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'script' })), /javascript/);
    }
    const page = await ask(origin, 'GET', '/service-worker.js', { headers: { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'script' } });
    assert.match(String(page.headers['content-type']), /javascript/);
  });

  test('answers: only media and links can be embedded by other pages', async (t) => {
    const { origin } = await start(t);
    const file = await createClient({ baseUrl: origin }).uploads.upload(Buffer.from('x'), { displayName: 'a.txt', mimeType: 'text/plain' });
    const policy = async (/** @type {string} */ path) => (await ask(origin, 'GET', path)).headers['cross-origin-resource-policy'];
    assert.equal(await policy(String(file.url).slice(origin.length)), 'cross-origin');
    assert.equal(await policy('/icons/document.svg'), 'cross-origin');
    for (const path of ['/', '/service-worker.js', '/site-media/v1/files', '/_wix-media/health', '/_wix-media/export', '/unknown']) assert.equal(await policy(path), 'same-origin', path);
  });

  test('keys: come from the environment or a file, and beyond loopback one is needed', async (t) => {
    const folder = await temporaryFolder(t);
    const keys = join(folder, 'keys');
    await writeFile(keys, 'first\n\n second \r\n');
    await writeFile(join(folder, 'none'), '\n');
    const status = async (/** @type {string} */ origin, /** @type {Record<string, string>} */ headers) => (await ask(origin, 'GET', '/site-media/v1/files', { headers })).status;
    const [fromEnvironment, fromFile, chosen] = await Promise.all([
      start(t, ['--host', '0.0.0.0'], { env: { WIX_API_KEY: 'the-key', WIX_SITE_ID: 'my-site' } }),
      start(t, ['--host', '0.0.0.0', '--api-key-file', keys, '--site-id', 'x']),
      start(t, ['--api-key', 'given', '--site-id', 'x'], { env: { WIX_API_KEY: 'the-key' } }),
    ]);
    assert.equal(await status(fromEnvironment.origin, {}), 401);
    assert.equal(await status(fromEnvironment.origin, { authorization: 'the-key', 'wix-site-id': 'my-site' }), 200);
    assert.equal(await status(fromEnvironment.origin, { authorization: 'the-key', 'wix-site-id': 'another' }), 403);
    // The key of the environment is the one that the commands send, so the lines work as they stand.
    assert.match(fromEnvironment.text.stdout, / tree --url http:\/\/127\.0\.0\.1:\d+\n/);
    for (const authorization of ['first', 'second']) assert.equal(await status(fromFile.origin, { authorization, 'wix-site-id': 'x' }), 200);
    assert.equal(await status(fromFile.origin, {}), 401);
    assert.equal(await status(fromFile.origin, { authorization: 'third', 'wix-site-id': 'x' }), 401);
    assert.equal(await status(chosen.origin, { authorization: 'given', 'wix-site-id': 'x' }), 200);
    assert.equal(await status(chosen.origin, { authorization: 'the-key', 'wix-site-id': 'x' }), 401);
    for (const { text } of [fromEnvironment, fromFile]) assert.doesNotMatch(text.stdout, /the-key|first|second/);
    for (const [args, code, message] of /** @type {[string[], number, RegExp][]} */ ([
      [['--host', '0.0.0.0'], 2, /set WIX_API_KEY, or use --api-key-file FILE/],
      [['--api-key-file', join(folder, 'none')], 2, /the key file .*none is empty/],
      [['--api-key-file', join(folder, 'missing')], 1, /cannot read the key file .*missing: ENOENT/],
      [['--api-key-file', folder], 1, /cannot read the key file .*: EISDIR/],
    ])) {
      const ended = await run(installed, ['serve', '--port', '0', ...args]);
      assert.equal(ended.code, code, ended.stderr);
      assert.match(ended.stderr, message);
    }
  });

  test('--max-connections: another one waits for none, and is told so', async (t) => {
    const { origin } = await start(t, ['--quiet', '--max-connections', '1']);
    const busy = connect(Number(new URL(origin).port), '127.0.0.1');
    t.after(() => busy.destroy());
    // A stream of events has no end.
    busy.write('GET /_wix-media/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n');
    await once(busy, 'data');
    const answer = await raw(origin, ['GET /_wix-media/health HTTP/1.1', 'Host: localhost']);
    assert.match(answer, /^HTTP\/1\.1 503 [\s\S]*TOO_MANY_CONNECTIONS/);
    busy.destroy();
    for (let text = ''; !text.startsWith('HTTP/1.1 200'); ) text = await raw(origin, ['GET /_wix-media/health HTTP/1.1', 'Host: localhost']);
  });

  test('settings: a wrong one is refused', async () => {
    for (const [args, message, env] of /** @type {[string[], RegExp, NodeJS.ProcessEnv?][]} */ ([
      [[], /WIX_API_KEY must not be empty/, { WIX_API_KEY: '' }],
      [[], /WIX_API_KEY must not be empty/, { WIX_API_KEY: ' ' }],
      [['--allow-host', '*'], /invalid --allow-host: expected a name such as/],
      [['--allow-host', 'http://media.example'], /invalid --allow-host/],
      [['--allow-host', ''], /invalid --allow-host/],
      [['--allow-origin', 'app.example'], /invalid --allow-origin: expected an origin such as/],
      [['--allow-origin', 'https://app.example/'], /invalid --allow-origin/],
      [['--allow-origin', '*'], /--allow-origin \* lets every web page in: set WIX_API_KEY/],
      [['--allow-frame', '*'], /invalid --allow-frame: expected an origin such as/],
      [['--allow-frame', 'https://app.example; script-src *'], /invalid --allow-frame/],
      [['--trust-proxy', 'proxy.example'], /invalid --trust-proxy: expected addresses such as/],
      [['--trust-proxy', '10.0.0.0/33'], /invalid --trust-proxy/],
      [['--external-url', 'https://media.example/?a=b'], /invalid --external-url: expected a URL without query/],
      [['--external-url', 'https://me@media.example'], /invalid --external-url/],
      [['--external-url', 'https://:80'], /invalid --external-url/],
      [['--host', ''], /--host must not be empty/],
      [['--site-id', ''], /--site-id must not be empty/],
      [['--data', ''], /--data must not be empty/],
      [['--max-connections', '0'], /invalid --max-connections: expected at least 1, found 0/],
    ])) {
      const ended = await run(installed, ['serve', '--port', '0', ...args], { env });
      assert.deepEqual([ended.code, ended.stdout], [2, ''], args.join(' '));
      assert.match(ended.stderr, message);
    }
  });

  test('--data: nobody else reads the directory that the server makes', { skip: process.platform === 'win32' && 'Windows has no such modes' }, async (t) => {
    const data = join(await temporaryFolder(t), 'new', 'data');
    const { origin } = await start(t, ['--data', data]);
    await createClient({ baseUrl: origin }).uploads.upload(Buffer.from('private'), { displayName: 'p.txt', mimeType: 'text/plain', private: true });
    const modes = await Promise.all(['.', 'catalog.db', 'catalog.db-wal', 'blobs', 'lock'].map(async (name) => ((await stat(join(data, name))).mode & 0o077) === 0));
    assert.deepEqual(modes, [true, true, true, true, true]);
  });

  /**
   * Starts a server whose output the test reads itself.
   *
   * @param {TestContext} t
   */
  async function unread(t) {
    const child = spawn(installed.program, ['serve', '--port', '0'], { env: { PATH: process.env.PATH, HOME: installed.folder }, stdio: ['ignore', 'pipe', 'pipe'] });
    t.after(() => child.kill('SIGKILL'));
    let text = '';
    child.stdout.setEncoding('utf8');
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      text += chunk;
      if (text.includes('Ctrl-C')) break;
    }
    const [, origin] = /(http:\/\/\S+:\d+)\/\n/.exec(text) ?? [];
    return { child, origin: String(origin) };
  }

  test('the log: the server goes on when its reader has gone', async (t) => {
    const { child, origin } = await unread(t);
    child.stdout.destroy();
    child.stderr.destroy();
    for (let count = 0; count < 20; count += 1) assert.equal((await ask(origin, 'GET', '/_wix-media/health')).status, 200);
    assert.equal(child.exitCode, null);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  test('the log: a reader that stops neither holds the server nor fills its memory', async (t) => {
    const { child, origin } = await unread(t);
    const path = `/${'x'.repeat(10_000)}`;
    for (let count = 0; count < 300; count += 1) assert.equal((await ask(origin, 'GET', path)).status, 404);
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    // The next line behind the gap tells of it.
    while (!/\(dropped \d+ lines that nobody read\)\n/.test(text)) {
      await ask(origin, 'GET', '/behind');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const dropped = Number(/\(dropped (\d+) lines/.exec(text)?.[1]);
    assert.ok(dropped > 100 && dropped < 300, String(dropped));
  });

  test('SIGHUP: without a terminal, the server stays', { skip: process.platform === 'win32' && 'Windows has no such signal' }, async (t) => {
    const { child, origin } = await unread(t);
    child.stdout.resume();
    child.kill('SIGHUP');
    for (let count = 0; count < 5; count += 1) {
      assert.equal((await ask(origin, 'GET', '/_wix-media/health')).status, 200);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(child.exitCode, null);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  test('examples: the documentation names every code of a refusal', async () => {
    const page = await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
    for (const code of ['INVALID_HOST', 'HOST_NOT_ALLOWED', 'ORIGIN_NOT_ALLOWED', 'PREFLIGHT_REQUIRED', 'TOO_MANY_CONNECTIONS', 'REQUEST_TIMEOUT']) assert.match(page, new RegExp(`^\\| \`${code}\` \\|`, 'm'));
  });
});
