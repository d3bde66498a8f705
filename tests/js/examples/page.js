// A page of an example, in Chromium.
import { startBrowser } from '../harness/browser.js';
import { startService } from '../harness/service.js';

/** @import { TestContext } from 'node:test' */

/**
 * Serves a folder, and opens its page. Resolves once the page is ready.
 *
 * @param {TestContext} t
 * @param {string} root
 * @returns `faults` are the errors of the page so far: what it threw, and what it wrote to the console.
 */
export async function openPage(t, root) {
  const service = await startService({ root });
  t.after(() => service.close());
  const browser = await startBrowser(t);
  const page = await browser.newPage();
  /** @type {string[]} */
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && !/favicon/.test(message.location().url) && faults.push(message.text()));
  await page.goto(service.origin);
  await page.waitForSelector('[data-ready]');
  return { page, service, faults };
}
