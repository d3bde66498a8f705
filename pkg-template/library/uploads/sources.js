// Many sources at once: lists of them, and folders of files in the forms in which runtimes hand them out.

/**
 * The items of what a caller hands over: `{ source, name, folder, size, options }`, with `folder` the path below the target,
 * and `{ isFolder, folder }` for each folder, so that empty ones are not lost.
 */
export async function* expand(given, context) {
  context.signal?.throwIfAborted();
  const { disk, refuse } = context;
  // A drop or a paste, as the client has read it while it was allowed to, or as it stands.
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

/** What a drag and drop holds. To be called while its event is handled, as it is empty afterwards. */
const entriesOfDrop = (items) => [...items].map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile?.()).filter(Boolean);

// A FileSystemDirectoryHandle, or the older FileSystemDirectoryEntry.
const isFolder = (given) => given?.kind === 'directory' || (given?.isDirectory === true && typeof given.createReader === 'function');

const isFileEntry = (given) => given?.isFile === true && typeof given.file === 'function';

const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));

/** One source, with what can be known of it without opening it. */
function itemOf(source) {
  const name = typeof source === 'string' ? undefined : source?.name;
  // A folder that was picked: its files name their place in it.
  const parts = (source?.webkitRelativePath || '').split('/');
  const folder = parts.slice(0, -1).join('/') || undefined;
  return { source, name: typeof name === 'string' ? name : undefined, folder, size: source?.size ?? source?.byteLength };
}

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

async function* childrenOf(folder) {
  if (typeof folder.values === 'function') {
    yield* folder.values();
    return;
  }
  const reader = folder.createReader();
  for (;;) {
    // It gives some at a time, and nothing at the end.
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    yield* some;
  }
}

async function* ofPath(given, disk) {
  const { name, size: whole, entries } = await disk.folderOrFile(given);
  if (!entries) {
    yield { source: given, name, size: whole };
    return;
  }
  if (name) yield { isFolder: true, folder: name };
  const below = (path) => [name, path].filter(Boolean).join('/') || undefined;
  for await (const { path, isFolder: isOne, source, size } of entries) {
    if (isOne) yield { isFolder: true, folder: below(path) };
    else {
      const parts = path.split('/');
      yield { source, name: parts.pop(), folder: below(parts.join('/')), size };
    }
  }
}
