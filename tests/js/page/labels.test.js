// The labels of several files at once.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fileItem } from '../../../www/model/item.js';
import { changedLabels, labelsIn } from '../../../www/model/labels.js';
import { barriers, cell, keepScreenshot, nothingSticksOut, pageSuite, toast } from './site.js';

suite('labels of the page', () => {
  const site = pageSuite();
  const { open, workspace } = site;

  test('labels: several files get and lose labels at once, and undo brings the old ones back', async (t) => {
    const { id, fragment } = await workspace('Labelled', {
      'a.txt': { bytes: Buffer.from('a'), labels: ['both', 'one'] },
      'b.txt': { bytes: Buffer.from('b'), labels: ['both'] },
      'c.txt': Buffer.from('c'),
    });
    await site.server.client.folders.createFolder('A folder', { parentFolderId: id });
    const { page } = await open(t, { fragment });
    const labels = async () => {
      const files = await site.server.client.files.listFiles({ parentFolderId: id }).toArray();
      return Object.fromEntries(files.map((file) => [file.displayName, file.labels ?? []]));
    };
    await cell(page, 'a.txt').click();
    await cell(page, 'b.txt').click({ modifiers: ['Control'] });
    await page.locator('#chosen').getByRole('button', { name: 'Label' }).click();
    const dialog = page.getByRole('dialog', { name: 'Labels of 2 files' });
    const boxes = dialog.getByRole('checkbox');
    assert.deepEqual(await boxes.evaluateAll((all) => all.map((box) => box instanceof HTMLInputElement && [box.checked, box.indeterminate])), [[true, false], [false, true]]);
    await dialog.getByText('1 of 2').waitFor();
    await dialog.getByLabel('both').uncheck();
    await dialog.getByLabel('Add labels').fill(' new, other ,new');
    assert.deepEqual(await barriers(page), []);
    await keepScreenshot(page, 'labels');
    await dialog.getByRole('button', { name: 'Save' }).click();
    const done = await toast(page, 'Labels of 2 files changed.');
    assert.deepEqual(await labels(), { 'a.txt': ['one', 'new', 'other'], 'b.txt': ['new', 'other'], 'c.txt': [] });
    await done.getByRole('button', { name: 'Undo' }).click();
    await toast(page, 'The old labels of 2 files are back.');
    assert.deepEqual(await labels(), { 'a.txt': ['both', 'one'], 'b.txt': ['both'], 'c.txt': [] });

    // A label that some have is given to all of them.
    await page.keyboard.press('Control+a');
    await page.locator('#chosen').getByRole('button', { name: 'Label' }).click();
    const all = page.getByRole('dialog', { name: 'Labels of 3 files' });
    await all.getByLabel('one').check();
    await all.getByRole('button', { name: 'Save' }).click();
    await toast(page, 'Labels of 2 files changed.');
    assert.deepEqual(await labels(), { 'a.txt': ['both', 'one'], 'b.txt': ['both', 'one'], 'c.txt': ['one'] });

    // Folders have no labels.
    await cell(page, 'A folder').click();
    await page.locator('#chosen').getByRole('button', { name: 'Label' }).waitFor({ state: 'detached' });
    await page.locator('#chosen').getByRole('button', { name: 'Move' }).waitFor();
  });

  test('labels: on a phone they are in the menu, and the bar of the selection fits', async (t) => {
    const { fragment } = await workspace('Labelled by hand', { 'a.txt': Buffer.from('a') });
    const { page } = await open(t, { fragment, hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });
    await cell(page, 'a.txt').locator('.tile-menu').tap();
    await page.getByRole('menuitem', { name: 'Labels…' }).tap();
    await page.getByRole('dialog', { name: 'Labels of “a.txt”' }).getByLabel('Add labels').fill('pet');
    await page.keyboard.press('Enter');
    await toast(page, 'Labels of “a.txt” changed.');
    for (const width of [320, 390, 700, 800, 1000, 1280]) {
      await page.setViewportSize({ width, height: 844 });
      await nothingSticksOut(page, `${width}`);
      const [bar, end] = await Promise.all([page.locator('#chosen').boundingBox(), page.locator('.tools-end').boundingBox()]);
      assert.ok(bar && (!end || bar.x + bar.width <= end.x), `${width}: the bar of the selection covers nothing`);
    }
  });

  test('changedLabels: has a step only for files that change, and keeps the order of labels', () => {
    /** @param {string} id @param {string[]} [labels] */
    const file = (id, labels) => fileItem({ _id: id, displayName: id, labels });
    const files = [file('a', ['x', 'y']), file('b', ['z']), file('c')];
    assert.deepEqual([...labelsIn(files)], [['x', 1], ['y', 1], ['z', 1]]);
    /** @param {{ added?: string[], removed?: string[] }} changes */
    const labelled = ({ added = [], removed = [] }) => Object.fromEntries(changedLabels(files, { added, removed }).map(({ id, labels, before }) => [id, [labels, before]]));
    assert.deepEqual(labelled({ added: ['x', ' '] }), { b: [['z', 'x'], ['z']], c: [['x'], []] });
    assert.deepEqual(labelled({ removed: ['x', 'w'] }), { a: [['y'], ['x', 'y']] });
    assert.deepEqual(labelled({ added: ['y'], removed: ['y'] }), { b: [['z', 'y'], ['z']], c: [['y'], []] });
    assert.deepEqual(labelled({}), {});
  });
});
