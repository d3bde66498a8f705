// A manager in memory that goes back to a snapshot, and the hooks and fixtures of test runners around it.
import { createManager } from 'wix-media.v2';
import { refuse } from './refuse.js';

/** @import { TestHooks, managerFixtures as Fixtures, Snapshot, TestManager, TestManagerHandle, TestManagerOptions } from '../types/testing.d.ts' */

/** The name of a method of managers in memory: it takes a snapshot, and resolves with the function that restores it. */
const SNAPSHOT = Symbol.for('wix-media.snapshot');

/**
 * Creates a manager for tests.
 *
 * @param {TestManagerOptions} [options]
 * @returns {Promise<TestManager>}
 */
export async function createTestManager(options) {
  for (const name of ['storage', 'thread']) {
    if (options && name in options) throw refuse(name, 'is not an option: a manager for tests is in memory and in this thread', 'createTestManager');
  }
  const manager = /** @type {any} */ (await createManager({ clock: 'virtual', ids: { seed: 1 }, ...options }));
  /** @type {WeakMap<Snapshot, () => Promise<void>>} */
  const restorers = new WeakMap();
  async function snapshot() {
    const restore = await manager[SNAPSHOT]();
    /** @type {Snapshot} */
    const taken = Object.freeze({ time: manager.clock.now() });
    restorers.set(taken, restore);
    return taken;
  }
  const first = await snapshot();
  return Object.assign(manager, {
    snapshot,
    async rollback(to = first) {
      const restore = restorers.get(to);
      if (!restore) throw refuse('snapshot', 'must be a snapshot of this manager', 'rollback');
      await restore();
    },
  });
}

/**
 * Registers hooks that create a manager before the tests, roll it back after each of them and close it at the end.
 *
 * @param {TestManagerOptions} [options]
 * @param {Partial<TestHooks>} [hooks]
 * @returns {TestManagerHandle}
 */
export function useTestManager(options, hooks = {}) {
  const globals = /** @type {Partial<TestHooks>} */ (globalThis);
  const hook = (/** @type {keyof TestHooks} */ name) => {
    const found = hooks[name] ?? globals[name];
    if (!found) throw refuse(`hooks.${name}`, 'is missing: pass the hooks of your test runner', 'useTestManager');
    return found;
  };
  const [beforeAll, afterEach, afterAll] = [hook('beforeAll'), hook('afterEach'), hook('afterAll')];
  /** @type {TestManager | undefined} */
  let manager;
  beforeAll(async () => {
    manager = await createTestManager(options);
  });
  afterEach(async () => {
    await manager?.rollback();
  });
  afterAll(async () => {
    await manager?.close();
    manager = undefined;
  });
  return {
    get manager() {
      if (!manager) throw refuse('manager', 'exists only while tests run', 'useTestManager');
      return manager;
    },
  };
}

/**
 * Fixtures for `test.extend` of Vitest and of Playwright: one manager for each worker, rolled back after each test. Both read the
 * names of other fixtures from the first parameter.
 *
 * @type {typeof Fixtures}
 */
export const managerFixtures = (options) => ({
  workerManager: [
    // biome-ignore lint/correctness/noEmptyPattern: both runners ask for a pattern here.
    async ({}, use) => {
      const manager = await createTestManager(options);
      await use(manager);
      await manager.close();
    },
    { scope: 'worker' },
  ],
  manager: async ({ workerManager }, use) => {
    await use(workerManager);
    await workerManager.rollback();
  },
});
