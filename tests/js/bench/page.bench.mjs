// The page of `wix-media serve` in Chromium with a folder of 10,000 images. Medians; never a test.
//
// Times are those of the browser from the beginning of the navigation. The CPU time is that of the page's main thread, which says
// something on a busy machine too. Cold is a new profile, warm the next tab of the same one, with caches and service worker.
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { Readable } from 'node:stream';
import { startBrowser } from '../harness/browser.js';
import { archiveOf } from './filled.mjs';
import { startServer } from './server.mjs';

/** @import { Browser, BrowserContext, Page } from 'playwright-core' */

const ROUNDS = Number(process.env.WIX_MEDIA_ROUNDS ?? 5);
const FILES = 10_000;
const FOLDER = '00000000-0000-4000-8000-00000000000a';
const MAX_PANEL_RATIO = 1.3;
const MAX_SCROLL_PICTURES = 60;
const PICTURES = '**/media/a1b2c3_*';

/**
 * @typedef {object} Visit
 * @property {number} tile Milliseconds to the first tile.
 * @property {number} complete Milliseconds to the end of the list.
 * @property {number} longTasks Tasks of more than 50 ms until then.
 * @property {number} longest Milliseconds.
 * @property {number} cpu Milliseconds of the main thread until then.
 * @property {number} requests Without those of pictures.
 * @property {number} bytes As transferred.
 * @property {number} pictures Requests of pictures.
 * @property {number} wasted Those that the page gave up.
 */

/** Runs in the page, before its scripts. */
function observe() {
  const found = { tile: 0, complete: 0, tasks: /** @type {number[]} */ ([]) };
  Reflect.set(globalThis, 'found', found);
  new PerformanceObserver((list) => {
    if (!found.complete) found.tasks.push(...list.getEntries().map(({ duration }) => duration));
  }).observe({ type: 'longtask', buffered: true });
  new MutationObserver(() => {
    if (!found.tile && document.querySelector('.cell.tile')) found.tile = performance.now();
    const text = document.querySelector('#count')?.textContent ?? '';
    if (!found.complete && text.includes('10,000') && !text.includes('so far')) found.complete = performance.now();
  }).observe(document, { childList: true, subtree: true, characterData: true });
}

/**
 * Opens the folder, and waits until it is complete.
 *
 * @param {BrowserContext} context
 * @param {string} origin
 * @param {Buffer} image
 */
async function visit(context, origin, image) {
  const page = await context.newPage();
  let [pictures, wasted] = [0, 0];
  const isPicture = (/** @type {string} */ url) => url.includes('/media/a1b2c3_');
  page.on('request', (request) => isPicture(request.url()) && (pictures += 1));
  page.on('requestfailed', (request) => isPicture(request.url()) && (wasted += 1));
  // The archive has no bytes of pictures.
  await page.route(PICTURES, (route) => route.fulfill({ contentType: 'image/jpeg', body: image }).catch(() => {}));
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable');
  await page.goto(`${origin}/?place=server#files/${FOLDER}`);
  await page.waitForFunction(() => Reflect.get(globalThis, 'found').complete > 0);
  const { metrics } = await session.send('Performance.getMetrics');
  const cpu = 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
  const { tile, complete, tasks, requests, bytes } = await page.evaluate(() => {
    const entries = /** @type {PerformanceResourceTiming[]} */ ([...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]);
    const others = entries.filter(({ name }) => !name.includes('/media/'));
    return { ...Reflect.get(globalThis, 'found'), requests: others.length, bytes: others.reduce((sum, { transferSize }) => sum + transferSize, 0) };
  });
  return { page, visit: { tile, complete, longTasks: tasks.length, longest: Math.max(0, ...tasks), cpu, requests, bytes, pictures, wasted } };
}

/**
 * Scrolls to the end in a hundred frames. Resolves with the pictures that are asked for on the way.
 *
 * @param {Page} page
 */
async function scrollToEnd(page) {
  let asked = 0;
  page.on('request', (request) => request.url().includes('/media/a1b2c3_') && (asked += 1));
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
  await page.waitForFunction(() => {
    const images = [...document.querySelectorAll('#items .cell img')];
    return images.length > 0 && images.every((image) => image.classList.contains('loaded'));
  });
  return asked;
}

/**
 * @param {Browser} browser
 * @param {boolean} panel Whether the panel with the code is open.
 */
async function profile(browser, panel) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce' });
  await context.addInitScript(observe);
  const preferences = JSON.stringify({ panel, tab: 'code' });
  await context.addInitScript((text) => localStorage.setItem('wix-media page', text), preferences);
  return context;
}

/** @param {number[]} values */
const median = (values) => values.toSorted((one, other) => one - other)[values.length >> 1];

/** @type {(() => unknown)[]} */
const closers = [];
const server = await startServer([]);
try {
  const body = /** @type {ReadableStream} */ (Readable.toWeb(Readable.from(archiveOf(FILES, FOLDER))));
  const imported = await fetch(`${server.origin}/_wix-media/import`, { method: 'PUT', body, duplex: 'half' });
  if (!imported.ok) throw new Error(await imported.text());
  const image = await readFile(new URL('../../data/photos/chelsea.jpg', import.meta.url));
  const browser = await startBrowser({ after: (close) => void closers.push(close) });

  /** @type {Record<'cold' | 'warm' | 'with the code', Visit[]>} */
  const visits = { cold: [], warm: [], 'with the code': [] };
  const scrolls = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const context = await profile(browser, false);
    const cold = await visit(context, server.origin, image);
    visits.cold.push(cold.visit);
    scrolls.push(await scrollToEnd(cold.page));
    await cold.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    await cold.page.close();
    visits.warm.push((await visit(context, server.origin, image)).visit);
    await context.close();
    const other = await profile(browser, true);
    visits['with the code'].push((await visit(other, server.origin, image)).visit);
    await other.close();
  }

  console.log(`the page with a folder of ${FILES} images, medians of ${ROUNDS}\n`);
  console.log(`${''.padEnd(15)}first tile  complete   CPU       long tasks (longest)  requests   transferred  pictures (given up)`);
  for (const [name, all] of Object.entries(visits)) {
    const of = (/** @type {keyof Visit} */ key) => median(all.map((one) => one[key]));
    const times = [of('tile'), of('complete'), of('cpu')].map((ms) => `${ms.toFixed(0)} ms`.padEnd(10)).join(' ');
    const counts = `${`${of('longTasks')} (${of('longest').toFixed(0)} ms)`.padEnd(21)} ${String(of('requests')).padEnd(10)} ${`${(of('bytes') / 1000).toFixed(0)} kB`.padEnd(12)} ${of('pictures')} (${of('wasted')})`;
    console.log(`${name.padEnd(14)} ${times} ${counts}`);
  }
  const ratioOf = (/** @type {'complete' | 'cpu'} */ key) => median(visits['with the code'].map((one) => one[key])) / median(visits.cold.map((one) => one[key]));
  const time = ratioOf('complete');
  console.log(`\nwith the code: ${time.toFixed(2)}× the time, ${ratioOf('cpu').toFixed(2)}× the CPU   target ≤ ${MAX_PANEL_RATIO.toFixed(1)}× the time${time <= MAX_PANEL_RATIO ? '' : '  missed'}`);
  const asked = median(scrolls);
  console.log(`a fast scroll to the end: ${asked} pictures   target ≤ ${MAX_SCROLL_PICTURES}${asked <= MAX_SCROLL_PICTURES ? '' : '  missed'}`);
} finally {
  for (const close of closers) await close();
  await server.stop();
}
