// What Node sends by its own `fetch`: without a copy of the body, and with redirects all the same.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { md5, noise } from '../harness/bytes.js';
import { createClient } from '../harness/package.js';
import { startUploadService } from '../harness/upload-service.js';

/**
 * A client of a service that answers the first request of each kind with a redirect to itself.
 *
 * @param {import('node:test').TestContext} t
 * @param {string[]} [redirected]
 */
async function serve(t, redirected = []) {
  const service = await startUploadService({
    fault: ({ kind, number, request }) =>
      redirected.includes(kind) && number === 0 && { status: 307, headers: { location: `http://${request.headers.host}${request.url}` }, json: {} },
  });
  t.after(service.close);
  const { uploads } = createClient({ baseUrl: service.origin, auth: { apiKey: 'key' } });
  return { service, uploads };
}

suite('requests by the fetch of Node', () => {
  test('fetch tees no body', async (t) => {
    const { uploads } = await serve(t);
    const tee = t.mock.method(ReadableStream.prototype, 'tee');
    await uploads.upload(noise(100_000), { sessions: false });
    await uploads.upload(noise(100_000), { sessions: false, protocol: 'tus' });
    await uploads.upload(noise(1_000_000), { sessions: false });
    assert.equal(tee.mock.callCount(), 0);
  });

  test('a redirect of a call and of a small body is followed', async (t) => {
    const { service, uploads } = await serve(t, ['begin', 'put']);
    const bytes = noise(100_000);
    const { hash } = await uploads.upload(bytes, { sessions: false });
    assert.equal(service.requests.filter(({ kind }) => kind === 'begin').length, 2);
    assert.equal(service.requests.filter(({ kind }) => kind === 'put').length, 2);
    assert.equal(hash, md5(bytes));
  });

  test('a fetch that took the place of the global one gets requests unchanged', async (t) => {
    const { service, uploads } = await serve(t);
    const { fetch } = globalThis;
    /** @type {RequestInit[]} */
    const sent = [];
    globalThis.fetch = (url, init) => {
      sent.push(/** @type {RequestInit} */ (init));
      return fetch(url, init);
    };
    t.after(() => {
      globalThis.fetch = fetch;
    });
    await uploads.upload(noise(1000), { sessions: false });
    assert.equal(service.requests.length, 2);
    assert.deepEqual(sent.map(({ redirect }) => redirect), [undefined, undefined]);
    assert.ok(sent[1].body instanceof Uint8Array);
  });
});
