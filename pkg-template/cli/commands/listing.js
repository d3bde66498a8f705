// The commands that look: ls, tree, search, info, du.
import { Failure, UsageError } from '../failure.js';
import { entryOf, fileItem, folderItem, folderOf, folderSort, itemOf, join, pathOf, trashed } from '../items.js';
import { harmless, table } from '../terminal.js';
import { bytes, count, moment } from '../units.js';

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
  const found = await client.paths.tree('/', { parentFolderId: top.id, depth: options.depth });
  if (options.json) return print(json(nested(found, top.path, options)));
  const seen = { folders: 0, files: 0, size: 0 };
  const draw = (node, indent) => {
    const children = childrenIn(node, options);
    for (const [index, { name, node: below, file }] of children.entries()) {
      const isLast = index === children.length - 1;
      print(`${indent}${isLast ? '└── ' : '├── '}${below ? paint.blue(`${harmless(name)}/`) : harmless(name)}`);
      if (file) {
        seen.files += 1;
        seen.size += sizeOf(file);
      } else {
        seen.folders += 1;
        draw(below, `${indent}${isLast ? '    ' : '│   '}`);
      }
    }
  };
  print(paint.blue(harmless(top.path ?? word)));
  draw(found, '');
  const counts = [count(seen.folders, 'folder'), ...(options.folders ? [] : [count(seen.files, 'file'), bytes(seen.size)])];
  print(paint.dim(counts.join(', ')));
}

const sizeOf = (file) => Math.max(Number(file.sizeInBytes) || 0, 0);

/** What a line of the tree stands for, folders first. */
const childrenIn = ({ folders, files }, options) => [
  ...folders.map((node) => ({ name: node.folder.displayName, node })),
  ...(options.folders ? [] : files.map((file) => ({ name: file.displayName, file }))),
];

const nested = (node, path, options) => ({
  ...entryOf(folderItem(node.folder, path)),
  children: childrenIn(node, options).map(({ name, node: below, file }) => {
    const own = join(path, name);
    return below ? nested(below, own, options) : entryOf(fileItem(file, own));
  }),
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
  const shown = [];
  const add = (node, path, level) => {
    if (level > depth) return;
    shown.push({ path, files: node.fileCount, folders: foldersBelow(node), bytes: node.sizeInBytes });
    for (const below of node.folders) add(below, join(path, below.folder.displayName), level + 1);
  };
  add(await client.paths.tree('/', { parentFolderId: top.id }), top.path, 0);
  if (options.json) return print(json(shown));
  const columns = [{ title: 'Size', align: 'right' }, { title: 'Files', align: 'right' }, { title: 'Folder' }];
  const rows = shown.map(({ path, files, bytes: size }) => [bytes(size), String(files), path]);
  for (const line of table(columns, rows, paint)) print(line);
}

const foldersBelow = ({ folders }) => folders.reduce((sum, folder) => sum + 1 + foldersBelow(folder), 0);
