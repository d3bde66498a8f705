import type { PlainObject } from '../calls.js';
import type { SortOrderWithLiterals } from '../enums.js';
import type { CursorPaging, Cursors } from './paging.js';

// ---------------------------------------------------------------------------------------------------------------------
// Queries
// ---------------------------------------------------------------------------------------------------------------------

/** A query as it is sent. */
export interface CursorQuery extends CursorQueryPagingMethodOneOf {
  /** Which items. */
  filter?: PlainObject | null;
  /** Sort order. */
  sort?: Sorting[];
}

/** How a query is paged. */
export interface CursorQueryPagingMethodOneOf {
  /** Page size and cursor. */
  cursorPaging?: CursorPaging;
}

/** One sort entry of a query as it is sent. */
export interface Sorting {
  /** The field to sort by, up to 512 characters. */
  fieldName?: string;
  /** Direction. Default: `ASC`. */
  order?: SortOrderWithLiterals;
}

/** Members of every page of a query. */
export interface QueryCursorResult {
  /** Cursors of the pages before and after. */
  cursors: Cursors;
  /** Number of items in this page. */
  length: number;
  /** Number of items that were requested. */
  pageSize: number;
  /** Whether there is a next page. */
  hasNext(): boolean;
  /** Whether there is a previous page. */
  hasPrev(): boolean;
}
