// Chromium follows the redirects of `--downloads redirect` to the bucket, from a page of another origin.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { startBrowser } from '../harness/browser.js';
import { md5, noise } from '../harness/bytes.js';
import { withinTime } from '../harness/limit.js';
import { temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { samples } from '../scenarios/samples.js';
import { native } from './native.js';
import { objectStore } from './object-store.js';

/** @import { TestContext } from 'node:test' */

/** A picture with bytes behind its end: only large files are redirected. */
const PICTURE = Uint8Array.from([...samples.png, ...noise(400_000, 6)]);
/** Seconds of sound, of 8,000 bytes each. */
const SECONDS = 100;

/** A sound without compression. */
function sound() {
  const [head, data] = [Buffer.alloc(44), noise(SECONDS * 8000, 7)];
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  for (const [at, value] of /** @type {const} */ ([[16, 16], [24, 8000], [28, 8000]])) head.writeUInt32LE(value, at);
  for (const [at, value] of /** @type {const} */ ([[20, 1], [22, 1], [32, 1], [34, 8]])) head.writeUInt16LE(value, at);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return new Uint8Array(Buffer.concat([head, data]));
}

/**
 * A page of another origin, a server that redirects, and what the browser gets from the bucket.
 *
 * @param {TestContext} t
 */
async function visited(t) {
  const store = await objectStore(t);
  const server = await native(t, join(await temporaryFolder(t), 'data'), ['--bucket', store.bucket, '--downloads', 'redirect'], store.env);
  const site = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>page</title>'));
  await once(site.listen(0, '127.0.0.1'), 'listening');
  t.after(() => void site.close());
  const page = await (await startBrowser(t)).newPage();
  /** @type {number[]} */
  const statuses = [];
  page.on('response', (response) => {
    if (response.url().startsWith(`${store.origin}/`)) statuses.push(response.status());
  });
  await page.goto(`http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (site.address()).port}/`);
  /** The statuses of the bucket since the last call. Playwright may hear of a response after what waits for it. */
  const answered = async () => {
    const some = async () => {
      while (statuses.length === 0) await setTimeout(20);
    };
    await withinTime('a response of the bucket', some());
    return statuses.splice(0);
  };
  return { page, answered, ...createClient({ baseUrl: server.origin }) };
}

suite('wix-media-server: downloads from the bucket in Chromium', () => {
  test('a picture is shown, a sound is searched, and a script reads bytes', async (t) => {
    const { page, answered, uploads } = await visited(t);
    const picture = await uploads.upload(PICTURE, { displayName: 'picture.png' });
    const width = await page.evaluate(async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      return image.naturalWidth;
    }, present(picture.url));
    assert.ok(width > 0);
    assert.deepEqual(await answered(), [200]);

    const read = await page.evaluate(async (url) => [...new Uint8Array(await (await fetch(url, { cache: 'no-store' })).arrayBuffer())], present(picture.url));
    assert.equal(md5(Uint8Array.from(read)), md5(PICTURE));
    assert.deepEqual(await answered(), [200]);

    const audio = await uploads.upload(sound(), { displayName: 'sound.wav', mimeType: 'audio/wav' });
    const at = await page.evaluate(async (url) => {
      const media = new Audio();
      const event = (/** @type {string} */ name) =>
        new Promise((resolve, reject) => {
          media.addEventListener(name, resolve, { once: true });
          media.addEventListener('error', () => reject(new Error(media.error?.message)), { once: true });
        });
      media.preload = 'metadata';
      media.src = url;
      await event('loadedmetadata');
      media.currentTime = media.duration - 5;
      await event('seeked');
      return [media.duration, media.currentTime];
    }, present(audio.url));
    assert.deepEqual(at, [SECONDS, SECONDS - 5]);
    assert.deepEqual([...new Set(await answered())], [206]);
  });

  test('a link with a download URL saves the file under its name', async (t) => {
    const { page, answered, uploads, files } = await visited(t);
    const { _id } = await uploads.upload(PICTURE, { displayName: 'A picture, «große».png' });
    const { downloadUrls = [] } = await files.generateFileDownloadUrl(present(_id));
    const saved = page.waitForEvent('download');
    await page.evaluate((url) => {
      const link = document.createElement('a');
      link.href = url;
      document.body.append(link);
      link.click();
    }, present(downloadUrls[0].url));
    const download = await saved;
    assert.equal(download.suggestedFilename(), 'A picture, «große».png');
    assert.equal(md5(new Uint8Array(readFileSync(await download.path()))), md5(PICTURE));
    assert.deepEqual(await answered(), [200]);
  });
});
