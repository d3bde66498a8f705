// Trying again: which failures are temporary, and how long to wait.

/** @import { Patience } from './internal.d.ts' */

/**
 * Whether the same request may succeed later.
 *
 * @param {number} status
 */
export const isTemporary = (status) => status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 507);

/**
 * The milliseconds that a Retry-After header asks for, in seconds or as a date; NaN when there is none.
 *
 * @param {string | null | undefined} text
 */
export function retryAfter(text) {
  if (text === null || text === undefined || text === '') return NaN;
  return Number.isFinite(Number(text)) ? Number(text) * 1000 : Date.parse(text) - Date.now();
}

/**
 * The wait after a failed try: doubled each time, less a random part, and at least what the service asks for.
 *
 * @param {Patience} patience
 * @param {number} failures
 * @param {number} asked NaN where the service asks for nothing.
 */
export const backoff = ({ first, longest }, failures, asked) =>
  Math.max(Math.min(first * 2 ** (failures - 1), longest) * (1 - Math.random() / 2), asked || 0);

/** The error for a connection on which nothing moves. */
export const stalled = () => new DOMException('no progress within stallMs', 'TimeoutError');
