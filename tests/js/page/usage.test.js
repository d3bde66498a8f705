// How much is stored, whether it is safe, and the version of the server.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { startManager } from '../harness/manager.js';
import { cell, choosePlace, drop, pageSuite, textMatches, toast } from './site.js';

suite('storage of the page', () => {
  const site = pageSuite();
  const { open } = site;

  test('storage: names files and trash apart, warns, and offers a copy of everything', async (t) => {
    const { page } = await open(t, { place: 'browser' });
    await textMatches(page, '#usage', /^0 bytes of files/);
    assert.equal(await page.getByRole('button', { name: 'Download everything' }).count(), 0);
    await drop(page, '#main', [
      { name: 'kept.txt', bytes: 'x'.repeat(3000) },
      { name: 'deleted.txt', bytes: 'x'.repeat(2000) },
    ]);
    await textMatches(page, '#usage', /^5 kB of files/);
    await cell(page, 'deleted.txt').click();
    await page.keyboard.press('Delete');
    await toast(page, '“deleted.txt” moved to the trash.');
    await textMatches(page, '#usage', /^3 kB of files, 2 kB in the trash/);
    await textMatches(page, '#usage', /Room for .* more/);
    // An automated browser does not grant persistent storage.
    await textMatches(page, '#usage', /The browser may delete the files/);
    await page.getByRole('button', { name: 'Keep them' }).click();
    await toast(page, /The browser (?:did not agree|keeps the files)/);

    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download everything' }).click()]);
    assert.match(download.suggestedFilename(), /^wix-media \d{4}-\d\d-\d\d\.zip$/);
    const archive = await readFile(await download.path());
    const manager = await startManager(t);
    await manager.import(archive);
    const { files } = await manager.client.files.listFiles();
    assert.deepEqual(files?.map(({ displayName }) => displayName), ['kept.txt']);
  });

  test('storage: a server says how much is in it', async (t) => {
    const { page } = await open(t);
    await drop(page, '#main', [{ name: 'four.txt', bytes: 'x'.repeat(4000) }]);
    await textMatches(page, '#usage', /^4 kB of files/);
    assert.equal(await page.locator('#usage progress').isVisible(), false);
    await choosePlace(page, 'In this browser');
    await textMatches(page, '#usage', /^0 bytes of files/);
  });

  test('page: offers to reload when the server has another version', async (t) => {
    const { page } = await open(t);
    await page.locator('#usage').waitFor();
    await page.route('**/_wix-media/health', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ json: { ...(await response.json()), version: '99.0.0' } });
    });
    await drop(page, '#main', [{ name: 'one.txt', bytes: 'one' }]);
    const offer = await toast(page, 'The server has another version of this page.');
    await page.unrouteAll();
    await Promise.all([page.waitForEvent('load'), offer.getByRole('button', { name: 'Reload' }).click()]);
  });
});
