// The world of a scenario: a client, its manager, and short forms of frequent steps.
import { equal, fail, rejection } from './check.js';
import { KINDS, samples } from './samples.js';

/**
 * @import { ClientOptions, FileDescriptor, ManagerEventName } from '../harness/package.js'
 * @import { Kind } from './samples.js'
 * @import { Connect, Libraries, Reply, ScenarioClient, ScenarioManager, Whole } from './types.d.ts'
 */

export const SITE = '11111111-2222-3333-4444-555555555555';
export const START = Date.UTC(2024, 0, 5, 10, 11, 12);

/**
 * The kinds of events, by the names under which a manager tells them.
 *
 * @type {ManagerEventName[]}
 */
export const SLUGS = ['file_ready', 'file_failed', 'file_updated', 'file_deleted', 'folder_created', 'folder_updated', 'folder_deleted'];

/** The calls that were made so far, and the codes and rules that were met. */
/** @type {Set<string>} */
export const called = new Set();
/** @type {Set<string>} */
export const told = new Set();

const API = 'http://media.test/site-media/v1';

/**
 * The clients that every scenario runs with, by name: what they need of their packages comes from outside.
 *
 * @type {Record<string, (libraries: Libraries) => Connect>}
 */
export const CLIENTS = {
  official: ({ sdk, media }) => (manager, { auth } = {}) => {
    const { files, folders } = media;
    return sdk.createClient({ modules: { files, folders }, auth: auth ?? sdk.ApiKeyStrategy({ apiKey: 'key', siteId: SITE }), fetch: manager.fetch });
  },
  ours: ({ wixMedia, sdk }) => (manager, { auth } = {}) =>
    // Without repetitions, so that refusals are seen as they come.
    /** @type {ScenarioClient} */ (/** @type {unknown} */ (wixMedia.createClient(/** @type {ClientOptions} */ (auth || manager.isRemote ? { auth: auth ?? sdk.ApiKeyStrategy({ apiKey: 'key', siteId: SITE }), fetch: manager.fetch, retry: false } : { manager, auth: sdk.ApiKeyStrategy({ apiKey: 'key', siteId: SITE }), retry: false })))),
};

/**
 * A refusal of either client, in one form.
 *
 * @param {any} error
 */
export function described(error) {
  const { applicationError, validationError } = error.details ?? fail(`not a refusal: ${error.stack ?? error}`);
  if (validationError) {
    const violations = validationError.fieldViolations.map((/** @type {Record<string, string>} */ { field, violatedRule, ruleName }) => `${field} ${ruleName ?? violatedRule}`);
    for (const { violatedRule, ruleName } of validationError.fieldViolations) told.add(ruleName ?? violatedRule);
    return { status: error.status, violations };
  }
  told.add(applicationError.code);
  return { status: error.status, code: applicationError.code };
}

/**
 * The same functions, which leave their names in `called`.
 *
 * @template {object} Area
 * @param {Area} area
 * @returns {Area}
 */
function counted(area) {
  /**
   * @param {string} name
   * @param {(...args: unknown[]) => unknown} value
   */
  const count = (name, value) => (/** @type {unknown[]} */ ...args) => {
    called.add(name);
    return value(...args);
  };
  return /** @type {Area} */ (Object.fromEntries(Object.entries(area).map(([name, value]) => [name, typeof value === 'function' ? count(name, value) : value])));
}

/** @param {{ manager: ScenarioManager, connect: Connect, source: string, libraries: Libraries }} parts */
export function createWorld({ manager, connect, source, libraries }) {
  const client = connect(manager);
  const [files, folders] = [counted(client.files), counted(client.folders)];
  /** @type {any[]} */
  const events = [];
  // The raw events since the last time.
  const raw = async () => {
    await manager.settled?.(events);
    return events.splice(0);
  };

  const world = {
    manager,
    client,
    files,
    folders,
    libraries,
    /** Address of a web server whose pages `imports.js` knows. */
    source,
    connect: (/** @type {{ auth?: unknown }} */ options) => connect(manager, options),

    /**
     * Any request; a path is one of the API.
     *
     * @param {string} url
     * @param {RequestInit} [init]
     */
    send: (url, init) => manager.fetch(url.startsWith('/') ? `${API}${url}` : url, init),
    /**
     * @param {string} url
     * @param {RequestInit} [init]
     * @returns {Promise<Reply>}
     */
    async json(url, init) {
      const response = await world.send(url, init);
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
    /**
     * @param {string} path
     * @param {unknown} body
     * @param {Record<string, string>} [headers]
     */
    post: (path, body, headers = {}) =>
      world.json(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) }),
    /**
     * @param {string} url
     * @param {RequestInit} [init]
     */
    bytes: async (url, init) => new Uint8Array(await (await world.send(url, init)).arrayBuffer()),

    /** Lets time go by. */
    pass: (/** @type {number} */ milliseconds) => manager.clock.advance(milliseconds),

    /**
     * Uploads a file and gives its descriptor as the client reads it.
     *
     * @param {string} name
     * @param {BodyInit} [content]
     * @param {{ mimeType?: string } & Record<string, unknown>} [options]
     */
    async upload(name, content, options = {}) {
      const descriptor = await world.put(name, content, options);
      return files.getFileDescriptor(descriptor.id);
    },
    /**
     * Uploads a file and gives what the upload host answers.
     *
     * @param {string} name
     * @param {BodyInit} [content]
     * @param {{ mimeType?: string } & Record<string, unknown>} [options]
     * @returns {Promise<any>}
     */
    async put(name, content = name, { mimeType, ...options } = {}) {
      const ending = /** @type {Kind} */ (name.split('.').at(-1));
      const type = mimeType ?? KINDS[ending]?.[0] ?? 'application/octet-stream';
      const { uploadUrl } = await files.generateFileUploadUrl(type, { fileName: name, ...options });
      const response = await manager.fetch(uploadUrl, { method: 'PUT', headers: { 'content-type': type }, body: content });
      const body = await response.json();
      if (response.status !== 200) fail(`the upload of ${name} was refused: ${JSON.stringify(body)}`);
      return body.file;
    },
    /**
     * A sample of this kind.
     *
     * @param {Kind} kind
     * @param {Record<string, unknown>} [options]
     */
    sample: (kind, options) => world.upload(`${kind} sample.${kind}`, samples[kind], options),
    /**
     * A folder, and its id.
     *
     * @param {string} name
     * @param {string} [parentFolderId]
     */
    async folder(name, parentFolderId) {
      const { folder } = await folders.createFolder(name, parentFolderId && { parentFolderId });
      return folder._id;
    },

    /**
     * Names of the files and folders in a folder; folders end in a slash.
     *
     * @param {string} [parentFolderId]
     */
    async look(parentFolderId) {
      const [inFolder, below] = await Promise.all([
        files.listFiles({ parentFolderId, sort: { fieldName: 'displayName', order: 'ASC' } }),
        folders.listFolders({ parentFolderId, sort: { fieldName: 'displayName', order: 'ASC' } }),
      ]);
      return [...below.folders.map(({ displayName }) => `${displayName}/`), ...inFolder.files.map(({ displayName }) => displayName)];
    },
    /**
     * The whole tree below a folder as paths.
     *
     * @param {string} [parentFolderId]
     * @returns {Promise<string[]>}
     */
    async tree(parentFolderId, path = '') {
      /** @type {string[]} */
      const found = [];
      for (const { _id, displayName } of (await folders.listFolders({ parentFolderId })).folders) {
        found.push(`${path}${displayName}/`, ...(await world.tree(_id, `${path}${displayName}/`)));
      }
      for (const { displayName } of (await files.listFiles({ parentFolderId })).files) found.push(`${path}${displayName}`);
      return found.sort();
    },
    /**
     * The same of what is in the trash.
     *
     * @param {string} [parentFolderId]
     */
    async trash(parentFolderId) {
      const options = { parentFolderId, sort: { fieldName: 'displayName', order: 'ASC' } };
      const [inTrash, below] = [await files.listDeletedFiles(options), await folders.listDeletedFolders(options)];
      return [...below.folders.map(({ displayName }) => `${displayName}/`), ...inTrash.files.map(({ displayName }) => displayName)];
    },

    /**
     * Asserts that a call is refused like this: `{ status, code }`, or `{ status, violations: ['field RULE'] }`.
     *
     * @param {Promise<unknown>} promise
     * @param {object} expected
     */
    async refused(promise, expected) {
      const error = await rejection(promise);
      equal(described(error), { status: 400, ...expected }, 'refusals');
      return error;
    },
    /**
     * The same for an answer of plain HTTP.
     *
     * @param {Pick<Reply, 'status' | 'body'>} answer
     * @param {object} expected
     */
    answered({ status, body }, expected) {
      const code = body.details?.applicationError?.code;
      told.add(code);
      equal({ status, code }, expected, 'answers');
    },

    /**
     * Waits until a file is no longer pending.
     *
     * @param {string} id
     * @returns {Promise<Whole<FileDescriptor>>}
     */
    async processed(id) {
      for (;;) {
        const file = await files.getFileDescriptor(id);
        if (file.operationStatus !== 'PENDING') return file;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },

    /**
     * Runs something whose own requests go to the manager too: token calls know no other way than the global fetch.
     *
     * @param {() => unknown} run
     */
    async throughManager(run) {
      const { fetch } = globalThis;
      globalThis.fetch = manager.fetch;
      try {
        return await run();
      } finally {
        globalThis.fetch = fetch;
      }
    },

    hear: (/** @type {unknown} */ event) => void events.push(event),
    happened: Object.assign(async () => (await raw()).map(({ entityFqdn, slug, entityId }) => `${entityFqdn.split('.').at(-1)} ${slug} ${entityId}`), { raw }),
  };
  return world;
}
