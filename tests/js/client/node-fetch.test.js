// What Node sends: past its own `fetch` where that is the one of Node, and with the same outcome.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { suite, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { nodeFetch } from '../../../pkg-template/entries/node-fetch.js';
import { md5, noise } from '../harness/bytes.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { startUploadService } from '../harness/upload-service.js';

/**
 * @import { IncomingMessage, RequestListener } from 'node:http'
 * @import { AddressInfo } from 'node:net'
 * @import { TestContext } from 'node:test'
 * @import { Dispatcher } from '../../../pkg-template/client/internal.d.ts'
 */

const DISPATCHER = Symbol.for('undici.globalDispatcher.1');
const holder = /** @type {Record<symbol, Dispatcher>} */ (/** @type {unknown} */ (globalThis));

/**
 * The origin of a server, and what its requests were.
 *
 * @param {TestContext} t
 * @param {RequestListener} answer
 */
async function listen(t, answer) {
  /** @type {IncomingMessage[]} */
  const requests = [];
  const server = createServer((incoming, outgoing) => {
    requests.push(incoming);
    answer(incoming, outgoing);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  // The dispatcher is there once fetch has been used.
  await fetch('data:,');
  return { origin: `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}`, requests };
}


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

  test('a redirect of a request without a body is followed, and the next one is left to fetch', async (t) => {
    const { origin, requests } = await listen(t, ({ url }, outgoing) => {
      if (url === '/there') return outgoing.end('found');
      return outgoing.writeHead(302, { location: '/there' }).end();
    });
    for (const expected of [['/link', '/link', '/there'], ['/link', '/there']]) {
      requests.length = 0;
      const response = await nodeFetch(`${origin}/link`, { method: 'GET' });
      assert.equal(await response.text(), 'found');
      assert.deepEqual(requests.map(({ url }) => url), expected);
    }
  });

  test('an answer in a coding that only fetch decodes is read by fetch, and so is the next one', async (t) => {
    const { origin, requests } = await listen(t, (_, outgoing) => outgoing.writeHead(200, { 'content-encoding': 'deflate, gzip' }).end(gzipSync(deflateSync('found'))));
    for (const count of [2, 1]) {
      requests.length = 0;
      const response = await nodeFetch(`${origin}/`, { method: 'GET' });
      assert.equal(await response.text(), 'found');
      assert.equal(requests.length, count);
    }
    requests.length = 0;
    await nodeFetch(`${origin}/`, { method: 'POST', body: '{}' });
    assert.equal(requests.length, 1, 'a change is sent once');
  });

  test('a dispatcher that a program has set gets the requests', async (t) => {
    const { origin } = await listen(t, (_, outgoing) => outgoing.end('{}'));
    const before = holder[DISPATCHER];
    /** @type {string[]} */
    const seen = [];
    holder[DISPATCHER] = {
      dispatch(request, handler) {
        seen.push(`${request.method} ${request.origin}${request.path}`);
        return before.dispatch(request, handler);
      },
    };
    t.after(() => {
      holder[DISPATCHER] = before;
    });
    const response = await nodeFetch(`${origin}/a/b?c=d`, { method: 'PUT', body: new Uint8Array(10) });
    assert.equal(await response.text(), '{}');
    await nodeFetch(`${origin}/e`, { method: 'GET' });
    assert.deepEqual(seen, [`PUT ${origin}/a/b?c=d`, `GET ${origin}/e`]);
  });

  test('what is sent is what fetch sends', async (t) => {
    const { origin, requests } = await listen(t, async (incoming, outgoing) => {
      const pieces = [];
      for await (const piece of incoming) pieces.push(piece);
      outgoing.end(Buffer.concat(pieces));
    });
    const bytes = noise(100_000);
    const stream = () => new Blob([bytes]).stream();
    /** @type {[body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>, headers?: Record<string, string>][]} */
    const bodies = [['{"text":"ä"}', { 'Content-Type': 'application/json' }], [bytes], [stream()], [stream(), { 'Content-Length': '100000' }]];
    for (const [body, headers = {}] of bodies) {
      const response = await nodeFetch(`${origin}/`, { method: 'POST', body, headers, ...(body instanceof ReadableStream && { duplex: 'half' }) });
      assert.equal(md5(new Uint8Array(await response.arrayBuffer())), md5(typeof body === 'string' ? Buffer.from(body) : bytes));
    }
    assert.deepEqual(
      requests.map(({ headers }) => [headers['content-type'], headers['content-length'], headers['transfer-encoding'], headers['user-agent'], headers.accept]),
      [
        ['application/json', '13', undefined, 'node', '*/*'],
        [undefined, '100000', undefined, 'node', '*/*'],
        [undefined, undefined, 'chunked', 'node', '*/*'],
        [undefined, '100000', undefined, 'node', '*/*'],
      ],
    );
  });

  test('what is asked for is what fetch asks for', async (t) => {
    const { origin, requests } = await listen(t, (_, outgoing) => outgoing.end('ok'));
    /** @type {[method: string, headers?: Record<string, string>][]} */
    const asked = [['GET'], ['GET', { Range: 'bytes=5-' }], ['HEAD'], ['DELETE'], ['POST']];
    for (const [method, headers] of asked) {
      requests.length = 0;
      const answers = [await nodeFetch(`${origin}/a?b`, { method, headers }), await fetch(`${origin}/a?b`, { method, headers })];
      const [own, usual] = requests.map(({ headers: { 'sec-fetch-mode': _, ...rest }, url }) => ({ url, ...rest }));
      assert.deepEqual(own, usual, method);
      assert.deepEqual(answers.map(({ body }) => body === null), [method === 'HEAD', method === 'HEAD'], method);
      assert.deepEqual(await Promise.all(answers.map((answer) => answer.text())), method === 'HEAD' ? ['', ''] : ['ok', 'ok'], method);
    }
  });

  test('answers of every form arrive whole', async (t) => {
    const long = Buffer.from(noise(1_000_000));
    /** @type {Record<string, [status: number, headers: Record<string, string | number | string[]>, body?: Buffer]>} */
    const answers = {
      short: [200, { 'content-length': 5 }, Buffer.from('short')],
      'of unknown length': [200, {}, Buffer.from('pieces')],
      long: [201, { 'content-length': long.length }, long],
      gzip: [200, { 'content-encoding': 'gzip' }, gzipSync(long)],
      deflate: [200, { 'content-encoding': 'deflate' }, deflateSync(long)],
      br: [200, { 'content-encoding': 'br' }, brotliCompressSync(long)],
      'br of nothing': [200, { 'content-encoding': 'br', 'content-length': 0 }],
      'gzip of nothing': [200, { 'content-encoding': 'gzip', 'content-length': 0 }],
      'deflate of nothing': [200, { 'content-encoding': 'deflate' }],
      'gzip without a body': [204, { 'content-encoding': 'gzip' }],
      empty: [204, { 'x-odd': 'ä', 'set-cookie': ['a=1', 'b=2'] }],
      failed: [503, { 'retry-after': '7' }, Buffer.from('{}')],
    };
    const { origin } = await listen(t, ({ url }, outgoing) => {
      const [status, headers, body] = answers[decodeURIComponent(present(url).slice(1))];
      outgoing.writeHead(status, headers);
      outgoing.end(body);
    });
    const sent = [{ method: 'POST', body: '{}' }, { method: 'GET' }];
    for (const [name, [status, headers, body]] of Object.entries(answers).flatMap((each) => [each, each])) {
      const init = present(sent.shift());
      sent.push(init);
      const response = await nodeFetch(`${origin}/${encodeURIComponent(name)}`, init);
      const expected = body && headers['content-encoding'] ? long : (body ?? Buffer.alloc(0));
      assert.deepEqual([response.status, response.ok], [status, status < 300], name);
      assert.equal(md5(new Uint8Array(await response.arrayBuffer())), md5(expected), name);
      if (name === 'failed') assert.equal(response.headers.get('retry-after'), '7');
      if (name === 'empty') assert.deepEqual([response.headers.get('x-odd'), response.headers.getSetCookie()], ['ä', ['a=1', 'b=2']]);
    }
  });

  test('an answer in Brotli that breaks off or is damaged fails where it is read', async (t) => {
    const whole = brotliCompressSync(noise(100_000));
    const damaged = Buffer.from(whole).fill(0xff, 10);
    const { origin } = await listen(t, ({ url }, outgoing) => outgoing.writeHead(200, { 'content-encoding': 'br' }).end(url === '/half' ? whole.subarray(0, 5_000) : damaged));
    for (const path of ['/half', '/damaged']) {
      const response = await nodeFetch(`${origin}${path}`, { method: 'POST', body: '{}' });
      await assert.rejects(response.arrayBuffer(), path);
    }
  });

  test('an abort ends a request at once, wherever it is', async (t) => {
    const { origin, requests } = await listen(t, ({ url }, outgoing) => {
      if (url === '/half') outgoing.writeHead(200).write('half of it');
    });
    const reason = new Error('enough');
    const post = (/** @type {string} */ path, /** @type {AbortSignal} */ signal) => nodeFetch(`${origin}${path}`, { method: 'POST', body: '{}', signal });
    await assert.rejects(post('/', AbortSignal.abort(reason)), reason);
    assert.equal(requests.length, 0, 'nothing is sent');

    const before = new AbortController();
    const sent = post('/', before.signal);
    before.abort(reason);
    await assert.rejects(sent, reason);

    const waiting = new AbortController();
    const unanswered = post('/', waiting.signal);
    while (requests.length < 1) await new Promise(setImmediate);
    waiting.abort(reason);
    await assert.rejects(unanswered, reason);

    const within = new AbortController();
    const response = await post('/half', within.signal);
    const text = response.text();
    within.abort(reason);
    await assert.rejects(text, reason);
  });

  test('an answer comes no faster than it is read', async (t) => {
    const size = 50_000_000;
    /** @type {import('node:http').ServerResponse | undefined} */
    let sending;
    const { origin } = await listen(t, (_, outgoing) => {
      sending = outgoing;
      outgoing.end(Buffer.alloc(size));
    });
    const response = await nodeFetch(`${origin}/`, { method: 'POST', body: '{}' });
    const reader = present(response.body).getReader();
    let read = present((await reader.read()).value).length;
    // Long enough to receive all of it several times.
    for (let turn = 0; turn < 1000; turn += 1) await new Promise(setImmediate);
    assert.equal(present(sending).writableFinished, false);
    for (let next = await reader.read(); !next.done; next = await reader.read()) read += next.value.length;
    assert.equal(read, size);
  });

  test('an answer that nobody reads gives its connection back', async (t) => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    /** @type {Promise<unknown>[]} */
    const closed = [];
    const { origin } = await listen(t, ({ url }, outgoing) => {
      closed.push(once(outgoing, 'close'));
      outgoing.writeHead(200, url === '/gzip' ? { 'content-encoding': 'gzip' } : {}).write(url === '/gzip' ? gzipSync(noise(100_000)) : noise(100_000));
    });
    for (const path of ['/', '/gzip']) assert.equal((await nodeFetch(`${origin}${path}`, { method: 'GET' })).status, 200);
    const kept = await nodeFetch(`${origin}/kept`, { method: 'GET' });
    const reader = present(kept.body).getReader();
    let isOver = false;
    const all = Promise.all(closed.slice(0, 2)).then(() => {
      isOver = true;
    });
    while (!isOver) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await all;
    assert.equal((await reader.read()).done, false, 'one that is read goes on');
    await reader.cancel();
  });

  test('failures are those of fetch', async (t) => {
    const { origin } = await listen(t, ({ socket }) => socket.destroy());
    /** @type {(failing: Promise<unknown>) => Promise<[string, string, string | undefined]>} */
    const failureOf = async (failing) => {
      const error = await failing.then(() => assert.fail('it succeeded'), (reason) => reason);
      return [error.name, error.message, error.cause?.code];
    };
    const inits = [{ method: 'POST', body: '{}' }, { method: 'GET' }];
    const closed = createServer();
    await once(closed.listen(0, '127.0.0.1'), 'listening');
    const nobody = `http://127.0.0.1:${/** @type {AddressInfo} */ (closed.address()).port}/`;
    await new Promise((resolve) => closed.close(resolve));
    for (const url of [`${origin}/`, nobody, 'http://user:name@127.0.0.1/', 'http://nowhere.invalid/']) {
      for (const init of inits) assert.deepEqual(await failureOf(nodeFetch(url, init)), await failureOf(fetch(url, init)), url);
    }
    const failing = () => new ReadableStream({ pull: () => Promise.reject(new Error('unreadable')) });
    const unreadable = await failureOf(nodeFetch(`${origin}/`, { method: 'POST', body: failing(), duplex: 'half' }));
    assert.deepEqual(unreadable.slice(0, 2), ['TypeError', 'fetch failed']);
  });

  test('the layer of fetch is left out', async (t) => {
    const { origin } = await listen(t, (_, outgoing) => outgoing.end('{}'));
    const { Response: own } = globalThis;
    const fetched = await fetch(origin);
    const direct = await nodeFetch(`${origin}/`, { method: 'POST', body: '{}' });
    // Only what fetch answers knows where it came from.
    assert.deepEqual([fetched.url, direct.url], [`${origin}/`, '']);
    assert.ok(direct instanceof own);
  });
});
