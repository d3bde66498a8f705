// Requests and responses that the server makes without the classes of fetch.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { suite, test } from 'node:test';
import { listen } from '../../../pkg-template/cli/server/listen.js';
import { answerOf, Fields, fieldsOf } from '../../../pkg-template/manager/messages.js';

/** @import { LightRequest } from '../../../pkg-template/manager/internal.d.ts' */

/**
 * Serves a handler that takes light requests.
 *
 * @param {import('node:test').TestContext} t
 * @param {(request: Request & LightRequest) => Response | Promise<Response>} handle
 */
async function serve(t, handle) {
  const server = await listen((request) => handle(/** @type {Request & LightRequest} */ (request)), { host: '127.0.0.1', port: 0, isLight: true });
  t.after(() => server.stop({ graceMs: 0 }));
  return server.port;
}

/**
 * What a server answers to a text, until it closes the connection.
 *
 * @param {number} port
 * @param {string} text
 */
async function exchange(port, text) {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  let answer = '';
  socket.on('data', (piece) => {
    answer += piece;
  });
  await once(socket, 'close');
  return answer;
}

suite('light messages', () => {
  test('fields: are those of Headers', () => {
    const lines = 'Vary\nOrigin\nCookie\na=1\nvary\n Accept \ncookie\nb=2\nX-Empty\n';
    const fields = new Fields(lines);
    const headers = new Headers([['Vary', 'Origin'], ['Cookie', 'a=1'], ['vary', ' Accept '], ['cookie', 'b=2'], ['X-Empty', '']]);
    assert.deepEqual([...fields].sort(), [...headers].sort());
    assert.deepEqual([fields.get('VARY'), fields.has('x-empty'), fields.get('missing')], ['Origin, Accept', true, null]);
    fields.delete('Vary');
    assert.equal(fields.has('vary'), false);
    for (const value of ['a\nb', 'a\0', '\u2026']) assert.throws(() => fields.set('x', value), TypeError);
  });

  test('a short body arrives as a whole, and a whole is the answer', async (t) => {
    const port = await serve(t, async (request) => {
      const { method, url, headers } = request;
      const text = new TextDecoder().decode(await request.takeWhole());
      const body = new TextEncoder().encode(JSON.stringify({ method, path: new URL(url).pathname, type: headers.get('content-type'), text }));
      return answerOf(body, { status: 201, headers: fieldsOf(`Content-Type\napplication/json\nContent-Length\n${body.length}`) });
    });
    const response = await fetch(`http://127.0.0.1:${port}/a/../b`, { method: 'PUT', headers: { 'content-type': 'text/x' }, body: 'hello' });
    assert.equal(response.status, 201);
    assert.deepEqual(await response.json(), { method: 'PUT', path: '/b', type: 'text/x', text: 'hello' });
    const head = await fetch(`http://127.0.0.1:${port}/`, { method: 'HEAD' });
    assert.deepEqual([head.status, await head.text()], [201, '']);
  });

  test('a body is a stream for whoever asks for one', async (t) => {
    const port = await serve(t, async (request) => new Response(await new Response(request.body).text()));
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'hello' })).text(), 'hello');
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), '');
  });

  test('a whole body that breaks off is none', async (t) => {
    const found = deferred();
    const port = await serve(t, async (request) => {
      await request.takeWhole().then(found.resolve, found.reject);
      return new Response('never read');
    });
    const socket = connect(port, '127.0.0.1');
    socket.write('PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhello');
    setImmediate(() => socket.destroySoon());
    await assert.rejects(found.promise);
  });

  test('methods that fetch does not know are refused', async (t) => {
    const port = await serve(t, () => new Response('answered'));
    assert.match(await exchange(port, 'TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 400 /);
  });
});

/** A promise with the functions that settle it. */
function deferred() {
  /** @type {(value: unknown) => void} */
  let resolve = () => {};
  /** @type {(reason: unknown) => void} */
  let reject = () => {};
  const promise = new Promise((one, other) => {
    resolve = one;
    reject = other;
  });
  return { promise, resolve, reject };
}
