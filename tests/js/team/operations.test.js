// What operators see of wix-media-server: request ids, the metrics of the admin port, and TLS.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { certify } from './certificate.js';
import { valuesOf } from './metrics.js';
import { ask, native, run } from './native.js';

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
 * One request over TLS on a connection of its own.
 *
 * @param {string} url
 * @param {string} ca
 * @returns {Promise<{ status: number | undefined, text: string, fingerprint: string }>}
 */
const askSecurely = (url, ca) =>
  new Promise((resolve, reject) => {
    const request = httpsRequest(url, { ca, agent: false }, async (response) => {
      const { fingerprint256 } = /** @type {import('node:tls').TLSSocket} */ (response.socket).getPeerCertificate();
      const text = Buffer.concat(await response.toArray()).toString();
      resolve({ status: response.statusCode, text, fingerprint: fingerprint256 });
    });
    request.on('error', reject).end();
  });

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
    const idle = ['uploads', 'downloads', 'imports', 'pictures_pending'].map((name) => values[`wix_media_${name}`]);
    assert.deepEqual(idle, [0, 0, 0, 0]);
    assert.ok(values.wix_media_received_bytes_total >= 13 && values['wix_media_sent_bytes_total{class="api"}'] > 13, text);
    // A site without a name of its own has an id too.
    const sites = Object.entries(values).filter(([name]) => name.startsWith('wix_media_site_'));
    assert.deepEqual(sites.map(([name]) => name.replace(/"[^"]+"/, '""')), ['wix_media_site_requests_total{site=""}', 'wix_media_site_files_bytes{site=""}']);
    assert.equal(sites[1][1], 13);
    assert.ok(sites[0][1] >= 4, text);
    assert.deepEqual([values.wix_media_catalog_up, values.wix_media_sites_open, values['wix_media_queue_oldest_seconds{queue="imports"}']], [1, 1, 0]);
    assert.ok(!text.includes('wix_media_database'), text);
    // Names of files, keys and addresses are in no label.
    assert.doesNotMatch(text, /small|missing|127\.0\.0\.1/);
  });

  test('each key has a rate of its own', async (t) => {
    const folder = await temporaryFolder(t);
    const keys = join(folder, 'keys');
    writeFileSync(keys, 'first-key\nsecond-key\n');
    const { origin } = await native(t, join(folder, 'data'), ['--api-key-file', keys, '--site-id', 'site', '--requests-per-minute', '2']);
    const list = (/** @type {string} */ authorization) => ask(origin, 'GET', '/site-media/v1/folders', { headers: { authorization, 'wix-site-id': 'site' } });
    assert.deepEqual([(await list('first-key')).status, (await list('first-key')).status], [200, 200]);
    const refused = await list('first-key');
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers['retry-after']) >= 1);
    assert.equal((await list('second-key')).status, 200);
    // Probes are not calls.
    assert.equal((await ask(origin, 'GET', '/healthz')).status, 200);
  });

  test('TLS: requests are answered, URLs begin with https, and SIGHUP reads the certificate again', async (t) => {
    const folder = await temporaryFolder(t);
    const { cert, key } = certify(folder);
    const server = await native(t, join(folder, 'data'), ['--tls-cert', cert, '--tls-key', key]);
    assert.match(server.origin, /^https:/);
    const first = readFileSync(cert, 'utf8');
    const path = '/site-media/v1/files/generate-upload-url';
    const health = await askSecurely(`${server.origin}/healthz`, first);
    assert.equal(health.status, 200);
    const { status, text } = await new Promise((resolve, reject) => {
      const request = httpsRequest(server.origin + path, { method: 'POST', ca: first, agent: false, headers: { 'content-type': 'application/json' } }, async (response) => {
        resolve({ status: response.statusCode, text: Buffer.concat(await response.toArray()).toString() });
      });
      request.on('error', reject).end(JSON.stringify({ mimeType: 'text/plain' }));
    });
    assert.equal(status, 200, text);
    assert.match(JSON.parse(text).uploadUrl, new RegExp(`^${server.origin}/`));
    // Without TLS there is no answer.
    await assert.rejects(ask(server.origin.replace('https', 'http'), 'GET', '/healthz'));

    certify(folder);
    server.child.kill('SIGHUP');
    await server.logged('the certificate was read again');
    const again = await askSecurely(`${server.origin}/healthz`, readFileSync(cert, 'utf8'));
    assert.equal(again.status, 200);
    assert.notEqual(again.fingerprint, health.fingerprint);

    writeFileSync(cert, 'no certificate');
    server.child.kill('SIGHUP');
    await server.logged('the certificate stays as it is');
    writeFileSync(cert, first);
    await assert.rejects(askSecurely(`${server.origin}/healthz`, first));
    assert.equal((await server.end()).code, 0);
  });

  test('TLS: the admin port uses the certificate if that is asked for', async (t) => {
    const folder = await temporaryFolder(t);
    const { cert, key } = certify(folder);
    const server = await native(t, join(folder, 'data'), ['--tls-cert', cert, '--tls-key', key, '--admin-port', '0', '--admin-tls']);
    const { address } = await server.logged('listening for operators');
    assert.match(String(address), /^https:/);
    const ca = readFileSync(cert, 'utf8');
    const { status, text } = await askSecurely(`${address}/metrics`, ca);
    assert.equal(status, 200);
    assert.match(text, /^wix_media_uptime_seconds /m);
    await assert.rejects(ask(String(address).replace('https', 'http'), 'GET', '/metrics'));

    // A renewed certificate is used at both ports.
    certify(folder);
    server.child.kill('SIGHUP');
    await server.logged('the certificate was read again');
    await assert.rejects(askSecurely(`${address}/metrics`, ca));
    assert.equal((await askSecurely(`${address}/metrics`, readFileSync(cert, 'utf8'))).status, 200);
    assert.equal((await server.end()).code, 0);
  });

  test('TLS: a wrong file or half a pair is one sentence', async (t) => {
    const folder = await temporaryFolder(t);
    const { cert, key } = certify(folder);
    const line = ['serve', '--data', join(folder, 'data'), '--port', '0'];
    for (const [args, code, expected] of /** @type {[string[], number, RegExp][]} */ ([
      [['--tls-cert', cert], 2, /^wix-media-server: --tls-cert needs --tls-key FILE\n$/],
      [['--admin-tls', '--admin-port', '0'], 2, /^wix-media-server: --admin-tls needs --tls-cert FILE and --admin-port N\n$/],
      [['--tls-key', key], 2, /^wix-media-server: --tls-key needs --tls-cert FILE\n$/],
      [['--tls-cert', key, '--tls-key', key], 1, /^wix-media-server: cannot read the certificate in .*key\.pem: .+\n$/],
      [['--tls-cert', cert, '--tls-key', cert], 1, /^wix-media-server: cannot read the private key in .*cert\.pem: .+\n$/],
      [['--tls-cert', join(folder, 'none'), '--tls-key', key], 1, /^wix-media-server: cannot read the certificate in .*none: .+\n$/],
    ])) {
      const ended = await run([...line, ...args]);
      assert.equal(ended.code, code, `${args}`);
      assert.match(ended.stderr, expected);
    }
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
