// Undo on the page: each one undoes its own action, in its own place.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { cell, choosePlace, eventually, hold, message, pageSuite, settled, showsItems, toast } from './site.js';

/** @import { Page } from 'playwright-core' */

suite('undo on the page', () => {
  const site = pageSuite();
  const { open, workspace, listed } = site;

  /**
   * @param {Page} page
   * @param {string} name
   */
  const remove = async (page, name) => {
    await cell(page, name).click();
    await page.keyboard.press('Delete');
    return toast(page, `“${name}” moved to the trash.`);
  };

  test('undo: the button of a message undoes what the message reports', async (t) => {
    const { id, fragment } = await workspace('Two deletions', { 'song.mp3': Buffer.from('la'), 'old.avi': Buffer.from('film') });
    const { page } = await open(t, { fragment });
    const song = await remove(page, 'song.mp3');
    const film = await remove(page, 'old.avi');
    await song.getByRole('button', { name: 'Undo' }).click();
    await toast(page, '“song.mp3” restored.');
    assert.deepEqual(await listed(id), ['song.mp3']);
    await film.getByRole('button', { name: 'Undo' }).click();
    await toast(page, '“old.avi” restored.');
    assert.deepEqual(await listed(id), ['old.avi', 'song.mp3']);
    await showsItems(page, ['old.avi', 'song.mp3']);
    assert.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0);
  });

  test('undo: the keyboard undoes one action after the other, the last one first', async (t) => {
    const { id, fragment } = await workspace('History', { 'a.txt': Buffer.from('a'), 'b.txt': Buffer.from('b') });
    const { page } = await open(t, { fragment });
    const first = await remove(page, 'a.txt');
    const second = await remove(page, 'b.txt');
    await page.keyboard.press('Control+z');
    await toast(page, '“b.txt” restored.');
    // The message of what was undone offers it no more; the other one still does.
    await second.waitFor({ state: 'detached' });
    assert.equal(await first.getByRole('button', { name: 'Undo' }).count(), 1);
    await page.keyboard.press('Control+z');
    await toast(page, '“a.txt” restored.');
    assert.deepEqual(await listed(id), ['a.txt', 'b.txt']);
    await page.keyboard.press('Control+z');
    await toast(page, 'There is nothing to undo.');
    assert.deepEqual(await listed(id), ['a.txt', 'b.txt']);
  });

  test('undo: what was undone can be done again, and undone once more', async (t) => {
    const { id, fragment } = await workspace('To and fro', { 'a.txt': Buffer.from('a'), 'b.txt': Buffer.from('b') });
    const { page } = await open(t, { fragment });
    await remove(page, 'a.txt');
    await remove(page, 'b.txt');
    await page.keyboard.press('Control+z');
    await toast(page, '“b.txt” restored.');
    await page.keyboard.press('Control+z');
    const report = await toast(page, '“a.txt” restored.');
    // What was undone last comes first.
    await page.keyboard.press('Control+Shift+z');
    await report.waitFor({ state: 'detached' });
    await toast(page, '“a.txt” moved to the trash.');
    assert.deepEqual(await listed(id), ['b.txt']);
    await page.keyboard.press('Control+y');
    await toast(page, '“b.txt” moved to the trash.');
    assert.deepEqual(await listed(id), []);
    await page.keyboard.press('Control+y');
    await toast(page, 'There is nothing to redo.');
    await page.keyboard.press('Control+z');
    await toast(page, '“b.txt” restored.');
    assert.deepEqual(await listed(id), ['b.txt']);
  });

  test('undo: a message of it offers to do the action again, until there is another one', async (t) => {
    const { id, fragment } = await workspace('Again', { 'a.txt': Buffer.from('a') });
    const { page } = await open(t, { fragment });
    await cell(page, 'a.txt').click();
    await page.keyboard.press('F2');
    await page.getByLabel('New name for a.txt').fill('b.txt');
    await page.keyboard.press('Enter');
    const renamed = await toast(page, 'Renamed to “b.txt”.');
    await renamed.getByRole('button', { name: 'Undo' }).click();
    const back = await toast(page, 'Renamed to “a.txt”.');
    await back.getByRole('button', { name: 'Redo' }).click();
    const again = await toast(page, 'Renamed to “b.txt”.');
    assert.deepEqual(await listed(id), ['b.txt']);
    await again.getByRole('button', { name: 'Undo' }).click();
    const offer = await toast(page, 'Renamed to “a.txt”.');
    await remove(page, 'a.txt');
    await offer.waitFor({ state: 'detached' });
    await page.keyboard.press('Control+y');
    await toast(page, 'There is nothing to redo.');
    assert.deepEqual(await listed(id), []);
  });

  test('undo: can be tried again after a failure', async (t) => {
    const { id, fragment } = await workspace('Undone later', { 'a.txt': Buffer.from('a') });
    const { page } = await open(t, { fragment });
    await remove(page, 'a.txt');
    await page.route('**/bulk/trash-bin/files/restore', (route) => route.abort('connectionrefused'));
    await page.keyboard.press('Control+z');
    await toast(page, 'Not restored: The service does not answer.');
    await page.unrouteAll();
    await page.keyboard.press('Control+z');
    await toast(page, '“a.txt” restored.');
    assert.deepEqual(await listed(id), ['a.txt']);
  });

  test('undo: is not on offer in another place', async (t) => {
    const { files, fragment } = await workspace('Elsewhere', { 'exif.jpg': Buffer.from('words') });
    const { page } = await open(t, { fragment });
    const report = await remove(page, 'exif.jpg');
    /** @type {string[]} */
    const restorations = [];
    page.on('request', (request) => request.url().includes('restore') && restorations.push(request.url()));
    await choosePlace(page, 'In this browser');
    await report.waitFor({ state: 'detached' });
    await message(page, 'No files yet').waitFor();
    await settled(page);
    await page.locator('#where').focus();
    await page.keyboard.press('Control+z');
    await toast(page, 'There is nothing to undo.');
    assert.equal(await page.locator('.toast', { hasText: 'restored' }).count(), 0);
    assert.deepEqual(restorations, []);
    const { state } = await site.server.client.files.getFileDescriptor(String(files['exif.jpg']._id));
    assert.equal(state, 'DELETED');
  });

  test('undo: a deletion that ends in another place changes nothing there', async (t) => {
    const { files, fragment } = await workspace('Late answer', { 'late.txt': Buffer.from('words') });
    const { page } = await open(t, { fragment });
    const answer = await hold(page, '**/bulk/files/delete');
    await cell(page, 'late.txt').click();
    await page.keyboard.press('Delete');
    await choosePlace(page, 'In this browser');
    await message(page, 'No files yet').waitFor();
    answer();
    await eventually(async () => assert.equal((await site.server.client.files.getFileDescriptor(String(files['late.txt']._id))).state, 'DELETED'));
    await toast(page, 'This server: “late.txt” moved to the trash.');
    assert.equal(await page.locator('.toast.bad').count(), 0);
    assert.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0);
  });
});
