// Many sources at once: lists of them, and folders of files in the forms in which runtimes hand them out.

/** @import { Api, Item } from '../internal.d.ts' */

/** @typedef {{ disk: Api['disk'], refuse: (field: string, description: string) => Error, signal?: AbortSignal }} Context */

/**
 * The items of whatever a caller passes. A folder is an item too, so that empty ones are not lost.
 *
 * @param {any} given
 * @param {Context} context
 * @returns {AsyncGenerator<Item, void, undefined>}
 */
export async function* expand(given, context) {
  context.signal?.throwIfAborted();
  const { disk, refuse } = context;
  // A drop or a paste.
  if (given?.items && typeof given.items[Symbol.iterator] === 'function') given = entriesOfDrop(given.items);
  if (typeof given === 'string' || given instanceof URL) {
    if (!disk) throw refuse('sources', 'must not be a path here: only Node, Bun and Deno can open one');
    yield* ofPath(given, await disk());
    return;
  }
  if (isFolder(given)) {
    yield* ofFolder(given);
    return;
  }
  if (typeof given?.[Symbol.iterator] !== 'function' && typeof given?.[Symbol.asyncIterator] !== 'function') {
    throw refuse('sources', 'must be a list of sources, a folder or a drop');
  }
  for await (const item of given) {
    context.signal?.throwIfAborted();
    if (isFolder(item)) yield* ofFolder(item);
    else if (isFileEntry(item)) yield itemOf(await fileOf(item));
    else if ((typeof item === 'string' || item instanceof URL) && disk) yield* ofPath(item, await disk());
    else if (item?.source !== undefined) {
      const { source, ...options } = item;
      yield { ...itemOf(source), options };
    } else yield itemOf(item);
  }
}

/**
 * The content of a drop. It must be read while its event is handled, as it is empty afterwards.
 *
 * @param {Iterable<any>} items
 */
const entriesOfDrop = (items) => [...items].map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile?.()).filter(Boolean);

/**
 * A FileSystemDirectoryHandle, or the older FileSystemDirectoryEntry.
 *
 * @param {any} given
 */
const isFolder = (given) => given?.kind === 'directory' || (given?.isDirectory === true && typeof given.createReader === 'function');

/** @param {any} given */
const isFileEntry = (given) => given?.isFile === true && typeof given.file === 'function';

/**
 * @param {any} entry
 * @returns {Promise<File>}
 */
const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));

/**
 * One source, with what is known of it before it is opened.
 *
 * @param {any} source
 * @returns {Item}
 */
function itemOf(source) {
  const name = typeof source === 'string' ? undefined : source?.name;
  // Files of a folder that was picked name their place in it.
  const parts = (source?.webkitRelativePath || '').split('/');
  const folder = parts.slice(0, -1).join('/') || undefined;
  return { source, name: typeof name === 'string' ? name : undefined, folder, size: source?.size ?? source?.byteLength };
}

/**
 * @param {any} folder
 * @param {string} [parent]
 * @returns {AsyncGenerator<Item, void, undefined>}
 */
async function* ofFolder(folder, parent = '') {
  const path = parent ? `${parent}/${folder.name}` : folder.name;
  yield { isFolder: true, folder: path };
  for await (const child of childrenOf(folder)) {
    if (isFolder(child)) yield* ofFolder(child, path);
    else {
      const file = child.getFile ? await child.getFile() : await fileOf(child);
      yield { source: file, name: file.name, folder: path, size: file.size };
    }
  }
}

/**
 * @param {any} folder
 * @returns {AsyncGenerator<any, void, undefined>}
 */
async function* childrenOf(folder) {
  if (typeof folder.values === 'function') {
    yield* folder.values();
    return;
  }
  const reader = folder.createReader();
  for (;;) {
    // It returns some at a time, and none at the end.
    /** @type {any[]} */
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    yield* some;
  }
}

/**
 * @param {string | URL} given
 * @param {typeof import('../disk.js')} disk
 * @returns {AsyncGenerator<Item, void, undefined>}
 */
async function* ofPath(given, disk) {
  const { name, size: whole, entries } = await disk.folderOrFile(given);
  if (!entries) {
    yield { source: given, name, size: whole };
    return;
  }
  if (name) yield { isFolder: true, folder: name };
  const below = (/** @type {string} */ path) => [name, path].filter(Boolean).join('/') || undefined;
  for await (const { path, isFolder: isOne, ...entry } of entries) {
    if (isOne) yield { isFolder: true, folder: below(path) };
    else {
      const parts = path.split('/');
      yield { ...entry, name: parts.pop(), folder: below(parts.join('/')) };
    }
  }
}
