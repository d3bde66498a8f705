import { equal } from '../check.js';
import { samples } from '../samples.js';
import { about, scenario } from '../scenario.js';

about('search');

const sort = { fieldName: 'displayName', order: 'ASC' };

scenario('search scopes are areas, not folders', async ({ files, folders, folder, upload }) => {
  const deep = await folder('Deep', await folder('Top'));
  const album = await folder('Album', 'visitor-uploads');
  await upload('site.txt', 'x');
  await upload('deep.txt', 'x', { parentFolderId: deep });
  await upload('bought.txt', 'x', { parentFolderId: 'purchased-items' });
  await upload('guest.txt', 'x', { parentFolderId: 'visitor-uploads' });
  await upload('album.txt', 'x', { parentFolderId: album });
  const gone = await upload('gone.txt', 'x', { parentFolderId: deep });
  await files.bulkDeleteFiles([gone._id]);
  /** @param {object} [options] */
  const search = async (options) => (await files.searchFiles({ sort, ...options })).files.map(({ displayName }) => displayName);
  /** @param {object} [options] */
  const searchFolders = async (options) => (await folders.searchFolders({ sort, ...options })).folders.map(({ displayName }) => displayName);
  const site = ['bought.txt', 'deep.txt', 'site.txt'];
  equal(await search(), site);
  equal(await search({ rootFolder: 'MEDIA_ROOT' }), site);
  equal(await search({ rootFolder: 'VISITOR_UPLOADS_ROOT' }), ['album.txt', 'guest.txt']);
  equal(await search({ rootFolder: 'TRASH_ROOT' }), ['gone.txt']);
  equal(await searchFolders(), ['Deep', 'Top']);
  equal(await searchFolders({ rootFolder: 'VISITOR_UPLOADS_ROOT' }), ['Album']);
  equal(await searchFolders({ rootFolder: 'TRASH_ROOT' }), []);
  // A whole tree changes its scope with its place, and back.
  await folders.bulkDeleteFolders([album]);
  equal([await search({ rootFolder: 'TRASH_ROOT' }), await searchFolders({ rootFolder: 'TRASH_ROOT' })], [['album.txt', 'gone.txt'], ['Album']]);
  await folders.bulkRestoreFoldersFromTrashBin([album]);
  await folders.updateFolder(album, { parentFolderId: deep });
  equal(await search({ rootFolder: 'VISITOR_UPLOADS_ROOT' }), ['guest.txt']);
  equal(await search({ search: 'album' }), ['album.txt']);
});

scenario('a term matches any part of a name, MIME type or label, ignoring case', async ({ files, upload }) => {
  await upload('River Bank.txt', 'x', { labels: ['Sunset', 'golden hour'] });
  await upload('mountain.png', samples.png, { labels: ['snow'] });
  /** @param {string} text */
  const search = async (text) => (await files.searchFiles({ search: text, sort })).files.map(({ displayName }) => displayName);
  for (const text of ['river', 'RIVER', 'ver ba', 'sunset', 'GOLDEN', 'den ho', 'text/plain', 'TEXT', '  bank  ', 'k', 'Ri']) {
    equal([text, await search(text)], [text, ['River Bank.txt']]);
  }
  for (const text of ['image/png', 'snow', 'mount', 'png']) equal([text, await search(text)], [text, ['mountain.png']]);
  for (const text of ['n', 'in']) equal([text, (await search(text)).includes('mountain.png')], [text, true]);
  equal(await search('hour snow'), [], 'a term does not go from one label into the next');
  equal(await search('nothing of this kind'), []);
  equal(await search(''), ['River Bank.txt', 'mountain.png']);
  equal(await search('   '), ['River Bank.txt', 'mountain.png']);
});

scenario('scripts and normal forms', async ({ files, folders, folder, upload }) => {
  const cases = [
    ['ΑΘΗΝΑ.txt', 'αθηνα'],
    ['Москва.txt', 'МОСКВА'],
    ['北京烤鸭.txt', '烤'],
    ['北京烤鸭.txt', '北京'],
    ['İstanbul.txt', 'stanbul'],
    ['تصویر زیبا.txt', 'زیبا'],
    ['हिन्दी.txt', 'न्दी'],
    ['ÅNGSTRÖM.txt', 'ångström'],
    ['fox 🦊 den.txt', '🦊'],
    ['가나다.txt', '나'],
    ['Straße.txt', 'straße'],
  ];
  for (const name of new Set(cases.map(([name]) => name))) {
    await upload(name, 'x');
    await folder(name);
  }
  for (const [name, text] of cases) {
    equal([text, (await files.searchFiles({ search: text })).files.map(({ displayName }) => displayName)], [text, [name]]);
    equal([text, (await folders.searchFolders({ search: text })).folders.map(({ displayName }) => displayName)], [text, [name]]);
  }
});

scenario('operators of other query languages are plain text', async ({ files, upload }) => {
  const names = ['100% cotton.txt', 'snake_case_name.txt', '"quoted" name.txt', "it's.txt", 'a*b(c)-d.txt', 'back\\slash.txt'];
  for (const name of names) await upload(name, 'x', { mimeType: 'text/plain' });
  for (const [text, expected] of [
    ['100%', names[0]], ['%', names[0]], ['_case', names[1]], ['"quoted"', names[2]], ["it's", names[3]], ['*b(', names[4]], ['\\sl', names[5]], ['AND', undefined], ['OR NOT', undefined],
  ]) {
    const found = (await files.searchFiles({ search: text })).files.map(({ displayName }) => displayName);
    equal([text, found], [text, expected === undefined ? [] : [expected]]);
  }
});

scenario('search follows changes', async ({ files, upload }) => {
  const { _id } = await upload('before.txt', 'x', { labels: ['old label'] });
  await files.updateFileDescriptor({ _id, displayName: 'after.txt', labels: ['new label'] });
  /** @param {string} text */
  const count = async (text) => (await files.searchFiles({ search: text })).files.length;
  equal([await count('before'), await count('after'), await count('old label'), await count('new label')], [0, 1, 0, 1]);
  await files.bulkDeleteFiles([_id], { permanent: true });
  equal(await count('after'), 0);
});

scenario('long searches are paged in order', async ({ files, upload, refused }) => {
  for (let number = 0; number < 12; number += 1) await upload(`${number % 2 ? 'fox' : 'owl'} ${String(number).padStart(2, '0')}.txt`, 'x');
  const first = await files.searchFiles({ search: 'FOX', sort, paging: { limit: 4 } });
  const second = await files.searchFiles({ paging: { limit: 4, cursor: first.nextCursor.cursors.next } });
  equal([...first.files, ...second.files].map(({ displayName }) => displayName), [1, 3, 5, 7, 9, 11].map((number) => `fox ${String(number).padStart(2, '0')}.txt`));
  equal((await files.searchFiles({ search: 'x'.repeat(200) })).files, []);
  await refused(files.searchFiles({ search: 'x'.repeat(201) }), { violations: ['options.search MAX_LENGTH'] });
  await refused(files.searchFiles({ rootFolder: 'media-root' }), { violations: ['options.rootFolder OTHER'] });
});
