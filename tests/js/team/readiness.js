// Whether a server takes requests, as its probe says.
import { setTimeout } from 'node:timers/promises';
import { withinTime } from '../harness/limit.js';
import { ask } from './native.js';

/**
 * Asks the probe until it has this answer, which others may come before: one is good for a second, and on a busy machine the catalog may not answer
 * within the five that a probe waits for it.
 *
 * @param {string} origin
 * @param {number} status
 * @param {string} [state] What it says.
 */
export function readiness(origin, status, state) {
  const waiting = async () => {
    for (;;) {
      const answer = await ask(origin, 'GET', '/readyz');
      if (answer.status === status && (!state || JSON.parse(answer.text).status === state)) return;
      await setTimeout(50);
    }
  };
  return withinTime(`the probe that says ${state ?? status}`, waiting());
}
