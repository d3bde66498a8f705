// The native server with `--downloads redirect`: callers get the bytes of large files from the bucket.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { md5, noise } from '../harness/bytes.js';
import { officialClient } from '../harness/clients.js';
import { leftovers } from '../harness/leftovers.js';
import { temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { samples } from '../scenarios/samples.js';
import { ask, native, run } from './native.js';
import { objectStore, proxy } from './object-store.js';

/** @import { TestContext } from 'node:test' */

/** More than the sockets between a server and a reader that waits can hold. */
const LARGE = noise(24_000_000, 5);
/** A picture with bytes behind its end, which count as part of the file. */
const PICTURE = Uint8Array.from([...samples.png, ...noise(400_000, 6)]);

/** @type {Awaited<ReturnType<typeof objectStore>>} */
let store;

/**
 * A server that redirects, with a prefix of its own in the bucket.
 *
 * @param {TestContext} t
 * @param {string[]} [args]
 */
async function start(t, args = []) {
  const bucket = `${store.bucket}-${process.hrtime.bigint()}`;
  const line = ['--bucket', bucket, '--downloads', 'redirect', ...args];
  const server = await native(t, join(await temporaryFolder(t), 'data'), line, store.env);
  if (!server.origin) throw new Error(`wix-media-server ended: ${server.text.stderr}`);
  const client = createClient({ baseUrl: server.origin });
  const get = (/** @type {string | undefined} */ url, headers = {}) => {
    const { pathname, search } = new URL(present(url));
    return ask(server.origin, 'GET', pathname + search, { headers });
  };
  return { server, client, get, folder: `${store.origin}/media/${bucket.slice('s3://media/'.length)}/` };
}

/**
 * A response of the bucket, to the redirect of an answer.
 *
 * @param {import('./native.js').Answer} answer
 * @param {Record<string, string>} [headers]
 */
async function followed(answer, headers = {}) {
  assert.deepEqual([answer.status, answer.headers['cache-control'], answer.headers['access-control-allow-origin']], [302, 'no-store', '*'], answer.text);
  const url = new URL(present(answer.headers.location));
  const response = await fetch(url, { headers });
  return { url, response, bytes: new Uint8Array(await response.arrayBuffer()) };
}

/** @param {Uint8Array} all */
const part = (all) => ({ range: 'bytes=300000-300009', bytes: all.slice(300_000, 300_010) });

suite('wix-media-server: downloads from the bucket', () => {
  const closing = leftovers();
  before(async () => {
    store = await objectStore(closing);
  });

  test('a public picture: the bucket sends its bytes, with the headers of the server', async (t) => {
    const { server, client, get, folder } = await start(t);
    const file = await client.uploads.upload(PICTURE, { displayName: 'picture.png' });
    const { url, response, bytes } = await followed(await get(file.url));
    assert.ok(url.href.startsWith(folder), url.href);
    assert.deepEqual(bytes, PICTURE);
    const { headers } = await ask(server.origin, 'HEAD', new URL(present(file.url)).pathname);
    for (const name of ['content-type', 'cache-control', 'content-length']) assert.equal(response.headers.get(name), headers[name], name);
    assert.deepEqual([headers['content-type'], headers.etag], ['image/png', `"${md5(PICTURE)}"`]);
    assert.equal(url.searchParams.get('X-Amz-Expires'), '300');

    const { range, bytes: expected } = part(PICTURE);
    const ranged = await followed(await get(file.url, { range }), { range });
    assert.deepEqual([ranged.response.status, ranged.bytes], [206, expected]);
    const inBucket = present(response.headers.get('etag'));
    await followed(await get(file.url, { range, 'if-range': inBucket }), { range });
    await followed(await get(file.url, { 'if-none-match': '"another"' }));
  });

  test('the server answers itself: conditions on its own headers, credentials, and what only it can send', async (t) => {
    const { server, client, get } = await start(t);
    const { url, _id } = await client.uploads.upload(PICTURE, { displayName: 'picture.png' });
    const own = `"${md5(PICTURE)}"`;
    const { range } = part(PICTURE);
    for (const [headers, status] of /** @type {[Record<string, string>, number][]} */ ([
      [{ 'if-none-match': own }, 304],
      [{ 'if-match': own }, 200],
      [{ 'if-match': '"another"' }, 412],
      [{ 'if-unmodified-since': new Date(Date.now() + 60_000).toUTCString() }, 200],
      [{ range, 'if-range': '"another"' }, 200],
      [{ range: 'bytes=9000000-' }, 416],
      [{ authorization: 'key', 'wix-site-id': 'site' }, 200],
    ])) {
      const answer = await get(url, headers);
      assert.deepEqual([answer.status, answer.headers.location], [status, undefined], JSON.stringify(headers));
    }
    const large = await client.uploads.upload(LARGE, { displayName: 'large.bin' });
    const { downloadUrls: [link] = [] } = await client.files.generateFileDownloadUrl(present(large._id));
    await followed(await get(link.url, { range }), { range });
    const parted = await get(link.url, { range, 'if-range': `"${md5(LARGE)}"` });
    assert.equal(parted.status, 206, 'an object of several parts has another ETag in the bucket');
    const transformed = await get(`${url}/v1/fit/w_20,h_20/picture.png`);
    assert.deepEqual([transformed.status, transformed.headers['content-type']], [200, 'image/png']);
    const markup = new TextEncoder().encode(`<svg xmlns="http://www.w3.org/2000/svg"><!--${'-'.repeat(300_000).replaceAll('--', '- ')}--></svg>`);
    const svg = await client.uploads.upload(markup, { displayName: 'drawing.svg' });
    const text = await client.uploads.upload(new TextEncoder().encode('water '.repeat(60_000)), { displayName: 'notes.txt' });
    const small = await client.uploads.upload(new Uint8Array(samples.png), { displayName: 'small.png' });
    for (const each of [svg, text, small]) assert.equal((await get(each.url)).status, 200, each.displayName);
    for (const id of [svg._id, text._id]) {
      const { downloadUrls } = await client.files.generateFileDownloadUrl(present(id));
      assert.equal((await get(downloadUrls?.[0].url)).status, 200);
    }
    const { downloadUrl } = await client.files.generateFilesDownloadUrl([present(_id)]);
    assert.equal((await get(downloadUrl)).status, 200);
    assert.equal((await ask(server.origin, 'HEAD', new URL(present(url)).pathname)).status, 200);
  });

  test('a private file: its link leads to the bucket for as long as it lives, and nothing else does', async (t) => {
    const { server, client, get } = await start(t);
    const file = await client.uploads.upload(PICTURE, { displayName: 'sécret.png', private: true });
    const id = present(file._id);
    const path = `/media/${id}`;
    assert.equal((await ask(server.origin, 'GET', path)).status, 403);
    const linked = async (/** @type {Record<string, unknown>} */ options) => {
      const { downloadUrls } = await client.files.generateFileDownloadUrl(id, options);
      const answer = await get(downloadUrls?.[0].url);
      return { link: present(downloadUrls?.[0].url), ...(await followed(answer)) };
    };
    const { link, url, response, bytes } = await linked({});
    assert.deepEqual(bytes, PICTURE);
    const { pathname, search } = new URL(link);
    const { headers } = await ask(server.origin, 'HEAD', pathname + search);
    for (const name of ['content-type', 'content-disposition', 'cache-control']) assert.equal(response.headers.get(name), headers[name], name);
    assert.match(present(headers['content-disposition']), /^attachment; filename="s_cret\.png"; filename\*=UTF-8''s%C3%A9cret\.png$/);
    assert.equal(headers['cache-control'], 'private, no-store');
    assert.equal(url.searchParams.get('X-Amz-Expires'), '300');
    const short = await linked({ expirationInMinutes: 1, contentDisposition: 'INLINE' });
    assert.ok(Number(short.url.searchParams.get('X-Amz-Expires')) <= 70, short.url.href);
    assert.match(present(short.response.headers.get('content-disposition')), /^inline; /);
    assert.equal((await get(link.slice(0, -2))).status, 403, 'a tampered link');

    await client.files.bulkDeleteFiles([id], { permanent: true });
    assert.equal((await get(link)).status, 404);
    assert.ok(!server.text.stdout.includes('X-Amz-') && !server.text.stdout.includes('eyJ'), 'the log has no signed URL');
  });

  test('clients: ours and links of the official SDK download through the bucket', async (t) => {
    const { server, client } = await start(t);
    const file = await client.uploads.upload(LARGE, { displayName: 'large.bin' });
    const response = await client.downloads.file(present(file._id), { verify: true });
    assert.equal(response.headers.get('content-type'), 'application/octet-stream');
    assert.equal(md5(new Uint8Array(await response.arrayBuffer())), md5(LARGE));
    /** @param {string} url @param {any} init */
    const send = (url, init) => {
      const { pathname, search } = new URL(url);
      return fetch(server.origin + pathname + search, init);
    };
    const official = officialClient({ apiKey: 'key', siteId: 'site' }, /** @type {any} */ (send));
    const { downloadUrls } = await official.files.generateFileDownloadUrl(file._id);
    const downloaded = await fetch(downloadUrls[0].url);
    assert.ok(downloaded.redirected && downloaded.url.startsWith(store.origin), downloaded.url);
    assert.equal(md5(new Uint8Array(await downloaded.arrayBuffer())), md5(LARGE));
  });

  test('--bucket-public-url: callers use it, and a download goes on there after the connection broke off', async (t) => {
    const between = await proxy(t, store.port);
    const { server, client } = await start(t, ['--bucket-public-url', between.origin]);
    const file = await client.uploads.upload(LARGE, { displayName: 'large.bin' });
    const response = await client.downloads.file(present(file._id), { verify: true });
    const reader = present(response.body).getReader();
    const first = await reader.read();
    let received = present(first.value).length;
    between.cut();
    between.restore();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) received += piece.value.length;
    assert.equal(received, LARGE.length);
    const redirects = () => server.text.stdout.split('\n').filter((line) => line.includes('/download-files/') && line.includes('"status":302'));
    await server.end();
    assert.ok(redirects().length >= 2, server.text.stdout);
  });

  for (const [name, args, message] of /** @type {[string, string[], string][]} */ ([
    ['a redirect without a bucket', ['--downloads', 'redirect'], '--downloads redirect needs --bucket URL: a directory sends nothing by itself'],
    ['an unknown mode', ['--downloads', 'direct'], 'invalid --downloads: expected proxy or redirect, found direct'],
    ['a public URL without redirects', ['--bucket', 's3://media', '--bucket-public-url', 'https://s3.example'], '--bucket-public-url needs --downloads redirect'],
    [
      'a public URL with a path',
      ['--bucket', 's3://media', '--downloads', 'redirect', '--bucket-public-url', 'https://media.example/files'],
      'invalid --bucket-public-url: expected a URL without a path, such as https://s3.example, found https://media.example/files',
    ],
  ])) {
    test(`settings: ${name} is one sentence and exit code 2`, async () => {
      const { code, stderr } = await run(['serve', '--data', '/nowhere', ...args]);
      assert.deepEqual([code, stderr], [2, `wix-media-server: ${message}\n`]);
    });
  }
});
