// Browsers and their bundlers, which recognise this form of URL and ship the file.
import { runtime } from '../client/module.js';

// Vite before version 8 copies dependencies to a folder of its own in development, without the file.
runtime.wasm = () => new URL('./client.wasm', import.meta.url).href.replace('/.vite/deps/', '/wix-media.v2/');
runtime.managerWasm = () => new URL('./manager.wasm', import.meta.url).href.replace('/.vite/deps/', '/wix-media.v2/');
runtime.managerWorker = () => new Worker(new URL('./manager-worker.js', import.meta.url), { type: 'module' });

export * from '../client/index.js';
export { default } from '../client/index.js';
