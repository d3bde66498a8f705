import { after } from 'node:test';

/**
 * Collects what a suite has to close when it is over, for `before` hooks, which have no `t.after`. To be called in the
 * suite itself.
 */
export function leftovers() {
  const closers = [];
  after(async () => {
    for (const close of closers.reverse()) await close();
  });
  return { after: (close) => void closers.push(close) };
}
