// The page as `wix-media serve` serves it, in Chromium, with every error it reports.
/** @import { Browser, Locator, Page } from 'playwright-core' */
/** @import { TestContext } from 'node:test' */
/** @import { Closing } from '../harness/types.d.ts' */
/** @import { FileDescriptor, UploadOptions, UploadSource } from '../../../pkg-template/types/index.js' */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { before } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startBrowser } from '../harness/browser.js';
import { gate } from '../harness/gate.js';
import { leftovers } from '../harness/leftovers.js';
import { createClient } from '../harness/package.js';

const COMMAND = fileURLToPath(new URL('../../../dist/command.js', import.meta.url));
const SCREENSHOTS = fileURLToPath(new URL('../../../target/page-screenshots/', import.meta.url));
const PHOTOS = new URL('../../data/photos/', import.meta.url);
/** Milliseconds after which a page counts as stuck. Far longer than a busy machine needs, so no outcome depends on it. */
export const PATIENCE = 180_000;
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The picture that the viewer shows. Those beside it are there too. */
export const SHOWN = '.viewer-stage [aria-hidden=false] img';

/**
 * Returns the path of a photograph of the test data.
 *
 * @param {string} name
 */
export const photoPath = (name) => fileURLToPath(new URL(name, PHOTOS));

/**
 * Reads a photograph of the test data.
 *
 * @param {string} name
 */
export const photo = (name) => readFile(new URL(name, PHOTOS));

/**
 * Starts the server on a free port. Returns its address, a client, and `stop()`. It also stops with `closing`.
 *
 * @param {Closing} closing
 * @param {string[]} [options]
 */
export async function startServer(closing, options = []) {
  // The key of a Wix site, where the developer has one, would be required from the page.
  const env = { ...process.env, WIX_API_KEY: undefined, WIX_SITE_ID: undefined };
  const server = spawn(process.execPath, [COMMAND, 'serve', '--port', '0', '--quiet', ...options], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => server.on('exit', resolve));
  const stop = async () => {
    server.kill();
    await ended;
  };
  closing.after(stop);
  /** @type {string} */
  const address = await new Promise((resolve, reject) => {
    let text = '';
    /** @param {string} chunk */
    const read = (chunk) => {
      text += chunk;
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? [];
      if (found) resolve(found);
    };
    server.stdout.setEncoding('utf8').on('data', read);
    server.stderr.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    server.on('error', reject);
    ended.then((code) => reject(new Error(`wix-media serve ended with ${code}:\n${text}`)));
  });
  return { address, stop, client: createClient({ baseUrl: address }) };
}

/** @typedef {Awaited<ReturnType<typeof startServer>>} Server */

/**
 * Creates a folder for a test, with files: `{ name: bytes }`, or `{ name: { bytes, …options } }`.
 *
 * @param {Server} server
 * @param {string} name
 * @param {Record<string, Buffer | (UploadOptions & { bytes: Buffer })>} [files]
 */
async function workspace({ client }, name, files = {}) {
  const { folder } = await client.folders.createFolder(name);
  const id = String(folder?._id);
  /** @type {Record<string, FileDescriptor>} */
  const made = {};
  for (const [displayName, given] of Object.entries(files)) {
    const { bytes, ...options } = 'bytes' in given ? given : { bytes: given };
    made[displayName] = await client.uploads.upload(bytes, { displayName, parentFolderId: id, ...options });
  }
  return { id, name, files: made, fragment: `#files/${id}` };
}

/**
 * @typedef {import('playwright-core').BrowserContextOptions & { fragment?: string, place?: 'browser' | 'server', panel?: boolean }} OpenOptions
 */

/** Keeps messages on the screen until they are closed, as a pointer that rests on them does. */
function holdToasts() {
  new MutationObserver((records) => {
    for (const { addedNodes } of records) {
      for (const node of addedNodes) if (node instanceof Element && node.matches('.toast')) node.dispatchEvent(new PointerEvent('pointerenter'));
    }
  }).observe(document, { childList: true, subtree: true });
}

/**
 * Opens the page. `faults` collects what must not happen: errors in the console, uncaught ones, and violations of the
 * Content-Security-Policy. Chromium reports failed requests in the console too; those are not faults of the page.
 *
 * @param {Browser} browser
 * @param {string} address
 * @param {OpenOptions} [options]
 */
export async function openPage(browser, address, { fragment = '', place, panel = false, ...options } = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(PATIENCE);
  /** @type {string[]} */
  const faults = [];
  await context.exposeFunction('reportViolation', (/** @type {string} */ text) => faults.push(`policy: ${text}`));
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => Reflect.get(globalThis, 'reportViolation')(`${violatedDirective} ${blockedURI}`));
  });
  const preferences = JSON.stringify({ panel, tab: 'code', ...(place && { place }) });
  // Scripts run in every frame, and that of the browser's PDF viewer has no localStorage.
  await context.addInitScript((text) => {
    if (window.top === window) localStorage.getItem('wix-media page') ?? localStorage.setItem('wix-media page', text);
  }, preferences);
  await context.addInitScript(holdToasts);
  const open = async (fragmentOfTab = fragment) => {
    const page = await context.newPage();
    page.on('pageerror', (error) => faults.push(`uncaught: ${error}`));
    page.on('console', (message) => {
      const isRefusal = /^Failed to load resource|registration blocked by Playwright/.test(message.text());
      if (/^(?:error|warning)$/.test(message.type()) && !isRefusal) faults.push(`${message.type()}: ${message.text()}`);
    });
    await page.goto(`${address}/${fragmentOfTab}`);
    return page;
  };
  return { page: await open(), open, faults, context };
}

/**
 * Opens the page for a test, which fails if the page has reported errors by its end.
 *
 * @param {TestContext} t
 * @param {Browser} browser
 * @param {string} address
 * @param {OpenOptions} [options]
 */
export async function openFor(t, browser, address, options) {
  const made = await openPage(browser, address, options);
  t.after(async () => {
    await made.context.close();
    assert.deepEqual(made.faults, []);
  });
  await settled(made.page);
  return made;
}

/**
 * Starts a server and a browser before a suite, and stops both after it. Call it in the suite itself. `server` and
 * `browser` exist from the first test on: read them where they are used.
 *
 * @param {string[]} [options] Of the server.
 */
export function pageSuite(options = ['--memory']) {
  const closing = leftovers();
  /** @type {Server} */
  let server;
  /** @type {Browser} */
  let browser;
  before(async () => {
    [server, browser] = await Promise.all([startServer(closing, options), startBrowser(closing)]);
  });
  return {
    closing,
    get server() {
      return server;
    },
    get browser() {
      return browser;
    },
    /**
     * Opens the page of the server, as {@link openFor} does.
     *
     * @param {TestContext} t
     * @param {OpenOptions} [how]
     */
    open: (t, how) => openFor(t, browser, server.address, how),
    /**
     * Creates a folder of the server, as {@link workspace} does.
     *
     * @param {string} name
     * @param {Parameters<typeof workspace>[2]} [files]
     */
    workspace: (name, files) => workspace(server, name, files),
    /**
     * Returns the names of the files in a folder of the server, sorted.
     *
     * @param {string | undefined} folderId
     */
    async listed(folderId) {
      const files = await server.client.files.listFiles({ parentFolderId: folderId }).toArray();
      return files.map(({ displayName }) => String(displayName)).sort();
    },
  };
}

/**
 * Returns the heading of the message that stands in place of the items.
 *
 * @param {Page} page
 * @param {string} title
 */
export const message = (page, title) => page.locator('#message').getByRole('heading', { name: title });

/**
 * Waits for a message, and returns it.
 *
 * @param {Page} page
 * @param {string | RegExp} text
 */
export async function toast(page, text) {
  const found = page.locator('.toast', { hasText: text });
  await found.waitFor();
  return found;
}

/**
 * Holds the requests to a URL. Returns a function that lets them go, and with them all later ones.
 *
 * @param {Page} page
 * @param {string} url Of the requests, as a glob.
 * @param {object} [options]
 * @param {string} [options.method] Holds only requests of this method.
 * @param {number} [options.free] How many requests pass before the first one is held.
 * @param {'continue' | 'abort'} [options.end] What becomes of a request that was held.
 */
export async function hold(page, url, { method, free = 0, end = 'continue' } = {}) {
  const { open, opened } = gate();
  let passed = 0;
  await page.route(url, async (route) => {
    if (method && route.request().method() !== method) return route.fallback();
    passed += 1;
    if (passed <= free) return route.continue();
    await opened;
    // The page may have cancelled the request meanwhile, or be gone.
    await route[end]().catch(() => {});
  });
  return () => open();
}

/**
 * Loads a page once more, as of a server without a stream of events.
 *
 * @param {Page} page
 */
export async function withoutEvents(page) {
  await page.context().route('**/_wix-media/events', (route) => route.fulfill({ status: 404, body: '' }));
  await page.reload();
  await settled(page);
}

/**
 * Waits until the view has been listed to its end.
 *
 * @param {Page} page
 */
export const settled = (page) =>
  page.waitForFunction(() => {
    const [grid, message, count] = ['#items', '#message', '#count'].map((selector) => document.querySelector(selector));
    if (!grid || !message || !count) return false;
    if (!grid.matches('[hidden]')) return !/so far/.test(count.textContent);
    return !message.matches('[hidden]') && !message.querySelector('.spinner');
  });

/**
 * Repeats a check until it passes, because a page fills bit by bit. On timeout, throws the error of the last check.
 *
 * @template Result
 * @param {() => Result | Promise<Result>} check
 */
export async function eventually(check) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await delay(50);
    }
  }
}

/**
 * Returns the names of the items in the document.
 *
 * @param {Page} page
 */
export const namesIn = (page) => page.locator('.cell .name').evaluateAll((names) => names.map(({ textContent }) => textContent));

/**
 * Waits until the page shows these items and no others, in any order.
 *
 * @param {Page} page
 * @param {readonly string[]} names
 */
export const showsItems = (page, names) => eventually(async () => assert.deepEqual((await namesIn(page)).toSorted(), names.toSorted()));

/**
 * Waits until the page shows these items and no others, in this order.
 *
 * @param {Page} page
 * @param {readonly string[]} names
 */
export const showsInOrder = (page, names) => eventually(async () => assert.deepEqual(await namesIn(page), names));

/**
 * Chooses a place in the switch of the page.
 *
 * @param {Page} page
 * @param {'In this browser' | 'This server' | 'A Wix site'} name
 */
export const choosePlace = (page, name) => page.locator('label', { hasText: name }).click();

/**
 * Chooses how the page sorts.
 *
 * @param {Page} page
 * @param {string} order
 */
export const sortBy = (page, order) => page.getByLabel('Sort', { exact: true }).selectOption(order);

/**
 * Returns the visible text of an element.
 *
 * @param {Locator} locator
 */
// biome-ignore lint/performance/useDomNodeTextContent: what is hidden, and breaks between lines, matter here
export const textOf = (locator) => locator.innerText();

/**
 * Returns the tile or row of an item.
 *
 * @param {Page} page
 * @param {string} name
 */
export const cell = (page, name) => page.locator('.cell', { has: page.getByText(name, { exact: true }) });

/**
 * Waits until the focus is on the element with a text, or on the item of that name.
 *
 * @param {Page} page
 * @param {string} wanted
 */
export const focusIsOn = (page, wanted) =>
  eventually(async () => {
    const text = await page.evaluate(() => {
      const focused = document.activeElement;
      return (focused?.matches('.cell') ? focused.querySelector('.name') : focused)?.textContent;
    });
    assert.equal(text, wanted);
  });

/**
 * Uploads through the browser's file dialog.
 *
 * @param {Page} page
 * @param {string} entry Of the menu.
 * @param {string | string[]} paths
 */
export async function uploadByDialog(page, entry, paths) {
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('menuitem', { name: entry }).click()]);
  await chooser.setFiles(paths);
}

/**
 * Drops files on an element, as from the desktop.
 *
 * @param {Page} page
 * @param {string} selector It may lead into a shadow tree.
 * @param {{ name: string, type?: string, bytes: string | Buffer }[]} files
 */
export async function drop(page, selector, files) {
  const given = files.map(({ name, type = '', bytes }) => ({ name, type, base64: Buffer.from(bytes).toString('base64') }));
  await page.locator(selector).evaluate(
    (target, list) => {
      const transfer = new DataTransfer();
      for (const { name, type, base64 } of list) {
        transfer.items.add(new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], name, { type }));
      }
      for (const event of ['dragenter', 'dragover', 'drop']) {
        target.dispatchEvent(new DragEvent(event, { dataTransfer: transfer, bubbles: true, cancelable: true }));
      }
    },
    given,
  );
}

/**
 * Returns the records in a store of the browser's database: none while the page has not made it.
 *
 * @param {Page} page
 * @param {string} database
 * @param {string} store
 * @returns {Promise<Record<string, unknown>[]>}
 */
export const recordsIn = (page, database, store) =>
  page.evaluate(
    async ([name, wanted]) => {
      if (!(await indexedDB.databases()).some((one) => one.name === name)) return [];
      return new Promise((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const reading = opening.result.transaction(wanted).objectStore(wanted).getAll();
          reading.onsuccess = () => {
            opening.result.close();
            resolve(reading.result);
          };
        };
      });
    },
    [database, store],
  );

/**
 * Asserts that nothing is wider than the window at this moment.
 *
 * @param {Page} page
 * @param {string} what
 */
export async function nothingSticksOut(page, what) {
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${what}: nothing sticks out`);
}

/**
 * Returns the violations that axe-core finds, as sentences.
 *
 * @param {Page} page
 * @param {string[]} [rules] All rules, unless some are named.
 */
export async function barriers(page, rules) {
  await page.evaluate(axe);
  const options = { resultTypes: /** @type {const} */ (['violations']), ...(rules && { runOnly: rules }) };
  const { violations } = await page.evaluate((given) => /** @type {any} */ (Reflect.get(globalThis, 'axe')).run(document, given), options);
  return /** @type {import('axe-core').Result[]} */ (violations).map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join('; ')}`);
}

/**
 * Saves a screenshot for review.
 *
 * @param {Page} page
 * @param {string} name
 */
export async function keepScreenshot(page, name) {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.waitForFunction(() => [...document.images].every((image) => image.complete || !image.checkVisibility()));
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png` });
}

/**
 * Waits until an image has loaded.
 *
 * @param {Page} page
 * @param {string} selector
 */
export const pictureLoaded = (page, selector) =>
  page.waitForFunction((wanted) => {
    const image = document.querySelector(wanted);
    return image instanceof HTMLImageElement && image.naturalWidth > 0 && image.src;
  }, selector);

/**
 * Waits until the text of an element matches.
 *
 * @param {Page} page
 * @param {string} selector
 * @param {RegExp} wanted
 */
export const textMatches = (page, selector, wanted) =>
  page.waitForFunction(
    ({ found, source }) => new RegExp(source).test(document.querySelector(found)?.textContent ?? ''),
    { found: selector, source: wanted.source },
  );
