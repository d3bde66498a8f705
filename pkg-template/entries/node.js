// Node, Deno and Bun: the module lies beside this file.
import { readFile } from 'node:fs/promises';
import { runtime } from '../client/module.js';

runtime.wasm = () => readFile(new URL('./client.wasm', import.meta.url));
// Node 18 does not show WebCrypto as a global.
runtime.crypto = async () => globalThis.crypto ?? (await import('node:crypto')).webcrypto;
runtime.managerWasm = () => readFile(new URL('./manager.wasm', import.meta.url));
runtime.imagesWasm = () => readFile(new URL('./images.wasm', import.meta.url));
runtime.directory = () => import('./directory.js');
runtime.network = () => import('./network.js');
runtime.transfersWasm = () => readFile(new URL('./transfers.wasm', import.meta.url));
runtime.disk = () => import('./disk.js');

export * from '../client/index.js';
export { default } from '../client/index.js';
