// Browsers and their bundlers, which recognise this form of URL and ship the file.
import { runtime } from '../client/runtime.js';

// Vite before version 8 copies dependencies to a folder of its own during development, without the files beside them.
const shipped = (/** @type {URL} */ { href }) => href.replace('/.vite/deps/', '/wix-media.v2/');

runtime.files = {
  client: () => shipped(new URL('./client.wasm', import.meta.url)),
  transfers: () => shipped(new URL('./transfers.wasm', import.meta.url)),
  manager: () => shipped(new URL('./manager.wasm', import.meta.url)),
  images: () => shipped(new URL('./images.wasm', import.meta.url)),
  jxl: () => shipped(new URL('./jxl.wasm', import.meta.url)),
  svg: () => shipped(new URL('./svg.wasm', import.meta.url)),
  tiff: () => shipped(new URL('./tiff.wasm', import.meta.url)),
  worker: () => {
    try {
      return new Worker(new URL('./manager-worker.js', import.meta.url), { type: 'module' });
    } catch (error) {
      // A host of scripts has another origin, whose workers a page can import, but not start.
      if (/** @type {Error} */ (error).name !== 'SecurityError') throw error;
      const here = import.meta.url;
      return new URL('./manager-worker.js', here).href;
    }
  },
};

export * from '../client/index.js';
export { default } from '../client/index.js';
