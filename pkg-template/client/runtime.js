// What differs between runtimes. Each entry of the package fills it in; nothing else knows where it runs.

/** @type {import('./internal.d.ts').Runtime} */
export const runtime = {
  files: {},
  crypto: () => globalThis.crypto,
  threads: undefined,
  directory: undefined,
  network: undefined,
  ffmpeg: undefined,
  converters: undefined,
  disk: undefined,
};
