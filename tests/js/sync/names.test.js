// Names of the Media Manager as names of files, and back.
import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { keyOf, nameOf, numberedKey, numberOf } from '../../../pkg-template/sync/names.js';
import { temporaryFolder } from '../harness/manager.js';

/** Characters that some file system refuses, that escapes are made of, and others. */
const character = fc.oneof(
  fc.constantFrom(...'\u0000\u0001\u001f\u007f<>:"/\\|?*\u201b. ~#_u0123ABCabc'),
  fc.constantFrom('\u00e9', 'e\u0301', '\uff1a', '\ud800', '\udc00', '\u{1f98a}', '漢'),
  fc.string({ unit: 'binary', maxLength: 1 }),
);
const name = fc.oneof(
  fc.array(character, { maxLength: 40 }).map((all) => all.join('')),
  fc.constantFrom('CON', 'con.txt', 'Aux.', 'nul', 'com1.jpg', 'LPT9', '.', '..', '', ' ', '.hidden', 'a.', 'a ', '‛', '‛3A', '‛~2', '‛_', '‛#1a2b3c4d', 'a‛~2.jpg'),
);

/** Whether every file system takes a name. */
const isSafe = (/** @type {string} */ key) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  key !== '' && !/[\u0000-\u001f\u007f<>:"/\\|?*]|^\.|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(key) && key.isWellFormed() && Buffer.byteLength(key) <= 255;

suite('names', () => {
  test('keyOf: gives a name that every file system takes, and nameOf gives it back', () => {
    fc.assert(
      fc.property(name, fc.integer({ min: 1, max: 30 }), (given, number) => {
        const key = numberedKey(keyOf(given), number);
        assert.ok(isSafe(key), JSON.stringify(key));
        const found = nameOf(key);
        assert.equal(found.key, key);
        assert.equal(numberOf(key) ?? 1, number);
        if (!found.isShortened) assert.equal(found.name, given);
        else assert.ok(Buffer.byteLength(given) > 200);
      }),
      { numRuns: 5000 },
    );
  });

  test('keyOf: differs for names that differ', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        fc.pre(one !== other);
        assert.notEqual(keyOf(one), keyOf(other));
      }),
      { numRuns: 5000 },
    );
  });

  test('nameOf: a name of the disk stands for one name, whose key stays the same', () => {
    fc.assert(
      fc.property(name, (own) => {
        fc.pre(own !== '' && own.isWellFormed());
        const { name: meant, key, isShortened } = nameOf(own);
        assert.equal(nameOf(key).key, key);
        if (!isShortened) assert.equal(nameOf(key).name, meant);
      }),
      { numRuns: 5000 },
    );
  });

  test('keyOf: shortens a long name, keeps its extension, and tells long names apart', () => {
    for (const long of ['x'.repeat(1000), '漢'.repeat(300), ':'.repeat(400)]) {
      const keys = [`${long}a.jpeg`, `${long}b.jpeg`].map(keyOf);
      assert.notEqual(keys[0], keys[1]);
      for (const key of keys) assert.ok(key.endsWith('.jpeg') && isSafe(key) && nameOf(key).isShortened, key);
    }
    assert.equal(keyOf('x'.repeat(240)), 'x'.repeat(240));
  });

  test('keyOf: leaves the names of most files alone', () => {
    for (const plain of ['fox.jpg', 'Ünïcode é e\u0301.png', '第１章：はじめに.txt', "100% it's (2) [x] & more.tar.gz", 'console.log']) assert.equal(keyOf(plain), plain);
    assert.equal(keyOf('a:b/c.txt'), 'a‛3Ab‛2Fc.txt');
    assert.equal(numberedKey('fox.jpg', 2), 'fox‛~2.jpg');
  });

  test('keys: are names of this file system', async (t) => {
    const folder = await temporaryFolder(t);
    const all = ['a:b', 'con', '..', ' ', '', '\u0000', 'x'.repeat(1000), '漢'.repeat(300), '\ud800', 'e\u0301', '\u00e9', 'tail. '].map(keyOf);
    await mkdir(join(folder, 'all'));
    for (const key of all) await writeFile(join(folder, 'all', key), '');
    assert.deepEqual((await readdir(join(folder, 'all'))).sort(), all.sort());
  });
});
