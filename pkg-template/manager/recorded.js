// Outcomes that the storage cannot take, on a full disk for instance, are offered to it again.
import { pause } from '../streams/until.js';

/** After how long an outcome is offered again, at first and at most. */
const MIN_RETRY_MS = 1000;
const MAX_RETRY_MS = 5000;

/**
 * Calls `attempt` until it has recorded an outcome, or the signal aborts. Waiting keeps no process alive.
 *
 * @param {AbortSignal} signal
 * @param {() => boolean | Promise<boolean>} attempt
 */
export async function recorded(signal, attempt) {
  for (let ms = MIN_RETRY_MS; !signal.aborted; ms = Math.min(ms * 2, MAX_RETRY_MS)) {
    if (await attempt()) return;
    await pause(ms, signal, false).catch(() => {});
  }
}
