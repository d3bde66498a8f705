// Changes that others make while the page is open: they appear by themselves.
/** @import { TestContext } from 'node:test' */
/** @import { Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { changeOf } from '../../../www/place/changes.js';
import { gate } from '../harness/gate.js';
import { cell, hold, message, namesIn, pageSuite, settled, showsItems, textMatches, toast, withoutEvents } from './site.js';

suite('live page', () => {
  const site = pageSuite();
  const { open, workspace } = site;

  test('live: shows what other programs do, and keeps the selection', async (t) => {
    const { id, fragment, files } = await workspace('Shared', { 'a.txt': Buffer.from('a'), 'b.txt': Buffer.from('b') });
    const { client } = site.server;
    const { page } = await open(t, { fragment });
    await streams(page);
    await cell(page, 'a.txt').click();
    const made = await client.uploads.upload(Buffer.from('c'), { displayName: 'c.txt', parentFolderId: id });
    await showsItems(page, ['a.txt', 'b.txt', 'c.txt']);
    await client.files.updateFileDescriptor(made._id, { displayName: 'renamed.txt' });
    await showsItems(page, ['a.txt', 'b.txt', 'renamed.txt']);
    const { folder } = await client.folders.createFolder('Inner', { parentFolderId: id });
    await showsItems(page, ['Inner', 'a.txt', 'b.txt', 'renamed.txt']);
    await client.files.updateFileDescriptor(made._id, { parentFolderId: folder?._id });
    await showsItems(page, ['Inner', 'a.txt', 'b.txt']);
    await client.files.bulkDeleteFiles([String(files['b.txt']._id)]);
    await showsItems(page, ['Inner', 'a.txt']);
    await textMatches(page, '#chosen', /1 selected/);
    await client.folders.updateFolder(String(folder?._id), { displayName: 'Outer' });
    await showsItems(page, ['Outer', 'a.txt']);
    await client.folders.bulkDeleteFolders([String(folder?._id)]);
    await showsItems(page, ['a.txt']);
  });

  test('live: shows folders in the tree, wherever they are', async (t) => {
    const { fragment } = await workspace('Shown', { 'a.txt': Buffer.from('a') });
    const { folders } = site.server.client;
    const { page } = await open(t, { fragment });
    await streams(page);
    await page.getByRole('treeitem', { name: 'Shown' }).waitFor();
    const { folder } = await folders.createFolder('Beside');
    await page.getByRole('treeitem', { name: 'Beside' }).waitFor();
    await folders.updateFolder(String(folder?._id), { displayName: 'Next to it' });
    await page.getByRole('treeitem', { name: 'Next to it' }).waitFor();
    await folders.bulkDeleteFolders([String(folder?._id)]);
    await page.getByRole('treeitem', { name: 'Next to it' }).waitFor({ state: 'detached' });
  });

  test('live: shows many new files at once', async (t) => {
    const { id, fragment } = await workspace('Many', { 'a.txt': Buffer.from('a') });
    const { page } = await open(t, { fragment });
    await streams(page);
    const names = Array.from({ length: 40 }, (_, index) => `n${index}.txt`);
    await site.server.client.uploads.uploadAll(names.map((name) => new File([name], name)), { parentFolderId: id });
    await textMatches(page, '#count', /41 files/);
  });

  test('live: one tab reads the stream for all, and another one goes on when it closes', async (t) => {
    const { id, fragment } = await workspace('Two', { 'a.txt': Buffer.from('a') });
    const { page, open: openTab, context } = await open(t, { fragment });
    await streams(page);
    let count = 0;
    context.on('request', (request) => {
      if (request.url().endsWith('/_wix-media/events')) count += 1;
    });
    const other = await openTab();
    await settled(other);
    const { client } = site.server;
    await client.uploads.upload(Buffer.from('b'), { displayName: 'b.txt', parentFolderId: id });
    await Promise.all([cell(page, 'b.txt').waitFor(), cell(other, 'b.txt').waitFor()]);
    assert.equal(count, 0, 'the second tab has no stream of its own');
    await Promise.all([streamOpens(other), page.close()]);
    assert.equal(count, 1);
    await client.uploads.upload(Buffer.from('c'), { displayName: 'c.txt', parentFolderId: id });
    await cell(other, 'c.txt').waitFor();
  });

  test('live: catches up with what happened while the stream was interrupted', async (t) => {
    const { id, fragment } = await workspace('Gap', { 'a.txt': Buffer.from('a') });
    const { page } = await open(t, { fragment, serviceWorkers: 'block' });
    const { open: letGo, opened } = gate();
    const { open: end, opened: ended } = gate();
    let streamed = 0;
    await page.route('**/_wix-media/events', async (route) => {
      streamed += 1;
      if (streamed === 1) {
        end();
        return route.fulfill({ status: 200, contentType: 'text/event-stream', body: 'retry: 1\n\n' });
      }
      await opened;
      return route.continue();
    });
    await page.reload();
    await settled(page);
    await ended;
    await site.server.client.uploads.upload(Buffer.from('b'), { displayName: 'b.txt', parentFolderId: id });
    letGo();
    await showsItems(page, ['a.txt', 'b.txt']);
  });

  test('live: the heading and the path follow folders that others rename, move and delete', async (t) => {
    const { id } = await workspace('Above', {});
    const { client } = site.server;
    const { folder } = await client.folders.createFolder('Here', { parentFolderId: id });
    const here = String(folder?._id);
    await client.uploads.upload(Buffer.from('a'), { displayName: 'a.txt', parentFolderId: here });
    const { page } = await open(t, { fragment: `#files/${here}` });
    await streams(page);
    await textMatches(page, '#where', /^Here$/);
    await textMatches(page, '#crumbs', /Above$/);
    await client.folders.updateFolder(here, { displayName: 'There' });
    await textMatches(page, '#where', /^There$/);
    await client.folders.updateFolder(id, { displayName: 'Over it' });
    await textMatches(page, '#crumbs', /Over it$/);
    const { folder: target } = await client.folders.createFolder('Elsewhere');
    await client.folders.updateFolder(here, { parentFolderId: String(target?._id) });
    await textMatches(page, '#crumbs', /Elsewhere$/);
    await client.folders.bulkDeleteFolders([here]);
    await message(page, 'This folder is in the trash').waitFor();
  });

  /**
   * Opens two tabs that hear only of each other, and holds the next answer to a list of the first one. Returns the tabs, what resolves
   * when the answer is held, and what lets it go.
   *
   * @param {TestContext} t
   * @param {{ id: string, fragment: string }} given
   */
  async function openTabs(t, { id, fragment }) {
    const { page, open: openTab } = await open(t, { fragment });
    await withoutEvents(page);
    const other = await openTab();
    await settled(other);
    const { open: letGo, opened } = gate();
    const { open: tell, opened: held } = gate();
    await page.route(
      (url) => url.pathname === '/site-media/v1/files' && url.searchParams.get('parentFolderId') === id,
      async (route) => {
        const response = await route.fetch();
        tell();
        await opened;
        await route.fulfill({ response });
      },
    );
    return { page, other, held, letGo };
  }

  test('live: lists again when something changes while it lists', async (t) => {
    const { page, other, held, letGo } = await openTabs(t, await workspace('Twice', { 'a.txt': Buffer.from('a') }));
    await rename(other, 'a.txt', 'b.txt');
    await held;
    await rename(other, 'b.txt', 'c.txt');
    letGo();
    await showsItems(page, ['c.txt']);
  });

  test('live: a list that began before an edit does not undo it', async (t) => {
    const { page, other, held, letGo } = await openTabs(t, await workspace('Edited', { 'a.txt': Buffer.from('a'), 'b.txt': Buffer.from('b') }));
    await rename(other, 'b.txt', 'other.txt');
    await held;
    await rename(page, 'a.txt', 'mine.txt');
    letGo();
    await cell(page, 'other.txt').waitFor();
    assert.deepEqual((await namesIn(page)).toSorted(), ['mine.txt', 'other.txt']);
  });

  test('live: shows after a job what others added while it ran', async (t) => {
    const names = Array.from({ length: 6 }, (_, index) => `j${index}.txt`);
    const { id, fragment } = await workspace('Busy', Object.fromEntries(names.map((name) => [name, Buffer.from(name)])));
    const { folder } = await site.server.client.folders.createFolder('Busy target');
    const { page } = await open(t, { fragment });
    await streams(page);
    const letGo = await hold(page, '**/site-media/v1/files/*', { method: 'PATCH' });
    await cell(page, 'j0.txt').click();
    await page.keyboard.press('Control+a');
    await page.locator('#chosen').getByRole('button', { name: 'Move' }).click();
    await page.getByRole('dialog').getByRole('treeitem', { name: 'Busy target' }).click();
    await page.getByRole('button', { name: 'Move here' }).click();
    await page.getByRole('region', { name: 'In progress' }).waitFor();
    // The page asks how much is stored when it has heard of the change.
    const heard = page.waitForRequest((request) => request.url().endsWith('/_wix-media/health'));
    await site.server.client.uploads.upload(Buffer.from('new'), { displayName: 'new.txt', parentFolderId: id });
    await heard;
    letGo();
    await showsItems(page, ['new.txt']);
    assert.equal((await site.listed(folder?._id)).length, names.length);
  });

  test('changeOf: reads the events of a server, and skips what it does not know', () => {
    const base = { entityFqdn: 'wix.media.site_media.v1.file_descriptor', entityId: 'f1' };
    /** @param {object} body */
    const read = (body) => changeOf(`id: 7\nevent: x\ndata: ${JSON.stringify({ ...base, ...body })}`);
    const nothing = { kind: 'file', id: 'f1', isDeleted: false, isTrashed: false, parentFolderId: undefined };
    assert.deepEqual(read({ slug: 'file_ready', actionEvent: { body: { file: { parentFolderId: 'd', updatedDate: '2026-01-01T00:00:00Z' } } } }), {
      ...nothing,
      parentFolderId: 'd',
      updatedAt: Date.UTC(2026, 0, 1),
    });
    assert.deepEqual(read({ slug: 'deleted', deletedEvent: { movedToTrash: true } }), { ...nothing, isDeleted: true, isTrashed: true });
    assert.deepEqual(read({ slug: 'file_failed', actionEvent: {} }), nothing);
    for (const message of ['', 'retry: 3000\nid: 4', 'data: {', 'data: null', 'data: {"slug":"x"}', 'data: 7']) assert.equal(changeOf(message), undefined, message);
  });
});

/**
 * Loads a page again, and waits until it reads the stream of events.
 *
 * @param {Page} page
 */
async function streams(page) {
  await Promise.all([streamOpens(page), page.reload()]);
  await settled(page);
}

/** @param {Page} page */
const streamOpens = (page) => page.waitForResponse((response) => response.url().endsWith('/_wix-media/events'));

/**
 * Renames a file in place.
 *
 * @param {Page} page
 * @param {string} name
 * @param {string} wanted
 */
async function rename(page, name, wanted) {
  await cell(page, name).click();
  await page.keyboard.press('F2');
  await page.getByLabel(`New name for ${name}`).fill(wanted);
  await page.keyboard.press('Enter');
  await toast(page, `Renamed to “${wanted}”`);
}
