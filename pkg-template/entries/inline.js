// The package and all its files in one, for places that ship one file only.
import client from '#package/client.wasm';
import images from '#package/images.wasm';
import jxl from '#package/jxl.wasm';
import manager from '#package/manager.wasm';
import worker from '#package/manager-worker.js.txt';
import svg from '#package/svg.wasm';
import tiff from '#package/tiff.wasm';
import transfers from '#package/transfers.wasm';
import { runtime } from '../client/runtime.js';

/** @param {unknown} embedded The text in base64 that the build makes of a module. */
const bytesOf = (embedded) => Uint8Array.from(atob(String(embedded)), (character) => character.charCodeAt(0));

/**
 * The object URL of the worker's script, shared by all workers. It is never revoked, because a worker can start others from it.
 *
 * @type {string | undefined}
 */
let address;

runtime.files = {
  client: () => bytesOf(client),
  transfers: () => bytesOf(transfers),
  manager: () => bytesOf(manager),
  images: () => bytesOf(images),
  jxl: () => bytesOf(jxl),
  svg: () => bytesOf(svg),
  tiff: () => bytesOf(tiff),
  worker: () => (address ??= URL.createObjectURL(new Blob([worker], { type: 'text/javascript' }))),
};

export * from '../client/index.js';
export { default } from '../client/index.js';
