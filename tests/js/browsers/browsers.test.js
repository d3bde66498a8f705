// The package, the page and the picker in Firefox and WebKit: what each of them must do at least.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, suite, test } from 'node:test';
import { leftovers } from '../harness/leftovers.js';
import { recorder } from '../harness/platform.js';
import { expectedOfManager, managerScript } from '../harness/scripts.js';
import { startService } from '../harness/service.js';
import { project } from '../harness/tarball.js';
import { startServer } from '../page/site.js';
import { startFirefox, startWebKit } from './drivers.js';

const ran = recorder(import.meta.url);
const CAT = await readFile(new URL('../../data/photos/chelsea.jpg', import.meta.url), 'base64');

const imports = { 'wix-media.v2': '/node_modules/wix-media.v2/browser.js', 'wix-media.v2/picker': '/node_modules/wix-media.v2/picker.js' };
const html = `<!doctype html><meta charset="utf-8"><title>page</title><script type="importmap">${JSON.stringify({ imports })}</script>
  <script>globalThis.load = (name) => import(name);</script>`;

/** Functions for the scripts below. Parts of the page and of the picker are in shadow trees. */
const tools = `
  const all = (selector, root = document) => [...root.querySelectorAll('*')].flatMap((node) => [...(node.matches(selector) ? [node] : []), ...(node.shadowRoot ? all(selector, node.shadowRoot) : [])]);
  const until = async (look) => { for (;;) { const found = look(); if (found) return found; await new Promise((resolve) => setTimeout(resolve, 20)); } };
  const cell = (name) => all('.cell').find(({ textContent }) => textContent.includes(name));
  const button = (name) => all('button').find((node) => node.textContent.trim() === name && !node.disabled);
  const shown = () => until(() => all('.cell img').find(({ complete, naturalWidth }) => complete && naturalWidth > 0));
  const file = (name, base64) => new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], name, { type: 'image/jpeg' });
`;

// WebKit's port to GTK makes private windows for programs that drive it, and those have no OPFS.
for (const { start, hasOpfs } of [
  { start: startFirefox, hasOpfs: true },
  { start: startWebKit, hasOpfs: false },
]) {
  suite(start.name.slice('start'.length), () => {
    const closing = leftovers();
    /** @type {Awaited<ReturnType<typeof start>>} */
    let browser;
    /** @type {string} */
    let origin;
    before(async () => {
      const service = await startService({ root: await project(closing, { 'index.html': html }) });
      closing.after(() => service.close());
      ({ origin } = service);
      browser = await start(closing);
    });

    const storages = new Map(/** @type {[string, unknown][]} */ ([['in memory', 'memory'], ...(hasOpfs ? [['on OPFS', { opfs: 'browsers' }]] : [])]));
    for (const [name, storage] of storages) {
      test(`the package, with a manager ${name}`, async () => {
        await browser.goto(`${origin}/`);
        const found = await browser.evaluate(`const [storage] = args; ${managerScript} return use(await load('wix-media.v2'), storage);`, storage);
        assert.deepEqual(found, expectedOfManager);
        ran('browsers', browser.name, browser.version);
      });
    }

    test(`the page keeps uploaded files ${hasOpfs ? 'in the browser' : 'on the server'} across a reload`, async (t) => {
      const server = await startServer(t);
      await browser.goto(`${server.address}/`);
      await browser.evaluate("localStorage.setItem('wix-media page', JSON.stringify({ place: args[0] }));", hasOpfs ? 'browser' : 'server');
      await browser.goto(`${server.address}/`);
      await browser.evaluate(
        `${tools}
        await until(() => all('#message').some(({ textContent }) => textContent.includes('No files yet')));
        const transfer = new DataTransfer();
        transfer.items.add(file('cat.jpg', args[0]));
        // In place of the browser's dialog, which nothing can drive. WebKit reads no dropped file that is not on the disk.
        HTMLInputElement.prototype.click = HTMLInputElement.prototype.showPicker = function () {
          this.files = transfer.files;
          this.dispatchEvent(new Event('change', { bubbles: true }));
        };
        (await until(() => button('Upload files'))).click();
        await until(() => cell('cat.jpg'));
        await shown();`,
        CAT,
      );
      await browser.goto(`${server.address}/`);
      assert.deepEqual(await browser.evaluate(`${tools} await until(() => cell('cat.jpg')); await shown(); return all('.cell').length;`), 1);
      assert.equal((await server.client.files.listFiles().toArray()).length, hasOpfs ? 0 : 1);
      ran('browsers', browser.name, browser.version);
    });

    for (const [name, storage] of storages) {
      test(`the picker chooses a file of a manager ${name}`, async () => {
        await browser.goto(`${origin}/`);
        const chosen = await browser.evaluate(
          `${tools}
          const { createManager } = await load('wix-media.v2');
          const { openMediaManager } = await load('wix-media.v2/picker');
          const manager = await createManager({ storage: args[1] === 'memory' ? 'memory' : { opfs: 'picked' } });
          await manager.client.uploads.upload(file('cat.jpg', args[0]));
          const choice = openMediaManager({ manager, category: 'IMAGE' });
          (await until(() => cell('cat.jpg'))).click();
          await shown();
          (await until(() => button('Choose'))).click();
          const { items } = await choice;
          await manager.close();
          return items.map(({ displayName }) => displayName);`,
          CAT,
          storage,
        );
        assert.deepEqual(chosen, ['cat.jpg']);
        ran('browsers', browser.name, browser.version);
      });
    }

    // Without OPFS there is nothing to share.
    if (!hasOpfs) return;
    test('tabs of the page share the files in the browser, also after the first one is closed', async (t) => {
      const { tab, openTab, showTab, closeTab } = browser;
      assert.ok(tab && openTab && showTab && closeTab);
      const server = await startServer(t);
      const first = await tab();
      await browser.goto(`${server.address}/`);
      await browser.evaluate("localStorage.setItem('wix-media page', JSON.stringify({ place: 'browser' }));");
      await browser.goto(`${server.address}/`);
      await browser.evaluate(`${tools} await until(() => button('Upload files'));`);
      const second = await openTab();
      await browser.goto(`${server.address}/`);
      await browser.evaluate(
        `${tools}
        const transfer = new DataTransfer();
        transfer.items.add(file('cat.jpg', args[0]));
        HTMLInputElement.prototype.click = HTMLInputElement.prototype.showPicker = function () {
          this.files = transfer.files;
          this.dispatchEvent(new Event('change', { bubbles: true }));
        };
        (await until(() => button('Upload files'))).click();
        await until(() => cell('cat.jpg'));
        await shown();`,
        CAT,
      );
      // The first tab has the manager, and shows what the other one did.
      await showTab(first);
      await browser.evaluate(`${tools} await until(() => cell('cat.jpg'));`);
      await closeTab(second);
      await browser.evaluate(
        `${tools}
        (await until(() => button('New folder'))).click();
        (await until(() => all('dialog input')[0])).value = 'Kept';
        (await until(() => all('dialog [type=submit]')[0])).click();
        await until(() => cell('Kept'));`,
      );
      await openTab();
      await browser.goto(`${server.address}/`);
      await browser.evaluate(`${tools} await until(() => cell('Kept') && cell('cat.jpg'));`);
      await closeTab(second);
      ran('browsers', browser.name, browser.version);
    });
  });
}
