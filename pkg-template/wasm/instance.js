// The WebAssembly modules of the package: how one is compiled, entered, and replaced after a trap.
//
// The modules are synchronous, and everything that has to last is kept outside of them. After a trap an instance may be
// broken in any way, so it is thrown away: the call that broke it fails, and the next call starts another instance.

/** @import { Instance, InstanceOptions, WasmSource } from './internal.d.ts' */

/**
 * Compiles a module.
 *
 * @param {WasmSource | Promise<WasmSource> | undefined} source
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compile(source) {
  /** @type {any} */
  let found = await source;
  if (!found) throw new Error('this entry of the package brings no files, and init() brought none');
  if (isModule(found)) return found;
  if (typeof found === 'string' || found instanceof URL) found = await fetch(found);
  if (!isResponse(found)) return WebAssembly.compile(/** @type {BufferSource} */ (found));
  const type = found.headers?.get('content-type');
  if (type?.startsWith('application/wasm') && WebAssembly.compileStreaming) return WebAssembly.compileStreaming(found);
  // Many servers do not know the type of WebAssembly, and some answer with a page where a file is missing.
  const bytes = await found.arrayBuffer();
  if (new TextDecoder().decode(bytes.slice(0, 4)) !== '\0asm') {
    throw new Error(`expected WebAssembly at ${found.url}, found ${type ?? 'something else'} (status ${found.status})`);
  }
  return WebAssembly.compile(bytes);
}

/**
 * What is wrong where a file of the package cannot be loaded.
 *
 * @param {string} file
 * @param {string} why
 */
export const notLoaded = (file, why) => `cannot load ${file}: ${why}; see "Bundlers" in the README of wix-media.v2`;

/**
 * By name, because a test runner's realm has a WebAssembly.Module of its own.
 *
 * @param {any} source
 * @returns {source is WebAssembly.Module}
 */
const isModule = (source) => source?.[Symbol.toStringTag] === 'WebAssembly.Module';

/**
 * @param {any} source
 * @returns {source is Response}
 */
const isResponse = (source) => typeof source.arrayBuffer === 'function';

/**
 * Makes a function that runs `load` once and shares its result. After a failure the next call tries again.
 *
 * @template {unknown[]} Args
 * @template Result
 * @param {(...args: Args) => Promise<Result>} load
 * @returns {(...args: Args) => Promise<Result>}
 */
export function loadOnce(load) {
  /** @type {Promise<Result> | undefined} */
  let loading;
  return (...args) =>
    (loading ??= load(...args).catch((cause) => {
      loading = undefined;
      throw cause;
    }));
}

/**
 * The `start` of a module whose glue holds one instance by itself: made by `initSync` first, replaced by `reset` later.
 *
 * @param {(options: { module: WebAssembly.Module }) => unknown} initSync
 * @param {() => void} reset
 * @returns {(module: WebAssembly.Module) => true}
 */
export function singleton(initSync, reset) {
  let isStarted = false;
  return (module) => {
    if (isStarted) reset();
    else initSync({ module });
    return (isStarted = true);
  };
}

/**
 * Holds the instance of a module. It is started by the first `enter`, and again by the first one after a trap.
 *
 * @template Core
 * @template {unknown[]} Context
 * @param {InstanceOptions<Core, Context>} options
 * @returns {Instance<Core, Context>}
 */
export function createInstance({ start, refused, broken }) {
  /** @type {Core | undefined} */
  let core;
  let generation = 0;
  return {
    get generation() {
      return generation;
    },
    enter(use, ...context) {
      try {
        return use((core ??= start()));
      } catch (thrown) {
        const refusal = refused?.(thrown, ...context);
        if (refusal) throw refusal;
        core = undefined;
        generation += 1;
        throw broken(thrown, ...context);
      }
    },
    start() {
      core ??= start();
    },
    discard() {
      core = undefined;
    },
  };
}
