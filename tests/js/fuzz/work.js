// How much work a WebAssembly module does, as a number that is the same on every machine: entries of functions and rounds of
// loops, each of which binaryen makes a call of an import. A module that goes on beyond its limit is stopped, so that nothing
// hangs.
import { readFile } from 'node:fs/promises';
import { md5 } from '../harness/bytes.js';

/** The import that binaryen calls. */
const LOG = 'log_execution';

/** What engines have had for years. Binaryen would use all that it knows. */
const FEATURES = /** @type {const} */ (['MutableGlobals', 'BulkMemory', 'BulkMemoryOpt', 'NontrappingFPToInt', 'SignExt', 'Multivalue', 'ReferenceTypes', 'CallIndirectOverlong', 'SIMD128']);

/** @typedef {{ count: number, limit: number }} Meter */

/**
 * Makes modules of the package that are compiled from now on count. Takes their names in `dist`.
 *
 * @param {string[]} names
 * @returns {Promise<Meter>}
 */
export async function meterOf(...names) {
  const { default: binaryen } = await import('binaryen');
  /** @type {Meter} */
  const meter = { count: 0, limit: Infinity };
  const tick = () => {
    meter.count += 1;
    if (meter.count > meter.limit) throw new RangeError(`more than ${meter.limit} steps of work`);
  };
  /** @type {Map<string, Uint8Array<ArrayBuffer>>} */
  const counting = new Map();
  for (const name of names) {
    const bytes = await readFile(new URL(`../../../dist/${name}`, import.meta.url));
    const module = binaryen.readBinary(bytes);
    module.setFeatures(FEATURES.reduce((all, feature) => all | binaryen.Features[feature], /** @type {number} */ (binaryen.Features.MVP)));
    module.runPasses(['log-execution']);
    counting.set(md5(bytes), Uint8Array.from(module.emitBinary()));
    module.dispose();
  }
  const { compile, Instance } = WebAssembly;
  WebAssembly.compile = async (source) => {
    const bytes = ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
    return compile(counting.get(md5(bytes)) ?? source);
  };
  WebAssembly.Instance = /** @type {typeof Instance} */ (
    new Proxy(Instance, {
      construct(target, [module, given]) {
        const imports = { ...given };
        for (const { module: from, name } of WebAssembly.Module.imports(module)) {
          if (name === LOG) imports[from] = { ...imports[from], [LOG]: tick };
        }
        return new target(module, imports);
      },
    })
  );
  return meter;
}
