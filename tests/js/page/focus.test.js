// Where the focus is after each action, so that the keyboard alone goes on from there.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { cell, focusIsOn, message, pageSuite, settled, sortBy, textMatches, toast } from './site.js';

/** @import { Page } from 'playwright-core' */

suite('focus on the page', () => {
  const site = pageSuite();
  const { open, workspace } = site;

  const FILES = Object.fromEntries(['a.txt', 'b.txt', 'c.txt', 'd.txt', 'e.txt'].map((name) => [name, Buffer.from(name)]));

  /** @param {Page} page */
  const sortByName = async (page) => {
    await sortBy(page, 'Name, A to Z');
    await settled(page);
  };

  test('focus: moves to the next item when the one that had it is deleted', async (t) => {
    const { fragment } = await workspace('Deleted by key', FILES);
    const { page } = await open(t, { fragment });
    await sortByName(page);
    await cell(page, 'c.txt').click();
    await page.keyboard.press('Delete');
    await toast(page, '“c.txt” moved to the trash.');
    await focusIsOn(page, 'd.txt');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Delete');
    await toast(page, '“e.txt” moved to the trash.');
    await focusIsOn(page, 'd.txt');
  });

  test('focus: returns to the items from buttons that are gone', async (t) => {
    const { fragment } = await workspace('Deleted by button', FILES);
    const { page } = await open(t, { fragment });
    await sortByName(page);
    await cell(page, 'b.txt').click();
    await page.locator('#chosen').getByRole('button', { name: 'Delete' }).focus();
    await page.keyboard.press('Enter');
    const report = await toast(page, '“b.txt” moved to the trash.');
    await focusIsOn(page, 'c.txt');
    await report.getByRole('button', { name: 'Undo' }).focus();
    await page.keyboard.press('Enter');
    await toast(page, '“b.txt” restored.');
    await focusIsOn(page, 'c.txt');

    await page.keyboard.press('Space');
    await textMatches(page, '#chosen', /1 selected/);
    await page.locator('#chosen').getByRole('button', { name: 'Move' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('treeitem', { name: 'Visitor Uploads' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Move here' }).focus();
    await page.keyboard.press('Enter');
    await toast(page, '“c.txt” moved.');
    await focusIsOn(page, 'd.txt');
  });

  test('focus: goes to the first item of a folder that is entered', async (t) => {
    const { id, name } = await workspace('Entered', FILES);
    const { folder } = await site.server.client.folders.createFolder('Inner', { parentFolderId: id });
    await site.server.client.folders.createFolder('Innermost', { parentFolderId: folder?._id });
    const { page } = await open(t);
    await cell(page, name).focus();
    await page.keyboard.press('Enter');
    await focusIsOn(page, 'Inner');
    await page.keyboard.press('Enter');
    await focusIsOn(page, 'Innermost');
    await page.keyboard.press('Enter');
    await message(page, 'This folder is empty').waitFor();
    // There is no item to go to.
    await focusIsOn(page, 'Innermost');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'where');
  });

  test('focus: goes to a folder that was created', async (t) => {
    const { fragment } = await workspace('Made', FILES);
    const { page } = await open(t, { fragment });
    await page.getByRole('button', { name: 'New folder' }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Name', { exact: true }).fill('Fresh');
    await page.keyboard.press('Enter');
    await toast(page, '“Fresh” created.');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await focusIsOn(page, 'Fresh');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Fresh' }).waitFor();
    await message(page, 'This folder is empty').waitFor();
  });
});
