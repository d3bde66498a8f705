// A walk through the views, menus and dialogs of the page that needs no text of it, so it works in every language.
/** @import { Page } from 'playwright-core' */
import { cell, drop, pictureLoaded, settled, SHOWN } from './site.js';

/**
 * Visits each view, menu and dialog. The folder of the site must hold `photo.jpg`, `notes.txt` and the folder `Empty`; the trash
 * holds `old.txt`.
 *
 * @param {Page} page
 * @param {(name: string) => Promise<void>} look Is called when one is shown.
 */
export async function tour(page, look) {
  const leave = () => page.keyboard.press('Escape');
  /** @param {string} name @param {string} button */
  const dialog = async (name, button) => {
    await page.locator(button).first().click();
    await page.locator('dialog[open]').waitFor();
    await look(name);
    await leave();
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
  };
  await cell(page, 'photo.jpg').waitFor();
  await look('grid');
  await cell(page, 'photo.jpg').click();
  await page.locator('#details-toggle').click();
  await page.locator('details-panel h2').waitFor();
  for (const summary of await page.locator('details-panel summary').all()) await summary.click();
  await look('details');
  for (const [name, act] of [['move', 'move'], ['labels', 'label']]) await dialog(name, `#chosen [data-act=${act}]`);
  await cell(page, 'notes.txt').click({ modifiers: ['Control'] });
  await page.locator('#chosen p').waitFor();
  await look('several');
  await page.locator('#code-toggle').click();
  await page.locator('.inspector-title').waitFor();
  await look('code');
  await page.locator('#panel-close').click();
  await page.locator('#chosen [data-act=close]').click();
  await dialog('settings', '#settings-button');
  await dialog('keyboard', '#keys-button');
  await dialog('filters', '#filters');
  await page.locator('#shelf > button').last().click();
  await page.locator('dialog[open] .label-list').waitFor();
  await look('label-manager');
  await leave();
  await dialog('new-folder', '#commands button');
  await page.locator('#commands .primary').click();
  await page.locator('[role=menu]').waitFor();
  await look('upload-menu');
  await page.locator('[role=menuitem]').last().click();
  await page.locator('dialog[open]').waitFor();
  await look('import');
  await leave();
  await page.locator('#places label').last().click();
  await page.locator('dialog[open]').waitFor();
  await look('connect');
  await leave();
  await cell(page, 'photo.jpg').click({ button: 'right' });
  await page.locator('[role=menu]').waitFor();
  await look('item-menu');
  await leave();
  await page.locator('[name=layout][value=list]').locator('..').click();
  await look('list');
  await dialog('columns', '#columns');
  await page.locator('[name=layout][value=grid]').locator('..').click();
  await cell(page, 'photo.jpg').dblclick();
  await pictureLoaded(page, SHOWN);
  await look('viewer');
  await leave();
  await drop(page, '#main', [{ name: 'empty.txt', bytes: '' }]);
  await page.locator('.upload.failed').waitFor();
  await look('upload-failed');
  await page.locator('.uploads-head button').last().click();
  await drop(page, '#main', [{ name: 'notes.txt', bytes: 'other' }]);
  await page.locator('dialog[open]').waitFor();
  await look('conflict');
  await leave();
  await page.evaluate(() => {
    location.hash = '#files?q=nosuchthing';
  });
  await page.locator('#message h2').waitFor();
  await look('nothing-found');
  await dialog('save-search', '#shelf button:not([hidden])');
  await page.locator('#shelf a').first().click();
  await page.locator('#message .state > .icon use[href="#icon-star"]').waitFor();
  await look('no-favourites');
  await page.evaluate(() => {
    location.hash = '#files/nosuchfolder';
  });
  await page.locator('#message .state > .icon use[href="#icon-alert"]').waitFor();
  await look('unknown-folder');
  await page.evaluate(() => {
    location.hash = '#visitor';
  });
  await page.locator('#message .state > .icon use[href="#icon-visitor"]').waitFor();
  await look('visitor-empty');
  await page.evaluate(() => {
    location.hash = '#trash';
  });
  await cell(page, 'old.txt').click();
  await page.keyboard.press('Delete');
  await page.locator('dialog[open] .plan strong, dialog[open] .plan p:not(.soft)').waitFor();
  await look('purge');
  await leave();
  await look('trash');
  await page.evaluate(() => {
    location.hash = '#files';
  });
  await cell(page, 'Empty').dblclick();
  await page.locator('#message .state > .icon use[href="#icon-upload"]').waitFor();
  await look('empty-folder');
  await page.evaluate(() => {
    location.hash = '#files';
  });
  await cell(page, 'photo.jpg').waitFor();
  await settled(page);
}
