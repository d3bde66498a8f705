// Time that stands still until a test moves it, so that no test of waiting waits.
import { init } from './package.js';

const START = Date.UTC(2024, 0, 1);

/** Stops the clock for the rest of the test. The module is loaded before, since that takes real time. */
export async function stoppedClock(t) {
  await init();
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: START });
  return {
    /** Lets everything run that waits for nothing but promises. */
    settle,
    /** Moves the time on. */
    async pass(ms) {
      await settle();
      t.mock.timers.tick(ms);
      await settle();
    },
    /** Moves the time until the promise is settled; answers how many milliseconds that took. */
    async until(promise, { limit = 600_000, step = 10 } = {}) {
      let done = false;
      const finish = () => {
        done = true;
      };
      promise.then(finish, finish);
      await settle();
      let passed = 0;
      while (!done && passed < limit) {
        t.mock.timers.tick(step);
        passed += step;
        await settle();
      }
      if (!done) throw new Error(`not settled within ${limit} ms`);
      return passed;
    },
  };
}

async function settle() {
  // Reading a Response takes a few turns of the event loop.
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
