// Paths such as `/animals/foxes/red.jpg`, by the ordinary calls.
import { until } from '../../streams/until.js';

/** @import { StoredFolder, FileEntry, FolderEntry, FolderTree, PathOptions } from '../../types/index.js' */
/** @import { Api, CallOptions, StoredFile } from '../internal.d.ts' */

/** @typedef {(FileEntry | FolderEntry) & { depth: number }} WalkEntry */

const ROOT = 'media-root';

/** @param {unknown} path */
const segmentsOf = (path) => String(path).split('/').filter((segment) => segment !== '');

/** @param {string[]} segments */
const joined = (segments) => `/${segments.join('/')}`;

/**
 * The id of an item of the service, which always has one.
 *
 * @param {StoredFile | StoredFolder} item
 */
const idOf = (item) => /** @type {string} */ (item._id);

/**
 * The oldest of several items with one name, as the service resolves the paths of uploads.
 *
 * @template {StoredFile | StoredFolder} Entry
 * @param {Entry[]} items
 * @returns {Entry | undefined}
 */
const oldest = (items) => {
  const time = (/** @type {Entry} */ item) => Number(item._createdDate);
  return items.reduce((/** @type {Entry | undefined} */ one, other) => (one && time(one) <= time(other) ? one : other), undefined);
};

/** @param {Pick<Api, 'checkOptions' | 'client' | 'failed' | 'WixMediaError' | 'refusal' | 'within'>} api */
export function createPaths({ checkOptions, client, failed, WixMediaError, refusal, within }) {
  /**
   * Folders that are being made, so that concurrent uploads do not make them twice.
   *
   * @type {Map<string, Promise<StoredFolder>>}
   */
  const making = new Map();

  /**
   * @param {string} operation
   * @param {string} path
   * @param {string} segment
   * @param {string} parent
   */
  const missing = (operation, path, segment, parent) => {
    const description = `${JSON.stringify(segment)} not found in ${parent}`;
    return new WixMediaError({
      message: `${operation}: ${path}: ${description}`,
      code: 'PATH_NOT_FOUND',
      status: 404,
      operation,
      details: { applicationError: { code: 'PATH_NOT_FOUND', description, data: { path, segment, parent } } },
    });
  };

  const foldersIn = (/** @type {string} */ parentFolderId, /** @type {CallOptions} */ call) =>
    client.folders.listFolders({ parentFolderId, paging: { limit: 100 } }, call).toArray();
  const filesIn = (/** @type {string} */ parentFolderId, /** @type {CallOptions} */ call) =>
    client.files.listFiles({ parentFolderId, paging: { limit: 100 } }, call).toArray();

  /**
   * @param {string} parentFolderId
   * @param {string} name
   * @param {CallOptions} call
   */
  const folderNamed = async (parentFolderId, name, call) =>
    oldest((await foldersIn(parentFolderId, call)).filter((folder) => folder.displayName === name));

  /**
   * The folder of these segments.
   *
   * @param {string} operation
   * @param {string} path The whole path, for the error.
   * @param {string[]} segments
   * @param {string} start
   * @param {CallOptions} call
   */
  async function descend(operation, path, segments, start, call) {
    let folder = await client.folders.getFolder(start, call);
    for (const [index, segment] of segments.entries()) {
      const next = await folderNamed(idOf(folder), segment, call);
      if (!next) throw missing(operation, path, segment, joined(segments.slice(0, index)));
      folder = next;
    }
    return folder;
  }

  const startOf = (/** @type {PathOptions} */ { parentFolderId = ROOT } = {}) => parentFolderId;

  /**
   * Checks the arguments of a function, and runs it.
   *
   * @template {PathOptions} Options
   * @template Result
   * @param {string} operation
   * @param {unknown} path
   * @param {Options | undefined} options
   * @param {(path: string, options: Options, call: { signal: AbortSignal }) => Promise<Result>} work
   */
  const run = async (operation, path, options, work) => {
    if (typeof path !== 'string') throw refusal('path', 'must be a string', operation);
    const checked = checkOptions(operation, options);
    return within(operation, checked, (signal) => work(path, checked, { signal }));
  };

  /**
   * @param {string} path
   * @param {PathOptions} options
   * @param {CallOptions} call
   * @returns {Promise<FileEntry | FolderEntry>}
   */
  async function resolve(path, options, call) {
    const operation = 'paths.resolve';
    const segments = segmentsOf(path);
    const name = segments.pop();
    const parent = await descend(operation, path, segments, startOf(options), call);
    if (name === undefined) return { kind: 'folder', path: '/', id: idOf(parent), folder: parent };
    const whole = joined([...segments, name]);
    const folder = await folderNamed(idOf(parent), name, call);
    if (folder) return { kind: 'folder', path: whole, id: idOf(folder), folder };
    const isFolder = path.endsWith('/');
    const file = isFolder ? undefined : oldest((await filesIn(idOf(parent), call)).filter((each) => each.displayName === name));
    if (!file) throw missing(operation, path, name, joined(segments));
    return { kind: 'file', path: whole, id: idOf(file), file };
  }

  /**
   * @param {string} path
   * @param {PathOptions} options
   * @param {CallOptions} call
   */
  async function ensure(path, options, call) {
    /** @type {StoredFolder | undefined} */
    let folder;
    let id = startOf(options);
    for (const segment of segmentsOf(path)) {
      const key = JSON.stringify([id, segment]);
      let made = making.get(key);
      if (!made) {
        // Without the caller's signal: others may wait for the same folder.
        made = child(id, segment, {}).finally(() => making.delete(key));
        making.set(key, made);
      }
      folder = await until(call.signal, made);
      id = idOf(folder);
    }
    return folder ?? client.folders.getFolder(id, call);
  }

  /**
   * @param {string} parentFolderId
   * @param {string} name
   * @param {CallOptions} call
   */
  async function child(parentFolderId, name, call) {
    const found = await folderNamed(parentFolderId, name, call);
    return found ?? /** @type {StoredFolder} */ ((await client.folders.createFolder(name, { parentFolderId }, call)).folder);
  }

  /**
   * Everything below a folder: folders before what is in them, each level in the order of names.
   *
   * @param {StoredFolder} folder
   * @param {string} path
   * @param {number} depth
   * @param {number} maxDepth
   * @param {CallOptions} call
   * @param {string[]} [trail]
   * @returns {AsyncGenerator<WalkEntry, void, undefined>}
   */
  async function* below(folder, path, depth, maxDepth, call, trail = [idOf(folder)]) {
    if (depth > maxDepth) return;
    const byName = (/** @type {{ displayName?: string }} */ one, /** @type {{ displayName?: string }} */ other) =>
      String(one.displayName) < String(other.displayName) ? -1 : 1;
    const id = idOf(folder);
    const [folders, files] = await Promise.all([foldersIn(id, call), filesIn(id, call)]);
    const at = (/** @type {string | undefined} */ name) => `${path === '/' ? '' : path}/${name}`;
    for (const each of folders.sort(byName)) {
      const own = idOf(each);
      yield { kind: 'folder', path: at(each.displayName), id: own, depth, folder: each };
      // A folder that is moved during the walk can turn up below itself.
      if (!trail.includes(own)) yield* below(each, at(each.displayName), depth + 1, maxDepth, call, [...trail, own]);
    }
    for (const file of files.sort(byName)) yield { kind: 'file', path: at(file.displayName), id: idOf(file), depth, file };
  }

  /**
   * @param {string} path
   * @param {PathOptions & { depth?: number }} options
   */
  async function* walk(path = '/', options = {}) {
    if (typeof path !== 'string') throw refusal('path', 'must be a string', 'paths.walk');
    // The caller takes its time between the entries, so each call has its own limit.
    const checked = checkOptions('paths.walk', options);
    const { signal, timeoutMs, depth = Infinity } = checked;
    const call = { signal, timeoutMs };
    const segments = segmentsOf(path);
    try {
      const folder = await descend('paths.walk', path, segments, startOf(checked), call);
      yield* below(folder, joined(segments), 1, depth, call);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw failed('paths.walk', 'INTERNAL', 'unexpected failure', error);
    }
  }

  /**
   * @param {string} path
   * @param {PathOptions & { depth?: number }} options
   * @param {CallOptions} call
   */
  async function tree(path, options, call) {
    const { depth = Infinity } = options;
    const segments = segmentsOf(path);
    const folder = await descend('paths.tree', path, segments, startOf(options), call);
    /** @returns {FolderTree} */
    const nodeOf = (/** @type {StoredFolder} */ each, /** @type {string} */ own) => ({ path: own, folder: each, folders: [], files: [], fileCount: 0, sizeInBytes: 0 });
    const root = nodeOf(folder, joined(segments));
    const nodes = new Map([[root.path, root]]);
    const parentPath = (/** @type {string} */ own) => own.slice(0, own.lastIndexOf('/')) || '/';
    for await (const entry of below(folder, root.path, 1, depth, call)) {
      // A folder comes before what is in it.
      const parent = /** @type {FolderTree} */ (nodes.get(parentPath(entry.path)));
      if (entry.kind === 'folder') {
        const node = nodeOf(entry.folder, entry.path);
        parent.folders.push(node);
        nodes.set(entry.path, node);
      } else parent.files.push(entry.file);
    }
    return counted(root);
  }

  return {
    resolve: (/** @type {string} */ path, /** @type {PathOptions | undefined} */ options) => run('paths.resolve', path, options, resolve),
    ensure: (/** @type {string} */ path, /** @type {PathOptions | undefined} */ options) => run('paths.ensure', path, options, ensure),
    walk,
    tree: (/** @type {string} */ path = '/', /** @type {(PathOptions & { depth?: number }) | undefined} */ options) =>
      run('paths.tree', path, options, tree),
  };
}

/**
 * Fills in the counts and sizes of each node.
 *
 * @param {FolderTree} node
 */
function counted(node) {
  node.fileCount = node.files.length;
  node.sizeInBytes = node.files.reduce((sum, file) => sum + Math.max(Number(file.sizeInBytes) || 0, 0), 0);
  for (const child of node.folders) {
    counted(child);
    node.fileCount += child.fileCount;
    node.sizeInBytes += child.sizeInBytes;
  }
  return node;
}
