// Workers, which compile WebAssembly when they are deployed and refuse to do so later.
import wasm from '#package/client.wasm';
import { runtime } from '../client/runtime.js';

runtime.files = {
  client: () => wasm,
  transfers: async () => (await import('#package/transfers.wasm')).default,
  manager: async () => (await import('#package/manager.wasm')).default,
  images: async () => (await import('#package/images.wasm')).default,
  jxl: async () => (await import('#package/jxl.wasm')).default,
  svg: async () => (await import('#package/svg.wasm')).default,
  tiff: async () => (await import('#package/tiff.wasm')).default,
};

export * from '../client/index.js';
export { default } from '../client/index.js';
