// The service worker without a browser: what it caches, and what it answers when the network or the cache fails.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import vm from 'node:vm';

const SOURCE = await readFile(new URL('../../../www/service-worker.js', import.meta.url), 'utf8');
const SCOPE = 'https://example.com/media/';

/** @typedef {Map<string, Map<string, Response>>} Stored The caches of an origin, by name. */

/**
 * Runs a version of the worker on some caches.
 *
 * @param {string} version
 * @param {Stored} stored
 * @param {(url: string) => Promise<Response>} fetch
 */
function start(version, stored, fetch) {
  /** @type {Map<string, (event: object) => void>} */
  const listeners = new Map();
  /** Whether the origin has used up its quota. */
  const quota = { isFull: false };
  const caches = {
    /** @param {string} name */
    async open(name) {
      const entries = stored.get(name) ?? new Map();
      stored.set(name, entries);
      return {
        match: async (/** @type {string} */ url) => entries.get(url)?.clone(),
        async put(/** @type {string | URL} */ url, /** @type {Response} */ response) {
          if (quota.isFull) throw new DOMException('Quota exceeded.', 'QuotaExceededError');
          entries.set(String(url), response);
        },
      };
    },
    keys: async () => [...stored.keys()],
    delete: async (/** @type {string} */ name) => stored.delete(name),
  };
  const self = {
    location: new URL('service-worker.js', SCOPE),
    skipWaiting: async () => {},
    clients: { claim: async () => {}, matchAll: async () => [] },
    addEventListener: (/** @type {string} */ type, /** @type {(event: object) => void} */ listener) => listeners.set(type, listener),
  };
  const source = SOURCE.replace("const VERSION = 'source';", `const VERSION = '${version}';`).replace("'favicon.svg'];", `'favicon.svg', 'page-${version}.js'];`);
  vm.runInNewContext(source, { self, caches, URL, Response, Headers, console, fetch: (/** @type {{ url: string } | URL} */ given) => fetch('url' in given ? given.url : String(given)) });
  /** @param {string} type @param {object} [given] */
  const dispatch = (type, given) =>
    new Promise((resolve, reject) => {
      const settle = (/** @type {Promise<unknown>} */ work) => work.then(resolve, reject);
      listeners.get(type)?.({ ...given, waitUntil: settle, respondWith: settle });
    });
  return {
    quota,
    install: () => dispatch('install'),
    activate: () => dispatch('activate'),
    /** @param {string} file @returns {Promise<string>} */
    async get(file) {
      const response = /** @type {Response} */ (await dispatch('fetch', { request: { method: 'GET', url: new URL(file, SCOPE).href } }));
      return response.text();
    },
  };
}

/** A server of a version of the page. @param {string} version @returns {(url: string) => Promise<Response>} */
const serverOf = (version) => async (url) => new Response(`${version} ${new URL(url).pathname}`);
const offline = async () => {
  throw new TypeError('offline');
};

suite('service worker', () => {
  test('page: is answered from the network when the quota is full', async () => {
    const worker = start('AAAAAAAA', new Map(), serverOf('new'));
    worker.quota.isFull = true;
    assert.equal(await worker.get('./'), 'new /media/');
    assert.equal(await worker.get('wix-media/browser.js'), 'new /media/wix-media/browser.js');
    assert.equal(await worker.get('de-CCCCCCCC.js'), 'new /media/de-CCCCCCCC.js', 'a bundle that it would keep');
  });

  test('update: one that fails leaves the earlier version whole', async () => {
    /** @type {Stored} */
    const stored = new Map();
    const first = start('AAAAAAAA', stored, serverOf('one'));
    await first.install();
    await first.activate();
    const broken = start('BBBBBBBB', stored, (url) => (url.endsWith('page-BBBBBBBB.js') ? offline() : serverOf('two')(url)));
    await assert.rejects(broken.install(), /offline/);
    assert.equal(stored.size, 1, 'nothing of it is stored');
    // A page that was loaded meanwhile, of the newer version.
    await start('AAAAAAAA', stored, serverOf('two')).get('./');
    const later = start('AAAAAAAA', stored, offline);
    for (const file of ['./', 'page-AAAAAAAA.js', 'wix-media/browser.js', 'wix-media/manager.wasm']) {
      assert.equal(await later.get(file), `one ${new URL(file, SCOPE).pathname}`);
    }
  });

  test('update: takes the place of the earlier version when it is activated', async () => {
    /** @type {Stored} */
    const stored = new Map([['wix-media page', new Map()], ['of another page', new Map()]]);
    const first = start('AAAAAAAA', stored, serverOf('one'));
    await first.install();
    await first.activate();
    const second = start('BBBBBBBB', stored, serverOf('two'));
    await second.install();
    assert.equal(await start('AAAAAAAA', stored, offline).get('./'), 'one /media/');
    await second.activate();
    assert.equal(await start('BBBBBBBB', stored, offline).get('./index.html'), 'two /media/');
    assert.deepEqual([...stored.keys()], ['of another page', 'wix-media page /media/ BBBBBBBB']);
  });
});
