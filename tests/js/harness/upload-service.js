// A service for uploads and downloads over real HTTP in this process, any request of which a test can break.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { md5 } from './bytes.js';

/**
 * @import { IncomingMessage, ServerResponse } from 'node:http'
 * @import { AddressInfo } from 'node:net'
 */

/**
 * A fault of a request: see {@link startUploadService}.
 *
 * @typedef {object} Fault
 * @property {number} [status]
 * @property {Record<string, string>} [headers]
 * @property {unknown} [json]
 * @property {number} [cutAfter]
 * @property {number} [cutAnswer]
 * @property {boolean} [stall]
 * @property {number} [offset]
 * @property {Buffer} [bytes] A download has these bytes.
 * @property {boolean} [ignoresRanges] A download knows no ranges.
 */

/** @typedef {{ kind: string, number: number, request: IncomingMessage }} Step */
/** @typedef {{ body: any, done?: boolean, transfer?: string }} Upload */
/** @typedef {{ upload: Upload, length: number, bytes: Buffer }} Transfer */
/** @typedef {{ request: IncomingMessage, response: ServerResponse, url: URL, fault?: Fault, id?: string, transfer?: any }} Served */

const FOLDER = { state: 'OK', siteId: 'site' };

/**
 * Starts the service. It calls `fault(step)` before each request. `step.kind` is one of begin, put, create, ask, chunk,
 * finalise, terminate, file, link, download and call; `step.number` counts the requests of this kind from 0. A fault is
 *
 * - `{ status, headers, json }`: the answer, without any effect,
 * - `{ cutAfter: n }`: the connection is cut after n bytes of the body, which are kept, as a real server keeps them,
 * - `{ cutAnswer: n }`: the request takes effect, and the connection is cut after n bytes of the answer's body,
 * - `{ stall: true }`: nothing is read and nothing is answered,
 * - `{ offset: n }`: the answer has this Upload-Offset.
 *
 * @param {{ fault?: (step: Step) => Fault | undefined | false | null | void, quota?: number }} [options]
 */
export async function startUploadService({ fault = () => undefined, quota = Infinity } = {}) {
  /** @type {Map<string, { descriptor: any, bytes: Buffer }>} */
  const files = new Map();
  /** @type {Map<string, any>} */
  const folders = new Map([['media-root', { id: 'media-root', displayName: 'Site Files', parentFolderId: '', ...FOLDER }]]);
  /** @type {Map<string, Upload>} */
  const uploads = new Map();
  /** @type {Map<string, Transfer>} */
  const transfers = new Map();
  /** @type {Map<string, string>} */
  const links = new Map();
  /** @type {Map<string, number>} */
  const counts = new Map();
  /** @type {{ kind: string, method?: string, path: string, headers: import('node:http').IncomingHttpHeaders }[]} */
  const requests = [];
  /** @type {string} */
  let origin;

  /**
   * @param {ServerResponse} response
   * @param {number} status
   * @param {unknown} [json]
   * @param {Record<string, string>} [headers]
   */
  const reply = (response, status, json, headers = {}) => {
    const body = json === undefined ? '' : JSON.stringify(json);
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers });
    response.end(body);
  };
  /**
   * @param {ServerResponse} response
   * @param {number} status
   * @param {string} code
   * @param {Record<string, string>} [headers]
   */
  const refuse = (response, status, code, headers) =>
    reply(response, status, { message: code, details: { applicationError: { code, description: code, data: {} } } }, headers);
  const used = () => [...files.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);

  /** Cuts the connection after what was written, which still arrives. */
  const cut = (/** @type {ServerResponse} */ response) => void response.socket?.end(() => response.destroy());

  /**
   * @param {Upload} upload
   * @param {Buffer} bytes
   */
  const makeFile = (upload, bytes) => {
    const id = `f${files.size + 1}`;
    const at = new Date().toISOString();
    const descriptor = {
      id,
      displayName: upload.body.fileName,
      parentFolderId: upload.body.parentFolderId ?? 'media-root',
      hash: md5(bytes),
      sizeInBytes: String(bytes.length),
      operationStatus: 'READY',
      mediaType: 'OTHER',
      mimeType: upload.body.mimeType,
      private: upload.body.private ?? false,
      labels: upload.body.labels ?? [],
      url: `${origin}/static/${id}`,
      state: 'OK',
      createdDate: at,
      updatedDate: at,
    };
    files.set(id, { descriptor, bytes });
    upload.done = true;
    return { file: descriptor };
  };
  /**
   * @param {unknown[]} list
   * @param {string} name
   */
  const page = (list, name) => ({ [name]: list, nextCursor: { cursors: { next: '' }, hasNext: false } });

  /**
   * @param {string | undefined} method
   * @param {string} path
   * @returns {string}
   */
  const kindOf = (method, path) => {
    if (path.endsWith('/files/generate-upload-url') || path.endsWith('/files/generate-resumable-upload-url')) return 'begin';
    if (path.endsWith('/files/get-file-by-id')) return 'file';
    if (path.endsWith('/files/generate-file-download-url')) return 'link';
    if (path.startsWith('/site-media/')) return 'call';
    if (path.startsWith('/download/')) return 'download';
    if (path === '/upload/tus') return 'create';
    if (path.startsWith('/upload/tus/')) return /** @type {Record<string, string>} */ ({ HEAD: 'ask', PATCH: 'chunk', DELETE: 'terminate', PUT: 'finalise' })[method ?? ''];
    return 'put';
  };

  /**
   * Reads the body, or as much of it as arrives before it is cut.
   *
   * @param {IncomingMessage} request
   * @param {number} [cutAfter]
   */
  const read = async (request, cutAfter = Infinity) => {
    /** @type {Buffer[]} */
    const chunks = [];
    let length = 0;
    try {
      if (cutAfter === 0) {
        request.socket.destroy();
        return { bytes: Buffer.alloc(0), isCut: true };
      }
      for await (const chunk of request) {
        const some = chunk.subarray(0, cutAfter - length);
        chunks.push(some);
        length += some.length;
        if (length >= cutAfter) {
          request.socket.destroy();
          return { bytes: Buffer.concat(chunks), isCut: true };
        }
      }
    } catch {
      return { bytes: Buffer.concat(chunks), isCut: true };
    }
    return { bytes: Buffer.concat(chunks), isCut: false };
  };

  /** @type {Record<string, (body: any, query: URLSearchParams) => object | undefined | false>} */
  const calls = {
    'POST /files/generate-upload-url': (body) => {
      const token = randomUUID();
      uploads.set(token, { body });
      return { uploadUrl: `${origin}/upload/${token}` };
    },
    'POST /files/generate-resumable-upload-url': (body) => {
      const token = randomUUID();
      uploads.set(token, { body });
      return { uploadProtocol: 'TUS', uploadUrl: `${origin}/upload/tus`, uploadToken: token };
    },
    'GET /files': (_, query) => {
      const parent = query.get('parentFolderId') ?? 'media-root';
      const list = [...files.values()].map(({ descriptor }) => descriptor).filter((each) => each.parentFolderId === parent);
      return page(list.reverse(), 'files');
    },
    'GET /folders': (_, query) => {
      const parent = query.get('parentFolderId') ?? 'media-root';
      return page([...folders.values()].filter((each) => each.parentFolderId === parent), 'folders');
    },
    'POST /folders': (body) => {
      const at = new Date().toISOString();
      const folder = { id: `d${folders.size}`, parentFolderId: 'media-root', ...body, ...FOLDER, createdDate: at, updatedDate: at };
      folders.set(folder.id, folder);
      return { folder };
    },
    'GET /files/get-file-by-id': (_, query) => {
      const file = files.get(query.get('fileId') ?? '');
      return file && { file: file.descriptor };
    },
    'POST /files/generate-file-download-url': (body) => {
      if (!files.has(body.fileId)) return undefined;
      const link = randomUUID();
      links.set(link, body.fileId);
      return { downloadUrls: [{ url: `${origin}/download/${link}`, assetKey: 'src' }] };
    },
    'POST /bulk/files/delete': (body) => {
      for (const id of body.fileIds) files.delete(id);
      return {};
    },
  };

  /** @type {Record<string, (served: Served) => Promise<unknown>>} */
  const serve = {
    async call({ request, response, url, fault: broken }) {
      const { bytes } = await read(request);
      const path = url.pathname.replace('/site-media/v1', '');
      const folder = /^\/folders\/([^/]+)$/.exec(path)?.[1];
      const body = bytes.length > 0 ? JSON.parse(bytes.toString()) : {};
      const answer = folder ? folders.has(folder) && { folder: folders.get(folder) } : calls[`${request.method} ${path}`]?.(body, url.searchParams);
      if (broken?.cutAnswer !== undefined) return response.destroy();
      return answer ? reply(response, 200, answer) : refuse(response, 404, 'NOT_FOUND');
    },
    async put({ request, response, url, fault: broken }) {
      const upload = uploads.get(url.pathname.split('/').pop() ?? '');
      const { bytes, isCut } = await read(request, broken?.cutAfter);
      if (isCut) return undefined;
      if (!upload) return refuse(response, 403, 'UPLOAD_TOKEN_INVALID');
      if (upload.done) return refuse(response, 409, 'UPLOAD_ALREADY_COMPLETED');
      if (bytes.length === 0) return refuse(response, 400, 'ZERO_FILE_SIZE');
      if (used() + bytes.length > quota) return refuse(response, 400, 'SITE_QUOTA_EXCEEDED');
      return finish(response, makeFile(upload, bytes), broken);
    },
    async create({ request, response }) {
      await read(request);
      const pairs = String(request.headers['upload-metadata'] ?? '').split(',').map((pair) => pair.trim().split(' '));
      const metadata = Object.fromEntries(pairs.map(([key, value]) => [key, Buffer.from(value ?? '', 'base64').toString()]));
      const upload = uploads.get(metadata.token);
      if (!upload) return refuse(response, 403, 'UPLOAD_TOKEN_INVALID');
      if (upload.done) return refuse(response, 409, 'UPLOAD_ALREADY_COMPLETED');
      const id = randomUUID();
      transfers.set(id, { upload, length: Number(request.headers['upload-length']), bytes: Buffer.alloc(0) });
      upload.transfer = id;
      return reply(response, 201, undefined, { location: `/upload/tus/${id}`, 'tus-resumable': '1.0.0' });
    },
    async ask({ response, transfer, fault: broken }) {
      const headers = { 'upload-offset': String(broken?.offset ?? transfer.bytes.length), 'upload-length': String(transfer.length) };
      return reply(response, 200, undefined, headers);
    },
    async chunk({ request, response, transfer, fault: broken }) {
      const offset = Number(request.headers['upload-offset']);
      if (offset !== transfer.bytes.length) {
        await read(request);
        return refuse(response, 409, 'ABORTED');
      }
      const { bytes, isCut } = await read(request, broken?.cutAfter);
      if (used() + transfer.bytes.length + bytes.length > quota) return refuse(response, 413, 'SITE_QUOTA_EXCEEDED');
      transfer.bytes = Buffer.concat([transfer.bytes, bytes]);
      if (isCut) return undefined;
      if (broken?.cutAnswer !== undefined) return response.destroy();
      return reply(response, 204, undefined, { 'upload-offset': String(broken?.offset ?? transfer.bytes.length) });
    },
    async terminate({ response, transfer, id }) {
      transfers.delete(id ?? '');
      transfer.upload.transfer = undefined;
      return reply(response, 204);
    },
    async finalise({ request, response, url, fault: broken }) {
      await read(request);
      const upload = uploads.get(url.pathname.split('/').pop() ?? '');
      if (!upload) return refuse(response, 403, 'UPLOAD_TOKEN_INVALID');
      if (upload.done) return refuse(response, 409, 'UPLOAD_ALREADY_COMPLETED');
      const transfer = transfers.get(upload.transfer ?? '');
      if (!transfer || transfer.bytes.length !== transfer.length) return refuse(response, 400, 'UPLOAD_INCOMPLETE');
      transfers.delete(upload.transfer ?? '');
      return finish(response, makeFile(upload, transfer.bytes), broken);
    },
    async download({ request, response, url, fault: broken }) {
      const file = files.get(links.get(url.pathname.split('/').pop() ?? '') ?? '');
      if (!file) return refuse(response, 403, 'PERMISSION_DENIED');
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const { length } = file.bytes;
      if (from >= length) return reply(response, 416, undefined, { 'content-range': `bytes */${length}` });
      const body = (broken?.bytes ?? file.bytes).subarray(from);
      const isPart = request.headers.range !== undefined && !broken?.ignoresRanges;
      const whole = isPart ? body : (broken?.bytes ?? file.bytes);
      /** @type {Record<string, string | number>} */
      const headers = { 'content-type': 'application/octet-stream', 'content-length': whole.length, etag: `"${file.descriptor.hash}"` };
      if (isPart) headers['content-range'] = `bytes ${from}-${length - 1}/${length}`;
      response.writeHead(isPart ? 206 : 200, headers);
      if (broken?.cutAfter === undefined) return response.end(whole);
      response.flushHeaders();
      if (broken.cutAfter > 0) await new Promise((resolve) => response.write(whole.subarray(0, broken.cutAfter), resolve));
      return cut(response);
    },
  };
  serve.begin = serve.call;
  serve.file = serve.call;
  serve.link = serve.call;

  /**
   * @param {ServerResponse} response
   * @param {unknown} json
   * @param {Fault} [broken]
   */
  const finish = (response, json, broken) => {
    if (broken?.cutAnswer === undefined) return reply(response, 200, json);
    const body = JSON.stringify(json);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.flushHeaders();
    if (broken.cutAnswer > 0) response.write(body.slice(0, broken.cutAnswer));
    return cut(response);
  };

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    const kind = kindOf(request.method, url.pathname);
    const number = counts.get(kind) ?? 0;
    counts.set(kind, number + 1);
    requests.push({ kind, method: request.method, path: url.pathname, headers: request.headers });
    const broken = fault({ kind, number, request }) || undefined;
    if (broken?.stall) return undefined;
    if (broken?.status) {
      await read(request);
      return reply(response, broken.status, broken.json ?? { message: '', details: {} }, broken.headers);
    }
    /** @type {Served} */
    const step = { request, response, url, fault: broken };
    if (['ask', 'chunk', 'terminate'].includes(kind)) {
      step.id = url.pathname.split('/').pop();
      step.transfer = transfers.get(step.id ?? '');
      if (!step.transfer) {
        await read(request);
        return refuse(response, 404, 'NOT_FOUND');
      }
    }
    try {
      return await serve[kind](step);
    } catch (error) {
      response.destroy(error instanceof Error ? error : undefined);
      return undefined;
    }
  });
  await /** @type {Promise<void>} */ (new Promise((resolve) => server.listen(0, '127.0.0.1', resolve)));
  origin = `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}`;
  return {
    origin,
    files,
    folders,
    transfers,
    uploads,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  };
}
