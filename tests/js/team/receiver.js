// A receiver of webhooks, and what they say.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { withinTime } from '../harness/limit.js';

/** @import { AddressInfo } from 'node:net' */
/** @import { Closing } from '../harness/types.d.ts' */
/** @typedef {{ headers: import('node:http').IncomingHttpHeaders, body: string, answer: (status: number) => void }} Sent */

/**
 * A receiver of webhooks. Each is answered by `answer`.
 *
 * @param {Closing} t
 */
export async function receiver(t) {
  /** @type {Sent[]} */
  const waiting = [];
  /** @type {((sent: Sent) => void)[]} */
  const takers = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const sent = { headers: request.headers, body, answer: (/** @type {number} */ status) => void response.writeHead(status).end() };
    const taker = takers.shift();
    if (taker) taker(sent);
    else waiting.push(sent);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const next = () => {
    const sent = waiting.shift();
    return sent ? Promise.resolve(sent) : withinTime('a webhook', /** @type {Promise<Sent>} */ (new Promise((resolve) => takers.push(resolve))));
  };
  return { url: `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}/hook?of=us`, next };
}

/** @param {Sent} sent */
export const messageOf = ({ body }) => JSON.parse(JSON.parse(Buffer.from(body.split('.')[1], 'base64url').toString()).data);
/** @param {Sent} sent */
export const eventOf = (sent) => JSON.parse(messageOf(sent).data);
