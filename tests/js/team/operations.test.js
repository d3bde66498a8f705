// What operators see of wix-media-server: request ids, and the metrics of the admin port.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { ask, native } from './native.js';

/** @import { TestContext } from 'node:test' */

/**
 * A server with an admin port.
 *
 * @param {TestContext} t
 */
async function operated(t) {
  const server = await native(t, await temporaryFolder(t), ['--admin-port', '0']);
  const { address } = await server.logged('listening for operators');
  return { ...server, admin: String(address) };
}

/**
 * The values of a text of metrics, by name and labels.
 *
 * @param {string} text
 */
function valuesOf(text) {
  const lines = text.split('\n').filter((line) => line && !line.startsWith('#'));
  for (const line of lines) assert.match(line, /^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [\d.]+$/);
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

suite('wix-media-server: operations', () => {
  test('a request id is kept if it is sane, made otherwise, and stands in the log', async (t) => {
    const server = await operated(t);
    const given = await ask(server.origin, 'GET', '/healthz', { headers: { 'x-request-id': 'deploy-7.3_a' } });
    assert.equal(given.headers['x-request-id'], 'deploy-7.3_a');
    await server.logged('request');
    assert.match(server.text.stdout, /"id":"deploy-7\.3_a"/);
    const made = await ask(server.origin, 'GET', '/nowhere', { headers: { 'x-request-id': 'with a space' } });
    assert.match(String(made.headers['x-request-id']), /^[0-9a-f]{32}$/);
    // A refusal has one too.
    const refused = await ask(server.origin, 'GET', '/healthz', { headers: { host: 'evil.example' } });
    assert.equal(refused.status, 403);
    assert.match(String(refused.headers['x-request-id']), /^[0-9a-f]{32}$/);
    assert.doesNotMatch(server.text.stdout, /with a space/);
  });

  test('metrics count requests by class and status, and the bytes of files', async (t) => {
    const server = await operated(t);
    const { files, uploads } = createClient({ baseUrl: server.origin });
    await uploads.upload(new TextEncoder().encode('water and sun'), { displayName: 'small.txt' });
    await files.listFiles();
    assert.equal((await ask(server.origin, 'GET', '/site-media/v1/files/missing')).status, 400);
    assert.equal((await ask(server.origin, 'GET', '/media/missing.jpg')).status, 404);
    // A request is counted before it is logged, and both happen once its answer has been sent.
    for (const status of [400, 404]) await server.logged('request', { status });
    const { status, headers, text } = await ask(server.admin, 'GET', '/metrics');
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    const values = valuesOf(text);
    assert.equal(values.wix_media_files_bytes, 13);
    assert.equal(values['wix_media_requests_total{class="media",status="404"}'], 1);
    assert.equal(values['wix_media_requests_total{class="api",status="400"}'], 1);
    assert.ok(values['wix_media_requests_total{class="upload",status="200"}'] >= 1, text);
    const api = Object.entries(values).filter(([name]) => name.startsWith('wix_media_requests_total{class="api"'));
    assert.equal(values['wix_media_request_duration_seconds_count{class="api"}'], api.reduce((sum, [, count]) => sum + count, 0));
    assert.ok(values.wix_media_connections >= 1);
    assert.deepEqual([values.wix_media_uploads, values.wix_media_imports, values.wix_media_pictures_pending], [0, 0, 0]);
    // Names of files, keys and addresses are in no label.
    assert.doesNotMatch(text, /small|missing|127\.0\.0\.1/);
  });

  test('the admin port answers metrics and probes, and nothing else', async (t) => {
    const { origin, admin, end } = await operated(t);
    for (const [path, status] of /** @type {const} */ ([['/healthz', 200], ['/readyz', 200], ['/site-media/v1/files', 404], ['/', 404]])) {
      assert.equal((await ask(admin, 'GET', path)).status, status, path);
    }
    assert.equal((await ask(admin, 'POST', '/metrics')).status, 404);
    const rebound = await ask(admin, 'GET', '/metrics', { headers: { host: 'evil.example' } });
    assert.equal(rebound.status, 403);
    // Callers do not reach it by the other port.
    assert.notEqual((await ask(origin, 'GET', '/metrics')).status, 200);
    assert.equal((await end()).code, 0);
  });
});
