// What the viewer shows of a file: text, and images at the size of the window.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { barriers, cell, eventually, keepScreenshot, pageSuite, photo, pictureLoaded } from './site.js';

suite('viewer of the page', () => {
  const site = pageSuite();
  const { open, workspace } = site;

  test('viewer: shows text, whatever its encoding', async (t) => {
    const { fragment } = await workspace('Texts', {
      'words.txt': Buffer.from('grüße\nשלום'),
      'windows.csv': Buffer.from('größe;1', 'latin1'),
      'wide.txt': Buffer.from('\ufeffwide', 'utf16le'),
      'facts.json': Buffer.from('{"b":[1,2]}'),
      'hostile.md': Buffer.from('<img src=x onerror=alert(1)>'),
      'secret.txt': { bytes: Buffer.from('whispered'), private: true },
      'no-text.txt': Buffer.from([1, 0, 2, 0]),
    });
    const { page } = await open(t, { fragment });
    const viewer = page.getByRole('dialog');
    const text = viewer.locator('pre');
    for (const [name, wanted] of [
      ['words.txt', 'grüße\nשלום'],
      ['windows.csv', 'größe;1'],
      ['wide.txt', 'wide'],
      ['facts.json', '{\n  "b": [\n    1,\n    2\n  ]\n}'],
      ['hostile.md', '<img src=x onerror=alert(1)>'],
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

  test('viewer: loads an image at the size of the window, and all of it when it is enlarged', async (t) => {
    const { fragment, files } = await workspace('Large', { 'deep.jpg': await photo('hubble_deep_field.jpg') });
    const { page } = await open(t, { fragment, hasTouch: true, isMobile: true, viewport: { width: 320, height: 600 } });
    const source = () => page.locator('.stage img').getAttribute('src');
    await cell(page, 'deep.jpg').tap();
    await pictureLoaded(page, '.stage img');
    assert.match(String(await source()), /\/v1\/fit\/w_320,h_240,q_85\/.*\.jpg$/);
    const width = await page.locator('.stage img').evaluate((image) => image instanceof HTMLImageElement && image.naturalWidth);
    assert.equal(width, 320);
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setPageScaleFactor', { pageScaleFactor: 2 });
    await eventually(async () => assert.equal(await source(), files['deep.jpg'].url));
  });

  test('viewer: shows an image itself where it is small, or the service makes no other size', async (t) => {
    const { fragment, files } = await workspace('Untransformed', { 'deep.jpg': await photo('hubble_deep_field.jpg') });
    const { page } = await open(t, { fragment });
    let asked = 0;
    await page.route('**/v1/fit/**', (route) => {
      asked += 1;
      return route.fulfill({ status: 503, body: '' });
    });
    const isItself = () => eventually(async () => assert.equal(await page.locator('.stage img').getAttribute('src'), files['deep.jpg'].url));
    await cell(page, 'deep.jpg').dblclick();
    await isItself();
    assert.equal(asked, 0);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.setViewportSize({ width: 330, height: 600 });
    await cell(page, 'deep.jpg').dblclick();
    await isItself();
    assert.equal(asked, 1);
    await pictureLoaded(page, '.stage img');
  });
});
