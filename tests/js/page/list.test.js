// The list of items: its order, its filter, its layouts, and the controls around it.
/** @import { Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { barriers, cell, drop, eventually, focusIsOn, message, pageSuite, photo, settled, showsInOrder, showsItems, sortBy } from './site.js';

suite('list of the page', () => {
  const site = pageSuite();
  const { open, workspace } = site;

  /** @param {readonly string[]} names */
  const filesNamed = (names) => Object.fromEntries(names.map((name) => [name, Buffer.from(name)]));
  /** @param {Page} page */
  const filter = (page) => page.getByLabel('Filter by type');
  /**
   * @param {Page} page
   * @param {'grid' | 'list'} layout
   */
  const layOut = (page, layout) => page.locator(`[name=layout][value=${layout}]`).locator('..').click();

  test('list: sorts names as people do', async (t) => {
    const names = ['Banana.txt', 'apple.txt', 'item 10.txt', 'item 2.txt', 'zebra.txt', 'Ärger.txt'];
    const { id, fragment } = await workspace('Named', filesNamed(names));
    for (const name of ['Part 10', 'part 9']) await site.server.client.folders.createFolder(name, { parentFolderId: id });
    const { page } = await open(t, { fragment: `?lang=en${fragment}`, locale: 'de-DE' });
    await sortBy(page, 'Name, A to Z');
    await showsInOrder(page, ['part 9', 'Part 10', 'apple.txt', 'Ärger.txt', 'Banana.txt', 'item 2.txt', 'item 10.txt', 'zebra.txt']);
    await drop(page, '#main', [{ name: 'item 3.txt', bytes: 'three' }]);
    const sorted = ['apple.txt', 'Ärger.txt', 'Banana.txt', 'item 2.txt', 'item 3.txt', 'item 10.txt', 'zebra.txt'];
    await showsInOrder(page, ['part 9', 'Part 10', ...sorted]);
    await sortBy(page, 'Name, Z to A');
    await showsInOrder(page, ['Part 10', 'part 9', ...sorted.toReversed()]);
    // The tree has the order of the list.
    await page.getByRole('treeitem', { name: 'Named', exact: true }).locator('.twist').click();
    await page.getByRole('treeitem', { name: 'Part 10' }).waitFor();
    const tree = page.locator('#tree .name');
    await eventually(async () => assert.deepEqual((await tree.allTextContents()).filter((name) => /part/i.test(name)), ['part 9', 'Part 10']));
  });

  test('list: names the type filter in the address, and leaves it with the folder', async (t) => {
    const { id, name, fragment } = await workspace('Filtered', filesNamed(['a.txt', 'b.zip']));
    const { folder } = await site.server.client.folders.createFolder('Inner', { parentFolderId: id });
    await site.server.client.uploads.upload(Buffer.from('c'), { displayName: 'c.zip', parentFolderId: String(folder?._id) });
    const { page } = await open(t, { fragment });
    await filter(page).selectOption('Document');
    // No folder is of a type.
    await showsItems(page, ['a.txt']);
    assert.ok(page.url().endsWith(`${fragment}?type=DOCUMENT`));
    await page.reload();
    await showsItems(page, ['a.txt']);
    assert.equal(await filter(page).inputValue(), 'DOCUMENT');
    await page.getByRole('treeitem', { name, exact: true }).locator('.twist').click();
    await page.getByRole('treeitem', { name: 'Inner' }).click();
    await showsItems(page, ['c.zip']);
    assert.equal(await filter(page).inputValue(), '');
    await page.goBack();
    await showsItems(page, ['a.txt']);
    await page.goBack();
    await showsItems(page, ['Inner', 'a.txt', 'b.zip']);
    assert.equal(await filter(page).inputValue(), '');
    await page.getByRole('heading', { level: 1, name }).waitFor();
  });

  test('list: another layout begins at the top, or where the other one was', async (t) => {
    const { fragment } = await workspace('Long', filesNamed(['old.txt']));
    const { page } = await open(t, { fragment, viewport: { width: 1280, height: 500 } });
    const added = Array.from({ length: 40 }, (_, index) => `new ${String(index).padStart(2, '0')}.txt`);
    await drop(page, '#main', added.map((name) => ({ name, bytes: name })));
    await page.getByRole('heading', { name: '40 files uploaded' }).waitFor();
    const scrollTop = () => page.locator('#items').evaluate((grid) => grid.scrollTop);
    await layOut(page, 'list');
    assert.equal(await scrollTop(), 0);
    await layOut(page, 'grid');
    await sortBy(page, 'Name, A to Z');
    await settled(page);
    await cell(page, 'new 00.txt').click();
    await page.keyboard.press('End');
    await page.keyboard.press('Control+End');
    await focusIsOn(page, 'old.txt');
    await layOut(page, 'list');
    await cell(page, 'old.txt').waitFor();
    const [head, row] = await Promise.all([page.locator('.list-head').boundingBox(), cell(page, 'old.txt').boundingBox()]);
    assert.ok(head && row && row.y >= head.y + head.height && row.y + row.height <= 501, JSON.stringify({ head, row }));
  });

  test('list: tiles have one of three sizes, which the page remembers', async (t) => {
    const { fragment } = await workspace('Sized', { ...filesNamed(Array.from({ length: 40 }, (_, index) => `${index}.txt`)), 'cat.jpg': await photo('chelsea.jpg') });
    const { page } = await open(t, { fragment });
    const columns = () => page.locator('.sizer').evaluate((sizer) => Number(getComputedStyle(sizer).getPropertyValue('--columns')));
    const size = page.getByLabel('Size of tiles');
    const picture = page.locator('.cell img.loaded');
    await picture.waitFor();
    const medium = await columns();
    await size.selectOption('Small tiles');
    const small = await columns();
    await size.selectOption('Large tiles');
    const large = await columns();
    assert.ok(small > medium && medium > large, `${small}, ${medium} and ${large} columns`);
    await page.reload();
    await settled(page);
    assert.equal(await columns(), large);
    assert.equal(await size.inputValue(), 'large');
    // A table has no tiles.
    await layOut(page, 'list');
    await size.waitFor({ state: 'hidden' });
  });

  test('search: names the folder of each result', async (t) => {
    const { id } = await workspace('Outer place', filesNamed(['whereabouts 1.txt']));
    const { folder } = await site.server.client.folders.createFolder('Inner <place>', { parentFolderId: id });
    const inner = String(folder?._id);
    await site.server.client.uploads.uploadAll(['whereabouts 2.txt', 'whereabouts 3.txt'].map((name) => new File([name], name)), { parentFolderId: inner });
    await site.server.client.folders.createFolder('whereabouts', { parentFolderId: inner });
    const { page } = await open(t, { fragment: '#files?q=whereabouts' });
    // What it asks for before it is loaded again does not count.
    for (const name of ['whereabouts 2.txt', 'whereabouts 3.txt', 'whereabouts']) await cell(page, name).getByText('in Inner <place>', { exact: true }).waitFor();
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().includes(`/folders/${inner}`)) asked += 1;
    });
    await page.reload();
    for (const layout of /** @type {const} */ (['grid', 'list'])) {
      await layOut(page, layout);
      for (const [name, where] of [
        ['whereabouts 1.txt', 'in Outer place'],
        ['whereabouts 2.txt', 'in Inner <place>'],
        ['whereabouts 3.txt', 'in Inner <place>'],
        ['whereabouts', 'in Inner <place>'],
      ]) {
        await cell(page, name).getByText(where, { exact: true }).waitFor();
      }
    }
    assert.equal(asked, 1, 'each folder is asked for once');
    await site.server.client.folders.updateFolder(inner, { displayName: 'Renamed place' });
    await cell(page, 'whereabouts 2.txt').getByText('in Renamed place', { exact: true }).waitFor();
    await page.goto(`${site.server.address}/#files/${inner}`);
    await cell(page, 'whereabouts 2.txt').waitFor();
    assert.equal(await page.locator('.in-folder').count(), 0);
  });

  test('list: names an item by its texts, without its box and its button', async (t) => {
    const { id } = await workspace('Named items', { 'heard private.txt': { bytes: Buffer.from('private'), private: true }, 'heard (2).txt': Buffer.from('two') });
    await site.server.client.folders.createFolder('heard', { parentFolderId: id });
    const { page } = await open(t, { fragment: '#files?q=heard' });
    await cell(page, 'heard private.txt').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Add to favourites' }).click();
    await cell(page, 'heard private.txt').locator('.star').waitFor();
    const browser = await page.context().newCDPSession(page);
    /** Returns the names that screen readers get. @param {string} role */
    const heard = async (role) => {
      for (const name of ['heard', 'heard (2).txt', 'heard private.txt']) await cell(page, name).getByText('in Named items', { exact: true }).waitFor();
      const { nodes } = await browser.send('Accessibility.getFullAXTree');
      const names = nodes.filter((node) => node.role?.value === role).map(({ name }) => String(name?.value));
      return names.filter((name) => name.startsWith('heard')).sort();
    };
    assert.deepEqual(await heard('gridcell'), ['heard (2).txt in Named items · Document · 3 bytes', 'heard in Named items', 'heard private.txt in Named items · Document · 7 bytes Private Favourite']);
    assert.deepEqual(await barriers(page), []);
    await layOut(page, 'list');
    const day = await cell(page, 'heard').locator('time').textContent();
    assert.deepEqual(await heard('row'), [
      `heard (2).txt in Named items Document 3 bytes ${day}`,
      `heard in Named items Folder – ${day}`,
      `heard private.txt in Named items Favourite Private Document 7 bytes ${day}`,
    ]);
    assert.deepEqual(await barriers(page), []);
    await cell(page, 'heard').getByRole('checkbox', { name: 'Select heard' }).check();
  });

  test('rename: keeps a name with a slash in its field, with the reason', async (t) => {
    const { id, fragment } = await workspace('Slashes', filesNamed(['a.txt']));
    const { page } = await open(t, { fragment });
    await cell(page, 'a.txt').click();
    await page.keyboard.press('F2');
    const field = page.getByLabel('New name for a.txt');
    await field.fill('a/b.txt');
    await page.keyboard.press('Enter');
    assert.equal(await field.evaluate((input) => input instanceof HTMLInputElement && input.validationMessage), 'A name cannot contain a slash.');
    await field.fill('a-b.txt');
    await page.keyboard.press('Enter');
    await showsItems(page, ['a-b.txt']);
    await eventually(async () => assert.deepEqual(await site.listed(id), ['a-b.txt']));
  });

  test('list: keeps its controls while items are selected beside the panel', async (t) => {
    const { fragment } = await workspace('Controlled', filesNamed(['a.txt']));
    const { page } = await open(t, { fragment, panel: true });
    await cell(page, 'a.txt').click();
    await page.locator('#chosen').getByRole('button', { name: 'Move' }).waitFor();
    assert.ok(await filter(page).isVisible());
    assert.ok(await page.getByLabel('Sort', { exact: true }).isVisible());
    const [chosen, controls] = await Promise.all([page.locator('#chosen').boundingBox(), page.locator('.tools-end').boundingBox()]);
    assert.ok(chosen && controls && chosen.x + chosen.width <= controls.x, JSON.stringify({ chosen, controls }));
  });

  test('tree: an area has an arrow once it is known to have folders', async (t) => {
    const { page } = await open(t);
    const uploads = page.getByRole('treeitem', { name: 'Visitor Uploads' });
    await uploads.waitFor();
    assert.equal(await uploads.getAttribute('aria-expanded'), null);
    assert.equal(await uploads.locator('.twist .icon').count(), 0);
    await site.server.client.folders.createFolder('Form', { parentFolderId: 'visitor-uploads' });
    await page.reload();
    await uploads.locator('.twist').click();
    await page.getByRole('treeitem', { name: 'Form' }).waitFor();
  });

  test('page: source code reads from left to right, and arrows point inward, in any document', async (t) => {
    const { page } = await open(t, { panel: true });
    await page.locator('call-inspector pre').first().waitFor();
    await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'));
    const directions = await page.locator('call-inspector pre').evaluateAll((all) => all.map((one) => getComputedStyle(one).direction));
    assert.deepEqual([...new Set(directions)], ['ltr']);
    const twist = page.getByRole('treeitem', { name: 'Named', exact: true }).locator('.twist .icon');
    assert.equal(await twist.evaluate((icon) => getComputedStyle(icon).transform), 'matrix(-1, 0, 0, 1, 0, 0)');
  });

  test('page: an unknown type in the address filters nothing', async (t) => {
    const { fragment } = await workspace('Odd filter', filesNamed(['a.txt']));
    const { page } = await open(t, { fragment: `${fragment}?type=NONSENSE` });
    await showsItems(page, ['a.txt']);
    assert.equal(await message(page, 'None of this type').count(), 0);
  });
});
