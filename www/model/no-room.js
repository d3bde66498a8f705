// The errors of a service that cannot store any more.

/** The code of the service's own answer. A proxy or another host may send the status alone. */
const CODE = 'INSUFFICIENT_STORAGE';
const STATUS = 507;

/**
 * Whether a service failed for lack of room.
 *
 * @param {unknown} error
 */
export function isNoRoom(error) {
  const { code, status } = /** @type {{ code?: unknown, status?: unknown }} */ (Object(error));
  return code === CODE || status === STATUS;
}
