// Workers, which compile WebAssembly when they are deployed and at no other time.
import wasm from './client.wasm';
import { runtime } from '../client/module.js';

runtime.wasm = () => wasm;
runtime.managerWasm = async () => (await import('./manager.wasm')).default;
runtime.imagesWasm = async () => (await import('./images.wasm')).default;
runtime.transfersWasm = async () => (await import('./transfers.wasm')).default;

export * from '../client/index.js';
export { default } from '../client/index.js';
