// The page in Chromium, with the Media Manager of its own server, used as a person would.
/** @import { AddressInfo } from 'node:net' */
/** @import { Locator, Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { startBrowser } from '../harness/browser.js';
import { contentSecurityPolicy } from '../../../www/policy.js';
import { cell, drop, eventually, focusIsOn, hold, message, nothingSticksOut, openPage, pageSuite, PATIENCE, photo, photoPath, pictureLoaded, settled, SHOWN, showsInOrder, showsItems, sortBy, startServer, textMatches, textOf, toast, uploadByDialog, withoutEvents } from './site.js';

/** Half a second of silence. */
function wave() {
  const samples = 4000;
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(8000, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples, 40);
  return Buffer.concat([head, Buffer.alloc(samples, 128)]);
}

/** @param {string | Uint8Array} bytes */
const md5 = (bytes) => createHash('md5').update(bytes).digest('hex');

suite('page on this server', () => {
  const site = pageSuite(['--memory', '--allow-private-imports']);
  const { open, workspace, listed } = site;
  /** @type {Record<'cat' | 'rocket' | 'cup', Buffer>} */
  let images;

  before(async () => {
    images = { cat: await photo('chelsea.jpg'), rocket: await photo('rocket.jpg'), cup: await photo('coffee.jpg') };
  });

  /**
   * The source code under a heading of the call inspector.
   *
   * @param {Page} page
   * @param {string} heading
   */
  const code = (page, heading) => page.locator('call-inspector .code', { has: page.getByRole('heading', { name: heading }) }).locator('pre').first();
  /**
   * Waits until an element shows a text.
   *
   * @param {Locator} locator
   * @param {string | RegExp} wanted
   */
  const reads = (locator, wanted) =>
    eventually(async () => {
      const text = await textOf(locator);
      if (typeof wanted === 'string') assert.equal(text, wanted);
      else assert.match(text, wanted);
      return text;
    });

  test('content security policy: is strict, and the same in the header and in the page', async () => {
    const { headers } = await fetch(`${site.server.address}/`);
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'self'/);
    assert.match(policy, /script-src 'self' 'wasm-unsafe-eval' 'sha256-[\w+/]{43}='$/);
    assert.match(policy, /require-trusted-types-for 'script'; trusted-types default/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval(?<!wasm-unsafe-eval)/);
    // The page itself has the policy too, for servers that do not send it.
    const page = await readFile(new URL('../../../www/index.html', import.meta.url), 'utf8');
    const [, own] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page) ?? [];
    const [, hash] = /'sha256-([\w+/]{43}=)'/.exec(policy) ?? [];
    assert.equal(own, contentSecurityPolicy(hash, { header: false }));
    assert.equal(policy, contentSecurityPolicy(hash));
  });

  test('page: explains a package that is missing', async (t) => {
    const page = await site.browser.newPage();
    page.setDefaultTimeout(PATIENCE);
    t.after(() => page.close());
    await page.route('**/wix-media/browser.js', (route) => route.fulfill({ status: 404, body: '' }));
    await page.goto(site.server.address);
    await page.getByText(/could not start.*cargo xtask build/).waitFor();
  });

  test('page: lists folders and files, and navigates between them', async (t) => {
    const { id, fragment } = await workspace('Animals', { 'cat.jpg': images.cat });
    const { folder } = await site.server.client.folders.createFolder('Foxes', { parentFolderId: id });
    const { page } = await open(t, { fragment });
    await page.getByRole('heading', { level: 1, name: 'Animals' }).waitFor();
    await eventually(async () => assert.equal(await page.title(), 'Animals · wix-media'));
    await showsInOrder(page, ['Foxes', 'cat.jpg']);
    await reads(page.locator('#count'), '1 file and 1 folder');
    await pictureLoaded(page, '.cell img.loaded');

    await cell(page, 'Foxes').dblclick();
    await page.getByRole('heading', { level: 1, name: 'Foxes' }).waitFor();
    await eventually(() => assert.ok(page.url().endsWith(`#files/${folder?._id}`)));
    await message(page, 'This folder is empty').waitFor();
    await eventually(async () => assert.deepEqual(await page.locator('#crumbs a').allTextContents(), ['Site Files', 'Animals']));
    await eventually(async () => assert.equal(await page.locator('#tree [aria-selected=true]').textContent(), 'Foxes'));
    await page.getByRole('link', { name: 'Animals' }).click();
    await showsItems(page, ['Foxes', 'cat.jpg']);
    await page.goBack();
    await message(page, 'This folder is empty').waitFor();
  });

  test('call inspector: shows an action as JavaScript, as HTTP and with its result', async (t) => {
    const { id, fragment } = await workspace('Lessons', { 'cat.jpg': images.cat });
    const { page } = await open(t, { fragment, panel: true });
    await page.locator('[name=layout][value=list]').locator('..').click();
    await page.getByRole('button', { name: 'Name' }).click();
    await reads(
      code(page, 'JavaScript'),
      `import { createClient } from 'wix-media.v2';

const { files } = createClient({
  baseUrl: '${site.server.address}',
});

for await (const page of files.listFiles({
  parentFolderId: '${id}',
  sort: { fieldName: 'displayName', order: 'ASC' },
  paging: { limit: 100 },
}).pages()) {
  console.log(page.files);
}`,
    );
    await reads(
      code(page, 'HTTP request'),
      `GET ${site.server.address}/site-media/v1/files
  ?parentFolderId=${id}
  &sort.fieldName=displayName
  &sort.order=ASC
  &paging.limit=100`,
    );
    await reads(page.locator('call-inspector .answer').first(), /200 OK\s+[\d.]+ m?s\s+request [\w-]+/);
    await reads(code(page, 'Result'), /displayName: 'cat.jpg'/);
    await page.getByText('Raw response').first().click();
    await page.waitForFunction(() => /"displayName": "cat.jpg"/.test(document.querySelector('call-inspector details pre')?.textContent ?? ''));
  });

  test('side panel: is closed until it is asked for, and then open at the next visit', async (t) => {
    const { page, context } = await open(t);
    // As at a first visit, without preferences.
    await context.addInitScript(() => {
      if (sessionStorage.getItem('seen')) return;
      localStorage.removeItem('wix-media page');
      sessionStorage.setItem('seen', 'yes');
    });
    await page.reload();
    await settled(page);
    assert.equal(await page.locator('call-inspector').isVisible(), false);
    await page.getByRole('button', { name: 'Behind the page' }).click();
    await page.locator('call-inspector .inspector-title').waitFor();
    await page.reload();
    await page.locator('call-inspector .inspector-title').waitFor();
  });

  test('call inspector: stays in its frame with a long name in its title', async (t) => {
    const { fragment } = await workspace('Long titles', { 'a.txt': Buffer.from('a') });
    const { page } = await open(t, { fragment, panel: true });
    const name = 'wide'.repeat(45);
    await cell(page, 'a.txt').click();
    await page.keyboard.press('F2');
    await page.keyboard.type(name);
    await page.keyboard.press('Enter');
    await toast(page, 'Renamed to');
    await cell(page, 'a.txt').waitFor({ state: 'detached' });
    await page.locator('.inspector-title', { hasText: name }).waitFor();
    const panel = page.locator('#panel');
    const [inner, outer] = await panel.evaluate((one) => [Math.max(...[one, ...one.querySelectorAll('call-inspector')].map(({ scrollWidth }) => scrollWidth)), one.clientWidth]);
    assert.ok(inner <= outer, `${inner} pixels in ${outer}`);
    const box = await panel.boundingBox();
    for (const button of await panel.getByRole('button', { name: 'Copy' }).all()) {
      const { x, width } = (await button.boundingBox()) ?? { x: 0, width: 0 };
      assert.ok(box && x >= box.x && x + width <= box.x + box.width, 'the button can be reached');
    }
  });

  test('call inspector: shows JavaScript that runs', async (t) => {
    const { id, fragment } = await workspace('Copied', { 'cat.jpg': images.cat });
    const { page } = await open(t, { fragment, panel: true });
    await page.getByRole('button', { name: 'New folder' }).click();
    await page.getByLabel('Name', { exact: true }).fill("It's a folder");
    await page.keyboard.press('Enter');
    await toast(page, 'created');
    const shown = await reads(code(page, 'JavaScript'), /await folders\.createFolder\(/);
    const folder = await mkdtemp(join(tmpdir(), 'wix-media-page-'));
    t.after(() => rm(folder, { recursive: true }));
    const file = join(folder, 'shown.mjs');
    await writeFile(file, shown.replace("'wix-media.v2'", JSON.stringify(new URL('../../../dist/node.js', import.meta.url).href)));
    await import(file);
    const folders = await site.server.client.folders.listFolders({ parentFolderId: id }).toArray();
    assert.deepEqual(folders.map(({ displayName }) => displayName), ["It's a folder", "It's a folder"]);
  });

  test('rename: happens in place and can be undone', async (t) => {
    const { id, fragment } = await workspace('Names', { 'cat.jpg': images.cat });
    const { page } = await open(t, { fragment });
    await cell(page, 'cat.jpg').click();
    await page.keyboard.press('F2');
    const input = page.getByLabel('New name for cat.jpg');
    // The extension is not selected.
    await eventually(async () => assert.equal(await input.evaluate((field) => field instanceof HTMLInputElement && field.value.slice(field.selectionStart ?? 0, field.selectionEnd ?? 0)), 'cat'));
    await page.keyboard.type('Chelsea');
    await page.keyboard.press('Enter');
    await toast(page, 'Renamed to “Chelsea.jpg”');
    assert.deepEqual(await listed(id), ['Chelsea.jpg']);
    await page.keyboard.press('Control+z');
    await cell(page, 'cat.jpg').waitFor();
    await page.waitForFunction(() => document.activeElement?.classList.contains('cell'));
    await eventually(async () => assert.deepEqual(await listed(id), ['cat.jpg']));

    await page.keyboard.press('F2');
    await page.keyboard.type('never mind');
    await page.keyboard.press('Escape');
    await showsInOrder(page, ['cat.jpg']);
  });

  test('page: a click beside a dialog closes it, unless something was entered', async (t) => {
    const { page } = await open(t);
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'New folder' }).click();
    await dialog.waitFor();
    // A press that begins in the dialog and ends beside it, or the other way round, is no click beside it.
    const box = await dialog.getByRole('heading').boundingBox();
    assert.ok(box);
    const [inside, beside] = /** @type {const} */ ([[box.x + 5, box.y + 5], [5, 5]]);
    for (const [from, to] of [[inside, beside], [beside, inside]]) {
      await page.mouse.move(...from);
      await page.mouse.down();
      await page.mouse.move(...to);
      await page.mouse.up();
      assert.equal(await dialog.count(), 1);
    }
    await page.mouse.click(5, 5);
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'New folder' }).click();
    await page.keyboard.type('Long thought about');
    await page.mouse.click(5, 5);
    await dialog.getByRole('button', { name: 'Create folder' }).click();
    await toast(page, '“Long thought about” created.');
  });

  test('page: names what people entered by the words of the page', async (t) => {
    const { fragment } = await workspace('Wrong names');
    const { page } = await open(t, { fragment });
    await page.getByRole('button', { name: 'New folder' }).click();
    await page.getByLabel('Name', { exact: true }).fill('a/b');
    await page.keyboard.press('Enter');
    await reads(page.getByRole('dialog').locator('.violations'), /^The name .*slash/);
  });

  test('move: works by dialog and by drag, and can be undone', async (t) => {
    const { id, fragment } = await workspace('Moves', { 'one.txt': Buffer.from('1'), 'two.txt': Buffer.from('2') });
    const { folder } = await site.server.client.folders.createFolder('Inner', { parentFolderId: id });
    const { page } = await open(t, { fragment });

    await cell(page, 'one.txt').dragTo(cell(page, 'Inner'));
    await toast(page, '“one.txt” moved.');
    assert.deepEqual(await listed(folder?._id), ['one.txt']);
    await page.getByRole('button', { name: 'Undo' }).click();
    await toast(page, 'moved back');
    await showsItems(page, ['Inner', 'one.txt', 'two.txt']);

    await cell(page, 'two.txt').click();
    await cell(page, 'one.txt').click({ modifiers: ['Control'] });
    await page.locator('#chosen').getByRole('button', { name: 'Move' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Move here' }).click();
    await dialog.getByText('Choose a folder first.').waitFor();
    const tree = dialog.getByRole('tree');
    await tree.getByRole('treeitem', { name: 'Moves', exact: true }).locator('.twist').first().click();
    await tree.getByRole('treeitem', { name: 'Inner', exact: true }).click();
    await dialog.getByRole('button', { name: 'Move here' }).click();
    await toast(page, '2 files moved.');
    assert.deepEqual(await listed(folder?._id), ['one.txt', 'two.txt']);
    await showsItems(page, ['Inner']);
  });

  test('delete: moves to the trash, restores, and deletes permanently after a plan', async (t) => {
    const { id, fragment } = await workspace('Losses', { 'cat.jpg': images.cat, 'note.txt': Buffer.from('words') });
    const { page } = await open(t, { fragment });
    await cell(page, 'cat.jpg').click();
    await page.keyboard.press('Delete');
    await toast(page, '“cat.jpg” moved to the trash.');
    await showsItems(page, ['note.txt']);
    await page.getByRole('button', { name: 'Undo' }).click();
    await showsItems(page, ['cat.jpg', 'note.txt']);

    await cell(page, 'note.txt').click();
    await page.keyboard.press('Control+a');
    await textMatches(page, '#chosen', /2 selected/);
    await page.locator('#chosen').getByRole('button', { name: 'Delete' }).click();
    await message(page, 'This folder is empty').waitFor();

    await page.getByRole('treeitem', { name: 'Trash' }).click();
    await cell(page, 'cat.jpg').waitFor();
    await page.getByRole('button', { name: 'Restore all images' }).click();
    await toast(page, 'All images restored.');
    await page.waitForFunction(() => ![...document.querySelectorAll('.name')].some(({ textContent }) => textContent === 'cat.jpg'));
    assert.deepEqual(await listed(id), ['cat.jpg']);

    await cell(page, 'note.txt').click();
    await page.locator('#chosen').getByRole('button', { name: 'Delete permanently' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('This deletes 1 file, 5 bytes in total.').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await cell(page, 'note.txt').click();
    await page.keyboard.press('Delete');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete permanently' }).click();
    await toast(page, '“note.txt” deleted permanently.');
    const deleted = await site.server.client.files.listDeletedFiles().toArray();
    assert.ok(!deleted.some(({ displayName }) => displayName === 'note.txt'));
  });

  test('delete: counts what is in a folder', async (t) => {
    const { id, name } = await workspace('Whole tree', { 'a.txt': Buffer.from('aaaa') });
    const { folder } = await site.server.client.folders.createFolder('Below', { parentFolderId: id });
    await site.server.client.uploads.upload(Buffer.from('bb'), { displayName: 'b.txt', parentFolderId: folder?._id });
    await site.server.client.folders.bulkDeleteFolders([id]);
    const { page } = await open(t, { fragment: '#trash' });
    await cell(page, name).click();
    await page.keyboard.press('Delete');
    await page.getByRole('dialog').getByText('This deletes 2 files and 2 folders, 6 bytes in total.').waitFor();
    // Two keys in a row must not delete anything.
    await focusIsOn(page, 'Cancel');
    await page.keyboard.press('Escape');
    // A file in a deleted folder can be restored alone.
    await cell(page, name).dblclick();
    await showsItems(page, ['Below', 'a.txt']);
    await cell(page, 'a.txt').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Restore' }).click();
    await toast(page, '“a.txt” restored.');
  });

  test('upload: takes picked and dropped files, and keeps the structure of folders', async (t) => {
    const { id, fragment } = await workspace('Uploads');
    const folder = await mkdtemp(join(tmpdir(), 'wix-media-page-'));
    t.after(() => rm(folder, { recursive: true }));
    await mkdir(join(folder, 'Trip', '2024'), { recursive: true });
    await writeFile(join(folder, 'Trip', 'plan.txt'), 'go');
    await writeFile(join(folder, 'Trip', '2024', 'map.txt'), 'north');

    const { page } = await open(t, { fragment });
    await uploadByDialog(page, 'Files…', [photoPath('chelsea.jpg')]);
    await cell(page, 'chelsea.jpg').waitFor();
    await uploadByDialog(page, 'A folder…', join(folder, 'Trip'));
    await drop(page, '#main', [{ name: 'dropped.jpg', type: 'image/jpeg', bytes: images.rocket }]);
    await showsItems(page, ['Trip', 'chelsea.jpg', 'dropped.jpg']);
    await page.getByRole('heading', { name: '4 files uploaded' }).waitFor();

    const { files, folders } = site.server.client;
    const [dropped] = (await files.listFiles({ parentFolderId: id }).toArray()).filter(({ displayName }) => displayName === 'dropped.jpg');
    assert.equal(dropped.hash, md5(images.rocket));
    const [trip] = await folders.listFolders({ parentFolderId: id }).toArray();
    assert.deepEqual(await listed(trip._id), ['plan.txt']);
    const [year] = await folders.listFolders({ parentFolderId: trip._id }).toArray();
    assert.equal(year.displayName, '2024');
    assert.deepEqual(await listed(year._id), ['map.txt']);

    await page.getByRole('region', { name: 'Uploads' }).getByRole('button', { name: 'Close' }).click();
    await page.getByRole('region', { name: 'Uploads' }).waitFor({ state: 'hidden' });
    // A drop on a folder uploads into that folder.
    await drop(page, '.cell.folder', [{ name: 'inside.txt', bytes: 'x' }]);
    await page.getByRole('heading', { name: '1 file uploaded' }).waitFor();
    assert.deepEqual(await listed(trip._id), ['inside.txt', 'plan.txt']);
  });

  test('upload: can be paused, resumed, cancelled and retried', async (t) => {
    const { id, fragment } = await workspace('Slow uploads');
    const { page } = await open(t, { fragment });
    const letGo = await hold(page, '**/upload/**');
    await drop(page, '#main', [
      { name: 'first.txt', bytes: 'one' },
      { name: 'second.txt', bytes: 'two' },
      { name: 'third.txt', bytes: 'three' },
      { name: 'fourth.txt', bytes: 'four' },
    ]);
    const region = page.getByRole('region', { name: 'Uploads' });
    await region.getByRole('heading', { name: /Uploading 4 files/ }).waitFor();
    await region.getByRole('button', { name: 'Pause first.txt' }).click();
    await region.getByText('Paused at 0%').waitFor();
    await region.getByRole('button', { name: 'Cancel second.txt' }).click();
    await region.getByText('second.txt').waitFor({ state: 'detached' });
    await region.getByRole('button', { name: 'Pause all uploads' }).click();
    await region.getByRole('heading', { name: /Paused 3 files/ }).waitFor();
    letGo();
    assert.deepEqual(await listed(id), []);
    await region.getByRole('button', { name: 'Resume all uploads' }).click();
    await region.getByRole('heading', { name: '3 files uploaded' }).waitFor();
    assert.deepEqual(await listed(id), ['first.txt', 'fourth.txt', 'third.txt']);

    // A failed upload shows the reason and can be retried.
    /** @param {URL} url */
    const isUploadUrl = (url) => url.pathname.endsWith('/generate-upload-url');
    await page.route(isUploadUrl, (route) =>
      route.fulfill({ status: 400, contentType: 'application/json', body: JSON.stringify({ message: 'x', details: { applicationError: { code: 'SITE_QUOTA_EXCEEDED', description: 'The site is full' } } }) }),
    );
    await drop(page, '#main', [{ name: 'too much.txt', bytes: 'five' }]);
    await region.getByText('The storage quota of the site is used up.', { exact: true }).waitFor();
    await page.unroute(isUploadUrl);
    await region.getByRole('button', { name: 'Retry too much.txt' }).click();
    await cell(page, 'too much.txt').waitFor();
  });

  test('upload: takes no files that are dropped on a dialog', async (t) => {
    const { id, fragment } = await workspace('Covered');
    const { page } = await open(t, { fragment });
    await page.getByRole('button', { name: 'New folder' }).click();
    await page.getByRole('dialog').waitFor();
    await drop(page, 'dialog', [{ name: 'on the dialog.txt', bytes: 'words' }]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await drop(page, '#main', [{ name: 'on the page.txt', bytes: 'words' }]);
    await page.getByRole('heading', { name: '1 file uploaded' }).waitFor();
    assert.deepEqual(await listed(id), ['on the page.txt']);
  });

  test('import: fetches a file from a URL and shows it once it is ready', async (t) => {
    const source = createServer((_, response) => response.writeHead(200, { 'content-type': 'image/jpeg' }).end(images.cup));
    await new Promise((resolve) => source.listen(0, '127.0.0.1', () => resolve(undefined)));
    t.after(() => source.close());
    const { id, fragment } = await workspace('Imports');
    const { page } = await open(t, { fragment });
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page.getByRole('menuitem', { name: 'From an address…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Import' }).click();
    await dialog.getByText('Enter the address of the file.').waitFor();
    await dialog.getByLabel('Address of the file').fill(`http://127.0.0.1:${/** @type {AddressInfo} */ (source.address()).port}/cup.jpg`);
    await dialog.getByLabel('Name', { exact: true }).fill('Flat white.jpg');
    await dialog.getByRole('button', { name: 'Import' }).click();
    await cell(page, 'Flat white.jpg').waitFor();
    // The page polls until the file is ready.
    await pictureLoaded(page, '.cell img.loaded');
    const [file] = await site.server.client.files.listFiles({ parentFolderId: id }).toArray();
    assert.equal(file.hash, md5(images.cup));
  });

  test('page: searches, filters and sorts', async (t) => {
    const { fragment } = await workspace('Sorted', {
      'zebra-small.txt': Buffer.from('1'),
      'zebra-large.txt': Buffer.from('x'.repeat(5000)),
      'zebra.jpg': { bytes: images.cat, labels: ['striped-animal'] },
    });
    const { page } = await open(t, { fragment });
    const sort = page.getByLabel('Sort', { exact: true });
    await sort.selectOption('Largest first');
    await showsInOrder(page, ['zebra.jpg', 'zebra-large.txt', 'zebra-small.txt']);
    await sort.selectOption('Name, Z to A');
    await showsInOrder(page, ['zebra.jpg', 'zebra-small.txt', 'zebra-large.txt']);
    await page.getByLabel('Filter by type').selectOption('Document');
    await showsItems(page, ['zebra-large.txt', 'zebra-small.txt']);
    await page.getByLabel('Filter by type').selectOption('Audio');
    await message(page, 'None of this type').waitFor();
    await page.getByRole('button', { name: 'Show all types' }).click();
    await showsItems(page, ['zebra-large.txt', 'zebra-small.txt', 'zebra.jpg']);

    await page.keyboard.press('Escape');
    await page.locator('#where').focus();
    await page.keyboard.press('/');
    await page.keyboard.type('Striped-ANIMAL');
    await page.getByRole('heading', { level: 1, name: 'Results for “Striped-ANIMAL”' }).waitFor();
    await showsItems(page, ['zebra.jpg']);
    await cell(page, 'zebra.jpg').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Show in its folder' }).click();
    await page.getByRole('heading', { level: 1, name: 'Sorted' }).waitFor();
    await page.getByRole('searchbox').fill('nothing has this name');
    await message(page, 'Nothing found').waitFor();
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await showsItems(page, ['zebra-large.txt', 'zebra-small.txt', 'zebra.jpg']);
  });

  test('page: tells screen readers once what a view holds', async (t) => {
    const { fragment, name } = await workspace('Announced', { 'a.txt': Buffer.from('a'), 'b.txt': Buffer.from('b') });
    const { page } = await open(t);
    const status = page.locator('#status');
    await reads(status, /folders?\.$/);
    await cell(page, name).dblclick();
    await reads(status, '2 files.');
    await page.getByRole('searchbox').fill('no such name');
    await reads(status, 'Nothing found.');
    await page.goto(`${site.server.address}/${fragment}`);
    await reads(status, '2 files.');
    // A number that grows page by page would be read out again and again.
    assert.equal(await page.locator('#count').getAttribute('role'), null);
    // The viewer names the next file by itself.
    await cell(page, 'a.txt').dblclick();
    assert.equal(await page.locator('#viewer-name').getAttribute('aria-live'), 'polite');
  });

  test('download: saves one file as it is and several as a zip', async (t) => {
    const { fragment } = await workspace('Downloads', { 'cat.jpg': images.cat, 'note.txt': Buffer.from('words') });
    const { page } = await open(t, { fragment });
    /** @param {() => Promise<unknown>} act */
    const saved = async (act) => {
      const [download] = await Promise.all([page.waitForEvent('download'), act()]);
      return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
    };
    await cell(page, 'cat.jpg').click();
    const file = await saved(() => page.locator('#chosen').getByRole('button', { name: 'Download' }).click());
    assert.equal(file.name, 'cat.jpg');
    assert.equal(md5(file.bytes), md5(images.cat));

    await cell(page, 'note.txt').click({ modifiers: ['Control'] });
    const zip = await saved(() => page.locator('#chosen').getByRole('button', { name: 'Download' }).click());
    assert.match(zip.name, /\.zip$/);
    const text = zip.bytes.toString('latin1');
    assert.ok(text.includes('cat.jpg') && text.includes('note.txt') && text.includes('words'), 'the zip holds both files uncompressed');
  });

  test('details panel: shows facts, edits labels and creates temporary links', async (t) => {
    const { fragment, files } = await workspace('Details', { 'cat.jpg': { bytes: images.cat, labels: ['cat'] } });
    const id = files['cat.jpg']._id;
    const { page } = await open(t, { fragment, panel: true });
    await page.getByRole('tab', { name: 'Details' }).click();
    await page.getByText('Nothing selected').waitFor();
    await cell(page, 'cat.jpg').click();
    const details = page.locator('details-panel');
    /** @param {string} term */
    const fact = (term) => details.locator('dl > div', { has: page.getByText(term, { exact: true }) }).locator('dd');
    await reads(fact('Dimensions'), '480 × 319 pixels');
    await reads(fact('Hash').locator('code'), md5(images.cat));
    await reads(fact('Identifier'), /^wix:image:\/\/v1\/.*cat\.jpg/);
    const address = String(await fact('Address').getByRole('link').getAttribute('href'));
    assert.equal(md5(Buffer.from(await (await fetch(address)).arrayBuffer())), md5(images.cat));

    await details.getByLabel('Add a label').fill('pet, whiskers');
    await page.keyboard.press('Enter');
    await details.getByText('whiskers').waitFor();
    await details.getByRole('button', { name: 'Remove the label cat' }).click();
    await details.getByRole('button', { name: 'Remove the label cat' }).waitFor({ state: 'detached' });
    await eventually(async () => assert.deepEqual((await site.server.client.files.getFileDescriptor(String(id))).labels, ['pet', 'whiskers']));

    await details.getByLabel('Expires after').selectOption('1 hour');
    await details.getByLabel('When opened').selectOption('show in the browser');
    await details.getByRole('button', { name: 'Create link' }).click();
    const link = String(await details.locator('.link-outcome a').getAttribute('href'));
    const response = await fetch(link);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-disposition') ?? 'inline', /^inline/);
  });

  test('transform builder: previews other sizes, and explains invalid ones', async (t) => {
    const { fragment } = await workspace('Sizes', { 'cat.jpg': images.cat });
    const { page } = await open(t, { fragment, panel: true });
    const small = await pictureLoaded(page, '.cell img.loaded');
    assert.match(String(await small.jsonValue()), /\/v1\/fill\/w_320,h_240,al_c,q_80\//);
    await page.getByRole('tab', { name: 'Details' }).click();
    await cell(page, 'cat.jpg').click();
    const details = page.locator('details-panel');
    await eventually(async () => assert.ok((await details.locator('.swatch').count()) >= 3, 'it has colours'));
    await details.getByText('Other sizes and formats').click();
    /** @param {string} text */
    const says = (text) => page.waitForFunction((wanted) => document.querySelector('.transform-builder [role=status]')?.textContent === wanted, text);
    await says('480 × 319 pixels');
    await details.getByLabel('Width').fill('200');
    await details.getByLabel('Height').fill('100');
    await says('200 × 100 pixels');
    await details.getByLabel('Method').selectOption('Fit into the box');
    await says('150 × 100 pixels');
    await details.getByLabel('Method').selectOption('Crop a part');
    await details.getByLabel('From the left').fill('400');
    await details.getByLabel('Format').selectOption('WEBP');
    await says('80 × 100 pixels');
    const address = await reads(details.locator('.transform-builder pre'), /enc_webp|\.webp$/);
    const response = await fetch(address);
    assert.equal(response.headers.get('content-type'), 'image/webp');
    // The service explains why it rejects a URL.
    await details.getByLabel('From the left').fill('4000');
    await textMatches(page, '.transform-builder [role=status]', /expected a point inside/);
  });

  test('viewer: shows one file after the other', async (t) => {
    const { fragment, files } = await workspace('Viewed', {
      'a.jpg': images.cat,
      'b.svg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3"/></svg>'),
      'b.wav': wave(),
      'c.pdf': Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>'),
      'c.txt': Buffer.from('words'),
      'c.zip': Buffer.from('no zip'),
      'd.jpg': { bytes: images.rocket, private: true },
    });
    await site.server.client.uploads.waitUntilReady(String(files['b.wav']._id));
    const { page } = await open(t, { fragment });
    await sortBy(page, 'Name, A to Z');
    await showsInOrder(page, ['a.jpg', 'b.svg', 'b.wav', 'c.pdf', 'c.txt', 'c.zip', 'd.jpg']);
    await cell(page, 'a.jpg').focus();
    await page.keyboard.press('Enter');
    const viewer = page.getByRole('dialog');
    const isShown = () => pictureLoaded(page, SHOWN);
    await isShown();
    await page.keyboard.press('ArrowRight');
    await viewer.getByRole('heading', { name: 'b.svg' }).waitFor();
    await isShown();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => {
      const audio = document.querySelector('.viewer audio');
      return audio instanceof HTMLAudioElement && audio.duration === 0.5;
    });
    await page.keyboard.press('ArrowRight');
    await viewer.getByTitle('c.pdf').waitFor();
    await eventually(async () => assert.match(String(await viewer.getByTitle('c.pdf').getAttribute('src')), /^http.*\.pdf$/));
    // The browser's PDF viewer takes the focus as soon as it has loaded, and with it the keys.
    await viewer.getByRole('button', { name: 'Next file' }).click();
    await viewer.locator('pre', { hasText: 'words' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await viewer.getByText('There is no preview of this type of file').waitFor();
    await page.keyboard.press('ArrowRight');
    await viewer.getByRole('heading', { name: 'd.jpg' }).waitFor();
    await isShown();
    await eventually(async () => assert.ok(await viewer.getByRole('button', { name: 'Next file' }).isDisabled()));
    await page.keyboard.press('Escape');
    await viewer.waitFor({ state: 'detached' });
  });

  test('page: shows hostile names as text', async (t) => {
    const names = [
      '<img src=x onerror=alert(1)>.txt',
      '"><script>alert(2)</script>.txt',
      '‮gpj.exe.txt',
      'صورة العائلة.txt',
      `${'very long '.repeat(20)}.txt`,
      '`alert(3)`; --.txt',
    ];
    const { id, fragment } = await workspace('<b onmouseover=alert(4)>bold', Object.fromEntries(names.map((name) => [name, Buffer.from(name)])));
    const { page } = await open(t, { fragment, panel: true });
    page.on('dialog', () => assert.fail('a name ran as a script'));
    await showsItems(page, await listed(id));
    await reads(page.locator('#where'), '<b onmouseover=alert(4)>bold');
    assert.equal(await page.locator('main :is(img[src=x], script, b)').count(), 0);
    for (const name of await listed(id)) {
      await cell(page, name).click();
      await page.getByRole('tab', { name: 'Details' }).click();
      await page.locator('details-panel h2', { hasText: name.trim() }).waitFor();
      await nothingSticksOut(page, name);
    }
    await page.keyboard.press('Escape');
    await page.locator('.cell').first().focus();
    await page.keyboard.press('Delete');
    await toast(page, 'moved to the trash');
  });

  test('grid: keeps few of ten thousand files in the document', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'wix-media-page-'));
    t.after(() => rm(folder, { recursive: true }));
    for (let index = 0; index < 10_000; index += 1) await writeFile(join(folder, `file ${String(index).padStart(5, '0')}.txt`), String(index));
    const full = await startServer(site.closing, ['--memory', '--seed', folder]);
    const { page, faults, context } = await openPage(site.browser, full.address);
    t.after(async () => {
      await context.close();
      await full.stop();
      assert.deepEqual(faults, []);
    });
    await sortBy(page, 'Name, A to Z');
    await page.waitForFunction(() => document.querySelector('#count')?.textContent === '10,000 files');
    const inDocument = () => page.locator('.cell').count();
    assert.ok((await inDocument()) < 120, 'only the rows on the screen are in the document');

    await cell(page, 'file 00000.txt').click();
    await page.keyboard.press('Control+End');
    await cell(page, 'file 09999.txt').waitFor();
    await focusIsOn(page, 'file 09999.txt');
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('PageDown');
    await page.keyboard.press('PageUp');
    await focusIsOn(page, 'file 00000.txt');
    // In one task, because a pause between letters starts a new name.
    await page.evaluate((text) => {
      for (const key of text) document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    }, 'file 04711');
    await focusIsOn(page, 'file 04711.txt');
    await page.locator('#items').evaluate((grid) => grid.scrollTo(0, grid.scrollHeight / 2));
    await page.waitForFunction(() => [...document.querySelectorAll('.cell .name')].some(({ textContent }) => /file 0(?:49|50)/.test(textContent)));
    assert.ok((await inDocument()) < 120);
    await page.locator('.cell:focus, .cell[tabindex="0"]').first().focus();
    await page.keyboard.press('Control+a');
    await textMatches(page, '#chosen', /10,000 selected/);
    await page.keyboard.press('Delete');
    await toast(page, '10,000 files moved to the trash.');
    await message(page, 'No files yet').waitFor();
    assert.deepEqual(await full.client.files.listFiles().toArray(), []);
  });

  test('grid: loads no pictures of files that were scrolled away', async (t) => {
    const { id, fragment } = await workspace('Scrolled');
    const drawing = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3"/></svg>');
    const files = Array.from({ length: 60 }, (_, index) => ({ source: drawing, displayName: `${String(index).padStart(2, '0')}.svg` }));
    await site.server.client.uploads.uploadAll(files, { parentFolderId: id });
    const listing = await site.server.client.files.listFiles({ parentFolderId: id }).toArray();
    // The first one can be reached by Tab, and stays in the document for that.
    const tenth = listing.find(({ displayName }) => displayName === '10.svg')?.url;
    const { page } = await open(t, { fragment, viewport: { width: 640, height: 480 }, serviceWorkers: 'block' });
    await sortBy(page, 'Name, A to Z');
    await settled(page);
    // None of them arrives.
    await page.route('**/shapes/**', () => {});
    const asked = page.waitForRequest(String(tenth));
    await page.reload();
    await asked;
    await settled(page);
    const cancelled = page.waitForEvent('requestfailed', (request) => request.url() === tenth);
    await page.locator('#items').evaluate((grid) => grid.scrollTo(0, grid.scrollHeight));
    await cell(page, '59.svg').waitFor();
    await cancelled;
    // Back at the top they are loaded after all.
    await page.unrouteAll();
    await page.locator('#items').evaluate((grid) => grid.scrollTo(0, 0));
    await pictureLoaded(page, '.cell[data-key] img.loaded');
  });

  test('page: can be used with the keyboard alone', async (t) => {
    const { id, fragment } = await workspace('By keyboard', { 'a.txt': Buffer.from('a'), 'b.txt': Buffer.from('b'), 'c.txt': Buffer.from('c') });
    await site.server.client.folders.createFolder('Target', { parentFolderId: id });
    const { page } = await open(t, { fragment });
    await page.keyboard.press('Tab');
    await focusIsOn(page, 'Skip to the files');
    await page.keyboard.press('Enter');
    await focusIsOn(page, 'Target');
    await page.keyboard.press('ArrowDown');
    // The newest file is first.
    await focusIsOn(page, 'c.txt');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await textMatches(page, '#chosen', /3 selected/);
    await page.keyboard.press('Control+ArrowLeft');
    await page.keyboard.press('Space');
    await textMatches(page, '#chosen', /2 selected/);
    await page.keyboard.press('Control+ArrowRight');
    await page.keyboard.press('Shift+F10');
    const menu = page.getByRole('menu');
    await menu.waitFor();
    await page.keyboard.press('m');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await dialog.getByRole('treeitem', { name: 'By keyboard', exact: true }).waitFor();
    await dialog.getByRole('treeitem').first().focus();
    for (let steps = 0; (await page.evaluate(() => document.activeElement?.textContent)) !== 'By keyboard'; steps += 1) {
      assert.ok(steps < 100, 'the folder is in the tree');
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('ArrowRight');
    await dialog.getByRole('treeitem', { name: 'Target', exact: true }).waitFor();
    await page.keyboard.press('ArrowRight');
    await focusIsOn(page, 'Target');
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Move here' }).focus();
    await page.keyboard.press('Enter');
    await toast(page, '2 files moved.');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
  });

  test('page: can be used by touch', async (t) => {
    const { id, fragment } = await workspace('By hand', { 'cat.jpg': images.cat });
    await site.server.client.folders.createFolder('Inner', { parentFolderId: id });
    const { page } = await open(t, { fragment, hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });
    await cell(page, 'cat.jpg').tap();
    await page.getByRole('dialog', { name: 'cat.jpg' }).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).tap();
    await page.getByRole('button', { name: 'More for cat.jpg' }).tap();
    await page.getByRole('menuitem', { name: 'Details' }).tap();
    await page.locator('details-panel h2', { hasText: 'cat.jpg' }).waitFor();
    await page.getByRole('button', { name: 'Close the panel' }).tap();
    await cell(page, 'Inner').tap();
    await message(page, 'This folder is empty').waitFor();
    await page.getByRole('button', { name: 'Folders and places' }).tap();
    await page.getByRole('treeitem', { name: 'By hand', exact: true }).tap();
    await showsItems(page, ['Inner', 'cat.jpg']);

    // Once an item is selected by its box, a tap selects another one.
    await page.getByRole('checkbox', { name: 'Select cat.jpg' }).tap();
    await textMatches(page, '#chosen', /1 selected/);
    await cell(page, 'Inner').tap();
    await textMatches(page, '#chosen', /2 selected/);
    await cell(page, 'Inner').tap();
    await cell(page, 'cat.jpg').tap();
    await page.locator('#chosen').waitFor({ state: 'hidden' });
    await cell(page, 'Inner').tap();
    await message(page, 'This folder is empty').waitFor();
  });

  test('page: folders keep their names clear of their buttons on a touch screen', async (t) => {
    const { id, fragment } = await workspace('Long names by hand');
    await site.server.client.folders.createFolder('A folder whose name is far too long for its tile', { parentFolderId: id });
    const { page } = await open(t, { fragment, hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });
    const tile = page.locator('.cell.folder');
    const [name, button] = await Promise.all([tile.locator('.name').boundingBox(), tile.locator('.tile-menu').boundingBox()]);
    assert.ok(name && button && name.x + name.width <= button.x, JSON.stringify({ name, button }));
  });

  test('page: explains a lost connection, and recovers from it', async (t) => {
    const { fragment } = await workspace('Gone', { 'a.txt': Buffer.from('a') });
    const { page } = await open(t, { fragment });
    /** @param {URL} url */
    const isListing = (url) => url.pathname === '/site-media/v1/files';
    await page.route(isListing, (route) => route.abort('connectionrefused'));
    await sortBy(page, 'Oldest first');
    await page.getByText('No response', { exact: true }).waitFor();
    await page.getByText(/running, and does it allow calls/).waitFor();
    await page.unroute(isListing);
    await page.getByRole('button', { name: 'Try again' }).click();
    await showsItems(page, ['a.txt']);
  });

  test('page: shows changes of other tabs', async (t) => {
    const { fragment } = await workspace('Two tabs', { 'a.txt': Buffer.from('a') });
    const { page, open: openTab } = await open(t, { fragment });
    const other = await openTab();
    await settled(other);
    await cell(page, 'a.txt').click();
    await page.keyboard.press('F2');
    await page.keyboard.type('seen');
    await page.keyboard.press('Enter');
    await cell(other, 'seen.txt').waitFor();
  });

  test('page: shows what changed while nobody looked at it', async (t) => {
    const { id, fragment, files } = await workspace('Come back', { 'a.txt': Buffer.from('a'), 'b.txt': Buffer.from('b') });
    const { page } = await open(t, { fragment });
    await withoutEvents(page);
    await cell(page, 'a.txt').click();
    const { client } = site.server;
    await client.uploads.upload(Buffer.from('c'), { displayName: 'c.txt', parentFolderId: id });
    await client.folders.createFolder('From outside', { parentFolderId: id });
    await client.files.bulkDeleteFiles([String(files['b.txt']._id)]);
    await page.evaluate(() => {
      /** @param {boolean} isHidden */
      const see = (isHidden) => {
        Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      };
      const now = performance.now.bind(performance);
      see(true);
      performance.now = () => now() + 60_000;
      see(false);
    });
    await showsItems(page, ['From outside', 'a.txt', 'c.txt']);
    await textMatches(page, '#chosen', /1 selected/);
  });

  test('rename: stays open while another tab changes the folder', async (t) => {
    const { fragment, files } = await workspace('Two hands', { 'a.txt': Buffer.from('a'), 'b.txt': Buffer.from('b') });
    const { page } = await open(t, { fragment });
    await withoutEvents(page);
    await cell(page, 'a.txt').click();
    await page.keyboard.press('F2');
    await page.keyboard.type('long');
    await site.server.client.files.bulkDeleteFiles([String(files['b.txt']._id)]);
    await page.evaluate((key) => new BroadcastChannel('wix-media page').postMessage(key), `server ${site.server.address} `);
    await cell(page, 'b.txt').waitFor({ state: 'detached' });
    await page.keyboard.type(' name');
    await page.keyboard.press('Enter');
    await showsItems(page, ['long name.txt']);
  });
});

test('page: asks for the key of a server that requires one', async (t) => {
  const closing = { after: (/** @type {() => void} */ close) => t.after(close) };
  const { address } = await startServer(closing, ['--memory', '--api-key', 'page-test-key', '--site-id', '4f1c2b7e-93a0-4d57-8c1e-2a6b90d3e5f8']);
  const browser = await startBrowser(closing);
  const { page, faults } = await openPage(browser, address);
  await page.getByText('Not authenticated').waitFor();
  await page.getByRole('button', { name: 'Enter the key' }).click();
  await page.getByLabel('API key').fill('page-test-key');
  await page.getByLabel('Site ID').fill('4f1c2b7e-93a0-4d57-8c1e-2a6b90d3e5f8');
  await page.getByRole('button', { name: 'Connect' }).click();
  await message(page, 'No files yet').waitFor();
  assert.deepEqual(faults, []);
});
