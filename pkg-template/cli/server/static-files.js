// The page and the package itself, as files over HTTP.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';

const TYPES = {
  '.cjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ts': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** Browsers read an import map only where it stands in the page itself. */
const IMPORT_MAP = /<script type="importmap">([\s\S]*?)<\/script>/;

/**
 * A fetch handler for the files of `folder`, at `/`, and of `modules`, at `/wix-media/`; undefined for whatever is
 * neither. `policy` makes the Content-Security-Policy of a file from the hash of its import map. Only what is there at the
 * start is ever served, so no path leads anywhere else.
 */
export async function openPage({ folder, modules, policy }) {
  const files = new Map();
  for (const [path, file] of await filesIn(folder)) files.set(`/${path}`, file);
  for (const [path, file] of await filesIn(modules, { isDeep: false })) files.set(`/wix-media/${path}`, file);
  if (files.has('/index.html')) files.set('/', files.get('/index.html'));

  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
    const file = files.get(decoded(new URL(request.url).pathname));
    if (!file) return undefined;
    const { size, mtimeMs } = await stat(file);
    const tag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
    const headers = {
      'content-type': TYPES[extname(file)],
      'content-security-policy': policy(extname(file) === '.html' ? await importMapHash(file) : undefined),
      'cache-control': 'no-cache',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      etag: tag,
    };
    if (request.headers.get('if-none-match') === tag) return new Response(null, { status: 304, headers });
    headers['content-length'] = String(size);
    const body = request.method === 'HEAD' ? null : Readable.toWeb(createReadStream(file));
    return new Response(body, { headers });
  };
}

/** Relative paths, with slashes, and where they are; hidden files and unknown types are left out. */
async function filesIn(folder, { isDeep = true, below = '' } = {}) {
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = below + entry.name;
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory() && isDeep) found.push(...(await filesIn(join(folder, entry.name), { below: `${path}/` })));
    else if (entry.isFile() && TYPES[extname(path)]) found.push([path, join(folder, entry.name)]);
  }
  return found;
}

function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** By this the policy lets the import map of a page through, as it stands there and in no other wording. */
async function importMapHash(file) {
  const [, map] = IMPORT_MAP.exec(await readFile(file, 'utf8')) ?? [];
  return map && createHash('sha256').update(map).digest('base64');
}
