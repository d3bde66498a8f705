// Options of uploads, downloads, paths and the trash: one that makes no sense is refused by its name, before anything is sent.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { rejection } from '../harness/client.js';
import { startManager, temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';

/** Every kind of option with values that are refused, and the functions that take it. */
const signal = {};
/** @type {Record<string, unknown[]>} */
const wrong = {
  signal: [signal, 'x', null],
  timeoutMs: [-1, NaN, '5', null],
  stallMs: [0, -1, NaN, '5'],
  onProgress: ['x', {}, null],
  verify: ['yes', 1, null],
  concurrency: [0, -1, 1.5, NaN, 'x', null],
  path: [5, null],
  parentFolderId: [5, null],
  displayName: [5, null],
  mimeType: [5, null],
  private: ['yes', 1],
  labels: ['x', [5]],
  externalInfo: ['x', []],
  waitUntil: ['done', null],
  protocol: ['ftp', null],
  onDuplicate: ['skip', null],
  chunkSizeInBytes: [0, -1, 1.5, NaN, '2', Infinity],
  sessions: [true, {}, { directory: 5 }, { get() {}, put() {} }],
  asset: [5],
  fileName: [5],
  inline: ['yes'],
  from: [-1, 1.5, NaN, '0'],
  depth: [-1, 1.5, NaN, 'x'],
  olderThan: [-1, NaN, {}, 'soon'],
  mediaTypes: ['IMAGE', [5]],
  dryRun: ['yes'],
  inFolders: ['yes'],
};

const call = ['signal', 'timeoutMs'];
const upload = [
  ...[...call, 'stallMs', 'onProgress', 'verify', 'path', 'parentFolderId', 'displayName', 'mimeType', 'private', 'labels'],
  ...['externalInfo', 'waitUntil', 'protocol', 'onDuplicate', 'chunkSizeInBytes', 'sessions'],
];
const download = ['signal', 'stallMs', 'onProgress'];
/** @type {Record<string, { before: unknown[], names: string[] }>} */
const functions = {
  'uploads.upload': { before: [new Blob(['x'])], names: upload },
  'uploads.uploadAll': { before: [[new Blob(['x'])]], names: [...upload, 'concurrency'] },
  'uploads.waitUntilReady': { before: ['id'], names: call },
  'uploads.list': { before: [], names: ['sessions'] },
  'uploads.resume': { before: ['id', new Blob(['x'])], names: upload },
  'uploads.cancel': { before: ['id'], names: ['sessions'] },
  'downloads.file': { before: ['id'], names: [...download, 'verify', 'asset', 'fileName', 'inline', 'from'] },
  'downloads.zip': { before: [{ fileIds: ['id'] }], names: download },
  'downloads.toDirectory': { before: ['id', '/nowhere'], names: [...call, 'onProgress', 'verify', 'concurrency'] },
  'paths.resolve': { before: ['/a'], names: [...call, 'parentFolderId'] },
  'paths.ensure': { before: ['/a'], names: [...call, 'parentFolderId'] },
  'paths.walk': { before: ['/a'], names: [...call, 'parentFolderId', 'depth'] },
  'paths.tree': { before: ['/a'], names: [...call, 'parentFolderId', 'depth'] },
  'trash.plan': { before: [['id']], names: call },
  'trash.empty': { before: [], names: [...call, 'olderThan', 'mediaTypes', 'dryRun'] },
  'trash.restoreAll': { before: [], names: [...call, 'mediaTypes', 'inFolders'] },
};

suite('options', () => {
  for (const [name, { before, names }] of Object.entries(functions)) {
    /** What the function rejects with, and how many requests it has made. */
    const refused = async (/** @type {unknown} */ options) => {
      let requests = 0;
      const fetch = async () => {
        requests += 1;
        return new Response('{}', { status: 500 });
      };
      const client = createClient({ fetch, auth: { apiKey: 'key' }, retry: false });
      const [group, own] = /** @type {['uploads', 'upload']} */ (name.split('.'));
      const run = /** @type {(...args: unknown[]) => Promise<unknown> & AsyncIterable<unknown>} */ (/** @type {unknown} */ (client[group][own]));
      const result = run(...before, options);
      const error = await rejection(name === 'paths.walk' ? result[Symbol.asyncIterator]().next() : result);
      return { error, requests };
    };

    test(`${name}: refuses values of the wrong kind or range`, async () => {
      for (const option of names) {
        for (const value of wrong[option]) {
          const { error, requests } = await refused({ [option]: value });
          assert.equal(error.code, 'INVALID_ARGUMENT', `${option}: ${String(value)}: ${error}`);
          assert.equal(error.fieldViolations[0].field, option);
          assert.match(error.message, new RegExp(`^${name}: ${option} must be `));
          assert.equal(requests, 0);
        }
      }
    });

    test(`${name}: checks inherited options too`, async () => {
      const [option] = names;
      const [value] = wrong[option];
      const { error, requests } = await refused(Object.create({ [option]: value }));
      assert.equal(error.fieldViolations?.[0].field, option, String(error));
      assert.equal(requests, 0);
    });

    test(`${name}: reads a getter once`, async () => {
      const [option] = names;
      let reads = 0;
      const options = {
        get [option]() {
          reads += 1;
          return wrong[option][0];
        },
      };
      assert.equal((await refused(options)).error.code, 'INVALID_ARGUMENT');
      assert.equal(reads, 1);
    });

    test(`${name}: refuses unknown options and options that are no object`, async () => {
      const { error } = await refused({ [`${names[0]}s`]: 1 });
      assert.equal(error.code, 'INVALID_ARGUMENT');
      assert.match(error.message, new RegExp(`${names[0]}s is not an option: did you mean ${names[0]}\\?$`));
      for (const options of ['x', 5, true, [], () => {}]) {
        const { error: other, requests } = await refused(options);
        assert.equal(other.code, 'INVALID_ARGUMENT', String(options));
        assert.equal(other.fieldViolations[0].field, 'options');
        assert.equal(requests, 0);
      }
    });
  }

  test('upload: takes options that are inherited, and those of the object before them', async (t) => {
    const { client } = await startManager(t);
    const defaults = { displayName: 'default.txt', labels: ['a'] };
    const inherited = Object.create(defaults);
    const file = await client.uploads.upload(new Blob(['1']), inherited);
    assert.deepEqual([file.displayName, file.labels], ['default.txt', ['a']]);
    const own = await client.uploads.upload(new Blob(['2']), Object.assign(inherited, { displayName: 'own.txt' }));
    assert.deepEqual([own.displayName, own.labels], ['own.txt', ['a']]);
  });

  test('uploadAll: an item with a wrong option fails, and the others do not', async (t) => {
    const { client } = await startManager(t);
    const items = [{ source: new Blob(['1']), displayName: 'one.txt', chunkSizeInBytes: 0 }, new File(['2'], 'two.txt')];
    const results = await client.uploads.uploadAll(items);
    assert.deepEqual(results.map(({ status }) => status), ['failed', 'uploaded']);
    assert.equal(/** @type {{ code: string }} */ (results[0].error).code, 'INVALID_ARGUMENT');
  });

  test('toDirectory: writes every file with any concurrency that is allowed', async (t) => {
    const { client } = await startManager(t, { seed: [{ path: '/A/one.txt', content: '1' }, { path: '/A/two.txt', content: '2' }] });
    const { id } = await client.paths.resolve('/A');
    for (const concurrency of [1, 100, Infinity]) {
      const target = await temporaryFolder(t);
      assert.equal((await client.downloads.toDirectory(id, target, { concurrency })).length, 2);
      assert.deepEqual((await readdir(target)).sort(), ['one.txt', 'two.txt']);
    }
  });
});
