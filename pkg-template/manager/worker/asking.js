// What a worker of a page asks its page for: frames of a video, because a worker has no elements, and the modules of images, of
// which most managers need few.
//
// The worker sends `ask`, and the page sends `answer` with a value, or with the reason why it has none.
import { until } from '../../streams/until.js';

/** @import { Answer, Asked, MessagePortLike } from '../internal.d.ts' */

/**
 * The worker's side.
 *
 * @param {MessagePortLike} port
 */
export function createAsker(port) {
  /** @type {Map<number, (answer: Answer) => void>} */
  const waiting = new Map();
  let last = 0;
  return {
    /**
     * Asks the page. Rejects with its reason, or with that of the signal.
     *
     * @param {Asked['what']} what
     * @param {unknown} about
     * @param {AbortSignal} [signal]
     * @returns {Promise<any>}
     */
    async ask(what, about, signal) {
      const number = (last += 1);
      const answer = new Promise((/** @type {(answer: Answer) => void} */ resolve) => waiting.set(number, resolve));
      port.postMessage({ type: 'ask', number, what, about });
      try {
        const { value, reason } = await until(signal, answer);
        if (reason !== undefined) throw new Error(reason);
        return value;
      } finally {
        waiting.delete(number);
      }
    },
    answered: (/** @type {Answer} */ answer) => waiting.get(answer.number)?.(answer),
  };
}

/**
 * The page's side.
 *
 * @param {Asked} asked
 * @param {Record<Asked['what'], (about: any) => unknown>} answers
 * @returns {Promise<Answer>}
 */
export async function answerTo({ number, what, about }, answers) {
  try {
    return { type: 'answer', number, value: await answers[what](about) };
  } catch (error) {
    return { type: 'answer', number, reason: String(/** @type {Error} */ (error)?.message ?? error) };
  }
}
