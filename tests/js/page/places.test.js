// Which place the page opens: that of the address, or the one that a person chose. Never another one in its stead.
/** @import { TestContext } from 'node:test' */
/** @import { Page } from 'playwright-core' */
/** @import { OpenOptions } from './site.js' */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { startBrowser } from '../harness/browser.js';
import { leftovers } from '../harness/leftovers.js';
import { cell, choosePlace, drop, message, openFor, openPage, settled, startServer, toast } from './site.js';

suite('places of the page', () => {
  const closing = leftovers();
  /** @type {import('playwright-core').Browser} */
  let browser;

  before(async () => {
    browser = await startBrowser(closing);
  });

  /**
   * Starts a server with a file, and opens its page. `start` starts it again, at the same address.
   *
   * @param {TestContext} t
   * @param {OpenOptions} [options]
   */
  async function open(t, options) {
    const folder = await mkdtemp(join(tmpdir(), 'wix-media-place-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const server = await startServer(closing, ['--data', folder]);
    const { port } = new URL(server.address);
    const start = () => startServer(closing, ['--data', folder, '--port', port]);
    await server.client.uploads.upload(Buffer.from('words'), { displayName: 'on the server.txt' });
    const { page, open: openTab } = await openFor(t, browser, server.address, options);
    await cell(page, 'on the server.txt').waitFor();
    // From now on the page starts without its server.
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await page.evaluate(() => navigator.serviceWorker.ready);
    return { page, openTab, server, start };
  }

  /** @param {Page} page */
  const noAnswer = (page) => page.getByRole('heading', { name: 'The server does not answer' }).waitFor();

  for (const [how, options] of /** @type {[string, OpenOptions][]} */ ([['was chosen', { place: 'server' }], ['was found', {}]])) {
    test(`place: a server that ${how} and does not answer is waited for`, async (t) => {
      const { page, openTab, server, start } = await open(t, options);
      await server.stop();
      await page.reload();
      await noAnswer(page);
      assert.ok(await page.getByLabel('This server').isChecked());
      const other = await openTab('');
      await noAnswer(other);
      const again = await start();
      // Without a click.
      await cell(page, 'on the server.txt').waitFor();
      await cell(other, 'on the server.txt').waitFor();
      await page.reload();
      await cell(page, 'on the server.txt').waitFor();
      await again.stop();
    });
  }

  test('place: a person can work in the browser instead, and goes back by choice', async (t) => {
    const { page, server, start } = await open(t);
    await server.stop();
    await page.reload();
    await noAnswer(page);
    await page.getByRole('button', { name: 'Try again' }).click();
    await noAnswer(page);
    await page.getByRole('button', { name: 'Work in this browser' }).click();
    await message(page, 'No files yet').waitFor();
    await drop(page, '#main', [{ name: 'in the browser.txt', bytes: 'words' }]);
    await cell(page, 'in the browser.txt').waitFor();
    // The choice of a server that does not answer is refused, with the true reason.
    await choosePlace(page, 'This server');
    await toast(page, 'The server of this page does not answer.');
    assert.ok(await page.getByLabel('In this browser').isChecked());
    const again = await start();
    await page.reload();
    await cell(page, 'in the browser.txt').waitFor();
    await choosePlace(page, 'This server');
    await cell(page, 'on the server.txt').waitFor();
    await page.goto(again.address);
    await cell(page, 'on the server.txt').waitFor();
    await again.stop();
  });

  test('place: the server is asked once per choice', async (t) => {
    const { page, server } = await open(t);
    await choosePlace(page, 'In this browser');
    await message(page, 'No files yet').waitFor();
    let questions = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/_wix-media/health')) questions += 1;
    });
    await choosePlace(page, 'This server');
    await cell(page, 'on the server.txt').waitFor();
    // By the choice, and by the meter of what is stored once the place is open.
    assert.equal(questions, 2);
    await server.stop();
  });

  test('place: an address opens its place, and changes no choice', async (t) => {
    const { page, openTab, server } = await open(t, { place: 'server' });
    const other = await openTab('?place=browser#files');
    await message(other, 'No files yet').waitFor();
    assert.ok(await other.getByLabel('In this browser').isChecked());
    await page.goto(server.address);
    await cell(page, 'on the server.txt').waitFor();
    await server.stop();
  });

  test('place: a plain web server leaves the browser, also without a network', async (t) => {
    const server = await startServer(closing, ['--memory']);
    const made = await openPage(browser, server.address);
    t.after(() => made.context.close());
    // As a static host answers.
    await made.context.route('**/_wix-media/health', (route) => route.fulfill({ status: 404, body: 'not found' }));
    const page = await made.open('');
    await message(page, 'No files yet').waitFor();
    assert.ok(await page.getByLabel('In this browser').isChecked());
    await page.evaluate(() => navigator.serviceWorker.ready);
    await made.context.unroute('**/_wix-media/health');
    await server.stop();
    const offline = await made.open('');
    await settled(offline);
    await message(offline, 'No files yet').waitFor();
    assert.ok(await offline.getByLabel('In this browser').isChecked());
  });
});
