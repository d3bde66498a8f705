// The WebAssembly module of transfers: what a resumable upload does next, kinds of files, sums.
import {
  __wbg_reset_state as replace,
  addToSum,
  chooseType,
  endOfSum,
  initSync,
  mediaTypeOf,
  newTransfer,
  stepTransfer,
} from '#transfers-glue';

/** The events and actions of the machine in `src/transfer/tus.rs`, by their numbers. */
export const EVENT = {
  START: 0,
  BEGUN: 1,
  CREATED: 2,
  OFFSET: 3,
  FINALISED: 4,
  MISSING: 5,
  REFUSED: 6,
  LOST: 7,
  WOKE: 8,
  PAUSE: 9,
  RESUME: 10,
  CANCEL: 11,
};
export const ACTION = {
  BEGIN: 0,
  CREATE: 1,
  ASK: 2,
  SEND: 3,
  FINALISE: 4,
  LOOK_UP: 5,
  WAIT: 6,
  TERMINATE: 7,
  REST: 8,
  FINISH: 9,
  FAIL: 10,
  DISTRUST: 11,
};

let loading;
let running = true;

/** Loads the module once, for all clients. `compile` gives it. */
export const load = (compile) =>
  (loading ??= compile().then(
    (module) => {
      initSync({ module });
    },
    (error) => {
      loading = undefined;
      throw error;
    },
  ));

/** Runs `use`. It keeps nothing between calls, so after a trap a fresh instance takes the place of the broken one. */
function enter(use) {
  try {
    if (!running) {
      replace();
      running = true;
    }
    return use();
  } catch (cause) {
    running = false;
    throw cause;
  }
}

/** A resumable upload that has not begun, as numbers that can be kept. */
export const begin = (length, chunk, { tries, first, longest }) =>
  Array.from(enter(() => newTransfer(length, chunk, tries, first, longest)));

/** The numbers after an event, and the action that it asks for with its own two numbers. */
export function step(numbers, event, first = NaN, second = NaN) {
  const answer = Array.from(enter(() => stepTransfer(numbers, event, first, second, Math.random())));
  const [action, from, to] = answer.splice(-3);
  return { numbers: answer, action, from, to };
}

/** The place of the confirmed offset, and of the mark that a finalising request may have arrived. */
export const confirmedOf = (numbers) => numbers[4];

/** The MIME type and name for an upload, of what is declared, the name and the first bytes. */
export function typeAndName(declared, name, first) {
  const text = enter(() => chooseType(declared ?? '', name ?? '', first));
  const end = text.indexOf('\n');
  return { mimeType: text.slice(0, end), fileName: text.slice(end + 1) };
}

export const mediaType = (mimeType) => enter(() => mediaTypeOf(mimeType));

/** An MD5 sum that is added to piece by piece. */
export class Sum {
  #state = new Uint8Array();

  add(bytes) {
    this.#state = enter(() => addToSum(this.#state, bytes));
  }

  end() {
    return enter(() => endOfSum(this.#state));
  }
}
