// Downloads of several items, and what else is done with all of a view: restoring and printing.
/** @import { Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { cell, namesIn, pageSuite, settled, showsItems, sortBy, toast } from './site.js';

suite('whole views of the page', () => {
  const site = pageSuite();
  const { open, workspace } = site;

  /** @param {Page} page */
  const downloadChosen = (page) => page.locator('#chosen').getByRole('button', { name: 'Download' }).click();

  test('download: one click starts one download', async (t) => {
    const { id, fragment } = await workspace('Parts', { 'a.txt': Buffer.from('alpha'), 'b.txt': Buffer.from('beta') });
    const { folder } = await site.server.client.folders.createFolder('Inner', { parentFolderId: id });
    await site.server.client.uploads.upload(Buffer.from('gamma'), { displayName: 'c.txt', parentFolderId: String(folder?._id) });
    const { page } = await open(t, { fragment });
    let started = 0;
    page.on('download', () => {
      started += 1;
    });
    await cell(page, 'a.txt').click();
    await page.keyboard.press('Control+a');
    await downloadChosen(page);
    const dialog = page.getByRole('dialog', { name: 'Download 2 files and 1 folder' });
    for (const [name, wanted] of [
      ['Inner.zip', ['gamma']],
      ['files.zip', ['alpha', 'beta']],
    ]) {
      const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: `Download ${name}` }).click()]);
      const text = await readFile(await download.path(), 'latin1');
      for (const word of wanted) assert.ok(text.includes(word), `${name} has ${word}`);
    }
    assert.equal(started, 2);
    await page.route('**/generate-download-url', (route) => route.abort('connectionrefused'));
    await dialog.getByRole('button', { name: 'Download files.zip' }).click();
    await dialog.getByText('The service does not answer.').waitFor();
    await page.unrouteAll();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  test('trash: restores all of it, and takes that back', async (t) => {
    const { id, fragment, files } = await workspace('Emptied', { 'a.txt': Buffer.from('a'), 'b.zip': Buffer.from('b') });
    await site.server.client.files.bulkDeleteFiles(Object.values(files).map(({ _id }) => String(_id)));
    const { page } = await open(t, { fragment: '#trash' });
    await showsItems(page, ['a.txt', 'b.zip']);
    await page.getByRole('button', { name: 'Restore all', exact: true }).click();
    await toast(page, '2 files restored.');
    assert.deepEqual(await site.listed(id), ['a.txt', 'b.zip']);
    await page.getByRole('button', { name: 'Undo' }).click();
    await toast(page, '2 files moved to the trash.');
    await showsItems(page, ['a.txt', 'b.zip']);
    // With a filter, all that it shows.
    await page.getByLabel('Filter by type').selectOption('Archive');
    await showsItems(page, ['b.zip']);
    await page.getByRole('button', { name: 'Restore all', exact: true }).click();
    await toast(page, '“b.zip” restored.');
    assert.deepEqual(await site.listed(id), ['b.zip']);
    await page.goto(`${site.server.address}/${fragment}`);
    await showsItems(page, ['b.zip']);
  });

  test('print: has all items of the view, and none of the tools', async (t) => {
    const names = Array.from({ length: 80 }, (_, index) => `file ${index}.txt`);
    const { fragment } = await workspace('On paper', Object.fromEntries(names.map((name) => [name, Buffer.from(name)])));
    const { page } = await open(t, { fragment, panel: true, viewport: { width: 1000, height: 500 } });
    await sortBy(page, 'Name, A to Z');
    await settled(page);
    assert.ok((await namesIn(page)).length < 80);
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    assert.deepEqual(await namesIn(page), names);
    for (const tool of ['.bar', '#sidebar', '#panel', '.tools', '.commands', '.tick', '.tile-menu']) {
      assert.equal(await page.locator(tool).first().isVisible(), false, tool);
    }
    const [first, last] = await Promise.all([cell(page, names[0]).boundingBox(), cell(page, names[79]).boundingBox()]);
    assert.ok(first && last && last.y > first.y + 500, 'the rows follow one another');
    await page.emulateMedia({ media: null });
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    assert.ok((await namesIn(page)).length < 80);
  });

  test('grid: tells videos from photographs', async (t) => {
    const film = await readFile(new URL('../../data/corpus/media/short.mp4', import.meta.url));
    const { fragment } = await workspace('Films', { 'film.mp4': film, 'note.txt': Buffer.from('words') });
    const { page } = await open(t, { fragment });
    await cell(page, 'film.mp4').locator('.play').waitFor();
    assert.equal(await cell(page, 'note.txt').locator('.play').count(), 0);
  });
});
