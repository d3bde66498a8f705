// Errors that the same call would meet again.
import { isNoRoom } from './no-room.js';

/** Client error statuses that a later attempt may not meet: a wrong key, a timeout, too many calls. */
const PASSING_STATUSES = new Set([401, 403, 408, 425, 429]);

/**
 * Whether a service would refuse the same call again, whatever a person does about it. Room can be made.
 *
 * @param {unknown} error
 */
export function isFinal(error) {
  const { code, status = 0 } = /** @type {{ code?: string, status?: number }} */ (Object(error));
  if (isNoRoom(error)) return false;
  return code === 'INVALID_ARGUMENT' || (status >= 400 && status < 500 && !PASSING_STATUSES.has(status));
}
