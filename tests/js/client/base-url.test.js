import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ok, scriptedClient } from '../harness/client.js';
import { createClient } from '../harness/package.js';

suite('baseUrl', () => {
  for (const [baseUrl, expected] of [
    [undefined, 'https://www.wixapis.com/site-media/v1/files'],
    ['http://127.0.0.1:4410', 'http://127.0.0.1:4410/site-media/v1/files'],
    ['http://127.0.0.1:4410/', 'http://127.0.0.1:4410/site-media/v1/files'],
    ['https://proxy.example.com/wix//', 'https://proxy.example.com/wix/site-media/v1/files'],
  ]) {
    test(`baseUrl: accepts ${baseUrl}`, async () => {
      const { files, requests } = scriptedClient([ok({ files: [] })], { baseUrl });
      await files.listFiles();
      assert.equal(requests[0].url, expected);
    });
  }
});

suite('fetch', () => {
  test('fetch: is called without a this', async () => {
    /** @type {unknown} */
    let self = 'not called';
    const client = createClient({
      auth: { apiKey: 'k' },
      fetch: function () {
        self = this;
        return Promise.resolve(new Response('{"files":[]}'));
      },
    });
    await client.files.listFiles();
    assert.equal(self, undefined);
  });

  test('fetch: is looked up at each call when it is that of the platform', async (t) => {
    const client = createClient({ auth: { apiKey: 'k' } });
    for (const id of ['a', 'b']) {
      t.mock.method(globalThis, 'fetch', async () => new Response(JSON.stringify({ folder: { id } })));
      assert.deepEqual(await client.folders.getFolder('d'), { _id: id });
      t.mock.restoreAll();
    }
  });

  test('fetch: receives a plain object of headers, and a body only if there is one', async () => {
    const { files, folders, requests } = scriptedClient([ok()]);
    await files.listFiles();
    await folders.createFolder('a');
    assert.deepEqual(Object.keys(requests[0]).sort(), ['headers', 'method', 'url']);
    assert.equal(typeof requests[1].body, 'string');
    assert.equal(requests[1].headers['Content-Type'], 'application/json');
  });
});

test('files and folders: need no this', async () => {
  const { client } = scriptedClient([ok({ files: [] })]);
  const { listFiles } = client.files;
  assert.deepEqual(await listFiles(), { files: [] });
});
