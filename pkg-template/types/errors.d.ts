import type { PlainObject } from './calls.js';
import type { configure, init } from './client.js';
import type { Webhooks } from './webhooks.js';
import type { media } from './media.js';

// ---------------------------------------------------------------------------------------------------------------------
// Errors
// ---------------------------------------------------------------------------------------------------------------------

/** A refused field of a request. */
export interface FieldViolation {
  /** Path of the argument, such as `options.paging.limit` or `fileId`. */
  field?: string;
  /** Description of the violation. */
  description?: string;
  /** Kind of rule: `REQUIRED_FIELD`, `FORMAT`, `MAX`, `MIN`, `MAX_LENGTH`, `MAX_SIZE`, `CUSTOM`, `OTHER` and others. */
  violatedRule?: string;
  /** The rule by name, such as `PARENT_FOLDER_NOT_FOUND`. */
  ruleName?: string;
  /** Further data, such as `{ threshold: 100 }`. */
  data?: PlainObject | null;
}

/** The error as the service sent it. */
export interface ErrorDetails {
  /** An error with a code. */
  applicationError?: {
    /** Stable code, such as `RESOURCE_NOT_FOUND`; the HTTP status as a number when the service sent no code. */
    code?: string | number;
    /** Description of the error. */
    description?: string;
    /** Further data, depending on the code. */
    data?: PlainObject | null;
  };
  /** Refused fields. */
  validationError?: {
    /** The refused fields, named as the arguments they came from. */
    fieldViolations?: FieldViolation[];
  };
  /** Id of the request, for Wix support. */
  requestId?: string | null;
}

/**
 * Every failure of this package, except the caller's own abort reason.
 *
 * `code` is stable. The `@throws` of each function lists its codes. Common to all functions are `UNAUTHENTICATED` (401), `PERMISSION_DENIED` (403), `NOT_FOUND` (404), `RESOURCE_EXHAUSTED` (429) and
 * `INVALID_ARGUMENT` (400, see `fieldViolations`). Codes of this package are listed at {@link WixMediaError.code}.
 *
 * @example
 * ```ts
 * try {
 *   await files.getFileDescriptor(fileId);
 * } catch (error) {
 *   if (error instanceof WixMediaError && error.code === 'RESOURCE_NOT_FOUND') console.log('gone');
 *   else throw error;
 * }
 * ```
 */
export declare class WixMediaError extends Error {
  /** Creates an error, for tests and wrappers. */
  constructor(members: {
    message: string;
    code: string;
    status?: number;
    operation?: string;
    requestId?: string | null;
    retry?: 'never' | 'after' | 'maybe';
    details?: ErrorDetails;
    cause?: unknown;
  });
  /** `'WixMediaError'`, also in minified code. */
  readonly name: 'WixMediaError';
  /** Description of the error, in one sentence. */
  readonly message: string;
  /**
   * Stable code of the error: that of the service, or the rule of the first refused field, or the HTTP status as text, or one
   * of this package:
   *
   * - `INVALID_ARGUMENT`: an argument or option was refused before anything was sent (status 400);
   * - `NETWORK`: `fetch` rejected; `cause` is its error;
   * - `TIMEOUT`: the call took longer than `timeoutMs`;
   * - `INVALID_RESPONSE`: the response is not JSON of the expected shape, for example HTML; `cause` may say more;
   * - `UNAUTHENTICATED`: credentials could not be obtained, or were refused (status 401);
   * - `NO_PAGE`: `next()` or `prev()` of a query result without such a page;
   * - `ALREADY_CONFIGURED`: see {@link configure};
   * - `INVALID_MEDIA_URL`: see {@link media};
   * - `INVALID_WEBHOOK`: see {@link Webhooks.process};
   * - `MODULE_NOT_LOADED`: see {@link init};
   * - `INTERNAL`: a bug in this package. Later calls are not affected.
   */
  readonly code: string;
  /** HTTP status; 400 for an argument refused before anything was sent; undefined without a usable response. */
  readonly status: number | undefined;
  /** Name of the function, such as `files.listFiles`. */
  readonly operation: string | undefined;
  /** Id of the request, for Wix support; null when the response had none, undefined without a response. */
  readonly requestId: string | null | undefined;
  /**
   * Whether to retry. `'never'`: it would fail again. `'after'`: safe after a wait. `'maybe'`: it may succeed, but this
   * attempt may have had an effect, so another one could create a second file or folder.
   */
  readonly retry: 'never' | 'after' | 'maybe';
  /** The refused fields, named as the arguments they came from: those of `details.validationError`. */
  readonly fieldViolations: FieldViolation[] | undefined;
  /** The error as the service sent it, in the shape of the official SDK. */
  readonly details: ErrorDetails | undefined;
  /** The underlying error, such as that of `fetch` or of a parser. */
  readonly cause?: unknown;
  /** The members as a plain object, for logs and for messages between threads, which drop the members of errors. */
  toJSON(): Record<string, unknown>;
}
