// The columns of the table: chosen, resized, left out where there is no room, and kept.
/** @import { Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { COLUMN_NAMES, ListColumns } from '../../../www/parts/media-grid/columns.js';
import { barriers, cell, eventually, focusIsOn, keepScreenshot, nothingSticksOut, pageSuite, photo, settled, showsInOrder } from './site.js';

suite('columns of the page', () => {
  const site = pageSuite();
  const { open, workspace } = site;

  /** @param {Page} page */
  const showList = (page) => page.locator('[name=layout][value=list]').locator('..').click();
  /** @param {Page} page */
  const heads = (page) => page.locator('.list-head [role=columnheader]').allTextContents();
  /** @param {Page} page @param {string} name */
  const textsOf = async (page, name) => (await cell(page, name).getByRole('gridcell').allTextContents()).slice(1);
  /** @param {Page} page @param {string} label */
  const edge = (page, label) => page.getByRole('separator', { name: `Width of ${label}` });
  /** @param {Page} page @param {string} label */
  const widthOf = async (page, label) => Math.round((await page.getByRole('columnheader', { name: label }).boundingBox())?.width ?? 0);

  test('columns: are chosen in a dialog, sort by their head, and survive a reload', async (t) => {
    const { fragment } = await workspace('In columns', { 'cat.jpg': { bytes: await photo('chelsea.jpg'), labels: ['pet', 'cat'] }, 'a.txt': Buffer.from('a') });
    const { page } = await open(t, { fragment });
    assert.equal(await page.getByRole('button', { name: 'Columns' }).isVisible(), false, 'tiles have no columns');
    await showList(page);
    await eventually(async () => assert.deepEqual(await heads(page), ['Name', 'Type', 'Size', 'Modified']));
    await page.getByRole('button', { name: 'Columns' }).click();
    const dialog = page.getByRole('dialog', { name: 'Columns' });
    await dialog.getByLabel('Type').uncheck();
    await dialog.getByLabel('Dimensions').check();
    await dialog.getByLabel('Labels').check();
    assert.deepEqual(await barriers(page), []);
    await page.keyboard.press('Enter');
    await eventually(async () => assert.deepEqual(await heads(page), ['Name', 'Size', 'Modified', 'Dimensions', 'Labels']));
    await focusIsOn(page, '');
    const [, , dimensions, labels] = await textsOf(page, 'cat.jpg');
    assert.deepEqual([dimensions, labels], ['480 × 319', 'pet, cat']);
    assert.deepEqual((await textsOf(page, 'a.txt')).slice(2), ['–', '–']);
    assert.equal(await page.locator('.grid').getAttribute('aria-colcount'), '5');
    await page.getByRole('columnheader', { name: 'Size' }).getByRole('button').click();
    await showsInOrder(page, ['a.txt', 'cat.jpg']);
    await page.getByRole('columnheader', { name: 'Size' }).getByRole('button').click();
    await showsInOrder(page, ['cat.jpg', 'a.txt']);
    assert.equal(await page.getByRole('columnheader', { name: 'Size' }).getAttribute('aria-sort'), 'descending');
    // From the keyboard, the focus stays on the column.
    await page.getByRole('columnheader', { name: 'Size' }).getByRole('button').focus();
    await page.keyboard.press('Enter');
    await showsInOrder(page, ['a.txt', 'cat.jpg']);
    await page.waitForFunction(() => document.activeElement?.matches('.list-head [data-field=sizeInBytes]'));
    await page.keyboard.press('Enter');
    await showsInOrder(page, ['cat.jpg', 'a.txt']);
    assert.deepEqual(await barriers(page), []);
    await keepScreenshot(page, 'columns');
    await page.reload();
    await settled(page);
    await eventually(async () => assert.deepEqual(await heads(page), ['Name', 'Size', 'Modified', 'Dimensions', 'Labels']));
    await page.getByRole('button', { name: 'Columns' }).click();
    await dialog.getByRole('button', { name: 'Reset' }).click();
    await eventually(async () => assert.deepEqual(await heads(page), ['Name', 'Type', 'Size', 'Modified']));
    // Without any, the names have all the room.
    await page.getByRole('button', { name: 'Columns' }).click();
    for (const label of ['Type', 'Size', 'Modified']) await dialog.getByLabel(label).uncheck();
    await page.keyboard.press('Enter');
    await eventually(async () => assert.deepEqual(await heads(page), ['Name']));
    await page.reload();
    await settled(page);
    await eventually(async () => assert.deepEqual(await heads(page), ['Name']));
  });

  test('columns: get other widths by mouse and keyboard, which are kept', async (t) => {
    const { fragment } = await workspace('In wide columns', { 'a.txt': Buffer.from('a') });
    const { page } = await open(t, { fragment });
    await showList(page);
    const before = await widthOf(page, 'Size');
    const box = await edge(page, 'Size').boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 - 40, box.y + box.height / 2, { steps: 3 });
    await page.mouse.up();
    assert.equal(await widthOf(page, 'Size'), before + 40, 'towards the name it gets wider');
    assert.equal(await edge(page, 'Size').getAttribute('aria-valuenow'), String(before + 40));
    const [head, row] = await Promise.all([page.getByRole('columnheader', { name: 'Size' }).boundingBox(), cell(page, 'a.txt').getByRole('gridcell').nth(2).boundingBox()]);
    assert.equal(Math.round(head?.x ?? 0), Math.round(row?.x ?? 1), 'the rows follow');
    await edge(page, 'Size').focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await widthOf(page, 'Size'), before + 24);
    // With Alt it goes back, which nobody else must prevent.
    const isPrevented = await edge(page, 'Size').evaluate((element) => !element.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', altKey: true, bubbles: true, cancelable: true })));
    assert.equal(isPrevented, false);
    assert.equal(await widthOf(page, 'Size'), before + 24);
    // No column takes the room of the names.
    for (let press = 0; press < 60; press += 1) await page.keyboard.press('ArrowLeft');
    assert.ok(Math.round((await page.getByRole('columnheader', { name: 'Name' }).boundingBox())?.width ?? 0) >= 150);
    for (let press = 0; press < 60; press += 1) await page.keyboard.press('ArrowRight');
    assert.equal(await widthOf(page, 'Size'), 48);
    await page.reload();
    await settled(page);
    assert.equal(await widthOf(page, 'Size'), 48);
    // Mirrored, the same keys lead the other way.
    await page.goto(`${site.server.address}/?lang=he${fragment}`);
    await cell(page, 'a.txt').waitFor();
    const mirrored = page.getByRole('separator').nth(1);
    await mirrored.focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await mirrored.getAttribute('aria-valuenow'), '64');
    assert.deepEqual(await barriers(page), []);
  });

  test('columns: a narrow window leaves some out, and shows them again', async (t) => {
    const { fragment } = await workspace('In few columns', { [`${'long name '.repeat(9)}.txt`]: { bytes: Buffer.from('a'), labels: ['x'.repeat(90)] } });
    const { page } = await open(t, { fragment });
    await showList(page);
    await page.getByRole('button', { name: 'Columns' }).click();
    for (const box of await page.getByRole('dialog').getByRole('checkbox').all()) await box.check();
    await page.keyboard.press('Enter');
    const all = ['Name', 'Type', 'Size', 'Modified', 'Added', 'Dimensions', 'Labels'];
    for (const [width, wanted] of /** @type {const} */ ([[1440, all], [960, all.slice(0, 4)], [700, all.slice(0, 4)], [390, ['Name', 'Size']], [300, ['Name']], [1440, all]])) {
      await page.setViewportSize({ width, height: 700 });
      await eventually(async () => assert.deepEqual(await heads(page), wanted, `${width}`));
      assert.ok(((await page.getByRole('columnheader', { name: 'Name' }).boundingBox())?.width ?? 0) >= 140, `${width}: the name has room`);
      await nothingSticksOut(page, `${width}`);
    }
  });

  test('ListColumns: reads what it wrote, and nothing else', () => {
    const columns = new ListColumns();
    columns.choose(['labels', 'size']);
    columns.resize('size', 77.4);
    columns.resize('labels', 9999);
    assert.equal(columns.text, 'size:77 labels:480');
    const other = new ListColumns();
    other.read(columns.text);
    assert.deepEqual([other.names, other.widthOf('size'), other.template], [['size', 'labels'], 77, 'minmax(0, 1fr) 77px 480px']);
    for (const text of [undefined, 7, 'x', 'size', 'size:abc', 'size:99999', 'constructor:5']) {
      other.read(text);
      assert.equal(other.text, columns.text, String(text));
    }
    other.read('size:1 width:5 type:9999');
    assert.equal(other.text, 'type:480 size:48');
    other.read('');
    assert.deepEqual(other.names, []);
    other.reset();
    assert.equal(other.text, 'type:112 size:96 modified:128');
  });

  test('ListColumns: leaves out the most dispensable columns first', () => {
    const columns = new ListColumns();
    columns.choose(COLUMN_NAMES);
    assert.equal(columns.fit(5000), false);
    assert.equal(columns.fit(700), true);
    assert.deepEqual(columns.shown, ['type', 'size', 'modified', 'added']);
    assert.equal(columns.fit(700), false);
    columns.fit(300);
    assert.deepEqual(columns.shown, ['size']);
    columns.fit(100);
    assert.deepEqual(columns.shown, []);
    columns.fit(5000);
    assert.deepEqual(columns.shown, COLUMN_NAMES);
  });
});
