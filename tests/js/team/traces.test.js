// Traces of wix-media-server: what a collector is sent, and that nobody waits for it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { freePort } from '../harness/port.js';
import { temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { samples } from '../scenarios/samples.js';
import { collector } from './collector.js';
import { metricsUntil } from './metrics.js';
import { ask, native, run } from './native.js';
import { objectStore } from './object-store.js';
import { receiver } from './receiver.js';
import { team } from './team.js';

/** @import { TestContext } from 'node:test' */
/** @import { Span } from './collector.js' */

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
/** Spans are sent soon. */
const SOON = { OTEL_BSP_SCHEDULE_DELAY: '50' };
const SERVER = 2;
/** What the log says when the server ends before the collector has taken everything. */
const UNSENT = 'the last traces were not sent';

/**
 * A server with a directory, which sends its traces to a collector.
 *
 * @param {TestContext} t
 * @param {string} url
 * @param {string[]} [args]
 * @param {NodeJS.ProcessEnv} [env]
 */
async function traced(t, url, args = [], env = {}) {
  const directory = join(await temporaryFolder(t), 'data');
  return await native(t, directory, ['--otlp-endpoint', url, ...args], { ...SOON, ...env });
}

/** @param {string} id */
const requestOf = (id) => (/** @type {Span[]} */ spans) => spans.find(({ attributes }) => attributes['wix_media.request_id'] === id);

suite('wix-media-server: traces', () => {
  test('a request is a span of the trace of its caller, with its transactions and nothing secret', async (t) => {
    const taken = await collector(t);
    const { directory, url } = await team(t, { servers: 0 });
    const key = 'key-that-nobody-may-see';
    const server = await native(t, directory, ['--database', url, '--otlp-endpoint', taken.url], { ...SOON, WIX_API_KEY: key, WIX_SITE_ID: 'alpha' });
    const headers = { authorization: key, 'wix-site-id': 'alpha', 'x-request-id': 'list-1', traceparent: `00-${TRACE}-${PARENT}-01` };
    const listed = await ask(server.origin, 'GET', '/site-media/v1/files?token=query-that-nobody-may-see', { headers });
    assert.equal(listed.status, 200, listed.text);
    const { files } = createClient({ baseUrl: server.origin, auth: { apiKey: key, siteId: 'alpha' } });
    const { uploadUrl } = await files.generateFileUploadUrl('text/plain', { fileName: 'name-that-nobody-may-see.txt' });
    const path = new URL(String(uploadUrl)).pathname;
    const put = await ask(server.origin, 'PUT', `${path}?filename=name-that-nobody-may-see.txt`, {
      headers: { 'content-type': 'text/plain', 'x-request-id': 'put-1' },
      body: 'water and sun',
    });
    assert.equal(put.status, 200, put.text);

    const request = await taken.found('the span of the list', requestOf('list-1'));
    assert.deepEqual([request.trace, request.parent, request.kind, request.service], [TRACE, PARENT, SERVER, 'wix-media-server']);
    assert.equal(request.name, 'GET api');
    const { 'wix_media.class': kind, 'wix_media.site': site, 'http.request.method': method, 'http.response.status_code': status } = request.attributes;
    assert.deepEqual([kind, site, method, status], ['api', 'alpha', 'GET', '200']);
    const uploaded = await taken.found('the span of the upload', requestOf('put-1'));
    assert.equal(uploaded.name, 'PUT upload');
    assert.notEqual(uploaded.trace, TRACE);
    // The children have ended before.
    const transactions = taken.spans.filter(({ name, parent }) => name === 'transaction' && parent === request.id);
    assert.ok(transactions.length >= 1, JSON.stringify(taken.spans));
    const statements = taken.spans.filter(({ parent }) => parent === transactions[0].id);
    assert.equal(statements[0].attributes['db.operation.name'], 'BEGIN');
    for (const { trace, attributes } of [...transactions, ...statements]) assert.deepEqual([trace, attributes['db.system.name']], [TRACE, 'postgresql']);
    const own = taken.spans.find(({ name, trace }) => name === 'COMMIT' && trace === uploaded.trace);
    assert.ok(own, JSON.stringify(taken.spans));

    assert.equal((await server.end()).code, 0);
    const token = path.split('/').at(-1) ?? '';
    assert.ok(token.length > 16, path);
    for (const secret of [key, 'nobody-may-see', token, path, 'postgres:', 'site-media', 'SELECT ']) assert.ok(!taken.all().includes(secret), secret);
    // The log has the same requests as without traces.
    await server.logged('request', { status: 200 });
    const line = JSON.parse(server.text.stdout.split('\n').find((each) => each.includes('"list-1"')) ?? '{}');
    assert.deepEqual([line.spans.length, line.span.name], [1, 'exchange']);
  });

  test('a traceparent that is malformed or not sampled begins no part of its trace', async (t) => {
    const taken = await collector(t);
    const { origin, end } = await traced(t, `${taken.url}/`);
    const ids = ['upper', 'long', 'zero', 'unsampled', 'last'];
    const parents = [`00-${TRACE.toUpperCase()}-${PARENT}-01`, `00-${TRACE}-${PARENT}-01-x`, `00-${'0'.repeat(32)}-${PARENT}-01`, `00-${TRACE}-${PARENT}-00`, ''];
    for (const [index, id] of ids.entries()) await ask(origin, 'GET', '/site-media/v1/folders', { headers: { 'x-request-id': id, traceparent: parents[index] } });
    await ask(origin, 'GET', '/readyz', { headers: { 'x-request-id': 'probe' } });
    for (const id of ['upper', 'long', 'zero', 'last']) await taken.found(`the span of ${id}`, requestOf(id));
    assert.equal((await end()).code, 0);
    const seen = Object.fromEntries(ids.map((id) => [id, requestOf(id)(taken.spans)]));
    for (const id of ['upper', 'long', 'zero', 'last']) assert.deepEqual([seen[id]?.parent, seen[id]?.trace === TRACE], ['', false], id);
    assert.equal(seen.unsampled, undefined);
    assert.equal(requestOf('probe')(taken.spans), undefined);
  });

  test('the bucket, pictures and downloads have spans in the trace of their request', async (t) => {
    const [taken, store] = [await collector(t), await objectStore(t)];
    const { origin, end } = await traced(t, taken.url, ['--bucket', store.bucket], store.env);
    const { uploads } = createClient({ baseUrl: origin });
    const { url } = await uploads.upload(new Uint8Array(samples.png), { displayName: 'picture.png' });
    const path = new URL(String(url)).pathname;
    const get = (/** @type {string} */ of, /** @type {string} */ id) => ask(origin, 'GET', of, { headers: { 'x-request-id': id } });
    assert.equal((await get(path, 'file')).status, 200);
    assert.equal((await get(`${path}/v1/fit/w_2,h_2/a.png`, 'picture')).status, 200);
    for (const id of ['file', 'picture']) await taken.found(`the span of ${id}`, requestOf(id));
    const made = await taken.found('the span of the picture', (spans) => spans.find(({ name }) => name === 'picture'));
    assert.equal((await end()).code, 0);
    const traceOf = (/** @type {string} */ id) => requestOf(id)(taken.spans)?.trace;
    const names = (/** @type {string} */ id) => taken.spans.filter(({ trace }) => trace === traceOf(id)).map(({ name }) => name);
    assert.ok(names('file').includes('read') || names('file').includes('get'), JSON.stringify(taken.spans));
    assert.ok(names('picture').includes('picture'), JSON.stringify(taken.spans));
    assert.equal(made.parent, requestOf('picture')(taken.spans)?.id);
    assert.ok(taken.spans.some(({ name, parent }) => name === 'get' && parent === made.id), JSON.stringify(taken.spans));
    // The store and the file are named nowhere.
    for (const secret of [path.slice(1), 'picture.png', 's3://', store.env.AWS_SECRET_ACCESS_KEY]) assert.ok(!taken.all().includes(secret), secret);
  });

  test('imports, webhooks and sweeps are traces of their own, with their transactions and nothing secret', async (t) => {
    const [taken, hook, source] = [await collector(t), await receiver(t), await receiver(t)];
    const { directory, url } = await team(t, { servers: 0 });
    const args = ['--database', url, '--site-id', 'alpha', '--otlp-endpoint', taken.url, '--webhook', hook.url, '--allow-private-imports'];
    const server = await native(t, directory, args, SOON);
    const { files } = createClient({ baseUrl: server.origin });
    await files.importFile(source.url, { displayName: 'name-that-nobody-may-see.txt', mimeType: 'text/plain' });
    (await source.next()).answer(404);
    (await hook.next()).answer(200);
    for (const name of ['import', 'webhook', 'the sweep']) {
      const work = await taken.found(`the span of ${name}`, (spans) => spans.find((span) => span.name === name));
      assert.deepEqual([work.parent, work.attributes['wix_media.site']], ['', 'alpha'], name);
      assert.match(String(work.attributes['wix_media.request_id']), /^[0-9a-f-]{8,}$/, name);
      // They have ended before.
      const inside = taken.spans.filter(({ trace }) => trace === work.trace);
      assert.ok(inside.some((span) => span.name === 'transaction'), `${name}: ${JSON.stringify(inside)}`);
      assert.ok(inside.some((span) => span.attributes['db.operation.name'] === 'BEGIN'), `${name}: ${JSON.stringify(inside)}`);
      assert.equal(new Set(inside.filter(({ parent }) => parent === '').map(({ id }) => id)).size, 1, name);
    }
    assert.equal((await server.end()).code, 0);
    // Looks for work happen all the time.
    for (const name of ['taking what is due', 'looking for events']) assert.ok(!taken.spans.some((span) => span.name === name), name);
    for (const secret of ['nobody-may-see', hook.url, source.url, new URL(hook.url).host]) assert.ok(!taken.all().includes(secret), secret);
  });

  test('a collector that never answers holds up neither requests nor the end', async (t) => {
    const taken = await collector(t, () => {});
    const { origin, end, text } = await traced(t, taken.url);
    for (let count = 0; count < 20; count += 1) assert.equal((await ask(origin, 'GET', '/site-media/v1/folders')).status, 200);
    await taken.found('a batch', (spans) => spans[0]);
    for (let count = 0; count < 20; count += 1) assert.equal((await ask(origin, 'GET', '/site-media/v1/folders')).status, 200);
    assert.deepEqual(await end(), { code: 0, signal: null });
    assert.ok(text.stdout.includes(UNSENT), text.stdout);
  });

  test('a collector that refuses spans is logged once for a reason, and counted', async (t) => {
    const secret = 'header-that-nobody-may-see';
    const taken = await collector(t, (_, response) => void response.writeHead(401).end());
    const { origin, logged, text } = await traced(t, taken.url, ['--admin-port', '0'], { OTEL_EXPORTER_OTLP_HEADERS: `authorization=${secret}` });
    const { address } = await logged('listening for operators');
    const get = () => ask(origin, 'GET', '/site-media/v1/folders');
    const failed = async (/** @type {number} */ count) => (await metricsUntil(String(address), (values) => values['wix_media_spans_total{outcome="failed"}'] >= count))['wix_media_spans_total{outcome="failed"}'];
    await get();
    const before = await failed(1);
    await get();
    await failed(before + 1);
    const event = await logged('the collector does not take traces');
    assert.deepEqual([event.level, event.reason], ['WARN', 'it answered 401']);
    assert.equal(text.stdout.split('the collector does not take').length, 2, text.stdout);
    // The collector is told, and nobody else.
    assert.ok(taken.all().includes(secret));
    assert.ok(!text.stdout.includes(secret) && !text.stderr.includes(secret));
  });

  test('the variables of OpenTelemetry say where traces go, and the own setting comes first', async (t) => {
    const [taken, other] = [await collector(t), await collector(t)];
    const away = `http://127.0.0.1:${await freePort()}`;
    /** @type {[NodeJS.ProcessEnv, typeof taken][]} */
    const cases = [
      [{ OTEL_EXPORTER_OTLP_ENDPOINT: taken.url, OTEL_SERVICE_NAME: 'media-of-us' }, taken],
      [{ OTEL_EXPORTER_OTLP_ENDPOINT: away, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${other.url}/v1/traces` }, other],
      [{ OTEL_EXPORTER_OTLP_ENDPOINT: away, WIX_MEDIA_OTLP_ENDPOINT: taken.url }, taken],
    ];
    for (const [env, to] of cases) {
      const before = to.spans.length;
      const server = await native(t, join(await temporaryFolder(t), 'data'), [], env);
      await ask(server.origin, 'GET', '/site-media/v1/folders');
      assert.equal((await server.end()).code, 0);
      for (const { service } of to.spans.slice(before)) assert.equal(service, env.OTEL_SERVICE_NAME ?? 'wix-media-server');
      // Sent at the end, unless this machine was too slow for that, which the log says.
      assert.ok(to.spans.length > before || server.text.stdout.includes(UNSENT), JSON.stringify(env));
    }
    for (const each of [taken, other]) if (each.spans.length) assert.match(each.all(), /^POST \/v1\/traces /);
  });

  test('a wrong URL is one sentence and exit code 2', async (t) => {
    const directory = join(await temporaryFolder(t), 'data');
    for (const url of ['collector:4318', 'ftp://collector.example', 'https://me:secret@collector.example', 'https://collector.example?key=secret', '']) {
      for (const [place, args, env] of /** @type {const} */ ([
        ['--otlp-endpoint', ['--otlp-endpoint', url], {}],
        ['OTEL_EXPORTER_OTLP_ENDPOINT', [], { OTEL_EXPORTER_OTLP_ENDPOINT: url || 'collector' }],
      ])) {
        const { code, stderr, stdout } = await run(['serve', '--data', directory, '--port', '0', ...args], env);
        assert.deepEqual([code, stdout, stderr.trim().split('\n').length], [2, '', 1], `${place} ${url}: ${stderr}`);
        assert.ok(stderr.includes(place) && !stderr.includes('secret'), stderr);
      }
    }
  });
});
