// The viewer: what it shows of a file, how it enlarges pictures, and how it goes from file to file.
/** @import { Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { recording } from './recording.js';
import { barriers, cell, eventually, focusIsOn, keepScreenshot, pageSuite, photo, pictureLoaded, SHOWN, showsInOrder, sortBy } from './site.js';

suite('viewer of the page', () => {
  const site = pageSuite();
  const { open, workspace } = site;

  test('viewer: shows text, whatever its encoding', async (t) => {
    const { fragment } = await workspace('Texts', {
      'words.txt': Buffer.from('grüße\nשלום'),
      'windows.log': Buffer.from('größe;1', 'latin1'),
      'wide.txt': Buffer.from('\ufeffwide', 'utf16le'),
      'facts.json': Buffer.from('{"b":[1,2]}'),
      'secret.txt': { bytes: Buffer.from('whispered'), private: true },
      'no-text.txt': Buffer.from([1, 0, 2, 0]),
    });
    const { page } = await open(t, { fragment });
    const viewer = page.getByRole('dialog');
    const text = viewer.locator('pre');
    for (const [name, wanted] of [
      ['words.txt', 'grüße\nשלום'],
      ['windows.log', 'größe;1'],
      ['wide.txt', 'wide'],
      ['facts.json', '{\n  "b": [\n    1,\n    2\n  ]\n}'],
      ['secret.txt', 'whispered'],
    ]) {
      await cell(page, name).dblclick();
      await eventually(async () => assert.equal((await text.textContent())?.replace(/\s+/g, ' '), wanted.replace(/\s+/g, ' '), name));
      await page.keyboard.press('Escape');
      await viewer.waitFor({ state: 'detached' });
    }
    await cell(page, 'no-text.txt').dblclick();
    await viewer.getByText('The file cannot be shown here').waitFor();
  });

  test('viewer: shows the beginning of a long text', async (t) => {
    const line = 'A line of a long text.\n';
    const { fragment } = await workspace('Long text', { 'long.log': Buffer.from(line.repeat(20_000)), 'long.json': Buffer.from(`[${'1,'.repeat(200_000)}1]`) });
    const { page } = await open(t, { fragment });
    const viewer = page.getByRole('dialog');
    for (const name of ['long.log', 'long.json']) {
      await cell(page, name).dblclick();
      await viewer.getByText('The first 256 kB are shown.').waitFor();
      assert.equal((await viewer.locator('pre').textContent())?.length, 256_000);
      await page.keyboard.press('Escape');
      await viewer.waitFor({ state: 'detached' });
    }
  });

  test('viewer: says that the browser cannot play a video, and offers the file', async (t) => {
    const head = Buffer.concat([Buffer.from('RIFF'), Buffer.from([0x20, 0, 0, 0]), Buffer.from('AVI LIST'), Buffer.alloc(24)]);
    const { fragment } = await workspace('Old videos', { 'old.avi': head, 'kit.zip': Buffer.from('PK\x03\x04') });
    const { page } = await open(t, { fragment });
    const viewer = page.getByRole('dialog');
    await cell(page, 'old.avi').dblclick();
    await viewer.getByText('This browser cannot play the video.').waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), viewer.getByRole('button', { name: 'Download the file' }).click()]);
    assert.equal(download.suggestedFilename(), 'old.avi');
    assert.deepEqual(await readFile(await download.path()), head);
    await keepScreenshot(page, 'viewer-unplayable');
    assert.deepEqual(await barriers(page), []);
    await page.keyboard.press('Escape');
    await viewer.waitFor({ state: 'detached' });
    await cell(page, 'kit.zip').dblclick();
    await viewer.getByText('There is no preview of this type of file.').waitFor();
    await viewer.getByRole('button', { name: 'Download the file' }).waitFor();
  });

  test('viewer: shows CSV as a table, whatever separates its columns', async (t) => {
    const { fragment } = await workspace('Tables', {
      'comma.csv': Buffer.from('name,"size, in cm"\r\ncup,"9"\r\n"a ""large"" cup",12\r\n'),
      'semicolon.csv': Buffer.from('größe;1,5\nklein;0,5\n', 'latin1'),
      'tab.tsv': Buffer.from('a\tb\n1,5\t2\n'),
      'prose.csv': Buffer.from('No table at all.\nReally not.\n'),
    });
    const { page } = await open(t, { fragment });
    const viewer = page.getByRole('dialog');
    for (const [name, wanted] of /** @type {const} */ ([
      ['comma.csv', [['name', 'size, in cm'], ['cup', '9'], ['a "large" cup', '12']]],
      ['semicolon.csv', [['größe', '1,5'], ['klein', '0,5']]],
      ['tab.tsv', [['a', 'b'], ['1,5', '2']]],
    ])) {
      await cell(page, name).dblclick();
      await viewer.getByRole('table').waitFor();
      const rows = await viewer.getByRole('row').all();
      assert.deepEqual(await Promise.all(rows.map((row) => row.locator('th, td').allTextContents())), wanted, name);
      assert.equal(await viewer.getByRole('columnheader').count(), 2);
      if (name === 'comma.csv') await keepScreenshot(page, 'viewer-table');
      await page.keyboard.press('Escape');
      await viewer.waitFor({ state: 'detached' });
    }
    await cell(page, 'prose.csv').dblclick();
    await viewer.locator('pre', { hasText: 'Really not.' }).waitFor();
  });

  test('viewer: says that a table is cut only if it is', async (t) => {
    /** @param {number} count */
    const rows = (count) => Buffer.from(`a,b\n${'1,2\n'.repeat(count)}`);
    const { fragment } = await workspace('Long tables', { 'whole.csv': rows(1000), 'cut.csv': rows(1001) });
    const { page } = await open(t, { fragment });
    const viewer = page.getByRole('dialog');
    for (const [name, isCut] of /** @type {const} */ ([['whole.csv', false], ['cut.csv', true]])) {
      await cell(page, name).dblclick();
      await viewer.getByRole('heading', { name }).waitFor();
      await viewer.getByRole('table').waitFor();
      assert.equal(await viewer.locator('tbody tr').count(), 1000, name);
      assert.equal(await viewer.getByText('The first 1,000 rows and 100 columns are shown.').count(), isCut ? 1 : 0, name);
      await page.keyboard.press('Escape');
      await viewer.waitFor({ state: 'detached' });
    }
  });

  test('viewer: lays out Markdown, and makes nothing of it that could do harm', async (t) => {
    const text = [
      '# Notes & more',
      'With **weight**, `code` &amp; a [link](https://example.com/page).',
      '- [x] done\n- [ ] open\n  1. inner',
      '| a | b |\n|---|---|\n| 1 | 2 |',
      '```js\nlet x = "<b>";\n```',
      '> quoted\n\n---',
      '<img src=x onerror="document.title=\'hit\'"> <script>document.title = "hit"</script>',
      '[bad](javascript:alert(1)) ![seen](https://example.com/track.png)',
    ].join('\n\n');
    const { fragment } = await workspace('Markdown', { 'notes.md': Buffer.from(text), 'deep.md': Buffer.from(`${'>'.repeat(5000)} deep`), 'nested.md': Buffer.from(`${'> '.repeat(60)}inside`), 'marks.md': Buffer.from('_a_b'.repeat(40_000)) });
    const { page } = await open(t, { fragment });
    const asked = /** @type {string[]} */ ([]);
    page.on('request', (request) => asked.push(request.url()));
    await cell(page, 'notes.md').dblclick();
    const article = page.locator('.markdown');
    await article.getByRole('heading', { name: 'Notes & more' }).waitFor();
    assert.equal(await article.locator('p', { hasText: 'With' }).textContent(), 'With weight, code & a link.');
    assert.equal(await article.locator('strong').textContent(), 'weight');
    assert.deepEqual(await article.locator('a').evaluateAll((links) => links.map((link) => [link.textContent, link.getAttribute('href')])), [
      ['link', 'https://example.com/page'],
      ['seen', 'https://example.com/track.png'],
    ]);
    assert.deepEqual((await article.locator('li').allTextContents()).map((one) => one.replace(/\s+/g, ' ').trim()), ['☑ done', '☐ openinner', 'inner']);
    assert.deepEqual(await article.locator('td').allTextContents(), ['1', '2']);
    assert.equal(await article.locator('pre').first().textContent(), 'let x = "<b>";');
    assert.equal(await article.locator('img, script').count(), 0);
    await article.getByText('<img src=x').waitFor();
    assert.deepEqual(asked.filter((url) => url.startsWith('https://')), []);
    await keepScreenshot(page, 'viewer-markdown');
    assert.deepEqual(await barriers(page), []);
    for (const [name, words] of [['deep.md', 'deep'], ['nested.md', 'inside'], ['marks.md', '_a_b_a_b']]) {
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await cell(page, name).dblclick();
      await page.locator('.viewer-text', { hasText: words }).waitFor();
    }
  });

  test('viewer: plays a recording below its artwork, and says how long it is', async (t) => {
    const { fragment, files } = await workspace('Recordings', { 'song.mp3': recording(await photo('coffee-cup.jpg')) });
    await site.server.client.uploads.waitUntilReady(String(files['song.mp3']._id));
    const { page } = await open(t, { fragment });
    await cell(page, 'song.mp3').dblclick();
    const viewer = page.getByRole('dialog', { name: 'song.mp3' });
    await pictureLoaded(page, '.viewer-audio img');
    await viewer.locator('.viewer-audio strong', { hasText: 'Bells' }).waitFor();
    await viewer.getByText(/^Audio · .* · 0:02$/).waitFor();
    await page.waitForFunction(() => {
      const audio = document.querySelector('.viewer audio');
      return audio instanceof HTMLAudioElement && audio.duration > 1;
    });
    await keepScreenshot(page, 'viewer-audio');
    assert.deepEqual(await barriers(page), []);
  });

  test('viewer: loads an image at the size of the window, and all of it when it is enlarged', async (t) => {
    const { fragment, files } = await workspace('Large', { 'deep.jpg': await photo('hubble_deep_field.jpg') });
    const { page } = await open(t, { fragment, hasTouch: true, isMobile: true, viewport: { width: 320, height: 600 } });
    const source = () => page.locator(SHOWN).getAttribute('src');
    await cell(page, 'deep.jpg').tap();
    await pictureLoaded(page, SHOWN);
    assert.match(String(await source()), /\/v1\/fit\/w_320,h_240,q_85\/.*\.jpg$/);
    const width = await page.locator(SHOWN).evaluate((image) => image instanceof HTMLImageElement && image.naturalWidth);
    assert.equal(width, 320);
    // A little larger is still sharp enough.
    await page.keyboard.press('+');
    await pictureLoaded(page, SHOWN);
    await page.getByRole('button', { name: 'Zoom in' }).tap();
    await eventually(async () => assert.equal(await source(), files['deep.jpg'].url));
  });

  test('viewer: keeps the picture when its full resolution does not load', async (t) => {
    const { fragment, files } = await workspace('Refused', { 'deep.jpg': await photo('hubble_deep_field.jpg') });
    const { page } = await open(t, { fragment, viewport: { width: 330, height: 600 } });
    const url = String(files['deep.jpg'].url);
    await page.route(url, (route) => route.fulfill({ status: 503, body: '' }));
    await cell(page, 'deep.jpg').dblclick();
    await pictureLoaded(page, SHOWN);
    const refused = page.waitForResponse((response) => response.url() === url);
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    await refused;
    await eventually(async () => assert.match(String(await page.locator(SHOWN).getAttribute('src')), /\/v1\/fit\//));
    await pictureLoaded(page, SHOWN);
  });

  test('viewer: shows an image itself where it is small, or the service makes no other size', async (t) => {
    const { fragment, files } = await workspace('Untransformed', { 'deep.jpg': await photo('hubble_deep_field.jpg') });
    const { page } = await open(t, { fragment });
    let asked = 0;
    await page.route('**/v1/fit/**', (route) => {
      asked += 1;
      return route.fulfill({ status: 503, body: '' });
    });
    const isItself = () => eventually(async () => assert.equal(await page.locator(SHOWN).getAttribute('src'), files['deep.jpg'].url));
    await cell(page, 'deep.jpg').dblclick();
    await isItself();
    assert.equal(asked, 0);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.setViewportSize({ width: 330, height: 600 });
    await cell(page, 'deep.jpg').dblclick();
    await isItself();
    assert.equal(asked, 1);
    await pictureLoaded(page, SHOWN);
  });

  /**
   * The width at which the picture in the middle is shown, in pixels of CSS.
   *
   * @param {Page} page
   */
  const shownWidth = (page) => page.locator(SHOWN).evaluate((image) => Math.round(image.getBoundingClientRect().width));

  test('viewer: enlarges a picture by keys, buttons, a click and the wheel, and moves it', async (t) => {
    const { fragment } = await workspace('Enlarged', { 'a.jpg': await photo('hubble_deep_field.jpg'), 'b.jpg': await photo('chelsea.jpg') });
    const { page } = await open(t, { fragment, viewport: { width: 600, height: 500 } });
    await sortBy(page, 'Name, A to Z');
    await cell(page, 'a.jpg').dblclick();
    await pictureLoaded(page, SHOWN);
    const fitted = await shownWidth(page);
    const zoomOut = page.getByRole('button', { name: 'Zoom out' });
    assert.equal(await zoomOut.getAttribute('aria-disabled'), 'true');
    await page.keyboard.press('+');
    await eventually(async () => assert.equal(await shownWidth(page), Math.round(fitted * 1.5)));
    const left = () => page.locator(SHOWN).evaluate((image) => image.getBoundingClientRect().left);
    const before = await left();
    await page.keyboard.press('ArrowRight');
    await eventually(async () => assert.ok((await left()) < before, 'the arrow moves the picture'));
    await page.getByRole('dialog', { name: 'a.jpg' }).waitFor();
    await page.keyboard.press('0');
    await eventually(async () => assert.equal(await shownWidth(page), fitted));
    await page.locator(SHOWN).click();
    await eventually(async () => assert.ok((await shownWidth(page)) > fitted, 'a click enlarges'));
    await zoomOut.click();
    await page.keyboard.press('0');
    await eventually(async () => assert.equal(await shownWidth(page), fitted));
    await page.mouse.move(300, 300);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -300);
    await page.keyboard.up('Control');
    await eventually(async () => assert.ok((await shownWidth(page)) > fitted, 'the wheel enlarges'));
    await page.keyboard.press('z');
    await eventually(async () => assert.equal(await shownWidth(page), fitted));
    await page.keyboard.press('ArrowRight');
    await page.getByRole('dialog', { name: 'b.jpg' }).waitFor();
  });

  test('viewer: loads the files beside the one that is shown, but plays none of them', async (t) => {
    const { fragment } = await workspace('Beside', { 'a.jpg': await photo('chelsea.jpg'), 'b.jpg': await photo('coffee.jpg'), 'c.txt': Buffer.from('words') });
    const { page } = await open(t, { fragment });
    await sortBy(page, 'Name, A to Z');
    await cell(page, 'a.jpg').dblclick();
    await pictureLoaded(page, SHOWN);
    await pictureLoaded(page, '.viewer-stage [aria-hidden=true] img');
    await page.keyboard.press('ArrowRight');
    await page.getByRole('dialog', { name: 'b.jpg' }).waitFor();
    await pictureLoaded(page, SHOWN);
    assert.equal(await page.locator('.viewer-text').count(), 0, 'text beside a picture would take the focus');
    assert.deepEqual(await barriers(page), []);
    await page.keyboard.press('End');
    await page.getByRole('dialog', { name: 'c.txt' }).waitFor();
    await page.locator('.viewer-text', { hasText: 'words' }).waitFor();
    await page.keyboard.press('Home');
    await page.getByRole('dialog', { name: 'a.jpg' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('dialog', { name: 'b.jpg' }).waitFor();
    // The focus goes to the file that was shown last, not to the one that was opened.
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await focusIsOn(page, 'b.jpg');
  });

  test('viewer: stays at its file while others come and go', async (t) => {
    const cat = await photo('chelsea.jpg');
    const { fragment, id, files } = await workspace('Moving', { 'b.jpg': cat, 'd.jpg': cat });
    const { page } = await open(t, { fragment });
    await sortBy(page, 'Name, A to Z');
    await cell(page, 'b.jpg').dblclick();
    await page.getByRole('dialog', { name: 'b.jpg' }).waitFor();
    await pictureLoaded(page, SHOWN);
    const image = await page.locator(SHOWN).elementHandle();
    const { uploads, files: calls } = site.server.client;
    for (const displayName of ['a.jpg', 'c.jpg']) await uploads.upload(cat, { displayName, parentFolderId: id });
    await showsInOrder(page, ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg']);
    assert.ok(await image?.evaluate((one, selector) => one === document.querySelector(selector), SHOWN), 'the picture is the same');
    for (const [key, name] of [['ArrowLeft', 'a.jpg'], ['ArrowRight', 'b.jpg'], ['ArrowRight', 'c.jpg'], ['ArrowRight', 'd.jpg']]) {
      await page.keyboard.press(key);
      await page.getByRole('dialog', { name }).waitFor();
      await pictureLoaded(page, SHOWN);
    }
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('dialog', { name: 'c.jpg' }).waitFor();
    await calls.bulkDeleteFiles([String(files['d.jpg']._id)]);
    await eventually(async () => assert.ok(await page.getByRole('button', { name: 'Next file' }).isDisabled()));
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('dialog', { name: 'b.jpg' }).waitFor();
  });

  test('viewer: a slideshow goes on by itself, and ends at the first key', async (t) => {
    const cat = await photo('chelsea.jpg');
    const { fragment } = await workspace('Slides', { 'a.jpg': cat, 'b.jpg': cat });
    const { page } = await open(t, { fragment });
    await page.clock.install();
    await sortBy(page, 'Name, A to Z');
    await cell(page, 'a.jpg').dblclick();
    await pictureLoaded(page, SHOWN);
    await page.getByRole('button', { name: 'Start the slideshow' }).click();
    for (const name of ['b.jpg', 'a.jpg']) {
      await page.clock.fastForward(6000);
      await page.getByRole('dialog', { name }).waitFor();
      await pictureLoaded(page, SHOWN);
    }
    await page.keyboard.press('ArrowRight');
    await page.getByRole('dialog', { name: 'b.jpg' }).waitFor();
    await page.getByRole('button', { name: 'Start the slideshow' }).waitFor();
    await page.clock.fastForward(60_000);
    assert.equal(await page.getByRole('dialog', { name: 'b.jpg' }).count(), 1);

    await page.getByRole('button', { name: 'Start the slideshow' }).click();
    await page.getByRole('button', { name: 'Stop the slideshow' }).click();
    assert.equal(await page.getByRole('button', { name: 'Start the slideshow' }).count(), 1);
  });

  test('viewer: says what is known about a file, and copies links to it', async (t) => {
    const { fragment, files } = await workspace('Known', { 'a.jpg': { bytes: await photo('chelsea.jpg'), labels: ['cat', 'pet'] } });
    const { page, context } = await open(t, { fragment });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    await cell(page, 'a.jpg').dblclick();
    const viewer = page.getByRole('dialog', { name: 'a.jpg' });
    await viewer.getByRole('button', { name: 'About the file' }).click();
    const about = viewer.getByRole('complementary', { name: 'About the file' });
    for (const text of ['480 × 319 pixels', 'Image', 'cat', 'pet', String(files['a.jpg'].hash)]) await about.getByText(text, { exact: true }).first().waitFor();
    assert.ok((await about.locator('.swatch').count()) > 1);
    await keepScreenshot(page, 'viewer-about');
    assert.deepEqual(await barriers(page), []);
    await about.getByRole('button', { name: 'Copy address' }).click();
    await eventually(async () => assert.equal(await copied(), files['a.jpg'].url));
    await viewer.getByRole('button', { name: 'Copy the link to this file' }).click();
    await eventually(async () => assert.ok((await copied()).endsWith(`/?place=server${fragment}/view/${files['a.jpg']._id}`)));
    await page.keyboard.press('i');
    await about.waitFor({ state: 'hidden' });
  });
});
