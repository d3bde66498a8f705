// The clocks of a manager.

/**
 * The clock of the option `clock`: `'system'`, `'virtual'`, or an object with `now()`. Only a virtual one can be moved, and
 * only a system one moves timers.
 */
export function createClock(option, refuse) {
  if (option === undefined || option === 'system') return { kind: 'system', now: () => Date.now() };
  if (option === 'virtual') {
    // The first moment of 2024: round, and later than any date in the documentation.
    let time = Date.UTC(2024, 0, 1);
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
