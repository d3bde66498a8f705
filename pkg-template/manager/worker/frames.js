// Films of a manager in a worker of a page, which the page decodes: a worker has no elements.
//
// The worker sends `frames` with the film, and the page answers with `frames` and the pictures, or with the reason why there are none.
import { until } from '../../streams/until.js';
import { framesOf, hasVideoElements } from '../videos/element.js';

/** @import { Frames, FramesAnswer, MessagePortLike } from '../internal.d.ts' */

/**
 * The worker's side.
 *
 * @param {MessagePortLike} port
 */
export function askFrames(port) {
  /** @type {Map<number, (answer: FramesAnswer) => void>} */
  const waiting = new Map();
  let last = 0;
  /** @type {Frames} */
  async function frames(film, signal) {
    const number = (last += 1);
    const answer = new Promise((/** @type {(answer: FramesAnswer) => void} */ resolve) => waiting.set(number, resolve));
    port.postMessage({ type: 'frames', number, film });
    try {
      const { pictures, reason } = await until(signal, answer);
      if (!pictures) throw new Error(reason);
      return pictures;
    } finally {
      waiting.delete(number);
    }
  }
  return {
    frames,
    answered: (/** @type {FramesAnswer} */ answer) => waiting.get(answer.number)?.(answer),
  };
}

/**
 * The page's side: what it answers to `frames`.
 *
 * @param {{ number: number, film: Blob }} asked
 * @param {AbortSignal} signal
 * @returns {Promise<FramesAnswer & { type: 'frames' }>}
 */
export async function answerFrames({ number, film }, signal) {
  try {
    if (!hasVideoElements()) throw new Error('there is no page that decodes films');
    return { type: 'frames', number, pictures: await framesOf(film, signal) };
  } catch (error) {
    return { type: 'frames', number, reason: String(/** @type {Error} */ (error)?.message ?? error) };
  }
}
