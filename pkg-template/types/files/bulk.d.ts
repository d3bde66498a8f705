import type { ApplicationError } from './refusals.js';

// ---------------------------------------------------------------------------------------------------------------------
// Results of bulk calls
// ---------------------------------------------------------------------------------------------------------------------

/** The result of one item of a bulk call. */
export interface ItemMetadata {
  /** Id of the item; absent when it could not be created. */
  _id?: string | null;
  /** Position of the item in the request, from 0. */
  originalIndex?: number;
  /** Whether the item succeeded. */
  success?: boolean;
  /** The error of the item. */
  error?: ApplicationError;
}

/** Counts of successes and failures of a bulk call. */
export interface BulkActionMetadata {
  /** Items that succeeded. */
  totalSuccesses?: number;
  /** Items that failed. */
  totalFailures?: number;
  /** Failures without details of their own. */
  undetailedFailures?: number;
}
