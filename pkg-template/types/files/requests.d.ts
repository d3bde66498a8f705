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

/** The request of {@link files.generateFilesDownloadUrl}. */
export interface GenerateFilesDownloadUrlRequest {
  /** Ids or media URLs of the files. */
  fileIds: string[];
}

/** The request of {@link files.generateFileDownloadUrl}. */
export interface GenerateFileDownloadUrlRequest extends GenerateFileDownloadUrlOptions {
  /** Id or media URL of the file. */
  fileId: string;
}

/** The request of {@link files.getFileDescriptor}. */
export interface GetFileDescriptorRequest {
  /** Id or media URL of the file. */
  fileId: string;
}

/** The response to {@link files.getFileDescriptor}, before `file` is unwrapped. */
export interface GetFileDescriptorResponse {
  /** The file. */
  file?: FileDescriptor;
}

/** The request of {@link files.getFileDescriptors}. */
export interface GetFileDescriptorsRequest {
  /** Ids or media URLs of the files. */
  fileIds: string[];
}

/** The request of {@link files.updateFileDescriptor}. */
export interface UpdateFileDescriptorRequest {
  /** The changes, with the id of the file. */
  file: FileDescriptor;
}

/** The response to {@link files.updateFileDescriptor}, before `file` is unwrapped. */
export interface UpdateFileDescriptorResponse {
  /** The file after the change. */
  file?: FileDescriptor;
}

/** The request of {@link files.generateFileUploadUrl}. */
export interface GenerateFileUploadUrlRequest extends GenerateFileUploadUrlOptions {
  /** MIME type of the file. */
  mimeType: string | null;
}

/** The request of {@link files.generateFileResumableUploadUrl}. */
export interface GenerateFileResumableUploadUrlRequest extends GenerateFileResumableUploadUrlOptions {
  /** MIME type of the file. */
  mimeType: string | null;
}

/** The request of {@link files.bulkImportFiles}. */
export interface BulkImportFilesRequest {
  /** The files to import. */
  importFileRequests: ImportFileRequest[];
}

/** The request of {@link files.bulkImportFile}. */
export interface BulkImportFileRequest extends BulkImportFileOptions {
  /** The files to import. */
  importFileRequests: ImportFileRequest[];
}

/** The request of {@link files.listFiles}. */
export type ListFilesRequest = ListFilesOptions;

/** The request of {@link files.searchFiles}. */
export type SearchFilesRequest = SearchFilesOptions;

/** The request of {@link files.generateVideoStreamingUrl}. */
export interface GenerateVideoStreamingUrlRequest extends GenerateVideoStreamingUrlOptions {
  /** Id or media URL of the video. */
  fileId: string;
}

/** The request of {@link files.bulkDeleteFiles}. */
export interface BulkDeleteFilesRequest extends BulkDeleteFilesOptions {
  /** Ids or media URLs of the files. */
  fileIds: string[];
}

/** The response to {@link files.bulkDeleteFiles}: an empty object. */
export type BulkDeleteFilesResponse = object;

/** The request of {@link files.bulkRestoreFilesFromTrashBin}. */
export interface BulkRestoreFilesFromTrashBinRequest {
  /** Ids or media URLs of the files. */
  fileIds: string[];
}

/** The response to {@link files.bulkRestoreFilesFromTrashBin}: an empty object. */
export type BulkRestoreFilesFromTrashBinResponse = object;

/** The request of {@link files.listDeletedFiles}. */
export type ListDeletedFilesRequest = ListDeletedFilesOptions;

/** The request of {@link files.queryFileDescriptors}. */
export interface QueryFileDescriptorsRequest {
  /** The query. */
  query?: CursorQuery;
}

/** Validation rules of {@link files.generateFileDownloadUrl}. */
export type GenerateFileDownloadUrlValidationErrors = { ruleName?: 'INVALID_ASSET_KEY' };

/** Validation rules of {@link files.getFileDescriptor}. */
export type GetFileDescriptorValidationErrors = { ruleName?: 'RESOURCE_NOT_FOUND' };

/** Validation rules of {@link files.getFileDescriptors}. */
export type GetFileDescriptorsValidationErrors = { ruleName?: 'RESOURCE_NOT_FOUND' };

/** Validation rules of {@link files.updateFileDescriptor}. */
export type UpdateFileDescriptorValidationErrors = { ruleName?: 'FIELD_MASK_IS_EMPTY_OR_MISSING' };

/** Validation rules of {@link files.generateFileUploadUrl}. */
export type GenerateFileUploadUrlValidationErrors =
  | { ruleName?: 'MISMATCH_MIME_TYPE' }
  | { ruleName?: 'ZERO_FILE_SIZE' }
  | { ruleName?: 'UNSUPPORTED_FILE_FORMAT' }
  | { ruleName?: 'FILE_SIZE_OVER_LIMIT' }
  | { ruleName?: 'SITE_QUOTA_EXCEEDED' };

/** Validation rules of {@link files.generateFileResumableUploadUrl}. */
export type GenerateFileResumableUploadUrlValidationErrors =
  | { ruleName?: 'MISMATCH_MIME_TYPE' }
  | { ruleName?: 'ZERO_FILE_SIZE' }
  | { ruleName?: 'UNSUPPORTED_FILE_FORMAT' }
  | { ruleName?: 'FILE_SIZE_OVER_LIMIT' };

/** Validation rules of {@link files.importFile}. */
export type ImportFileValidationErrors = { ruleName?: 'SITE_QUOTA_EXCEEDED' };

/** Validation rules of {@link files.listFiles}. */
export type ListFilesValidationErrors =
  | { ruleName?: 'UNSUPPORTED_MEDIA_TYPE' }
  | { ruleName?: 'UNSUPPORTED_SORT_VALUE' };

/** Validation rules of {@link files.searchFiles}. */
export type SearchFilesValidationErrors =
  | { ruleName?: 'UNSUPPORTED_MEDIA_TYPE' }
  | { ruleName?: 'UNSUPPORTED_SORT_VALUE' };

/** Validation rules of {@link files.listDeletedFiles}. */
export type ListDeletedFilesValidationErrors =
  | { ruleName?: 'UNSUPPORTED_MEDIA_TYPE' }
  | { ruleName?: 'UNSUPPORTED_SORT_VALUE' };
