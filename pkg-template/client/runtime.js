// What differs between runtimes. Each entry of the package fills it in; nothing else knows where it runs.

/** @type {import('./internal.d.ts').Runtime} */
export const runtime = {
  wasm: undefined,
  crypto: () => globalThis.crypto,
  managerWasm: undefined,
  imagesWasm: undefined,
  transfersWasm: undefined,
  managerWorker: undefined,
  directory: undefined,
  network: undefined,
  disk: undefined,
};
