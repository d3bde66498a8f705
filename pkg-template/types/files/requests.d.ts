import type { CursorQuery } from '../shared/query.js';
import type { FileDescriptor } from './descriptor.js';
import type {
  BulkDeleteFilesOptions,
  BulkImportFileOptions,
  GenerateFileDownloadUrlOptions,
  GenerateFileResumableUploadUrlOptions,
  GenerateFileUploadUrlOptions,
  GenerateVideoStreamingUrlOptions,
  ImportFileRequest,
  ListDeletedFilesOptions,
  ListFilesOptions,
  SearchFilesOptions,
} from './options.js';
import type { files } from './functions.js';

// ---------------------------------------------------------------------------------------------------------------------
// Whole requests of the files functions, with positional arguments and options in one object
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link files.generateFilesDownloadUrl} sends. */
export interface GenerateFilesDownloadUrlRequest {
  /** Ids or media URLs of the files. */
  fileIds: string[];
}

/** What {@link files.generateFileDownloadUrl} sends. */
export interface GenerateFileDownloadUrlRequest extends GenerateFileDownloadUrlOptions {
  /** Id or media URL of the file. */
  fileId: string;
}

/** What {@link files.getFileDescriptor} sends. */
export interface GetFileDescriptorRequest {
  /** Id or media URL of the file. */
  fileId: string;
}

/** What the service answers to {@link files.getFileDescriptor}, before the file is taken out. */
export interface GetFileDescriptorResponse {
  /** The file. */
  file?: FileDescriptor;
}

/** What {@link files.getFileDescriptors} sends. */
export interface GetFileDescriptorsRequest {
  /** Ids or media URLs of the files. */
  fileIds: string[];
}

/** What {@link files.updateFileDescriptor} sends. */
export interface UpdateFileDescriptorRequest {
  /** The changes, with the id of the file. */
  file: FileDescriptor;
}

/** What the service answers to {@link files.updateFileDescriptor}, before the file is taken out. */
export interface UpdateFileDescriptorResponse {
  /** The file after the change. */
  file?: FileDescriptor;
}

/** What {@link files.generateFileUploadUrl} sends. */
export interface GenerateFileUploadUrlRequest extends GenerateFileUploadUrlOptions {
  /** MIME type of the file. */
  mimeType: string | null;
}

/** What {@link files.generateFileResumableUploadUrl} sends. */
export interface GenerateFileResumableUploadUrlRequest extends GenerateFileResumableUploadUrlOptions {
  /** MIME type of the file. */
  mimeType: string | null;
}

/** What {@link files.bulkImportFiles} sends. */
export interface BulkImportFilesRequest {
  /** The files to import. */
  importFileRequests: ImportFileRequest[];
}

/** What {@link files.bulkImportFile} sends. */
export interface BulkImportFileRequest extends BulkImportFileOptions {
  /** The files to import. */
  importFileRequests: ImportFileRequest[];
}

/** What {@link files.listFiles} sends. */
export type ListFilesRequest = ListFilesOptions;

/** What {@link files.searchFiles} sends. */
export type SearchFilesRequest = SearchFilesOptions;

/** What {@link files.generateVideoStreamingUrl} sends. */
export interface GenerateVideoStreamingUrlRequest extends GenerateVideoStreamingUrlOptions {
  /** Id or media URL of the video. */
  fileId: string;
}

/** What {@link files.bulkDeleteFiles} sends. */
export interface BulkDeleteFilesRequest extends BulkDeleteFilesOptions {
  /** Ids or media URLs of the files. */
  fileIds: string[];
}

/** What the service answers to {@link files.bulkDeleteFiles}: nothing. */
export type BulkDeleteFilesResponse = object;

/** What {@link files.bulkRestoreFilesFromTrashBin} sends. */
export interface BulkRestoreFilesFromTrashBinRequest {
  /** Ids or media URLs of the files. */
  fileIds: string[];
}

/** What the service answers to {@link files.bulkRestoreFilesFromTrashBin}: nothing. */
export type BulkRestoreFilesFromTrashBinResponse = object;

/** What {@link files.listDeletedFiles} sends. */
export type ListDeletedFilesRequest = ListDeletedFilesOptions;

/** What {@link files.queryFileDescriptors} sends. */
export interface QueryFileDescriptorsRequest {
  /** The query. */
  query?: CursorQuery;
}

/** Rules of its own that {@link files.generateFileDownloadUrl} can break. */
export type GenerateFileDownloadUrlValidationErrors = { ruleName?: 'INVALID_ASSET_KEY' };

/** Rules of its own that {@link files.getFileDescriptor} can break. */
export type GetFileDescriptorValidationErrors = { ruleName?: 'RESOURCE_NOT_FOUND' };

/** Rules of its own that {@link files.getFileDescriptors} can break. */
export type GetFileDescriptorsValidationErrors = { ruleName?: 'RESOURCE_NOT_FOUND' };

/** Rules of its own that {@link files.updateFileDescriptor} can break. */
export type UpdateFileDescriptorValidationErrors = { ruleName?: 'FIELD_MASK_IS_EMPTY_OR_MISSING' };

/** Rules of its own that {@link files.generateFileUploadUrl} can break. */
export type GenerateFileUploadUrlValidationErrors =
  | { ruleName?: 'MISMATCH_MIME_TYPE' }
  | { ruleName?: 'ZERO_FILE_SIZE' }
  | { ruleName?: 'UNSUPPORTED_FILE_FORMAT' }
  | { ruleName?: 'FILE_SIZE_OVER_LIMIT' }
  | { ruleName?: 'SITE_QUOTA_EXCEEDED' };

/** Rules of its own that {@link files.generateFileResumableUploadUrl} can break. */
export type GenerateFileResumableUploadUrlValidationErrors =
  | { ruleName?: 'MISMATCH_MIME_TYPE' }
  | { ruleName?: 'ZERO_FILE_SIZE' }
  | { ruleName?: 'UNSUPPORTED_FILE_FORMAT' }
  | { ruleName?: 'FILE_SIZE_OVER_LIMIT' };

/** Rules of its own that {@link files.importFile} can break. */
export type ImportFileValidationErrors = { ruleName?: 'SITE_QUOTA_EXCEEDED' };

/** Rules of its own that {@link files.listFiles} can break. */
export type ListFilesValidationErrors =
  | { ruleName?: 'UNSUPPORTED_MEDIA_TYPE' }
  | { ruleName?: 'UNSUPPORTED_SORT_VALUE' };

/** Rules of its own that {@link files.searchFiles} can break. */
export type SearchFilesValidationErrors =
  | { ruleName?: 'UNSUPPORTED_MEDIA_TYPE' }
  | { ruleName?: 'UNSUPPORTED_SORT_VALUE' };

/** Rules of its own that {@link files.listDeletedFiles} can break. */
export type ListDeletedFilesValidationErrors =
  | { ruleName?: 'UNSUPPORTED_MEDIA_TYPE' }
  | { ruleName?: 'UNSUPPORTED_SORT_VALUE' };
