// A stub of the service: a small site with files, over HTTP, for pages of other origins.
/** @import { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http' */
/** @import { AddressInfo } from 'node:net' */
/** @import { Closing } from '../harness/types.d.ts' */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const PHOTOS = new URL('../../data/photos/', import.meta.url);
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization, content-type, wix-site-id, x-wix-consistent',
  'access-control-allow-methods': 'GET, POST, PATCH',
  'access-control-expose-headers': 'x-wix-request-id',
};
const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 90"><path d="M10 70 45 20l20 28 14-18 31 40z" fill="#2f8360"/><circle cx="92" cy="22" r="10" fill="#e6b450"/></svg>`;

export const KEY = 'IST.canned-secret-key.0123456789';
export const SITE = '4f1c2b7e-93a0-4d57-8c1e-2a6b90d3e5f8';

/**
 * @typedef {[name: string, mediaType: string, photo: string | undefined, size: number, labels?: string[]]} Sample
 * @typedef {ReturnType<typeof descriptor>} Descriptor A file as the service sends it.
 * @typedef {{ method: string | undefined, path: string, query: URLSearchParams, headers: IncomingHttpHeaders, body: Record<string, string> }} Call
 * @typedef {{ status?: number, json?: unknown, text?: string, headers?: Record<string, string> }} Answer
 * @typedef {Record<string, (call: Call) => Answer | Promise<Answer>>} Answers
 */

/** @param {string | number} name */
const hex = (name) => createHash('md5').update(String(name)).digest('hex');

/** @param {Sample} file */
const idOf = ([name]) => `a1b2c3_${hex(name)}~mv2.${name.split('.').at(-1)}`;

/** @type {Sample[]} */
const FILES = [
  ['Launch at dawn.jpg', 'IMAGE', 'rocket.jpg', 4_812_330, ['rocket', 'night']],
  ['Chelsea on the sofa.jpg', 'IMAGE', 'chelsea.jpg', 2_457_600, ['cat', 'pet', 'whiskers']],
  ['Hubble deep field.jpg', 'IMAGE', 'hubble_deep_field.jpg', 11_204_871, ['space']],
  ['Brand guidelines 2026.pdf', 'DOCUMENT', undefined, 1_840_220],
  ['Crew portrait.jpg', 'IMAGE', 'astronaut.jpg', 3_310_008, ['portrait']],
  ['Countdown, final cut.mp4', 'VIDEO', 'rocket-tower.jpg', 86_400_512],
  ['Flat white.jpg', 'IMAGE', 'coffee.jpg', 2_118_904, ['coffee', 'table']],
  ['Logo.svg', 'VECTOR', 'logo.svg', 3_184],
  ['Interview, take 3.m4a', 'AUDIO', undefined, 23_904_118],
  ['قائمة الأسعار.pdf', 'DOCUMENT', undefined, 402_118],
  ['Spiral, detail.jpg', 'IMAGE', 'hubble_galaxies.jpg', 1_904_002, ['space']],
  ['Espresso machine.glb', 'MODEL3D', undefined, 5_912_118],
  ['Chelsea, close.jpg', 'IMAGE', 'chelsea-portrait.jpg', 1_702_336, ['cat']],
  ['Press kit.zip', 'ARCHIVE', undefined, 48_102_400],
  ['Morning cup.jpg', 'IMAGE', 'coffee-cup.jpg', 1_310_720, ['coffee']],
  ['Price list.xlsx', 'DOCUMENT', undefined, 88_064],
];

/**
 * @param {Sample} file
 * @param {number} index
 * @param {string} host
 */
function descriptor(file, index, host) {
  const [displayName, mediaType, photo, size, labels = []] = file;
  const id = idOf(file);
  const url = `${host}/media/${id}`;
  const picture = { id, url, width: 3840, height: 2160, filename: displayName };
  const colors = { prominent: { rgb: { r: 40, g: 60, b: 80 } }, palette: [{ rgb: { r: 190, g: 120, b: 70 } }, { rgb: { r: 230, g: 220, b: 205 } }] };
  const media = new Map([
    ['IMAGE', { image: { image: picture, colors, faces: [] } }],
    ['VECTOR', { vector: { image: picture } }],
  ]).get(mediaType);
  const changed = new Date(Date.UTC(2026, 9, 28, 9, 30) - index * 31 * 3_600_000);
  return {
    id,
    displayName,
    url,
    parentFolderId: 'media-root',
    hash: hex(size),
    sizeInBytes: String(size),
    private: displayName === 'Price list.xlsx',
    mediaType,
    ...(media && { media }),
    operationStatus: displayName === 'Espresso machine.glb' ? 'PENDING' : 'READY',
    ...(photo && { thumbnailUrl: mediaType === 'VIDEO' ? `${url}f002.jpg` : url }),
    labels,
    createdDate: new Date(changed.getTime() - 86_400_000).toISOString(),
    updatedDate: changed.toISOString(),
    siteId: SITE,
    state: 'OK',
  };
}

/**
 * @param {string} field
 * @param {string} description
 * @param {string} violatedRule
 * @param {object} data
 */
const violation = (field, description, violatedRule, data) => ({
  status: 400,
  json: { message: 'refused', details: { validationError: { fieldViolations: [{ field, description, violatedRule, data }] } } },
});

/**
 * @param {number} status
 * @param {string} code
 * @param {string} description
 */
const failure = (status, code, description) => ({ status, json: { message: description, details: { applicationError: { code, description } } } });

/**
 * The responses by method and path. A test may replace them.
 *
 * @param {Descriptor[]} files
 * @returns {Answers}
 */
function answersOf(files) {
  return {
    'GET /files': ({ query }) => {
      const limit = Number(query.get('paging.limit') ?? 50);
      if (limit > 100) return violation('paging.limit', 'must be less than or equal to 100', 'MAX', { threshold: 100 });
      const start = Number(query.get('paging.cursor') ?? 0);
      const types = query.getAll('mediaTypes');
      const folder = query.get('parentFolderId') ?? 'media-root';
      const found = files.filter((file) => !file || (file.parentFolderId === folder && (types.length === 0 || types.includes(file.mediaType))));
      if (query.get('sort.fieldName') === 'displayName') found.sort((a, b) => (a.displayName < b.displayName ? -1 : 1));
      if (query.get('sort.order') === 'DESC') found.reverse();
      const end = start + limit;
      const hasNext = end < found.length;
      return { json: { files: found.slice(start, end), nextCursor: { cursors: { next: hasNext ? String(end) : '' }, hasNext } } };
    },
    'GET /files/get-file-by-id': ({ query }) => {
      const id = decodeURIComponent((query.get('fileId') ?? '').replace(/^wix:\w+:\/\/v1\/([^/#]+).*$/s, '$1'));
      const file = files.find((candidate) => candidate.id === id);
      return file ? { json: { file } } : failure(400, 'RESOURCE_NOT_FOUND', 'There is no such file');
    },
    'GET /folders': () => ({ json: { folders: [], nextCursor: { cursors: { next: '' }, hasNext: false } } }),
    'POST /folders': ({ body }) => ({
      json: {
        folder: {
          id: hex(body.displayName),
          displayName: body.displayName,
          parentFolderId: body.parentFolderId ?? 'media-root',
          createdDate: '2026-11-01T10:11:12.000Z',
          updatedDate: '2026-11-01T10:11:12.000Z',
          state: 'OK',
          siteId: SITE,
        },
      },
    }),
  };
}

/**
 * Starts the service on a free port. It accepts one key and one site.
 *
 * @param {Closing} closing
 */
export async function startMediaService(closing) {
  /** @type {Call[]} */
  const requests = [];
  /** @type {Answers} */
  let answers;
  /** @type {Descriptor[]} */
  let files;

  /**
   * @param {IncomingMessage} request
   * @param {ServerResponse} response
   */
  const handle = async (request, response) => {
    const url = new URL(String(request.url), 'http://localhost');
    if (request.method === 'OPTIONS') return response.writeHead(204, CORS).end();
    if (url.pathname.startsWith('/media/')) {
      const id = url.pathname.split('/')[2].replace('f002.jpg', '');
      const photo = FILES.find((file) => idOf(file) === id)?.[2];
      if (!photo) return response.writeHead(404).end();
      if (photo === 'logo.svg') return response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(LOGO);
      return response.writeHead(200, { 'content-type': 'image/jpeg' }).end(await readFile(new URL(photo, PHOTOS)));
    }
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const path = url.pathname.replace(/^\/site-media\/v1/, '');
    const call = { method: request.method, path, query: url.searchParams, headers: request.headers, body: text ? JSON.parse(text) : {} };
    requests.push(call);
    /** @type {Answer} */
    const answer =
      request.headers.authorization === KEY && request.headers['wix-site-id'] === SITE
        ? await (answers[`${call.method} ${path}`] ?? (() => failure(404, 'NOT_FOUND', 'There is no such call')))(call)
        : failure(401, 'UNAUTHENTICATED', 'The key is not known here');
    const headers = { ...CORS, 'content-type': 'application/json', 'x-wix-request-id': `req-${requests.length}`, ...answer.headers };
    response.writeHead(answer.status ?? 200, headers).end(answer.text ?? JSON.stringify(answer.json));
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => response.writeHead(500, CORS).end(String(error)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  closing.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}`;

  const service = {
    origin,
    requests,
    get files() {
      return files;
    },
    get answers() {
      return answers;
    },
    /** Restores the initial files and responses. `host` serves the pictures. */
    reset(host = origin) {
      files = FILES.map((file, index) => descriptor(file, index, host));
      answers = answersOf(files);
      requests.length = 0;
    },
    /**
     * Adds files. Each argument overrides members of a default descriptor.
     *
     * @param {...Partial<Descriptor>} changes
     */
    add(...changes) {
      for (const change of changes) files.push({ ...descriptor(FILES[3], files.length, origin), ...change });
    },
    violation,
    failure,
  };
  service.reset();
  return service;
}
