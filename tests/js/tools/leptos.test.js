// examples/leptos, built as its README says, in Chromium against a Media Manager.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startBrowser } from '../harness/browser.js';
import { serveManager } from '../harness/manager.js';
import { run } from '../harness/tarball.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const example = join(root, 'examples/leptos');
const target = process.env.WIX_MEDIA_EXAMPLES ?? join(root, 'target/examples');

/** A picture of one pixel. */
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==', 'base64');

/** @type {Record<string, string>} */
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

suite('examples/leptos', () => {
  /** @type {string} */
  let folder;
  before(async () => {
    const env = { ...process.env, CARGO_TARGET_DIR: target };
    await run('cargo', ['build', '--quiet', '--locked', '--release', '--target', 'wasm32-unknown-unknown'], { cwd: example, env });
    folder = await mkdtemp(join(tmpdir(), 'wix-media-'));
    await cp(join(example, 'index.html'), join(folder, 'index.html'));
    const built = join(target, 'wasm32-unknown-unknown/release/wix-media-leptos-example.wasm');
    await run('cargo', ['xtask', 'wasm-bindgen', '--target', 'web', '--out-dir', join(folder, 'pkg'), built], { cwd: root });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('examples/leptos: lists pictures page by page, survives a refusal, creates a folder and shows an error', async (t) => {
    let isBusy = false;
    const served = await serveManager(t, {
      async answer(request, next) {
        const { pathname } = new URL(request.url);
        if (pathname.startsWith('/site-media/')) {
          // Refused once, as by a busy service.
          if (isBusy) {
            isBusy = false;
            return new Response('{}', { status: 503 });
          }
          return next(request);
        }
        if (pathname === '/favicon.ico') return new Response(null, { status: 204 });
        const path = pathname === '/' ? '/index.html' : pathname;
        const type = TYPES[extname(path)];
        return type ? new Response(await readFile(join(folder, path)), { headers: { 'content-type': type } }) : next(request);
      },
    });
    await served.manager.seed(Array.from({ length: 20 }, (_, at) => ({ path: `/${String(at).padStart(2, '0')}.gif`, content: GIF })));
    const page = await (await startBrowser(t)).newPage();
    /** @type {string[]} */
    const faults = [];
    page.on('pageerror', (error) => void faults.push(String(error)));
    const names = () => page.locator('li').allInnerTexts();
    const more = page.getByRole('button', { name: 'More' });
    const status = page.getByRole('status');
    const listed = (/** @type {number} */ count) => page.waitForFunction((count) => document.querySelectorAll('li').length === count, count);

    await page.goto(served.baseUrl);
    await listed(12);
    isBusy = true;
    await more.click();
    await listed(20);
    assert.deepEqual(
      (await names()).map((name) => name.trim()),
      Array.from({ length: 20 }, (_, at) => `${String(at).padStart(2, '0')}.gif`),
    );
    assert.equal(await more.isDisabled(), true);

    await page.getByLabel('New folder').fill('Animals');
    await page.getByRole('button', { name: 'Create' }).click();
    await status.getByText('created Animals').waitFor();
    assert.deepEqual(
      (await served.client.folders.listFolders().toArray()).map(({ displayName }) => displayName).filter((name) => name === 'Animals'),
      ['Animals'],
    );

    await page.getByLabel('New folder').fill('');
    await page.getByRole('button', { name: 'Create' }).click();
    await status.getByText(/^[A-Z_]+: displayName /).waitFor();
    assert.deepEqual(faults, []);
  });
});
