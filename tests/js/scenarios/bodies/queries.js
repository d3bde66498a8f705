import { equal, match, ok, rejection } from '../check.js';
import { samples } from '../samples.js';
import { about, scenario } from '../scenario.js';

/** @import { World } from '../scenario.js' */

about('queries');

/** @param {World} world */
async function planted({ upload, sample, files, folder, folders, pass }) {
  await upload('b.png', samples.png);
  await pass(10);
  await upload('a.png', samples.png, { private: true });
  await pass(10);
  await sample('pdf');
  await pass(10);
  const gone = await upload('gone.txt', 'x');
  await files.bulkDeleteFiles([gone._id]);
  await upload('guest.gif', samples.gif, { parentFolderId: 'visitor-uploads' });
  for (const name of ['Birds', 'Ants', 'Cats']) await folder(name);
  await folders.bulkDeleteFolders([await folder('Dodos')]);
}
/** @param {{ items: { displayName: string }[] }} page */
const names = ({ items }) => items.map(({ displayName }) => displayName);

scenario('the builder finds, filters and sorts over the whole site', { needs: ['clock'] }, async (world) => {
  await planted(world);
  const { files, folders } = world;
  equal(names(await files.queryFileDescriptors().ascending('displayName').find()), ['a.png', 'b.png', 'guest.gif', 'pdf sample.pdf']);
  equal(names(await files.queryFileDescriptors().eq('private', true).find()), ['a.png']);
  equal(names(await files.queryFileDescriptors().eq('mediaType', 'IMAGE').eq('private', false).descending('displayName').find()), ['guest.gif', 'b.png']);
  equal(names(await files.queryFileDescriptors().in('mediaType', ['DOCUMENT', 'AUDIO']).find()), ['pdf sample.pdf']);
  equal(names(await files.queryFileDescriptors().eq('state', 'DELETED').find()), ['gone.txt']);
  equal(names(await files.queryFileDescriptors().ascending('_updatedDate').limit(1).find()), ['b.png']);
  equal(names(await folders.queryFolders().ascending('displayName').find()), ['Ants', 'Birds', 'Cats']);
  equal(names(await folders.queryFolders().eq('state', 'DELETED').find()), ['Dodos']);
});

scenario('the builder pages forwards and backwards', async (world) => {
  const { files, upload } = world;
  for (let number = 0; number < 7; number += 1) await upload(`${number}.txt`, 'x');
  let page = await files.queryFileDescriptors().ascending('displayName').limit(3).find();
  const seen = [names(page)];
  ok(!page.hasPrev());
  while (page.hasNext()) {
    page = await page.next();
    seen.push(names(page));
  }
  equal(seen, [['0.txt', '1.txt', '2.txt'], ['3.txt', '4.txt', '5.txt'], ['6.txt']]);
  match((await rejection(Promise.resolve().then(() => page.next()))).message, /No next page to fetch/);
  page = await page.prev();
  equal(names(page), ['3.txt', '4.txt', '5.txt']);
  page = await page.prev();
  equal([names(page), page.hasPrev(), page.hasNext()], [['0.txt', '1.txt', '2.txt'], false, true]);
  const skipped = await files.queryFileDescriptors().skipTo((await page.next()).cursors.next).limit(3).find();
  equal(names(skipped), ['6.txt']);
});

scenario('the typed form', { needs: ['clock'] }, async (world) => {
  await planted(world);
  const { files, folders } = world;
  const answer = await files.queryFileDescriptors({ filter: { $and: [{ mediaType: { $in: ['IMAGE'] } }, { private: { $eq: false } }] }, sort: [{ fieldName: 'displayName', order: 'ASC' }], cursorPaging: { limit: 1 } });
  equal(answer.files.map(({ displayName }) => displayName), ['b.png']);
  equal([answer.pagingMetadata.count, answer.pagingMetadata.hasNext, answer.pagingMetadata.cursors.prev], [1, true, undefined]);
  const next = await files.queryFileDescriptors({ cursorPaging: { limit: 1, cursor: answer.pagingMetadata.cursors.next } });
  equal([next.files[0].displayName, next.pagingMetadata.hasNext, next.pagingMetadata.cursors.next], ['guest.gif', false, '']);
  ok(next.pagingMetadata.cursors.prev);
  equal((await folders.queryFolders({ filter: { state: 'OK' }, sort: [{ fieldName: 'displayName' }] })).folders.map(({ displayName }) => displayName), ['Ants', 'Birds', 'Cats']);
});

scenario('unknown fields and operators', async (world) => {
  const { files, folders, refused } = world;
  for (const filter of [
    { displayName: 'x' }, { private: { $ne: true } }, { mediaType: { $startsWith: 'I' } }, { $or: [{ private: true }] }, { mediaType: ['IMAGE'] }, { $not: { private: true } },
  ]) {
    await refused(files.queryFileDescriptors({ filter }), { violations: ['query.filter OTHER'] });
  }
  await refused(folders.queryFolders({ filter: { private: true } }), { violations: ['query.filter OTHER'] });
  await refused(files.queryFileDescriptors({ sort: [{ fieldName: 'createdDate' }] }), { violations: ['query.sort OTHER'] });
  await refused(files.queryFileDescriptors({ sort: [{ fieldName: 'displayName' }, { fieldName: 'sizeInBytes' }] }), { violations: ['query.sort OTHER'] });
  await refused(files.queryFileDescriptors({ cursorPaging: { limit: 101 } }), { violations: ['query.cursorPaging.limit MAX'] });
  await refused(files.queryFileDescriptors({ cursorPaging: { cursor: 'none' } }), { violations: ['query.cursorPaging.cursor FORMAT'] });
});
