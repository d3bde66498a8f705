import type { CommonSortOrderWithLiterals } from '../enums.js';

// ---------------------------------------------------------------------------------------------------------------------
// Sorting and paging
// ---------------------------------------------------------------------------------------------------------------------

/** The sort order of a list or search. */
export interface CommonSorting {
  /**
   * `'displayName'`, `'updatedDate'` or, for files only, `'sizeInBytes'`; up to 512 characters. Other fields are refused with
   * `UNSUPPORTED_SORT_VALUE` (400). Default: `'updatedDate'`.
   */
  fieldName?: string;
  /** Direction. Default: `DESC` when no sort is given, `ASC` when only `fieldName` is. */
  order?: CommonSortOrderWithLiterals;
  /** A location to measure distances from. Not used for files and folders. */
  origin?: AddressLocation;
}

/** A geographic location, in degrees. */
export interface AddressLocation {
  /** Degrees north of the equator. */
  latitude?: number | null;
  /** Degrees east of Greenwich. */
  longitude?: number | null;
}

/** The page of a list, search or query to fetch. */
export interface CursorPaging {
  /** Items per page, 1 to 100. Default: 50. */
  limit?: number | null;
  /** `cursors.next` of the previous page, up to 16,000 characters. Omit it for the first page. */
  cursor?: string | null;
}

/** Paging information of a response. */
export interface PagingMetadataV2 {
  /** Number of items in this page. Sent by queries. */
  count?: number | null;
  /** Total number of items. Not sent with cursors. */
  total?: number | null;
  /** Cursors of the pages before and after. */
  cursors?: Cursors;
  /** Whether there is a next page. */
  hasNext?: boolean | null;
}

/** Cursors of the pages before and after a page. */
export interface Cursors {
  /** Cursor of the next page; empty or absent on the last page. */
  next?: string | null;
  /** Cursor of the previous page; empty or absent on the first page. Sent by queries only. */
  prev?: string | null;
}
