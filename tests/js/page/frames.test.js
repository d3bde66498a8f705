// The page in a frame of another site: shown in pages of listed origins, and in no others.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { before, suite, test } from 'node:test';
import { startProfile } from '../harness/browser.js';
import { leftovers } from '../harness/leftovers.js';
import { eventually, photo, startServer } from './site.js';

/**
 * @import { AddressInfo } from 'node:net'
 * @import { BrowserContext, Frame, Page } from 'playwright-core'
 * @import { Server } from './site.js'
 */

suite('the page in a frame', () => {
  const closing = leftovers();
  /** @type {string} */
  let port;
  /** @type {Server} */
  let server;
  /** @type {Server} */
  let closed;
  /** @type {BrowserContext} */
  let context;

  before(async () => {
    const around = createServer(({ url }, response) => {
      const address = new URL(String(url), 'http://localhost').searchParams.get('of');
      response.setHeader('content-type', 'text/html');
      response.end(`<!doctype html><title>an editor</title><iframe src="${address}" allow="clipboard-write" style="width: 1200px; height: 700px"></iframe>`);
    });
    await new Promise((resolve) => around.listen(0, '127.0.0.1', () => resolve(undefined)));
    closing.after(() => around.close());
    port = String(/** @type {AddressInfo} */ (around.address()).port);
    [server, closed, context] = await Promise.all([startServer(closing, ['--memory', '--allow-frame', `http://localhost:${port}`]), startServer(closing), startProfile(closing)]);
    await server.client.uploads.upload(await photo('chelsea.jpg'), { displayName: 'a.jpg' });
  });

  /**
   * Opens a page of another site with a frame. Resolves with the response to the frame.
   *
   * @param {string} host Of the page around the frame.
   * @param {string} address Of the frame.
   */
  async function framed(host, address) {
    const page = await context.newPage();
    const answered = page.waitForEvent('response', (response) => response.url() === address);
    await page.goto(`http://${host}:${port}/?of=${encodeURIComponent(address)}`);
    const response = await answered;
    const frame = page.frames()[1];
    return { page, frame, response };
  }

  /**
   * @param {Frame | Page} there
   * @param {string} name
   */
  async function createFolder(there, name) {
    await there.getByRole('button', { name: 'New folder' }).click();
    await there.getByRole('dialog').getByRole('textbox').fill(name);
    await there.getByRole('dialog').getByRole('button', { name: 'Create folder' }).click();
    await there.locator('.cell', { hasText: name }).waitFor();
  }

  /** @param {Frame} frame */
  const isRefused = (frame) => eventually(() => assert.equal(frame.url(), 'chrome-error://chromewebdata/'));

  test('a page of a listed origin: shows the page, which works', async () => {
    const { page, frame } = await framed('localhost', `${server.address}/?place=server`);
    await frame.locator('.cell', { hasText: 'a.jpg' }).waitFor();
    await createFolder(frame, 'from a frame');
    const folders = await server.client.folders.listFolders().toArray();
    assert.deepEqual(folders.map(({ displayName }) => displayName), ['from a frame']);
    // It follows changes, although the browser may refuse it the locks by which tabs agree who reads them.
    await server.client.folders.createFolder('from a program');
    await frame.locator('.cell', { hasText: 'from a program' }).waitFor();
    // The page around it reads nothing of it.
    assert.equal(await page.evaluate(() => document.querySelector('iframe')?.contentDocument), null);
    await page.close();
  });

  test('a frame in a page of another site: shows nothing of what the browser stores for the page itself', async () => {
    const alone = await context.newPage();
    await alone.goto(`${server.address}/?place=browser`);
    await createFolder(alone, 'alone');
    const { page, frame } = await framed('localhost', `${server.address}/?place=browser`);
    // Browsers give it a storage of its own, or none.
    await frame.locator('#message').getByRole('heading', { name: /^(No files yet|Cannot open the Media Manager)$/ }).waitFor();
    await page.close();
    await alone.close();
  });

  test('a page of an origin that is not listed: shows an empty frame', async () => {
    for (const host of ['other.localhost', '127.0.0.1']) {
      const { page, frame, response } = await framed(host, `${server.address}/?place=server`);
      assert.equal(response.status(), 200, host);
      await isRefused(frame);
      await page.close();
    }
  });

  test('a server that lists no origin: refuses the frame', async () => {
    const { page, response } = await framed('localhost', `${closed.address}/?place=server`);
    assert.equal(response.status(), 403);
    assert.match(await response.text(), /--allow-frame/);
    await page.close();
  });
});
