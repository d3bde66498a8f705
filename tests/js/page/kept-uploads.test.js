// Uploads that do not end in one visit: paused, refused, cancelled, or left behind.
/** @import { Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { cell, choosePlace, drop, eventually, hold, message, pageSuite, recordsIn, settled, textOf, toast } from './site.js';

suite('kept uploads of the page', () => {
  const site = pageSuite();
  const { open, workspace, listed } = site;

  /** @param {Page} page */
  const panel = (page) => page.getByRole('region', { name: 'Uploads' });
  /** @param {Page} page @param {string | RegExp} name */
  const says = (page, name) => panel(page).getByRole('heading', { name }).waitFor();
  /** @param {Page} page @param {number} count */
  const copies = (page, count) => eventually(async () => assert.equal((await recordsIn(page, 'wix-media uploads', 'uploads')).length, count));
  /** @param {Page} page @param {number} count */
  const paused = (page, count) => eventually(async () => assert.equal((await recordsIn(page, 'wix-media paused uploads', 'paused')).length, count));

  test('kept upload: one that a person paused stays paused at the next visits', async (t) => {
    const { fragment, id } = await workspace('Paused for long');
    const { page } = await open(t, { fragment });
    const letGo = await hold(page, '**/upload/**');
    await drop(page, '#main', [{ name: 'paused.txt', bytes: 'words' }]);
    await panel(page).getByRole('button', { name: 'Pause paused.txt' }).click();
    await says(page, /^Paused 1 file/);
    await copies(page, 1);
    await paused(page, 1);
    letGo();
    await page.reload();
    await toast(page, '1 upload of your last visit is paused.');
    await says(page, /^Paused 1 file/);
    await choosePlace(page, 'In this browser');
    await message(page, 'No files yet').waitFor();
    await page.goBack();
    await says(page, /^Paused 1 file/);
    assert.deepEqual(await listed(id), []);
    await panel(page).getByRole('button', { name: 'Resume paused.txt' }).click();
    await cell(page, 'paused.txt').waitFor();
    await copies(page, 0);
    await paused(page, 0);
  });

  test('kept upload: one that a person resumed goes on at the next visit', async (t) => {
    const { fragment } = await workspace('Resumed again');
    const { page } = await open(t, { fragment });
    const letGo = await hold(page, '**/upload/**');
    await drop(page, '#main', [{ name: 'resumed.txt', bytes: 'words' }]);
    await copies(page, 1);
    await panel(page).getByRole('button', { name: 'Pause all uploads' }).click();
    await paused(page, 1);
    await panel(page).getByRole('button', { name: 'Resume all uploads' }).click();
    await paused(page, 0);
    letGo();
    await page.reload();
    await cell(page, 'resumed.txt').waitFor();
  });

  test('kept upload: one that the service refuses for good is not tried at the next visit', async (t) => {
    const { fragment } = await workspace('Refused');
    const { page } = await open(t, { fragment });
    await drop(page, '#main', [{ name: 'empty.txt', bytes: '' }]);
    await says(page, '1 upload failed');
    assert.equal(await textOf(page.locator('.upload-facts')), 'The file is empty.');
    await copies(page, 0);
    // What failed is closed without a question.
    await panel(page).getByRole('button', { name: 'Close' }).click();
    await panel(page).waitFor({ state: 'hidden' });
    await page.reload();
    await settled(page);
    await drop(page, '#main', [{ name: 'full.txt', bytes: 'words' }]);
    await says(page, '1 file uploaded');
    assert.equal(await page.locator('.toast', { hasText: 'of your last visit' }).count(), 0);
  });

  test('kept upload: one that lacked a key is tried at the next visit', async (t) => {
    const { fragment } = await workspace('Cut off');
    const { page } = await open(t, { fragment });
    /** @param {URL} url */
    const isUploadUrl = (url) => url.pathname.endsWith('/generate-upload-url');
    await page.route(isUploadUrl, (route) => route.fulfill({ status: 401, json: { message: 'no key' } }));
    await drop(page, '#main', [{ name: 'later.txt', bytes: 'words' }]);
    await says(page, '1 upload failed');
    await copies(page, 1);
    await page.unroute(isUploadUrl);
    await page.reload();
    await toast(page, '1 upload of your last visit resumed.');
    await cell(page, 'later.txt').waitFor();
  });

  test('kept upload: the page says which uploads end for lack of a copy', async (t) => {
    const { fragment } = await workspace('No copy');
    const { page } = await open(t, { fragment });
    await page.addInitScript(() => {
      navigator.storage.estimate = async () => ({ usage: 0, quota: 0 });
    });
    await page.reload();
    await settled(page);
    await hold(page, '**/upload/**');
    await drop(page, '#main', [{ name: 'lost.txt', bytes: 'words' }]);
    await says(page, /^Uploading 1 file/);
    await choosePlace(page, 'In this browser');
    await toast(page, 'This server: 1 upload ended, and this browser has no copy. Upload it again.');
    assert.equal(await page.locator('.toast', { hasText: 'Open the place again' }).count(), 0);
  });

  test('kept upload: cancelling all of them asks first', async (t) => {
    const { fragment, id } = await workspace('Cancelled');
    const { page } = await open(t, { fragment });
    const letGo = await hold(page, '**/upload/**');
    await drop(page, '#main', ['one.txt', 'two.txt'].map((name) => ({ name, bytes: name })));
    await says(page, /^Uploading 2 files/);
    const ask = () => panel(page).getByRole('button', { name: 'Cancel all uploads' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel 2 uploads?' });
    await ask();
    await dialog.waitFor();
    // Enter must not throw away what a click has opened.
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await says(page, /^Uploading 2 files/);
    await ask();
    await dialog.getByRole('button', { name: 'Cancel the uploads' }).click();
    await panel(page).waitFor({ state: 'hidden' });
    letGo();
    await copies(page, 0);
    assert.deepEqual(await listed(id), []);
  });
});
