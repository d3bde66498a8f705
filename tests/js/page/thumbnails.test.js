// How many thumbnails the page asks for in a folder of 10,000 images. The server never answers, so each request stays under way
// until the page gives it up.
/** @import { Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { eventually, pageSuite } from './site.js';

const COUNT = 10_000;
const MAX_REQUESTS = 60;
const PICTURES = /\/media\/a1b2c3_0/;

suite('thumbnails of the page', () => {
  const site = pageSuite();

  /** The number of images that the page shows whole or in part. @param {Page} page */
  const inView = (page) =>
    page.locator('#items').evaluate((grid) => {
      const { top, bottom } = grid.getBoundingClientRect();
      const boxes = [...grid.querySelectorAll('.cell img')].map((image) => image.getBoundingClientRect());
      return boxes.filter((box) => box.bottom > top && box.top < bottom).length;
    });

  test('thumbnails: a fast scroll to the end asks for those at the end only', async (t) => {
    const { page } = await site.open(t, { serviceWorkers: 'block', place: 'server' });
    const files = Array.from({ length: COUNT }, (_, at) => {
      const id = `a1b2c3_${String(at).padStart(32, '0')}~mv2.jpg`;
      const url = `${site.server.address}/media/${id}`;
      const time = new Date(Date.UTC(2026, 0, 1) - at * 1000).toISOString();
      const media = { image: { image: { id, url, width: 3000, height: 2000, filename: 'photo.jpg' }, faces: [] } };
      return { id, displayName: `photo ${at}.jpg`, url, parentFolderId: 'media-root', hash: id, sizeInBytes: '1000', private: false, mediaType: 'IMAGE', media, operationStatus: 'READY', thumbnailUrl: url, labels: [], createdDate: time, updatedDate: time, siteId: 'x', state: 'OK' };
    });
    await page.route('**/site-media/v1/files?*', async (route) => {
      const query = new URL(route.request().url()).searchParams;
      const start = Number(query.get('paging.cursor') ?? 0);
      const end = start + Number(query.get('paging.limit') ?? 50);
      const hasNext = end < COUNT;
      await route.fulfill({ json: { files: files.slice(start, end), nextCursor: { cursors: { next: hasNext ? String(end) : '' }, hasNext } } });
    });
    await page.route(PICTURES, () => {});
    let [first, given] = [0, 0];
    page.on('request', (request) => (first += Number(PICTURES.test(request.url()))));
    page.on('requestfailed', (request) => (given += Number(PICTURES.test(request.url()))));
    await page.reload();
    await eventually(async () => assert.match((await page.locator('#count').textContent()) ?? '', /10,000/));
    await eventually(async () => assert.ok((await inView(page)) > 0));

    assert.ok(first <= MAX_REQUESTS, `${first} requests while the folder was read`);
    assert.equal(given, 0, 'none of them is given up');

    let asked = 0;
    page.on('request', (request) => {
      if (PICTURES.test(request.url())) asked += 1;
    });
    await page.locator('#items').evaluate(
      (grid) =>
        new Promise((done) => {
          const step = (/** @type {number} */ left) => {
            grid.scrollTop = left > 0 ? grid.scrollTop + grid.scrollHeight / 100 : grid.scrollHeight;
            if (left > 0) requestAnimationFrame(() => step(left - 1));
            else done(undefined);
          };
          step(100);
        }),
    );
    await eventually(async () => assert.ok(asked >= (await inView(page)) && asked > 0, `${asked}`));
    assert.ok(asked <= MAX_REQUESTS, `${asked} requests`);
  });
});
