import type { CommonSortOrderWithLiterals } from '../enums.js';

// ---------------------------------------------------------------------------------------------------------------------
// Sorting and paging
// ---------------------------------------------------------------------------------------------------------------------

/** How a list or search is sorted: by one field. */
export interface CommonSorting {
  /**
   * `'displayName'`, `'updatedDate'` or, for files only, `'sizeInBytes'`; up to 512 characters. Any other is refused with
   * `UNSUPPORTED_SORT_VALUE` (400). Default: `'updatedDate'`.
   */
  fieldName?: string;
  /** Direction. Default: `DESC` when no sort is given, `ASC` when only `fieldName` is. */
  order?: CommonSortOrderWithLiterals;
  /** A place to measure distances from; without meaning for files and folders. */
  origin?: AddressLocation;
}

/** A place on the earth, in degrees. */
export interface AddressLocation {
  /** Degrees north of the equator. */
  latitude?: number | null;
  /** Degrees east of Greenwich. */
  longitude?: number | null;
}

/** Which page of a list, search or query to fetch. */
export interface CursorPaging {
  /** Items in one page, 1 to 100. Default: 50. */
  limit?: number | null;
  /** Where to continue: `cursors.next` of the page before, up to 16,000 characters. Not needed for the first page. */
  cursor?: string | null;
}

/** What an answer says about the pages around it. */
export interface PagingMetadataV2 {
  /** Number of items in this page. Sent by queries. */
  count?: number | null;
  /** Number of all items. Not sent by lists, searches and queries with cursors. */
  total?: number | null;
  /** Where to continue. */
  cursors?: Cursors;
  /** Whether there is a next page. */
  hasNext?: boolean | null;
}

/** Where to continue before and after a page. */
export interface Cursors {
  /** Cursor of the next page; empty or absent on the last page. */
  next?: string | null;
  /** Cursor of the page before; empty or absent on the first page. Sent by queries only. */
  prev?: string | null;
}
