// createManager on the browser's own file system in several tabs of Chromium: one of them runs the manager, the others use it.
import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundled } from '../harness/bundled.js';
import { leftovers } from '../harness/leftovers.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { Page } from 'playwright-core'
 * @import { ManagerOptions } from '../../../pkg-template/types/index.js'
 */

/** Resolves once this page has the manager. @param {Page} page */
const takenOver = (page) => page.waitForFunction(() => globalThis.manager.storage.tab === 'owner');

suite('createManager in several tabs', () => {
  const closing = leftovers();
  /** @type {Awaited<ReturnType<typeof bundled>>} */
  let chromium;
  before(async () => {
    chromium = await bundled(closing, fileURLToPath(new URL('page.js', import.meta.url)));
  });

  /**
   * Opens pages one after the other, each with its manager.
   *
   * @param {TestContext} t
   * @param {string} name Of the storage.
   * @param {number} count
   * @param {Pick<ManagerOptions, 'auth' | 'siteId'>} [options]
   */
  async function tabs(t, name, count, options = {}) {
    const pages = [];
    for (let at = 0; at < count; at += 1) {
      const { page, faults } = await chromium.open();
      t.after(async () => {
        if (!page.isClosed()) await page.close();
        assert.deepEqual(faults, []);
      });
      /** @type {string | undefined} */
      const tab = await page.evaluate(async ({ name: opfs, options: more }) => {
        globalThis.heard = [];
        globalThis.reported = [];
        globalThis.manager = await globalThis.wixMedia.createManager({ ...more, storage: { opfs }, onError: ({ code }) => void globalThis.reported.push(code) });
        globalThis.manager.on('*', ({ slug, entityId }) => void globalThis.heard.push(`${slug} ${entityId}`));
        return globalThis.manager.storage.tab;
      }, { name, options });
      assert.equal(tab, at === 0 ? 'owner' : 'guest');
      pages.push(page);
    }
    return pages;
  }

  /** @param {Page} page */
  const names = (page) =>
    page.evaluate(async () => {
      const { client } = globalThis.manager;
      const [files, folders] = await Promise.all([client.files.listFiles().toArray(), client.folders.listFolders().toArray()]);
      return [...files, ...folders].map(({ displayName }) => displayName).sort();
    });

  test('guest: has the whole manager, and no worker', async (t) => {
    const [owner, guest] = await tabs(t, 'whole', 2, { siteId: 'x', auth: { apiKeys: [{ key: 'secret' }] } });
    assert.deepEqual([owner.workers().length, guest.workers().length], [1, 0]);
    const found = await guest.evaluate(async () => {
      const { manager, wixMedia } = globalThis;
      const client = wixMedia.createClient({ manager, auth: { apiKey: 'secret', siteId: 'x' } });
      const bytes = Uint8Array.from({ length: 3_000_000 }, (_, at) => at % 251);
      const { _id: id = '', url = '' } = await client.uploads.upload(new Blob([bytes]), { displayName: 'large.bin', protocol: 'plain' });
      const back = new Uint8Array(await (await manager.fetch(url)).arrayBuffer());
      const range = await manager.fetch(url, { headers: { range: 'bytes=2999998-' } });
      const reader = /** @type {ReadableStream<Uint8Array>} */ ((await manager.fetch(url)).body).getReader();
      const { value } = await reader.read();
      await reader.cancel();
      // The manager of each tab proves to the owner's worker that it may do this.
      await manager.seed([{ path: '/Animals/fox.txt', content: 'a fox' }]);
      const archive = await new Response(await manager.export()).arrayBuffer();
      await manager.reset();
      const empty = manager.storage.usage.isEmpty;
      await manager.import(new Uint8Array(archive));
      const checked = await manager.check();
      await manager.settings({ lagMs: 0 });
      await manager.faults.add({ match: 'listFiles', status: 503, times: 1 });
      await client.files.listFiles();
      await manager.faults.clear();
      const outside = await manager.fetch(`${manager.baseUrl}/site-media/v1/files`);
      const quota = (await manager.estimate())?.quota ?? 0;
      return { id, same: back.length === bytes.length && back.every((byte, at) => byte === bytes[at]), range: [...new Uint8Array(await range.arrayBuffer())], first: value?.[0], empty, whole: [checked.isWhole, checked.files], outside: outside.status, hasQuota: quota > 0, usage: manager.storage.usage.bytes };
    });
    const { id, ...rest } = found;
    assert.deepEqual(rest, { same: true, range: [2_999_998 % 251, 2_999_999 % 251], first: 0, empty: true, whole: [true, 2], outside: 401, hasQuota: true, usage: 3_000_005 });
    for (const page of [owner, guest]) await page.waitForFunction((event) => globalThis.heard.includes(event), `file_ready ${id}`);
    await owner.waitForFunction(() => globalThis.manager.storage.usage.bytes === 3_000_005);
    // A guest that leaves takes nothing with it.
    const denied = await guest.evaluate(async () => {
      await globalThis.manager.close();
      return globalThis.manager.fetch('http://x/').catch((/** @type {any} */ error) => error.code);
    });
    assert.equal(denied, 'MANAGER_CLOSED');
    assert.equal(await owner.evaluate(async () => (await globalThis.manager.fetch(`${globalThis.manager.baseUrl}/_wix-media/health`)).status), 200);
  });

  test('owner: two managers of one page share it too', async (t) => {
    const [page] = await tabs(t, 'twice', 1);
    const found = await page.evaluate(async () => {
      const other = await globalThis.wixMedia.createManager({ storage: { opfs: 'twice' } });
      await other.client.folders.createFolder('Animals');
      await globalThis.manager.close();
      const { folders } = await other.client.folders.listFolders();
      return [other.storage.tab, folders?.map(({ displayName }) => displayName)];
    });
    assert.deepEqual(found, ['owner', ['Animals']]);
  });

  test('handover: each of three tabs goes on with lists and events when the owner closes', async (t) => {
    const [first, second, third] = await tabs(t, 'three', 3);
    await first.evaluate(() => globalThis.manager.seed(Array.from({ length: 24 }, (_, at) => ({ path: `/${at}.txt`, content: `${at}` }))));
    // A list is in its middle while its tab loses the manager.
    const begun = await third.evaluate(async () => {
      const pages = globalThis.manager.client.files.listFiles({ paging: { limit: 8 } })[Symbol.asyncIterator]();
      const some = [];
      while (some.length < 8) some.push((await pages.next()).value?._id);
      Object.assign(globalThis, { pages });
      return some;
    });
    await first.close();
    const rest = await third.evaluate(async () => {
      const some = [];
      for await (const file of /** @type {any} */ (globalThis).pages) some.push(file._id);
      return some;
    });
    assert.equal(new Set([...begun, ...rest]).size, 24);
    await takenOver(second);
    const id = await third.evaluate(async () => (await globalThis.manager.client.folders.createFolder('Animals')).folder?._id);
    for (const page of [second, third]) await page.waitForFunction((event) => globalThis.heard.includes(event), `created ${id}`);
    // Each event was told once, also those of before.
    for (const page of [second, third]) {
      const heard = await page.evaluate(() => globalThis.heard);
      assert.equal(new Set(heard).size, heard.length);
      assert.equal(heard.filter((event) => event.startsWith('file_ready')).length, 24, heard.join('\n'));
    }
    await second.evaluate(() => globalThis.manager.close());
    await takenOver(third);
    assert.equal((await names(third)).length, 25);
    assert.deepEqual(await third.evaluate(() => globalThis.reported), [], 'a handover is no fault');
  });

  for (const protocol of /** @type {('plain' | 'tus')[]} */ (['plain', 'tus'])) {
    for (const how of ['closes', 'crashes', 'calls close']) {
      test(`handover: an upload (${protocol}) of a guest is stored once when the owner ${how}`, async (t) => {
        const [owner, guest] = await tabs(t, `upload ${protocol} ${how}`, 2);
        // Its first bytes are under way for as long as the owner is there. `close` waits for answers, but for no further bytes.
        const slow = how === 'calls close' ? 0 : 3_600_000;
        await owner.evaluate((latencyMs) => globalThis.manager.faults.add({ match: 'PUT /upload/', latencyMs }, { match: 'PATCH /upload/', latencyMs }), slow);
        const uploading = guest.evaluate(async (kind) => {
          const bytes = Uint8Array.from({ length: 24_000_000 }, (_, at) => (at * 7) % 253);
          const { manager, wixMedia } = globalThis;
          const fetch = (/** @type {any} */ url, /** @type {RequestInit} */ init) => {
            const answer = manager.fetch(url, init);
            if (/PUT|PATCH/.test(init?.method ?? url.method ?? '')) globalThis.progress = 1;
            return answer;
          };
          const { uploads } = wixMedia.createClient({ fetch, baseUrl: manager.baseUrl });
          const file = await uploads.upload(new Blob([bytes]), { displayName: 'film.bin', protocol: kind, chunkSizeInBytes: 4 << 20, waitUntil: 'ready' });
          return file._id;
        }, protocol);
        uploading.catch(() => {});
        await guest.waitForFunction(() => globalThis.progress === 1);
        if (how === 'closes') await owner.close();
        else if (how === 'crashes') await crash(owner);
        else await owner.evaluate(() => globalThis.manager.close());
        const id = await uploading;
        await takenOver(guest);
        const found = await guest.evaluate(async () => {
          const files = await globalThis.manager.client.files.listFiles().toArray();
          const { isWhole } = await globalThis.manager.check();
          const back = new Uint8Array(await (await globalThis.manager.fetch(files[0].url ?? '')).arrayBuffer());
          return { ids: files.map(({ _id }) => _id), isWhole, isSame: back.length === 24_000_000 && back.every((byte, at) => byte === (at * 7) % 253) };
        });
        assert.deepEqual(found, { ids: [id], isWhole: true, isSame: true });
      });
    }
  }

  test('handover: what was answered is kept, a call that is safe is repeated, one that creates is rejected', async (t) => {
    const [owner, guest] = await tabs(t, 'under way', 2);
    await guest.evaluate(async () => {
      await globalThis.manager.client.folders.createFolder('answered');
      // Long enough to be under way whenever the owner dies.
      await globalThis.manager.faults.add({ match: 'createFolder', latencyMs: 3_600_000 }, { match: 'listFolders', latencyMs: 3_600_000 });
    });
    const calls = guest.evaluate(async () => {
      const { folders } = globalThis.manager.client;
      const both = Promise.allSettled([folders.createFolder('under way'), folders.listFolders()]);
      setTimeout(() => (globalThis.progress = 1));
      const [created, listed] = await both;
      const { code, retry, status } = /** @type {any} */ (created).reason;
      return { created: [created.status, code, retry, status], listed: listed.status };
    });
    await guest.waitForFunction(() => globalThis.progress === 1);
    await crash(owner);
    assert.deepEqual(await calls, { created: ['rejected', 'MANAGER_LOST', 'maybe', 503], listed: 'fulfilled' });
    await takenOver(guest);
    assert.ok((await names(guest)).includes('answered'));
  });

  test('owner that is frozen: calls of guests wait for it, abort when asked to, and happen once', async (t) => {
    const [owner, guest] = await tabs(t, 'frozen', 2);
    const session = await owner.context().newCDPSession(owner);
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    const creating = guest.evaluate(async () => (await globalThis.manager.client.folders.createFolder('Animals')).folder?.displayName);
    // Whether a worker stops with its page is the browser's matter. An aborted call ends in either case.
    const aborted = await guest.evaluate(async () => {
      const abort = new AbortController();
      const listing = globalThis.manager.client.files.listFiles({}, { signal: abort.signal }).then(() => 'answered', (/** @type {any} */ { name }) => name);
      abort.abort();
      return listing;
    });
    assert.ok(['AbortError', 'answered'].includes(aborted), aborted);
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    assert.equal(await creating, 'Animals');
    assert.deepEqual(await names(guest), ['Animals']);
    await owner.close();
    await takenOver(guest);
    assert.deepEqual(await names(guest), ['Animals']);
  });

  test('guest that crashes: its upload ends with it', async (t) => {
    const [owner, guest] = await tabs(t, 'lost guest', 2);
    await guest.evaluate(async () => {
      const { uploadUrl = '' } = await globalThis.manager.client.files.generateFileUploadUrl('text/plain', { fileName: 'a.txt' });
      const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1000)) });
      void globalThis.manager.fetch(uploadUrl, { method: 'PUT', headers: { 'content-type': 'text/plain' }, body });
    });
    await crash(guest);
    // Closing waits for all requests that are under way.
    await owner.evaluate(() => globalThis.manager.close());
  });

  test('refusals: another clock, another version, another program', async (t) => {
    const [owner, other] = await tabs(t, 'refusals', 2);
    const create = (/** @type {string} */ opfs, /** @type {'system' | 'virtual'} */ clock = 'system') =>
      other.evaluate(async (options) => {
        try {
          await globalThis.wixMedia.createManager(options);
          return 'open';
        } catch (/** @type {any} */ error) {
          return `${error.name} ${error.code} ${error.message}`;
        }
      }, { storage: { opfs }, clock });
    assert.match(await create('refusals', 'virtual'), /^WixMediaError INVALID_ARGUMENT .*clock must be 'system', as in the tab/);
    // An owner with other messages.
    await owner.evaluate(async () => {
      const all = new BroadcastChannel('wix-media.v2 newer tabs');
      all.onmessage = ({ data }) => new BroadcastChannel(`wix-media.v2 newer guest ${data.id}`).postMessage({ type: 'refused' });
      await new Promise((held) => void navigator.locks.request('wix-media.v2 newer owner', () => new Promise(() => held(undefined))));
      // A worker of somebody, or of a version that did not share.
      await new Promise((held) => void navigator.locks.request('wix-media.v2 taken', () => new Promise(() => held(undefined))));
    });
    assert.match(await create('newer'), /^WixMediaError LOCKED .*another version of wix-media\.v2/);
    assert.match(await create('taken'), /^WixMediaError LOCKED .*in use by a worker of another program/);
  });
});

/**
 * Kills the process of a page.
 *
 * @param {Page} page
 */
async function crash(page) {
  const crashed = page.waitForEvent('crash');
  page.goto('chrome://crash').catch(() => {});
  await crashed;
}
