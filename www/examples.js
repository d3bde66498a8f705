// A sensible example of every function: what it does, and arguments to begin with.

const FILE = 'a1b2c3_00112233445566778899aabbccddeeff~mv2.jpg';
const FOLDER = '0123456789abcdef0123456789abcdef';
const PHOTO = 'https://upload.wikimedia.org/wikipedia/commons/9/97/The_Earth_seen_from_Apollo_17.jpg';

const newest = { fieldName: 'updatedDate', order: 'DESC' };
const paging = { limit: 10 };

// Reading begins with what the person has met, if anything. What changes or deletes begins with ids that do not exist,
// so that nothing happens by accident.
const EXAMPLES = {
  'files.generateFilesDownloadUrl': ({ fileId }) => ['Makes a link to a zip of several files.', { fileIds: [fileId] }],
  'files.generateFileDownloadUrl': ({ fileId }) => [
    'Makes a link to one file that stops working after a while; for private files too.',
    { fileId, options: { downloadFileName: 'holiday.jpg', expirationInMinutes: 60, contentDisposition: 'ATTACHMENT' } },
  ],
  'files.getFileDescriptor': ({ fileId }) => ['Tells all about one file.', { fileId }],
  'files.getFileDescriptors': ({ fileId }) => ['Tells all about several files.', { fileIds: [fileId] }],
  'files.updateFileDescriptor': () => [
    'Renames, labels or moves a file.',
    { file: { _id: FILE, displayName: 'Harbour at dawn.jpg', labels: ['harbour', 'dawn'] } },
  ],
  'files.generateFileUploadUrl': () => [
    'Makes an address to which one file can be sent with PUT.',
    { mimeType: 'image/jpeg', options: { fileName: 'harbour.jpg', parentFolderId: 'media-root' } },
  ],
  'files.generateFileResumableUploadUrl': () => [
    'Makes an address to which one large file can be sent in pieces, by the TUS protocol.',
    { mimeType: 'video/mp4', options: { fileName: 'harbour.mp4', uploadProtocol: 'TUS' } },
  ],
  'files.importFile': () => [
    'Has the service fetch a file from a public address. It is ready a little later.',
    { url: PHOTO, options: { displayName: 'Earth.jpg', mediaType: 'IMAGE' } },
  ],
  'files.bulkImportFiles': () => [
    'The older form of files.bulkImportFile, without a report on each file.',
    { importFileRequests: [{ url: PHOTO, displayName: 'Earth.jpg' }] },
  ],
  'files.bulkImportFile': () => [
    'Has the service fetch several files, and reports on each.',
    { importFileRequests: [{ url: PHOTO, displayName: 'Earth.jpg' }], options: { returnEntity: true } },
  ],
  'files.listFiles': () => [
    'Lists the files of a folder, without those of its sub-folders.',
    { options: { parentFolderId: 'media-root', mediaTypes: ['IMAGE', 'VIDEO'], sort: newest, paging } },
  ],
  'files.searchFiles': () => [
    'Finds files by name, type or label, at every depth.',
    { options: { search: 'harbour', rootFolder: 'MEDIA_ROOT', paging } },
  ],
  'files.generateVideoStreamingUrl': () => [
    'Makes an address from which a video can be streamed.',
    { fileId: 'a1b2c3_00112233445566778899aabbccddeeff', options: { format: 'HLS' } },
  ],
  'files.bulkDeleteFiles': () => [
    'Moves files to the trash, or deletes them for ever with permanent.',
    { fileIds: [FILE], options: { permanent: false } },
  ],
  'files.bulkRestoreFilesFromTrashBin': () => ['Takes files out of the trash, back to where they were.', { fileIds: [FILE] }],
  'files.listDeletedFiles': () => ['Lists the files in the trash.', { options: { mediaTypes: ['IMAGE'], paging } }],
  'files.queryFileDescriptors': () => [
    'Finds files by a query. Without one, the function gives a builder, and this page calls its find().',
    { query: { filter: { mediaType: { $in: ['IMAGE', 'VECTOR'] } }, sort: [newest], cursorPaging: paging } },
  ],
  'folders.createFolder': () => ['Makes a folder.', { displayName: 'Holidays 2024', options: { parentFolderId: 'media-root' } }],
  'folders.getFolder': ({ folderId }) => ['Tells all about one folder.', { folderId }],
  'folders.listFolders': () => ['Lists the sub-folders of a folder.', { options: { parentFolderId: 'media-root', paging } }],
  'folders.searchFolders': () => ['Finds folders by name, at every depth.', { options: { search: 'holiday', paging } }],
  'folders.updateFolder': () => ['Renames or moves a folder.', { _id: FOLDER, folder: { displayName: 'Holidays 2025' } }],
  'folders.generateFolderDownloadUrl': ({ folderId }) => ['Makes a link to a zip of a folder.', { folderId }],
  'folders.bulkDeleteFolders': () => [
    'Moves folders and all that is in them to the trash, or deletes them for ever with permanent.',
    { folderIds: [FOLDER], options: { permanent: false } },
  ],
  'folders.bulkRestoreFoldersFromTrashBin': () => [
    'Takes folders and all that was in them out of the trash.',
    { folderIds: [FOLDER] },
  ],
  'folders.listDeletedFolders': () => ['Lists the folders in the trash.', { options: { paging } }],
  'folders.queryFolders': () => [
    'Finds folders by a query. Without one, the function gives a builder, and this page calls its find().',
    { query: { filter: { state: 'OK' }, sort: [{ fieldName: 'displayName', order: 'ASC' }], cursorPaging: paging } },
  ],
};

/**
 * The example of a function such as `files.listFiles`: `{ about, arguments, optional }`. `seen` holds the ids of a file
 * and a folder that the person has met. A function that is new has no example yet and shows one empty argument.
 */
export function example(name, { fileId = FILE, folderId = FOLDER } = {}) {
  const make = EXAMPLES[name] ?? (() => ['', { argument: undefined }]);
  const [about, args] = make({ fileId, folderId });
  return { about, arguments: args, optional: ['options', 'query', 'argument'] };
}
