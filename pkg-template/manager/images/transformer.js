// The WebAssembly module of images: their colours, and transformed images.
//
// The memory of an instance never shrinks, so it is thrown away after an image that took much of it. Calls run one after
// another: two large images at once would take twice the memory and no less time. In between, other work of the event loop
// gets its turn.
import instantiate from '#images-glue';
import { compile, createInstance } from '../../wasm/instance.js';

/** @import { WasmSource } from '../../wasm/internal.d.ts' */
/** @import { ImagesCore, Transformer } from '../internal.d.ts' */

/** An instance with more memory than this is not used again. */
const MAX_MEMORY = 32 << 20;

/**
 * Makes a transformer. An image that cannot be worked on is an error with an HTTP `status` and a message for people.
 *
 * @param {WasmSource | Promise<WasmSource> | undefined} source The module, or where it is.
 * @returns {Promise<Transformer>}
 */
export async function createTransformer(source) {
  const module = await compile(source);
  const instance = createInstance({
    /** @returns {ImagesCore} */
    start: () => instantiate(module),
    refused: (thrown) => (Array.isArray(thrown) ? failure(thrown[0], thrown[1]) : undefined),
    broken: (cause) => failure(500, 'cannot process the image: unexpected fault', cause),
  });
  /** @type {Promise<unknown>} */
  let last = Promise.resolve();

  /**
   * Runs `use` when it is its turn.
   *
   * @template Result
   * @param {Uint8Array} image
   * @param {(core: ImagesCore, image: Uint8Array) => Result} use
   * @returns {Promise<Result>}
   */
  function inTurn(image, use) {
    const turn = last.then(yieldToOthers).then(() =>
      instance.enter((core) => {
        try {
          return use(core, image);
        } finally {
          if (core.memorySize() > MAX_MEMORY) instance.discard();
        }
      }),
    );
    last = turn.catch(() => {});
    return turn;
  }

  return {
    colors: (bytes) => inTurn(bytes, (core, image) => core.colors(image)),
    transform: (bytes, tail = '', accept = '') =>
      inTurn(bytes, (core, image) => {
        const [type, made, width, height] = core.transform(image, tail, accept);
        return { type, bytes: made, width, height };
      }),
  };
}

// Tests replace the global timers.
const { setTimeout: later } = globalThis;

const yieldToOthers = () => new Promise((resolve) => later(resolve));

/**
 * @param {number} status
 * @param {string} message
 * @param {unknown} [cause]
 */
const failure = (status, message, cause) => Object.assign(new Error(message, cause ? { cause } : undefined), { status });
