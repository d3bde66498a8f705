// A limit of bytes a second, for each direction.
import { MAX_TIMEOUT, pause } from '../streams/until.js';

/** How long an idle connection saves up for, in milliseconds. */
const BURST_MS = 100;

/** How long a transfer may seem to stand still for other reasons, in milliseconds: the limit of transfers without a bandwidth. */
const STALL_MS = 60_000;

/** The most bytes that a transfer takes at once. */
const PIECE_SIZE = 64 * 1024;

/**
 * Makes a bucket of tokens, one for each byte: a function that resolves when its bytes may go. Callers are served in turn.
 *
 * @param {number} rate Bytes a second.
 * @param {{ now(): number, pause(ms: number, signal?: AbortSignal): Promise<void> }} [clock]
 */
export function tokenBucket(rate, clock = { now: () => performance.now(), pause }) {
  /** When all bytes that have been taken are paid for. */
  let due = -Infinity;
  return async (/** @type {number} */ bytes, /** @type {AbortSignal} */ signal) => {
    const now = clock.now();
    due = Math.max(due, now - BURST_MS) + (bytes / rate) * 1000;
    if (due > now) await clock.pause(due - now, signal);
  };
}

/**
 * The limits of a run.
 *
 * @param {number} rate Bytes a second, in each direction.
 * @param {number} concurrency Number of transfers at the same time.
 */
export function bandwidthOf(rate, concurrency) {
  // A transfer waits for the others between two of its pieces.
  return { up: tokenBucket(rate), down: tokenBucket(rate), stallMs: Math.min(Math.ceil(STALL_MS + (concurrency + 1) * (PIECE_SIZE / rate) * 1000), MAX_TIMEOUT) };
}

/** @typedef {ReturnType<typeof bandwidthOf>} Bandwidth */
