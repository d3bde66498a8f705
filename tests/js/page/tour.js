// A walk through the views, menus and dialogs of the page that needs no text of it, so it works in every language.
/** @import { Page } from 'playwright-core' */
/** @import { Server } from './site.js' */
import { recording } from './recording.js';
import { cell, drop, hold, photo, pictureLoaded, settled, SHOWN } from './site.js';

/** The stops at dialogs and menus, by the file that opens them. A test finds the files in the sources, and every one has its stops. */
export const STOPS = /** @type {const} */ ({
  'parts/dialogs/columns.js': ['columns'],
  'parts/dialogs/conflicts.js': ['conflict'],
  'parts/dialogs/connect.js': ['connect', 'server-key'],
  'parts/dialogs/downloads.js': ['downloads'],
  'parts/dialogs/filters.js': ['filters'],
  'parts/dialogs/import.js': ['import'],
  'parts/dialogs/label-manager.js': ['label-manager', 'rename-label'],
  'parts/dialogs/labels.js': ['labels'],
  'parts/dialogs/move.js': ['move'],
  'parts/dialogs/new-folder.js': ['new-folder'],
  'parts/dialogs/purge.js': ['purge'],
  'parts/dialogs/rename.js': ['rename'],
  'parts/dialogs/saved-search.js': ['save-search'],
  'parts/dialogs/settings.js': ['settings'],
  'parts/dialogs/shortcuts.js': ['keyboard'],
  'parts/editor/editor.js': ['editor'],
  'parts/folder-tree/folder-menu.js': ['folder-menu'],
  'parts/item-menu/item-menu.js': ['item-menu'],
  'parts/shelf/shelf.js': ['search-menu'],
  'parts/upload-menu/upload-menu.js': ['upload-menu'],
  'parts/uploads-panel/uploads-panel.js': ['cancel-uploads'],
  'parts/viewer/viewer.js': ['viewer'],
});

/**
 * Puts what the tour looks at on a server.
 *
 * @param {Server} server
 */
export async function furnish({ client }) {
  const { folders, uploads, files } = client;
  await folders.createFolder('Empty');
  await uploads.upload(await photo('chelsea.jpg'), { displayName: 'photo.jpg', labels: ['pet'] });
  await uploads.upload(Buffer.from('words'), { displayName: 'notes.txt' });
  await uploads.upload(recording(await photo('coffee-cup.jpg')), { displayName: 'song.mp3' });
  const old = await uploads.upload(Buffer.from('old'), { displayName: 'old.txt' });
  const { folder } = await folders.createFolder('Gone');
  await files.bulkDeleteFiles([String(old._id)]);
  await folders.bulkDeleteFolders([String(folder?._id)]);
}

/**
 * Visits each view, menu and dialog of a site that {@link furnish} has filled.
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
  await cell(page, 'Empty').click({ modifiers: ['Control'] });
  await dialog('downloads', '#chosen [data-act=download]');
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
  await page.locator('.label-list input').first().check();
  await page.locator('.label-tools button').first().click();
  await page.locator('dialog[open]').nth(1).waitFor();
  await look('rename-label');
  await leave();
  await page.locator('dialog[open]').nth(1).waitFor({ state: 'detached' });
  await leave();
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
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
  const folder = page.locator('#tree [role=treeitem]', { hasText: 'Empty' });
  await folder.click({ button: 'right' });
  await page.locator('[role=menu]').waitFor();
  await look('folder-menu');
  await leave();
  await folder.press('F2');
  await page.locator('dialog[open]').waitFor();
  await look('rename');
  await leave();
  await page.locator('[name=layout][value=list]').locator('..').click();
  await look('list');
  await dialog('columns', '#columns');
  await page.locator('[name=layout][value=grid]').locator('..').click();
  await cell(page, 'photo.jpg').dblclick();
  await pictureLoaded(page, SHOWN);
  await look('viewer');
  await page.keyboard.press('i');
  await page.locator('.viewer-about').waitFor();
  await look('viewer-facts');
  await page.locator('.viewer-bar button:has(use[href="#icon-edit"])').click();
  await page.locator('dialog.editor[open] .editor-code figure, dialog.editor[open] .editor-code pre').first().waitFor();
  await look('editor');
  await leave();
  await page.locator('dialog.editor').waitFor({ state: 'detached' });
  await page.keyboard.press('i');
  await leave();
  await page.locator('dialog.viewer').waitFor({ state: 'detached' });
  for (const [name, file, shown] of [['text', 'notes.txt', '.viewer-text pre'], ['audio', 'song.mp3', '.viewer-audio audio']]) {
    await cell(page, file).dblclick();
    await page.locator(`.viewer-stage [aria-hidden=false] ${shown}`).waitFor();
    await look(name);
    await leave();
    await page.locator('dialog.viewer').waitFor({ state: 'detached' });
  }
  const letUploads = await hold(page, '**/upload/**');
  await drop(page, '#main', [{ name: 'slow.txt', bytes: 'slow' }]);
  await page.locator('.upload').waitFor();
  await look('uploading');
  await page.locator('.uploads-head button').last().click();
  await page.locator('dialog[open]').waitFor();
  await look('cancel-uploads');
  await page.locator('dialog[open] .primary').click();
  await page.locator('.upload').waitFor({ state: 'hidden' });
  letUploads();
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
  await page.locator('#shelf > button:not([hidden])').first().click();
  await page.locator('dialog[open]').waitFor();
  await look('save-search');
  await page.locator('dialog[open] .primary').click();
  await page.locator('.shelf-menu').click();
  await page.locator('[role=menu]').waitFor();
  await look('search-menu');
  await leave();
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
  await cell(page, 'old.txt').waitFor();
  const gone = String(await cell(page, 'Gone').getAttribute('data-key')).replace('folder:', '');
  await page.evaluate((id) => {
    location.hash = `#files/${id}`;
  }, gone);
  await page.locator('#message .state > .icon use[href="#icon-trash"]').waitFor();
  await look('folder-in-trash');
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
  const lists = '**/site-media/v1/files?**';
  await page.route(lists, (route) => route.fulfill({ status: 401, json: { message: 'a key is needed', details: { applicationError: { code: 'UNAUTHENTICATED' } } } }));
  // A folder with folders shows those.
  await page.evaluate(() => {
    location.hash = '#visitor';
  });
  await page.locator('#message .state.failed').waitFor();
  await look('not-listed');
  await dialog('server-key', '#message .actions button');
  await page.unroute(lists);
  await page.evaluate(() => {
    location.hash = '#files';
  });
  await cell(page, 'photo.jpg').waitFor();
  await settled(page);
}
