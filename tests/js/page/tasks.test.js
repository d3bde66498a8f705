// Work without items to count, and items that fail: imports, zips, what is restored by type, and the reasons of failures.
/** @import { AddressInfo } from 'node:net' */
/** @import { TestContext } from 'node:test' */
/** @import { Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { suite, test } from 'node:test';
import { Imports } from '../../../www/model/imports.js';
import { Jobs } from '../../../www/model/jobs.js';
import { Task } from '../../../www/model/task.js';
import { gate } from '../harness/gate.js';
import { cell, drop, eventually, hold, pageSuite, photo, settled, showsItems, toast } from './site.js';

suite('tasks of the page', () => {
  const site = pageSuite(['--memory', '--allow-private-imports']);
  const { open, workspace, listed } = site;

  /**
   * Starts a server with a file that it sends once `letGo` is called, with the status that is set by then.
   *
   * @param {TestContext} t
   */
  async function source(t) {
    const { open: letGo, opened } = gate();
    const answers = { status: 200 };
    const server = createServer(async (_, response) => {
      await opened;
      response.writeHead(answers.status, { 'content-type': 'text/plain' }).end('the words');
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
    t.after(() => {
      letGo();
      server.close();
    });
    return { url: `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}/words.txt`, letGo, answers };
  }

  /** @param {Page} page @param {string} url */
  async function importFrom(page, url) {
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page.getByRole('menuitem', { name: 'From an address…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Address of the file').fill(url);
    await dialog.getByRole('button', { name: 'Import' }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  /** @param {Page} page */
  const panel = (page) => page.getByRole('region', { name: 'In progress' });
  /** @param {Page} page @param {string | RegExp} title */
  const says = (page, title) => panel(page).getByRole('heading', { name: title }).waitFor();

  test('import: is in the list until the file is ready', async (t) => {
    const { id, fragment } = await workspace('Import followed');
    const { url, letGo } = await source(t);
    const { page } = await open(t, { fragment });
    await importFrom(page, url);
    await says(page, 'Importing “words.txt”');
    await cell(page, 'words.txt').getByText('Processing').waitFor();
    letGo();
    await toast(page, '“words.txt” imported.');
    await panel(page).waitFor({ state: 'hidden' });
    await cell(page, 'words.txt').getByText('Processing').waitFor({ state: 'detached' });
    assert.deepEqual(await listed(id), ['words.txt']);
  });

  test('import: a failure says why, and can be tried again without a second file', async (t) => {
    const { id, fragment } = await workspace('Import failed');
    const { url, letGo, answers } = await source(t);
    const { page } = await open(t, { fragment });
    answers.status = 404;
    letGo();
    await importFrom(page, url);
    await says(page, '“words.txt” was not imported');
    await panel(page).getByText('The service could not fetch or process the file.').waitFor();
    answers.status = 200;
    await panel(page).getByRole('button', { name: 'Try again' }).click();
    await toast(page, '“words.txt” imported.');
    await panel(page).waitFor({ state: 'hidden' });
    await showsItems(page, ['words.txt']);
    assert.deepEqual(await listed(id), ['words.txt']);
  });

  for (const [what, error, wanted] of /** @type {[string, object, string[]][]} */ ([
    ['deletes a file that failed, and imports it again', { code: 'FILE_FAILED' }, ['importFile', 'waitUntilReady', 'bulkDeleteFiles', 'importFile', 'waitUntilReady']],
    ['asks again for a file that may be ready', { status: 400 }, ['importFile', 'waitUntilReady', 'waitUntilReady']],
    ['imports a file again that is gone', { status: 404 }, ['importFile', 'waitUntilReady', 'importFile', 'waitUntilReady']],
  ])) {
    test(`import: "Try again" ${what}`, async () => {
      /** @type {string[]} */
      const called = [];
      const file = { _id: 'f1', displayName: 'words.txt' };
      /** @param {string} name @param {() => unknown} answer */
      const call = (name, answer) => async () => {
        called.push(name);
        return answer();
      };
      const waits = () => {
        if (called.filter((name) => name === 'waitUntilReady').length === 1) throw Object.assign(new Error('refused'), error);
        return file;
      };
      const client = {
        files: { importFile: call('importFile', () => ({ file })), bulkDeleteFiles: call('bulkDeleteFiles', () => ({})) },
        uploads: { waitUntilReady: call('waitUntilReady', waits) },
      };
      const { open: end, opened: imported } = gate();
      const nothing = () => {};
      const effects = { folderAdded: nothing, fileAdded: nothing, folderChanged: nothing, fileChanged: nothing, removed: nothing, arrived: nothing, foldersMoved: nothing, refresh: nothing, announce: nothing };
      const calls = /** @type {import('../../../www/model/calls.js').Calls} */ (
        /** @type {unknown} */ ({ run: (/** @type {unknown} */ _, /** @type {(client: unknown, call: object) => Promise<unknown>} */ work) => work(client, {}) })
      );
      const jobs = new Jobs('test', calls, { onProgress: nothing, onEnd: nothing });
      const imports = new Imports(calls, jobs, effects, { done: end, failed: nothing, interrupted: nothing, lost: nothing });
      await imports.importUrl('https://example.com/words.txt', { parentFolderId: 'media-root', isPrivate: false });
      const failed = await eventually(() => {
        const [task] = jobs.shown;
        assert.ok(task instanceof Task);
        assert.equal(task.state, 'failed');
        return task;
      });
      await jobs.retryTask(failed);
      await imported;
      assert.deepEqual(called, wanted);
    });
  }

  test('import: a cancelled one leaves no file', async (t) => {
    const { id, fragment } = await workspace('Import cancelled');
    const { url } = await source(t);
    const { page } = await open(t, { fragment });
    await importFrom(page, url);
    await says(page, 'Importing “words.txt”');
    await panel(page).getByRole('button', { name: 'Cancel' }).click();
    await panel(page).waitFor({ state: 'hidden' });
    await page.getByRole('heading', { name: 'This folder is empty' }).waitFor();
    await eventually(async () => assert.deepEqual(await listed(id), []));
    assert.equal(await page.locator('.toast').count(), 0);
  });

  test('import: goes on at the service when the page is closed', async (t) => {
    const { id, fragment } = await workspace('Import left');
    const { url, letGo } = await source(t);
    const { page } = await open(t, { fragment });
    await importFrom(page, url);
    await cell(page, 'words.txt').waitFor();
    await page.reload();
    await settled(page);
    letGo();
    await eventually(async () => {
      const [file] = await site.server.client.files.listFiles({ parentFolderId: id }).toArray();
      assert.equal(file.operationStatus, 'READY');
    });
  });

  test('zip: is in the list while it is made, can be cancelled, and says why it failed', async (t) => {
    const { fragment } = await workspace('Zipped', { 'a.txt': Buffer.from('a'), 'b.txt': Buffer.from('b') });
    const { page } = await open(t, { fragment });
    const link = '**/generate-download-url';
    const letGo = await hold(page, link);
    let downloads = 0;
    page.on('download', () => {
      downloads += 1;
    });
    await cell(page, 'a.txt').click();
    await page.keyboard.press('Control+a');
    const button = page.locator('#chosen').getByRole('button', { name: 'Download' });
    await button.click();
    await says(page, 'Preparing “files.zip”');
    await panel(page).getByRole('button', { name: 'Cancel' }).click();
    await panel(page).waitFor({ state: 'hidden' });
    const answered = page.waitForResponse(link);
    letGo();
    await answered;
    await page.unrouteAll();
    await page.route(link, (route) => route.abort('connectionrefused'));
    await button.click();
    await says(page, '“files.zip” was not downloaded');
    await panel(page).getByText('The service does not answer.').waitFor();
    await page.unrouteAll();
    assert.equal(downloads, 0);
    const [download] = await Promise.all([page.waitForEvent('download'), panel(page).getByRole('button', { name: 'Try again' }).click()]);
    assert.equal(download.suggestedFilename().endsWith('.zip'), true);
    await panel(page).waitFor({ state: 'hidden' });
  });

  test('trash: restoring all images is in the list, and is tried again after a failure', async (t) => {
    const { id, files } = await workspace('Images back', { 'a.jpg': await photo('chelsea.jpg') });
    await site.server.client.files.bulkDeleteFiles([String(files['a.jpg']._id)]);
    const { page } = await open(t, { fragment: '#trash' });
    const fail = await hold(page, '**/bulk/trash-bin/files/restore', { end: 'abort' });
    await page.getByRole('button', { name: 'Restore all images' }).click();
    await says(page, 'Restoring all images');
    fail();
    await says(page, 'Not everything was restored');
    await page.unrouteAll();
    await panel(page).getByRole('button', { name: 'Try again' }).click();
    await toast(page, 'All images restored.');
    assert.deepEqual(await listed(id), ['a.jpg']);
    await panel(page).waitFor({ state: 'hidden' });
  });

  test('list: names what failed and why, and tries only what may work', async (t) => {
    const names = ['a.txt', 'b.txt', 'c.txt', 'd.txt', 'e.txt', 'f.txt'];
    const { fragment, files } = await workspace('Reasons', Object.fromEntries(names.map((name) => [name, Buffer.from(name)])));
    const { folder } = await site.server.client.folders.createFolder('Reasons target');
    const { page } = await open(t, { fragment });
    const idOf = (/** @type {string} */ name) => String(files[name]._id);
    let isLocked = true;
    /** @type {string[]} */
    const tried = [];
    await page.route('**/site-media/v1/files/*', (route) => {
      if (route.request().method() !== 'PATCH') return route.fallback();
      const body = String(route.request().postData());
      tried.push(body);
      if (body.includes(idOf('a.txt'))) return route.fulfill({ status: 404, json: { details: { applicationError: { code: 'RESOURCE_NOT_FOUND' } } } });
      if (isLocked && body.includes(idOf('b.txt'))) return route.fulfill({ status: 403, json: { message: 'the file is locked' } });
      return route.continue();
    });
    await cell(page, 'a.txt').click();
    await page.keyboard.press('Control+a');
    await page.locator('#chosen').getByRole('button', { name: 'Move' }).click();
    await page.getByRole('dialog').getByRole('treeitem', { name: 'Reasons target' }).click();
    await page.getByRole('button', { name: 'Move here' }).click();
    await says(page, 'Not everything was moved (4 of 6 files)');
    await toast(page, '4 of 6 files moved.');
    await panel(page).getByText('“a.txt”: It does not exist any more.').waitFor();
    await panel(page).getByText('“b.txt”: The service does not permit this.').waitFor();
    // The list has uploads, too.
    await drop(page, '#main', [{ name: 'up.txt', bytes: 'up' }]);
    await page.getByRole('region', { name: 'Uploads' }).getByRole('heading', { name: '1 file uploaded' }).waitFor();
    const [uploads, jobs] = await Promise.all([page.locator('uploads-panel').boundingBox(), page.locator('jobs-panel').boundingBox()]);
    assert.ok(uploads && jobs && Math.abs(uploads.y + uploads.height - jobs.y) < 2, 'the uploads stand right above the other jobs');
    isLocked = false;
    tried.length = 0;
    await panel(page).getByRole('button', { name: 'Try again' }).click();
    await toast(page, '“b.txt” moved.');
    assert.equal(tried.length, 1, 'what does not exist is not tried again');
    await panel(page).waitFor({ state: 'hidden' });
    assert.equal((await listed(folder?._id)).length, 5);
  });
});
