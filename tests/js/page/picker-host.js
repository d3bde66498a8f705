// A page of somebody else that uses the picker: the package, a button, and what was chosen.
/** @import { Browser, BrowserContextOptions, Page } from 'playwright-core' */
/** @import { TestContext } from 'node:test' */
import assert from 'node:assert/strict';
import { PATIENCE } from './site.js';

/** As strict as a page can be that runs the package. */
const POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; connect-src *; img-src * blob:; media-src *; worker-src 'self'; style-src 'none'";

const TRUSTED_TYPES = "require-trusted-types-for 'script'; trusted-types 'none'";

/** What every page runs first. `chosen` is what the last dialog has resolved to, once it has. */
const PRELUDE = `
  import { createClient, createManager } from 'wix-media.v2';
  import { openMediaManager, WixMediaPicker } from 'wix-media.v2/picker';
  const state = { chosen: 'nothing yet' };
  const client = createClient({ baseUrl: location.origin });
  const namesOf = (chosen) => chosen ? chosen.items.map(({ displayName }) => displayName) : String(chosen);
  const failureOf = ({ name, code, message }) => ({ name, code, message });
  async function ask(options) {
    state.chosen = 'nothing yet';
    state.chosen = await openMediaManager({ client, ...options }).then(namesOf, failureOf);
  }
  Object.assign(globalThis, { ask, client, createClient, createManager, failureOf, namesOf, openMediaManager, state, WixMediaPicker });
  document.documentElement.dataset.ready = '';
`;

/**
 * Opens the page at the address of a server, which has the package at \`/wix-media/\`.
 *
 * @param {TestContext} t
 * @param {Browser} browser
 * @param {string} address
 * @param {BrowserContextOptions & { body?: string, lang?: string, dir?: string, trustedTypes?: string }} [options]
 */
export async function openHost(t, browser, address, { body = '', lang = 'en', dir = 'ltr', trustedTypes = TRUSTED_TYPES, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', reducedMotion: 'reduce', serviceWorkers: 'block', ...options });
  context.setDefaultTimeout(PATIENCE);
  /** @type {string[]} */
  const faults = [];
  const html = `<!doctype html><html lang="${lang}" dir="${dir}"><meta charset="utf-8"><title>Editor</title><meta name="viewport" content="width=device-width">
    <script type="importmap">{ "imports": { "wix-media.v2": "/wix-media/browser.js", "wix-media.v2/picker": "/wix-media/picker.js" } }</script>
    <script type="module">${PRELUDE}</script>
    <main><h1>Editor</h1><button type="button" id="opener">Choose…</button>${body}</main></html>`;
  await context.route(`${address}/editor`, (route) => route.fulfill({ body: html, contentType: 'text/html', headers: { 'content-security-policy': `${POLICY}; ${trustedTypes}` } }));
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(`uncaught: ${error}`));
  page.on('console', (message) => {
    if (/^(?:error|warning)$/.test(message.type()) && !/^Failed to load resource/.test(message.text())) faults.push(`${message.type()}: ${message.text()}`);
  });
  t.after(async () => {
    await context.close();
    assert.deepEqual(faults, []);
  });
  await page.goto(`${address}/editor`);
  await page.waitForSelector('html[data-ready]', { state: 'attached' });
  return { page, faults };
}

/**
 * Opens the dialog as a click on the button of the page does. Options that are no JSON are made in the page by `extra`.
 *
 * @param {Page} page
 * @param {object} [options]
 */
export async function openDialog(page, options = {}) {
  await page.evaluate((given) => {
    document.getElementById('opener')?.addEventListener('click', () => Reflect.get(globalThis, 'ask')(given), { once: true });
  }, options);
  await page.locator('#opener').click();
  await page.getByRole('dialog').waitFor();
  return page.getByRole('dialog');
}

/**
 * Waits until the dialog has ended, and returns the names of what was chosen.
 *
 * @param {Page} page
 * @returns {Promise<unknown>}
 */
export async function chosenIn(page) {
  await page.waitForFunction(() => Reflect.get(globalThis, 'state').chosen !== 'nothing yet');
  return page.evaluate(() => Reflect.get(globalThis, 'state').chosen);
}
