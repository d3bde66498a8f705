// A page of another site in the browser of the owner of a server, and what it cannot do there. The rules themselves are in
// tests/js/command/guard.test.js; here a browser says what it really sends.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { before, suite, test } from 'node:test';
import { startProfile } from '../harness/browser.js';
import { leftovers } from '../harness/leftovers.js';
import { photo, startServer } from './site.js';

/**
 * @import { AddressInfo } from 'node:net'
 * @import { BrowserContext, Page } from 'playwright-core'
 * @import { FileDescriptor } from '../../../pkg-template/types/index.js'
 * @import { Server } from './site.js'
 */

suite('strangers', () => {
  const closing = leftovers();
  /** @type {Server} */
  let server;
  /** @type {BrowserContext} */
  let context;
  /** @type {string} */
  let port;
  /** @type {FileDescriptor} */
  let picture;
  /** @type {FileDescriptor} */
  let script;

  before(async () => {
    server = await startServer(closing);
    const { uploads, folders } = server.client;
    await folders.createFolder('kept');
    picture = await uploads.upload(await photo('chelsea.jpg'), { displayName: 'a.jpg' });
    script = await uploads.upload(Buffer.from("globalThis.ran = true; if (!globalThis.document) postMessage('ran');"), { displayName: 'a.js', mimeType: 'text/javascript' });
    const other = createServer((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<!doctype html><title>another page</title><a href="${server.address}/">to the server</a>`);
    });
    await new Promise((resolve) => other.listen(0, '127.0.0.1', () => resolve(undefined)));
    closing.after(() => other.close());
    port = String(/** @type {AddressInfo} */ (other.address()).port);
    context = await startProfile(closing, ['--host-resolver-rules=MAP evil.example 127.0.0.1']);
  });

  /**
   * Opens a page, and runs a function in it.
   *
   * @param {string} url
   */
  async function openAt(url) {
    const page = await context.newPage();
    const response = await page.goto(url);
    return { page, response };
  }

  /** @param {Page} page */
  const folderNames = async (page) => {
    await page.close();
    return (await server.client.folders.listFolders().toArray()).map(({ displayName }) => displayName);
  };

  test('a page of another site: reads nothing, changes nothing, and shows public pictures', async () => {
    const { page } = await openAt(`http://evil.example:${port}/`);
    const outcome = await page.evaluate(
      async ({ base, url }) => {
        /** @param {string} path @param {RequestInit} [init] */
        const tried = async (path, init) => {
          try {
            return (await fetch(base + path, init)).type;
          } catch {
            return 'failed';
          }
        };
        /** @param {'img' | 'script'} tag @param {string} address */
        const loaded = (tag, address) =>
          new Promise((resolve) => {
            const element = document.createElement(tag);
            element.onload = () => resolve('loaded');
            element.onerror = () => resolve('failed');
            element.src = address;
            document.documentElement.append(element);
          });
        const body = '{"displayName":"by a page"}';
        return {
          read: await tried('/site-media/v1/files'),
          health: await tried('/_wix-media/health'),
          json: await tried('/site-media/v1/folders', { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
          plain: await tried('/site-media/v1/folders', { method: 'POST', body }),
          unread: await tried('/site-media/v1/folders', { method: 'POST', mode: 'no-cors', body }),
          reset: await tried('/_wix-media/reset', { method: 'POST', mode: 'no-cors' }),
          package: await loaded('script', `${base}/wix-media/browser.js`),
          picture: await loaded('img', url),
          media: await tried(url.slice(base.length)),
        };
      },
      { base: server.address, url: String(picture.url) },
    );
    // A page cannot see that an answer that it may not read was a refusal.
    const { unread, reset, ...visible } = outcome;
    for (const type of [unread, reset]) assert.match(type, /^(opaque|failed)$/);
    assert.deepEqual(visible, { read: 'failed', health: 'failed', json: 'failed', plain: 'failed', package: 'failed', picture: 'loaded', media: 'cors' });
    assert.deepEqual(await folderNames(page), ['kept']);
  });

  test('a form of another site: is refused', async () => {
    const { page } = await openAt(`http://evil.example:${port}/`);
    const submitted = page.waitForResponse((response) => response.url().endsWith('/_wix-media/reset'));
    await page.evaluate((base) => {
      const form = document.createElement('form');
      form.method = 'post';
      form.action = `${base}/_wix-media/reset`;
      document.documentElement.append(form);
      form.submit();
    }, server.address);
    assert.equal((await submitted).status(), 403);
    assert.deepEqual(await folderNames(page), ['kept']);
  });

  test('a link of another site: opens the page of the server, also where its service worker answers', async () => {
    for (const visit of ['first', 'second']) {
      const { page } = await openAt(`http://evil.example:${port}/`);
      await page.getByText('to the server').click();
      await page.waitForURL(`${server.address}/**`);
      assert.match(await page.title(), /wix-media/);
      // The first visit installs the service worker, which answers the second one.
      if (visit === 'second') assert.ok(await page.evaluate(() => navigator.serviceWorker.controller !== null));
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
      await page.close();
    }
  });

  test('a name that was made to lead here: is refused', async () => {
    const { page, response } = await openAt(`http://evil.example:${new URL(server.address).port}/_wix-media/export`);
    assert.equal(response?.status(), 403);
    const inside = await page.evaluate(async () => [(await fetch('/site-media/v1/files')).status, (await fetch('/_wix-media/reset', { method: 'POST' })).status]);
    assert.deepEqual(inside, [403, 403]);
    assert.deepEqual(await folderNames(page), ['kept']);
  });

  test('a page of this machine, as of a development server: calls the API, by any name', async () => {
    for (const from of ['localhost', '127.0.0.1', 'app.localhost']) {
      const { page } = await openAt(`http://${from}:${port}/`);
      const outcome = await page.evaluate(async (base) => {
        const headers = { 'content-type': 'application/json' };
        const made = await fetch(`${base}/site-media/v1/folders`, { method: 'POST', headers, body: '{"displayName":"by a developer"}' });
        const { folder } = await made.json();
        const gone = await fetch(`${base}/site-media/v1/bulk/folders/delete`, { method: 'POST', headers, body: JSON.stringify({ folderIds: [folder.id], permanent: true }) });
        const health = await fetch(`${base}/_wix-media/health`);
        const reset = await fetch(`${base}/_wix-media/reset`, { method: 'POST', headers, body: '{}' }).then(({ status }) => status, () => 'failed');
        return [made.status, gone.status, health.status, reset];
      }, server.address);
      assert.deepEqual(outcome, [200, 200, 200, 'failed'], from);
      assert.deepEqual(await folderNames(page), ['kept']);
    }
  });

  test('an uploaded script: does not run on the page of the server, even where its policy is gone', async () => {
    // The policy of every answer of the server would keep the script away too.
    const page = await context.newPage();
    await page.route('**/blank', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>blank</title>' }));
    await page.goto(`${server.address}/blank`);
    const outcome = await page.evaluate(async (url) => {
      const ran = () => Reflect.get(globalThis, 'ran') === true;
      /** @param {'text/javascript' | 'module'} type */
      const run = (type) =>
        new Promise((resolve) => {
          const element = document.createElement('script');
          element.type = type;
          element.onload = () => resolve('loaded');
          element.onerror = () => resolve('failed');
          element.src = url;
          document.documentElement.append(element);
        });
      const worker = new Promise((resolve) => {
        const one = new Worker(url);
        one.onmessage = () => resolve('ran');
        one.onerror = () => resolve('failed');
      });
      const registered = navigator.serviceWorker.register(url).then(() => 'registered', () => 'failed');
      return { classic: await run('text/javascript'), module: await run('module'), worker: await worker, registered: await registered, ran: ran() };
    }, String(script.url));
    assert.deepEqual(outcome, { classic: 'failed', module: 'failed', worker: 'failed', registered: 'failed', ran: false });
    await page.close();

    // Another page may, as at Wix.
    const { page: other } = await openAt(`http://localhost:${port}/`);
    await other.addScriptTag({ url: String(script.url) });
    assert.equal(await other.evaluate(() => Reflect.get(globalThis, 'ran')), true);
    await other.close();
  });
});
