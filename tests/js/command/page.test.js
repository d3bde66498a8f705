// The page as `wix-media serve` sends it: its files, its policy, and nothing beside them.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { openPage } from '../../../pkg-template/cli/server/static-files.js';
import { contentSecurityPolicy } from '../../../www/policy.js';
import { leftovers } from '../harness/leftovers.js';
import { present } from '../harness/present.js';

suite('the page', () => {
  const closing = leftovers();
  /** @type {Awaited<ReturnType<typeof openPage>>} */
  let page;
  /** @type {string} */
  let root;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'wix-media-'));
    closing.after(() => rm(root, { recursive: true, force: true }));
    await mkdir(join(root, 'dist/www/deep er'), { recursive: true });
    for (const [file, text] of [
      ['secret.js', 'secret'],
      ['dist/browser.js', 'export {}'],
      ['dist/manager.wasm', '\0asm'],
      ['dist/.npmrc', 'hidden'],
      ['dist/www/index.html', '<script type="importmap">{}</script><script>alert()</script>'],
      ['dist/www/main.js', 'main'],
      ['dist/www/page-ABCD2345.js', 'bundle'],
      ['dist/www/.hidden.js', 'hidden'],
      ['dist/www/notes', 'no type'],
      ['dist/www/deep er/part.css', 'css'],
    ]) {
      await writeFile(join(root, file), text);
    }
    await symlink(join(root, 'secret.js'), join(root, 'dist/www/link.js'));
    page = await openPage({ folder: join(root, 'dist/www'), modules: join(root, 'dist'), policy: contentSecurityPolicy });
  });

  /**
   * @param {string} path
   * @param {RequestInit} [init]
   */
  const get = (path, init) => page(new Request(`http://here${path}`, init));

  test('page: serves files with type and policy', async () => {
    for (const [path, type, text] of [
      ['/main.js?x=1', 'text/javascript; charset=utf-8', 'main'],
      ['/deep%20er/part.css', 'text/css; charset=utf-8', 'css'],
      ['/wix-media/browser.js', 'text/javascript; charset=utf-8', 'export {}'],
      ['/wix-media/manager.wasm', 'application/wasm', '\0asm'],
    ]) {
      const response = present(await get(path));
      assert.equal(response.headers.get('content-type'), type);
      assert.equal(response.headers.get('cache-control'), 'no-cache');
      assert.equal(response.headers.get('content-security-policy'), contentSecurityPolicy());
      assert.equal(response.headers.get('content-length'), String(text.length));
      assert.equal(await response.text(), text);
    }
  });

  test('page: browsers keep for good what has its hash in its name', async () => {
    const cachingOf = async (/** @type {string} */ path) => present(await get(path)).headers.get('cache-control');
    assert.equal(await cachingOf('/page-ABCD2345.js'), 'public, max-age=31536000, immutable');
    for (const path of ['/', '/main.js', '/wix-media/browser.js', '/deep%20er/part.css']) assert.equal(await cachingOf(path), 'no-cache', path);
  });

  test('page: allows the import map by its hash', async () => {
    for (const path of ['/', '/index.html']) {
      const policy = present(present(await get(path)).headers.get('content-security-policy'));
      assert.ok(policy.includes(`'sha256-${createHash('sha256').update('{}').digest('base64')}'`), policy);
      assert.doesNotMatch(policy, /unsafe-inline/);
      assert.match(policy, /frame-ancestors 'none'/);
    }
  });

  test('page: answers 304 for unchanged files', async () => {
    const tag = present(await get('/main.js')).headers.get('etag');
    const again = present(await get('/main.js', { headers: { 'if-none-match': present(tag) } }));
    assert.equal(again.status, 304);
    assert.equal(await again.text(), '');
    await writeFile(join(root, 'dist/www/main.js'), 'changed');
    const changed = present(await get('/main.js', { headers: { 'if-none-match': present(tag) } }));
    assert.equal(await changed.text(), 'changed');
    await writeFile(join(root, 'dist/www/main.js'), 'main');
  });

  test('page: compresses files for whom accepts that', async () => {
    const text = 'words '.repeat(1000);
    await writeFile(join(root, 'dist/www/main.js'), text);
    const file = (/** @type {string} */ accepted, init = {}) => get('/main.js', { ...init, headers: { 'accept-encoding': accepted } });
    const plain = present(await file('br'));
    const packed = present(await file('br, gzip;q=0.5'));
    assert.deepEqual([plain.headers.get('content-encoding'), packed.headers.get('content-encoding')], [null, 'gzip']);
    assert.equal(plain.headers.get('vary'), 'accept-encoding');
    assert.equal(packed.headers.get('vary'), 'accept-encoding');
    const bytes = Buffer.from(await packed.arrayBuffer());
    assert.equal(gunzipSync(bytes).toString(), text);
    assert.equal(packed.headers.get('content-length'), String(bytes.length));
    assert.equal(await plain.text(), text);
    const head = present(await file('gzip', { method: 'HEAD' }));
    assert.equal(head.headers.get('content-length'), String(bytes.length));
    assert.equal(head.body, null);
    assert.equal(present(await file('gzip;q=0, br')).headers.get('content-encoding'), null);
    // Each form has a tag of its own.
    const tag = present(packed.headers.get('etag'));
    assert.notEqual(tag, plain.headers.get('etag'));
    assert.equal(present(await get('/main.js', { headers: { 'accept-encoding': 'gzip', 'if-none-match': tag } })).status, 304);
    // Of another size: the clock of the file system may not have moved since.
    await writeFile(join(root, 'dist/www/main.js'), `${text} and more`);
    const changed = present(await get('/main.js', { headers: { 'accept-encoding': 'gzip', 'if-none-match': tag } }));
    assert.equal(gunzipSync(Buffer.from(await changed.arrayBuffer())).toString(), `${text} and more`);
    await writeFile(join(root, 'dist/www/main.js'), 'main');
  });

  test('page: answers HEAD without a body', async () => {
    const response = present(await get('/main.js', { method: 'HEAD' }));
    assert.equal(response.headers.get('content-length'), '4');
    assert.equal(response.body, null);
  });

  test('page: leaves other paths to the manager', async () => {
    for (const path of [
      '/site-media/v1/files',
      '/missing.js',
      '/wix-media/',
      '/wix-media/missing.js',
      '/wix-media/www/main.js',
      '/wix-media/.npmrc',
      '/..%2fbrowser.js',
      '/%2e%2e/browser.js',
      '//main.js',
      '/deep%20er',
      '/.hidden.js',
      '/notes',
      '/link.js',
      '/main.js%00',
      '/%zz',
    ]) {
      assert.equal(await get(path), undefined, path);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) assert.equal(await get('/main.js', { method }), undefined, method);
  });
});
