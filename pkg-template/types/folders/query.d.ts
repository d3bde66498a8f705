import type { CallOptions, PagedPromise } from '../calls.js';
import type { SortOrderWithLiterals, State, StateWithLiterals } from '../enums.js';
import type { CursorPaging } from '../shared/paging.js';
import type { QueryCursorResult } from '../shared/query.js';
import type { Folder } from './folder.js';
import type { folders } from './functions.js';
import type { FieldSort, FilterFactory, FolderFilterFields, QueryBuilder } from '../query-helpers.js';

// ---------------------------------------------------------------------------------------------------------------------
// Queries over folders
// ---------------------------------------------------------------------------------------------------------------------

/** A query over folders, as an object. */
export interface FolderQuery {
  /** Page size (1 to 100) and cursor. */
  cursorPaging?: CursorPaging;
  /** Which folders. Default: all folders in use. */
  filter?: FolderFilter | null;
  /** Sort order, at most one entry. */
  sort?: FolderSort[];
}

/**
 * Which folders a query finds.
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
  /** Part of the general query language; the service refuses it for folders. */
  $or?: FolderFilter[];
  /** Part of the general query language; the service refuses it for folders. */
  $not?: FolderFilter;
}

/** How a query over folders is sorted. */
export interface FolderSort {
  /** The field to sort by. */
  fieldName?: 'displayName' | '_updatedDate';
  /** Direction. Default: `ASC`. */
  order?: SortOrderWithLiterals;
}

/**
 * Builds a query over folders. Each method gives a new builder and leaves this one as it is.
 *
 * @example
 * ```ts
 * const trashed = await folders.queryFolders().eq('state', 'DELETED').find();
 * ```
 */
export interface FoldersQueryBuilder {
  /**
   * Keeps the folders whose field has this value.
   *
   * @param propertyName `state`.
   * @param value A {@link State}.
   */
  eq(propertyName: 'state', value: unknown): FoldersQueryBuilder;
  /** Sorts by a field, oldest or first in the alphabet first. */
  ascending(...propertyNames: Array<'displayName' | '_updatedDate'>): FoldersQueryBuilder;
  /** Sorts by a field, newest or last in the alphabet first. */
  descending(...propertyNames: Array<'displayName' | '_updatedDate'>): FoldersQueryBuilder;
  /**
   * Sets the number of folders in a page.
   *
   * @param limit 1 to 100. Default: 50.
   */
  limit(limit: number): FoldersQueryBuilder;
  /**
   * Continues at a cursor of an earlier answer. Filter and sort are those of the query that gave the cursor.
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
  find(call?: CallOptions): PagedPromise<FoldersQueryResult, Folder>;
}

/** One page of a query over folders. */
export interface FoldersQueryResult extends QueryCursorResult {
  /** The folders of this page. */
  items: Folder[];
  /** The builder that gave this result. */
  query: FoldersQueryBuilder;
  /** Fetches the next page. Rejects with the Error `No next page to fetch` when there is none. */
  next(call?: CallOptions): PagedPromise<FoldersQueryResult, Folder>;
  /** Fetches the page before. Rejects with the Error `No previous page to fetch` when there is none. */
  prev(call?: CallOptions): PagedPromise<FoldersQueryResult, Folder>;
  /** Iterates over the items of this page and of all pages after it. */
  [Symbol.asyncIterator](): AsyncGenerator<Folder, void, undefined>;
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
