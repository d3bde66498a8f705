// Selecting by a box that the mouse draws.
/** @import { Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { GAP, Geometry } from '../../../www/parts/media-grid/geometry.js';
import { cell, eventually, focusIsOn, keepScreenshot, nothingSticksOut, pageSuite, sortBy, textMatches } from './site.js';

suite('rubber band of the page', () => {
  const site = pageSuite();
  const { open, workspace } = site;

  /** @param {number} count */
  const letters = (count) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`${String.fromCodePoint(97 + index)}.txt`, Buffer.from(String(index))]));
  /** @param {Page} page @param {readonly string[]} names */
  const selects = (page, names) => eventually(async () => assert.deepEqual((await page.locator('.cell[aria-selected=true] .name').allTextContents()).toSorted(), names));
  /** @param {Page} page @param {string} name */
  async function boxOf(page, name) {
    const box = await cell(page, name).boundingBox();
    assert.ok(box, `${name} is shown`);
    return { ...box, right: box.x + box.width, bottom: box.y + box.height };
  }
  /** Draws a box, without releasing the mouse. @param {Page} page @param {{ x: number, y: number }} from @param {{ x: number, y: number }} to */
  async function draw(page, from, to) {
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 4 });
    await page.locator('.rubber-band').waitFor();
  }

  test('rubber band: selects the tiles it touches, with Ctrl and Shift more or fewer, and Escape gives it up', async (t) => {
    const { id, fragment } = await workspace('Banded', letters(5));
    await site.server.client.folders.createFolder('Folder', { parentFolderId: id });
    const { page } = await open(t, { fragment });
    await sortBy(page, 'Name, A to Z');
    await cell(page, 'e.txt').waitFor();
    const [b, c] = [await boxOf(page, 'b.txt'), await boxOf(page, 'c.txt')];
    // From below up to the middle of two tiles.
    await draw(page, { x: c.x + 20, y: c.bottom + 120 }, { x: b.right - 10, y: b.y + 60 });
    await selects(page, ['b.txt', 'c.txt']);
    await keepScreenshot(page, 'rubber-band');
    await page.mouse.up();
    await page.locator('.rubber-band').waitFor({ state: 'detached' });
    await selects(page, ['b.txt', 'c.txt']);
    await textMatches(page, '#chosen', /2 selected/);
    await focusIsOn(page, 'b.txt');
    // Ctrl turns what it touches around, and Shift adds.
    const a = await boxOf(page, 'a.txt');
    await page.keyboard.down('Control');
    await draw(page, { x: b.right - 10, y: b.bottom + 120 }, { x: a.x + 10, y: a.bottom - 20 });
    await selects(page, ['a.txt', 'c.txt']);
    await page.mouse.up();
    await page.keyboard.up('Control');
    await page.keyboard.down('Shift');
    await draw(page, { x: b.right - 10, y: b.bottom + 120 }, { x: a.x + 10, y: a.bottom - 20 });
    await selects(page, ['a.txt', 'b.txt', 'c.txt']);
    await page.mouse.up();
    await page.keyboard.up('Shift');
    // A box that shrinks selects less, and Escape brings back what was selected before it.
    const folder = await boxOf(page, 'Folder');
    await draw(page, { x: folder.right + 200, y: folder.y + 10 }, { x: folder.x + 20, y: folder.y + 30 });
    await selects(page, ['Folder']);
    await page.mouse.move(folder.right + 100, folder.y + 20);
    await selects(page, []);
    await page.keyboard.press('Escape');
    await selects(page, ['a.txt', 'b.txt', 'c.txt']);
    assert.equal(await page.locator('.rubber-band').count(), 0);
    await page.mouse.up();
    await selects(page, ['a.txt', 'b.txt', 'c.txt']);
    // A click beside the items unselects, one with Ctrl does not.
    await page.keyboard.down('Control');
    await page.mouse.click(c.x, c.bottom + 150);
    await page.keyboard.up('Control');
    await selects(page, ['a.txt', 'b.txt', 'c.txt']);
    await page.mouse.click(c.x, c.bottom + 150);
    await selects(page, []);
  });

  test('rubber band: scrolls at the edges, and selects what it passes', async (t) => {
    const { id, fragment } = await workspace('Banded list');
    await site.server.client.uploads.uploadAll(Array.from({ length: 40 }, (_, index) => ({ source: Buffer.from(String(index)), displayName: `${String(index).padStart(2, '0')}.txt` })), { parentFolderId: id });
    const { page } = await open(t, { fragment, viewport: { width: 1000, height: 500 } });
    await page.locator('[name=layout][value=list]').locator('..').click();
    await sortBy(page, 'Name, A to Z');
    const first = await boxOf(page, '00.txt');
    const grid = await page.locator('#items').boundingBox();
    assert.ok(grid);
    await draw(page, { x: first.x - 12, y: first.y + 5 }, { x: first.x + 100, y: grid.y + grid.height - 2 });
    await textMatches(page, '#chosen', /40 selected/);
    const height = await page.locator('#items').evaluate(({ scrollHeight }) => scrollHeight);
    await page.mouse.move(first.x + 100, grid.y + 2);
    await eventually(async () => assert.equal(await page.locator('#items').evaluate(({ scrollTop }) => scrollTop), 0));
    await page.mouse.move(first.x + 100, first.y + 20);
    await textMatches(page, '#chosen', /1 selected/);
    assert.equal(await page.locator('#items').evaluate(({ scrollHeight }) => scrollHeight), height, 'the box makes nothing longer');
    await page.mouse.up();
    await nothingSticksOut(page, 'after the box');
  });

  test('rubber band: selects what it touches where the page is mirrored', async (t) => {
    const { fragment } = await workspace('Banded in Hebrew', letters(3));
    const { page } = await open(t, { fragment: `?lang=he${fragment}` });
    await page.locator('#sort').selectOption('name');
    await cell(page, 'c.txt').waitFor();
    const [a, b] = [await boxOf(page, 'a.txt'), await boxOf(page, 'b.txt')];
    assert.ok(a.x > b.x, 'the first tile is at the right');
    await draw(page, { x: a.right - 20, y: a.bottom + 80 }, { x: a.x + 20, y: a.y + 40 });
    await selects(page, ['a.txt']);
    await page.mouse.up();
  });

  test('Geometry: finds what a box touches, and leaves out gaps', () => {
    const geometry = new Geometry();
    const width = 4 * 150 + 3 * GAP;
    geometry.measure('grid', 2 * 24 + width);
    assert.equal(geometry.columns, 4);
    geometry.fill({ folders: { length: 2 }, files: { length: 5 } });
    /** @param {number} start @param {number} end @param {number} top @param {number} bottom */
    const touched = (start, end, top, bottom) => geometry.touched({ start, end, top, bottom }, width);
    const files = geometry.topOf(1);
    assert.deepEqual(touched(-50, 5, -50, 5), [0]);
    assert.deepEqual(touched(10, width, 10, 20), [0, 1], 'there are two folders');
    assert.deepEqual(touched(151, 150 + GAP - 1, 0, 9999), [], 'between two columns');
    assert.deepEqual(touched(0, width, files + 10, files + 20), [2, 3, 4, 5]);
    assert.deepEqual(touched(0, 10, 0, 9999), [0, 2, 6]);
    assert.deepEqual(touched(-90, -10, 0, 9999), [], 'beside the columns');
    assert.deepEqual(touched(0, width, geometry.topOf(3) + 1, geometry.topOf(3) + 50), [], 'below the rows');
    assert.deepEqual(touched(0, width, geometry.topOf(2) - GAP + 1, geometry.topOf(2) - 1), [], 'between two rows');
  });
});
