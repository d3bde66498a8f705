// The pages of the README in Chromium, served from a user's project.
/** @import { TestContext } from 'node:test' */
/** @import { Request } from 'playwright-core' */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { blocks } from '../examples/markdown.js';
import { project, remove } from '../examples/project.js';
import { TOKEN, file, startSite } from '../examples/site.js';
import { startBrowser } from '../harness/browser.js';
import { startService } from '../harness/service.js';
import { PATIENCE } from './site.js';

const API = 'https://www.wixapis.com';

const CAT = fileURLToPath(new URL('../../data/photos/chelsea.jpg', import.meta.url));

/**
 * Serves one of the pages of the README from a project that has the package.
 *
 * @param {TestContext} t
 * @param {number} index
 */
async function servePage(t, index) {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
  const pages = blocks(readme).filter(({ language }) => language === 'html');
  assert.equal(pages.length, 2);
  const folder = await project();
  t.after(() => remove(folder));
  await writeFile(join(folder, 'index.html'), pages[index].code);
  await writeFile(join(folder, 'token'), TOKEN);
  const server = await startService({ root: folder });
  t.after(() => server.close());
  return server;
}

test('README, first page: keeps what was uploaded', async (t) => {
  const server = await servePage(t, 0);
  const browser = await startBrowser(t);
  const tab = await browser.newPage();
  /** @type {string[]} */
  const errors = [];
  tab.on('pageerror', (error) => errors.push(String(error)));
  await tab.goto(`${server.origin}/`);
  await tab.waitForSelector('input:enabled', { timeout: PATIENCE });
  await tab.setInputFiles('input', CAT);
  const shown = () => {
    const [picture, ...others] = document.querySelectorAll('li img');
    return picture instanceof HTMLImageElement && picture.naturalWidth > 0 && others.length === 0 && picture.alt;
  };
  assert.equal(await (await tab.waitForFunction(shown, undefined, { timeout: PATIENCE })).jsonValue(), 'chelsea.jpg');
  await tab.reload();
  assert.equal(await (await tab.waitForFunction(shown, undefined, { timeout: PATIENCE })).jsonValue(), 'chelsea.jpg');
  assert.deepEqual(errors, []);
});

test('README, second page: lists the images of a site', async (t) => {
  const server = await servePage(t, 1);

  const images = Array.from({ length: 60 }, (_, index) => file(`image ${index}.jpg`));
  const site = await startSite({ files: [...images, file('clip.mp4')] });
  t.after(() => site.close());

  const browser = await startBrowser(t);
  const tab = await browser.newPage();
  /** @type {string[]} */
  const errors = [];
  tab.on('pageerror', (error) => errors.push(String(error)));
  const pictures = new Set();
  // Tests do not reach Wix. The stub answers in its place.
  await tab.route(`${API}/**`, async (route) => {
    const request = route.request();
    const { status, headers, body } = await forwarded(site, request);
    await route.fulfill({ status, headers: { ...headers, 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' }, body });
  });
  await tab.route('https://static.wixstatic.com/**', (route) => {
    pictures.add(route.request().url());
    return route.fulfill({ status: 404 });
  });
  await tab.goto(`${server.origin}/`);
  await tab.waitForFunction((count) => document.querySelectorAll('li img').length === count, images.length, { timeout: PATIENCE });

  const names = await tab.$$eval('li img', (elements) => elements.map((image) => image.getAttribute('alt')));
  assert.deepEqual(names, images.map(({ displayName }) => displayName));
  assert.ok(pictures.has('https://static.wixstatic.com/media/a1b2c3_image-0-jpg~mv2.jpg/v1/fill/w_150,h_150,al_c,q_80,usm_0.66_1.00_0.01,enc_auto/a1b2c3_image-0-jpg~mv2.jpg'));
  assert.deepEqual(errors, []);
  // Two pages of fifty files, each requested with the token as it is.
  assert.deepEqual(site.requests.map(({ headers }) => headers.authorization), [TOKEN, TOKEN]);
});

/**
 * Answers a request as the stub of the service does.
 *
 * @param {{ origin: string }} site
 * @param {Request} request
 * @returns {Promise<{ status: number, headers: Record<string, string>, body: string }>}
 */
async function forwarded(site, request) {
  if (request.method() === 'OPTIONS') return { status: 204, headers: {}, body: '' };
  const { pathname, search } = new URL(request.url());
  const { authorization } = await request.allHeaders();
  const response = await fetch(`${site.origin}${pathname}${search}`, { method: request.method(), headers: { authorization } });
  return { status: response.status, headers: { 'content-type': 'application/json' }, body: await response.text() };
}
