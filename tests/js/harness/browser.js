// Headless Chromium of the machine.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

/**
 * @import { Browser, BrowserContext } from 'playwright-core'
 * @import { Closing } from './types.d.ts'
 */

/** How long the browser may take for anything. It only ends a test that hangs: a busy machine takes its time. */
const PATIENCE_MS = 600_000;

const OPTIONS = {
  timeout: PATIENCE_MS,
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

/**
 * Starts the browser. It is closed at the end of `closing`.
 *
 * @param {Closing} closing
 */
export async function startBrowser(closing) {
  const browser = await chromium.launch(OPTIONS);
  closing.after(() => browser.close());
  const newContext = browser.newContext.bind(browser);
  // `newPage` calls it too. The thirty seconds that playwright waits are too few for a busy machine.
  browser.newContext = async (options) => patient(await newContext(options));
  return browser;
}

/** @param {BrowserContext} context */
function patient(context) {
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

/**
 * Starts the browser with a profile on disk. Private windows, those of `startBrowser`, keep the files of a site in another
 * process, which takes several times as long.
 *
 * @param {Closing} closing
 * @param {string[]} [flags]
 */
export async function startProfile(closing, flags = []) {
  const folder = await mkdtemp(join(tmpdir(), 'wix-media-profile-'));
  const context = await chromium.launchPersistentContext(folder, { ...OPTIONS, args: [...OPTIONS.args, ...flags] });
  closing.after(async () => {
    await context.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return patient(context);
}

/**
 * Opens a page that sets `globalThis.result` or `globalThis.failure`. Resolves to both, and to the uncaught errors of the page.
 *
 * @param {Browser} browser
 * @param {string} url
 */
export async function reportOf(browser, url) {
  const page = await browser.newPage();
  /** @type {string[]} */
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  try {
    await page.goto(url);
    await page.waitForFunction(() => 'result' in globalThis || 'failure' in globalThis);
    const { result, failure } = await page.evaluate(() => {
      const { result: value, failure: reason } = /** @type {{ result?: any, failure?: any }} */ (globalThis);
      return { result: value, failure: reason };
    });
    return { result, failure, errors };
  } catch (/** @type {any} */ error) {
    throw new Error(`${error.message}\n${errors.join('\n')}`);
  } finally {
    await page.close();
  }
}
