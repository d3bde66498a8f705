import type { PlainObject } from '../calls.js';

// ---------------------------------------------------------------------------------------------------------------------
// Errors of the service, as it sends them
// ---------------------------------------------------------------------------------------------------------------------

/** An error as the service reports it: the member `applicationError` of an error's `details`. */
export interface ApplicationError {
  /** Stable code of the error, such as `RESOURCE_NOT_FOUND`. */
  code?: string;
  /** Description of the error. */
  description?: string;
  /** Further data, depending on the code. */
  data?: PlainObject | null;
}

/** `data` of the errors of upload services inside Wix. */
export interface ServiceError {
  /** Code inside Wix. */
  internalCode?: string | null;
  /** HTTP status inside Wix. */
  internalHttpStatusCode?: number | null;
  /** Key inside Wix. */
  internalKey?: string | null;
}

/** `data` of the error `SITE_QUOTA_EXCEEDED`. */
export interface SiteQuotaExceededError extends ServiceError {
  /** The site's quota. */
  quota?: TotalQuota;
}

/** The storage quota of a site. */
export interface TotalQuota {
  /** Bytes, as a decimal string. */
  storage?: string | null;
  /** The site's plans. */
  plans?: Plans;
  /** When the quota was measured. */
  timestamp?: Date | null;
}

/** The plans of a site. */
export interface Plans {
  /** The premium plan. */
  premium?: Plan;
  /** URL at which the plan can be upgraded. */
  upgradeUrl?: string;
}

/** One plan. */
export interface Plan {
  /** Id of the plan. */
  _id?: string;
  /** Name of the plan. */
  name?: string;
  /** When the plan began. */
  createdAt?: Date | null;
  /** When the plan ends. */
  expiresAt?: Date | null;
}
