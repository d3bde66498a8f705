import type { PlainObject } from './calls.js';
import type { configure, init } from './client.js';
import type { Webhooks } from './webhooks.js';
import type { media } from './media.js';

// ---------------------------------------------------------------------------------------------------------------------
// Errors
// ---------------------------------------------------------------------------------------------------------------------

/** One refused field of a request. */
export interface FieldViolation {
  /** Path of the argument, such as `options.paging.limit` or `fileId`. */
  field?: string;
  /** What is wrong with it. */
  description?: string;
  /** Kind of rule: `REQUIRED_FIELD`, `FORMAT`, `MAX`, `MIN`, `MAX_LENGTH`, `MAX_SIZE`, `CUSTOM`, `OTHER` and others. */
  violatedRule?: string;
  /** The rule by name, such as `PARENT_FOLDER_NOT_FOUND`. */
  ruleName?: string;
  /** More about it, such as `{ threshold: 100 }`. */
  data?: PlainObject | null;
}

/** The error as the service sent it. */
export interface ErrorDetails {
  /** A refusal with a code. */
  applicationError?: {
    /** Stable name, such as `RESOURCE_NOT_FOUND`; the HTTP status as a number when the service sent no code. */
    code?: string | number;
    /** What went wrong, in words. */
    description?: string;
    /** More about it, depending on the code. */
    data?: PlainObject | null;
  };
  /** Refused fields. */
  validationError?: {
    /** The refused fields, named as the arguments they came from. */
    fieldViolations?: FieldViolation[];
  };
  /** Id of the request, for questions to Wix. */
  requestId?: string | null;
}

/**
 * The one class of everything that this package throws or rejects with, except the caller's own abort reason.
 *
 * Tell errors apart by `code`, the stable name. Codes of the service stand in the `@throws` of each function; of general
 * use are `UNAUTHENTICATED` (401), `PERMISSION_DENIED` (403), `NOT_FOUND` (404), `RESOURCE_EXHAUSTED` (429) and
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
  /** Makes an error of this class, as tests and wrappers need it. */
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
  /** What went wrong, in one sentence. */
  readonly message: string;
  /**
   * Stable name of the error. The service's own, else the rule of the first refused field, else the HTTP status as text;
   * or one of this package's own:
   *
   * - `INVALID_ARGUMENT`: an argument or option was refused before anything was sent (status 400);
   * - `NETWORK`: `fetch` gave no answer; `cause` is what it rejected with;
   * - `TIMEOUT`: `timeoutMs` has passed;
   * - `INVALID_RESPONSE`: an answer that is not what the service promises, such as HTML; `cause` may say more;
   * - `UNAUTHENTICATED`: the credentials could not be had, or were refused (status 401);
   * - `ALREADY_CONFIGURED`: see {@link configure};
   * - `INVALID_MEDIA_URL`: see {@link media};
   * - `INVALID_WEBHOOK`: see {@link Webhooks.process};
   * - `MODULE_NOT_LOADED`: see {@link init};
   * - `INTERNAL`: a fault inside this package. The next call starts afresh.
   */
  readonly code: string;
  /** HTTP status; 400 for an argument refused before anything was sent; undefined when there was no usable answer. */
  readonly status: number | undefined;
  /** The call, such as `files.listFiles`. */
  readonly operation: string | undefined;
  /** Id of the request, for questions to Wix; null when the answer had none, undefined when there was no answer. */
  readonly requestId: string | null | undefined;
  /**
   * What to think of trying again: `'never'` helps; `'after'` a wait it can help and does no harm; `'maybe'` it helps, but
   * this try may have had an effect already, so a second one could make a second file or folder.
   */
  readonly retry: 'never' | 'after' | 'maybe';
  /** The refused fields, named as the arguments they came from: those of `details.validationError`. */
  readonly fieldViolations: FieldViolation[] | undefined;
  /** The error as the service sent it, in the shape that the official SDK gives it. */
  readonly details: ErrorDetails | undefined;
  /** What lies behind it: what `fetch` rejected with, or what could not be parsed. */
  readonly cause?: unknown;
  /** The members as a plain object, for logs and for messages between threads, where an error loses them. */
  toJSON(): Record<string, unknown>;
}
