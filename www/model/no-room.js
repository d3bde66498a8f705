// The errors of a service that cannot store any more.

/** The codes of the service's own answers. A proxy or another host may send the status alone. */
const CODES = new Set(['INSUFFICIENT_STORAGE', 'SITE_QUOTA_EXCEEDED']);
const STATUS = 507;

/**
 * Whether a service failed for lack of room.
 *
 * @param {unknown} error
 */
export function isNoRoom(error) {
  const { code, status } = /** @type {{ code?: string, status?: unknown }} */ (Object(error));
  return CODES.has(code ?? '') || status === STATUS;
}

/**
 * Whether it is the quota of the site that leaves no room.
 *
 * @param {unknown} error
 */
export const isQuota = (error) => /** @type {{ code?: unknown }} */ (Object(error)).code === 'SITE_QUOTA_EXCEEDED';
