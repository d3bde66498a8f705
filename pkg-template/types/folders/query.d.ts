import type { CallOptions, PagedPromise } from '../calls.js';
import type { SortOrderWithLiterals, State, StateWithLiterals } from '../enums.js';
import type { CursorPaging } from '../shared/paging.js';
import type { QueryCursorResult } from '../shared/query.js';
import type { Folder, StoredFolder } from './folder.js';
import type { folders } from './functions.js';
import type { FieldSort, FilterFactory, FolderFilterFields, QueryBuilder } from '../query-helpers.js';

// ---------------------------------------------------------------------------------------------------------------------
// Queries over folders
// ---------------------------------------------------------------------------------------------------------------------

/** A query over folders, as an object. */
export interface FolderQuery {
  /** Page size (1 to 100) and cursor. */
  cursorPaging?: CursorPaging;
  /** Filter. Default: all folders in use. */
  filter?: FolderFilter | null;
  /** Sort order, at most one entry. */
  sort?: FolderSort[];
}

/**
 * Filter of a query over folders.
 *
 * @example
 * ```ts
 * await folders.queryFolders({ filter: { state: 'DELETED' } });
 * ```
 */
export interface FolderFilter {
  /** Folders in use or in the trash. Default: in use. */
  state?: StateWithLiterals | { $eq?: StateWithLiterals };
  /** All of these must match. */
  $and?: FolderFilter[];
  /** Part of Wix's query language. The service refuses it for folders. */
  $or?: FolderFilter[];
  /** Part of Wix's query language. The service refuses it for folders. */
  $not?: FolderFilter;
}

/** Sort order of a query over folders. */
export interface FolderSort {
  /** The field to sort by. */
  fieldName?: 'displayName' | '_updatedDate';
  /** Direction. Default: `ASC`. */
  order?: SortOrderWithLiterals;
}

/**
 * Builds a query over folders. Each method returns a new builder and leaves this one unchanged.
 *
 * @example
 * ```ts
 * const trashed = await folders.queryFolders().eq('state', 'DELETED').find();
 * ```
 */
export interface FoldersQueryBuilder {
  /**
   * Matches folders whose field has this value.
   *
   * @param propertyName `state`.
   * @param value A {@link State}.
   */
  eq(propertyName: 'state', value: unknown): FoldersQueryBuilder;
  /** Sorts by a field in ascending order. */
  ascending(...propertyNames: Array<'displayName' | '_updatedDate'>): FoldersQueryBuilder;
  /** Sorts by a field in descending order. */
  descending(...propertyNames: Array<'displayName' | '_updatedDate'>): FoldersQueryBuilder;
  /**
   * Sets the number of folders in a page.
   *
   * @param limit 1 to 100. Default: 50.
   */
  limit(limit: number): FoldersQueryBuilder;
  /**
   * Continues at a cursor of an earlier result. Filter and sort order are those of the query that returned the cursor.
   *
   * @param cursor `cursors.next` or `cursors.prev` of an earlier result.
   */
  skipTo(cursor: string): FoldersQueryBuilder;
  /**
   * Sends the query.
   *
   * @param call `signal` and `timeoutMs`, for every page.
   * @returns The first page, and an async iterable over the folders of all pages.
   * @throws {WixMediaError} A field violation (400) on `query.filter` or `query.sort`.
   * @example
   * ```ts
   * const newest = await folders.queryFolders().descending('_updatedDate').find().toArray({ limit: 10 });
   * ```
   */
  find(call?: CallOptions): PagedPromise<FoldersQueryResult, StoredFolder>;
}

/** One page of a query over folders. */
export interface FoldersQueryResult extends QueryCursorResult {
  /** The folders of this page. */
  items: StoredFolder[];
  /** The builder of this query. */
  query: FoldersQueryBuilder;
  /** Fetches the next page. Rejects with the code `NO_PAGE` when there is none. */
  next(call?: CallOptions): PagedPromise<FoldersQueryResult, StoredFolder>;
  /** Fetches the previous page. Rejects with the code `NO_PAGE` when there is none. */
  prev(call?: CallOptions): PagedPromise<FoldersQueryResult, StoredFolder>;
  /** Iterates over the items of this page and of all pages after it. */
  [Symbol.asyncIterator](): AsyncGenerator<StoredFolder, void, undefined>;
}

/**
 * Makes query objects for {@link folders.queryFolders}.
 *
 * @example
 * ```ts
 * const { QueryBuilder, Filter } = folders.utils.query;
 * const page = await folders.queryFolders(QueryBuilder().withFilter(Filter('state').eq('DELETED')).build());
 * ```
 */
export interface FolderQueryHelpers {
  /** Starts a query object. */
  QueryBuilder(): QueryBuilder<FolderQuery, FolderFilter, FolderSort, keyof Folder>;
  /** Starts a filter on a field, or joins filters. */
  Filter: FilterFactory<FolderFilter, FolderFilterFields>;
  /** Starts a sort by a field. */
  Sort<Field extends 'displayName' | '_updatedDate'>(field: Field): FieldSort<Field>;
}
