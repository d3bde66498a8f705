// The WebAssembly core: how it is found, compiled, instantiated, and replaced after a trap.
//
// The core is synchronous and keeps nothing between calls, so a broken instance is simply thrown away: only the call
// that broke it fails. `#client-glue` is the generated binding; tests put a core of their own in its place.
import { __wbg_reset_state as replace, initSync } from '#client-glue';
import { textOf, violation, WixMediaError } from './error.js';

let loading;
let module;
// undefined before the first load, false after a trap.
let running;

/** What differs between runtimes. The entry of each says where `client.wasm` is, and the rest if it has to. */
export const runtime = {
  wasm: undefined,
  crypto: () => globalThis.crypto,
  managerWasm: undefined,
  imagesWasm: undefined,
  transfersWasm: undefined,
  disk: undefined,
};

/**
 * Loads the core. Every call does so when it has to; this is for those who bring their own bytes or want to choose the
 * moment. The first source wins; after a failure the next call tries again.
 *
 * @example
 * await init(new URL('/assets/client.wasm', location.href));
 */
export const init = (source) =>
  (loading ??= load(source).catch((cause) => {
    loading = undefined;
    throw new WixMediaError({
      message: `The WebAssembly module could not be loaded: ${textOf(cause)}`,
      code: 'MODULE_NOT_LOADED',
      retry: 'maybe',
      cause,
    });
  }));

async function load(source) {
  module ??= await compile(source ?? runtime.wasm());
  initSync({ module });
  running = true;
}

export async function compile(source) {
  source = await source;
  // By name, because a test runner's own realm has a WebAssembly.Module of its own.
  if (source?.[Symbol.toStringTag] === 'WebAssembly.Module') return source;
  if (typeof source === 'string' || source instanceof URL) source = await fetch(source);
  if (typeof source.arrayBuffer !== 'function') return WebAssembly.compile(source);
  const type = source.headers?.get('content-type');
  if (type?.startsWith('application/wasm') && WebAssembly.compileStreaming) return WebAssembly.compileStreaming(source);
  // Servers that do not know the type are common; pages that answer for missing files too.
  const bytes = await source.arrayBuffer();
  if (new TextDecoder().decode(bytes.slice(0, 4)) !== '\0asm') {
    throw new Error(
      `${source.url} answered ${source.status} with ${type ?? 'something'} that is not WebAssembly. ` +
        'Serve client.wasm of the package there, or pass its bytes or URL to init().',
    );
  }
  return WebAssembly.compile(bytes);
}

/** Whether the core can be entered without waiting. */
export const isLoaded = () => running !== undefined;

/**
 * Runs `use`, which calls the core. What the core throws on purpose, a plain array for a refusal and a plain object for
 * a failure, becomes a WixMediaError. Anything else that is thrown is a trap or comes from within the glue, and the
 * instance may be broken: the next call gets a fresh one.
 */
export function enter(operation, use) {
  try {
    if (!running) {
      replace();
      running = true;
    }
    return use();
  } catch (cause) {
    if (Array.isArray(cause)) throw violation(cause, operation);
    if (cause && Object.getPrototypeOf(cause) === Object.prototype) {
      throw new WixMediaError({ ...cause, message: `${operation}: ${cause.message}`, operation });
    }
    running = false;
    throw new WixMediaError({
      message: `${operation}: an unexpected fault inside the WebAssembly module; it has been replaced`,
      code: 'INTERNAL',
      operation,
      retry: 'maybe',
      cause,
    });
  }
}
