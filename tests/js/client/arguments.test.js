// Arguments: which are refused, and that calls leave them unchanged.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ok, rejection, scriptedClient, validArguments } from '../harness/client.js';
import { operations } from '../harness/operations.js';
import { WixMediaError } from '../harness/package.js';
import { present } from '../harness/present.js';

/** @import { FieldViolation } from '../harness/package.js' */

/** @type {Record<string, any[]>} */
const WRONG = {
  text: [undefined, null, 7, true, {}, [], () => {}, Symbol('s'), 5n, new Date(0)],
  list: [undefined, null, 7, 'text', {}, () => {}],
  object: [undefined, null, 7, 'text', [], true],
};
/** @type {Record<string, string>} */
const KINDS = {
  fileId: 'text', folderId: 'text', _id: 'text', mimeType: 'text', url: 'text', displayName: 'text',
  fileIds: 'list', folderIds: 'list', importFileRequests: 'list', file: 'object', folder: 'object',
};

suite('required arguments', () => {
  for (const { api, method, arguments: kinds } of operations) {
    kinds.forEach((kind, index) => {
      if (!(kind in KINDS)) return;
      test(`${method}: refuses a missing or invalid ${kind}`, async () => {
        for (const wrong of WRONG[KINDS[kind]]) {
          const args = validArguments[method].with(index, wrong);
          const { client, requests } = scriptedClient([ok()]);
          const error = await rejection(/** @type {any} */ (client)[api][method](...args));
          const what = `${String(wrong?.toString?.() ?? wrong)}`;
          assert.ok(error instanceof WixMediaError, `${what}: ${error}`);
          assert.equal(error.status, 400);
          assert.equal(error.operation, `${api}.${method}`);
          assert.equal(error.retry, 'never');
          assert.deepEqual(present(error.fieldViolations).map(({ field }) => field), [kind], what);
          assert.deepEqual(error.details, { validationError: { fieldViolations: error.fieldViolations } });
          assert.match(error.message, new RegExp(`^${api}\\.${method}: ${kind} `));
          assert.equal(requests.length, 0, 'something was sent');
        }
      });
    });
  }

  test('getFileDescriptor: reports a missing argument as REQUIRED_FIELD', async () => {
    const { files } = scriptedClient([ok()]);
    const { fieldViolations } = await rejection(/** @type {any} */ (files).getFileDescriptor());
    assert.equal(fieldViolations[0].violatedRule, 'REQUIRED_FIELD');
    assert.match(fieldViolations[0].description, /required.*string/);
  });

  test('updateFileDescriptor: refuses a file without a valid id', async () => {
    const { files, requests } = scriptedClient([ok()]);
    for (const file of [{}, { displayName: 'a' }, { _id: undefined }, { _id: null }, { _id: 5 }]) {
      const { fieldViolations } = await rejection(files.updateFileDescriptor(/** @type {any} */ (file)));
      assert.deepEqual(fieldViolations.map((/** @type {FieldViolation} */ { field }) => field), ['file._id']);
    }
    assert.equal(requests.length, 0);
  });

  test('getFileDescriptor: rejects instead of throwing', () => {
    const { files } = scriptedClient([ok()]);
    const promise = /** @type {any} */ (files).getFileDescriptor();
    assert.ok(promise instanceof Promise);
    return assert.rejects(promise);
  });
});

suite('limits', () => {
  for (const [name, call] of /** @type {[name: string, call: (client: any) => Promise<unknown>][]} */ ([
    ['a page of 5000', ({ files }) => files.listFiles({ paging: { limit: 5000 } })],
    ['1001 IDs', ({ files }) => files.bulkDeleteFiles(Array.from({ length: 1001 }, () => 'f'))],
    ['no IDs', ({ files }) => files.getFileDescriptors([])],
    ['a name of 5000 characters', ({ folders }) => folders.createFolder('x'.repeat(5000))],
    ['an unknown media type', ({ files }) => files.listFiles({ mediaTypes: ['HOLOGRAM'] })],
    ['an empty name', ({ folders }) => folders.createFolder('')],
    ['an empty file ID', ({ files }) => files.getFileDescriptor('')],
  ])) {
    test(`limits: are left to the service, ${name}`, async () => {
      const { client, requests } = scriptedClient([ok()]);
      await call(client);
      assert.equal(requests.length, 1);
    });
  }
});

/**
 * @template T
 * @param {T} value
 * @returns {T}
 */
const deepFrozen = (value) => {
  if (value !== null && typeof value === 'object') Object.values(value).forEach(deepFrozen);
  return Object.freeze(value);
};

suite('arguments', () => {
  const descriptor = () => ({
    _id: 'f1',
    _createdDate: new Date(5),
    displayName: 'a',
    extra: { _id: 'x', list: [{ _updatedDate: 1 }], 'a._id': 2 },
    media: {
      image: { image: 'wix:image://v1/a/b.jpg#originWidth=1&originHeight=2', faces: [{ confidence: Number.NaN }] },
      audio: { assets: ['wix:audio://v1/a/b.mp3#duration=1'] },
      archive: { _id: 'z', urlExpirationDate: new Date(7) },
    },
  });
  const sort = { fieldName: '_updatedDate', origin: { latitude: Number.NaN, longitude: undefined } };
  for (const [name, call, make] of /** @type {[name: string, call: (client: any, value: any) => Promise<unknown>, make: () => any][]} */ ([
    ['updateFileDescriptor', (client, value) => client.files.updateFileDescriptor(value), descriptor],
    ['updateFileDescriptor in the form of Velo', (client, value) => client.files.updateFileDescriptor('f1', value), descriptor],
    ['updateFolder', (client, value) => client.folders.updateFolder('d1', value), () => ({ _id: 'x', _createdDate: new Date(5), more: { _id: 1 } })],
    ['listFiles', (client, value) => client.files.listFiles(value), () => ({ sort: { ...sort }, paging: { limit: 2 } })],
    ['searchFiles', (client, value) => client.files.searchFiles(value), () => ({ sort: { ...sort } })],
    ['importFile', (client, value) => client.files.importFile('https://a/b', value), () => ({ urlParams: { _id: 'x' } })],
    ['bulkImportFile', (client, value) => client.files.bulkImportFile(value), () => [{ url: 'https://a/b', urlHeaders: { _id: 'x' } }]],
    ['queryFileDescriptors', (client, value) => client.files.queryFileDescriptors(value), () => ({ filter: { _id: 'x' }, sort: [{ fieldName: '_id' }] })],
    ['eq', (client, value) => client.files.queryFileDescriptors().eq('a', value).find(), () => ({ _id: 'x' })],
    ['in', (client, value) => client.files.queryFileDescriptors().in('a', value).find(), () => [{ _id: 'x' }]],
  ])) {
    test(`${name}: leaves its arguments unchanged, and accepts frozen ones`, async () => {
      const { client, requests } = scriptedClient([ok({ files: [] })]);
      const value = make();
      const before = structuredClone(value);
      await call(client, value);
      await call(client, value);
      assert.deepEqual(value, before);
      await call(client, deepFrozen(value));
      assert.equal(requests.length, 3);
      for (const request of requests) {
        const { url, body } = request;
        assert.deepEqual({ url, body }, { url: requests[0].url, body: requests[0].body });
      }
    });
  }

  test('searchFiles: ignores later changes of its arguments', async () => {
    const { files, requests } = scriptedClient([ok({ files: [] })], {
      auth: { accessToken: () => new Promise((resolve) => setImmediate(resolve, 't')) },
    });
    const options = { search: 'before' };
    const promise = files.searchFiles(options);
    options.search = 'after';
    await promise;
    assert.deepEqual(JSON.parse(requests[0].body), { search: 'before' });
  });
});

suite('arguments that are not plain data', () => {
  /** @type {any} */
  const cycle = { name: 'a' };
  cycle.self = cycle;
  const throwing = {
    get parentFolderId() {
      throw new Error('not readable');
    },
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  for (const [name, call] of /** @type {[name: string, call: (client: any) => Promise<unknown>][]} */ ([
    ['a cycle in the options', ({ files }) => files.importFile('https://a/b', { urlParams: cycle })],
    ['a cycle in a query', ({ files }) => files.queryFileDescriptors({ filter: cycle })],
    ['a cycle in a builder', ({ files }) => files.queryFileDescriptors().eq('a', cycle).find()],
    ['a getter that throws', ({ folders }) => folders.createFolder('a', throwing)],
    ['a revoked proxy', ({ folders }) => folders.createFolder('a', proxy)],
    ['a toJSON that throws', ({ files }) => files.importFile('https://a/b', { urlParams: { toJSON: () => { throw new Error('no'); } } })],
  ])) {
    test(`arguments: refuse ${name}, and send nothing`, async () => {
      const { client, requests } = scriptedClient([ok()]);
      const error = await rejection(call(client));
      assert.ok(error instanceof WixMediaError, String(error));
      assert.equal(error.status, 400);
      assert.notEqual(error.code, 'INTERNAL');
      assert.equal(requests.length, 0);
      await client.files.listFiles();
    });
  }

  test('arguments: send an object with toJSON as that returns it', async () => {
    const { files, requests } = scriptedClient([ok()]);
    await files.importFile('https://a/b', { urlParams: { toJSON: () => ({ _id: 'x' }) } });
    assert.deepEqual(JSON.parse(requests[0].body).urlParams, { id: 'x' });
  });

  test('arguments: send a class instance as its members', async () => {
    class Options {
      parentFolderId = 'd1';
    }
    const { folders, requests } = scriptedClient([ok()]);
    await folders.createFolder('a', new Options());
    assert.deepEqual(JSON.parse(requests[0].body), { displayName: 'a', parentFolderId: 'd1' });
  });

  test('arguments: send or refuse deep nesting without a trap', async () => {
    for (const depth of [50, 100, 1000, 5000]) {
      let nested = {};
      for (let level = 0; level < depth; level += 1) nested = { a: nested };
      const { files, requests } = scriptedClient([ok()]);
      const error = await files.importFile('https://a/b', { urlParams: nested }).then(() => undefined, (thrown) => thrown);
      if (error === undefined) assert.deepEqual(JSON.parse(requests[0].body).urlParams, nested);
      else assert.ok(error instanceof WixMediaError && error.code !== 'INTERNAL', `${depth}: ${error}`);
    }
  });
});
