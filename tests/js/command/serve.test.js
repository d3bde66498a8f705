// `wix-media serve`, as it is installed: who works with it, what it keeps, and how it begins and ends.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as official from '@wix/media';
import { ApiKeyStrategy, createClient as createOfficialClient } from '@wix/sdk';
import tus from 'tus-js-client';
import { md5 } from '../harness/bytes.js';
import { leftovers } from '../harness/leftovers.js';
import { temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { install, run, serve } from './program.js';

/**
 * @import { AddressInfo } from 'node:net'
 * @import { TestContext } from 'node:test'
 * @import { Installed, RunOptions } from './program.js'
 */

const SITE = fileURLToPath(new URL('../../data/site/', import.meta.url));
suite('wix-media serve', { concurrency: 2 }, () => {
  const closing = leftovers();
  /** @type {Installed} */
  let installed;
  /** @type {Buffer<ArrayBuffer>} */
  let chelsea;
  before(async () => {
    installed = await install(closing);
    chelsea = await readFile(join(SITE, 'Animals/chelsea.png'));
  });

  /**
   * @param {TestContext} t
   * @param {string[]} [args]
   * @param {RunOptions} [options]
   */
  const start = (t, args, options) => serve(t, installed, args, options);
  /**
   * @param {string[]} args
   * @param {RunOptions} [options]
   */
  const ask = (args, options) => run(installed, args, options);

  /**
   * Uploads by the plain calls, as anyone could.
   *
   * @param {string} origin
   * @param {string} fileName
   * @param {Uint8Array<ArrayBuffer> | string} bytes
   */
  async function upload(origin, fileName, bytes, mimeType = 'image/png') {
    const { files } = createClient({ baseUrl: origin });
    const { uploadUrl } = await files.generateFileUploadUrl(mimeType, { fileName });
    const response = await fetch(present(uploadUrl), { method: 'PUT', headers: { 'Content-Type': mimeType }, body: bytes });
    assert.equal(response.status, 200);
    return (await response.json()).file;
  }

  test('serve: prints its address, and is healthy', async (t) => {
    const { origin, text } = await start(t);
    assert.match(text.stdout, /^wix-media \d+\.\d+\.\d+, in memory: gone when it stops/);
    assert.match(text.stdout, /Three things to try:(\n {2}\S.*){3}/);
    const health = await fetch(`${origin}/_wix-media/health`);
    assert.equal(health.status, 200);
    assert.equal((await health.json()).status, 'ok');
    assert.equal(new URL(origin).hostname, '127.0.0.1');
  });

  test('serve: serves the page, its policy and the package', async (t) => {
    const { origin } = await start(t);
    const page = await fetch(`${origin}/`);
    assert.match(present(page.headers.get('content-type')), /^text\/html/);
    const policy = present(page.headers.get('content-security-policy'));
    assert.match(policy, /script-src 'self' 'wasm-unsafe-eval' 'sha256-[^']+'/);
    assert.doesNotMatch(policy, /unsafe-inline/);
    assert.match(await page.text(), /<script type="importmap">/);
    for (const [path, type] of [['browser.js', 'text/javascript; charset=utf-8'], ['client.wasm', 'application/wasm'], ['manager.wasm', 'application/wasm']]) {
      const response = await fetch(`${origin}/wix-media/${path}`);
      assert.equal(response.headers.get('content-type'), type);
      await response.arrayBuffer();
    }
  });

  test('serve: works with our client', async (t) => {
    const { origin } = await start(t);
    const { files, folders } = createClient({ baseUrl: origin });
    const { folder } = await folders.createFolder('Animals');
    const file = await upload(origin, 'chelsea.png', chelsea);
    assert.equal(file.hash, md5(chelsea));
    await files.updateFileDescriptor({ _id: file.id, parentFolderId: present(folder)._id });
    const [moved] = await files.listFiles({ parentFolderId: present(folder)._id }).toArray();
    assert.equal(moved.displayName, 'chelsea.png');
    assert.deepEqual(Buffer.from(await (await fetch(present(moved.url))).arrayBuffer()), chelsea);
  });

  test('serve: works with the official SDK', async (t) => {
    const { origin } = await start(t);
    const { files, folders } = createOfficialClient({
      modules: { files: official.files, folders: official.folders },
      auth: ApiKeyStrategy({ apiKey: 'any', siteId: '00000000-0000-4000-8000-000000000000' }),
      fetch: (url, init) => {
        const { pathname, search } = new URL(String(url));
        return fetch(origin + pathname + search, init);
      },
    });
    const { folder } = await folders.createFolder('Space');
    const { uploadUrl } = await files.generateFileUploadUrl('image/png', { fileName: 'a.png', parentFolderId: present(folder)._id });
    await fetch(present(uploadUrl), { method: 'PUT', headers: { 'Content-Type': 'image/png' }, body: chelsea });
    const listed = await files.listFiles({ parentFolderId: present(folder)._id });
    assert.equal(present(listed.files).length, 1);
    await files.bulkDeleteFiles([present(present(listed.files)[0]._id)]);
    assert.equal(present((await files.listDeletedFiles()).files)[0]._id, present(listed.files)[0]._id);
    await assert.rejects(files.getFileDescriptor('missing.png'), (/** @type {any} */ error) => error.details.applicationError.code === 'RESOURCE_NOT_FOUND');
  });

  test('serve: works with tus-js-client', async (t) => {
    const { origin } = await start(t);
    const { files } = createClient({ baseUrl: origin });
    const bytes = randomBytes(3_000_000);
    const { uploadUrl, uploadToken } = await files.generateFileResumableUploadUrl('application/zip', { fileName: 'noise.zip' });
    await new Promise((resolve, reject) => {
      const one = new tus.Upload(bytes, {
        endpoint: uploadUrl,
        chunkSize: 1_000_000,
        metadata: { filename: 'noise.zip', contentType: 'application/zip', token: present(uploadToken) },
        onError: reject,
        onSuccess: resolve,
      });
      one.start();
    });
    const response = await fetch(`${uploadUrl}/${uploadToken}?filename=noise.zip`, { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: '{}' });
    const { file } = await response.json();
    assert.equal(file.hash, md5(bytes));
  });

  test('serve: works with curl', { skip: spawnSync('curl', ['--version']).status === 0 ? false : 'there is no curl here' }, async (t) => {
    const { origin } = await start(t);
    /** @param {...string} args */
    const curl = (...args) => {
      const { status, stdout, stderr } = spawnSync('curl', ['--silent', '--show-error', '--fail', ...args], { maxBuffer: 1e8 });
      assert.equal(status, 0, stderr.toString());
      return stdout;
    };
    const json = 'Content-Type: application/json';
    const body = JSON.stringify({ mimeType: 'image/png', fileName: 'chelsea.png' });
    const { uploadUrl } = JSON.parse(curl('-H', json, '-d', body, `${origin}/site-media/v1/files/generate-upload-url`).toString());
    const { file } = JSON.parse(curl('-H', 'Content-Type: image/png', '-T', join(SITE, 'Animals/chelsea.png'), uploadUrl).toString());
    assert.deepEqual(curl(file.url), chelsea);
    assert.deepEqual(curl('-r', '100-199', file.url), chelsea.subarray(100, 200));
    assert.match(curl('-I', file.url).toString(), /content-length: 240512/i);
  });

  test('serve: answers CORS preflights', async (t) => {
    const { origin } = await start(t, ['--allow-origin', 'http://page.example']);
    for (const [path, method, headers] of [
      ['/site-media/v1/files', 'PATCH', 'authorization, content-type, wix-site-id'],
      ['/upload/tus', 'POST', 'tus-resumable, upload-length, upload-metadata'],
      ['/upload/tus/x', 'PATCH', 'tus-resumable, upload-offset, content-type'],
    ]) {
      const response = await fetch(`${origin}${path}`, {
        method: 'OPTIONS',
        headers: { origin: 'http://page.example', 'access-control-request-method': method, 'access-control-request-headers': headers },
      });
      assert.ok(response.ok, path);
      assert.equal(response.headers.get('access-control-allow-origin'), '*');
      /**
       * @param {string} name
       * @param {string} wanted
       */
      const has = (name, wanted) => {
        const given = present(response.headers.get(name)).toLowerCase();
        for (const each of wanted.toLowerCase().split(', ')) assert.ok(given === '*' || given.includes(each), `${path}: ${name} ${given}`);
      };
      has('access-control-allow-methods', method);
      has('access-control-allow-headers', headers);
    }
    const answer = await fetch(`${origin}/upload/tus`, { method: 'OPTIONS', headers: { origin: 'http://page.example' } });
    assert.match(present(answer.headers.get('access-control-expose-headers')), /upload-offset/i);
    // Pages of this machine may call it too, but not administer it.
    const reset = (/** @type {string} */ from) => fetch(`${origin}/_wix-media/reset`, { method: 'POST', headers: { origin: from } });
    assert.equal((await reset('http://localhost:5173')).status, 403);
    assert.equal((await reset(origin)).status, 200);
  });

  test('--external-url: replaces the host in URLs', async (t) => {
    const [own, other] = await Promise.all([
      start(t, ['--allow-host', 'docker.example']),
      start(t, ['--allow-host', 'docker.example', '--external-url', 'https://media.example/']),
    ]);
    /**
     * @param {{ origin: string }} server
     * @param {string} host
     */
    const urlFrom = ({ origin }, host) =>
      new Promise((resolve, reject) => {
        const request = httpRequest(`${origin}/site-media/v1/files/generate-upload-url`, { method: 'POST', headers: { host, 'content-type': 'application/json' } }, async (response) => {
          let text = '';
          for await (const chunk of response) text += chunk;
          resolve(JSON.parse(text).uploadUrl);
        });
        request.on('error', reject);
        request.end(JSON.stringify({ mimeType: 'image/png' }));
      });
    assert.match(await urlFrom(own, 'docker.example:8080'), /^http:\/\/docker\.example:8080\/upload\//);
    assert.match(await urlFrom(other, 'docker.example:8080'), /^https:\/\/media\.example\/upload\//);
  });

  test('serve: sandboxes uploads', async (t) => {
    const { origin } = await start(t);
    const { url } = await upload(origin, 'evil.html', '<script>alert(1)</script>', 'text/html');
    const response = await fetch(url);
    assert.match(present(response.headers.get('content-security-policy')), /sandbox/);
    assert.doesNotMatch(present(response.headers.get('content-security-policy')), /allow-same-origin/);
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    await response.text();
  });

  test('--data: survives a kill', async (t) => {
    const data = await temporaryFolder(t);
    const first = await start(t, ['--data', data]);
    const names = Array.from({ length: 5 }, (_, index) => `chelsea ${index}.png`);
    for (const name of names) await upload(first.origin, name, chelsea);
    await createClient({ baseUrl: first.origin }).folders.createFolder('Animals');
    assert.equal((await first.end('SIGKILL')).signal, 'SIGKILL');
    const second = await start(t, ['--data', data]);
    const { files, folders } = createClient({ baseUrl: second.origin });
    const found = await files.listFiles({ sort: { fieldName: 'displayName', order: 'ASC' } }).toArray();
    assert.deepEqual(found.map(({ displayName }) => displayName), names);
    for (const { url, hash } of found) assert.equal(md5(Buffer.from(await (await fetch(present(url))).arrayBuffer())), hash);
    assert.equal((await folders.listFolders().toArray())[0].displayName, 'Animals');
  });

  test('--seed: adds a folder once', async (t) => {
    const [data, seed] = [await temporaryFolder(t), await temporaryFolder(t)];
    await mkdir(join(seed, 'Animals/Cats'), { recursive: true });
    await cp(join(SITE, 'Animals/chelsea.png'), join(seed, 'Animals/Cats/chelsea.png'));
    await writeFile(join(seed, 'notes.txt'), 'to begin with');
    const first = await start(t, ['--data', data, '--seed', seed]);
    const client = createClient({ baseUrl: first.origin });
    // The second thing to try works as it stands.
    assert.ok(first.text.stdout.includes(` put ${seed} /Pictures --url ${first.origin}\n`), first.text.stdout);
    const [notes] = await client.files.listFiles().toArray();
    assert.equal(notes.displayName, 'notes.txt');
    const [animals] = await client.folders.listFolders().toArray();
    const [cats] = await client.folders.listFolders({ parentFolderId: animals._id }).toArray();
    const [cat] = await client.files.listFiles({ parentFolderId: cats._id }).toArray();
    assert.equal(cat.hash, md5(chelsea));
    await client.files.bulkDeleteFiles([present(notes._id)], { permanent: true });
    await first.end();
    const second = await start(t, ['--data', data, '--seed', seed]);
    assert.deepEqual(await createClient({ baseUrl: second.origin }).files.listFiles().toArray(), []);
  });

  test('--seed: starts without what cannot be added, and names it', async (t) => {
    const seed = await temporaryFolder(t);
    await writeFile(join(seed, 'a.txt'), 'a');
    await writeFile(join(seed, 'empty.txt'), '');
    const { origin, text } = await start(t, ['--seed', seed]);
    assert.deepEqual((await createClient({ baseUrl: origin }).files.listFiles().toArray()).map(({ displayName }) => displayName), ['a.txt']);
    assert.match(text.stderr, /^left out \/empty\.txt of the seed: the file is empty$/m);
  });

  test('--api-key: refuses callers without a key', async (t) => {
    const { origin } = await start(t, ['--api-key', 'first', '--api-key', 'second', '--site-id', 'my-site', '--host', '0.0.0.0']);
    assert.match(origin, /^http:\/\/127\.0\.0\.1:/);
    /** @param {Record<string, string>} headers */
    const status = async (headers) => (await fetch(`${origin}/site-media/v1/files`, { headers })).status;
    assert.equal(await status({}), 401);
    assert.equal(await status({ authorization: 'wrong', 'wix-site-id': 'my-site' }), 401);
    assert.equal(await status({ authorization: 'first', 'wix-site-id': 'my-site' }), 200);
    assert.equal(await status({ authorization: 'second', 'wix-site-id': 'my-site' }), 200);
    assert.equal(await status({ authorization: 'first', 'wix-site-id': 'another' }), 403);
    assert.equal((await fetch(`${origin}/`)).status, 200);
  });

  test('serve: explains a taken port', async (t) => {
    const taken = createServer().listen(0, '127.0.0.1');
    t.after(() => taken.close());
    await new Promise((resolve) => taken.on('listening', resolve));
    const { port } = /** @type {AddressInfo} */ (taken.address());
    const { code, stdout, stderr } = await ask(['serve', '--port', String(port)]);
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
    assert.equal(stderr, `wix-media: Port ${port} is in use by another program: stop that, or choose another with --port N\n`);
  });

  test('serve: explains a locked directory', async (t) => {
    const data = await temporaryFolder(t);
    await start(t, ['--data', data]);
    const { code, stdout, stderr } = await ask(['serve', '--port', '0', '--data', data]);
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
    assert.equal(stderr, `wix-media: The directory ${data} is in use by another process: stop that, or ask its server with --url\n`);
  });

  test('serve: --no-converters uses nothing that is installed', async (t) => {
    const { origin } = await start(t, ['--no-converters']);
    const { storage } = await (await fetch(`${origin}/_wix-media/health`)).json();
    assert.deepEqual(storage.images, { decoders: {}, encoders: {} });
  });

  test('serve: refuses invalid options', async () => {
    for (const [args, message] of /** @type {[string[], RegExp][]} */ ([
      [['--host', '0.0.0.0'], /--host 0\.0\.0\.0 lets other machines in: set WIX_API_KEY, or use --api-key-file FILE/],
      [['--host', '192.168.1.1', '--api-key', ''], /--api-key must not be empty/],
      [['--memory', '--data', 'x'], /--data and --memory exclude each other/],
      [['--port', '70000'], /invalid --port: expected at most 65535/],
      [['--external-url', 'media.example'], /expected http:/],
      [['--quiet', '--verbose'], /--quiet and --verbose exclude each other/],
      [['--ffmpeg', 'x', '--no-videos'], /--ffmpeg and --no-videos exclude each other/],
      [['--ffmpeg', ''], /--ffmpeg must not be empty/],
    ])) {
      const { code, stdout, stderr } = await ask(['serve', ...args]);
      assert.deepEqual({ code, stdout }, { code: 2, stdout: '' }, args.join(' '));
      assert.match(stderr, message);
    }
    const { code, stderr } = await ask(['serve', '--seed', 'nowhere']);
    assert.equal(code, 1);
    assert.match(stderr, /seed directory not found: nowhere/);
  });

  test('serve: ends streams of events at a signal', async (t) => {
    const { origin, end } = await start(t);
    const response = await fetch(`${origin}/_wix-media/events`, { headers: { accept: 'text/event-stream' } });
    assert.match(present(response.headers.get('content-type')), /^text\/event-stream/);
    await createClient({ baseUrl: origin }).folders.createFolder('Animals');
    const reader = present(response.body).pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!/Animals/.test(text)) text += (await reader.read()).value;
    assert.match(text, /^id: ?\d+$/m);
    assert.equal((await end()).code, 0);
    // A stream that is cut off when the grace for requests is over ends with an error.
    let done;
    while (!done) ({ done } = await reader.read());
  });

  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    test(`serve: finishes an upload under way at ${signal}`, async (t) => {
      const data = await temporaryFolder(t);
      const { origin, text, end } = await start(t, ['--data', data]);
      const { files } = createClient({ baseUrl: origin });
      const { uploadUrl } = await files.generateFileUploadUrl('image/png', { fileName: 'slow.png' });
      const answer = new Promise((resolve, reject) => {
        const headers = { 'content-type': 'image/png', 'content-length': chelsea.length, expect: '100-continue' };
        const request = httpRequest(present(uploadUrl), { method: 'PUT', headers }, async (response) => {
          let body = '';
          for await (const chunk of response) body += chunk;
          resolve(JSON.parse(body).file);
        });
        request.on('error', reject);
        // The server answers `100 Continue` once the request is under way.
        const ended = once(request, 'continue').then(() => {
          request.write(chelsea.subarray(0, 100_000));
          const over = end(signal);
          // It says that it waits, and the rest comes after that.
          const rest = () => (/waiting for 1 request/.test(text.stderr) ? request.end(chelsea.subarray(100_000)) : setTimeout(rest, 10));
          rest();
          return over;
        });
        ended.then(({ code }) => assert.equal(code, 0)).catch(reject);
      });
      assert.equal((await answer).hash, md5(chelsea));
      await end(signal);
      const again = await start(t, ['--data', data]);
      assert.equal(present((await createClient({ baseUrl: again.origin }).files.listFiles()).files)[0].displayName, 'slow.png');
    });
  }

  test('serve: a second signal ends it at once', async (t) => {
    const { origin, text, end } = await start(t);
    const { files } = createClient({ baseUrl: origin });
    const { uploadUrl } = await files.generateFileUploadUrl('image/png', { fileName: 'never.png' });
    const headers = { 'content-type': 'image/png', 'content-length': 100, expect: '100-continue' };
    const request = httpRequest(present(uploadUrl), { method: 'PUT', headers });
    const broken = new Promise((resolve) => request.on('error', resolve));
    request.flushHeaders();
    await once(request, 'continue');
    request.write('some');
    const over = end('SIGINT');
    while (!/waiting for 1 request/.test(text.stderr)) await new Promise((resolve) => setTimeout(resolve, 10));
    end('SIGINT');
    assert.equal((await over).code, 0);
    await broken;
  });

  test('serve: logs requests without tokens, and none with --quiet', async (t) => {
    const [loud, quiet, verbose] = await Promise.all([start(t), start(t, ['--quiet']), start(t, ['--verbose'])]);
    const tokens = [];
    for (const { origin } of [loud, quiet, verbose]) {
      const { files } = createClient({ baseUrl: origin, auth: { apiKey: 'my-secret-key', siteId: 's' } });
      const { uploadUrl } = await files.generateFileUploadUrl('image/png', { fileName: 'a.png' });
      const { file } = await (await fetch(present(uploadUrl), { method: 'PUT', headers: { 'Content-Type': 'image/png' }, body: chelsea })).json();
      const { downloadUrls } = await files.generateFileDownloadUrl(file.id);
      await (await fetch(present(present(downloadUrls)[0].url))).arrayBuffer();
      const { downloadUrl } = await files.generateFilesDownloadUrl([file.id]);
      await (await fetch(present(downloadUrl))).arrayBuffer();
      tokens.push(present(uploadUrl).split('/').pop(), new URL(present(present(downloadUrls)[0].url)).searchParams.get('token'), present(downloadUrl).split('/').pop());
    }
    const logs = await Promise.all([loud, quiet, verbose].map(async ({ end }) => (await end()).stdout));
    for (const text of logs) for (const secret of ['my-secret-key', ...tokens]) assert.equal(text.includes(present(secret)), false);
    assert.match(logs[0], /PUT \/upload\/\[redacted\] 200 /);
    assert.match(logs[0], /GET \/download-files\/\S*token=\[redacted\]\S* 200 /);
    assert.match(logs[0], /GET \/archive\/wix\/\[redacted\] 200 /);
    assert.doesNotMatch(logs[1], /PUT|GET/);
    assert.match(logs[2], /authorization: \[redacted\]/);
  });
});
