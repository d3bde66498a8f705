import { after } from 'node:test';

/** @import { Closing } from './types.d.ts' */

/**
 * Collects what a suite must close at its end, for `before` hooks, which have no `t.after`. Call it in the suite itself.
 *
 * @returns {Closing}
 */
export function leftovers() {
  /** @type {(() => unknown)[]} */
  const closers = [];
  after(async () => {
    // All of them, also after one has failed: an open browser keeps the tests from ending.
    /** @type {any[]} */
    const ends = [];
    for (const close of closers.reverse()) ends.push(await Promise.resolve().then(close).catch((error) => ({ error })));
    const failed = ends.find((end) => end?.error);
    if (failed) throw failed.error;
  });
  return { after: (close) => void closers.push(close) };
}
