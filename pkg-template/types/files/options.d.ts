import type { PlainObject } from '../calls.js';
import type {
  ContentDispositionWithLiterals,
  MediaTypeWithLiterals,
  RootFolderWithLiterals,
  StreamFormatWithLiterals,
  UploadProtocolWithLiterals,
} from '../enums.js';
import type { CommonSorting, CursorPaging, PagingMetadataV2 } from '../shared/paging.js';
import type { ExternalInfo, FileDescriptor, StoredFile } from './descriptor.js';
import type { BulkActionMetadata, ItemMetadata } from './bulk.js';
import type { files } from './functions.js';

// ---------------------------------------------------------------------------------------------------------------------
// Options and results of the files functions
// ---------------------------------------------------------------------------------------------------------------------

/** Result of {@link files.generateFilesDownloadUrl}. */
export interface GenerateFilesDownloadUrlResponse {
  /** URL of the zip. It does not expire. */
  downloadUrl?: string;
}

/** What {@link files.generateFilesDownloadUrl} resolves to. */
export interface GenerateFilesDownloadUrlResult extends GenerateFilesDownloadUrlResponse {
  /** URL of the zip. */
  downloadUrl: string;
}

/** Options of {@link files.generateFileDownloadUrl}. */
export interface GenerateFileDownloadUrlOptions {
  /** Name of the saved file, up to 100 characters. Default: the file's `displayName`. */
  downloadFileName?: string | null;
  /** Minutes until the links expire, 1 to 525,600 (a year). Default: 600. */
  expirationInMinutes?: number | null;
  /** Redirect target of an expired link. Default: a page with status 403. */
  expirationRedirectUrl?: string | null;
  /** Renditions to link, up to 100 keys of up to 100 characters, such as `720p.mp4`. Default: `['src']`, the original. */
  assetKeys?: string[] | null;
  /** Whether browsers save or display the file. Default: `ATTACHMENT`. */
  contentDisposition?: ContentDispositionWithLiterals;
}

/** Result of {@link files.generateFileDownloadUrl}. */
export interface GenerateFileDownloadUrlResponse {
  /** One link for each asset key, at most 100. */
  downloadUrls?: DownloadUrl[];
}

/** What {@link files.generateFileDownloadUrl} resolves to. */
export interface GenerateFileDownloadUrlResult extends GenerateFileDownloadUrlResponse {
  /** The URLs, one for each asset. */
  downloadUrls: (DownloadUrl & { url: string; assetKey: string })[];
}

/** A link to one rendition of a file. */
export interface DownloadUrl {
  /** The link. */
  url?: string;
  /** The rendition; `src` is the original. */
  assetKey?: string;
}

/** Result of {@link files.getFileDescriptors}. */
export interface GetFileDescriptorsResponse {
  /** The files, at most 100, in no particular order. */
  files?: FileDescriptor[];
}

/** What {@link files.getFileDescriptors} resolves to. */
export interface GetFileDescriptorsResult extends GetFileDescriptorsResponse {
  /** The files. */
  files: StoredFile[];
}

/** Options of {@link files.generateFileUploadUrl}. */
export interface GenerateFileUploadUrlOptions {
  /** Name with extension, up to 1,000 characters and cut to 255. Default: the `filename` query of the upload. */
  fileName?: string | null;
  /** Size in bytes, as a decimal string. */
  sizeInBytes?: string | null;
  /** Id of the folder to upload to, up to 100 characters. Default: `media-root`. */
  parentFolderId?: string | null;
  /** Whether the file is private. Default: `false`. Cannot be changed later. */
  private?: boolean | null;
  /** Up to 50 labels of up to 200 characters. */
  labels?: string[] | null;
  /** Your own data, which is returned in the events. */
  externalInfo?: ExternalInfo;
  /** Path of folders below `parentFolderId`, up to 100 characters, such as `/videos/2024`. Missing folders are created. */
  filePath?: string | null;
}

/** Result of {@link files.generateFileUploadUrl}. */
export interface GenerateFileUploadUrlResponse {
  /** URL to `PUT` the bytes to, without an `Authorization` header. */
  uploadUrl?: string;
}

/** What {@link files.generateFileUploadUrl} resolves to. */
export interface GenerateFileUploadUrlResult extends GenerateFileUploadUrlResponse {
  /** URL to upload to. */
  uploadUrl: string;
}

/** Options of {@link files.generateFileResumableUploadUrl}. */
export interface GenerateFileResumableUploadUrlOptions {
  /** Name with extension, up to 1,000 characters and cut to 255. Default: the `filename` query of the last request. */
  fileName?: string | null;
  /** Size in bytes, as a decimal string. */
  sizeInBytes?: string | null;
  /** Id of the folder to upload to, up to 100 characters. Default: `media-root`. */
  parentFolderId?: string | null;
  /** Whether the file is private. Default: `false`. Cannot be changed later. */
  private?: boolean | null;
  /** Up to 500 labels of up to 200 characters. */
  labels?: string[] | null;
  /** Protocol of the upload. `TUS` is the default and the only value. */
  uploadProtocol?: UploadProtocolWithLiterals;
  /** Path of folders below `parentFolderId`, up to 100 characters, such as `/videos/2024`. Missing folders are created. */
  filePath?: string | null;
}

/** Result of {@link files.generateFileResumableUploadUrl}. */
export interface GenerateFileResumableUploadUrlResponse {
  /** Protocol to upload with. */
  uploadProtocol?: UploadProtocolWithLiterals;
  /** URL at which to create the upload. */
  uploadUrl?: string;
  /** Token to send with the upload. It is valid for one upload. */
  uploadToken?: string;
}

/** What {@link files.generateFileResumableUploadUrl} resolves to. */
export interface GenerateFileResumableUploadUrlResult extends GenerateFileResumableUploadUrlResponse {
  /** Protocol to upload with. */
  uploadProtocol: UploadProtocolWithLiterals;
  /** URL at which to create the upload. */
  uploadUrl: string;
  /** Token to send with the upload. It is valid for one upload. */
  uploadToken: string;
}

/** Options of {@link files.importFile}. */
export interface ImportFileOptions {
  /** Expected media type, any but `OTHER`. The import fails when the file has another type. */
  mediaType?: MediaTypeWithLiterals;
  /** Name, up to 1,000 characters and cut to 255; a missing extension is added. Default: the last part of the URL. */
  displayName?: string | null;
  /** Id of the folder to import to, up to 100 characters. Default: `media-root`. */
  parentFolderId?: string | null;
  /** Whether the file is private. Default: `false`. Cannot be changed later. */
  private?: boolean | null;
  /** Up to 500 labels of up to 200 characters. */
  labels?: string[] | null;
  /** MIME type, up to 100 characters. Default: derived from the extension, or requested from the source. */
  mimeType?: string;
  /** Your own data, which is returned in the events. */
  externalInfo?: ExternalInfo;
  /** Query parameters to add to the URL. */
  urlParams?: PlainObject | null;
  /** Headers to send to the source. */
  urlHeaders?: PlainObject | null;
  /** Path of folders below `parentFolderId`, up to 100 characters, such as `/videos/2024`. Missing folders are created. */
  filePath?: string | null;
}

/** A file to import: a URL with the options of {@link files.importFile}. */
export interface ImportFileRequest extends ImportFileOptions {
  /** Public URL of the file. */
  url: string;
}

/** Result of {@link files.importFile}. */
export interface ImportFileResponse {
  /** The new file, `PENDING` and without `media`. */
  file?: FileDescriptor;
}

/** What {@link files.importFile} resolves to. */
export interface ImportFileResult extends ImportFileResponse {
  /** The file, which is not ready yet. */
  file: StoredFile;
}

/** Result of {@link files.bulkImportFiles}. */
export interface BulkImportFilesResponse {
  /** The new files in the order of the request, `PENDING` and without `media`. */
  files?: FileDescriptor[];
}

/** What {@link files.bulkImportFiles} resolves to. */
export interface BulkImportFilesResult extends BulkImportFilesResponse {
  /** The files. */
  files: StoredFile[];
}

/** Options of {@link files.bulkImportFile}. */
export interface BulkImportFileOptions {
  /** Whether the results include the new files. Default: `true`. */
  returnEntity?: boolean | null;
}

/** Result of {@link files.bulkImportFile}. */
export interface BulkImportFileResponse {
  /** The result of each file. */
  results?: BulkImportFileResult[];
  /** Counts of successes and failures. */
  bulkActionMetadata?: BulkActionMetadata;
}

/** What {@link files.bulkImportFile} resolves to. */
export interface BulkImportFileResults extends BulkImportFileResponse {
  /** The result of each request. */
  results: BulkImportFileResult[];
  /** How many succeeded and failed. */
  bulkActionMetadata: BulkActionMetadata;
}

/** The result of one file of a bulk import. */
export interface BulkImportFileResult {
  /** Whether the import was accepted. */
  itemMetadata?: ItemMetadata;
  /** The new file, unless `returnEntity` was `false` or the import was refused. */
  item?: FileDescriptor;
}

/** Options of {@link files.listFiles}. */
export interface ListFilesOptions {
  /** Id of the folder to list, up to 100 characters. Default: `media-root`. */
  parentFolderId?: string | null;
  /** Media types to list, at most 30. Default: all. */
  mediaTypes?: MediaTypeWithLiterals[];
  /** `true` lists private files only, `false` public ones only. Default: both. */
  private?: boolean | null;
  /** Sort order. Default: most recently changed first. */
  sort?: CommonSorting;
  /** Page size and cursor. */
  paging?: CursorPaging;
}

/** One page of {@link files.listFiles}. */
export interface ListFilesResponse {
  /** The files of this page. */
  files?: FileDescriptor[];
  /** Cursor of the next page. */
  nextCursor?: PagingMetadataV2;
}

/** What {@link files.listFiles} resolves to. */
export interface ListFilesResult extends ListFilesResponse {
  /** The files. */
  files: StoredFile[];
}

/** Options of {@link files.searchFiles}. */
export interface SearchFilesOptions {
  /** Text to find in display names, MIME types and labels, up to 200 characters. Default: everything matches. */
  search?: string | null;
  /** Scope of the search, at every depth. Default: `MEDIA_ROOT`. */
  rootFolder?: RootFolderWithLiterals;
  /** Media types to find, at most 30. Default: all. */
  mediaTypes?: MediaTypeWithLiterals[];
  /** `true` finds private files only, `false` public ones only. Default: both. */
  private?: boolean | null;
  /** Sort order. Default: most recently changed first. */
  sort?: CommonSorting;
  /** Page size and cursor. */
  paging?: CursorPaging;
}

/** One page of {@link files.searchFiles}. */
export interface SearchFilesResponse {
  /** The files of this page. */
  files?: FileDescriptor[];
  /** Cursor of the next page. */
  nextCursor?: PagingMetadataV2;
}

/** What {@link files.searchFiles} resolves to. */
export interface SearchFilesResult extends SearchFilesResponse {
  /** The files. */
  files: StoredFile[];
}

/** Options of {@link files.generateVideoStreamingUrl}. */
export interface GenerateVideoStreamingUrlOptions {
  /** Protocol of the stream. Default: `HLS`. */
  format?: StreamFormatWithLiterals;
  /** Minutes until the URL of a private video expires, 60 to 1,440. Default: 1,440. Ignored for public videos. */
  expirationInMinutes?: number | null;
}

/** Result of {@link files.generateVideoStreamingUrl}. */
export interface GenerateVideoStreamingUrlResponse {
  /** URL of the stream. */
  downloadUrl?: DownloadUrl;
}

/** What {@link files.generateVideoStreamingUrl} resolves to. */
export interface GenerateVideoStreamingUrlResult extends GenerateVideoStreamingUrlResponse {
  /** The URL of the stream. */
  downloadUrl: DownloadUrl & { url: string; assetKey: string };
}

/** Options of {@link files.bulkDeleteFiles}. */
export interface BulkDeleteFilesOptions {
  /** `true` deletes permanently, which cannot be undone. Default: `false`, move to the trash. */
  permanent?: boolean;
}

/** Options of {@link files.listDeletedFiles}. */
export interface ListDeletedFilesOptions {
  /** Id of a folder in the trash, up to 100 characters. Default: the top level of the trash. */
  parentFolderId?: string | null;
  /** Media types to list, at most 30. Default: all. */
  mediaTypes?: MediaTypeWithLiterals[];
  /** `true` lists private files only, `false` public ones only. Default: both. */
  private?: boolean | null;
  /** Sort order. Default: most recently changed first. */
  sort?: CommonSorting;
  /** Page size and cursor. */
  paging?: CursorPaging;
}

/** One page of {@link files.listDeletedFiles}. */
export interface ListDeletedFilesResponse {
  /** The files of this page. */
  files?: FileDescriptor[];
  /** Cursor of the next page. */
  nextCursor?: PagingMetadataV2;
}

/** What {@link files.listDeletedFiles} resolves to. */
export interface ListDeletedFilesResult extends ListDeletedFilesResponse {
  /** The files. */
  files: StoredFile[];
}

/** One page of {@link files.queryFileDescriptors}. */
export interface QueryFileDescriptorsResponse {
  /** The files of this page. */
  files?: FileDescriptor[];
  /** Paging information. */
  pagingMetadata?: PagingMetadataV2;
}

/** What {@link files.queryFileDescriptors} with a query resolves to. */
export interface QueryFileDescriptorsResult extends QueryFileDescriptorsResponse {
  /** The files. */
  files: StoredFile[];
}
