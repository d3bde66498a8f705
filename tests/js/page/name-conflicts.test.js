// Uploads whose names are taken: what each choice makes of them, and the question on the page.
/** @import { ConflictChoice } from '../../../www/model/name-conflicts.js' */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fileItem } from '../../../www/model/item.js';
import { conflictsOf, folderFinder, freeName } from '../../../www/model/name-conflicts.js';
import { drop, eventually, pageSuite, settled, showsItems, toast } from './site.js';

suite('conflicts of names', () => {
  const there = new Map([
    ['', [{ _id: '1', displayName: 'a.txt' }, { _id: '2', displayName: 'a.txt' }, { _id: '3', displayName: 'a (2).txt' }]],
    ['Inner', [{ _id: '4', displayName: 'b.txt' }]],
  ]);
  const found = [
    { file: new File(['new'], 'a.txt'), folders: [] },
    { file: new File(['new'], 'b.txt'), folders: [] },
    { file: new File(['new'], 'b.txt'), folders: ['Inner'] },
    { folders: ['Empty'] },
  ];
  const conflicts = () => conflictsOf(found, async (folders) => (there.get(folders.join('/')) ?? []).map(fileItem));

  test('conflicts: are found in each folder', async () => {
    const { conflicting } = await conflicts();
    assert.deepEqual(conflicting, [found[0], found[2]]);
  });

  for (const [choice, names, replaced] of /** @type {[ConflictChoice, string[], string[]][]} */ ([
    ['keep', ['a (3).txt', 'b.txt', 'b (2).txt', ''], []],
    ['replace', ['a.txt', 'b.txt', 'b.txt', ''], ['1', '2', '4']],
    ['skip', ['b.txt', ''], []],
  ])) {
    test(`conflicts: ${choice} uploads and replaces what it says`, async () => {
      const { settle } = await conflicts();
      const settledFiles = settle(choice);
      assert.deepEqual(settledFiles.map(({ name, file }) => name ?? file?.name ?? ''), names);
      assert.deepEqual(settledFiles.flatMap(({ replaces = [] }) => replaces.map(({ id }) => id)), replaced);
    });
  }

  test('conflicts: two new files of one name get two other names', async () => {
    const twice = [found[0], found[0]];
    const { settle } = await conflictsOf(twice, async () => (there.get('') ?? []).map(fileItem));
    assert.deepEqual(settle('keep').map(({ name }) => name), ['a (3).txt', 'a (4).txt']);
  });

  test('folder finder: lists each folder once, however many paths lead through it', async () => {
    /** @type {string[]} */
    const listed = [];
    const folderAt = folderFinder('top', async (id) => {
      listed.push(id);
      return id === 'top' ? [{ _id: 'there', displayName: 'There' }] : [];
    });
    const ways = [[], ['There'], ['There', 'Inner'], ['There', 'Other'], ['One'], ['One', 'Inner'], ['Two']];
    const found = await Promise.all(ways.map(folderAt));
    assert.deepEqual(found, ['top', 'there', undefined, undefined, undefined, undefined, undefined]);
    assert.deepEqual(listed, ['top', 'there']);
  });

  test('free name: keeps the extension, if there is one', () => {
    const taken = new Set(['.profile', 'archive.tar.gz', 'none']);
    assert.deepEqual(['.profile', 'archive.tar.gz', 'none', 'new'].map((name) => freeName(name, taken)), ['.profile (2)', 'archive.tar (2).gz', 'none (2)', 'new']);
  });
});

suite('conflicts of names on the page', () => {
  const site = pageSuite();
  const { open, workspace, listed } = site;

  test('upload: asks about names that are taken', async (t) => {
    const { id, fragment, files } = await workspace('Taken', { 'a.txt': Buffer.from('old') });
    const { page } = await open(t, { fragment });
    await settled(page);
    const dialog = page.getByRole('dialog', { name: 'A file with this name already exists' });
    /** @param {string} [label] */
    const dropAnd = async (label) => {
      await drop(page, '#main', [{ name: 'a.txt', bytes: 'new' }]);
      await dialog.waitFor();
      if (label) await dialog.getByRole('radio', { name: label }).check();
      await dialog.getByRole('button', { name: label ? 'Upload' : 'Cancel' }).click();
      await dialog.waitFor({ state: 'detached' });
    };
    await dropAnd();
    await dropAnd('Skip');
    assert.deepEqual(await listed(id), ['a.txt']);
    await dropAnd('Keep both');
    await showsItems(page, ['a (2).txt', 'a.txt']);
    await dropAnd('Replace');
    await toast(page, '“a.txt” moved to the trash.');
    assert.deepEqual(await listed(id), ['a (2).txt', 'a.txt']);
    assert.equal((await site.server.client.files.getFileDescriptor(String(files['a.txt']._id))).state, 'DELETED');
    await page.getByRole('button', { name: 'Undo' }).click();
    await eventually(async () => assert.deepEqual(await listed(id), ['a (2).txt', 'a.txt', 'a.txt']));
  });
});
