import type { ModuleSource } from '../types/index.js';

/** Whatever a module can be compiled from. */
export type WasmSource = ModuleSource | BufferSource | WebAssembly.Module;

/** How an instance is made, and what its faults mean. */
export interface InstanceOptions<Core, Context extends unknown[]> {
  /** Makes an instance; `enter` hands the result to its callers. */
  start(): Core;
  /** The error for a value that the module throws on purpose; undefined for a trap, or a fault of the glue. */
  refused?(thrown: unknown, ...context: Context): Error | undefined;
  /** The error for a trap. The instance has been thrown away by then. */
  broken(cause: unknown, ...context: Context): unknown;
}

/** The instance of a module. */
export interface Instance<Core, Context extends unknown[]> {
  /** Incremented by every trap. Numbers that an older instance gave out mean nothing to the present one. */
  readonly generation: number;
  /** Runs `use`; `context` is handed on to `refused` and `broken`. */
  enter<Result>(use: (core: Core) => Result, ...context: Context): Result;
  /** Starts the instance now. Throws what `InstanceOptions.start` throws, as it is. */
  start(): void;
  /** Throws the instance away. The next `enter` starts another one. */
  discard(): void;
}
