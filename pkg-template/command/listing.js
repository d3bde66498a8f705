// The commands that look: ls, tree, search, info, du.
import { Failure, UsageError } from './failure.js';
import { entryOf, fileItem, folderItem, folderOf, folderSort, itemOf, join, pathOf, trashed } from './items.js';
import { harmless, table } from './terminal.js';
import { bytes, count, moment } from './units.js';

const FIELDS = { name: 'displayName', size: 'sizeInBytes', date: 'updatedDate' };
const VISITORS = 'visitor-uploads';
const SCOPES = { site: 'MEDIA_ROOT', trash: 'TRASH_ROOT', visitors: 'VISITOR_UPLOADS_ROOT' };

export const json = (value) => JSON.stringify(value, null, 2);

/** Lists folders, as `ls` of a shell does. */
export async function ls(context) {
  const { words, options, connect, print, paint } = context;
  const { trash, visitors } = options;
  if ((trash || visitors) && words.length > 0) throw new UsageError('--trash and --visitors take no path', 'ls');
  if (trash && visitors) throw new UsageError('--trash and --visitors are two places: choose one', 'ls');
  const { client } = await connect();
  const lists = [];
  if (trash) lists.push({ items: await trashed(client, { mediaTypes: options.type, sort: sortOf(options) }) });
  else if (visitors) lists.push({ items: await childrenOf(client, VISITORS, undefined, options) });
  else for (const word of words.length > 0 ? words : ['/']) lists.push({ word, items: await listed(client, word, options) });

  if (options.json) return print(json(lists.flatMap(({ items }) => items.map(entryOf))));
  for (const [index, { word, items }] of lists.entries()) {
    if (lists.length > 1) print(`${index > 0 ? '\n' : ''}${harmless(word)}:`);
    for (const line of itemTable(items, { isLong: options.long, paint })) print(line);
  }
}

async function listed(client, word, options) {
  const item = await itemOf(client, word);
  return item.kind === 'file' ? [item] : childrenOf(client, item.id, item.path, options);
}

const sortOf = ({ sort = 'name', reverse }) => ({ fieldName: FIELDS[sort], order: reverse ? 'DESC' : 'ASC' });

/** What is directly in a folder: folders first, unless only certain files are asked for. */
async function childrenOf(client, parentFolderId, path, options) {
  const sort = sortOf(options);
  const [folders, files] = await Promise.all([
    options.type ? [] : client.folders.listFolders({ parentFolderId, sort: folderSort(sort) }).toArray(),
    client.files.listFiles({ parentFolderId, sort, mediaTypes: options.type }).toArray(),
  ]);
  return [
    ...folders.map((folder) => folderItem(folder, join(path, folder.displayName))),
    ...files.map((file) => fileItem(file, join(path, file.displayName))),
  ];
}

/** A table of items; nothing at all where there are none, as scripts expect. */
function itemTable(items, { isLong, withPath, paint }) {
  if (items.length === 0) return [];
  const columns = [
    { title: 'Name', of: ({ kind, name, path }) => (withPath ? (path ?? name) : name) + (kind === 'folder' ? '/' : '') },
    { title: 'Size', align: 'right', of: ({ file }) => (file ? bytes(file.sizeInBytes ?? 0) : '') },
    { title: 'Type', of: ({ file }) => file?.mediaType ?? 'folder' },
    { title: 'Changed', of: ({ file, folder }) => moment((file ?? folder)?._updatedDate) },
    ...(isLong
      ? [
          { title: 'State', of: stateOf },
          { title: 'Labels', of: ({ file }) => (file?.labels ?? []).join(', ') },
          { title: 'Id', of: ({ id }) => id },
        ]
      : []),
  ];
  return table(columns, items.map((item) => columns.map(({ of }) => of(item) ?? '')), paint);
}

const stateOf = ({ file }) =>
  [file?.operationStatus && file.operationStatus !== 'READY' ? file.operationStatus.toLowerCase() : '', file?.private ? 'private' : '']
    .filter(Boolean)
    .join(', ');

/** Everything below a folder, drawn as a tree. */
export async function tree({ words: [word = '/'], options, connect, print, paint }) {
  const { client } = await connect();
  const top = await folderOf(client, word);
  const found = await client.paths.tree(top.path ?? word, { depth: options.depth });
  const only = options.folders ? ({ kind }) => kind === 'folder' : () => true;
  if (options.json) return print(json(nested(found, only)));
  const seen = { folder: 0, file: 0, bytes: 0 };
  const draw = (children, indent) => {
    const shown = children.filter(only);
    for (const [index, child] of shown.entries()) {
      const isLast = index === shown.length - 1;
      seen[child.kind] += 1;
      seen.bytes += Number(child.file?.sizeInBytes ?? 0);
      const label = child.kind === 'folder' ? paint.blue(`${harmless(child.name)}/`) : harmless(child.name);
      print(`${indent}${isLast ? '└── ' : '├── '}${label}`);
      if (child.children) draw(child.children, `${indent}${isLast ? '    ' : '│   '}`);
    }
  };
  print(paint.blue(harmless(top.path ?? word)));
  draw(found.children ?? [], '');
  print(paint.dim(options.folders ? count(seen.folder, 'folder') : `${count(seen.folder, 'folder')}, ${count(seen.file, 'file')}, ${bytes(seen.bytes)}`));
}

const nested = (item, only) => ({
  ...entryOf(item),
  ...(item.kind === 'folder' && { children: (item.children ?? []).filter(only).map((child) => nested(child, only)) }),
});

/** Files and folders by a part of their name, type or labels. */
export async function search({ words: [text], options, connect, print, paint }) {
  const { client } = await connect();
  const { limit = 100, type: mediaTypes } = options;
  const rootFolder = SCOPES[options.in ?? 'site'];
  const [folders, files] = await Promise.all([
    mediaTypes ? [] : client.folders.searchFolders({ search: text, rootFolder }).toArray({ limit }),
    client.files.searchFiles({ search: text, rootFolder, mediaTypes }).toArray({ limit }),
  ]);
  const known = new Map();
  const located = async (item, { parentFolderId }) => ({ ...item, path: join(await pathOf(client, parentFolderId, known), item.name) });
  const items = [];
  // One after the other: most share their folders, and each folder is asked for once.
  for (const folder of folders) items.push(await located(folderItem(folder), folder));
  for (const file of files) items.push(await located(fileItem(file), file));
  if (options.json) return print(json(items.map(entryOf)));
  if (items.length === 0) throw new Failure(`Nothing matches ${text}`, { code: 'NOTHING_FOUND' });
  for (const line of itemTable(items, { isLong: options.long, withPath: true, paint })) print(line);
}

/** Everything that is known of files and folders. */
export async function info({ words, options, connect, print, paint }) {
  const { client } = await connect();
  if (options.minutes !== undefined && !options.link) throw new UsageError('--minutes says how long a --link works', 'info');
  const found = [];
  for (const word of words) {
    const item = await itemOf(client, word);
    const link = options.link && (await linkTo(client, item, options));
    found.push({ item, link });
  }
  if (options.json) {
    return print(json(found.map(({ item, link }) => ({ ...entryOf(item), ...(link && { link }), descriptor: item.file ?? item.folder }))));
  }
  for (const [index, { item, link }] of found.entries()) {
    if (index > 0) print();
    const facts = [['Path', item.path ?? ''], ...factsOf(item), ...(link ? [['Link', link]] : [])].filter(([, value]) => value);
    const wide = Math.max(...facts.map(([name]) => name.length));
    for (const [name, value] of facts) print(`${paint.dim(name.padEnd(wide))}  ${harmless(value)}`);
  }
}

async function linkTo(client, item, { minutes }) {
  if (item.kind === 'folder') return (await client.folders.generateFolderDownloadUrl(item.id)).downloadUrl;
  const { downloadUrls } = await client.files.generateFileDownloadUrl(item.id, { expirationInMinutes: minutes });
  return downloadUrls?.[0]?.url;
}

function factsOf({ kind, id, file, folder }) {
  if (kind === 'folder') {
    const { _createdDate, _updatedDate, state } = folder ?? {};
    return [['Kind', 'folder'], ['Id', id], ['State', state], ['Created', moment(_createdDate)], ['Changed', moment(_updatedDate)]];
  }
  const { media = {} } = file;
  const picture = media.image?.image ?? media.vector?.image;
  return [
    ['Kind', `file, ${file.mediaType}`],
    ['Id', id],
    ['Size', `${bytes(file.sizeInBytes ?? 0)} (${file.sizeInBytes} bytes)`],
    ['Dimensions', dimensionsOf(picture ?? media.video)],
    ['MD5', file.hash],
    ['Status', file.operationStatus],
    ['State', file.state],
    ['Private', file.private ? 'yes' : ''],
    ['Labels', (file.labels ?? []).join(', ')],
    ['Created', moment(file._createdDate)],
    ['Changed', moment(file._updatedDate)],
    ['URL', file.url],
    ['Media', picture ?? [media.video, media.document].find((uri) => typeof uri === 'string')],
  ];
}

/** Width and height, which `wix:` URIs carry at their end. */
function dimensionsOf(uri) {
  const [, wide, high] = /originWidth=(\d+)&originHeight=(\d+)/.exec(uri ?? '') ?? /posterWidth=(\d+)&posterHeight=(\d+)/.exec(uri ?? '') ?? [];
  return wide && `${wide} × ${high}`;
}

/** How much is in folders, with everything below them. */
export async function du({ words: [word = '/'], options, connect, print, paint }) {
  const { client } = await connect();
  const { depth = 1 } = options;
  const top = await folderOf(client, word);
  const totals = await totalsOf(client, top);
  const shown = totals.filter(({ level }) => level <= depth);
  if (options.json) return print(json(shown.map(({ path, files, folders, size }) => ({ path, files, folders, bytes: size }))));
  const columns = [
    { title: 'Size', align: 'right' },
    { title: 'Files', align: 'right' },
    { title: 'Folder' },
  ];
  const rows = shown.map(({ path, files, size }) => [bytes(size), String(files), path]);
  for (const line of table(columns, rows, paint)) print(line);
}

/** The folder and each one below it, parents first, with what is in it at every depth. */
async function totalsOf(client, top) {
  const root = { path: top.path, level: 0, files: 0, folders: 0, size: 0, above: [] };
  const byPath = new Map([[top.path, root]]);
  const all = [root];
  for await (const { kind, path, file } of client.paths.walk(top.path)) {
    const parent = byPath.get(path.slice(0, path.lastIndexOf('/')) || '/');
    const holders = [parent, ...parent.above];
    if (kind === 'file') {
      for (const holder of holders) {
        holder.files += 1;
        holder.size += Number(file.sizeInBytes ?? 0);
      }
      continue;
    }
    for (const holder of holders) holder.folders += 1;
    // Two folders of one name are one line.
    if (byPath.has(path)) continue;
    const folder = { path, level: parent.level + 1, files: 0, folders: 0, size: 0, above: holders };
    byPath.set(path, folder);
    all.push(folder);
  }
  return all;
}
