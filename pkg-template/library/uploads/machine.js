// The state machine of a resumable upload: its numbers, events and actions.
import { CHUNK, OFFSET } from '#tus';

export { ACTION, EVENT } from '#tus';

/** @import { Machine, Patience } from '../internal.d.ts' */

/**
 * A resumable upload that has not begun, as numbers that a record can keep.
 *
 * @param {Machine} machine
 * @param {number} length Bytes of the file.
 * @param {number} chunk Bytes of a chunk.
 * @param {Patience} patience
 */
export const begin = (machine, length, chunk, { tries, first, longest }) => Array.from(machine.begin(length, chunk, tries, first, longest));

/**
 * Takes an event. Returns the numbers after it, and the action to carry out with its two members.
 *
 * @param {Machine} machine
 * @param {number[]} numbers
 * @param {number} event One of `EVENT`.
 * @param {number} [first]
 * @param {number} [second]
 */
export function step(machine, numbers, event, first = NaN, second = NaN) {
  const answer = Array.from(machine.step(numbers, event, first, second, Math.random()));
  if (!answer.length) throw new Error('invalid upload record');
  const [action, from, to] = answer.splice(-3);
  return { numbers: answer, action, from, to };
}

/**
 * How many bytes of an upload the service has confirmed.
 *
 * @param {number[] | undefined} numbers
 */
export const confirmedOf = (numbers) => numbers?.[OFFSET] ?? 0;

/**
 * Sets the size of the chunks that are sent from now on.
 *
 * @param {number[]} numbers
 * @param {number} size
 */
export function resize(numbers, size) {
  numbers[CHUNK] = size;
}

/**
 * The size of chunks.
 *
 * @param {number[]} numbers
 */
export const chunkOf = (numbers) => numbers[CHUNK];
