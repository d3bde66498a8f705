import type { CallOptions, PagedPromise } from '../calls.js';
import type { FileDescriptor, StoredFile } from './descriptor.js';
import type {
  BulkDeleteFilesOptions,
  BulkImportFileOptions,
  BulkImportFileResults,
  BulkImportFilesResult,
  GenerateFileDownloadUrlOptions,
  GenerateFileDownloadUrlResult,
  GenerateFileResumableUploadUrlOptions,
  GenerateFileResumableUploadUrlResult,
  GenerateFileUploadUrlOptions,
  GenerateFileUploadUrlResult,
  GenerateFilesDownloadUrlResult,
  GenerateVideoStreamingUrlOptions,
  GenerateVideoStreamingUrlResult,
  GetFileDescriptorsResult,
  ImportFileOptions,
  ImportFileRequest,
  ImportFileResult,
  ListDeletedFilesOptions,
  ListDeletedFilesResult,
  ListFilesOptions,
  ListFilesResult,
  QueryFileDescriptorsResult,
  SearchFilesOptions,
  SearchFilesResult,
} from './options.js';
import type { FileDescriptorQuery, FileQueryHelpers, FilesQueryBuilder } from './query.js';
import type {
  FileDescriptorDeletedEnvelope,
  FileDescriptorFileFailedEnvelope,
  FileDescriptorFileReadyEnvelope,
  FileDescriptorUpdatedEnvelope,
} from './events.js';

// ---------------------------------------------------------------------------------------------------------------------
// The files functions
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The files of the Media Manager: find, change, upload, import, download, delete and restore them.
 *
 * Wherever a function takes the id of a file, it also takes a Wix media URL such as
 * `wix:image://v1/<id>/<name>#originWidth=3840&originHeight=2160`.
 *
 * @example
 * ```ts
 * const page = await files.listFiles({ mediaTypes: ['IMAGE'], paging: { limit: 10 } });
 * ```
 */
export declare namespace files {
  /**
   * Creates a permanent URL of a zip of the given files.
   *
   * Anyone with the URL can download the zip, and it does not expire. Private files are left out; for a private file use
   * {@link files.generateFileDownloadUrl}.
   *
   * @param fileIds 1 to 1,000 ids or media URLs, each of up to 1,000 characters.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The URL of the zip.
   * @throws {WixMediaError} `RESOURCE_NOT_FOUND` (400) when none of the files exists.
   * @example
   * ```ts
   * const { downloadUrl } = await files.generateFilesDownloadUrl([fileId, otherFileId]);
   * ```
   */
  export function generateFilesDownloadUrl(
    fileIds: string[],
    call?: CallOptions,
  ): Promise<GenerateFilesDownloadUrlResult>;

  /**
   * Creates temporary links to a file: one for each requested rendition, or one to the original.
   *
   * Use it to share a private file.
   *
   * @param fileId Id or media URL of the file, up to 1,000 characters.
   * @param options Name, lifetime (in minutes, 600 by default), renditions and content disposition of the links.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns One link for each asset key.
   * @throws {WixMediaError} `INVALID_ASSET_KEY` (400) when the file has no such rendition, `RESOURCE_NOT_FOUND` (400)
   * when there is no such file.
   * @example
   * ```ts
   * const { downloadUrls } = await files.generateFileDownloadUrl(fileId, {
   *   expirationInMinutes: 60,
   *   downloadFileName: 'contract.pdf',
   * });
   * console.log(downloadUrls?.[0]?.url);
   * ```
   */
  export function generateFileDownloadUrl(
    fileId: string,
    options?: GenerateFileDownloadUrlOptions,
    call?: CallOptions,
  ): Promise<GenerateFileDownloadUrlResult>;

  /**
   * Gets a file in any state: pending, failed and trashed files are returned too.
   *
   * To wait for an upload or import, poll until `operationStatus` is no longer `PENDING`, or handle the event
   * {@link files.onFileDescriptorFileReady}.
   *
   * @param fileId Id or media URL of the file, up to 1,000 characters.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The file itself.
   * @throws {WixMediaError} `RESOURCE_NOT_FOUND` (400) when there is no such file.
   * @example
   * ```ts
   * const file = await files.getFileDescriptor(fileId);
   * console.log(file.displayName, file.operationStatus);
   * ```
   */
  export function getFileDescriptor(
    fileId: string,
    call?: CallOptions,
  ): Promise<StoredFile>;

  /**
   * Gets several files. Unknown ids are left out, and the order is not that of the ids: match by `_id`.
   *
   * @param fileIds 1 to 100 ids or media URLs, each of up to 1,000 characters.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The files that exist.
   * @throws {WixMediaError} `RESOURCE_NOT_FOUND` (400) when none of the files exists.
   * @example
   * ```ts
   * const { files: found = [] } = await files.getFileDescriptors([fileId, otherFileId]);
   * const byId = new Map(found.map((file) => [file._id, file]));
   * ```
   */
  export function getFileDescriptors(
    fileIds: string[],
    call?: CallOptions,
  ): Promise<GetFileDescriptorsResult>;

  /**
   * Renames, relabels or moves a file. This is Velo's form, with the id first.
   *
   * @param id Id or media URL of the file, up to 1,000 characters. It takes precedence over `file._id`.
   * @param file The changes: `displayName`, `parentFolderId`, `labels`.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The file after the change.
   * @throws {WixMediaError} `FIELD_MASK_IS_EMPTY_OR_MISSING` (400) when there is nothing to change, `RESOURCE_NOT_FOUND`
   * (400) when there is no such file, a field violation (400) when the new folder does not exist or is in the trash.
   * @example
   * ```ts
   * const moved = await files.updateFileDescriptor(fileId, { parentFolderId: folderId, labels: ['water'] });
   * ```
   */
  export function updateFileDescriptor(
    id: string,
    file: FileDescriptor,
    call?: CallOptions,
  ): Promise<StoredFile>;
  /**
   * Renames, relabels or moves a file.
   *
   * `displayName` (up to 255 characters), `parentFolderId` (up to 100; moves the file) and `labels` (up to 100 of up to
   * 200 characters; replaces the whole list, `[]` clears it) are used. Other members are ignored, so you can pass a modified
   * descriptor. The argument is not changed.
   *
   * @param file The changes, with the id of the file in `_id`.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The file after the change.
   * @throws {WixMediaError} `FIELD_MASK_IS_EMPTY_OR_MISSING` (400) when there is nothing to change, `RESOURCE_NOT_FOUND`
   * (400) when there is no such file, a field violation (400) when the new folder does not exist or is in the trash.
   * @example
   * ```ts
   * const renamed = await files.updateFileDescriptor({ _id: fileId, displayName: 'River bank' });
   * ```
   */
  export function updateFileDescriptor(
    file: FileDescriptor,
    call?: CallOptions,
  ): Promise<StoredFile>;

  /**
   * Creates a URL to which anyone can `PUT` the bytes of a file, without credentials.
   *
   * Send the bytes as the body, with the MIME type in `Content-Type` and without `Authorization`. The response to the `PUT`
   * contains the new descriptor. An interrupted upload has to start again: above 10 MB, or on a weak connection, use
   * {@link files.generateFileResumableUploadUrl}.
   *
   * @param mimeType MIME type of the file, up to 100 characters.
   * @param options Name, folder, labels and so on.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The URL to upload to.
   * @throws {WixMediaError} 400 with `MISMATCH_MIME_TYPE` when type and extension contradict each other,
   * `ZERO_FILE_SIZE`, `UNSUPPORTED_FILE_FORMAT`, `FILE_SIZE_OVER_LIMIT`, or `SITE_QUOTA_EXCEEDED` when the site's
   * storage is full.
   * @example
   * ```ts
   * const { uploadUrl } = await files.generateFileUploadUrl('image/jpeg', {
   *   fileName: 'river.jpg',
   *   filePath: '/photos/2026',
   * });
   * ```
   */
  export function generateFileUploadUrl(
    mimeType: string,
    options?: GenerateFileUploadUrlOptions,
    call?: CallOptions,
  ): Promise<GenerateFileUploadUrlResult>;

  /**
   * Creates the URL and the token of a resumable upload by the TUS protocol, version 1.0.0.
   *
   * Create the upload at `uploadUrl` with the token in `Upload-Metadata`, send the bytes in chunks, then `PUT` `{}` to
   * `<uploadUrl>/<uploadToken>`. Only this last request creates the file.
   *
   * @param mimeType MIME type of the file, up to 100 characters.
   * @param options Name, folder, labels and so on.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns Protocol, URL and token.
   * @throws {WixMediaError} 400 with `MISMATCH_MIME_TYPE` when type and extension contradict each other,
   * `ZERO_FILE_SIZE`, `UNSUPPORTED_FILE_FORMAT`, `FILE_SIZE_OVER_LIMIT`, or `SITE_QUOTA_EXCEEDED` when the site's
   * storage is full.
   * @example
   * ```ts
   * const { uploadUrl, uploadToken } = await files.generateFileResumableUploadUrl('video/mp4', {
   *   fileName: 'harbour.mp4',
   *   sizeInBytes: '73400320',
   * });
   * ```
   */
  export function generateFileResumableUploadUrl(
    mimeType: string,
    options?: GenerateFileResumableUploadUrlOptions,
    call?: CallOptions,
  ): Promise<GenerateFileResumableUploadUrlResult>;

  /**
   * Imports a file from a public URL.
   *
   * The import is asynchronous: the returned file is `PENDING` and without `media`, and the outcome is reported by
   * {@link files.onFileDescriptorFileReady} or {@link files.onFileDescriptorFileFailed}. The type is taken from `mimeType`,
   * from the extension of `displayName` or `url`, or from a `HEAD` request to the source. Each call creates a new file, so
   * it is retried only when no file can have been created.
   *
   * @param url Public URL of the file, at least 2 characters.
   * @param options Name, folder, labels and so on.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The new file, in `file`.
   * @throws {WixMediaError} `SITE_QUOTA_EXCEEDED` (400) when the site's storage is full, `UNSUPPORTED_FILE_FORMAT` (400)
   * when the type cannot be determined, `MISMATCH_MIME_TYPE` (400) when the declared types contradict each other.
   * @example
   * ```ts
   * const { file } = await files.importFile('https://www.example.com/river.jpg', {
   *   displayName: 'River bank',
   *   parentFolderId: folderId,
   * });
   * ```
   */
  export function importFile(
    url: string,
    options?: ImportFileOptions,
    call?: CallOptions,
  ): Promise<ImportFileResult>;

  /**
   * Imports several files from public URLs, without a result for each.
   *
   * One invalid request makes the whole call fail.
   *
   * @deprecated Use {@link files.bulkImportFile}, which reports each file.
   * @param importFileRequests 1 to 100 URLs with the options of {@link files.importFile}.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The new files in the order of the request.
   * @throws {WixMediaError} `SITE_QUOTA_EXCEEDED` (400) when the site's storage is full, `UNSUPPORTED_FILE_FORMAT` (400)
   * when a type cannot be determined, `MISMATCH_MIME_TYPE` (400) when the declared types contradict each other.
   * @example
   * ```ts
   * const { files: imported } = await files.bulkImportFiles([{ url: 'https://www.example.com/river.jpg' }]);
   * ```
   */
  export function bulkImportFiles(
    importFileRequests: ImportFileRequest[],
    call?: CallOptions,
  ): Promise<BulkImportFilesResult>;

  /**
   * Imports several files from public URLs, with a result for each.
   *
   * The error of a file is its `itemMetadata.error`; the other files are imported. The files are `PENDING`, as after
   * {@link files.importFile}.
   *
   * @param importFileRequests 1 to 100 URLs with the options of {@link files.importFile}.
   * @param options `returnEntity: false` leaves the new files out of the results.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns One result for each request, and the counts of successes and failures.
   * @throws {WixMediaError} A field violation (400) when the list is empty or too long, or a URL is missing.
   * @example
   * ```ts
   * const { results = [] } = await files.bulkImportFile([
   *   { url: 'https://www.example.com/river.jpg' },
   *   { url: 'https://www.example.com/bridge.jpg', labels: ['bridge'] },
   * ]);
   * const failed = results.filter((result) => !result.itemMetadata?.success);
   * ```
   */
  export function bulkImportFile(
    importFileRequests: ImportFileRequest[],
    options?: BulkImportFileOptions,
    call?: CallOptions,
  ): Promise<BulkImportFileResults>;

  /**
   * Lists the files directly in a folder, without those of its subfolders.
   *
   * Pending and failed files are included, trashed ones are not. A file that was just created can be missing. Await the
   * result for one page, or iterate over it for all.
   *
   * @param options Folder, filters, sort order and page.
   * @param call `signal` and `timeoutMs`, for every page.
   * @returns A page of files, and an async iterable over the files of all pages.
   * @throws {WixMediaError} 400 with `UNSUPPORTED_MEDIA_TYPE` or `UNSUPPORTED_SORT_VALUE`.
   * @example
   * ```ts
   * for await (const file of files.listFiles({ parentFolderId: folderId, mediaTypes: ['IMAGE', 'VIDEO'] })) {
   *   console.log(file.displayName, file.sizeInBytes);
   * }
   * ```
   */
  export function listFiles(
    options?: ListFilesOptions,
    call?: CallOptions,
  ): PagedPromise<ListFilesResult, StoredFile>;

  /**
   * Searches all files of a scope, at every depth.
   *
   * The text is matched against display names, MIME types and labels, ignoring case. Without options, every site file is
   * found. A file that was just created can be missing.
   *
   * @param options Text, scope, filters, sort order and page.
   * @param call `signal` and `timeoutMs`, for every page.
   * @returns A page of files, and an async iterable over the files of all pages.
   * @throws {WixMediaError} 400 with `UNSUPPORTED_MEDIA_TYPE` or `UNSUPPORTED_SORT_VALUE`.
   * @example
   * ```ts
   * const found = await files.searchFiles({ search: 'river', rootFolder: 'MEDIA_ROOT' }).toArray({ limit: 50 });
   * ```
   */
  export function searchFiles(
    options?: SearchFilesOptions,
    call?: CallOptions,
  ): PagedPromise<SearchFilesResult, StoredFile>;

  /**
   * Creates a URL that streams a video.
   *
   * The URL of a public video does not expire. That of a private one has a token that is checked for every chunk, so let it
   * outlast the playing time.
   *
   * @param fileId Id or media URL of the video, up to 1,000 characters.
   * @param options Protocol (`HLS` by default) and lifetime in minutes (1,440 by default).
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The URL, in `downloadUrl.url`.
   * @throws {WixMediaError} 400 with `UNSUPPORTED_MEDIA_TYPE` when the file is not a video, `RESOURCE_NOT_FOUND` when
   * there is no such file, `FILE_NOT_READY` when it is still being processed.
   * @example
   * ```ts
   * const { downloadUrl } = await files.generateVideoStreamingUrl(fileId, { format: 'HLS' });
   * ```
   */
  export function generateVideoStreamingUrl(
    fileId: string,
    options?: GenerateVideoStreamingUrlOptions,
    call?: CallOptions,
  ): Promise<GenerateVideoStreamingUrlResult>;

  /**
   * Moves files to the trash, or deletes them permanently.
   *
   * The files may be in different folders. The deletion is asynchronous, so lists can include them for a moment longer.
   * Trashed files remain visible on the site. Ids of unknown files and of files already in the trash are ignored.
   *
   * @param fileIds Up to 1,000 ids or media URLs, each of up to 1,000 characters.
   * @param options `permanent: true` deletes permanently, which cannot be undone.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns Nothing.
   * @throws {WixMediaError} A field violation (400) when the list is too long.
   * @example
   * ```ts
   * await files.bulkDeleteFiles([fileId, otherFileId]);
   * ```
   */
  export function bulkDeleteFiles(
    fileIds: string[],
    options?: BulkDeleteFilesOptions,
    call?: CallOptions,
  ): Promise<void>;

  /**
   * Restores files from the trash to the folders they were deleted from.
   *
   * A file whose folder no longer exists is restored to `media-root`. Ids of unknown files and of files that are not in the
   * trash are ignored.
   *
   * @param fileIds Up to 1,000 ids or media URLs, each of up to 1,000 characters.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns Nothing.
   * @throws {WixMediaError} A field violation (400) when the list is too long.
   * @example
   * ```ts
   * const images = await files.listDeletedFiles({ mediaTypes: ['IMAGE'] }).toArray({ limit: 1000 });
   * await files.bulkRestoreFilesFromTrashBin(images.map((image) => String(image._id)));
   * ```
   */
  export function bulkRestoreFilesFromTrashBin(fileIds: string[], call?: CallOptions): Promise<void>;

  /**
   * Lists the files at the top of the trash, or directly in a folder of the trash.
   *
   * @param options Folder, filters, sort order and page.
   * @param call `signal` and `timeoutMs`, for every page.
   * @returns A page of files, and an async iterable over the files of all pages.
   * @throws {WixMediaError} 400 with `UNSUPPORTED_MEDIA_TYPE` or `UNSUPPORTED_SORT_VALUE`.
   * @example
   * ```ts
   * for await (const file of files.listDeletedFiles()) console.log(file._id, file.displayName);
   * ```
   */
  export function listDeletedFiles(
    options?: ListDeletedFilesOptions,
    call?: CallOptions,
  ): PagedPromise<ListDeletedFilesResult, StoredFile>;

  /**
   * Starts a query over all files of the site. Nothing is sent before `find()`.
   *
   * Filters: `private`, `mediaType` and `state`. Sort fields: `displayName`, `sizeInBytes` and `_updatedDate`. Without a
   * filter by `state`, only files in use are found. A page holds 50 files unless `limit` says otherwise.
   *
   * @returns A builder. Each of its methods returns a new one.
   * @example
   * ```ts
   * const pictures = await files
   *   .queryFileDescriptors()
   *   .eq('mediaType', 'IMAGE')
   *   .descending('_updatedDate')
   *   .limit(20)
   *   .find();
   * console.log(pictures.items.length, pictures.hasNext());
   * ```
   */
  export function queryFileDescriptors(): FilesQueryBuilder;
  /**
   * Finds all files of the site that match a query object.
   *
   * @param query Filter by `private`, `mediaType` and `state`; one sort entry; cursor and limit (1 to 100).
   * @param call `signal` and `timeoutMs`, for every page.
   * @returns A page of files, and an async iterable over the files of all pages.
   * @throws {WixMediaError} A field violation (400) on `query.filter` or `query.sort` for any other field or operator.
   * @example
   * ```ts
   * const { files: videos } = await files.queryFileDescriptors({
   *   filter: { mediaType: 'VIDEO', private: false },
   *   sort: [{ fieldName: 'sizeInBytes', order: 'DESC' }],
   *   cursorPaging: { limit: 10 },
   * });
   * ```
   */
  export function queryFileDescriptors(
    query: FileDescriptorQuery,
    call?: CallOptions,
  ): PagedPromise<QueryFileDescriptorsResult, StoredFile>;

  /**
   * Registers a handler for files that are ready after an upload, an import or a restore from the trash.
   *
   * Handlers run when the request body of the event is passed to `webhooks.process` of the client.
   *
   * @param handler Receives the file and the metadata of the event.
   * @example
   * ```ts
   * client.files.onFileDescriptorFileReady(({ data, metadata }) => {
   *   console.log(data.file?.url, data.externalInfo, metadata.eventTime);
   * });
   * ```
   */
  export function onFileDescriptorFileReady(
    handler: (event: FileDescriptorFileReadyEnvelope) => void | Promise<void>,
  ): void;

  /**
   * Registers a handler for files whose import or processing has failed.
   *
   * @param handler Receives the error and the metadata of the event; the id of the file is `metadata.entityId`.
   * @example
   * ```ts
   * client.files.onFileDescriptorFileFailed(({ data, metadata }) => {
   *   console.warn(metadata.entityId, data.error?.code);
   * });
   * ```
   */
  export function onFileDescriptorFileFailed(
    handler: (event: FileDescriptorFileFailedEnvelope) => void | Promise<void>,
  ): void;

  /**
   * Registers a handler for files that were renamed, relabelled or moved.
   *
   * @param handler Receives the file after the change and the metadata of the event.
   * @example
   * ```ts
   * client.files.onFileDescriptorUpdated(({ entity }) => console.log(entity.displayName));
   * ```
   */
  export function onFileDescriptorUpdated(
    handler: (event: FileDescriptorUpdatedEnvelope) => void | Promise<void>,
  ): void;

  /**
   * Registers a handler for files that were moved to the trash or deleted permanently.
   *
   * @param handler Receives the metadata of the event, with `movedToTrash`.
   * @example
   * ```ts
   * client.files.onFileDescriptorDeleted(({ metadata }) => console.log(metadata.entityId, metadata.movedToTrash));
   * ```
   */
  export function onFileDescriptorDeleted(
    handler: (event: FileDescriptorDeletedEnvelope) => void | Promise<void>,
  ): void;

  /** Helpers that build query objects for {@link files.queryFileDescriptors}. */
  export const utils: { query: FileQueryHelpers };

  // The build exports the types of this folder and of `shared` here.
}
