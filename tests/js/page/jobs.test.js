// Work on many items: progress, cancel, and what happens when the service, the page or the place goes away in the middle.
/** @import { TestContext } from 'node:test' */
/** @import { Page } from 'playwright-core' */
/** @import { OpenOptions } from './site.js' */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Job } from '../../../www/model/job.js';
import { cell, choosePlace, eventually, hold, message, pageSuite, recordsIn, settled, showsInOrder, sortBy, textOf, toast } from './site.js';

const COUNT = 120;

suite('jobs of the page', () => {
  const site = pageSuite();
  const { workspace, listed } = site;

  /**
   * Opens a folder of many files beside an empty one.
   *
   * @param {TestContext} t
   * @param {string} name
   * @param {OpenOptions} [options]
   */
  async function open(t, name, options) {
    const { id, fragment } = await workspace(name);
    const names = Array.from({ length: COUNT }, (_, index) => `${String(index).padStart(3, '0')}.txt`);
    await site.server.client.uploads.uploadAll(names.map((displayName) => ({ source: Buffer.from(displayName), displayName })), { parentFolderId: id });
    const { folder } = await site.server.client.folders.createFolder('Target', { parentFolderId: id });
    const made = await site.open(t, { fragment, ...options });
    await sortBy(made.page, 'Name, A to Z');
    await settled(made.page);
    return { ...made, id, name, fragment, target: String(folder?._id) };
  }

  /**
   * Lets some moves of files through, and holds the others. Returns a function that lets them go.
   *
   * @param {Page} page
   * @param {number} free
   */
  const holdMoves = (page, free) => hold(page, '**/site-media/v1/files/*', { method: 'PATCH', free });

  /**
   * Refuses changes of a file, as a service does that has just lost it.
   *
   * @param {Page} page
   * @param {string} id
   */
  const refuse = (page, id) =>
    page.route('**/site-media/v1/files/*', (route) => {
      const isMeant = route.request().method() === 'PATCH' && route.request().postData()?.includes(id);
      return isMeant ? route.fulfill({ status: 404, json: { details: { applicationError: { code: 'RESOURCE_NOT_FOUND' } } } }) : route.fallback();
    });

  /** Selects every file, without the folder, and moves them to the folder `Target`. @param {Page} page @param {string} name */
  async function moveAll(page, name) {
    await cell(page, '000.txt').click();
    await page.keyboard.press('Shift+Control+End');
    await page.keyboard.press('Shift+End');
    await page.waitForFunction((count) => document.querySelector('#chosen')?.textContent?.includes(`${count} selected`), COUNT);
    await page.locator('#chosen').getByRole('button', { name: 'Move' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('treeitem', { name, exact: true }).locator('.twist').first().click();
    await dialog.getByRole('treeitem', { name: 'Target', exact: true }).click();
    await dialog.getByRole('button', { name: 'Move here' }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  /** @param {Page} page */
  const panel = (page) => page.getByRole('region', { name: 'In progress' });
  /** @param {Page} page @param {RegExp} title */
  const says = (page, title) => panel(page).getByRole('heading', { name: title }).waitFor();

  test('job: a long move closes its dialog, shows progress, and leaves what is not moved yet', async (t) => {
    const { page, id, name, target } = await open(t, 'Long move');
    const letGo = await holdMoves(page, 40);
    await moveAll(page, name);
    await says(page, /^Moving 40 of 120 files$/);
    const bar = panel(page).getByRole('progressbar', { name: 'Moving 120 files', exact: true });
    assert.deepEqual(await bar.evaluate((one) => one instanceof HTMLProgressElement && [one.value, one.max]), [40, COUNT]);
    await eventually(async () => assert.equal(await textOf(page.locator('#count')), '80 files and 1 folder'));
    assert.equal(await message(page, 'This folder is empty').count(), 0);
    assert.equal((await listed(target)).length, 40);
    // Meanwhile the page does other things.
    await page.getByRole('button', { name: 'New folder' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Meanwhile');
    await page.keyboard.press('Enter');
    await toast(page, '“Meanwhile” created.');
    letGo();
    const moved = await toast(page, '120 files moved.');
    await panel(page).waitFor({ state: 'hidden' });
    assert.equal((await listed(target)).length, COUNT);
    assert.equal((await listed(id)).length, 0);
    await moved.getByRole('button', { name: 'Undo' }).click();
    await toast(page, '120 files moved back.');
    assert.equal((await listed(id)).length, COUNT);
  });

  test('job: cancel stops a move where it is, and what was moved can be undone', async (t) => {
    const { page, id, name, target } = await open(t, 'Cancelled move');
    const letGo = await holdMoves(page, 30);
    await moveAll(page, name);
    await says(page, /^Moving 30 of 120 files$/);
    await panel(page).getByRole('button', { name: 'Cancel' }).click();
    // The calls that are under way end.
    letGo();
    const moved = await toast(page, '34 of 120 files moved.');
    await panel(page).waitFor({ state: 'hidden' });
    assert.equal((await listed(target)).length, 34);
    await eventually(async () => assert.equal(await textOf(page.locator('#count')), '86 files and 1 folder'));
    await moved.getByRole('button', { name: 'Undo' }).click();
    await toast(page, '34 files moved back.');
    assert.equal((await listed(id)).length, COUNT);
  });

  test('job: can be paused, also over a reload', async (t) => {
    const { page, name, target } = await open(t, 'Paused');
    const letGo = await holdMoves(page, 30);
    await moveAll(page, name);
    await says(page, /^Moving 30 of 120 files$/);
    await panel(page).getByRole('button', { name: 'Pause' }).click();
    await panel(page).getByText('Waiting for the last calls…').waitFor();
    letGo();
    await says(page, /^Moving paused at 34 of 120 files$/);
    assert.equal(await panel(page).getByRole('button', { name: 'Pause' }).isVisible(), false);
    assert.equal((await listed(target)).length, 34);
    await page.reload();
    await says(page, /^Moving stopped at \d+ of 120 files$/);
    assert.equal((await listed(target)).length, 34);
    await panel(page).getByRole('button', { name: 'Continue' }).click();
    await toast(page, '120 files moved.');
    assert.equal((await listed(target)).length, COUNT);
  });

  test('job: what failed for a moment can be tried again', async (t) => {
    const { id, fragment, files } = await workspace('Tried again', { 'a.txt': Buffer.from('a') });
    const { page } = await site.open(t, { fragment });
    await page.route('**/bulk/files/delete', (route) => route.abort('connectionrefused'));
    await cell(page, 'a.txt').click();
    await page.keyboard.press('Delete');
    const failure = await toast(page, 'Not deleted: The service does not answer.');
    await page.unrouteAll();
    await failure.getByRole('button', { name: 'Try again' }).click();
    const deleted = await toast(page, '“a.txt” moved to the trash.');
    assert.deepEqual(await listed(id), []);
    await deleted.getByRole('button', { name: 'Undo' }).click();
    await toast(page, '“a.txt” restored.');
    // What the service refuses for good is not offered again.
    await refuse(page, String(files['a.txt']._id));
    await cell(page, 'a.txt').click();
    await page.keyboard.press('F2');
    await page.getByLabel('New name for a.txt').fill('b.txt');
    await page.keyboard.press('Enter');
    const refused = await toast(page, 'Not renamed');
    assert.equal(await refused.getByRole('button', { name: 'Try again' }).count(), 0);
  });

  test('job: tells how long it still takes, once that is known', async () => {
    const steps = Array.from({ length: 120 }, (_, index) => ({ kind: /** @type {const} */ ('file'), id: String(index), key: `file:${index}`, name: String(index), to: 'folder' }));
    const job = new Job({ kind: 'move', steps });
    assert.equal(job.secondsLeft(0), undefined);
    for (const step of steps.slice(0, 20)) job.finished.set(step.key, step);
    job.rate.add(0, 0);
    job.rate.add(20, 500);
    assert.equal(job.secondsLeft(500), undefined);
    assert.equal(job.secondsLeft(2000), 10);
  });

  test('job: asks before the page is closed in the middle, and goes on at the next visit if wanted', async (t) => {
    const { page, id, name, target } = await open(t, 'Closed in the middle');
    await holdMoves(page, 50);
    await moveAll(page, name);
    await says(page, /^Moving 50 of 120 files$/);
    await eventually(async () => assert.ok((await recordsIn(page, 'wix-media jobs', 'progress')).some(({ steps }) => Number(steps) >= 40)));
    /** @type {string[]} */
    const questions = [];
    page.on('dialog', (dialog) => {
      questions.push(dialog.type());
      dialog.accept();
    });
    await page.reload();
    await page.unrouteAll();
    assert.deepEqual(questions, ['beforeunload']);
    await says(page, /^Moving stopped at \d\d of 120 files$/);
    await panel(page).getByText('It was interrupted before it was done.').waitFor();
    // Nothing goes on by itself.
    assert.equal((await listed(target)).length, 50);
    await panel(page).getByRole('button', { name: 'Continue' }).click();
    const moved = await toast(page, '120 files moved.');
    assert.equal((await listed(target)).length, COUNT);
    await page.reload();
    await settled(page);
    assert.deepEqual(questions, ['beforeunload'], 'a job that is over needs no question');
    await panel(page).waitFor({ state: 'hidden' });
    assert.equal(await moved.count(), 0);
    assert.equal((await listed(id)).length, 0);
  });

  test('job: what is left of an earlier visit can be dismissed', async (t) => {
    const { page, name, target } = await open(t, 'Dismissed');
    await holdMoves(page, 20);
    await moveAll(page, name);
    await says(page, /^Moving 20 of 120 files$/);
    page.on('dialog', (dialog) => dialog.accept());
    await page.reload();
    await page.unrouteAll();
    await says(page, /^Moving stopped at \d+ of 120 files$/);
    await panel(page).getByRole('button', { name: 'Dismiss' }).click();
    await panel(page).waitFor({ state: 'hidden' });
    const before = (await listed(target)).length;
    await page.reload();
    await settled(page);
    await panel(page).waitFor({ state: 'hidden' });
    assert.equal((await listed(target)).length, before);
  });

  test('job: another tab does not take over what is running', async (t) => {
    const { page, open: openTab, name, fragment } = await open(t, 'Two tabs');
    const letGo = await holdMoves(page, 20);
    await moveAll(page, name);
    await says(page, /^Moving 20 of 120 files$/);
    const other = await openTab(fragment);
    await settled(other);
    assert.ok(await panel(other).isHidden());
    letGo();
    await toast(page, '120 files moved.');
    await showsInOrder(other, ['Target']);
  });

  test('job: a service that is gone interrupts a move, and it continues where it stopped', async (t) => {
    const { page, name, target } = await open(t, 'Service gone');
    let isGone = false;
    let passed = 0;
    await page.route('**/site-media/v1/files/*', (route) => {
      if (route.request().method() !== 'PATCH') return route.fallback();
      passed += 1;
      isGone ||= passed > 60;
      return isGone ? route.abort('connectionrefused') : route.continue();
    });
    await moveAll(page, name);
    await says(page, /^Moving stopped at 60 of 120 files$/);
    await panel(page).getByText('The service does not answer.').waitFor();
    await eventually(async () => assert.equal(await textOf(page.locator('#count')), '60 files and 1 folder'));
    // Not one attempt for each of the files that are left.
    assert.ok(passed < 60 + 30, `${passed} requests`);
    await page.unrouteAll();
    await panel(page).getByRole('button', { name: 'Continue' }).click();
    await toast(page, '120 files moved.');
    assert.equal((await listed(target)).length, COUNT);
  });

  test('job: dismissing a stopped job reports what is done, and no failure once more', async (t) => {
    const { page, name, target } = await open(t, 'Given up');
    let passed = 0;
    await page.route('**/site-media/v1/files/*', (route) => {
      if (route.request().method() !== 'PATCH') return route.fallback();
      passed += 1;
      return passed > 60 ? route.abort('connectionrefused') : route.continue();
    });
    await moveAll(page, name);
    await says(page, /^Moving stopped at 60 of 120 files$/);
    await panel(page).getByRole('button', { name: 'Dismiss' }).click();
    await toast(page, '60 of 120 files moved.');
    await panel(page).waitFor({ state: 'hidden' });
    assert.equal(await page.locator('.toast.bad').count(), 0);
    assert.equal((await listed(target)).length, 60);
  });

  test('job: an item that cannot be moved does not stop the others', async (t) => {
    const { page, name, id, target } = await open(t, 'One refused');
    const [first] = await site.server.client.files.listFiles({ parentFolderId: id, sort: { fieldName: 'displayName', order: 'ASC' } }).toArray();
    await refuse(page, String(first._id));
    await moveAll(page, name);
    await says(page, /^Not everything was moved \(119 of 120 files\)$/);
    await panel(page).getByText('“000.txt”: It does not exist any more.').waitFor();
    // What is gone is not offered again.
    assert.equal(await panel(page).getByRole('button', { name: 'Try again' }).isVisible(), false);
    await panel(page).getByRole('button', { name: 'Dismiss' }).click();
    await panel(page).waitFor({ state: 'hidden' });
    await toast(page, '119 of 120 files moved.');
    assert.equal((await listed(target)).length, COUNT - 1);
  });

  test('job: lists the folder again only where that may show something else', async (t) => {
    const files = Object.fromEntries(['a.txt', 'b.txt', 'c.txt', 'd.txt'].map((name) => [name, Buffer.from(name)]));
    const { fragment, files: made } = await workspace('Listed once', files);
    const { page } = await site.open(t, { fragment });
    // Only what jobs list counts here. An event that comes before the answer to the job lists once more.
    await page.route('**/_wix-media/events*', () => {});
    await page.reload();
    let listings = 0;
    page.on('request', (request) => {
      if (new URL(request.url()).pathname === '/site-media/v1/files') listings += 1;
    });
    /** Has the page list the folder, and returns how often it did that since the last time. */
    const counted = async () => {
      const sort = page.getByLabel('Sort', { exact: true });
      const other = (await sort.inputValue()) === 'oldest' ? 'newest' : 'oldest';
      const listing = page.waitForResponse((response) => response.url().includes(`sort.order=${other === 'oldest' ? 'ASC' : 'DESC'}`));
      await sort.selectOption(other);
      await listing;
      await settled(page);
      return listings;
    };
    const before = await counted();
    await cell(page, 'a.txt').click();
    await page.keyboard.press('Delete');
    const deleted = await toast(page, '“a.txt” moved to the trash.');
    assert.equal(await counted(), before + 1, 'a deletion shows by itself');
    await deleted.getByRole('button', { name: 'Undo' }).click();
    await toast(page, '“a.txt” restored.');
    await cell(page, 'a.txt').waitFor();
    assert.equal(await counted(), before + 3, 'what comes back is listed');

    await refuse(page, String(made['b.txt']._id));
    await cell(page, 'c.txt').click();
    await page.keyboard.press('Control+a');
    await page.locator('#chosen').getByRole('button', { name: 'Move' }).click();
    await page.getByRole('dialog').getByRole('treeitem', { name: 'Visitor Uploads' }).click();
    await page.getByRole('button', { name: 'Move here' }).click();
    await says(page, /^Not everything was moved \(3 of 4 files\)$/);
    assert.equal(await counted(), before + 5, 'a failure lists once');
  });

  test('job: leaving the place interrupts a move with a word, and it continues there', async (t) => {
    const { page, name, target } = await open(t, 'Place left');
    const letGo = await holdMoves(page, 30);
    await moveAll(page, name);
    await says(page, /^Moving 30 of 120 files$/);
    await choosePlace(page, 'In this browser');
    await toast(page, 'This server: Moving stopped at 30 of 120 files. Open the place again to go on.');
    await message(page, 'No files yet').waitFor();
    assert.ok(await panel(page).isHidden());
    letGo();
    await eventually(async () => assert.equal((await listed(target)).length, 34));
    await choosePlace(page, 'This server');
    await says(page, /^Moving stopped at \d+ of 120 files$/);
    await panel(page).getByRole('button', { name: 'Continue' }).click();
    await toast(page, '120 files moved.');
    assert.equal((await listed(target)).length, COUNT);
  });

  test('job: a visit that comes before the last calls have ended finds the job when they have', async (t) => {
    const { page, name, target } = await open(t, 'Back at once');
    const letGo = await holdMoves(page, 30);
    await moveAll(page, name);
    await says(page, /^Moving 30 of 120 files$/);
    await choosePlace(page, 'In this browser');
    await message(page, 'No files yet').waitFor();
    await page.goBack();
    await cell(page, 'Target').waitFor();
    assert.ok(await panel(page).isHidden(), 'the calls of the visit before still run');
    letGo();
    await says(page, /^Moving stopped at 34 of 120 files$/);
    await panel(page).getByRole('button', { name: 'Continue' }).click();
    await toast(page, '120 files moved.');
    assert.equal((await listed(target)).length, COUNT);
  });

  test('job: the trash is emptied behind a dialog that closes at once', async (t) => {
    const { id } = await workspace('Emptied', { 'a.txt': Buffer.from('a'), 'b.txt': Buffer.from('b') });
    await site.server.client.folders.bulkDeleteFolders([id]);
    const { page } = await site.open(t, { fragment: '#trash' });
    const letGo = await hold(page, '**/bulk/*/delete');
    await page.getByRole('button', { name: 'Empty the trash' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('This deletes').waitFor();
    await dialog.getByRole('button', { name: 'Delete permanently' }).click();
    await dialog.waitFor({ state: 'detached' });
    await says(page, /^Deleting permanently/);
    await cell(page, 'Emptied').waitFor();
    letGo();
    await toast(page, 'The trash is empty.');
    await page.getByRole('heading', { name: 'The trash is empty' }).waitFor();
    assert.deepEqual(await site.server.client.folders.listDeletedFolders().toArray(), []);
  });

  test('job: one call that takes long is shown, too', async (t) => {
    const { id, fragment } = await workspace('Slow restore', { 'a.txt': Buffer.from('a') });
    await site.server.client.files.bulkDeleteFiles([String((await site.server.client.files.listFiles({ parentFolderId: id }).toArray())[0]._id)]);
    const { page } = await site.open(t, { fragment: '#trash' });
    const letGo = await hold(page, '**/bulk/trash-bin/files/restore');
    await cell(page, 'a.txt').click();
    await page.locator('#chosen').getByRole('button', { name: 'Restore' }).click();
    await says(page, /^Restoring “a.txt”$/);
    letGo();
    await toast(page, '“a.txt” restored.');
    await panel(page).waitFor({ state: 'hidden' });
    await page.goto(`${site.server.address}/${fragment}`);
    await cell(page, 'a.txt').waitFor();
  });
});
