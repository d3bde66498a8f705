// Filters beside the type: by date, size, orientation, label and visibility.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { colorName, colorsOf, hasColor } from '../../../www/model/colors.js';
import { copiesIn, isFiltered, passes, readFilters, SHAPES, writeFilters } from '../../../www/model/filters.js';
import { fileItem } from '../../../www/model/item.js';
import { barriers, cell, keepScreenshot, message, nothingSticksOut, pageSuite, photo, settled, showsInOrder, showsItems, textMatches, toast } from './site.js';

suite('filters of the page', () => {
  const site = pageSuite();
  const { open, workspace } = site;

  test('filters: are in the address, and narrow what is shown', async (t) => {
    const { id, fragment } = await workspace('Filtered', {
      'cat.jpg': { bytes: await photo('chelsea.jpg'), labels: ['Pet'] },
      'rocket.jpg': await photo('rocket.jpg'),
      'small.txt': { bytes: Buffer.from('s'), labels: ['pet'], private: true },
      'large.txt': Buffer.alloc(120_000, 'x'),
    });
    await site.server.client.folders.createFolder('A folder', { parentFolderId: id });
    const { page } = await open(t, { fragment });
    await showsItems(page, ['A folder', 'cat.jpg', 'large.txt', 'rocket.jpg', 'small.txt']);
    const dialog = page.getByRole('dialog', { name: 'Filter files' });
    const filter = async () => {
      await page.getByRole('button', { name: /^Filters/ }).click();
      await dialog.waitFor();
    };
    const show = async () => {
      await dialog.getByRole('button', { name: 'Show' }).click();
      await dialog.waitFor({ state: 'detached' });
    };
    await filter();
    await dialog.getByLabel('Label').fill('PET');
    await show();
    await showsItems(page, ['cat.jpg', 'small.txt']);
    assert.match(page.url(), /\?label=PET$/);
    await page.getByRole('button', { name: 'Filters: 1 set' }).waitFor();
    await filter();
    await dialog.getByLabel('Visibility').selectOption('Public');
    await dialog.getByLabel('At least, in MB').fill('0.01');
    await show();
    await showsItems(page, ['cat.jpg']);
    // What is added meanwhile is shown if it passes.
    await site.server.client.uploads.upload(await photo('coffee.jpg'), { displayName: 'coffee.jpg', parentFolderId: id, labels: ['pet'] });
    await site.server.client.uploads.upload(Buffer.from('t'), { displayName: 'tiny.txt', parentFolderId: id, labels: ['pet'] });
    await page.reload();
    await settled(page);
    await showsItems(page, ['cat.jpg', 'coffee.jpg']);
    await filter();
    assert.equal(await dialog.getByLabel('At least, in MB').inputValue(), '0.01');
    await dialog.getByRole('button', { name: 'Clear all' }).click();
    await dialog.getByLabel('Orientation').selectOption('Portrait');
    await show();
    await message(page, 'Nothing passes the filters').waitFor();
    await page.goBack();
    await showsItems(page, ['cat.jpg', 'coffee.jpg']);
    await page.goForward();
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await cell(page, 'A folder').waitFor();
    await textMatches(page, '#count', /6 files/);
    assert.doesNotMatch(page.url(), /shape|label/);
  });

  test('filters: the colour of images is in the address', async (t) => {
    /** @param {string} color */
    const drawing = (color) => Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60"><rect width="60" height="60" fill="${color}"/></svg>`);
    const { fragment } = await workspace('Coloured', { 'red.svg': drawing('#d22'), 'blue.svg': drawing('#22d'), 'notes.txt': Buffer.from('red') });
    const { page } = await open(t, { fragment });
    await showsItems(page, ['blue.svg', 'notes.txt', 'red.svg']);
    await page.getByRole('button', { name: /^Filters/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Filter files' });
    await dialog.getByLabel('Colour of images').selectOption('Red');
    await dialog.getByRole('button', { name: 'Show' }).click();
    await showsItems(page, ['red.svg']);
    assert.match(page.url(), /\?color=red$/);
    await page.evaluate(() => {
      location.hash = location.hash.replace('red', 'blue');
    });
    await showsItems(page, ['blue.svg']);
    await page.getByRole('button', { name: 'Filters: 1 set' }).click();
    assert.equal(await dialog.getByLabel('Colour of images').inputValue(), 'blue');
  });

  test('filters: copies are files with the same content, whatever their names', async (t) => {
    const { id, fragment } = await workspace('Copied', {
      'a.txt': Buffer.from('same'),
      'b.txt': Buffer.from('other'),
      'c.txt': Buffer.from('same'),
      'd.txt': Buffer.from('twice'),
      'e.txt': Buffer.from('twice'),
    });
    const { page } = await open(t, { fragment: `${fragment}?copies=true` });
    await showsInOrder(page, ['e.txt', 'd.txt', 'c.txt', 'a.txt']);
    await page.getByRole('button', { name: 'Filters: 1 set' }).click();
    const box = page.getByRole('checkbox', { name: 'Only files with the same content as another one here' });
    assert.equal(await box.isChecked(), true);
    await page.keyboard.press('Escape');
    await cell(page, 'c.txt').click();
    await page.keyboard.press('Delete');
    await toast(page, '“c.txt” moved to the trash.');
    await site.server.client.uploads.upload(Buffer.from('other'), { displayName: 'f.txt', parentFolderId: id });
    await page.reload();
    await showsInOrder(page, ['f.txt', 'b.txt', 'e.txt', 'd.txt']);
  });

  test('filters: the dialog is accessible and fits', async (t) => {
    const { page } = await open(t, { fragment: '#files?label=pet&min=1000000' });
    for (const width of [1280, 390, 320]) {
      await page.setViewportSize({ width, height: 800 });
      await page.getByRole('button', { name: 'Filters: 2 set' }).click();
      await page.getByRole('dialog').waitFor();
      await nothingSticksOut(page, `${width}`);
      assert.deepEqual(await barriers(page), []);
      const wide = await page.getByRole('dialog').locator('.field').evaluateAll((fields) =>
        fields.filter((field) => [...field.children].some((child) => child.getBoundingClientRect().right > field.getBoundingClientRect().right + 1)).map(({ textContent }) => textContent),
      );
      assert.deepEqual(wide, [], `${width}: every control fits its column`);
      await keepScreenshot(page, `filters-${width}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await nothingSticksOut(page, `${width}, without the dialog`);
    }
  });

  test('passes: judges a file by each filter', () => {
    const nothing = () => undefined;
    const file = { _updatedDate: new Date(2026, 0, 31, 12), sizeInBytes: '500', labels: ['Pet'], private: true };
    for (const [filters, isPassed] of /** @type {const} */ ([
      [{}, true],
      [{ since: '2026-01-31' }, true],
      [{ since: '2026-02-01' }, false],
      [{ until: '2026-01-31' }, true],
      [{ until: '2026-01-30' }, false],
      [{ min: 500, max: 500 }, true],
      [{ min: 501 }, false],
      [{ max: 499 }, false],
      [{ label: 'pet' }, true],
      [{ label: 'pe' }, false],
      [{ isPrivate: true }, true],
      [{ isPrivate: false }, false],
      [{ shape: 'square' }, false],
    ])) {
      assert.equal(passes(file, filters, nothing), isPassed, JSON.stringify(filters));
    }
    for (const [width, height, shape] of /** @type {const} */ ([
      [3, 2, 'landscape'],
      [2, 3, 'portrait'],
      [2, 2, 'square'],
    ])) {
      for (const wanted of SHAPES) assert.equal(passes(file, { shape: wanted }, () => ({ width, height })), wanted === shape, `${width} × ${height}: ${wanted}`);
    }
    // Members that a service leaves out pass no filter that asks for them.
    for (const filters of [{ since: '2026-01-01' }, { until: '2026-01-01' }, { min: 0 }, { max: 9 }, { label: 'x' }, { isPrivate: true }]) assert.equal(passes({}, filters, nothing), false, JSON.stringify(filters));
    assert.equal(passes({ sizeInBytes: '-1' }, { max: 9 }, nothing), false, 'an unknown size');
  });

  test('colorName: names the colours that people name', () => {
    for (const [hex, name] of [
      ['#ff0000', 'red'], ['#b22222', 'red'], ['#ff7f00', 'orange'], ['#8b4513', 'brown'], ['#ffe600', 'yellow'], ['#228b22', 'green'], ['#00b7b7', 'teal'],
      ['#4169e1', 'blue'], ['#7b2fbe', 'purple'], ['#ff69b4', 'pink'], ['#ffb6c1', 'pink'], ['#000000', 'black'], ['#101418', 'black'], ['#808080', 'grey'], ['#ffffff', 'white'], ['#f4f2f0', 'white'],
    ]) {
      const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
      assert.equal(colorName({ r, g, b }), name, hex);
    }
  });

  test('hasColor: looks at the prominent colour and the largest areas, and ignores what is no colour', () => {
    const [red, blue, white] = [{ r: 255, g: 0, b: 0 }, { r: 0, g: 0, b: 255 }, { r: 255, g: 255, b: 255 }];
    /** @param {unknown} prominent @param {unknown} palette */
    const file = (prominent, palette) => /** @type {import('wix-media.v2').FileDescriptor} */ ({ media: { image: { colors: { prominent, palette } } } });
    const image = file({ rgb: red }, [white, white, white, blue].map((rgb) => ({ rgb })));
    assert.deepEqual([hasColor(image, 'red'), hasColor(image, 'white'), hasColor(image, 'blue')], [true, true, false]);
    for (const one of [{}, file(undefined, undefined), file({ rgb: { r: 'red', g: 1, b: 1 } }, 'white'), file({ rgb: { r: 1, g: 2, b: 300 } }, [null, { rgb: null }])]) assert.deepEqual(colorsOf(one), []);
  });

  test('readFilters: reads what writeFilters wrote, and ignores anything else', () => {
    const filters = { since: '2026-01-31', until: '2026-02-01', min: 0, max: 10, shape: /** @type {const} */ ('portrait'), color: /** @type {const} */ ('teal'), label: 'a & b', isPrivate: false, copies: /** @type {const} */ (true) };
    assert.deepEqual(readFilters(new URLSearchParams(writeFilters(filters))), filters);
    assert.deepEqual(writeFilters({}), {});
    const hostile = 'since=yesterday&until=2026-99-99&min=-1&max=1e9&shape=round&color=octarine&label=%20&visibility=maybe&copies=1';
    assert.deepEqual(readFilters(new URLSearchParams(hostile)), {});
    assert.deepEqual([isFiltered({ types: [] }), isFiltered({ types: [], filters }), isFiltered({ types: ['IMAGE'] })], [false, true, true]);
  });

  test('copiesIn: groups files by hash and size, in the order of the list', () => {
    /** @param {string} id @param {string} [hash] @param {string} [sizeInBytes] */
    const file = (id, hash, sizeInBytes = '1') => fileItem({ _id: id, hash, sizeInBytes });
    const files = [file('a', 'x'), file('b', 'y'), file('c'), file('d', 'y'), file('e', 'x'), file('f', 'x', '2'), file('g'), file('h', 'z')];
    assert.deepEqual(copiesIn(files).map(({ id }) => id), ['a', 'e', 'b', 'd']);
    assert.deepEqual(copiesIn([]), []);
  });
});
