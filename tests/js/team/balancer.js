// A load balancer without memory: each request goes to the next server.
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { present } from '../harness/present.js';

/** @import { AddressInfo } from 'node:net' */
/** @import { IncomingMessage, ServerResponse } from 'node:http' */
/** @import { Closing } from '../harness/types.d.ts' */

/** Headers of one connection. */
const HOP = new Set(['connection', 'keep-alive', 'transfer-encoding']);

/**
 * The headers of a message as they came, without those of its connection.
 *
 * @param {string[]} raw
 */
function passed(raw) {
  /** @type {string[]} */
  const headers = [];
  for (let at = 0; at < raw.length; at += 2) if (!HOP.has(raw[at].toLowerCase())) headers.push(raw[at], raw[at + 1]);
  return headers;
}

/**
 * Starts a balancer. `counts` says how many requests each server got, and `open` how many it has not answered yet.
 *
 * @param {Closing} closing
 * @param {string[]} origins The servers. The list may change.
 * @param {number} [port]
 */
export async function balance(closing, origins, port = 0) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  /** @type {Map<string, number>} */
  const open = new Map();
  const add = (/** @type {Map<string, number>} */ to, /** @type {string} */ origin, /** @type {number} */ more) => to.set(origin, (to.get(origin) ?? 0) + more);
  let turn = 0;

  /**
   * @param {IncomingMessage} request
   * @param {ServerResponse} response
   * @param {number} tries How many servers are left to be asked.
   */
  function pass(request, response, tries) {
    const origin = present(origins[turn++ % origins.length]);
    const { hostname, port: to } = new URL(origin);
    const headers = passed(request.rawHeaders);
    // A body of unknown length.
    if (request.headers['transfer-encoding']) headers.push('Transfer-Encoding', 'chunked');
    const onward = httpRequest({ hostname, port: to, method: request.method, path: request.url, headers, setHost: false, agent: false });
    let isConnected = false;
    onward.on('socket', (socket) =>
      socket.once('connect', () => {
        isConnected = true;
        add(counts, origin, 1);
        add(open, origin, 1);
        request.pipe(onward);
      }),
    );
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, passed(answer.rawHeaders));
      answer.pipe(response);
      // An answer that breaks off must not look whole.
      answer.on('error', () => response.destroy());
      answer.on('aborted', () => response.destroy());
    });
    onward.on('error', () => {
      // A server that is not there has not seen the request.
      if (!isConnected && tries > 1) return pass(request, response, tries - 1);
      if (response.headersSent) return response.destroy();
      response.writeHead(502, { 'content-type': 'application/json', 'retry-after': '1' }).end('{"message":"no server answered"}');
    });
    // The rest of a body that nobody takes. The client may have sent all of it, and then waits for the next answer on the same connection.
    onward.on('close', () => {
      if (!isConnected) return;
      add(open, origin, -1);
      request.resume();
    });
    response.on('close', () => onward.destroy());
  }

  const server = createServer((request, response) => pass(request, response, origins.length));
  // Idle connections must not end just when a client sends its next request.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  await once(server.listen(port, '127.0.0.1'), 'listening');
  closing.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}`, counts, open };
}
