// The trash: what a deletion would take is counted before, and what was deleted can be restored.
import { batchesOf, DESCRIPTORS_PER_CALL, FILES_PER_CALL, FOLDERS_PER_CALL } from '../batches.js';

/** @import { DeletionPlan, StoredFolder, MediaTypeWithLiterals } from '../../types/index.js' */
/** @import { Api, CallOptions, StoredFile } from '../internal.d.ts' */

/** @typedef {{ file: StoredFile, folder?: undefined } | { folder: StoredFolder, file?: undefined }} Entry */
/** @typedef {{ olderThan?: Date | number | string, mediaTypes?: MediaTypeWithLiterals[], dryRun?: boolean }} EmptyOptions */
/** @typedef {{ mediaTypes?: MediaTypeWithLiterals[], inFolders?: boolean }} RestoreOptions */

/** @type {Record<string, number>} */
const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** @param {StoredFile} file */
const sizeOf = (file) => Math.max(Number(file.sizeInBytes) || 0, 0);

/** @param {StoredFile[]} files */
const sizeOfAll = (files) => files.reduce((sum, file) => sum + sizeOf(file), 0);

/** @param {StoredFile | StoredFolder} item */
const idOf = (item) => /** @type {string} */ (item._id);

/** @param {unknown} error */
const codeOf = (error) => String(/** @type {{ code?: unknown }} */ (error)?.code);

const PAGE = { paging: { limit: 100 } };

/** @param {Pick<Api, 'checkOptions' | 'client' | 'within' | 'refusal' | 'now'>} api */
export function createTrash({ checkOptions, client, within, refusal, now }) {
  /**
   * Everything below a folder, which is in use or in the trash.
   *
   * @param {StoredFolder} folder
   * @param {CallOptions} call
   * @param {string[]} [trail]
   * @returns {AsyncGenerator<Entry, void, undefined>}
   */
  async function* below(folder, call, trail = [idOf(folder)]) {
    const options = { parentFolderId: idOf(folder), ...PAGE };
    const isTrashed = folder.state === 'DELETED';
    const [files, folders] = await Promise.all([
      (isTrashed ? client.files.listDeletedFiles(options, call) : client.files.listFiles(options, call)).toArray(),
      (isTrashed ? client.folders.listDeletedFolders(options, call) : client.folders.listFolders(options, call)).toArray(),
    ]);
    for (const file of files) yield { file };
    for (const each of folders) {
      yield { folder: each };
      // A folder that is moved during the walk can turn up below itself.
      if (!trail.includes(idOf(each))) yield* below(each, call, [...trail, idOf(each)]);
    }
  }

  /**
   * @param {any} ids
   * @param {CallOptions} call
   * @returns {Promise<DeletionPlan>}
   */
  async function plan(ids, call) {
    const operation = 'trash.plan';
    const given = Array.isArray(ids) ? { ids } : (ids ?? {});
    /** @type {string[]} */
    const mixed = (given.ids ?? []).map((/** @type {any} */ id) => id?._id ?? id);
    const fileIds = [...(given.fileIds ?? []), ...mixed];
    const folderIds = [...(given.folderIds ?? [])];
    if ([...fileIds, ...folderIds].some((id) => typeof id !== 'string')) throw refusal('ids', 'must be ids of files and folders', operation);

    /** @type {Map<string, StoredFile>} */
    const files = new Map();
    /** @type {Map<string, StoredFolder>} */
    const folders = new Map();
    /** @type {Set<string>} */
    const found = new Set();
    for (const batch of batchesOf(fileIds, DESCRIPTORS_PER_CALL)) {
      const answer = await client.files.getFileDescriptors(batch, call).catch((error) => {
        if (['RESOURCE_NOT_FOUND', 'NOT_FOUND'].includes(codeOf(error))) return undefined;
        throw error;
      });
      for (const file of answer?.files ?? []) {
        files.set(idOf(file), file);
        found.add(idOf(file));
      }
    }
    // Ids may be given as media identifiers, and answers come in any order.
    const isFound = (/** @type {string} */ id) => found.has(id) || [...found].some((known) => id.includes(known));
    const rest = mixed.filter((id) => !isFound(id));
    /** @type {string[]} */
    const missing = (given.fileIds ?? []).filter((/** @type {string} */ id) => !isFound(id));
    for (const id of [...folderIds, ...rest]) {
      let folder;
      try {
        folder = await client.folders.getFolder(id, call);
      } catch (error) {
        if (!['FOLDER_NOT_FOUND', 'RESOURCE_NOT_FOUND', 'NOT_FOUND'].includes(codeOf(error))) throw error;
        missing.push(id);
        continue;
      }
      folders.set(idOf(folder), folder);
      for await (const entry of below(folder, call)) {
        if (entry.file) files.set(idOf(entry.file), entry.file);
        else folders.set(idOf(entry.folder), entry.folder);
      }
    }
    const all = [...files.values(), ...folders.values()];
    return {
      files: files.size,
      folders: folders.size,
      bytes: sizeOfAll([...files.values()]),
      alreadyInTrash: all.filter(({ state }) => state === 'DELETED').length,
      missing,
    };
  }

  /**
   * The time before which an item must have been changed last.
   *
   * @param {EmptyOptions['olderThan']} olderThan
   */
  function limitOf(olderThan) {
    if (olderThan === undefined) return Infinity;
    if (olderThan instanceof Date) return olderThan.getTime();
    if (typeof olderThan === 'number' && olderThan >= 0) return now() - olderThan;
    const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)$/.exec(String(olderThan)) ?? [];
    if (!unit) throw refusal('olderThan', 'must be a Date, milliseconds, or a text such as 30d, 12h', 'trash.empty');
    return now() - Number(number) * UNITS[unit];
  }

  /**
   * @param {EmptyOptions | undefined} options
   * @param {CallOptions} call
   */
  async function empty({ olderThan, mediaTypes, dryRun = false } = {}, call) {
    const limit = limitOf(olderThan);
    const isOld = (/** @type {StoredFile | StoredFolder} */ { _updatedDate }) => !(Number(_updatedDate ?? NaN) >= limit);
    const files = (await client.files.listDeletedFiles({ mediaTypes, ...PAGE }, call).toArray()).filter(isOld);
    const goingFolders = [];
    let [folderCount, fileCount, bytes] = [0, files.length, sizeOfAll(files)];
    // A folder holds files of every type, so it is deleted only together with all of them.
    const folders = mediaTypes ? [] : await client.folders.listDeletedFolders(PAGE, call).toArray();
    for (const folder of folders) {
      const inside = [];
      for await (const entry of below({ ...folder, state: 'DELETED' }, call)) inside.push(entry);
      if (!isOld(folder) || !inside.every(({ file, folder: each }) => isOld(file ?? each))) continue;
      goingFolders.push(folder);
      folderCount += 1;
      for (const { file } of inside) {
        if (!file) folderCount += 1;
        else {
          fileCount += 1;
          bytes += sizeOf(file);
        }
      }
    }
    if (!dryRun) {
      for (const ids of batchesOf(files.map(idOf), FILES_PER_CALL)) await client.files.bulkDeleteFiles(ids, { permanent: true }, call);
      for (const ids of batchesOf(goingFolders.map(idOf), FOLDERS_PER_CALL)) {
        await client.folders.bulkDeleteFolders(ids, { permanent: true }, call);
      }
    }
    return { files: fileCount, folders: folderCount, bytes };
  }

  /**
   * @param {RestoreOptions | undefined} options
   * @param {CallOptions} call
   */
  async function restoreAll({ mediaTypes, inFolders = false } = {}, call) {
    const files = await client.files.listDeletedFiles({ mediaTypes, ...PAGE }, call).toArray();
    const folders = mediaTypes && !inFolders ? [] : await client.folders.listDeletedFolders(PAGE, call).toArray();
    const ids = files.map(idOf);
    let folderCount = 0;
    if (mediaTypes) {
      for (const folder of folders) {
        for await (const { file } of below({ ...folder, state: 'DELETED' }, call)) {
          if (file && mediaTypes.some((type) => type === file.mediaType)) ids.push(idOf(file));
        }
      }
    } else {
      // Folders first: then files that were deleted from them return to them.
      const folderIds = folders.map(idOf);
      for (const batch of batchesOf(folderIds, FOLDERS_PER_CALL)) await client.folders.bulkRestoreFoldersFromTrashBin(batch, call);
      folderCount = folderIds.length;
    }
    for (const batch of batchesOf(ids, FILES_PER_CALL)) await client.files.bulkRestoreFilesFromTrashBin(batch, call);
    return { files: ids.length, folders: folderCount, fileIds: ids };
  }

  /**
   * Checks the options of a function, and runs it.
   *
   * @template {CallOptions} Options
   * @template Result
   * @param {string} name
   * @param {Options | undefined} options
   * @param {(options: Options, call: CallOptions) => Promise<Result>} work
   */
  const run = async (name, options, work) => {
    const checked = checkOptions(name, options);
    return within(name, checked, (signal) => work(checked, { signal }));
  };

  return {
    plan: (/** @type {unknown} */ ids, /** @type {CallOptions | undefined} */ options) =>
      run('trash.plan', options, (_, call) => plan(ids, call)),
    empty: (/** @type {(EmptyOptions & CallOptions) | undefined} */ options) => run('trash.empty', options, empty),
    restoreAll: (/** @type {(RestoreOptions & CallOptions) | undefined} */ options) => run('trash.restoreAll', options, restoreAll),
  };
}
