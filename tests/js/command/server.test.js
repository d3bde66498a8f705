// The server around a fetch handler: streams, breaks, refusals in the middle, and the end.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { suite, test } from 'node:test';
import { listen } from '../../../pkg-template/cli/server/listen.js';
import { present } from '../harness/present.js';

/** @import { TestContext } from 'node:test' */

/**
 * Starts a server that ends with the test.
 *
 * @param {TestContext} t
 * @param {(request: Request) => Response | Promise<Response>} answer
 */
async function start(t, answer, options = {}) {
  /** @type {any[]} */
  const ended = [];
  const server = await listen(answer, { host: '127.0.0.1', port: 0, onEnd: (exchange) => ended.push(exchange), ...options });
  t.after(() => server.stop({ graceMs: 0 }));
  return Object.assign(server, { origin: `http://127.0.0.1:${server.port}`, ended });
}

/**
 * What a server sends to bytes on a plain connection.
 *
 * @param {number} port
 * @param {string} text
 */
async function raw(port, text) {
  const socket = connect(port, '127.0.0.1');
  socket.end(text);
  let answer = '';
  for await (const chunk of socket) answer += chunk.toString('latin1');
  return answer;
}

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @param {() => unknown} isTrue */
const until = async (isTrue) => {
  while (!isTrue()) await pause(5);
};

/**
 * Waits until a number has not grown for a while, as it does behind full buffers, and gives it.
 *
 * @param {() => number} read
 * @param {number} limit
 */
async function standstill(read, limit) {
  for (let before = -1; before !== read(); ) {
    before = read();
    assert.ok(before < limit, `${before} bytes went on without a reader`);
    await pause(200);
  }
  return read();
}

suite('the server', () => {
  test('listen: passes requests and answers on', async (t) => {
    let seen;
    const server = await start(t, async (request) => {
      seen = { method: request.method, url: request.url, type: request.headers.get('content-type'), body: await request.text() };
      return new Response('made', { status: 201, headers: { location: '/there', 'x-one': '1' } });
    });
    const response = await fetch(`${server.origin}/a%20b?c=d&c=e`, { method: 'POST', body: 'päge', headers: { 'content-type': 'text/plain' } });
    assert.deepEqual(seen, { method: 'POST', url: `${server.origin}/a%20b?c=d&c=e`, type: 'text/plain', body: 'päge' });
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('location'), '/there');
    assert.equal(await response.text(), 'made');
  });

  test('listen: takes the host of the request', async (t) => {
    const server = await start(t, (request) => new Response(request.url), { allow: { hosts: ['media.example'] } });
    assert.match(await raw(server.port, 'GET /x HTTP/1.1\r\nHost: media.example:8080\r\nConnection: close\r\n\r\n'), /http:\/\/media\.example:8080\/x/);
    // HTTP/1.0 knows no Host.
    assert.match(await raw(server.port, 'GET /x HTTP/1.0\r\n\r\n'), new RegExp(`${server.origin}/x`));
  });

  test('listen: reads every target as a path of this host', async (t) => {
    const server = await start(t, (request) => new Response(request.url));
    /** @param {string} target */
    const ask = (target) => raw(server.port, `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    assert.match(await ask('//elsewhere/x'), /http:\/\/localhost\/\/elsewhere\/x/);
    assert.match(await ask('http://elsewhere/x?y=1'), /http:\/\/localhost\/x\?y=1/);
    assert.match(await raw(server.port, 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'), /http:\/\/localhost\/\r\n/);
  });

  test('listen: answers 400 and 500', async (t) => {
    const server = await start(t, () => {
      throw new Error('the handler fell over');
    });
    assert.match(await raw(server.port, 'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 400 /);
    assert.match(await raw(server.port, 'TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 400 /);
    const response = await fetch(server.origin);
    assert.equal(response.status, 500);
    assert.doesNotMatch(await response.text(), /fell over/);
    assert.match(server.ended.at(-1).error.message, /fell over/);
  });

  test('listen: cancels the body of an answer to HEAD', async (t) => {
    let isCancelled = false;
    const server = await start(t, () => {
      const body = new ReadableStream({
        cancel() {
          isCancelled = true;
        },
      });
      return new Response(body, { headers: { 'content-length': '7' } });
    });
    const response = await fetch(server.origin, { method: 'HEAD' });
    assert.equal(response.headers.get('content-length'), '7');
    assert.equal(await response.text(), '');
    assert.ok(isCancelled);
  });

  test('listen: applies backpressure to requests', async (t) => {
    /** @type {(() => void) | undefined} */
    let read;
    const server = await start(t, async (request) => {
      const reader = present(request.body).getReader();
      let size = 0;
      await /** @type {Promise<void>} */ (new Promise((resolve) => (read = resolve)));
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return new Response(String(size));
        size += value.length;
      }
    });
    let sent = 0;
    const chunk = new Uint8Array(64 * 1024);
    const body = new ReadableStream({
      pull(controller) {
        if (sent >= 64 << 20) return controller.close();
        sent += chunk.length;
        controller.enqueue(chunk);
      },
    });
    const answer = fetch(server.origin, { method: 'PUT', body, duplex: 'half' });
    await until(() => read !== undefined);
    // What the sockets and the streams hold; the whole body is several times as much.
    await standstill(() => sent, 32 << 20);
    present(read)();
    assert.equal(await (await answer).text(), String(64 << 20));
  });

  test('listen: applies backpressure to answers', async (t) => {
    let made = 0;
    let isCancelled = false;
    const chunk = new Uint8Array(64 * 1024);
    const server = await start(t, () => {
      /** @param {ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>} controller */
      const pull = (controller) => {
        made += chunk.length;
        controller.enqueue(chunk);
      };
      return new Response(new ReadableStream({ pull, cancel: () => void (isCancelled = true) }));
    });
    const response = await new Promise((resolve) => httpRequest(server.origin, resolve).end());
    await once(response, 'readable');
    await standstill(() => made, 32 << 20);
    response.destroy();
    await until(() => isCancelled);
  });

  test('listen: cancels an answer that waits behind another one when its connection breaks off', async (t) => {
    let made = 0;
    let isCancelled = false;
    const server = await start(t, (request) => {
      if (request.url.endsWith('/first')) return new Promise(() => {});
      /** @param {ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>} controller */
      const pull = (controller) => {
        made += 1;
        controller.enqueue(new Uint8Array(64 * 1024));
      };
      return new Response(new ReadableStream({ pull, cancel: () => void (isCancelled = true) }));
    });
    const socket = connect(server.port, '127.0.0.1');
    socket.write(['first', 'second'].map((path) => `GET /${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''));
    await until(() => made > 0);
    await standstill(() => made, 1000);
    socket.destroy();
    await until(() => isCancelled);
  });

  test('listen: cancels an answer whose client has gone before it began', async (t) => {
    /** @type {(response: Response) => void} */
    let finish = () => {};
    let isCancelled = false;
    const server = await start(t, () => new Promise((resolve) => (finish = resolve)));
    const socket = connect(server.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await until(() => server.pending === 1);
    socket.destroy();
    await until(() => server.pending === 0);
    finish(new Response(new ReadableStream({ cancel: () => void (isCancelled = true) })));
    await until(() => isCancelled);
  });

  test('listen: reports a request that breaks off', async (t) => {
    /** @type {{ isAborted?: boolean, error?: unknown }} */
    const seen = {};
    const server = await start(t, async (request) => {
      request.signal.addEventListener('abort', () => (seen.isAborted = true));
      seen.error = await request.arrayBuffer().catch((error) => error);
      return new Response('too late');
    });
    const socket = connect(server.port, '127.0.0.1');
    socket.write('PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf of it');
    await until(() => server.pending === 1);
    socket.destroy();
    await until(() => seen.error && seen.isAborted);
    assert.ok(seen.error instanceof Error);
    await until(() => server.pending === 0);
  });

  test('listen: cuts the connection when an answer fails', async (t) => {
    const server = await start(t, () => {
      let isFirst = true;
      /** @param {ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>} controller */
      const pull = (controller) => {
        if (!isFirst) throw new Error('the disk is gone');
        isFirst = false;
        controller.enqueue(new Uint8Array(10));
      };
      return new Response(new ReadableStream({ pull }));
    });
    await assert.rejects(fetch(server.origin).then((response) => response.arrayBuffer()));
  });

  test('listen: keeps the connection after an early refusal', async (t) => {
    const server = await start(t, (request) => new Response('no', { status: request.method === 'PUT' ? 413 : 200 }));
    const body = 'x'.repeat(4 << 20);
    const answer = await raw(
      server.port,
      `PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1\.1 413 [\s\S]*HTTP\/1\.1 200 /);
  });

  test('listen: keeps the connection after a cancelled body', async (t) => {
    const server = await start(t, async (request) => {
      if (request.method === 'GET') return new Response('next');
      const reader = present(request.body).getReader();
      await reader.read();
      await reader.cancel();
      return new Response('enough', { status: 413 });
    });
    const body = 'x'.repeat(4 << 20);
    const answer = await raw(
      server.port,
      `PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1\.1 413 [\s\S]*enough[\s\S]*HTTP\/1\.1 200 [\s\S]*next/);
  });

  test('stop: finishes requests under way and refuses new ones', async (t) => {
    /** @type {(() => void) | undefined} */
    let finish;
    const server = await start(t, () => new Promise((resolve) => (finish = () => resolve(new Response('finished')))));
    const answer = fetch(server.origin);
    await until(() => finish);
    const stopped = server.stop();
    await assert.rejects(fetch(server.origin));
    present(finish)();
    const response = await answer;
    assert.equal(response.headers.get('connection'), 'close');
    assert.equal(await response.text(), 'finished');
    await stopped;
    assert.equal(server.pending, 0);
  });

  test('stop: ends requests after the grace or at the signal', async (t) => {
    /** @param {(server: Awaited<ReturnType<typeof start>>) => Promise<unknown>} stop */
    const hang = async (stop) => {
      const server = await start(t, () => new Promise(() => {}));
      const answer = assert.rejects(fetch(server.origin));
      await until(() => server.pending === 1);
      await stop(server);
      await answer;
    };
    await hang((server) => server.stop({ graceMs: 50 }));
    await hang((server) => server.stop({ signal: AbortSignal.timeout(50) }));
  });

  test('stop: ends streams of events at once', async (t) => {
    const server = await start(t, () => {
      const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\n')) });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    });
    const response = await fetch(server.origin);
    const reader = present(response.body).getReader();
    await reader.read();
    await server.stop();
    assert.equal((await reader.read()).done, true);
  });

  test('listen: rejects with EADDRINUSE', async (t) => {
    const server = await start(t, () => new Response());
    await assert.rejects(listen(() => new Response(), { host: '127.0.0.1', port: server.port }), { code: 'EADDRINUSE' });
  });
});
