// Files and folders as the commands know them: one shape for both, and how words name them.
import { Failure, UsageError } from './failure.js';

const ROOT = 'media-root';

/** An item: what a line of a table or an entry of `--json` is made of. */
export const fileItem = (file, path) => ({ kind: 'file', id: file._id, name: file.displayName, path, file });
export const folderItem = (folder, path) => ({ kind: 'folder', id: folder._id, name: folder.displayName, path, folder });

/** An item as `--json` shows it: the same members for every command. */
export function entryOf({ kind, id, name, path, file, folder }) {
  const { _createdDate: createdDate, _updatedDate: updatedDate, state } = file ?? folder ?? {};
  const common = { kind, path, id, name, createdDate, updatedDate, state };
  if (!file) return common;
  const { sizeInBytes, mediaType, operationStatus, labels, private: isPrivate, url, hash } = file;
  return { ...common, sizeInBytes: Number(sizeInBytes), mediaType, operationStatus, labels, private: isPrivate, url, hash };
}

/** Below a folder. */
export const join = (path, name) => (path === undefined ? undefined : `${path.replace(/\/$/, '')}/${name}`);

/**
 * The item that a word names: a path from the top, or an id after `id:`. Fails where there is none, and where a path
 * leaves open which of several is meant.
 */
export async function itemOf(client, word) {
  if (word.startsWith('id:')) return itemOfId(client, word.slice('id:'.length));
  if (!word.startsWith('/')) throw new UsageError(`${word} is no path: paths begin with /, ids with id:`);
  const found = await client.paths.resolve(word);
  return { ...found, name: (found.file ?? found.folder).displayName };
}

/** The folder that a word names. */
export async function folderOf(client, word) {
  const item = await itemOf(client, word);
  if (item.kind !== 'folder') throw new Failure(`${word} is a file, not a folder`, { code: 'NOT_A_FOLDER' });
  return item;
}

const NOT_THERE = ['RESOURCE_NOT_FOUND', 'FOLDER_NOT_FOUND', 'NOT_FOUND'];

async function itemOfId(client, id) {
  const orNothing = (error) => {
    if (NOT_THERE.includes(error.code)) return undefined;
    throw error;
  };
  const folder = await client.folders.getFolder(id).catch(orNothing);
  if (folder?._id) return folderItem(folder, await pathOf(client, folder._id));
  const file = await client.files.getFileDescriptor(id).catch(orNothing);
  if (!file) throw new Failure(`There is no file or folder with the id ${id}`, { code: 'RESOURCE_NOT_FOUND' });
  return fileItem(file, join(await pathOf(client, file.parentFolderId), file.displayName));
}

/**
 * The path of a folder by its id, climbing up; undefined where the top is not the top of the site, as in the trash.
 * `known` keeps what has been found for further calls.
 */
export async function pathOf(client, folderId, known = new Map()) {
  if (folderId === ROOT) return '/';
  if (!known.has(folderId)) known.set(folderId, climb(client, folderId, known));
  return known.get(folderId);
}

async function climb(client, folderId, known) {
  const folder = await client.folders.getFolder(folderId).catch(() => undefined);
  if (!folder?.parentFolderId || folder.parentFolderId === folderId) return undefined;
  return join(await pathOf(client, folder.parentFolderId, known), folder.displayName);
}

/** What was deleted itself: the top of the trash. */
export async function trashed(client, { mediaTypes, sort } = {}) {
  const [folders, files] = await Promise.all([
    mediaTypes ? [] : client.folders.listDeletedFolders({ sort: folderSort(sort) }).toArray(),
    client.files.listDeletedFiles({ mediaTypes, sort }).toArray(),
  ]);
  return [
    ...folders.map((folder) => folderItem(folder, `/${folder.displayName}`)),
    ...files.map((file) => fileItem(file, `/${file.displayName}`)),
  ];
}

/** Folders have no size, by which alone they cannot be sorted. */
export const folderSort = (sort) => (sort?.fieldName === 'sizeInBytes' ? { ...sort, fieldName: 'displayName' } : sort);

/** The items of the trash that words name, by the name that they had or by id. */
export async function trashedOf(client, words) {
  const all = await trashed(client);
  return words.map((word) => {
    const isMeant = word.startsWith('id:')
      ? ({ id }) => id === word.slice('id:'.length)
      : ({ name }) => name === word.replace(/^\//, '');
    const found = all.filter(isMeant);
    if (found.length === 0) throw new Failure(`There is no ${word} in the trash`, { code: 'RESOURCE_NOT_FOUND' });
    if (found.length > 1) {
      const ids = found.map(({ id }) => `id:${id}`).join(', ');
      throw new Failure(`${word} is in the trash ${found.length} times: say which by ${ids}`, { code: 'AMBIGUOUS' });
    }
    return found[0];
  });
}

/** Ids of files and folders apart, as the calls take them. */
export const idsOf = (items) => ({
  fileIds: items.filter(({ kind }) => kind === 'file').map(({ id }) => id),
  folderIds: items.filter(({ kind }) => kind === 'folder').map(({ id }) => id),
});
