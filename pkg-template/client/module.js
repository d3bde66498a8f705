// The WebAssembly core of the client: requests out of arguments, results out of answers. `#client-glue` is its generated
// binding.
import { __wbg_reset_state as reset, initSync } from '#client-glue';
import { compile, createInstance, loadOnce, singleton } from '../wasm/instance.js';
import { textOf, violation, WixMediaError } from './error.js';
import { runtime } from './runtime.js';

/** @import { WasmSource } from '../wasm/internal.d.ts' */

/** @type {WebAssembly.Module | undefined} */
let module;
let isReady = false;

const start = singleton(initSync, reset);

/**
 * The core throws a plain array for a refusal and a plain object for a failure. Anything else is a trap, or a fault of the
 * glue.
 */
const instance = createInstance({
  start: () => start(/** @type {WebAssembly.Module} */ (module)),
  refused: (thrown, /** @type {string} */ operation) => {
    if (Array.isArray(thrown)) return violation(/** @type {[string, string, string]} */ (thrown), operation);
    if (!isPlain(thrown)) return undefined;
    return new WixMediaError({ ...thrown, message: `${operation}: ${thrown.message}`, operation });
  },
  broken: (cause, /** @type {string} */ operation) =>
    new WixMediaError({
      message: `${operation}: unexpected fault in the WebAssembly module, which has been replaced`,
      code: 'INTERNAL',
      operation,
      retry: 'maybe',
      cause,
    }),
});

/**
 * @param {unknown} thrown
 * @returns {thrown is import('./internal.d.ts').ErrorMembers}
 */
const isPlain = (thrown) => Boolean(thrown) && Object.getPrototypeOf(thrown) === Object.prototype;

/**
 * Loads the core. Every call does so by itself; call this to bring your own bytes, or to choose the moment. The first source
 * wins. After a failure the next call tries again.
 *
 * @type {(source?: WasmSource | Promise<WasmSource>) => Promise<void>}
 * @example
 * await init(new URL('/assets/client.wasm', location.href));
 */
export const init = loadOnce(async (source) => {
  try {
    module ??= await compile(source ?? runtime.wasm?.());
    instance.start();
    isReady = true;
  } catch (cause) {
    throw new WixMediaError({
      message: `cannot load the WebAssembly module: ${textOf(cause)}`,
      code: 'MODULE_NOT_LOADED',
      retry: 'maybe',
      cause,
    });
  }
});

/** Whether the core can be entered without waiting. */
export const isLoaded = () => isReady;

/**
 * Runs `use`, which calls the core for `operation`.
 *
 * @template Result
 * @param {string} operation
 * @param {() => Result} use
 * @returns {Result}
 */
export const enter = (operation, use) => instance.enter(use, operation);
