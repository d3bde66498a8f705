import type { CallOptions, PagedPromise } from '../calls.js';
import type { MediaType, MediaTypeWithLiterals, SortOrderWithLiterals, State, StateWithLiterals } from '../enums.js';
import type { CursorPaging } from '../shared/paging.js';
import type { QueryCursorResult } from '../shared/query.js';
import type { FileDescriptor, StoredFile } from './descriptor.js';
import type { files } from './functions.js';
import type { FieldSort, FileFilterFields, FilterFactory, QueryBuilder } from '../query-helpers.js';

// ---------------------------------------------------------------------------------------------------------------------
// Queries over files
// ---------------------------------------------------------------------------------------------------------------------

/** A query over files, as an object. */
export interface FileDescriptorQuery {
  /** Page size (1 to 100) and cursor. */
  cursorPaging?: CursorPaging;
  /** Filter. Default: all files in use. */
  filter?: FileDescriptorFilter | null;
  /** Sort order, at most one entry. */
  sort?: FileDescriptorSort[];
}

/**
 * Filter of a query over files. All members must match.
 *
 * @example
 * ```ts
 * await files.queryFileDescriptors({ filter: { mediaType: { $in: ['IMAGE', 'VECTOR'] }, private: false } });
 * ```
 */
export interface FileDescriptorFilter {
  /** Private or public files. */
  private?: boolean | { $eq?: boolean };
  /** One media type, or several. */
  mediaType?: MediaTypeWithLiterals | { $eq?: MediaTypeWithLiterals; $in?: MediaTypeWithLiterals[] };
  /** Files in use or in the trash. Default: in use. */
  state?: StateWithLiterals | { $eq?: StateWithLiterals };
  /** All of these must match. */
  $and?: FileDescriptorFilter[];
  /** Part of Wix's query language. The service refuses it for files. */
  $or?: FileDescriptorFilter[];
  /** Part of Wix's query language. The service refuses it for files. */
  $not?: FileDescriptorFilter;
}

/** Sort order of a query over files. */
export interface FileDescriptorSort {
  /** The field to sort by. */
  fieldName?: 'displayName' | 'sizeInBytes' | '_updatedDate';
  /** Direction. Default: `ASC`. */
  order?: SortOrderWithLiterals;
}

/**
 * Builds a query over files. Each method returns a new builder and leaves this one unchanged.
 *
 * @example
 * ```ts
 * const publicFiles = files.queryFileDescriptors().eq('private', false);
 * const images = await publicFiles.eq('mediaType', 'IMAGE').find();
 * const documents = await publicFiles.eq('mediaType', 'DOCUMENT').find();
 * ```
 */
export interface FilesQueryBuilder {
  /**
   * Matches files whose field has this value.
   *
   * @param propertyName `private`, `mediaType` or `state`.
   * @param value The value: `true` or `false`, a {@link MediaType}, a {@link State}.
   */
  eq(propertyName: 'private' | 'mediaType' | 'state', value: unknown): FilesQueryBuilder;
  /**
   * Matches files whose field has one of these values.
   *
   * @param propertyName `mediaType`.
   * @param value An array of {@link MediaType}s.
   */
  in(propertyName: 'mediaType', value: unknown): FilesQueryBuilder;
  /** Sorts by a field in ascending order. */
  ascending(...propertyNames: Array<'displayName' | 'sizeInBytes' | '_updatedDate'>): FilesQueryBuilder;
  /** Sorts by a field in descending order. */
  descending(...propertyNames: Array<'displayName' | 'sizeInBytes' | '_updatedDate'>): FilesQueryBuilder;
  /**
   * Sets the number of files in a page.
   *
   * @param limit 1 to 100. Default: 50.
   */
  limit(limit: number): FilesQueryBuilder;
  /**
   * Continues at a cursor of an earlier result. Filter and sort order are those of the query that returned the cursor.
   *
   * @param cursor `cursors.next` or `cursors.prev` of an earlier result.
   */
  skipTo(cursor: string): FilesQueryBuilder;
  /**
   * Sends the query.
   *
   * @param call `signal` and `timeoutMs`, for every page.
   * @returns The first page, and an async iterable over the files of all pages.
   * @throws {WixMediaError} A field violation (400) on `query.filter` or `query.sort`.
   * @example
   * ```ts
   * for await (const file of files.queryFileDescriptors().eq('private', true).find()) console.log(file._id);
   * ```
   */
  find(call?: CallOptions): PagedPromise<FilesQueryResult, StoredFile>;
}

/**
 * One page of a query over files.
 *
 * @example
 * ```ts
 * let page = await files.queryFileDescriptors().eq('mediaType', 'IMAGE').find();
 * while (page.hasNext()) page = await page.next();
 * ```
 */
export interface FilesQueryResult extends QueryCursorResult {
  /** The files of this page. */
  items: StoredFile[];
  /** The builder of this query. */
  query: FilesQueryBuilder;
  /** Fetches the next page. Rejects with the code `NO_PAGE` when there is none. */
  next(call?: CallOptions): PagedPromise<FilesQueryResult, StoredFile>;
  /** Fetches the previous page. Rejects with the code `NO_PAGE` when there is none. */
  prev(call?: CallOptions): PagedPromise<FilesQueryResult, StoredFile>;
  /** Iterates over the items of this page and of all pages after it. */
  [Symbol.asyncIterator](): AsyncGenerator<StoredFile, void, undefined>;
}

/**
 * Makes query objects for {@link files.queryFileDescriptors}.
 *
 * @example
 * ```ts
 * const { QueryBuilder, Filter, Sort } = files.utils.query;
 * const query = QueryBuilder()
 *   .withFilter(Filter.and(Filter('mediaType').in(['IMAGE', 'VECTOR']), Filter('private').eq(false)))
 *   .withSorting(Sort('_updatedDate').desc())
 *   .build();
 * const page = await files.queryFileDescriptors(query);
 * ```
 */
export interface FileQueryHelpers {
  /** Starts a query object. */
  QueryBuilder(): QueryBuilder<FileDescriptorQuery, FileDescriptorFilter, FileDescriptorSort, keyof FileDescriptor>;
  /** Starts a filter on a field, or joins filters. */
  Filter: FilterFactory<FileDescriptorFilter, FileFilterFields>;
  /** Starts a sort by a field. */
  Sort<Field extends 'displayName' | 'sizeInBytes' | '_updatedDate'>(field: Field): FieldSort<Field>;
}
