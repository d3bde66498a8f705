// The bounds of the server: how many connections, how slow they may be, and who goes when another needs the room.
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { suite, test } from 'node:test';
import { connections, isLoopback, MAX_CONNECTIONS, MAX_PIPELINED, maxConnections, networkOf } from '../../../pkg-template/cli/server/connections.js';
import { listen, MAX_HEAD_SIZE } from '../../../pkg-template/cli/server/listen.js';
import { LOOK_MS, LOOKS, MIN_BYTES_PER_SECOND } from '../../../pkg-template/cli/server/slowness.js';
import { gate } from '../harness/gate.js';
import { present } from '../harness/present.js';

/**
 * @import { Socket } from 'node:net'
 * @import { TestContext } from 'node:test'
 */

/** A connection that is only an address. */
class Fake extends EventEmitter {
  /** @param {string} remoteAddress */
  constructor(remoteAddress) {
    super();
    this.remoteAddress = remoteAddress;
    this.isOpen = true;
  }

  destroy() {
    this.isOpen = false;
    this.emit('close');
  }
}

/** @param {string} address */
const fake = (address) => /** @type {Fake & Socket} */ (/** @type {unknown} */ (new Fake(address)));

/**
 * @param {TestContext} t
 * @param {(request: Request) => Response | Promise<Response>} answer
 * @param {Partial<Parameters<typeof listen>[1]>} [options]
 */
async function start(t, answer, options) {
  const server = await listen(answer, { host: '127.0.0.1', port: 0, ...options });
  t.after(() => server.stop({ graceMs: 0 }));
  return server;
}

/**
 * A connection, and what it has received so far.
 *
 * @param {TestContext} t
 * @param {number} port
 */
async function dial(t, port) {
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  return { socket, closed, text: () => text };
}

/** @param {() => unknown} isTrue */
const until = async (isTrue) => {
  while (!isTrue()) await new Promise(setImmediate);
};

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

suite('connections', () => {
  test('admit: above the limit, the one that has waited longest gives way', () => {
    const open = connections({ max: 2, maxPerAddress: 2 });
    const [first, second, third] = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map(fake);
    for (const socket of [first, second]) assert.equal(open.admit(socket), undefined);
    // An answered request puts it behind the other.
    open.begin(first);
    open.end(first);
    assert.equal(open.admit(third), undefined);
    assert.deepEqual([first.isOpen, second.isOpen, third.isOpen, open.size], [true, false, true, 2]);
  });

  test('admit: refuses a new one when all are busy', () => {
    const open = connections({ max: 1 });
    const busy = fake('10.0.0.1');
    open.admit(busy);
    open.begin(busy);
    assert.match(String(open.admit(fake('10.0.0.2'))), /at most 1$/);
    assert.deepEqual([busy.isOpen, open.size], [true, 1]);
    busy.destroy();
    assert.equal(open.admit(fake('10.0.0.2')), undefined);
  });

  test('admit: one address has a part only, and makes room among its own', () => {
    const open = connections({ max: 8 });
    const others = [fake('10.0.0.2'), fake('10.0.0.2')];
    for (const socket of others) open.admit(socket);
    const own = [fake('10.0.0.1'), fake('10.0.0.1')];
    for (const socket of own) open.admit(socket);
    assert.equal(open.admit(fake('::ffff:10.0.0.1')), undefined);
    assert.deepEqual([...own, ...others].map(({ isOpen }) => isOpen), [false, true, true, true]);
    for (const socket of others) open.begin(socket);
    assert.match(String(open.admit(fake('10.0.0.2'))), /of one address: at most 2$/);
    // Numbers are of the present.
    for (const socket of others) socket.destroy();
    assert.equal(open.admit(fake('10.0.0.2')), undefined);
  });

  test('admit: a shared address counts towards the total only', () => {
    const open = connections({ max: 8, isShared: isLoopback });
    for (let count = 0; count < 8; count += 1) {
      const socket = fake('127.0.0.1');
      assert.equal(open.admit(socket), undefined);
      open.begin(socket);
    }
    assert.match(String(open.admit(fake('127.0.0.1'))), /at most 8$/);
  });

  test('begin: requests of one connection are bounded', () => {
    const open = connections({ max: 8 });
    const socket = fake('10.0.0.1');
    open.admit(socket);
    for (let count = 0; count < MAX_PIPELINED; count += 1) assert.ok(open.begin(socket));
    assert.ok(!open.begin(socket));
    open.end(socket);
    assert.ok(open.begin(socket));
    assert.ok(!open.begin(fake('10.0.0.1')), 'one that was never admitted');
  });

  test('networkOf: an address of version 4, and 64 bits of version 6', () => {
    for (const [address, network] of [
      ['192.168.1.5', '192.168.1.5'],
      ['::ffff:192.168.1.5', '192.168.1.5'],
      ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
      ['2001:DB8:1:2::1', '2001:db8:1:2::/64'],
      ['2001:db8::1', '2001:db8:0:0::/64'],
      ['fe80::1%eth0', 'fe80:0:0:0::/64'],
      ['::1', '0:0:0:0::/64'],
    ]) {
      assert.equal(networkOf(address), network, address);
    }
  });

  test('maxConnections: leaves descriptors for files', () => {
    assert.equal(maxConnections(undefined, undefined), MAX_CONNECTIONS);
    assert.equal(maxConnections(undefined, 1_048_576), MAX_CONNECTIONS);
    assert.equal(maxConnections(undefined, 256), 192);
    assert.equal(maxConnections(5000, 1_048_576), 5000);
    assert.throws(() => maxConnections(200, 256), { name: 'RangeError', message: /at most 192 with 256 open files \(ulimit -n\), found 200/ });
  });
});

suite('a server with bounds', () => {
  test('listen: answers 503 above the limit while all are busy, and goes on afterwards', async (t) => {
    const free = gate();
    const server = await start(t, () => free.opened.then(() => new Response('done')), { bounds: { max: 2 } });
    const busy = [await dial(t, server.port), await dial(t, server.port)];
    for (const { socket } of busy) socket.write(GET);
    await until(() => server.pending === 2);
    const late = await dial(t, server.port);
    // Its request may come nevertheless.
    late.socket.write(GET);
    await late.closed;
    const [head, body] = late.text().split('\r\n\r\n');
    assert.match(head, /^HTTP\/1\.1 503 [\s\S]*retry-after: 1/i);
    assert.deepEqual(JSON.parse(body).details.applicationError.code, 'TOO_MANY_CONNECTIONS');
    assert.equal(server.pending, 2, 'it was not handed on');
    free.open();
    await until(() => busy.every(({ text }) => text().includes('done')));
    const next = await dial(t, server.port);
    next.socket.write(GET);
    await until(() => next.text().includes('done'));
    assert.equal(server.connections, 2);
  });

  test('listen: closes a connection that sends requests and never waits for answers', async (t) => {
    const server = await start(t, () => new Promise(() => {}));
    const { socket, closed } = await dial(t, server.port);
    socket.write(GET.repeat(MAX_PIPELINED));
    await until(() => server.pending === MAX_PIPELINED);
    socket.write(GET);
    await closed;
    await until(() => server.pending === 0);
  });

  test('listen: refuses a head that is too large', async (t) => {
    const server = await start(t, () => new Response('never'));
    const { socket, closed, text } = await dial(t, server.port);
    socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(MAX_HEAD_SIZE)}\r\n\r\n`);
    await closed;
    assert.match(text(), /^HTTP\/1\.1 431 /);
  });

  const LEAST = (MIN_BYTES_PER_SECOND * LOOK_MS * LOOKS) / 1000;

  test('a body that comes too slowly: 408, and its reader learns of it', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    /** @type {unknown} */
    let failure;
    const server = await start(t, async (request) => {
      const reader = present(request.body).getReader();
      try {
        for (;;) if ((await reader.read()).done) return new Response('whole');
      } catch (error) {
        failure = error;
        throw error;
      }
    });
    const { socket, closed, text } = await dial(t, server.port);
    socket.write('PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n');
    await until(() => server.pending === 1);
    // Enough keeps it alive, as long as it goes on.
    for (let look = 0; look < 2 * LOOKS; look += 1) {
      const before = socket.bytesWritten;
      socket.write('x'.repeat(LEAST));
      await until(() => server.received >= before);
      t.mock.timers.tick(LOOK_MS);
    }
    assert.equal(text(), '');
    for (let look = 0; look <= LOOKS; look += 1) {
      socket.write('x');
      t.mock.timers.tick(LOOK_MS);
    }
    await closed;
    assert.match(text(), /^HTTP\/1\.1 408 [\s\S]*REQUEST_TIMEOUT/);
    assert.match(String(failure), /too slow/);
  });

  test('a body that the server does not read yet: nobody is too slow', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const go = gate();
    const server = await start(t, async (request) => {
      await go.opened;
      return new Response(String((await request.arrayBuffer()).byteLength));
    });
    const { socket, text } = await dial(t, server.port);
    socket.write(`PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(1_000_000)}`);
    await until(() => server.received >= 256 * 1024);
    for (let look = 0; look <= 3 * LOOKS; look += 1) t.mock.timers.tick(LOOK_MS);
    go.open();
    await until(() => text().includes('1000000'));
    assert.match(text(), /^HTTP\/1\.1 200 /);
  });

  test('silence: closes a connection that has to send, and none that waits for the server', async (t) => {
    /** @type {Socket[]} */
    const sockets = [];
    const go = gate();
    const server = await start(
      t,
      async (request) => {
        await request.arrayBuffer();
        if (request.url.endsWith('/long')) await go.opened;
        return new Response('done');
      },
      { onEnd: ({ incoming }) => void sockets.push(incoming.socket) },
    );
    /** @param {string} request */
    const silentAfter = async (request) => {
      const { socket, closed, text } = await dial(t, server.port);
      socket.write(GET);
      await until(() => sockets.length > 0);
      const own = present(sockets.pop());
      socket.write(request);
      await until(() => server.pending === 1);
      own.setTimeout(1);
      await once(own, 'timeout');
      return { own, closed, text };
    };
    const stalled = await silentAfter('PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf');
    await stalled.closed;
    await until(() => server.pending === 0);
    sockets.length = 0;
    const patient = await silentAfter('GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n');
    assert.ok(!patient.own.destroyed);
    go.open();
    await until(() => patient.text().split('done').length === 3);
  });

  test('an answer that is read too slowly: is cut off', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    let isCancelled = false;
    const chunk = new Uint8Array(64 * 1024);
    const server = await start(t, () => {
      /** @param {ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>} controller */
      const pull = (controller) => controller.enqueue(chunk);
      return new Response(new ReadableStream({ pull, cancel: () => void (isCancelled = true) }));
    });
    const response = await new Promise((resolve) => httpRequest(`http://127.0.0.1:${server.port}`, resolve).end());
    await once(response, 'readable');
    // Until the buffers between the two are full, bytes move.
    while (!isCancelled) {
      t.mock.timers.tick(LOOK_MS);
      await new Promise(setImmediate);
    }
    await until(() => server.pending === 0);
    await assert.rejects(async () => {
      for await (const _ of response);
    });
  });
});
