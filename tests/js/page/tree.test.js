// The tree of folders: what can be done with a folder of it.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { eventually, focusIsOn, pageSuite, showsItems, toast } from './site.js';

suite('tree of the page', () => {
  const site = pageSuite();
  const { open, workspace } = site;

  /** @param {string} id */
  const nameOf = async (id) => (await site.server.client.folders.getFolder(id)).displayName;

  test('tree: a folder has a menu', async (t) => {
    const { id } = await workspace('Old name');
    const { page } = await open(t);
    const folder = page.getByRole('treeitem', { name: 'Old name' });
    /** @param {string} entry */
    const choose = async (entry) => {
      await page.getByRole('treeitem', { name: /name$/ }).click({ button: 'right' });
      await page.getByRole('menuitem', { name: entry }).click();
    };
    await folder.waitFor();
    await choose('Rename…');
    const dialog = page.getByRole('dialog', { name: 'Rename “Old name”' });
    await dialog.getByLabel('Name', { exact: true }).fill('Old/name');
    await page.keyboard.press('Enter');
    await dialog.getByText('A name cannot contain a slash.').waitFor();
    await dialog.getByLabel('Name', { exact: true }).fill('New name');
    await page.keyboard.press('Enter');
    await toast(page, 'Renamed to “New name”.');
    await page.getByRole('treeitem', { name: 'New name' }).waitFor();
    assert.equal(await nameOf(id), 'New name');
    await choose('New folder inside…');
    await page.getByLabel('Name', { exact: true }).fill('Inner');
    await page.keyboard.press('Enter');
    await toast(page, '“Inner” created.');
    const inner = await site.server.client.folders.listFolders({ parentFolderId: id }).toArray();
    assert.deepEqual(inner.map(({ displayName }) => displayName), ['Inner']);
    await choose('Delete');
    await toast(page, '“New name” moved to the trash.');
    await page.getByRole('treeitem', { name: 'New name' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page.getByRole('treeitem', { name: 'New name' }).waitFor();
    // The top of an area cannot be changed.
    await page.getByRole('treeitem', { name: 'Site Files' }).click({ button: 'right' });
    assert.equal(await page.getByRole('menu').count(), 0);
  });

  test('tree: keys rename and delete, and a view of a deleted folder goes up', async (t) => {
    const { id, fragment } = await workspace('By key', { 'a.txt': Buffer.from('a') });
    const { page } = await open(t, { fragment });
    await showsItems(page, ['a.txt']);
    const folder = page.getByRole('treeitem', { name: 'By key' });
    await folder.focus();
    await page.keyboard.press('F2');
    await page.getByRole('dialog', { name: 'Rename “By key”' }).waitFor();
    await page.keyboard.press('Escape');
    await focusIsOn(page, 'By key');
    await page.keyboard.press('Delete');
    await toast(page, '“By key” moved to the trash.');
    await page.getByRole('heading', { level: 1, name: 'Site Files' }).waitFor();
    await eventually(async () => assert.equal((await site.server.client.folders.getFolder(id)).state, 'DELETED'));
  });
});
