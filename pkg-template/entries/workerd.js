// Workers, which compile WebAssembly when they are deployed and refuse to do so later. Wrangler, the plugin of Cloudflare for Vite, and
// Nitro all understand `?module`. Without it Nitro instantiates the modules, without what they import.
import wasm from '#package/client.wasm?module';
import { runtime } from '../client/runtime.js';

runtime.files = {
  client: () => wasm,
  transfers: async () => (await import('#package/transfers.wasm?module')).default,
  manager: async () => (await import('#package/manager.wasm?module')).default,
  images: async () => (await import('#package/images.wasm?module')).default,
  jxl: async () => (await import('#package/jxl.wasm?module')).default,
  svg: async () => (await import('#package/svg.wasm?module')).default,
  tiff: async () => (await import('#package/tiff.wasm?module')).default,
};

export * from '../client/index.js';
export { default } from '../client/index.js';
