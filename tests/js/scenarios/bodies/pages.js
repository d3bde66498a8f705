import { equal, match, ok } from '../check.js';
import { samples } from '../samples.js';
import { about, scenario } from '../scenario.js';

about('pages');

/** @param {any} page */
const names = ({ files, folders }) => (files ?? folders).map((/** @type {{ displayName: string }} */ { displayName }) => displayName);

/**
 * Reads all pages of a call, and checks what each says of the next.
 *
 * @param {(options: any) => Promise<any>} call
 * @param {object} options
 * @param {number} limit
 */
async function pages(call, options, limit) {
  const seen = [];
  let cursor;
  for (let page = 0; page < 200; page += 1) {
    const found = await call({ ...options, paging: cursor ? { limit, cursor } : { limit } });
    seen.push(names(found));
    ({ next: cursor } = found.nextCursor.cursors);
    equal(found.nextCursor.hasNext, cursor !== '', 'hasNext');
    if (!cursor) return seen;
  }
  throw new Error('the pages do not end');
}

scenario('sorting by each key, both ways', { needs: ['clock'] }, async ({ files, folders, folder, upload, pass }) => {
  for (const [name, size] of /** @type {[string, number][]} */ ([['b.txt', 30], ['C.txt', 4], ['a.txt', 200], ['ä.txt', 30]])) {
    await upload(name, 'x'.repeat(size));
    await folder(name.split('.')[0]);
    await pass(1000);
  }
  /**
   * @param {string} fieldName
   * @param {string} [order]
   */
  const list = async (fieldName, order) => names(await files.listFiles({ sort: { fieldName, order } }));
  equal(await list('displayName', 'ASC'), ['C.txt', 'a.txt', 'b.txt', 'ä.txt'], 'by code point');
  equal(await list('displayName', 'DESC'), ['ä.txt', 'b.txt', 'a.txt', 'C.txt']);
  equal(await list('updatedDate', 'ASC'), ['b.txt', 'C.txt', 'a.txt', 'ä.txt']);
  equal(await list('updatedDate', 'DESC'), ['ä.txt', 'a.txt', 'C.txt', 'b.txt']);
  const bySize = await list('sizeInBytes', 'ASC');
  equal([bySize[0], bySize[3], bySize.slice(1, 3).sort()], ['C.txt', 'a.txt', ['b.txt', 'ä.txt']], 'as a number');
  equal(await list('displayName'), ['C.txt', 'a.txt', 'b.txt', 'ä.txt'], 'a field alone is ascending');
  equal(names(await files.listFiles()), ['ä.txt', 'a.txt', 'C.txt', 'b.txt'], 'the latest first, unless told otherwise');
  equal(names(await folders.listFolders()), ['ä', 'a', 'C', 'b']);
  equal(names(await folders.listFolders({ sort: { fieldName: 'displayName', order: 'DESC' } })), ['ä', 'b', 'a', 'C']);
  equal(names(await files.searchFiles({ sort: { fieldName: 'updatedDate', order: 'ASC' } })), ['b.txt', 'C.txt', 'a.txt', 'ä.txt']);
});

scenario('equal keys are sorted by id', { needs: ['clock'] }, async ({ files, upload }) => {
  for (let number = 0; number < 9; number += 1) await upload('same.txt', 'same');
  for (const fieldName of ['displayName', 'updatedDate', 'sizeInBytes']) {
    for (const order of ['ASC', 'DESC']) {
      const ids = [];
      let cursor;
      do {
        const page = await files.listFiles({ sort: { fieldName, order }, paging: cursor ? { limit: 2, cursor } : { limit: 2 } });
        ids.push(...page.files.map(({ _id }) => _id));
        cursor = page.nextCursor.cursors.next;
      } while (cursor);
      equal(ids, [...ids].sort(), `${fieldName} ${order}`);
      equal(new Set(ids).size, 9);
    }
  }
});

scenario('pages of every size contain every item once', { needs: ['clock'] }, async ({ files, folders, folder, upload, pass }) => {
  const all = [];
  for (let number = 0; number < 23; number += 1) {
    const name = `${String(number).padStart(2, '0')}`;
    await upload(`${name}.txt`, 'x');
    await folder(name);
    await pass(number % 3);
    all.push(name);
  }
  const sort = { fieldName: 'displayName', order: 'ASC' };
  for (const limit of [1, 7, 22, 23, 24, 100]) {
    const ofFiles = await pages(files.listFiles, { sort }, limit);
    equal(ofFiles.flat(), all.map((name) => `${name}.txt`));
    equal(ofFiles.length, Math.ceil(23 / limit));
    equal((await pages(folders.listFolders, { sort }, limit)).flat(), all);
    equal((await pages(files.searchFiles, { sort }, limit)).flat(), ofFiles.flat());
    equal((await pages(folders.searchFolders, { sort }, limit)).flat(), all);
  }
});

scenario('a page has 50 items by default and 100 at most', async ({ files, upload, refused }) => {
  await Promise.all(Array.from({ length: 60 }, (_, number) => upload(`${number}.txt`, 'x')));
  equal((await files.listFiles()).files.length, 50);
  equal((await files.searchFiles({ paging: { limit: 100 } })).files.length, 60);
  await refused(files.listFiles({ paging: { limit: 0 } }), { violations: ['options.paging.limit MIN'] });
  await refused(files.listFiles({ paging: { limit: 101 } }), { violations: ['options.paging.limit MAX'] });
  await refused(files.searchFiles({ paging: { limit: -1 } }), { violations: ['options.paging.limit MIN'] });
});

scenario('changes between pages lose and repeat nothing', async ({ files, upload }) => {
  /** @type {Record<string, string>} */
  const ids = {};
  for (const name of ['b', 'd', 'f', 'h', 'k']) ids[name] = (await upload(`${name}.txt`, 'x'))._id;
  const sort = { fieldName: 'displayName', order: 'ASC' };
  const first = await files.listFiles({ sort, paging: { limit: 2 } });
  equal(names(first), ['b.txt', 'd.txt']);
  await upload('a.txt', 'x');
  await upload('e.txt', 'x');
  await files.bulkDeleteFiles([ids.d, ids.h]);
  const second = await files.listFiles({ paging: { limit: 10, cursor: first.nextCursor.cursors.next } });
  equal(names(second), ['e.txt', 'f.txt', 'k.txt']);
});

scenario('a cursor carries the query', async ({ files, folder, upload, json }) => {
  const inside = await folder('Inside');
  for (const name of ['c', 'a', 'b']) {
    await upload(`${name}.txt`, 'x', { parentFolderId: inside });
    await upload(`${name}.png`, samples.png, { parentFolderId: inside });
  }
  const asked = { parentFolderId: inside, mediaTypes: ['DOCUMENT'], sort: { fieldName: 'displayName', order: 'DESC' } };
  const first = await files.listFiles({ ...asked, paging: { limit: 1 } });
  const cursor = first.nextCursor.cursors.next;
  equal(names(first), ['c.txt']);
  equal(names(await files.listFiles({ paging: { cursor } })), ['b.txt', 'a.txt'], 'alone');
  equal(names(await files.listFiles({ parentFolderId: 'media-root', mediaTypes: ['IMAGE'], paging: { cursor, limit: 1 } })), ['b.txt'], 'against other parameters');
  equal((await json(`/files?paging.cursor=${encodeURIComponent(cursor)}&paging.limit=1`)).body.files[0].displayName, 'b.txt');
});

scenario('invalid cursors', { needs: ['long-urls'] }, async ({ files, folders, folder, refused }) => {
  for (const name of ['a', 'b']) await folder(name);
  const { nextCursor } = await folders.listFolders({ paging: { limit: 1 } });
  match(nextCursor.cursors.next, /./);
  await refused(files.listFiles({ paging: { cursor: nextCursor.cursors.next } }), { violations: ['options.paging.cursor FORMAT'] });
  await refused(folders.searchFolders({ paging: { cursor: nextCursor.cursors.next } }), { violations: ['options.paging.cursor FORMAT'] });
  await refused(folders.listFolders({ paging: { cursor: 'nonsense' } }), { violations: ['options.paging.cursor FORMAT'] });
  await refused(folders.listFolders({ paging: { cursor: nextCursor.cursors.next.slice(2) } }), { violations: ['options.paging.cursor FORMAT'] });
  await refused(folders.listFolders({ paging: { cursor: 'x'.repeat(16_001) } }), { violations: ['options.paging.cursor MAX_LENGTH'] });
});

scenario('filters by media type and by privacy', async ({ files, upload, sample, refused }) => {
  await sample('png');
  await sample('svg');
  await sample('pdf', { private: true });
  await upload('secret.png', samples.png, { private: true });
  /** @param {object} options */
  const list = async (options) => names(await files.listFiles({ ...options, sort: { fieldName: 'displayName', order: 'ASC' } }));
  equal(await list({ mediaTypes: ['IMAGE'] }), ['png sample.png', 'secret.png']);
  equal(await list({ mediaTypes: ['VECTOR', 'DOCUMENT'] }), ['pdf sample.pdf', 'svg sample.svg']);
  equal(await list({ mediaTypes: [] }), ['pdf sample.pdf', 'png sample.png', 'secret.png', 'svg sample.svg']);
  equal(await list({ private: true }), ['pdf sample.pdf', 'secret.png']);
  equal(await list({ private: false }), ['png sample.png', 'svg sample.svg']);
  equal(await list({ private: true, mediaTypes: ['IMAGE'] }), ['secret.png']);
  equal(names(await files.searchFiles({ private: true, mediaTypes: ['DOCUMENT'] })), ['pdf sample.pdf']);
  const error = await refused(files.listFiles({ mediaTypes: ['IMAGES'] }), { code: 'UNSUPPORTED_MEDIA_TYPE' });
  equal(error.details.applicationError.data.requestValue, 'IMAGES');
  ok(error.details.applicationError.data.allowedValues.includes('IMAGE'));
  await refused(files.searchFiles({ mediaTypes: ['x'] }), { code: 'UNSUPPORTED_MEDIA_TYPE' });
  await refused(files.listDeletedFiles({ mediaTypes: ['x'] }), { code: 'UNSUPPORTED_MEDIA_TYPE' });
  await refused(files.listFiles({ mediaTypes: Array(31).fill('IMAGE') }), { violations: ['options.mediaTypes MAX_SIZE'] });
});

scenario('invalid sorts', async ({ files, folders, refused }) => {
  const sort = { fieldName: 'createdDate', order: 'ASC' };
  const error = await refused(files.listFiles({ sort }), { code: 'UNSUPPORTED_SORT_VALUE' });
  equal(error.details.applicationError.data, { allowedValues: ['displayName', 'updatedDate', 'sizeInBytes'], requestValue: 'createdDate' });
  await refused(files.searchFiles({ sort }), { code: 'UNSUPPORTED_SORT_VALUE' });
  await refused(files.listDeletedFiles({ sort }), { code: 'UNSUPPORTED_SORT_VALUE' });
  await refused(folders.listFolders({ sort: { fieldName: 'sizeInBytes' } }), { code: 'UNSUPPORTED_SORT_VALUE' });
});
