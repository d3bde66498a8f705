import { after } from 'node:test';

/**
 * Collects what a suite has to close when it is over, for `before` hooks, which have no `t.after`. To be called in the
 * suite itself.
 */
export function leftovers() {
  const closers = [];
  after(async () => {
    // All of them, whatever one says: a browser that is left open keeps the tests from ending.
    const ends = [];
    for (const close of closers.reverse()) ends.push(await Promise.resolve().then(close).catch((error) => ({ error })));
    const failed = ends.find((end) => end?.error);
    if (failed) throw failed.error;
  });
  return { after: (close) => void closers.push(close) };
}
