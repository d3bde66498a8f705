// A stand-in for the service over HTTP, with canned answers, and a file server for pages.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

/** @typedef {{ method?: string, path: string, search: string, headers: import('node:http').IncomingHttpHeaders, body: string }} Asked */

/** @type {Record<string, string>} */
const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

const descriptor = {
  id: 'f1~mv2.jpg',
  displayName: 'red fox.jpg',
  createdDate: '2024-01-05T10:11:12Z',
  media: { image: { image: { id: 'f1~mv2.jpg', filename: 'red fox.jpg', width: 3, height: 4 } } },
};

/** @type {Record<string, any>} */
export const ANSWERS = {
  'GET /site-media/v1/files': { files: [descriptor], nextCursor: { cursors: { next: '' }, hasNext: false } },
  'GET /site-media/v1/files/get-file-by-id': { file: descriptor },
  'POST /site-media/v1/folders': { folder: { id: 'd1', displayName: 'Animals', createdDate: '2024-01-05T10:11:12Z' } },
};

/**
 * Starts a server on a free port. It serves the files of the folder `root` with the given `headers`, answers calls from
 * `answers`, and records them in `requests`.
 *
 * @param {{ root?: string, answers?: Record<string, any>, headers?: Record<string, string> }} [options]
 */
export async function startService({ root, answers = ANSWERS, headers = {} } = {}) {
  /** @type {Asked[]} */
  const requests = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*', 'access-control-allow-methods': '*' };
    if (url.pathname.startsWith('/site-media/')) {
      if (request.method === 'OPTIONS') return response.writeHead(204, cors).end();
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString();
      requests.push({ method: request.method, path: url.pathname, search: url.search, headers: request.headers, body });
      const answer = answers[`${request.method} ${url.pathname}`];
      const found = typeof answer === 'function' ? answer(requests.at(-1)) : answer;
      const { status = found ? 200 : 404, json = found ?? { message: 'no such call' } } = found?.json ? found : {};
      return response.writeHead(status, { ...cors, 'content-type': 'application/json' }).end(JSON.stringify(json));
    }
    try {
      const path = normalize(decodeURIComponent(url.pathname));
      const file = join(root ?? '', path.endsWith('/') ? `${path}index.html` : path);
      const content = await readFile(file);
      const type = TYPES[extname(file)] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, ...headers }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await /** @type {Promise<void>} */ (new Promise((resolve) => server.listen(0, '127.0.0.1', resolve)));
  return {
    origin: `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  };
}
