// Workers, which compile WebAssembly when they are deployed and refuse to do so later.
import wasm from '#package/client.wasm';
import { runtime } from '../client/runtime.js';

runtime.wasm = () => wasm;
runtime.managerWasm = async () => (await import('#package/manager.wasm')).default;
runtime.imagesWasm = async () => (await import('#package/images.wasm')).default;
runtime.transfersWasm = async () => (await import('#package/transfers.wasm')).default;

export * from '../client/index.js';
export { default } from '../client/index.js';
