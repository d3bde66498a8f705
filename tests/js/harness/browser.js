// Headless Chromium of the machine.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

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

/** Starts the browser; it is closed when `closing`, a test or the leftovers of a suite, is over. */
export async function startBrowser(closing) {
  const browser = await chromium.launch(OPTIONS);
  closing.after(() => browser.close());
  const newContext = browser.newContext.bind(browser);
  // Also the way to `newPage`. The thirty seconds that playwright waits are too few for a busy machine.
  browser.newContext = async (options) => patient(await newContext(options));
  return browser;
}

function patient(context) {
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

/**
 * Starts the browser with a profile on disk, as people have it, and with `flags` of its own; answers its context. In the
 * private windows of `startBrowser` files of a site are kept in another process, which takes several times as long.
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
 * Opens a page that sets `globalThis.result` or `globalThis.failure`, and answers which; also every error that the page
 * let through.
 */
export async function reportOf(browser, url) {
  const page = await browser.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  try {
    await page.goto(url);
    await page.waitForFunction(() => globalThis.result !== undefined || globalThis.failure !== undefined);
    const { result, failure } = await page.evaluate(() => ({ result: globalThis.result, failure: globalThis.failure }));
    return { result, failure, errors };
  } catch (error) {
    throw new Error(`${error.message}\n${errors.join('\n')}`);
  } finally {
    await page.close();
  }
}
