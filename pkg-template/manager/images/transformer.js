// The WebAssembly module of pictures: their colours, and other pictures made of them.
//
// The module keeps nothing, and its memory never shrinks, so an instance is thrown away after a fault and after a picture
// that took much of it. Calls run one after another: two large pictures at once would take twice the memory and no less
// time. Between them others get their turn.
import instantiate from '#images-glue';

/** Above this many bytes of memory an instance is not used again. */
const KEPT = 32 << 20;

/**
 * Makes the pictures' half. `source` is the module: compiled, its bytes, a URL, a response, or a promise of one of them.
 *
 * What cannot be done is an error with a `status`, as HTTP has it, and a sentence for people.
 */
export async function createImages(source) {
  const module = await compile(await source);
  let instance;
  let last = Promise.resolve();

  function run(use) {
    instance ??= instantiate(module);
    try {
      return use(instance);
    } catch (thrown) {
      // What is thrown on purpose is an array. After anything else the instance may be broken in any way.
      if (Array.isArray(thrown)) throw refusal(...thrown);
      instance = undefined;
      throw refusal(500, 'The picture could not be worked on.', thrown);
    } finally {
      if (instance && instance.memorySize() > KEPT) instance = undefined;
    }
  }

  /** Runs `use` when it is its turn. `bytes` may be a function that gives them: then only one file at a time is in memory. */
  function inTurn(bytes, use) {
    const turn = last.then(breathe).then(async () => {
      const file = typeof bytes === 'function' ? await bytes() : bytes;
      return run((core) => use(core, file));
    });
    last = turn.catch(() => {});
    return turn;
  }

  return {
    /** `{ prominent, palette }` of a picture; undefined where nothing of it is opaque. */
    colors: (bytes) => inTurn(bytes, (core, file) => core.colors(file)),
    /** `{ type, bytes, width, height }` of the picture that `tail`, what stands behind `/v1/` in a URL, asks for. */
    transform: (bytes, tail, accept = '') =>
      inTurn(bytes, (core, file) => {
        const [type, made, width, height] = core.transform(file, tail, accept);
        return { type, bytes: made, width, height };
      }),
    /** `{ width, height, type }` of a picture, by its head. */
    dimensions: (bytes) =>
      inTurn(bytes, (core, file) => {
        const [width, height, type] = core.dimensions(file);
        return { width, height, type };
      }),
  };
}

// Tests put timers of their own in the place of the real ones.
const { setTimeout: later } = globalThis;

/** A moment for others: what is due on the event loop runs before the next picture. */
const breathe = () => new Promise((resolve) => later(resolve));

const refusal = (status, message, cause) => Object.assign(new Error(message, cause && { cause }), { status });

async function compile(source) {
  // By name, because a test runner's own realm has a WebAssembly.Module of its own.
  if (source?.[Symbol.toStringTag] === 'WebAssembly.Module') return source;
  if (typeof source === 'string' || source instanceof URL) source = await fetch(source);
  return WebAssembly.compile(typeof source.arrayBuffer === 'function' ? await source.arrayBuffer() : source);
}
