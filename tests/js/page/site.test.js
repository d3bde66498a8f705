// The page on a Wix site: a stub of the service, at another origin.
/** @import { Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { before, beforeEach, suite, test } from 'node:test';
import { KEY, SITE, startMediaService } from './media-service.js';
import { choosePlace, eventually, message, namesIn, pageSuite, settled, textMatches, textOf } from './site.js';

suite('page on a Wix site', () => {
  const site = pageSuite();
  /** @type {Awaited<ReturnType<typeof startMediaService>>} */
  let service;

  before(async () => {
    service = await startMediaService(site.closing);
  });
  beforeEach(() => service.reset());

  /**
   * @param {Page} page
   * @param {{ key?: string, site?: string, base?: string }} [options]
   */
  async function connect(page, options) {
    await choosePlace(page, 'A Wix site');
    return enter(page, options);
  }

  /**
   * @param {Page} page
   * @param {{ key?: string, site?: string, base?: string }} [options]
   */
  async function enter(page, { key = KEY, site = SITE, base = service.origin } = {}) {
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('API key').fill(key);
    await dialog.getByLabel('Site ID').fill(site);
    await dialog.getByLabel('Base URL').fill(base);
    await dialog.getByRole('button', { name: 'Connect' }).click();
    return dialog;
  }

  test('page on a Wix site: lists files, and hides the key in the call inspector', async (t) => {
    const { page } = await site.open(t, { panel: true });
    await connect(page);
    await page.waitForFunction(() => document.querySelectorAll('.cell.file').length > 8);
    await settled(page);
    await eventually(async () => assert.equal(await textOf(page.locator('#count')), `${service.files.length} files`));
    await eventually(async () => assert.ok((await namesIn(page)).includes('Launch at dawn.jpg')));
    await eventually(async () => {
      const shown = await textOf(page.locator('call-inspector'));
      assert.match(shown, /apiKey: process\.env\.WIX_API_KEY/);
      assert.match(shown, /Authorization: \[redacted\]/);
    });
    assert.ok(service.requests.every(({ headers }) => headers.authorization === KEY));
  });

  test('page on a Wix site: keeps the key in memory only', async (t) => {
    const { page } = await site.open(t, { panel: true });
    await connect(page);
    await page.waitForFunction(() => document.querySelector('.cell.file'));
    const kept = await page.evaluate(async () => {
      const texts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.documentElement.outerHTML, location.href, document.cookie];
      for (const { name } of await indexedDB.databases()) texts.push(String(name));
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) texts.push(request.url);
      }
      return texts.join('\n');
    });
    assert.ok(!kept.includes(KEY), 'the key is nowhere to be found');
    await page.reload();
    // Without the key there is no site to go to, and the page goes nowhere else by itself.
    await page.getByRole('heading', { name: 'Connect to the Wix site again' }).waitFor();
    assert.ok(await page.getByLabel('A Wix site').isChecked());
    await choosePlace(page, 'This server');
    await message(page, 'No files yet').waitFor();
  });

  test('page on a Wix site: connecting once more adds no step to the history', async (t) => {
    const { page } = await site.open(t);
    await connect(page);
    await page.waitForFunction(() => document.querySelector('.cell.file'));
    await page.reload();
    const length = await page.evaluate(() => history.length);
    await page.getByRole('button', { name: 'Connect' }).click();
    await enter(page);
    await page.waitForFunction(() => document.querySelector('.cell.file'));
    assert.equal(await page.evaluate(() => history.length), length);
    await page.goBack();
    await message(page, 'No files yet').waitFor();
    assert.ok(await page.getByLabel('This server').isChecked());
  });

  test('connect dialog: reports a wrong key', async (t) => {
    const { page } = await site.open(t, { panel: true });
    const dialog = await connect(page, { key: 'IST.another-key.0123' });
    await dialog.getByText('Not authenticated').waitFor();
    assert.ok(!(await textOf(page.locator('body'))).includes('IST.another-key.0123'));
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await eventually(async () => assert.ok(await page.getByLabel('This server').isChecked()));
    await settled(page);
  });

  test('connect dialog: reports a wrong base URL', async (t) => {
    const { page } = await site.open(t, { panel: true });
    const dialog = await connect(page, { base: 'www.wixapis.com' });
    await dialog.getByText('must start with https://').waitFor();
    await dialog.getByLabel('Base URL').fill(site.server.address.replace(/:\d+$/, ':9'));
    await dialog.getByRole('button', { name: 'Connect' }).click();
    await dialog.getByText('No response', { exact: true }).waitFor();
  });

  test('call inspector: leaves what has not changed while a long folder is read', async (t) => {
    service.add(...Array.from({ length: 1500 }, (_, index) => ({ id: `many-${index}`, displayName: `Many ${index}.pdf` })));
    const { page } = await site.open(t, { panel: true });
    await connect(page);
    await page.waitForFunction(() => Number.parseInt(document.querySelector('#count')?.textContent ?? '', 10) > 300);
    await page.locator('call-inspector summary').first().click();
    await page.locator('call-inspector details pre').first().evaluate((block) => block.setAttribute('data-seen', ''));
    await page.locator('.cell').first().click();
    await page.keyboard.press('Control+End');
    await textMatches(page, '#count', /^1,5\d\d files$/);
    await page.getByText(/^… and \d+ more requests like these\.$/).waitFor();
    assert.equal(await page.locator('call-inspector details[open] pre[data-seen]').count(), 1);
  });

  test('listing: reads no more of a long folder than is on the screen', async (t) => {
    service.add(...Array.from({ length: 2000 }, (_, index) => ({ id: `many-${index}`, displayName: `Many ${index}.pdf` })));
    const { page } = await site.open(t, { panel: true });
    await connect(page);
    await page.waitForFunction(() => Number.parseInt(document.querySelector('#count')?.textContent ?? '', 10) > 300);
    // By the end of these requests, a reader that does not pause would have requested more pages.
    await page.evaluate(async (address) => {
      for (let turn = 0; turn < 50; turn += 1) await fetch(address);
    }, `${service.origin}/site-media/v1/elsewhere`);
    const pages = () => service.requests.filter(({ path }) => path === '/files').length;
    assert.ok(pages() < 8, `${pages()} pages of 20`);
    await page.locator('.cell').first().click();
    await page.keyboard.press('Control+End');
    await textMatches(page, '#count', /^2,0\d\d files$/);
  });
});
