// The clocks of a manager.

/** @import { Clock, ManagerOptions, Refuse } from './internal.d.ts' */

/** Where a virtual clock begins: a round moment, later than any date in the documentation. */
const VIRTUAL_START = Date.UTC(2024, 0, 1);

/** How far the clock of the machine may fall behind before it counts as set back, in milliseconds. */
const SET_BACK_MS = 1000;

/**
 * The time of the machine, which never goes back. When the clock is set back, it runs on by the time that passes, so that
 * whatever is due in a moment does not wait for an hour. When the clock is set forward, it follows.
 *
 * @param {() => number} [wall]
 * @param {() => number} [elapsed]
 */
export function steadyTime(wall = () => Date.now(), elapsed = () => performance.now()) {
  let [shown, at] = [wall(), elapsed()];
  return () => {
    const [time, now] = [wall(), elapsed()];
    if (time >= shown) shown = time;
    // Less than that is a correction: the time stands still until the clock has caught up.
    else if (shown - time > SET_BACK_MS) shown += Math.max(0, now - at);
    at = now;
    return Math.floor(shown);
  };
}

/**
 * The clock of the option `clock`. Only a virtual one can be advanced, and only the system's sets timers.
 *
 * @param {ManagerOptions['clock']} option
 * @param {Refuse} refuse
 * @returns {Clock}
 */
export function createClock(option, refuse) {
  if (option === undefined || option === 'system') return { kind: 'system', now: steadyTime() };
  if (option === 'virtual') {
    let time = VIRTUAL_START;
    return {
      kind: 'virtual',
      now: () => time,
      set: (to) => {
        time = Math.max(time, to);
      },
      reset: (to) => {
        time = to;
      },
    };
  }
  if (typeof option?.now === 'function') return { kind: 'custom', now: () => Number(option.now()) };
  throw refuse('clock', "must be 'system', 'virtual' or an object with now()");
}
