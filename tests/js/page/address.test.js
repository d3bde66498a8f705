// The address of the page: Back and Forward, and links to files.
/** @import { Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { cell, choosePlace, eventually, message, pageSuite, photo, pictureLoaded, settled, SHOWN, sortBy, textOf, toast } from './site.js';

suite('address of the page', () => {
  const site = pageSuite();
  const { open, workspace } = site;
  /** @type {Buffer} */
  let cat;

  before(async () => {
    cat = await photo('chelsea.jpg');
  });

  /**
   * @param {Page} page
   * @param {string} name
   */
  const shows = (page, name) => page.getByRole('dialog', { name }).waitFor();
  /** @param {Page} page */
  const viewerIsClosed = (page) => page.getByRole('dialog').waitFor({ state: 'detached' });
  /**
   * @param {Page} page
   * @param {string} name
   */
  const isIn = (page, name) => eventually(async () => assert.equal(await textOf(page.locator('#where')), name));

  test('address: names the file in the viewer, and Back closes it', async (t) => {
    const { name, fragment, files } = await workspace('Viewed', { 'a.jpg': cat, 'b.jpg': cat });
    const { page } = await open(t);
    await cell(page, name).dblclick();
    await isIn(page, name);
    await sortBy(page, 'Name, A to Z');
    await cell(page, 'a.jpg').dblclick();
    await shows(page, 'a.jpg');
    assert.ok(page.url().endsWith(`${fragment}/view/${files['a.jpg']._id}`));
    await page.keyboard.press('ArrowRight');
    await shows(page, 'b.jpg');
    assert.ok(page.url().endsWith(`${fragment}/view/${files['b.jpg']._id}`));
    // One step, however many files were looked at.
    await page.goBack();
    await viewerIsClosed(page);
    await isIn(page, name);
    assert.ok(page.url().endsWith(fragment));
    await page.goForward();
    await shows(page, 'b.jpg');
    await pictureLoaded(page, SHOWN);
    await page.goBack();
    await viewerIsClosed(page);
    await page.goBack();
    await isIn(page, 'Site Files');
  });

  test('address: closing the viewer leaves no step in the history', async (t) => {
    const { name, fragment } = await workspace('Closed', { 'a.jpg': cat });
    const { page } = await open(t);
    await cell(page, name).dblclick();
    for (const close of [
      () => page.keyboard.press('Escape'),
      () => page.getByRole('dialog').getByRole('button', { name: 'Close' }).click(),
      () => page.locator('.viewer-stage').click({ position: { x: 5, y: 400 } }),
    ]) {
      await cell(page, 'a.jpg').dblclick();
      await shows(page, 'a.jpg');
      await close();
      await viewerIsClosed(page);
      assert.ok(page.url().endsWith(fragment));
    }
    await page.goBack();
    await isIn(page, 'Site Files');
  });

  test('address: a link to a file shows it, with its neighbours', async (t) => {
    const { fragment, files } = await workspace('Linked', { 'a.jpg': cat, 'b.jpg': cat, 'c.jpg': { bytes: cat, private: true } });
    const { page, open: openTab } = await open(t, { fragment: `${fragment}/view/${files['b.jpg']._id}` });
    await shows(page, 'b.jpg');
    await pictureLoaded(page, SHOWN);
    await page.getByRole('button', { name: 'Next file' }).click();
    await shows(page, 'a.jpg');
    await page.keyboard.press('Escape');
    await viewerIsClosed(page);
    await isIn(page, 'Linked');
    assert.ok(page.url().endsWith(fragment));

    const other = await openTab(`${fragment}/view/${files['c.jpg']._id}`);
    await shows(other, 'c.jpg');
    await pictureLoaded(other, SHOWN);
    await other.reload();
    await shows(other, 'c.jpg');
  });

  test('address: a file that does not exist is reported, and its folder shown', async (t) => {
    const { fragment } = await workspace('Broken link', { 'a.jpg': cat });
    const { page } = await open(t, { fragment: `${fragment}/view/unknown.jpg` });
    await toast(page, 'The file of this address cannot be shown');
    await cell(page, 'a.jpg').waitFor();
    assert.ok(page.url().endsWith(fragment));
  });

  test('address: a folder that does not exist is reported, and takes no files', async (t) => {
    const { page } = await open(t, { fragment: '#files/unknown' });
    await page.getByRole('heading', { name: 'There is no such folder' }).waitFor();
    assert.equal(await page.getByRole('button', { name: /^Upload|New folder/ }).count(), 0);
    await page.getByRole('button', { name: 'Go to the top' }).click();
    await isIn(page, 'Site Files');
    await page.getByRole('button', { name: 'Upload', exact: true }).waitFor();
  });

  test('address: a folder in the trash is shown as such, and can be restored', async (t) => {
    const { id, fragment } = await workspace('Thrown away', { 'a.jpg': cat });
    const { folders } = site.server.client;
    await folders.bulkDeleteFolders([id]);
    const { page } = await open(t, { fragment });
    const isInTrash = page.getByRole('heading', { name: 'This folder is in the trash' });
    await isInTrash.waitFor();
    assert.equal(await page.getByRole('button', { name: /^Upload|New folder/ }).count(), 0);
    await page.getByRole('button', { name: 'Restore it' }).click();
    await cell(page, 'a.jpg').waitFor();
    await page.getByRole('button', { name: 'Upload', exact: true }).waitFor();

    await folders.bulkDeleteFolders([id]);
    await page.reload();
    await isInTrash.waitFor();
    await page.getByRole('button', { name: 'Show it in the trash' }).click();
    await cell(page, 'a.jpg').waitFor();
    assert.ok(page.url().endsWith(`#trash/${id}`));
    await folders.bulkRestoreFoldersFromTrashBin([id]);
    await page.reload();
    await page.getByRole('heading', { name: 'This folder is not in the trash' }).waitFor();
    await page.getByRole('button', { name: 'Show it' }).click();
    await cell(page, 'a.jpg').waitFor();
    assert.ok(page.url().endsWith(fragment));
  });

  test('address: Back closes a dialog and a menu together with the folder they belong to', async (t) => {
    const { name } = await workspace('Asked', { 'a.jpg': cat });
    const { page } = await open(t);
    await cell(page, name).dblclick();
    await isIn(page, name);
    await page.getByRole('button', { name: 'New folder' }).click();
    await page.getByRole('dialog').waitFor();
    await page.goBack();
    await viewerIsClosed(page);
    await isIn(page, 'Site Files');
    await page.goForward();
    await cell(page, 'a.jpg').click({ button: 'right' });
    await page.getByRole('menu').waitFor();
    await page.goBack();
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await isIn(page, 'Site Files');
  });

  test('address: Back returns to the place and the folder that were shown before', async (t) => {
    const { name, fragment } = await workspace('There', { 'a.jpg': cat });
    const { page } = await open(t);
    await cell(page, name).dblclick();
    await cell(page, 'a.jpg').waitFor();
    await choosePlace(page, 'In this browser');
    await message(page, 'No files yet').waitFor();
    await page.goBack();
    await cell(page, 'a.jpg').waitFor();
    await isIn(page, name);
    assert.ok(await page.getByLabel('This server').isChecked());
    assert.ok(page.url().endsWith(`/?place=server${fragment}`));
    await page.goForward();
    await message(page, 'No files yet').waitFor();
    await settled(page);
    assert.ok(await page.getByLabel('In this browser').isChecked());
  });
});
