// The WebAssembly core of the client: requests out of arguments, results out of answers. `#client-glue` is its generated
// binding.
import { __wbg_reset_state as reset, initSync } from '#client-glue';
import { compile, createInstance, singleton } from '../wasm/instance.js';
import { loadPart } from './chunk.js';
import { refusal, violation, WixMediaError } from './error.js';
import { runtime } from './runtime.js';

/** @import { PackageFiles } from '../types/index.js' */
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
      message: `${operation}: fault in the WebAssembly module, which has been replaced`,
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

const load = loadPart('client.wasm', async (/** @type {PackageFiles['client']} */ source) => {
  module ??= await compile(typeof source === 'function' ? source() : (source ?? runtime.files.client?.()));
  instance.start();
  isReady = true;
});

/**
 * Loads the core, and says where the files of the package are. Every call does so by itself; call this to bring your own
 * files, or to choose the moment. The first source wins. After a failure the next call tries again.
 *
 * @param {WasmSource | Promise<WasmSource> | PackageFiles} [given]
 * @example
 * await init({ client: clientBytes, manager: '/assets/manager.wasm' });
 */
export async function init(given) {
  if (!isPlain(given) || 'arrayBuffer' in given) return load(/** @type {WasmSource} */ (given));
  const { client, ...others } = /** @type {PackageFiles} */ (given);
  const unknown = Object.keys(others).find((name) => !/^(transfers|manager|images|jxl|svg|tiff|worker)$/.test(name));
  if (unknown) throw refusal(unknown, 'is not a file of the package', 'init');
  for (const [name, source] of Object.entries(others)) {
    if (source) Object.assign(runtime.files, { [name]: typeof source === 'function' ? source : () => source });
  }
  return load(client);
}

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
