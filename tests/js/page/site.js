// The page as `cargo xtask start` serves it, in Chromium, by a person who watches out for errors.
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SCREENSHOTS = fileURLToPath(new URL('../../../target/page-screenshots/', import.meta.url));

/** Starts the server of the page, building what is missing, and gives its address. */
export function startSite(closing) {
  const server = spawn('cargo', ['xtask', 'start', '--port', '0'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  closing.after(() => server.kill());
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk) => {
      text += chunk;
      const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? [];
      if (address) resolve(address);
    };
    server.stdout.setEncoding('utf8').on('data', read);
    server.stderr.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`cargo xtask start ended with ${code}:\n${text}`)));
  });
}

/**
 * Opens the page. `faults` collects what must not happen: errors in the console, uncaught ones, and violations of the
 * Content-Security-Policy. That a refused request shows up in Chromium's console is not the page's doing.
 */
export async function openPage(browser, address, { colorScheme = 'light', viewport = { width: 1280, height: 800 }, fragment = '' } = {}) {
  const context = await browser.newContext({ colorScheme, viewport, locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce' });
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(`uncaught: ${error}`));
  page.on('console', (message) => {
    const isRefusal = /^Failed to load resource/.test(message.text()) && !message.location().url.startsWith(address);
    if (/^(error|warning)$/.test(message.type()) && !isRefusal) faults.push(`${message.type()}: ${message.text()}`);
  });
  await page.exposeFunction('reportViolation', (text) => faults.push(`policy: ${text}`));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => globalThis.reportViolation(`${violatedDirective} ${blockedURI}`));
  });
  await page.goto(`${address}/${fragment}`);
  await page.waitForFunction(() => document.querySelector('main section:not([hidden])'));
  return { page, faults, context };
}

/** Connects the page to a service by its form, and waits for the list of files that it asks for. */
export async function connect(page, { origin }, { key, site }) {
  await page.goto(`${new URL(page.url()).origin}/#connection`);
  await page.getByLabel('Base URL').fill(origin);
  await page.getByLabel('API key', { exact: true }).fill(key);
  await page.getByLabel('Site ID').fill(site);
  await page.getByRole('button', { name: 'Connect and list files' }).click();
  await settled(page);
}

/** Waits until no call of a form is under way. */
export async function settled(page) {
  await page.waitForFunction(() => !document.querySelector('.outcome[aria-busy]'));
}

/** Keeps a picture of the page for those who look at it later. */
export async function keepScreenshot(page, name, options) {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.waitForFunction(() => [...document.images].every((image) => image.complete || !image.checkVisibility()));
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, ...options });
}
