// Files over HTTP: the page, and the package itself.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** @type {Record<string, string>} */
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

/** Types that gzip makes smaller: WebAssembly to about half, text to a third. */
const COMPRESSIBLE = /^(?:text\/|application\/(?:json|wasm|manifest)|image\/svg)/;
/** Smaller files fit into one packet as they are. */
const MIN_COMPRESSED_SIZE = 1400;

const compress = promisify(gzip);

/** A name with the hash of its content, as the build gives the bundles of the page. */
const HASHED = /-[A-Z0-9]{8}\.(?:css|js)$/;
/** Lets caches keep such a file for a year without asking whether it has changed. */
const IMMUTABLE = 'public, max-age=31536000, immutable';

/** The import map, which browsers read only in the page itself. */
const IMPORT_MAP = /<script type="importmap">([\s\S]*?)<\/script>/;

/**
 * Makes a fetch handler for the files of `folder`, at `/`, and of `modules`, at `/wix-media/`. It resolves to undefined for
 * other paths. Only files that exist at the start are served, so no path leads out of the folders. Files are compressed for
 * whom accepts that, once for as long as they do not change.
 *
 * @param {object} options
 * @param {string} options.folder
 * @param {string} options.modules
 * @param {(importMapHash?: string) => string} options.policy The Content-Security-Policy of a file.
 * @returns {Promise<(request: Request) => Promise<Response | undefined>>}
 */
export async function openPage({ folder, modules, policy }) {
  /** @type {Map<string, string>} */
  const files = new Map();
  for (const [path, file] of await filesIn(folder)) files.set(`/${path}`, file);
  for (const [path, file] of await filesIn(modules, { isDeep: false })) files.set(`/wix-media/${path}`, file);
  const index = files.get('/index.html');
  if (index) files.set('/', index);
  /** @type {Map<string, { tag: string, bytes: Promise<Uint8Array<ArrayBuffer>> }>} */
  const compressed = new Map();
  /**
   * @param {string} file
   * @param {string} tag Of its present content.
   */
  const compressedOf = (file, tag) => {
    const known = compressed.get(file);
    if (known?.tag === tag) return known.bytes;
    const bytes = readFile(file).then(async (content) => new Uint8Array(await compress(content)));
    compressed.set(file, { tag, bytes });
    // A file that cannot be read is tried again.
    bytes.catch(() => compressed.delete(file));
    return bytes;
  };

  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
    const file = files.get(decoded(new URL(request.url).pathname));
    if (!file) return undefined;
    const { size, mtimeMs } = await stat(file);
    const type = TYPES[extname(file)];
    const isCompressible = size >= MIN_COMPRESSED_SIZE && COMPRESSIBLE.test(type);
    const isCompressed = isCompressible && acceptsGzip(request);
    const version = `${size.toString(36)}-${Math.round(mtimeMs).toString(36)}`;
    const tag = isCompressed ? `"${version}-gzip"` : `"${version}"`;
    /** @type {Record<string, string>} */
    const headers = {
      'content-type': type,
      'content-security-policy': policy(extname(file) === '.html' ? await importMapHash(file) : undefined),
      'cache-control': HASHED.test(file) ? IMMUTABLE : 'no-cache',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      etag: tag,
      ...(isCompressible && { vary: 'accept-encoding' }),
    };
    if (request.headers.get('if-none-match') === tag) return new Response(null, { status: 304, headers });
    if (isCompressed) {
      const bytes = await compressedOf(file, version);
      headers['content-encoding'] = 'gzip';
      headers['content-length'] = String(bytes.byteLength);
      return new Response(request.method === 'HEAD' ? null : bytes, { headers });
    }
    headers['content-length'] = String(size);
    const body = request.method === 'HEAD' ? null : Readable.toWeb(createReadStream(file));
    return new Response(/** @type {ReadableStream<Uint8Array> | null} */ (body), { headers });
  };
}

/** @param {Request} request */
const acceptsGzip = ({ headers }) => /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(headers.get('accept-encoding') ?? '');

/**
 * Files by their paths relative to a folder. Hidden files and unknown types are left out.
 *
 * @param {string} folder
 * @param {{ isDeep?: boolean, below?: string }} [options]
 * @returns {Promise<[path: string, file: string][]>}
 */
async function filesIn(folder, { isDeep = true, below = '' } = {}) {
  /** @type {[path: string, file: string][]} */
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = below + entry.name;
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory() && isDeep) found.push(...(await filesIn(join(folder, entry.name), { below: `${path}/` })));
    else if (entry.isFile() && TYPES[extname(path)]) found.push([path, join(folder, entry.name)]);
  }
  return found;
}

/** @param {string} path */
function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * The hash by which the policy allows exactly this import map.
 *
 * @param {string} file
 */
async function importMapHash(file) {
  const [, map] = IMPORT_MAP.exec(await readFile(file, 'utf8')) ?? [];
  return map === undefined ? undefined : createHash('sha256').update(map).digest('base64');
}
