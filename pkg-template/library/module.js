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
import { createInstance, loadOnce, singleton } from '../wasm/instance.js';

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
 * The state machine of a resumable upload, which `resumable.js` runs.
 *
 * @type {import('./internal.d.ts').Machine}
 */
export const machine = {
  begin: (...numbers) => instance.enter(() => newUpload(...numbers)),
  step: (upload, ...numbers) => instance.enter(() => stepUpload(upload, ...numbers)),
};

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
