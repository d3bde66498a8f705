// The web that imports come from.
import { createServer } from 'node:http';
import { present } from '../harness/present.js';
import { samples } from './samples.js';

/**
 * @import { AddressInfo } from 'node:net'
 * @import { Closing } from '../harness/types.d.ts'
 */

/** @type {Record<string, [type: string | undefined, content: string | Uint8Array]>} */
const PAGES = {
  '/photo.png': ['image/png', samples.png],
  '/lie.png': ['image/png', samples.mp4],
  '/typed': ['text/plain; charset=utf-8', 'typed by the server'],
  '/bare': [undefined, 'just text'],
  '/empty.txt': ['text/plain', ''],
  '/large.txt': ['text/plain', 'x'.repeat(2000)],
};

/**
 * Starts the server, and gives its address.
 *
 * @param {Closing} closing
 */
export async function startSource(closing) {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(present(request.url), 'http://localhost');
    // A page of another origin may read it, since it is a browser that imports there.
    const open = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };
    /**
     * @param {number} status
     * @param {string} [type]
     * @param {string | Uint8Array} [content]
     */
    const send = (status, type, content) => response.writeHead(status, { ...open, ...(type && { 'content-type': type }) }).end(request.method === 'HEAD' ? undefined : content);
    if (request.method === 'OPTIONS') return send(204);
    if (pathname in PAGES) return send(200, ...PAGES[pathname]);
    const [, kind, number] = pathname.split('/');
    if (kind === 'status') return send(Number(number), 'text/plain', 'no');
    if (kind === 'redirect') return response.writeHead(302, { ...open, location: number === '0' ? '/photo.png' : `/redirect/${Number(number) - 1}` }).end();
    if (kind === 'echo') return send(200, 'text/plain', JSON.stringify({ query: [...searchParams], headers: request.headers }));
    if (kind === 'broken.txt') {
      response.writeHead(200, { ...open, 'content-type': 'text/plain', 'content-length': '1000' }).write('only so much');
      // What was written still arrives, and the connection ends before the rest.
      return present(response.socket).end(() => response.destroy());
    }
    return send(404, 'text/plain', 'no such page');
  });
  await /** @type {Promise<void>} */ (new Promise((resolve) => server.listen(0, '127.0.0.1', resolve)));
  closing.after(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  );
  return `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}`;
}
