// Errors of the package.

/** @import { ErrorMembers } from './internal.d.ts' */

/**
 * The one class of everything that the package throws or rejects with, except the caller's own abort reason.
 *
 * All members are own and enumerable, so logs, spreads and `JSON.stringify` show them. `structuredClone` keeps only
 * message, stack and cause of any Error; send `error.toJSON()` across a thread instead.
 *
 * @example
 * try {
 *   await files.getFileDescriptor(id);
 * } catch (error) {
 *   if (error instanceof WixMediaError && error.code === 'RESOURCE_NOT_FOUND') return undefined;
 *   throw error;
 * }
 */
export const WixMediaError = /** @type {typeof import('../types/index.js').WixMediaError} */ (
  /** @type {unknown} */ (
    class extends Error {
      // Minifiers rename classes, and stack traces take the name before the constructor sets anything.
      static name = 'WixMediaError';

      get name() {
        return 'WixMediaError';
      }

      /** @param {ErrorMembers} members */
      constructor({ message, code, status, operation, requestId, retry = 'never', details, ...rest }) {
        super(message, rest);
        const { fieldViolations } = details?.validationError ?? {};
        const members = { message, code, status, operation, requestId, retry, fieldViolations, details };
        for (const [key, value] of Object.entries({ name: 'WixMediaError', ...members })) {
          Object.defineProperty(this, key, { value, enumerable: true, writable: true, configurable: true });
        }
      }

      toJSON() {
        return { ...this };
      }
    }
  )
);

/**
 * The refusal of an argument or option, in the shape in which the service refuses one.
 *
 * @type {import('./internal.d.ts').Refusal}
 */
export const refusal = (field, description, operation, cause, violatedRule = 'FORMAT') =>
  new WixMediaError({
    message: `${operation ? `${operation}: ` : ''}${field} ${description}`,
    code: 'INVALID_ARGUMENT',
    status: 400,
    operation,
    details: { validationError: { fieldViolations: [{ field, description, violatedRule }] } },
    ...(cause ? { cause } : {}),
  });

/**
 * The refusal of arguments that have thrown while they were read or converted. Returns errors of the package unchanged.
 *
 * @param {unknown} thrown
 * @param {string} [operation]
 */
export const unreadable = (thrown, operation) =>
  thrown instanceof WixMediaError ? thrown : refusal('arguments', `cannot be read: ${textOf(thrown)}`, operation, thrown);

/**
 * The refusal that the core has found.
 *
 * @param {[field: string, expectation: string, violatedRule: string]} found
 * @param {string} operation
 */
export const violation = ([field, expectation, violatedRule], operation) =>
  refusal(
    field,
    `${violatedRule === 'REQUIRED_FIELD' ? 'is required and ' : ''}must be ${expectation}`,
    operation,
    undefined,
    violatedRule,
  );

/**
 * The message of a thrown value. Anything can be thrown, even something that cannot be printed.
 *
 * @param {any} thrown
 */
export function textOf(thrown) {
  try {
    return String(thrown?.message ?? thrown);
  } catch {
    return 'it cannot be printed';
  }
}

/**
 * The error for a request without an answer.
 *
 * @param {string} operation
 * @param {unknown} cause
 * @param {ErrorMembers['retry']} [retry]
 */
export const unreachable = (operation, cause, retry = 'maybe') =>
  new WixMediaError({ message: `${operation}: no answer: ${textOf(cause)}`, code: 'NETWORK', operation, retry, cause });
