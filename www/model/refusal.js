// Errors after which a service would refuse the same call again.

/** Statuses from 400 to 499 of refusals that another try may not meet: of a key, of a moment, of too many calls. */
const PASSING_STATUSES = new Set([401, 403, 408, 425, 429]);

/**
 * Whether a service would refuse the same again.
 *
 * @param {unknown} error
 */
export function isFinal(error) {
  const { code, status = 0 } = /** @type {{ code?: string, status?: number }} */ (Object(error));
  return code === 'INVALID_ARGUMENT' || (status >= 400 && status < 500 && !PASSING_STATUSES.has(status));
}
