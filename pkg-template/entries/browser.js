// Browsers and their bundlers, which recognise this form of URL and ship the file.
import { runtime } from '../client/runtime.js';

// Vite before version 8 copies dependencies to a folder of its own during development, without the files beside them.
const shipped = (/** @type {URL} */ { href }) => href.replace('/.vite/deps/', '/wix-media.v2/');

runtime.wasm = () => shipped(new URL('./client.wasm', import.meta.url));
runtime.transfersWasm = () => shipped(new URL('./transfers.wasm', import.meta.url));
runtime.managerWasm = () => shipped(new URL('./manager.wasm', import.meta.url));
runtime.imagesWasm = () => shipped(new URL('./images.wasm', import.meta.url));
runtime.managerWorker = () => new Worker(new URL('./manager-worker.js', import.meta.url), { type: 'module' });

export * from '../client/index.js';
export { default } from '../client/index.js';
