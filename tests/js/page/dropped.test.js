// Dropped folders. Browsers make entries for real drops only, so these are stubs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dropped, picked } from '../../../www/model/dropped.js';

/** @typedef {import('../../../www/model/dropped.js').Found} Found */

/** @param {string} name */
const file = (name) => ({ isFile: true, name, file: (/** @type {(file: File) => void} */ resolve) => resolve(new File([name], name)) });

/** A file that cannot be read. @param {string} name */
const broken = (name) => ({ isFile: true, name, file: (/** @type {unknown} */ _, /** @type {(error: Error) => void} */ reject) => reject(new Error('a broken link')) });

/**
 * A folder that returns its entries as browsers do: a few at a time, then none.
 *
 * @param {string} name
 * @param {object[]} entries
 */
const folder = (name, entries, atOnce = 2) => ({
  isFile: false,
  name,
  createReader() {
    const left = [...entries];
    return { readEntries: (/** @type {(entries: object[]) => void} */ resolve) => resolve(left.splice(0, atOnce)) };
  },
});

/** @param {object[]} items */
const transferOf = (items) => /** @type {DataTransfer} */ (/** @type {unknown} */ ({ items }));

/** @param {...object} entries */
const transfer = (...entries) =>
  transferOf([
    ...entries.map((entry) => ({ kind: 'file', webkitGetAsEntry: () => entry, getAsFile: () => undefined })),
    { kind: 'string', webkitGetAsEntry: () => assert.fail('a string is not a file') },
  ]);

/** @param {Found[]} found */
const shape = (found) => found.map(({ file: one, folders }) => [...folders, one?.name ?? '(empty)'].join('/'));

test('dropped: keeps the structure of a folder, however few entries the browser returns at a time', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const found = await dropped(transfer(file('one'), folder('Trip', [...names.map(file), folder('2024', [file('map')])])));
  assert.deepEqual(shape(found), ['one', ...names.map((name) => `Trip/${name}`), 'Trip/2024/map']);
  assert.equal(await found.at(-1)?.file?.text(), 'map');
});

test('dropped: returns empty folders, and skips unreadable files', async () => {
  const found = await dropped(transfer(folder('Empty', []), folder('Half', [broken('x'), file('y')])));
  assert.deepEqual(shape(found), ['Empty/(empty)', 'Half/y']);
});

test('dropped: returns files in a browser without entries', async () => {
  const found = await dropped(transferOf([{ kind: 'file', getAsFile: () => new File(['1'], 'plain') }]));
  assert.deepEqual(shape(found), ['plain']);
});

test('picked: keeps the structure of a folder', () => {
  const one = Object.assign(new File(['1'], 'map'), { webkitRelativePath: 'Trip/2024/map' });
  assert.deepEqual(shape(picked({ files: [one, new File(['2'], 'plain')] })), ['Trip/2024/map', 'plain']);
});
