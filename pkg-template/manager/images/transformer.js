// The WebAssembly modules of images: their colours, and transformed images.
//
// `images.wasm` refuses an image that needs a decoder of its own, and names its module. That module decodes the part of the
// image which `images.wasm` asks for, and `images.wasm` goes on with the pixels as if they were the file.
//
// The memory of an instance never shrinks, so it is thrown away after an image that took much of it. Calls run one after
// another: two large images at once would take twice the memory and no less time. In between, other work of the event loop
// gets its turn.
import instantiate from '#images-glue';
import { compile, createInstance, notLoaded } from '../../wasm/instance.js';
import { formats } from './formats.js';

/** @import { Instance, WasmSource } from '../../wasm/internal.d.ts' */
/** @import { Format, FormatCore, FormatLoader, ImageFailure, ImagesCore, Transformer } from '../internal.d.ts' */

/** The formats whose decoder panics at files that it does not expect. A trap of any other module is a bug in this package. */
const PANICKING = new Set(['jxl']);

/** An instance with more memory than this is not used again. */
const MAX_MEMORY = 32 << 20;

/**
 * Makes a transformer. An image that cannot be worked on is an error with an HTTP `status` and a message for people.
 *
 * @param {WasmSource | Promise<WasmSource> | undefined} source The module `images.wasm`, or where it is.
 * @param {FormatLoader} format Loads the module of a format.
 * @returns {Promise<Transformer>}
 */
export async function createTransformer(source, format) {
  const module = await compile(source);
  const images = holder(() => /** @type {ImagesCore} */ (instantiate(module)));
  /** @type {Map<string, ReturnType<typeof holder<FormatCore>>>} */
  const decoders = new Map();
  /** @type {Promise<unknown>} */
  let last = Promise.resolve();

  /**
   * The decoder of a format.
   *
   * @param {Format} name
   */
  async function decoderOf(name) {
    const known = decoders.get(name);
    if (known) return known;
    const loaded = await format(name);
    const refused = () => failure(422, 'cannot decode the image: its decoder gave up');
    const decoder = holder(() => formats[name](loaded), PANICKING.has(name) ? refused : undefined);
    decoders.set(name, decoder);
    return decoder;
  }

  /**
   * Runs `use`. `tail` is the transform, and empty for colours.
   *
   * @template Result
   * @param {Uint8Array} image
   * @param {string} tail
   * @param {(core: ImagesCore, image: Uint8Array, isStrict: boolean) => Result} use
   * @returns {Promise<Result>}
   */
  async function work(image, tail, use) {
    try {
      return images((core) => use(core, image, true));
    } catch (error) {
      const { missing } = /** @type {ImageFailure} */ (error);
      if (!missing) throw error;
      let decoder;
      try {
        decoder = await decoderOf(missing);
      } catch (cause) {
        return without(missing, cause, () => images((core) => use(core, image, false)));
      }
      // Of a JPEG, only the colours are left to the other module.
      const known = isJpeg(image) ? images((core) => core.inks(image, tail)) : image;
      const pixels = decoder((core) => core.decode(known, (...size) => images((asking) => asking.region(...size, tail))));
      return images((core) => use(core, pixels, true));
    }
  }

  /**
   * Runs `use` when it is its turn.
   *
   * @template Result
   * @param {Uint8Array} image
   * @param {string} tail
   * @param {(core: ImagesCore, image: Uint8Array, isStrict: boolean) => Result} use
   * @returns {Promise<Result>}
   */
  function inTurn(image, tail, use) {
    const turn = last.then(yieldToOthers).then(() => work(image, tail, use));
    last = turn.catch(() => {});
    return turn;
  }

  return {
    colors: (bytes) => inTurn(bytes, '', (core, image, isStrict) => core.colors(image, isStrict)),
    transform: (bytes, tail = '', accept = '') =>
      inTurn(bytes, tail, (core, image, isStrict) => {
        const [type, made, width, height] = core.transform(image, tail, accept, isStrict);
        return { type, bytes: made, width, height };
      }),
  };
}

/**
 * What enters an instance of a module, and throws it away when it has become large.
 *
 * @template {{ memorySize(): number }} Core
 * @param {() => Core} start
 * @param {(cause: unknown) => ImageFailure} [broken] The error after a trap.
 * @returns {Instance<Core, []>['enter']}
 */
function holder(start, broken = (cause) => failure(500, 'cannot process the image: unexpected fault', { cause })) {
  const instance = createInstance({ start, refused: refusalOf, broken });
  return (use) =>
    instance.enter((core) => {
      try {
        return use(core);
      } finally {
        if (core.memorySize() > MAX_MEMORY) instance.discard();
      }
    });
}

/**
 * The error for what a module has thrown on purpose, or what another one has thrown that it has called.
 *
 * @param {unknown} thrown
 * @returns {ImageFailure | undefined}
 */
function refusalOf(thrown) {
  if (Array.isArray(thrown)) return failure(thrown[0], thrown[1], { missing: thrown[2] });
  return thrown instanceof Error && 'status' in thrown ? /** @type {ImageFailure} */ (thrown) : undefined;
}

/**
 * Does without a module that cannot be loaded, where that is possible.
 *
 * @template Result
 * @param {Format} missing
 * @param {unknown} cause
 * @param {() => Result} use
 */
function without(missing, cause, use) {
  try {
    return use();
  } catch (error) {
    if (!(/** @type {ImageFailure} */ (error).missing)) throw error;
    const { message } = /** @type {Error} */ (cause);
    throw failure(415, notLoaded(`${missing}.wasm`, message), { cause });
  }
}

/** @param {Uint8Array} image */
const isJpeg = (image) => image[0] === 0xff && image[1] === 0xd8;

// Tests replace the global timers.
const { setTimeout: later } = globalThis;

const yieldToOthers = () => new Promise((resolve) => later(resolve));

/**
 * @param {number} status
 * @param {string} message
 * @param {{ cause?: unknown, missing?: Format }} [more]
 * @returns {ImageFailure}
 */
const failure = (status, message, more) => Object.assign(new Error(message), { status, ...more });
