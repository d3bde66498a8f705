import type { ApplicationError } from './refusals.js';

// ---------------------------------------------------------------------------------------------------------------------
// Results of bulk calls
// ---------------------------------------------------------------------------------------------------------------------

/** What became of one item of a bulk call. */
export interface ItemMetadata {
  /** Id of the item; absent when the item could not be made. */
  _id?: string | null;
  /** Position of the item in the request, from 0. */
  originalIndex?: number;
  /** Whether the item succeeded. */
  success?: boolean;
  /** What went wrong with the item. */
  error?: ApplicationError;
}

/** How many items of a bulk call succeeded and failed. */
export interface BulkActionMetadata {
  /** Items that succeeded. */
  totalSuccesses?: number;
  /** Items that failed. */
  totalFailures?: number;
  /** Failures without details of their own. */
  undetailedFailures?: number;
}
