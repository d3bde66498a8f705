// The thread's side of images: one order after the other. The first message brings the compiled module. Modules of formats are
// asked for when an image needs them.
import { createTransformer } from './transformer.js';

/** @import { Format, FormatAnswer, ImageOrder, MessagePortLike, Transformer } from '../internal.d.ts' */

/**
 * A function that handles the messages of a thread that works on images.
 *
 * @param {MessagePortLike} port
 * @returns {(message: FormatAnswer & { module: WebAssembly.Module } & ImageOrder & { bytes: Uint8Array }) => Promise<void>}
 */
export function makeImages(port) {
  /** @type {Transformer | undefined} */
  let transformer;
  /** @type {{ resolve(module: WebAssembly.Module): void, reject(reason: unknown): void } | undefined} */
  let waiting;
  // One order is worked on at a time, so one module is waited for.
  const format = (/** @type {Format} */ name) =>
    new Promise((/** @type {(module: WebAssembly.Module) => void} */ resolve, reject) => {
      waiting = { resolve, reject };
      port.postMessage({ needs: name });
    });
  return async ({ format: answered, module, what, tail, accept, bytes, failure }) => {
    if (answered) {
      if (failure === undefined) waiting?.resolve(module);
      else waiting?.reject(new Error(failure));
      return undefined;
    }
    try {
      if (!transformer) {
        transformer = await createTransformer(module, format);
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
