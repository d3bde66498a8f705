import { WixMediaError } from 'wix-media.v2';

/**
 * The error of an argument.
 *
 * @param {string} field
 * @param {string} description
 * @param {string} operation
 */
export const refuse = (field, description, operation) =>
  new WixMediaError({
    code: 'INVALID_ARGUMENT',
    message: `${operation}: ${field} ${description}`,
    operation,
    details: { validationError: { fieldViolations: [{ field, description }] } },
  });
