// A clock that stands still until a test moves it, so that tests of waiting do not wait.
import { init } from './package.js';

const START = Date.UTC(2024, 0, 1);

/**
 * Stops the clock for the rest of the test. It loads the module before, which takes real time.
 *
 * @param {import('node:test').TestContext} t
 */
export async function stoppedClock(t) {
  await init();
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: START });
  return {
    /** Runs everything that waits for promises only. */
    settle,
    /** Advances the clock. */
    async pass(/** @type {number} */ ms) {
      await settle();
      t.mock.timers.tick(ms);
      await settle();
    },
    /** Advances the clock until the promise is settled. Resolves to the milliseconds that took. */
    async until(/** @type {Promise<unknown>} */ promise, { limit = 600_000, step = 10 } = {}) {
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
