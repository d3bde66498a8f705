// Copy, cut and paste: of items, and of pictures of other programs.
/** @import { Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { copiesToTrash } from '../../../www/model/copy.js';
import { holdItems, itemsIn, namedFile, tokenIn, writeItems } from '../../../www/model/item-clipboard.js';
import { fileItem, folderItem } from '../../../www/model/item.js';
import { barriers, cell, choosePlace, eventually, focusIsOn, hold, keepScreenshot, pageSuite, photo, settled, showsItems, textMatches, toast } from './site.js';

suite('clipboard of the page', () => {
  const site = pageSuite();
  const { open, workspace, listed } = site;

  /** @param {Page} page @param {string} fragment */
  async function goTo(page, fragment) {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, fragment);
    await settled(page);
  }
  /** Pastes files, as after a copy in another program. @param {Page} page @param {{ name: string, type: string, bytes: Buffer | string }[]} files */
  const pasteFiles = (page, files) =>
    page.evaluate(
      (list) => {
        const clipboardData = new DataTransfer();
        for (const { name, type, base64 } of list) clipboardData.items.add(new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], name, { type }));
        (document.activeElement ?? document.body).dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
      },
      files.map(({ name, type, bytes }) => ({ name, type, base64: Buffer.from(bytes).toString('base64') })),
    );

  test('clipboard: a copy is another file with the same content, and undo takes it away', async (t) => {
    const from = await workspace('Copied from', { 'cat.jpg': { bytes: await photo('chelsea.jpg'), labels: ['pet'], private: true }, 'b.txt': Buffer.from('bytes') });
    const to = await workspace('Copied to', { 'b.txt': Buffer.from('taken') });
    const { page } = await open(t, { fragment: from.fragment });
    await cell(page, 'cat.jpg').click();
    await cell(page, 'b.txt').click({ modifiers: ['Control'] });
    await page.keyboard.press('Control+c');
    await textMatches(page, '#status', /2 files copied\. Paste to make copies\./);
    await goTo(page, to.fragment);
    await page.getByRole('button', { name: 'Paste' }).waitFor();
    await page.keyboard.press('Control+v');
    const copied = await toast(page, '2 files copied.');
    await showsItems(page, ['b (2).txt', 'b.txt', 'cat.jpg']);
    const files = await site.server.client.files.listFiles({ parentFolderId: to.id }).toArray();
    const cat = files.find(({ displayName }) => displayName === 'cat.jpg');
    const original = from.files['cat.jpg'];
    assert.notEqual(cat?._id, original._id);
    assert.deepEqual([cat?.hash, cat?.sizeInBytes, cat?.labels, cat?.private], [original.hash, original.sizeInBytes, ['pet'], true]);
    assert.deepEqual(await listed(from.id), ['b.txt', 'cat.jpg']);
    assert.deepEqual(await barriers(page), []);
    await copied.getByRole('button', { name: 'Undo' }).click();
    await showsItems(page, ['b.txt']);
    // In the folder of the original it gets a number.
    await goTo(page, from.fragment);
    await page.getByRole('button', { name: 'Paste' }).click();
    await showsItems(page, ['b (2).txt', 'b.txt', 'cat (2).jpg', 'cat.jpg']);
  });

  test('clipboard: copies that are made at the same time have names of their own', async (t) => {
    const { id, fragment } = await workspace('Copied twice', { 'a.txt': Buffer.from('a') });
    const { page } = await open(t, { fragment });
    await cell(page, 'a.txt').click();
    await page.keyboard.press('Control+c');
    const release = await hold(page, '**/upload/**');
    await page.keyboard.press('Control+v');
    await page.keyboard.press('Control+v');
    release();
    await showsItems(page, ['a (2).txt', 'a (3).txt', 'a.txt']);
    assert.deepEqual(await listed(id), ['a (2).txt', 'a (3).txt', 'a.txt']);
  });

  test('clipboard: a place that the page leaves gets no copies', async (t) => {
    const { id, fragment } = await workspace('Left', { 'a.txt': Buffer.from('a') });
    // Of a folder that is filtered, the page asks for the names that are taken.
    const { page } = await open(t, { fragment: `${fragment}?type=DOCUMENT` });
    await cell(page, 'a.txt').click();
    await page.keyboard.press('Control+c');
    /** @type {string[]} */
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    const release = await hold(page, `**/site-media/v1/files?**${id}**`);
    await page.keyboard.press('Control+v');
    await eventually(() => assert.equal(asked.some((url) => url.includes(id)), true));
    await choosePlace(page, 'In this browser');
    await settled(page);
    const answered = page.waitForEvent('requestfinished', (request) => request.url().includes(id));
    asked.length = 0;
    release();
    await answered;
    // A copy would begin by asking for its original, before this is drawn.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    assert.deepEqual(asked.filter((url) => url.startsWith(site.server.address) && url.includes('/site-media/')), []);
    assert.deepEqual(await listed(id), ['a.txt']);
  });

  test('clipboard: what was cut moves once, with its folders, and undo brings it back', async (t) => {
    const from = await workspace('Cut from', { 'a.txt': Buffer.from('a'), 'b.txt': Buffer.from('b') });
    const to = await workspace('Cut to');
    await site.server.client.folders.createFolder('Inner', { parentFolderId: from.id });
    const { page, open: openTab } = await open(t, { fragment: from.fragment });
    await cell(page, 'a.txt').click();
    await cell(page, 'Inner').click({ modifiers: ['Control'] });
    await page.keyboard.press('Control+x');
    await textMatches(page, '#status', /1 file and 1 folder cut\. Paste to move them\./);
    await page.locator('.cell.cut').nth(1).waitFor();
    assert.deepEqual(await barriers(page), []);
    await keepScreenshot(page, 'cut');
    await focusIsOn(page, 'Inner');
    // Another tab pastes it.
    const second = await openTab(to.fragment);
    await settled(second);
    await second.keyboard.press('Control+v');
    const moved = await toast(second, '1 file and 1 folder moved.');
    await showsItems(second, ['a.txt', 'Inner']);
    await showsItems(page, ['b.txt']);
    await moved.getByRole('button', { name: 'Undo' }).click();
    await showsItems(page, ['a.txt', 'b.txt', 'Inner']);
    await second.keyboard.press('Control+v');
    await second.keyboard.press('Control+Shift+z');
    await showsItems(second, ['a.txt', 'Inner']);
    assert.deepEqual(await listed(to.id), ['a.txt'], 'redo moved it, and the second paste did nothing');
  });

  test('clipboard: pictures and files of other programs are uploaded to the folder', async (t) => {
    const { id, fragment } = await workspace('Pasted');
    const { page } = await open(t, { fragment });
    await pasteFiles(page, [{ name: 'image.png', type: 'image/png', bytes: await photo('chelsea.jpg') }]);
    await eventually(async () => assert.match((await listed(id)).join(), /^Pasted \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\./));
    await page.goto(`${site.server.address}/?lang=he${fragment}`);
    await settled(page);
    await pasteFiles(page, [{ name: 'image.png', type: 'image/png', bytes: await photo('chelsea.jpg') }]);
    await eventually(async () => assert.match((await listed(id)).join(), /הודבק \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\./, 'a name has no marks of direction'));
    await page.goto(`${site.server.address}/${fragment}`);
    await settled(page);
    await pasteFiles(page, [{ name: 'notes.txt', type: 'text/plain', bytes: 'notes' }]);
    await cell(page, 'notes.txt').waitFor();
    // In a field it goes to the field.
    await page.locator('#search-words').focus();
    await pasteFiles(page, [{ name: 'other.txt', type: 'text/plain', bytes: 'other' }]);
    await page.getByRole('button', { name: 'New folder' }).focus();
    await goTo(page, '#files?q=notes');
    await pasteFiles(page, [{ name: 'other.txt', type: 'text/plain', bytes: 'other' }]);
    await toast(page, 'Open a folder first. Nothing can be pasted here.');
    assert.equal((await listed(id)).includes('other.txt'), false);
  });

  test('clipboard: what cannot be copied is refused in plain words', async (t) => {
    const { id, files, fragment } = await workspace('Refused', { 'a.txt': Buffer.from('a'), 'gone.txt': Buffer.from('g') });
    await site.server.client.folders.createFolder('Inner', { parentFolderId: id });
    const { page } = await open(t, { fragment });
    await cell(page, 'Inner').click();
    await page.keyboard.press('Control+c');
    await toast(page, 'The service cannot copy folders. Copy the files in them instead.');
    assert.equal(await page.getByRole('button', { name: 'Paste' }).count(), 0);
    await cell(page, 'Inner').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Cut' }).waitFor();
    assert.equal(await page.getByRole('menuitem', { name: 'Copy', exact: true }).count(), 0);
    await page.keyboard.press('Escape');
    // The host of the bytes does not answer this page.
    await cell(page, 'a.txt').click();
    await page.keyboard.press('Control+c');
    await page.context().route(/\/_wix-media\/(?:download|files)|\/media\/|token=/, (route) => (route.request().resourceType() === 'fetch' ? route.abort() : route.continue()));
    await page.keyboard.press('Control+v');
    await toast(page, 'The service does not let this page read the file. Download it, and upload it again.');
    await page.context().unrouteAll();
    assert.deepEqual(await listed(id), ['a.txt', 'gone.txt']);
    // Deleted meanwhile.
    await cell(page, 'gone.txt').click();
    await page.keyboard.press('Control+c');
    await site.server.client.files.bulkDeleteFiles([String(files['gone.txt']._id)], { permanent: true });
    await page.keyboard.press('Control+v');
    await toast(page, 'Not copied: It does not exist any more.');
    await goTo(page, '#trash');
    // Another place has none of it.
    await goTo(page, fragment);
    await cell(page, 'a.txt').click();
    await page.keyboard.press('Control+c');
    await choosePlace(page, 'In this browser');
    await page.locator('#message h2').waitFor();
    await settled(page);
    await page.locator('#where').focus();
    await page.keyboard.press('Control+v');
    await toast(page, 'These items are from another place.');
  });

  test('copiesToTrash: undoes all copies of a job or none', () => {
    const step = (/** @type {string} */ id, /** @type {string | undefined} */ copy) => ({ kind: /** @type {const} */ ('file'), id, key: `file:${id}`, name: `${id}.txt`, newName: `${id} (2).txt`, to: 'f', copy });
    assert.deepEqual(copiesToTrash([step('a', 'x')]), { kind: 'trash', steps: [{ kind: 'file', id: 'x', key: 'file:x', name: 'a (2).txt' }] });
    assert.equal(copiesToTrash([step('a', 'x'), step('b', undefined)]), undefined);
  });

  test('clipboard: items that another site has put there are not moved', async (t) => {
    const from = await workspace('Forged from', { 'a.txt': Buffer.from('a') });
    const to = await workspace('Forged to', { 'b.txt': Buffer.from('b') });
    const { page } = await open(t, { fragment: to.fragment });
    const place = `server ${site.server.address} `;
    const items = [{ kind: 'file', id: String(from.files['a.txt']._id), name: 'a.txt', from: from.id }];
    const isLeftAlone = await page.evaluate(
      (texts) =>
        texts.map((text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData('application/x-wix-media-clipboard', text);
          return document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
        }),
      ['token', JSON.stringify({ token: 'token', place, isCut: true, items })],
    );
    assert.deepEqual(isLeftAlone, [true, true]);
    assert.deepEqual(await listed(from.id), ['a.txt']);
  });

  test('clipboard: what was cut cannot be pasted again in the tab where it was cut', async (t) => {
    const from = await workspace('Once from', { 'a.txt': Buffer.from('a') });
    const to = await workspace('Once to');
    const { page, open: openTab } = await open(t, { fragment: from.fragment });
    await cell(page, 'a.txt').click();
    await page.keyboard.press('Control+x');
    await page.getByRole('button', { name: 'Paste' }).waitFor();
    const second = await openTab(to.fragment);
    await settled(second);
    await second.keyboard.press('Control+v');
    await toast(second, '“a.txt” moved.');
    await page.getByRole('button', { name: 'Paste' }).waitFor({ state: 'hidden' });
  });

  test('items of the clipboard: only their names and a token leave the browser', () => {
    /** @type {Map<string, string>} */
    const data = new Map();
    const transfer = /** @type {DataTransfer} */ (/** @type {unknown} */ ({ setData: (/** @type {string} */ type, /** @type {string} */ text) => data.set(type, text), getData: (/** @type {string} */ type) => data.get(type) ?? '' }));
    assert.equal(tokenIn(transfer), '');
    const held = holdItems({ place: 'server', isCut: true, items: [fileItem({ _id: 'a', displayName: 'a.txt', parentFolderId: 'f', url: 'https://example.com' }), folderItem({ _id: 'b', displayName: 'B', parentFolderId: 'f' })] });
    writeItems(transfer, held);
    assert.equal(tokenIn(transfer), held.token);
    assert.deepEqual([...data.values()], [held.token, 'a.txt\nB']);
    assert.equal(JSON.stringify(held).includes('example.com'), false);
  });

  test('itemsIn: reads nothing that the page has not written', () => {
    const text = JSON.stringify({ token: 't', place: 'p', isCut: true, items: [{ kind: 'file', id: 'a', name: 'n', from: 'f' }] });
    assert.deepEqual(itemsIn(text)?.items.map(({ id }) => id), ['a']);
    for (const other of ['', '{', 'null', '7', '{"token":"t","place":"p"}', '{"token":"t","place":"p","items":[]}', '{"token":"t","place":"p","items":[null,7,{"kind":"site","id":"a","name":"n","from":"f"},{"kind":"file","id":7,"name":"n","from":"f"}]}']) {
      assert.equal(itemsIn(other), undefined, other);
    }
  });

  test('namedFile: renames only what a browser has named', () => {
    const named = (/** @type {string} */ name) => namedFile(new File(['x'], name, { type: 'image/png' }), 'Pasted');
    assert.deepEqual([named('image.png').name, named('image.jpeg').name, named('my image.png').name, named('image').name], ['Pasted.png', 'Pasted.jpeg', 'my image.png', 'image']);
    assert.equal(named('image.png').type, 'image/png');
  });
});
