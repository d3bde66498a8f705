// Node, Deno and Bun: the files of the package lie beside this one.
import { readFile } from 'node:fs/promises';
import { nodeFetch } from './node-fetch.js';
import { runtime } from '../client/runtime.js';

runtime.fetch = nodeFetch;
runtime.wasm = () => readFile(new URL('./client.wasm', import.meta.url));
// Node 18 has WebCrypto, but not as a global.
runtime.crypto = async () => globalThis.crypto ?? (await import('node:crypto')).webcrypto;
runtime.managerWasm = () => readFile(new URL('./manager.wasm', import.meta.url));
runtime.imagesWasm = () => readFile(new URL('./images.wasm', import.meta.url));
runtime.transfersWasm = () => readFile(new URL('./transfers.wasm', import.meta.url));
runtime.threads = () => import('#package/threads.js');
runtime.directory = () => import('#package/directory.js');
runtime.network = () => import('#package/network.js');
runtime.disk = () => import('#package/disk.js');

export * from '../client/index.js';
export { default } from '../client/index.js';
