// A site as far as examples and documents know one: files, folders and a trash in memory, over HTTP. It is strict
// about what a client has to get right, the credentials, the form of a body and the limits, and keeps every request.
import { createServer } from 'node:http';

export const API_KEY = 'IST.example-key';
export const SITE_ID = '11111111-2222-3333-4444-555555555555';
/** A token says by itself which site it is for. */
export const TOKEN = 'OauthNG.example-token';

const MAX_PER_PAGE = 100;
const MAX_IDS = 1000;

/**
 * A descriptor in REST form. The extension of the name gives its type: `fox.jpg`, `clip.mp4`.
 *
 * @param {string} displayName
 * @param {object} [more]
 * @returns {any}
 */
export function file(displayName, more) {
  const [, extension = ''] = /\.(\w+)$/.exec(displayName) ?? [];
  const mediaType = /** @type {Record<string, string>} */ ({ jpg: 'IMAGE', png: 'IMAGE', mp4: 'VIDEO', mp3: 'AUDIO', pdf: 'DOCUMENT' })[extension];
  const id = `a1b2c3_${displayName.replace(/\W/g, '-')}${mediaType === 'IMAGE' ? `~mv2.${extension}` : ''}`;
  const filename = displayName;
  const media = /** @type {Record<string, object>} */ ({
    IMAGE: { image: { image: { id, filename, width: 4000, height: 3000 } } },
    VIDEO: { video: { id, filename, posters: [{ id: `${id}f000.jpg`, width: 1280, height: 720 }] } },
    AUDIO: { audio: { id, assets: [{ id, filename, duration: 230164 }] } },
    DOCUMENT: { document: { id, filename } },
  })[mediaType];
  return {
    id,
    displayName,
    mediaType,
    media,
    parentFolderId: 'media-root',
    labels: [],
    private: false,
    sizeInBytes: '2457600',
    operationStatus: 'READY',
    createdDate: '2024-01-05T10:11:12.000Z',
    updatedDate: '2024-01-06T10:11:12.000Z',
    siteId: SITE_ID,
    state: 'OK',
    ...more,
  };
}

/** @param {any} descriptor */
const trashed = (descriptor) => ({ ...descriptor, state: 'DELETED', parentFolderId: 'trash-root', from: descriptor.parentFolderId });

class Refusal extends Error {
  /**
   * @param {number} status
   * @param {object} details
   */
  constructor(status, details) {
    super();
    this.status = status;
    this.details = details;
  }
}

/** @type {(status: number, code: string, description: string) => Refusal} */
const refused = (status, code, description) => new Refusal(status, { applicationError: { code, description, data: {} } });

/** @type {(field: string, violatedRule: string, description: string) => Refusal} */
const violation = (field, violatedRule, description) =>
  new Refusal(400, { validationError: { fieldViolations: [{ field, violatedRule, description }] } });

const PATH = '/site-media/v1';

/**
 * A request as the site keeps it.
 *
 * @typedef {object} Kept
 * @property {string} method
 * @property {string} path
 * @property {URLSearchParams} query
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {string} text
 * @property {any} body
 */

/**
 * Starts a site on a free port, with these `files` and this `trash`, newest first.
 *
 * @param {{ files?: any[], trash?: any[] }} [content]
 */
export async function startSite({ files = [], trash = [] } = {}) {
  const found = new Map([...files, ...trash.map(trashed)].map((descriptor) => [descriptor.id, descriptor]));
  const folders = new Map();
  /** @type {Kept[]} */
  const requests = [];
  let number = 0;

  const all = (/** @type {string} */ state) => [...found.values()].filter((descriptor) => descriptor.state === state);
  const known = (/** @type {string | null} */ id) => {
    const descriptor = found.get(id);
    if (!descriptor) throw refused(400, 'RESOURCE_NOT_FOUND', `file not found: ${id}`);
    return descriptor;
  };

  /** @type {(body: { fileIds: string[] }) => string[]} */
  const ids = ({ fileIds }) => {
    if (!Array.isArray(fileIds)) throw violation('fileIds', 'REQUIRED_FIELD', 'must be a list');
    if (fileIds.length > MAX_IDS) throw violation('fileIds', 'MAX_SIZE', `has more than ${MAX_IDS} entries`);
    return fileIds.filter((id) => found.has(id));
  };

  /**
   * A page. Its cursor holds the query and the offset.
   *
   * @type {(list: (choice: any) => any[], paging: { cursor?: string | null, limit?: any }, choose?: any) => any}
   */
  const page = (list, { cursor, limit = 50 }, choose) => {
    if (!(limit >= 1 && limit <= MAX_PER_PAGE)) throw violation('paging.limit', 'MAX', `must be 1 to ${MAX_PER_PAGE}`);
    const { start = 0, choice = choose } = cursor ? JSON.parse(Buffer.from(cursor, 'base64url').toString()) : {};
    const chosen = list(choice);
    const end = start + Number(limit);
    const hasNext = end < chosen.length;
    const next = hasNext ? Buffer.from(JSON.stringify({ start: end, choice })).toString('base64url') : '';
    return { items: chosen.slice(start, end), cursors: { next }, hasNext };
  };

  /** @type {(choice: { mediaTypes?: string[], search?: string }) => (descriptor: any) => boolean} */
  const isWanted = ({ mediaTypes = [], search = '' }) => (descriptor) =>
    (mediaTypes.length === 0 || mediaTypes.includes(descriptor.mediaType)) &&
    [descriptor.displayName, ...descriptor.labels].some((text) => text.toLowerCase().includes(search.toLowerCase()));

  /** @type {(list: (choice: any) => any[], asked: { cursor?: string | null, limit?: any }, choose?: any) => object} */
  const listed = (list, asked, choose) => {
    const { items, ...nextCursor } = page(list, asked, choose);
    return { files: items, nextCursor };
  };

  /** @type {Record<string, (call: { query: URLSearchParams, body: any }) => object>} */
  const CALLS = {
    'GET /files': ({ query }) =>
      listed(
        ({ parent, mediaTypes }) => all('OK').filter(({ parentFolderId }) => parentFolderId === parent).filter(isWanted({ mediaTypes })),
        { cursor: query.get('paging.cursor'), limit: query.get('paging.limit') ?? undefined },
        { parent: query.get('parentFolderId') ?? 'media-root', mediaTypes: query.getAll('mediaTypes') },
      ),
    'GET /trash-bin/files': ({ query }) =>
      listed(
        (choice) => all('DELETED').filter(isWanted(choice)),
        { cursor: query.get('paging.cursor'), limit: query.get('paging.limit') ?? undefined },
        { mediaTypes: query.getAll('mediaTypes') },
      ),
    'POST /files/search': ({ body }) => listed((choice) => all('OK').filter(isWanted(choice)), body.paging ?? {}, body),
    'POST /files/query': ({ body: { query } }) => {
      const list = (/** @type {{ filter?: any, sort?: any[] }} */ { filter, sort = [] }) => {
        const [{ fieldName = 'updatedDate', order = 'DESC' } = {}] = sort;
        const conditions = filter?.$and ?? [filter ?? {}];
        const matches = (/** @type {any} */ descriptor) =>
          conditions.every((/** @type {Record<string, any>} */ condition) =>
            Object.entries(condition).every(([name, value]) => (value?.$in ?? [value]).includes(descriptor[name])),
          );
        const sorted = all('OK').filter(matches).sort((one, other) => (one[fieldName] < other[fieldName] ? -1 : 1));
        return order === 'ASC' ? sorted : sorted.reverse();
      };
      const { items, ...pagingMetadata } = page(list, query.cursorPaging ?? {}, query);
      return { files: items, pagingMetadata: { count: items.length, ...pagingMetadata } };
    },
    'GET /files/get-file-by-id': ({ query }) => ({ file: known(query.get('fileId')) }),
    'PATCH /files/update-file-descriptor': ({ body: { file: change } }) => {
      const { id, ...fields } = change;
      const descriptor = known(id);
      const updatable = ['displayName', 'parentFolderId', 'labels'].filter((name) => name in fields);
      if (updatable.length === 0) throw refused(400, 'FIELD_MASK_IS_EMPTY_OR_MISSING', 'nothing to change');
      for (const name of updatable) descriptor[name] = fields[name];
      return { file: descriptor };
    },
    'POST /files/import': ({ body }) => {
      const { url, ...fields } = body;
      const imported = file(fields.displayName, { ...fields, sourceUrl: url, operationStatus: 'PENDING', media: undefined });
      found.set(imported.id, imported);
      return { file: imported };
    },
    'POST /files/generate-upload-url': ({ body }) => ({
      uploadUrl: `${origin}/upload/${Buffer.from(JSON.stringify(body)).toString('base64url')}`,
    }),
    'POST /bulk/files/delete': ({ body }) => {
      for (const id of ids(body)) {
        if (body.permanent) found.delete(id);
        else if (found.get(id).state === 'OK') found.set(id, trashed(found.get(id)));
      }
      return {};
    },
    'POST /bulk/trash-bin/files/restore': ({ body }) => {
      for (const id of ids(body)) {
        const { from, ...descriptor } = found.get(id);
        if (descriptor.state === 'DELETED') found.set(id, { ...descriptor, state: 'OK', parentFolderId: from });
      }
      return {};
    },
    'POST /folders': ({ body: { displayName, parentFolderId = 'media-root' } }) => {
      const id = String((number += 1)).padStart(32, '0');
      const folder = { id, displayName, parentFolderId, state: 'OK', createdDate: '2024-01-05T10:11:12.000Z' };
      folders.set(id, folder);
      return { folder };
    },
  };

  const answer = (/** @type {Kept} */ { method, path, query, headers, text }) => {
    if (headers.authorization !== TOKEN) {
      if (headers.authorization !== API_KEY) throw refused(401, 'UNAUTHENTICATED', 'the API key is missing or wrong');
      if (headers['wix-site-id'] !== SITE_ID) throw violation('wix-site-id', 'REQUIRED_FIELD', 'must name the site');
    }
    const call = CALLS[`${method} ${path}`];
    if (!call) throw refused(404, 'NOT_FOUND', `path not found: ${method} ${path}`);
    if (method !== 'GET' && headers['content-type'] !== 'application/json') throw violation('content-type', 'FORMAT', 'must be JSON');
    return call({ query, body: text && JSON.parse(text) });
  };

  const server = createServer(async (request, response) => {
    /** @type {Buffer[]} */
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://localhost');
    const { method = '', headers } = request;
    const path = pathname.startsWith(PATH) ? pathname.slice(PATH.length) : pathname;
    /** @type {Kept} */
    const kept = { method, path, query, headers, text, body: undefined };
    requests.push(kept);
    const reply = (/** @type {number} */ status, /** @type {unknown} */ body) =>
      response
        .writeHead(status, { 'content-type': 'application/json', 'x-wix-request-id': `request-${requests.length}` })
        .end(JSON.stringify(body));
    // An upload URL needs no credential, and upload hosts refuse one.
    if (method === 'PUT' && path.startsWith('/upload/')) {
      if (headers.authorization !== undefined) return reply(400, { message: 'no credentials here', details: {} });
      const { fileName, mimeType, ...fields } = JSON.parse(Buffer.from(path.split('/').pop() ?? '', 'base64url').toString());
      if (headers['content-type'] !== mimeType) return reply(400, { message: 'another type was announced', details: {} });
      const uploaded = file(fileName, { ...fields, sizeInBytes: String(Buffer.concat(chunks).length) });
      found.set(uploaded.id, uploaded);
      return reply(200, { file: uploaded });
    }
    try {
      if (text) kept.body = JSON.parse(text);
      reply(200, answer(kept));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reply(error.status, { message: '', details: error.details });
    }
  });
  await /** @type {Promise<void>} */ (new Promise((resolve) => server.listen(0, '127.0.0.1', resolve)));
  const origin = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;

  return {
    origin,
    requests,
    find: (/** @type {string} */ id) => found.get(id),
    inTrash: () => all('DELETED'),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  };
}
