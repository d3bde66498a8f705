// The random commands of the proof of consistency: what is sent, what of an answer counts, and which events a command may explain.
//
// Names that commands give begin with a digit. Other files, which are imported or whose uploads no replay knows, have names that begin
// with a letter until a command renames them. Lists are asked for in the order of names, so those come last, and are left out.

import { md5 } from '../harness/bytes.js';

/** @import { random } from '../crash/model.js' */

/**
 * @typedef {'createFolder' | 'updateFolder' | 'trashFolders' | 'restoreFolders' | 'eraseFolders' | 'getFolder' | 'listFolders' | 'searchFolders' |
 *   'listDeletedFolders' | 'queryFolders'} FolderWhat
 * @typedef {'openUpload' | 'openTransfer' | 'upload' | 'import' | 'bulkImport' | 'bulkImportFiles' | 'openDownload' | 'download' | 'openArchive' | 'archive' | 'updateFile' | 'trashFiles' | 'restoreFiles' | 'eraseFiles' | 'getFile' |
 *   'getFiles' | 'listFiles' | 'searchFiles' | 'listDeletedFiles' | 'queryFiles'} FileWhat
 * @typedef {FolderWhat | FileWhat} What
 */
/**
 * A command. What it names is unique, so that an event shows whose it is.
 *
 * @typedef {object} Command
 * @property {What} what
 * @property {string[]} [ids]
 * @property {string} [name]
 * @property {string} [parent]
 * @property {string} [search]
 * @property {number} [limit] The length of a page.
 * @property {string} [past] The name of the last item of the page before, and
 * @property {string} [cursor] the cursor that the page ended with.
 * @property {number} [size] Of the bytes of an upload, and
 * @property {number} [seed] what makes them.
 * @property {string} [source] The URL of an import.
 * @property {boolean} [isSpoilt] Whether an invalid import stands beside it, so that nothing may be imported.
 */
/** @typedef {{ status: number, text: string }} Reply */
/** @typedef {{ number: number, body: any }} RecordedEvent */
/** @typedef {(id: string) => string} Named The name of an id in another manager. */
/** @typedef {{ folders: string[], files: string[] }} Known */

const ROOT = 'media-root';
const API = '/site-media/v1';
const MIME = 'application/octet-stream';

/** Commands that answer with a URL, and change nothing that others see. */
const PREPARES = new Set(['openUpload', 'openTransfer', 'openDownload', 'openArchive']);
/**
 * What is read at the URL of a download.
 *
 * @type {Partial<Record<What, What>>}
 */
const FETCHES = { openDownload: 'download', openArchive: 'archive' };
const IMPORTS = new Set(['import', 'bulkImport', 'bulkImportFiles']);
const READ = /^(get|list|search|query)/;
const PAGED = /^(list|search|query)/;
/** Commands about one file or folder. */
const ONE = new Set(['getFile', 'getFolder', 'openDownload']);
const IDLE = /^(trash|restore|erase)/;

/** @param {Command} command */
export const prepares = ({ what }) => PREPARES.has(what);
/** @param {Command} command */
export const isFetch = ({ what }) => Object.values(FETCHES).includes(what);
/** @param {Command} command */
export const isRead = (command) => READ.test(command.what) || prepares(command) || isFetch(command);
/**
 * Whether a URL leads to what there was when it was made. So it matters when that was.
 *
 * @param {Command} command
 */
export const isFixed = ({ what }) => what === 'openArchive';
/**
 * The command that reads what is at the URL of another one, if that is a download.
 *
 * @param {Command} command
 * @returns {Command | undefined}
 */
export const fetchAfter = ({ what, name }) => FETCHES[what] && { what: FETCHES[what], name };
/** @param {Command} command */
export const isPaged = ({ what }) => PAGED.test(what);
/**
 * Whether a command may succeed without changing anything.
 *
 * @param {Command} command
 */
export const isIdle = ({ what }) => IDLE.test(what);
/**
 * Whether a command takes effect after its answer.
 *
 * @param {Command} command
 */
export const isDeferred = ({ what }) => IMPORTS.has(what);

/**
 * The name of a file that a command makes.
 *
 * @param {Command} command
 */
export const fileName = (command) => (isDeferred(command) ? `import ${command.name}.bin` : `${command.name}.bin`);

/**
 * The query of a list.
 *
 * @param {Command} command
 * @param {Record<string, string>} [more]
 */
function listed({ limit = 100, cursor }, more = {}) {
  if (cursor) return new URLSearchParams({ 'paging.limit': String(limit), 'paging.cursor': cursor, ...more });
  return new URLSearchParams({ ...more, 'sort.fieldName': 'displayName', 'sort.order': 'ASC', 'paging.limit': String(limit) });
}

/** @param {Command} command */
const searched = ({ search, limit = 100, cursor }) => ({ search, sort: { fieldName: 'displayName', order: 'ASC' }, paging: { limit, ...(cursor && { cursor }) } });

/** @param {Command} command */
const queried = ({ limit = 100, cursor }) => ({ query: cursor ? { cursorPaging: { limit, cursor } } : { filter: {}, sort: [{ fieldName: 'displayName', order: 'ASC' }], cursorPaging: { limit } } });

/**
 * The request of a command, other than one that sends bytes.
 *
 * @param {Command} command
 * @param {Named} named
 * @returns {[method: string, path: string, body?: object]}
 */
export function requestOf(command, named) {
  const { what, name, parent = ROOT, ids = [] } = command;
  const all = ids.map(named);
  const [own = ''] = all;
  const into = named(parent);
  const upload = { mimeType: MIME, fileName: `${name}.bin`, parentFolderId: into };
  switch (what) {
    case 'createFolder':
      return ['POST', `${API}/folders`, { displayName: name, parentFolderId: into }];
    case 'updateFolder':
      return ['PATCH', `${API}/folders/${own}`, { folder: { id: own, displayName: name, parentFolderId: into } }];
    case 'trashFolders':
      return ['POST', `${API}/bulk/folders/delete`, { folderIds: all }];
    case 'eraseFolders':
      return ['POST', `${API}/bulk/folders/delete`, { folderIds: all, permanent: true }];
    case 'restoreFolders':
      return ['POST', `${API}/bulk/trash-bin/folders/restore`, { folderIds: all }];
    case 'getFolder':
      return ['GET', `${API}/folders/${own}`];
    case 'listFolders':
      return ['GET', `${API}/folders?${listed(command, { parentFolderId: into })}`];
    case 'searchFolders':
      return ['POST', `${API}/folders/search`, searched(command)];
    case 'listDeletedFolders':
      return ['GET', `${API}/trash-bin/folders?${listed(command)}`];
    case 'queryFolders':
      return ['POST', `${API}/folders/query`, queried(command)];
    case 'openUpload':
      return ['POST', `${API}/files/generate-upload-url`, upload];
    case 'openTransfer':
      return ['POST', `${API}/files/generate-resumable-upload-url`, upload];
    case 'import':
      return ['POST', `${API}/files/import`, { url: command.source, mimeType: MIME, displayName: fileName(command) }];
    case 'bulkImport':
      return ['POST', `${API}/bulk/files/import-v2`, { importFileRequests: [{ url: command.source, mimeType: MIME, displayName: fileName(command) }], returnEntity: true }];
    case 'bulkImportFiles': {
      const good = { url: command.source, mimeType: MIME, displayName: fileName(command) };
      return ['POST', `${API}/bulk/files/import`, { importFileRequests: command.isSpoilt ? [good, { ...good, url: 'ftp://media.test/a' }] : [good] }];
    }
    case 'openDownload':
      return ['POST', `${API}/files/generate-file-download-url`, { fileId: own }];
    case 'openArchive':
      return ['POST', `${API}/files/generate-download-url`, { fileIds: all }];
    case 'updateFile':
      return ['PATCH', `${API}/files/update-file-descriptor`, { file: { id: own, displayName: `${name}.bin`, labels: [name], parentFolderId: into } }];
    case 'trashFiles':
      return ['POST', `${API}/bulk/files/delete`, { fileIds: all }];
    case 'eraseFiles':
      return ['POST', `${API}/bulk/files/delete`, { fileIds: all, permanent: true }];
    case 'restoreFiles':
      return ['POST', `${API}/bulk/trash-bin/files/restore`, { fileIds: all }];
    case 'getFile':
      return ['GET', `${API}/files/get-file-by-id?${new URLSearchParams({ fileId: own })}`];
    case 'getFiles':
      return ['POST', `${API}/files/get-files`, { fileIds: all }];
    case 'listFiles':
      return ['GET', `${API}/files?${listed(command, { parentFolderId: into })}`];
    case 'searchFiles':
      return ['POST', `${API}/files/search`, searched(command)];
    case 'listDeletedFiles':
      return ['GET', `${API}/trash-bin/files?${listed(command)}`];
    case 'queryFiles':
      return ['POST', `${API}/files/query`, queried(command)];
    default:
      throw new Error(`${what} sends bytes`);
  }
}

/**
 * How often each command comes, by what there has to be for it.
 *
 * @type {Record<'folder' | 'file' | 'any', What[]>}
 */
const CHOICES = {
  folder: [
    ...Array(5).fill('updateFolder'), 'trashFolders', 'trashFolders', 'restoreFolders', 'restoreFolders', 'restoreFolders', 'eraseFolders', 'getFolder', 'listFolders', 'listFiles', 'listFiles',
  ],
  file: [...Array(4).fill('updateFile'), 'trashFiles', 'trashFiles', 'restoreFiles', 'restoreFiles', 'restoreFiles', 'eraseFiles', 'getFile', 'getFiles', 'openDownload', 'openDownload', 'openArchive'],
  any: ['searchFiles', 'searchFolders', 'listDeletedFiles', 'listDeletedFolders', 'queryFiles', 'queryFolders'],
};

/**
 * A random command about what somebody has made.
 *
 * @param {ReturnType<typeof random>} dice
 * @param {Known} known
 * @param {string} name One that nobody else uses.
 * @param {{ folders: number, files: number, source: string }} load How many folders and files there should be, and the URL of imports, if there are any.
 * @returns {Command}
 */
export function chosen({ below, of }, known, name, load) {
  const some = (/** @type {string[]} */ ids) => [...new Set(Array.from({ length: 1 + below(3) }, () => of(ids)))];
  const parent = of([ROOT, ...known.folders]);
  const way = below(24);
  const lacksFolders = known.folders.length < load.folders;
  if (known.folders.length === 0 || (lacksFolders && way < 4)) return { what: 'createFolder', name, parent };
  if (known.files.length < load.files && way < 10) {
    const what = /** @type {What} */ (of(['openUpload', 'openUpload', 'openTransfer', ...(load.source ? ['import', 'bulkImport', 'bulkImportFiles'] : [])]));
    if (!PREPARES.has(what)) return { what, name, source: load.source, isSpoilt: what === 'bulkImportFiles' && below(3) === 0 };
    return { what, name, parent, size: 1 + below(2000), seed: 1 + below(2 ** 30) };
  }
  const kinds = /** @type {('folder' | 'file' | 'any')[]} */ (['folder', 'folder', 'folder', ...(known.files.length > 0 ? ['file', 'file'] : []), 'any']);
  const kind = kinds[below(kinds.length)];
  const what = /** @type {What} */ (of(CHOICES[kind]));
  const limit = 1 + below(4);
  if (what.startsWith('search')) return { what, search: `.${below(8)}.`, limit };
  if (kind === 'any') return { what, limit };
  if (what === 'listFolders') return { what, parent, limit };
  // Imports that are pending are in the root, and have no place in the order of names.
  if (what === 'listFiles') return { what, parent: of(known.folders), limit };
  const ids = kind === 'folder' ? known.folders : known.files;
  if (what.startsWith('update')) return { what, ids: [of(ids)], name, parent };
  return { what, name, ids: ONE.has(what) ? [of(ids)] : some(ids) };
}

/** @param {any} body */
const cursorOf = (body) => String((body.nextCursor ?? body.pagingMetadata)?.cursors?.next ?? '');

/**
 * What follows a page, if anything does.
 *
 * @param {Command} command
 * @param {Reply} answer
 * @returns {Command | undefined}
 */
export function nextPage(command, { status, text }) {
  if (status !== 200 || !isPaged(command)) return undefined;
  const body = JSON.parse(text);
  const [cursor, last] = [cursorOf(body), (body.files ?? body.folders)?.at(-1)?.displayName];
  return cursor && /^\d/.test(last) ? { ...command, cursor, past: last } : undefined;
}

/**
 * Asks another manager for what a command asks for. Of a list it asks for everything, because a cursor counts where it was made.
 *
 * @param {(method: string, path: string, body?: object) => Promise<Reply>} send
 * @param {Command} command
 * @param {Named} named
 * @returns {Promise<Reply>}
 */
export async function asked(send, command, named) {
  if (!isPaged(command)) return send(...requestOf(command, named));
  const { limit = 100, past = '' } = command;
  const items = [];
  for (let cursor; ; ) {
    const { status, text } = await send(...requestOf({ ...command, limit: 100, cursor }, named));
    if (status !== 200) return { status, text };
    const body = JSON.parse(text);
    items.push(...(body.files ?? body.folders ?? []));
    cursor = cursorOf(body);
    if (cursor) continue;
    const page = items.filter(({ displayName }) => /^\d/.test(displayName) && displayName > past).slice(0, limit);
    return { status, text: JSON.stringify({ [body.files ? 'files' : 'folders']: page }) };
  }
}

/**
 * What matters of a file or folder, with ids under their names.
 *
 * @param {any} item
 * @param {Named} named
 */
const shown = ({ id, displayName, parentFolderId, state, labels, sizeInBytes, hash, operationStatus }, named) => [
  named(id), displayName, named(parentFolderId), state, labels ?? null, sizeInBytes ?? null, hash ?? null, operationStatus ?? null,
];

/**
 * The URL that a command was answered with.
 *
 * @param {Reply} answer
 */
export function urlOf({ text }) {
  const { uploadUrl, downloadUrl, downloadUrls } = JSON.parse(text);
  return String(uploadUrl ?? downloadUrl ?? downloadUrls[0].url);
}

/**
 * The reply to the request of a URL, with what its bytes say. An archive has the times of its files in it, so only its length counts.
 *
 * @param {Command} command
 * @param {number} status
 * @param {Uint8Array} bytes
 * @returns {Reply}
 */
export const fetched = ({ what }, status, bytes) => ({ status, text: JSON.stringify(status === 200 ? { [what]: what === 'archive' ? bytes.length : md5(bytes) } : {}) });

/**
 * What matters of an answer.
 *
 * @param {Command} command
 * @param {Reply} answer
 * @param {Named} named
 */
export function essence(command, { status, text }, named) {
  const body = JSON.parse(text);
  if (isFetch(command)) return JSON.stringify([status, body]);
  if (status !== 200) return JSON.stringify([status, body.details?.applicationError?.code ?? body.details?.validationError?.fieldViolations?.[0]?.ruleName]);
  // Each manager has URLs of its own, of the same form.
  if (prepares(command)) return JSON.stringify([status, Object.keys(body), new URL(urlOf({ status, text })).pathname.split('/', 2), body.downloadUrls?.map((/** @type {any} */ { assetKey }) => assetKey)]);
  if (isDeferred(command)) return JSON.stringify([status, Object.keys(body)]);
  const item = body.folder ?? body.file;
  if (item) return JSON.stringify([status, shown(item, named)]);
  const items = (body.files ?? body.folders)?.filter((/** @type {any} */ { displayName }) => !isPaged(command) || /^\d/.test(displayName));
  return JSON.stringify([status, items?.map((/** @type {any} */ each) => shown(each, named))]);
}

/**
 * The file or folder of an event, unless it is gone.
 *
 * @param {RecordedEvent} event
 */
const entityOf = ({ body: { createdEvent, updatedEvent, actionEvent } }) => createdEvent?.entity ?? updatedEvent?.currentEntity ?? actionEvent?.body?.file;

/** @param {RecordedEvent} event */
const isOfFile = ({ body }) => body.entityFqdn.endsWith('.file_descriptor');

/**
 * Whether an event is that of a file that no command has made.
 *
 * @param {RecordedEvent} event
 */
export const isForeign = (event) => isOfFile(event) && Boolean(entityOf(event)?.displayName.startsWith('large '));

/**
 * What matters of events, in any order, as a change of a tree has those of its items.
 *
 * @param {RecordedEvent[]} events
 * @param {Named} named
 */
export const essences = (events, named) =>
  events
    .map((event) => {
      const { slug, entityId, deletedEvent, actionEvent } = event.body;
      const entity = entityOf(event);
      return JSON.stringify([slug, named(entityId), entity && shown(entity, named), deletedEvent?.movedToTrash, actionEvent?.body?.triggeredByUndelete]);
    })
    .sort();

/**
 * Whether a command may be the one whose first event this is.
 *
 * @param {Command} command
 * @param {RecordedEvent} event
 * @param {boolean} isKnown Whether the item of the event was there before.
 */
export function fits(command, event, isKnown) {
  const { what, name } = command;
  const { slug } = event.body;
  const [isFile, given] = [isOfFile(event), entityOf(event)?.displayName];
  const isNew = slug === (isFile ? 'file_ready' : 'created');
  switch (what) {
    case 'createFolder':
      return !isFile && isNew && !isKnown && given === name;
    case 'updateFolder':
      return !isFile && slug === 'updated' && given === name;
    case 'updateFile':
      return isFile && slug === 'updated' && given === `${name}.bin`;
    case 'upload':
    case 'import':
    case 'bulkImport':
    case 'bulkImportFiles':
      return isFile && isNew && !isKnown && given === fileName(command);
    case 'restoreFolders':
      return isNew && isKnown;
    case 'restoreFiles':
      return isFile && isNew && isKnown;
    case 'trashFolders':
    case 'eraseFolders':
      return slug === 'deleted';
    case 'trashFiles':
    case 'eraseFiles':
      return isFile && slug === 'deleted';
    default:
      return false;
  }
}
