// A proxy that gives each request to the next of several servers.
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';

/** @import { Closing } from '../harness/types.d.ts' */

/**
 * Starts a proxy in front of these origins, and returns its own.
 *
 * @param {Closing} closing
 * @param {string[]} origins
 */
export async function roundRobin(closing, origins) {
  let turn = 0;
  const server = createServer((request, response) => {
    const origin = origins[turn % origins.length];
    turn += 1;
    const { method, headers } = request;
    const forwarded = httpRequest(origin + request.url, { method, headers }, (answer) => {
      response.writeHead(Number(answer.statusCode), answer.headers);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    forwarded.on('error', () => response.destroy());
    response.on('close', () => forwarded.destroy());
    request.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return `http://127.0.0.1:${port}`;
}
