// The WebAssembly module of the library: the next step of a resumable upload, types of files, MD5.
import {
  chooseType,
  finishMd5,
  initSync,
  newUpload,
  __wbg_reset_state as reset,
  stepUpload,
  updateMd5,
} from '#transfers-glue';
import { OFFSET } from '#tus';
import { createInstance, loadOnce, singleton } from '../wasm/instance.js';

export { ACTION, EVENT } from '#tus';

/** @type {WebAssembly.Module} */
let module;
const start = singleton(initSync, reset);
const instance = createInstance({ start: () => start(module), broken: (cause) => cause });

/** Loads the module once for all clients. */
export const load = loadOnce(async (/** @type {() => Promise<WebAssembly.Module>} */ compile) => {
  module = await compile();
  instance.start();
});

/**
 * A resumable upload that has not begun, as numbers that a record can keep.
 *
 * @param {number} length Bytes of the file.
 * @param {number} chunk Bytes of a chunk.
 * @param {{ tries: number, first: number, longest: number }} patience
 */
export const begin = (length, chunk, { tries, first, longest }) =>
  Array.from(instance.enter(() => newUpload(length, chunk, tries, first, longest)));

/**
 * Takes an event. Returns the numbers after it, and the action to carry out with its two members.
 *
 * @param {number[]} numbers
 * @param {number} event One of `EVENT`.
 * @param {number} [first]
 * @param {number} [second]
 */
export function step(numbers, event, first = NaN, second = NaN) {
  const answer = Array.from(instance.enter(() => stepUpload(numbers, event, first, second, Math.random())));
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
 * The MIME type and name for an upload.
 *
 * @param {string | undefined} declared The declared type.
 * @param {string | undefined} name
 * @param {Uint8Array} first The first bytes.
 */
export function typeAndName(declared, name, first) {
  const text = instance.enter(() => chooseType(declared ?? '', name && /\S/.test(name) ? name : '', first));
  const end = text.indexOf('\n');
  return { mimeType: text.slice(0, end), fileName: text.slice(end + 1) };
}

/** An MD5 digest that is fed piece by piece. Its state is kept here, so that a trap does not lose it. */
export class Digest {
  #state = new Uint8Array();

  /** @param {Uint8Array} bytes */
  add(bytes) {
    this.#state = instance.enter(() => updateMd5(this.#state, bytes));
  }

  /** The digest, in hexadecimal digits. */
  end() {
    return instance.enter(() => finishMd5(this.#state));
  }
}
