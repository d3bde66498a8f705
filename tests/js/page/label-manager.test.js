// The dialog with all labels of a place.
/** @import { Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fileItem } from '../../../www/model/item.js';
import { mergedLabels, renamedLabels } from '../../../www/model/labels.js';
import { barriers, hold, keepScreenshot, nothingSticksOut, pageSuite, settled, showsItems, toast } from './site.js';

suite('label manager of the page', () => {
  const site = pageSuite();
  const { open, workspace } = site;

  /** @param {Page} page */
  const openManager = async (page) => {
    await page.locator('#shelf').getByRole('button', { name: 'All labels…' }).click();
    return page.getByRole('dialog', { name: 'Labels' });
  };
  /** @param {import('playwright-core').Locator} dialog */
  const shown = (dialog) => dialog.locator('.label-list li').evaluateAll((rows) => rows.filter((row) => row.checkVisibility()).map((row) => [...row.children].map(({ textContent }) => textContent.trim())));

  test('label manager: says that there are no labels, and reports what it cannot read', async (t) => {
    const { page } = await open(t, {});
    const dialog = await openManager(page);
    await dialog.getByText('No file has a label yet.').waitFor();
    await page.keyboard.press('Escape');
    await page.route('**/files/search', (route) => route.fulfill({ status: 403, body: '{"message":"no"}', contentType: 'application/json' }));
    const again = await openManager(page);
    await again.getByText('Permission denied').waitFor();
    await page.unroute('**/files/search');
    await again.getByRole('button', { name: 'Try again' }).click();
    await again.getByText('No file has a label yet.').waitFor();
  });

  test('label manager: lists, renames, merges and deletes labels of files in all folders, each with a way back', async (t) => {
    const first = await workspace('Labelled here', {
      'a.txt': { bytes: Buffer.from('a'), labels: ['cat', 'pet'] },
      'b.txt': { bytes: Buffer.from('b'), labels: ['cats'] },
      'petrol.txt': Buffer.from('c'),
    });
    const second = await workspace('Labelled there', { 'd.txt': { bytes: Buffer.from('d'), labels: ['old', 'cat'] } });
    await site.server.client.uploads.upload(Buffer.from('e'), { displayName: 'e.txt', parentFolderId: 'visitor-uploads', labels: ['pet'] });
    const labels = async () => {
      const lists = [first.id, second.id, 'visitor-uploads'].map((parentFolderId) => site.server.client.files.listFiles({ parentFolderId }).toArray());
      return Object.fromEntries((await Promise.all(lists)).flat().map((file) => [file.displayName, (file.labels ?? []).join()]));
    };
    const before = { 'a.txt': 'cat,pet', 'b.txt': 'cats', 'petrol.txt': '', 'd.txt': 'old,cat', 'e.txt': 'pet' };
    const { page } = await open(t, { fragment: first.fragment });
    let dialog = await openManager(page);
    await dialog.getByText('4 labels.').waitFor();
    assert.deepEqual(await shown(dialog), [['cat', '2 files'], ['cats', '1 file'], ['old', '1 file'], ['pet', '1 file', '1 visitor upload']]);
    assert.deepEqual(await barriers(page), []);
    await keepScreenshot(page, 'label-manager');
    // A link shows the files of all folders.
    await dialog.getByRole('link', { name: '1 file with the label “pet”' }).click();
    await showsItems(page, ['a.txt']);
    await settled(page);

    // Several become one.
    dialog = await openManager(page);
    await dialog.getByRole('checkbox', { name: 'cats' }).check();
    assert.equal(await dialog.getByRole('button', { name: 'Rename' }).isEnabled(), true);
    await dialog.getByRole('checkbox', { name: 'cat', exact: true }).check();
    await dialog.getByRole('button', { name: 'Merge' }).click();
    const name = page.getByRole('dialog', { name: 'Merge “cat” and “cats”' });
    await name.getByLabel('Name').fill('old');
    await name.getByText('This label already exists. The labels will be merged.').waitFor();
    assert.deepEqual(await barriers(page), []);
    await page.keyboard.press('Enter');
    const merged = await toast(page, 'Labels of 3 files changed.');
    await dialog.waitFor({ state: 'detached' });
    assert.deepEqual(await labels(), { ...before, 'a.txt': 'old,pet', 'b.txt': 'old', 'd.txt': 'old' });
    await merged.getByRole('button', { name: 'Undo' }).click();
    await toast(page, 'The old labels of 3 files are back.');
    assert.deepEqual(await labels(), before);

    // Deleting needs no name.
    dialog = await openManager(page);
    await dialog.getByRole('checkbox', { name: 'pet' }).check();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await toast(page, 'Labels of 2 files changed.');
    assert.deepEqual(await labels(), { ...before, 'a.txt': 'cat', 'e.txt': '' });
  });

  test('label manager: keeps what others change meanwhile, and undo does, too', async (t) => {
    const { files, fragment } = await workspace('Labelled by two', { 'two.txt': { bytes: Buffer.from('two'), labels: ['teh', 'kept'] } });
    const id = String(files['two.txt']._id);
    const { client } = site.server;
    const labels = async () => (await client.files.getFileDescriptor(id)).labels;
    const { page } = await open(t, { fragment });
    const dialog = await openManager(page);
    await dialog.getByRole('checkbox', { name: 'teh' }).check();
    await client.files.updateFileDescriptor({ _id: id, labels: ['teh', 'kept', 'added'] });
    await dialog.getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('dialog', { name: 'Rename “teh”' }).getByLabel('Name').fill('the');
    await page.keyboard.press('Enter');
    const renamed = await toast(page, 'Labels of “two.txt” changed.');
    assert.deepEqual(await labels(), ['kept', 'added', 'the']);
    await client.files.updateFileDescriptor({ _id: id, labels: ['added', 'the', 'later'] });
    await renamed.getByRole('button', { name: 'Undo' }).click();
    await toast(page, 'The old labels of “two.txt” are back.');
    assert.deepEqual(await labels(), ['added', 'later', 'teh']);
  });

  test('label manager: finds among many labels, fits a phone, and stops reading when it is closed', async (t) => {
    const many = Array.from({ length: 30 }, (_, index) => `label ${index}`);
    await workspace('Many labels', { 'many.txt': { bytes: Buffer.from('m'), labels: [...many, 'x'.repeat(200)] } });
    const { page } = await open(t, { viewport: { width: 390, height: 700 } });
    await page.locator('#sidebar-toggle').click();
    const dialog = await openManager(page);
    await dialog.getByRole('checkbox', { name: 'label 12' }).check();
    await nothingSticksOut(page, 'many labels');
    await dialog.getByRole('searchbox', { name: 'Find a label' }).fill('label 2');
    assert.deepEqual((await shown(dialog)).map(([label]) => label), ['label 2', ...Array.from({ length: 10 }, (_, index) => `label 2${index}`)]);
    assert.equal(await dialog.getByRole('button', { name: 'Delete' }).isDisabled(), true, 'what is hidden is not selected');
    assert.deepEqual(await barriers(page), []);
    // Escape would only empty the field.
    await dialog.locator('.actions').getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'detached' });
    const release = await hold(page, '**/files/search', { end: 'abort' });
    const failed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/files/search'));
    const asked = page.waitForRequest('**/files/search');
    await openManager(page);
    await asked;
    await page.keyboard.press('Escape');
    await failed;
    release();
  });

  test('mergedLabels: changes what was planned, and nothing else', () => {
    const planned = { before: ['a', 'b'], labels: ['a', 'c'] };
    /** @type {[now: string[], wanted: string[]][]} */
    const cases = [[['a', 'b'], ['a', 'c']], [['b', 'a'], ['a', 'c']], [['b', 'x'], ['x', 'c']], [[], ['c']], [['c', 'b'], ['c']], [['x', 'c'], ['x', 'c']]];
    for (const [now, wanted] of cases) assert.deepEqual(mergedLabels(now, planned), wanted, now.join());
  });

  test('renamedLabels: keeps the order of labels, and has no step for a file that stays as it is', () => {
    /** @param {string} id @param {string[]} [labels] */
    const file = (id, labels) => fileItem({ _id: id, displayName: id, labels });
    const files = [file('a', ['x', 'y', 'z']), file('b', ['z', 'y']), file('c', ['n']), file('d', ['o']), file('e')];
    const steps = renamedLabels(files, ['y', 'z'], 'n');
    assert.deepEqual(steps.map(({ id, labels, before }) => [id, labels, before]), [['a', ['x', 'n'], ['x', 'y', 'z']], ['b', ['n'], ['z', 'y']]]);
  });
});
