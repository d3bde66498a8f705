import { WixMediaError } from 'wix-media.v2';

/**
 * The error of an argument, as `refusal` of the client makes it. That function would bring a class of its own along: here errors are of
 * the class of the package that a test imports.
 *
 * @param {string} field
 * @param {string} description
 * @param {string} operation
 */
export const refuse = (field, description, operation) =>
  new WixMediaError({
    code: 'INVALID_ARGUMENT',
    message: `${operation}: ${field} ${description}`,
    status: 400,
    operation,
    details: { validationError: { fieldViolations: [{ field, description, violatedRule: 'FORMAT' }] } },
  });
