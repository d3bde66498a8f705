// Paths such as `/animals/foxes/red.jpg`, by the ordinary calls.

const ROOT = 'media-root';

const segmentsOf = (path) => String(path).split('/').filter((segment) => segment !== '');

const joined = (segments) => `/${segments.join('/')}`;

/** Of several of one name the oldest, as the service has it for the paths of uploads. */
const oldest = (items) => items.reduce((one, other) => (one && one._createdDate <= other._createdDate ? one : other), undefined);

export function createPaths(api) {
  const { client, WixMediaError, refusal } = api;
  /** Folders that are being made, so that uploads side by side do not make them twice. */
  const making = new Map();

  const missing = (operation, path, segment, parent) => {
    const description = `there is no ${JSON.stringify(segment)} in ${parent}`;
    return new WixMediaError({
      message: `${operation}: ${path}: ${description}`,
      code: 'PATH_NOT_FOUND',
      status: 404,
      operation,
      details: { applicationError: { code: 'PATH_NOT_FOUND', description, data: { path, segment, parent } } },
    });
  };

  const foldersIn = (parentFolderId, call) => client.folders.listFolders({ parentFolderId, paging: { limit: 100 } }, call).toArray();
  const filesIn = (parentFolderId, call) => client.files.listFiles({ parentFolderId, paging: { limit: 100 } }, call).toArray();

  const folderNamed = async (parentFolderId, name, call) =>
    oldest((await foldersIn(parentFolderId, call)).filter((folder) => folder.displayName === name));

  /** The folder of these segments. */
  async function descend(operation, path, segments, start, call) {
    let folder = await client.folders.getFolder(start, call);
    for (const [index, segment] of segments.entries()) {
      const next = await folderNamed(folder._id, segment, call);
      if (!next) throw missing(operation, path, segment, joined(segments.slice(0, index)));
      folder = next;
    }
    return folder;
  }

  const startOf = ({ parentFolderId = ROOT } = {}) => parentFolderId;
  const callOf = ({ signal, timeoutMs } = {}) => ({ signal, timeoutMs });

  async function resolve(path, options) {
    const operation = 'paths.resolve';
    if (typeof path !== 'string') throw refusal('path', 'must be a string', operation);
    const call = callOf(options);
    const segments = segmentsOf(path);
    const name = segments.pop();
    const parent = await descend(operation, path, segments, startOf(options), call);
    if (name === undefined) return { kind: 'folder', path: '/', id: parent._id, folder: parent };
    const whole = joined([...segments, name]);
    const folder = await folderNamed(parent._id, name, call);
    if (folder) return { kind: 'folder', path: whole, id: folder._id, folder };
    const isFolder = path.endsWith('/');
    const file = isFolder ? undefined : oldest((await filesIn(parent._id, call)).filter((each) => each.displayName === name));
    if (!file) throw missing(operation, path, name, joined(segments));
    return { kind: 'file', path: whole, id: file._id, file };
  }

  async function ensure(path, options) {
    if (typeof path !== 'string') throw refusal('path', 'must be a string', 'paths.ensure');
    const call = callOf(options);
    let folder;
    let id = startOf(options);
    for (const segment of segmentsOf(path)) {
      const key = JSON.stringify([id, segment]);
      if (!making.has(key)) {
        // Without the caller's signal: others may wait for it too.
        const made = child(id, segment, {}).finally(() => making.delete(key));
        making.set(key, made);
      }
      folder = await making.get(key);
      id = folder._id;
    }
    return folder ?? client.folders.getFolder(id, call);
  }

  async function child(parentFolderId, name, call) {
    const found = await folderNamed(parentFolderId, name, call);
    return found ?? (await client.folders.createFolder(name, { parentFolderId }, call)).folder;
  }

  /** Everything below a folder: folders before what is in them, each level in the order of names. */
  async function* below(folder, path, depth, most, call, trail = [folder._id]) {
    if (depth > most) return;
    const byName = (one, other) => (one.displayName < other.displayName ? -1 : 1);
    const [folders, files] = await Promise.all([foldersIn(folder._id, call), filesIn(folder._id, call)]);
    const at = (name) => `${path === '/' ? '' : path}/${name}`;
    for (const each of folders.sort(byName)) {
      yield { kind: 'folder', path: at(each.displayName), id: each._id, depth, folder: each };
      // A folder that is moved meanwhile can turn up below itself.
      if (!trail.includes(each._id)) yield* below(each, at(each.displayName), depth + 1, most, call, [...trail, each._id]);
    }
    for (const file of files.sort(byName)) yield { kind: 'file', path: at(file.displayName), id: file._id, depth, file };
  }

  async function* walk(path = '/', options = {}) {
    const call = callOf(options);
    const segments = segmentsOf(path);
    const folder = await descend('paths.walk', path, segments, startOf(options), call);
    yield* below(folder, joined(segments), 1, options.depth ?? Infinity, call);
  }

  async function tree(path = '/', options = {}) {
    const call = callOf(options);
    const { depth = Infinity } = options;
    const segments = segmentsOf(path);
    const folder = await descend('paths.tree', path, segments, startOf(options), call);
    const nodeOf = (each, own) => ({ path: own, folder: each, folders: [], files: [], fileCount: 0, sizeInBytes: 0 });
    const root = nodeOf(folder, joined(segments));
    const nodes = new Map([[root.path, root]]);
    const trail = (own) => own.slice(0, own.lastIndexOf('/')) || '/';
    for await (const entry of below(folder, root.path, 1, depth, call)) {
      const parent = nodes.get(trail(entry.path));
      if (entry.kind === 'folder') {
        const node = nodeOf(entry.folder, entry.path);
        parent.folders.push(node);
        nodes.set(entry.path, node);
      } else parent.files.push(entry.file);
    }
    return counted(root);
  }

  return { resolve, ensure, walk, tree };
}

/** Fills in what is below each node. */
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
