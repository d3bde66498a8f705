// The thread's side of images: one order after the other. The first message brings the compiled module.
import { createTransformer } from './transformer.js';

/** @import { ImageOrder, MessagePortLike, Transformer } from '../internal.d.ts' */

/**
 * A function that handles the messages of a thread that works on images.
 *
 * @param {MessagePortLike} port
 * @returns {(message: { module: WebAssembly.Module } & ImageOrder & { bytes: Uint8Array }) => Promise<void>}
 */
export function makeImages(port) {
  /** @type {Transformer | undefined} */
  let transformer;
  return async ({ module, what, tail, accept, bytes }) => {
    try {
      if (!transformer) {
        transformer = await createTransformer(module);
        return port.postMessage({ value: undefined });
      }
      /** @type {any} */
      const value = await transformer[what](bytes, tail, accept);
      // A transfer takes the whole buffer, which must hold nothing else.
      const made = value?.bytes;
      const isWhole = made?.length === made?.buffer.byteLength;
      return port.postMessage({ value }, made && isWhole ? [made.buffer] : []);
    } catch (error) {
      const { status, message } = /** @type {Error & { status?: number }} */ (error);
      return port.postMessage({ error: { status, message } });
    }
  };
}
