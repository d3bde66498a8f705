// The progress of uploads over a slow link: a bar that moves while the bytes leave, with speed and time left.
/** @import { Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { cell, choosePlace, drop, hold, message, pageSuite, settled, textOf, toast } from './site.js';

suite('upload progress on the page', () => {
  const site = pageSuite();
  const { open, workspace } = site;

  /**
   * Uploads a file over a link of a speed. Returns what the bar and the words showed on the way.
   *
   * @param {Page} page
   * @param {{ name: string, size: number, bytesPerSecond: number }} upload
   */
  async function watch(page, { name, size, bytesPerSecond }) {
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytesPerSecond });
    await page.evaluate(() => {
      /** @type {{ sent: number, arrived: number, words: string, all: string }[]} */
      const seen = [];
      Reflect.set(globalThis, 'seen', seen);
      const note = () => {
        const bar = document.querySelector('.upload progress');
        const arrived = document.querySelector('.upload .arrived');
        const words = document.querySelector('.upload-facts')?.textContent ?? '';
        const all = document.querySelector('.uploads-facts')?.textContent ?? '';
        if (!(bar instanceof HTMLProgressElement) || !(arrived instanceof HTMLElement)) return;
        const now = { sent: bar.value, arrived: Number.parseFloat(arrived.style.inlineSize) / 100, words, all };
        if (JSON.stringify(now) !== JSON.stringify(seen.at(-1))) seen.push(now);
      };
      new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    });
    await drop(page, '#main', [{ name, bytes: Buffer.alloc(size, 7) }]);
    await cell(page, name).waitFor();
    await page.getByRole('heading', { name: '1 file uploaded' }).waitFor();
    /** @type {{ sent: number, arrived: number, words: string, all: string }[]} */
    const seen = await page.evaluate(() => Reflect.get(globalThis, 'seen'));
    return seen;
  }

  test('upload progress: a single request shows bytes, speed and time left', async (t) => {
    const { fragment } = await workspace('Slow link');
    const { page } = await open(t, { fragment });
    const seen = await watch(page, { name: 'slow.bin', size: 900_000, bytesPerSecond: 150_000 });
    const between = new Set(seen.map(({ sent }) => sent).filter((sent) => sent > 0 && sent < 1));
    assert.ok(between.size >= 5, `the bar moves: ${[...between]}`);
    const sent = seen.map((one) => one.sent);
    assert.deepEqual(sent, sent.toSorted((a, b) => a - b), 'the bar does not go back');
    assert.ok(seen.some(({ words }) => /^[\d.]+ [kM]B of 900 kB · [\d.]+ kB\/s · \d+ s left$/.test(words)), JSON.stringify(seen));
    assert.ok(seen.some(({ all }) => /s left$/.test(all)), 'all uploads together have a time, too');
    assert.equal(seen[0].all, '900 kB', 'before the first byte there is nothing to count');
    assert.ok(seen.every(({ words, all }) => !`${words}${all}`.includes('–')), JSON.stringify(seen));
    assert.ok(seen.every(({ arrived, sent: left }) => arrived <= left));
  });

  test('upload progress: a resumable upload moves within its first chunk', async (t) => {
    const { fragment } = await workspace('Slow chunks');
    const { page } = await open(t, { fragment });
    const seen = await watch(page, { name: 'large.bin', size: 11_000_000, bytesPerSecond: 4_000_000 });
    const first = new Set(seen.filter(({ arrived }) => arrived === 0).map(({ sent }) => sent).filter((sent) => sent > 0));
    assert.ok(first.size >= 3, `the bar moves before the first chunk has arrived: ${[...first]}`);
    assert.ok(seen.some(({ arrived }) => arrived > 0.5 && arrived < 1), 'what has arrived is told apart');
  });

  test('upload progress: a paused upload shows what has arrived, and goes on from there', async (t) => {
    const { fragment, id } = await workspace('Paused link');
    const { page } = await open(t, { fragment });
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 200_000 });
    await drop(page, '#main', [{ name: 'paused.bin', bytes: Buffer.alloc(4_000_000, 7) }]);
    const facts = page.locator('.upload-facts');
    await page.waitForFunction(() => /kB\/s/.test(document.querySelector('.upload-facts')?.textContent ?? ''));
    await page.getByRole('button', { name: 'Pause paused.bin' }).click();
    await page.getByText('Paused at 0%').waitFor();
    assert.equal(await textOf(facts), 'Paused at 0% · 4 MB');
    await session.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
    await page.getByRole('button', { name: 'Resume paused.bin' }).click();
    await cell(page, 'paused.bin').waitFor();
    await settled(page);
    const [file] = await site.server.client.files.listFiles({ parentFolderId: id }).toArray();
    assert.equal(file.sizeInBytes, '4000000');
  });

  test('upload progress: the panel of a place that was left stays away', async (t) => {
    const { fragment } = await workspace('Left for good');
    const { page } = await open(t, { fragment });
    // The files of the place in this browser are open elsewhere, and the page stands between two places.
    const holder = await page.context().newPage();
    await holder.goto(new URL('favicon.svg', `${site.server.address}/`).href);
    await holder.evaluate(
      () => new Promise((resolve) => void navigator.locks.request('wix-media.v2 wix-media', () => new Promise(() => resolve(undefined)))),
    );
    await hold(page, '**/upload/**');
    await drop(page, '#main', [{ name: 'left.bin', bytes: 'words' }]);
    const panel = page.getByRole('region', { name: 'Uploads', includeHidden: true });
    await panel.getByRole('heading', { name: /Uploading 1 file/ }).waitFor();
    await choosePlace(page, 'In this browser');
    await message(page, 'Open elsewhere').waitFor();
    // Longer than the queue waits before it reports what was aborted.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
    assert.ok(await panel.isHidden());
  });

  test('upload progress: leaving the place stops uploads with a word, and they go on there', async (t) => {
    const { fragment, id } = await workspace('Left behind');
    const { page } = await open(t, { fragment });
    const letGo = await hold(page, '**/upload/**');
    await drop(page, '#main', [{ name: 'left.bin', bytes: 'words' }]);
    await page.getByRole('heading', { name: /Uploading 1 file/ }).waitFor();
    await choosePlace(page, 'In this browser');
    await toast(page, 'This server: 1 upload stopped. Open the place again to go on.');
    await message(page, 'No files yet').waitFor();
    letGo();
    await page.goBack();
    await toast(page, '1 upload of your last visit resumed.');
    await cell(page, 'left.bin').waitFor();
    const [file] = await site.server.client.files.listFiles({ parentFolderId: id }).toArray();
    assert.equal(file.sizeInBytes, '5');
  });
});
