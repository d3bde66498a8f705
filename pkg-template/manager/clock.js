// The clocks of a manager.

/** @import { Clock, ManagerOptions, Refuse } from './internal.d.ts' */

/** Where a virtual clock begins: a round moment, later than any date in the documentation. */
const VIRTUAL_START = Date.UTC(2024, 0, 1);

/**
 * The clock of the option `clock`. Only a virtual one can be advanced, and only the system's sets timers.
 *
 * @param {ManagerOptions['clock']} option
 * @param {Refuse} refuse
 * @returns {Clock}
 */
export function createClock(option, refuse) {
  if (option === undefined || option === 'system') return { kind: 'system', now: () => Date.now() };
  if (option === 'virtual') {
    let time = VIRTUAL_START;
    return {
      kind: 'virtual',
      now: () => time,
      set: (to) => {
        time = Math.max(time, to);
      },
    };
  }
  if (typeof option?.now === 'function') return { kind: 'custom', now: () => Number(option.now()) };
  throw refuse('clock', "must be 'system', 'virtual' or an object with now()");
}
