// Files and folders as the commands see them: one shape for both, and how words name them.
import { Failure, UsageError } from './failure.js';

/** @import { CommonSorting, MediaTypeWithLiterals } from '../types/index.js' */
/** @import { Client, FileDescriptor, Folder, Item } from './internal.d.ts' */

const ROOT = 'media-root';

/**
 * @param {FileDescriptor} file
 * @param {string} [path]
 * @returns {Item}
 */
export const fileItem = (file, path) => ({ kind: 'file', id: String(file._id), name: String(file.displayName), path, file });

/**
 * @param {Folder} folder
 * @param {string} [path]
 * @returns {Item}
 */
export const folderItem = (folder, path) => ({ kind: 'folder', id: String(folder._id), name: String(folder.displayName), path, folder });

/**
 * An item as `--json` shows it: the same members for every command.
 *
 * @param {Item} item
 */
export function entryOf({ kind, id, name, path, file, folder }) {
  const { _createdDate: createdDate, _updatedDate: updatedDate, state } = /** @type {FileDescriptor} */ (file ?? folder ?? {});
  const common = { kind, path, id, name, createdDate, updatedDate, state };
  if (!file) return common;
  const { sizeInBytes, mediaType, operationStatus, labels, private: isPrivate, url, hash } = file;
  return { ...common, sizeInBytes: Number(sizeInBytes), mediaType, operationStatus, labels, private: isPrivate, url, hash };
}

/**
 * The path of an item in a folder.
 *
 * @param {string | undefined} path
 * @param {string | undefined} name
 */
export const join = (path, name) => (path === undefined ? undefined : `${path.replace(/\/$/, '')}/${name}`);

/**
 * The item that a word names: a path from the top, or an id after `id:`.
 *
 * @param {Client} client
 * @param {string} word
 * @returns {Promise<Item>}
 */
export async function itemOf(client, word) {
  if (word.startsWith('id:')) return itemOfId(client, word.slice('id:'.length));
  if (!word.startsWith('/')) throw new UsageError(`invalid path ${word}: paths begin with /, ids with id:`);
  const found = await client.paths.resolve(word);
  const { displayName } = found.kind === 'file' ? found.file : found.folder;
  return { ...found, name: String(displayName) };
}

/**
 * The folder that a word names.
 *
 * @param {Client} client
 * @param {string} word
 */
export async function folderOf(client, word) {
  const item = await itemOf(client, word);
  if (item.kind !== 'folder') throw new Failure(`${word} is a file, not a folder`, { code: 'NOT_A_FOLDER' });
  return item;
}

const NOT_THERE = ['RESOURCE_NOT_FOUND', 'FOLDER_NOT_FOUND', 'NOT_FOUND'];

/**
 * @param {Client} client
 * @param {string} id
 */
async function itemOfId(client, id) {
  const orNothing = (/** @type {{ code: string }} */ error) => {
    if (NOT_THERE.includes(error.code)) return undefined;
    throw error;
  };
  const folder = await client.folders.getFolder(id).catch(orNothing);
  if (folder?._id) return folderItem(folder, await pathOf(client, folder._id));
  const file = await client.files.getFileDescriptor(id).catch(orNothing);
  if (!file) throw new Failure(`file or folder not found: id:${id}`, { code: 'RESOURCE_NOT_FOUND' });
  return fileItem(file, join(await pathOf(client, String(file.parentFolderId)), file.displayName));
}

/**
 * The path of a folder by its id. Undefined for a folder that is not below the top of the site, as in the trash.
 *
 * @param {Client} client
 * @param {string} folderId
 * @param {Map<string, Promise<string | undefined>>} [known] A cache for further calls.
 * @returns {Promise<string | undefined>}
 */
export async function pathOf(client, folderId, known = new Map()) {
  if (folderId === ROOT) return '/';
  if (!known.has(folderId)) known.set(folderId, climb(client, folderId, known));
  return known.get(folderId);
}

/**
 * @param {Client} client
 * @param {string} folderId
 * @param {Map<string, Promise<string | undefined>>} known
 */
async function climb(client, folderId, known) {
  const folder = await client.folders.getFolder(folderId).catch(() => undefined);
  if (!folder?.parentFolderId || folder.parentFolderId === folderId) return undefined;
  return join(await pathOf(client, folder.parentFolderId, known), folder.displayName);
}

/**
 * The top level of the trash: items that were deleted by themselves.
 *
 * @param {Client} client
 * @param {{ mediaTypes?: MediaTypeWithLiterals[], sort?: CommonSorting }} [options]
 * @returns {Promise<Item[]>}
 */
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

/**
 * The sort order for folders, which have no size.
 *
 * @param {CommonSorting | undefined} sort
 */
export const folderSort = (sort) => (sort?.fieldName === 'sizeInBytes' ? { ...sort, fieldName: 'displayName' } : sort);

/**
 * The items of the trash that words name, by name or id.
 *
 * @param {Client} client
 * @param {string[]} words
 */
export async function trashedOf(client, words) {
  const all = await trashed(client);
  return words.map((word) => {
    const isMeant = word.startsWith('id:')
      ? (/** @type {Item} */ { id }) => id === word.slice('id:'.length)
      : (/** @type {Item} */ { name }) => name === word.replace(/^\//, '');
    const found = all.filter(isMeant);
    if (found.length === 0) throw new Failure(`not found in the trash: ${word}`, { code: 'RESOURCE_NOT_FOUND' });
    if (found.length > 1) {
      const ids = found.map(({ id }) => `id:${id}`).join(', ');
      throw new Failure(`${word} is in the trash ${found.length} times: choose one of ${ids}`, { code: 'AMBIGUOUS' });
    }
    return found[0];
  });
}

/**
 * The ids of files and of folders, as the calls take them.
 *
 * @param {Item[]} items
 */
export const idsOf = (items) => ({
  fileIds: items.filter(({ kind }) => kind === 'file').map(({ id }) => id),
  folderIds: items.filter(({ kind }) => kind === 'folder').map(({ id }) => id),
});
