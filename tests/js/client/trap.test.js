// A trap in the WebAssembly module: its call fails, and the next call gets a new module.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, suite, test } from 'node:test';
import binaryen from 'binaryen';
import { ok, rejection, scriptedClient } from '../harness/client.js';
import { operations } from '../harness/operations.js';
import { init, WixMediaError } from '../harness/package.js';

const BROKEN = 'createFolder';

// Features of every supported runtime. With all features, binaryen writes modules that Node cannot read.
const FEATURES = [
  'MutableGlobals',
  'NontrappingFPToInt',
  'SIMD128',
  'BulkMemory',
  'BulkMemoryOpt',
  'SignExt',
  'ReferenceTypes',
  'Multivalue',
].reduce((features, name) => features | /** @type {Record<string, any>} */ (binaryen.Features)[name], 0);

/**
 * The module of the package, in which a function traps when its first parameter is one operation.
 *
 * @param {string} name
 */
async function doctored(name) {
  const bytes = await readFile(new URL('../../../dist/client.wasm', import.meta.url));
  const module = binaryen.readBinary(bytes);
  module.setFeatures(FEATURES);
  const original = exported(module, name);
  const { params, results } = binaryen.getFunctionInfo(module.getFunction(original));
  const types = binaryen.expandType(params);
  const number = operations.findIndex(({ method }) => method === BROKEN);
  const { i32 } = module;
  const broken = module.if(i32.eq(module.local.get(0, binaryen.i32), i32.const(number)), module.unreachable());
  const pass = module.call(original, types.map((type, index) => module.local.get(index, type)), results);
  module.removeExport(name);
  module.addFunction('doctored', params, results, [], module.block(null, [broken, pass], results));
  module.addFunctionExport('doctored', name);
  assert.ok(module.validate());
  return module.emitBinary();
}

/**
 * @param {any} module
 * @param {string} name
 */
function exported(module, name) {
  for (let index = 0; index < module.getNumExports(); index += 1) {
    const info = binaryen.getExportInfo(module.getExportByIndex(index));
    if (info.name === name) return info.value;
  }
  throw new Error(`the module exports no ${name}`);
}

suite('trap', () => {
  let instances = 0;

  before(async () => {
    WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
      construct: (target, args) => {
        instances += 1;
        return Reflect.construct(target, args);
      },
    });
    await init(await doctored('receive'));
  });

  test('trap: rejects its call with INTERNAL and the cause', async () => {
    const { folders } = scriptedClient([ok({ folder: { id: 'd1' } })]);
    const error = await rejection(folders.createFolder('a'));
    assert.ok(error instanceof WixMediaError);
    assert.equal(error.code, 'INTERNAL');
    assert.equal(error.operation, 'folders.createFolder');
    assert.ok(error.cause instanceof WebAssembly.RuntimeError);
  });

  test('trap: gives the next call a new module', async () => {
    const { files, folders } = scriptedClient([ok({ files: [{ id: 'a' }] })]);
    assert.deepEqual(await files.listFiles(), { files: [{ _id: 'a' }] });
    const before = instances;
    for (let round = 0; round < 3; round += 1) {
      assert.equal((await rejection(folders.createFolder('a'))).code, 'INTERNAL');
      assert.deepEqual(await files.listFiles(), { files: [{ _id: 'a' }] });
    }
    assert.equal(instances - before, 3, 'one fresh module for each trap');
  });

  test('trap: does not affect calls in progress', async () => {
    const { files, folders } = scriptedClient(async (request) => {
      await new Promise((resolve) => setTimeout(resolve, request.method === 'POST' ? 0 : 10));
      return ok(request.url.endsWith('/files') ? { files: [{ id: 'a' }] } : { folder: { id: 'd' } });
    });
    const [list, created, folder] = await Promise.allSettled([
      files.listFiles(),
      folders.createFolder('a'),
      folders.getFolder('d'),
    ]);
    assert.deepEqual(list, { status: 'fulfilled', value: { files: [{ _id: 'a' }] } });
    assert.equal(created.status === 'rejected' && created.reason.code, 'INTERNAL');
    assert.deepEqual(folder, { status: 'fulfilled', value: { _id: 'd' } });
  });
});
