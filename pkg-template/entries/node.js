// Node, Deno and Bun: the files of the package lie beside this one.
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { loadPart } from '../client/chunk.js';
import { runtime } from '../client/runtime.js';
import { nodeFetch } from './node-fetch.js';

/**
 * The bytes of a file of the package. The base is a variable, as bundlers take `new URL(…, import.meta.url)` for an asset of
 * theirs. Bundles in CommonJS have no URL, but a file name.
 *
 * @param {string} name
 */
function read(name) {
  const here = import.meta.url ?? (typeof __filename === 'string' ? pathToFileURL(__filename).href : undefined);
  if (!here) throw new Error(`${name} cannot be found, as this program does not know its own place`);
  return readFile(new URL(name, here));
}

runtime.fetch = nodeFetch;
runtime.files = {
  client: () => read('client.wasm'),
  transfers: () => read('transfers.wasm'),
  manager: () => read('manager.wasm'),
  images: () => read('images.wasm'),
  jxl: () => read('jxl.wasm'),
  svg: () => read('svg.wasm'),
  tiff: () => read('tiff.wasm'),
};
// Node 18 has WebCrypto, but not as a global.
runtime.crypto = async () => globalThis.crypto ?? (await import('node:crypto')).webcrypto;
runtime.threads = loadPart('threads.js', () => import('#package/threads.js'));
runtime.directory = loadPart('directory.js', () => import('#package/directory.js'));
runtime.network = loadPart('network.js', () => import('#package/network.js'));
runtime.ffmpeg = loadPart('ffmpeg.js', () => import('#package/ffmpeg.js'));
runtime.converters = loadPart('converters.js', () => import('#package/converters.js'));
runtime.disk = loadPart('disk.js', () => import('#package/disk.js'));

export * from '../client/index.js';
export { default } from '../client/index.js';
