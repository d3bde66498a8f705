// The 27 calls of the official SDK, for generating and judging cases.

/**
 * A call: the kinds of its positional arguments, the content of its answer, and the member of the answer that is its result.
 *
 * @typedef {{ api: string, method: string, arguments: string[], returns: string, unwraps?: string }} Operation
 */

/** @typedef {(method: string, args: string[], returns: string, unwraps?: string) => Operation} Row */

/** @type {Row} */
const file = (method, args, returns, unwraps) => ({ api: 'files', method, arguments: args, returns, unwraps });
/** @type {Row} */
const folder = (method, args, returns, unwraps) => ({ api: 'folders', method, arguments: args, returns, unwraps });

export const operations = [
  file('generateFilesDownloadUrl', ['fileIds'], 'plain'),
  file('generateFileDownloadUrl', ['fileId', 'options?'], 'plain'),
  file('getFileDescriptor', ['fileId'], 'file', 'file'),
  file('getFileDescriptors', ['fileIds'], 'files'),
  file('updateFileDescriptor', ['file'], 'file', 'file'),
  file('generateFileUploadUrl', ['mimeType', 'options?'], 'plain'),
  file('generateFileResumableUploadUrl', ['mimeType', 'options?'], 'plain'),
  file('importFile', ['url', 'options?'], 'file'),
  file('bulkImportFiles', ['importFileRequests'], 'files'),
  file('bulkImportFile', ['importFileRequests', 'options?'], 'results'),
  file('listFiles', ['options?'], 'files'),
  file('searchFiles', ['options?'], 'files'),
  file('generateVideoStreamingUrl', ['fileId', 'options?'], 'plain'),
  file('bulkDeleteFiles', ['fileIds', 'options?'], 'nothing'),
  file('bulkRestoreFilesFromTrashBin', ['fileIds'], 'nothing'),
  file('listDeletedFiles', ['options?'], 'files'),
  file('queryFileDescriptors', ['query?'], 'files'),
  folder('createFolder', ['displayName', 'options?'], 'folder'),
  folder('getFolder', ['folderId'], 'folder', 'folder'),
  folder('listFolders', ['options?'], 'folders'),
  folder('searchFolders', ['options?'], 'folders'),
  folder('updateFolder', ['_id', 'folder'], 'folder', 'folder'),
  folder('generateFolderDownloadUrl', ['folderId'], 'plain'),
  folder('bulkDeleteFolders', ['folderIds', 'options?'], 'nothing'),
  folder('bulkRestoreFoldersFromTrashBin', ['folderIds'], 'nothing'),
  folder('listDeletedFolders', ['options?'], 'folders'),
  folder('queryFolders', ['query?'], 'folders'),
];

/** @param {{ api: string, method: string }} call */
export function operationOf({ api, method }) {
  return operations.find((operation) => operation.api === api && operation.method === method);
}

/** @param {{ method: string }} call */
export const isQuery = ({ method }) => method === 'queryFileDescriptors' || method === 'queryFolders';
