// Deleting without fear: what would go is counted before, and what went comes back.

const FILES_AT_ONCE = 1000;
const FOLDERS_AT_ONCE = 100;
const READ_AT_ONCE = 100;

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

const sizeOf = (file) => Math.max(Number(file.sizeInBytes) || 0, 0);

function* partsOf(list, size) {
  for (let start = 0; start < list.length; start += size) yield list.slice(start, start + size);
}

export function createTrash(api) {
  const { client, limited, refusal } = api;

  const lists = {
    live: {
      files: (parentFolderId, call) => client.files.listFiles({ parentFolderId, paging: { limit: 100 } }, call).toArray(),
      folders: (parentFolderId, call) => client.folders.listFolders({ parentFolderId, paging: { limit: 100 } }, call).toArray(),
    },
    trashed: {
      files: (parentFolderId, call) => client.files.listDeletedFiles({ parentFolderId, paging: { limit: 100 } }, call).toArray(),
      folders: (parentFolderId, call) =>
        client.folders.listDeletedFolders({ parentFolderId, paging: { limit: 100 } }, call).toArray(),
    },
  };

  /** Everything below a folder, which is live or in the trash. */
  async function* below(folder, call, trail = [folder._id]) {
    const list = folder.state === 'DELETED' ? lists.trashed : lists.live;
    const [files, folders] = await Promise.all([list.files(folder._id, call), list.folders(folder._id, call)]);
    for (const file of files) yield { file };
    for (const each of folders) {
      yield { folder: each };
      // A folder that is moved meanwhile can turn up below itself.
      if (!trail.includes(each._id)) yield* below(each, call, [...trail, each._id]);
    }
  }

  async function plan(ids, call) {
    const operation = 'trash.plan';
    const given = Array.isArray(ids) ? { ids } : (ids ?? {});
    const mixed = (given.ids ?? []).map((id) => id?._id ?? id);
    const fileIds = [...(given.fileIds ?? []), ...mixed];
    const folderIds = [...(given.folderIds ?? [])];
    if ([...fileIds, ...folderIds].some((id) => typeof id !== 'string')) throw refusal('ids', 'must be ids of files and folders', operation);

    const files = new Map();
    const folders = new Map();
    const found = new Set();
    for (const part of partsOf(fileIds, READ_AT_ONCE)) {
      const answer = await client.files.getFileDescriptors(part, call).catch((error) => {
        if (['RESOURCE_NOT_FOUND', 'NOT_FOUND'].includes(error?.code)) return undefined;
        throw error;
      });
      for (const file of answer?.files ?? []) {
        files.set(file._id, file);
        found.add(file._id);
      }
    }
    // Ids may be given as media identifiers, and answers come in any order.
    const isFound = (id) => found.has(id) || [...found].some((known) => id.includes(known));
    const rest = mixed.filter((id) => !isFound(id));
    const missing = (given.fileIds ?? []).filter((id) => !isFound(id));
    for (const id of [...folderIds, ...rest]) {
      let folder;
      try {
        folder = await client.folders.getFolder(id, call);
      } catch (error) {
        if (!['FOLDER_NOT_FOUND', 'RESOURCE_NOT_FOUND', 'NOT_FOUND'].includes(error?.code)) throw error;
        missing.push(id);
        continue;
      }
      folders.set(folder._id, folder);
      for await (const entry of below(folder, call)) {
        if (entry.file) files.set(entry.file._id, entry.file);
        else folders.set(entry.folder._id, entry.folder);
      }
    }
    const all = [...files.values(), ...folders.values()];
    return {
      files: files.size,
      folders: folders.size,
      bytes: [...files.values()].reduce((sum, file) => sum + sizeOf(file), 0),
      alreadyInTrash: all.filter(({ state }) => state === 'DELETED').length,
      missing,
    };
  }

  /** The time before which something must have changed last. */
  function limitOf(olderThan) {
    if (olderThan === undefined) return Infinity;
    if (olderThan instanceof Date) return olderThan.getTime();
    const now = api.now();
    if (typeof olderThan === 'number' && olderThan >= 0) return now - olderThan;
    const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)$/.exec(olderThan) ?? [];
    if (!unit) throw refusal('olderThan', 'must be a Date, milliseconds, or a text such as 30d, 12h', 'trash.empty');
    return now - number * UNITS[unit];
  }

  async function empty({ olderThan, mediaTypes, dryRun = false } = {}, call) {
    const limit = limitOf(olderThan);
    const isOld = ({ _updatedDate }) => !(_updatedDate >= limit);
    const files = await client.files.listDeletedFiles({ mediaTypes, paging: { limit: 100 } }, call).toArray();
    const goingFiles = files.filter(isOld);
    const goingFolders = [];
    let [folderCount, fileCount, bytes] = [0, goingFiles.length, goingFiles.reduce((sum, file) => sum + sizeOf(file), 0)];
    // A folder holds files of every type, so it goes only when all types do.
    const folders = mediaTypes ? [] : await client.folders.listDeletedFolders({ paging: { limit: 100 } }, call).toArray();
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
      const idsOf = (items) => items.map(({ _id }) => _id);
      for (const ids of partsOf(idsOf(goingFiles), FILES_AT_ONCE)) await client.files.bulkDeleteFiles(ids, { permanent: true }, call);
      for (const ids of partsOf(idsOf(goingFolders), FOLDERS_AT_ONCE)) await client.folders.bulkDeleteFolders(ids, { permanent: true }, call);
    }
    return { files: fileCount, folders: folderCount, bytes };
  }

  async function restoreAll({ mediaTypes, inFolders = false } = {}, call) {
    const files = await client.files.listDeletedFiles({ mediaTypes, paging: { limit: 100 } }, call).toArray();
    const folders = mediaTypes && !inFolders ? [] : await client.folders.listDeletedFolders({ paging: { limit: 100 } }, call).toArray();
    const ids = files.map(({ _id }) => _id);
    let folderCount = 0;
    if (mediaTypes) {
      for (const folder of folders) {
        for await (const { file } of below({ ...folder, state: 'DELETED' }, call)) {
          if (file && mediaTypes.includes(file.mediaType)) ids.push(file._id);
        }
      }
    } else {
      // Folders first: then the files that were deleted from them find their place again.
      const folderIds = folders.map(({ _id }) => _id);
      for (const part of partsOf(folderIds, FOLDERS_AT_ONCE)) await client.folders.bulkRestoreFoldersFromTrashBin(part, call);
      folderCount = folderIds.length;
    }
    for (const part of partsOf(ids, FILES_AT_ONCE)) await client.files.bulkRestoreFilesFromTrashBin(part, call);
    return { files: ids.length, folders: folderCount, fileIds: ids };
  }

  const within = (name, options, work) => limited((signal) => work({ signal }), options?.signal, options?.timeoutMs, name);

  return {
    plan: (ids, options) => within('trash.plan', options, (call) => plan(ids, call)),
    empty: (options) => within('trash.empty', options, (call) => empty(options, call)),
    restoreAll: (options) => within('trash.restoreAll', options, (call) => restoreAll(options, call)),
  };
}
