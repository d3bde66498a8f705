import { equal, ok } from '../check.js';
import { about, scenario } from '../scenario.js';

/** @import { World } from '../scenario.js' */

about('trash');

/**
 * A small world: two folders with files, and one within another.
 *
 * @param {World} world
 */
async function planted({ folder, upload, pass }) {
  const a = await folder('A');
  const b = await folder('B', a);
  const c = await folder('C');
  /** @type {Record<string, string>} */
  const ids = { a, b, c };
  for (const [name, parentFolderId] of [['a1', a], ['a2', a], ['b1', b], ['c1', c], ['top', 'media-root']]) {
    await pass(1000);
    ids[name] = (await upload(`${name}.txt`, `content of ${name}`, { parentFolderId }))._id;
  }
  await pass(1000);
  return ids;
}
const WHOLE = ['A/', 'A/B/', 'A/B/b1.txt', 'A/a1.txt', 'A/a2.txt', 'C/', 'C/c1.txt', 'top.txt'];

scenario('a file is unchanged in the trash and after its restore', { needs: ['clock'] }, async (world) => {
  const { files, tree, trash, pass } = world;
  const { a, a1 } = await planted(world);
  const before = await files.getFileDescriptor(a1);
  equal(await files.bulkDeleteFiles([a1]), undefined);
  equal(await files.getFileDescriptor(a1), { ...before, state: 'DELETED', parentFolderId: 'trash-root' });
  equal(await tree(), WHOLE.filter((path) => path !== 'A/a1.txt'));
  equal(await trash(), ['a1.txt']);
  equal((await files.listDeletedFiles()).files.map(({ _id, state }) => [_id, state]), [[a1, 'DELETED']]);
  await pass(1000);
  equal(await files.bulkRestoreFilesFromTrashBin([a1]), undefined);
  const after = await files.getFileDescriptor(a1);
  equal([after.state, after.parentFolderId, +after._updatedDate - +before._updatedDate > 0], ['OK', a, true]);
  equal(await tree(), WHOLE);
  equal(await trash(), []);
});

scenario('a folder takes its content to the trash and back', { needs: ['clock'] }, async (world) => {
  const { folders, files, tree, trash } = world;
  const { a, b, a1, b1 } = await planted(world);
  await folders.bulkDeleteFolders([a]);
  equal(await tree(), ['C/', 'C/c1.txt', 'top.txt']);
  equal([await trash(), await trash(a), await trash(b)], [['A/'], ['B/', 'a1.txt', 'a2.txt'], ['b1.txt']]);
  const [folder, inner, file, deep] = [await folders.getFolder(a), await folders.getFolder(b), await files.getFileDescriptor(a1), await files.getFileDescriptor(b1)];
  equal([folder, inner, file, deep].map(({ state, parentFolderId }) => [state, parentFolderId]), [['DELETED', 'trash-root'], ['DELETED', a], ['DELETED', a], ['DELETED', b]]);
  equal((await files.listFiles({ parentFolderId: a })).files, [], 'a trashed folder lists nothing among the living');
  await folders.bulkRestoreFoldersFromTrashBin([a]);
  equal(await tree(), WHOLE);
  equal(await trash(), []);
});

scenario('a restore undoes one deletion only', { needs: ['clock'] }, async (world) => {
  const { folders, files, tree, trash } = world;
  const { a, a1, b } = await planted(world);
  await files.bulkDeleteFiles([a1]);
  await folders.bulkDeleteFolders([b]);
  await folders.bulkDeleteFolders([a]);
  equal(await trash(), ['A/', 'B/', 'a1.txt']);
  await folders.bulkRestoreFoldersFromTrashBin([a]);
  equal(await tree(), ['A/', 'A/a2.txt', 'C/', 'C/c1.txt', 'top.txt']);
  equal(await trash(), ['B/', 'a1.txt']);
  await folders.bulkRestoreFoldersFromTrashBin([b]);
  await files.bulkRestoreFilesFromTrashBin([a1]);
  equal(await tree(), WHOLE);
});

scenario('a file without its folder is restored to the root', { needs: ['clock'] }, async (world) => {
  const { folders, files, tree, trash } = world;
  const { a, b, c, a1, b1, c1 } = await planted(world);
  await files.bulkDeleteFiles([a1, c1]);
  await folders.bulkDeleteFolders([a]);
  await folders.bulkDeleteFolders([c], { permanent: true });
  await files.bulkRestoreFilesFromTrashBin([a1, c1, b1]);
  equal(await tree(), ['a1.txt', 'b1.txt', 'c1.txt', 'top.txt'], 'also a file that went with its folder');
  equal([await trash(a), await trash(b)], [['B/', 'a2.txt'], []]);
  await folders.bulkRestoreFoldersFromTrashBin([a]);
  equal(await tree(), ['A/', 'A/B/', 'A/a2.txt', 'a1.txt', 'b1.txt', 'c1.txt', 'top.txt']);
});

scenario('a folder is restored without its trashed parent', { needs: ['clock'] }, async (world) => {
  const { folders, tree, trash } = world;
  const { a, b } = await planted(world);
  await folders.bulkDeleteFolders([a]);
  await folders.bulkRestoreFoldersFromTrashBin([b]);
  equal(await tree(), ['B/', 'B/b1.txt', 'C/', 'C/c1.txt', 'top.txt']);
  equal(await trash(a), ['a1.txt', 'a2.txt']);
});

scenario('visitor content is restored to the visitor folder', async ({ folder, folders, files, upload, look }) => {
  const album = await folder('Album', 'visitor-uploads');
  const { _id } = await upload('guest.txt', 'x', { parentFolderId: album });
  await files.bulkDeleteFiles([_id]);
  await folders.bulkDeleteFolders([album], { permanent: true });
  await files.bulkRestoreFilesFromTrashBin([_id]);
  equal((await files.getFileDescriptor(_id)).parentFolderId, 'visitor-uploads');
  equal([await look(), await look('visitor-uploads')], [[], ['guest.txt']]);
});

scenario('permanent deletion, of live and of trashed items', { needs: ['clock'] }, async (world) => {
  const { folders, files, tree, trash, refused } = world;
  const { a, a1, b1, c1, top } = await planted(world);
  await files.bulkDeleteFiles([top], { permanent: true });
  await refused(files.getFileDescriptor(top), { code: 'RESOURCE_NOT_FOUND' });
  await files.bulkDeleteFiles([c1]);
  await files.bulkDeleteFiles([c1], { permanent: true });
  await refused(files.getFileDescriptor(c1), { code: 'RESOURCE_NOT_FOUND' });
  await folders.bulkDeleteFolders([a]);
  await folders.bulkDeleteFolders([a], { permanent: true });
  await refused(folders.getFolder(a), { status: 404, code: 'FOLDER_NOT_FOUND' });
  for (const id of [a1, b1]) await refused(files.getFileDescriptor(id), { code: 'RESOURCE_NOT_FOUND' });
  await files.bulkRestoreFilesFromTrashBin([top, c1, a1]);
  equal([await tree(), await trash()], [['C/'], []]);
});

scenario('deleting twice and restoring live items changes nothing', { needs: ['clock'] }, async (world) => {
  const { folders, files, tree, trash } = world;
  const { a, c, top } = await planted(world);
  await files.bulkRestoreFilesFromTrashBin([top]);
  await folders.bulkRestoreFoldersFromTrashBin([c]);
  equal(await tree(), WHOLE);
  for (let time = 0; time < 2; time += 1) {
    await files.bulkDeleteFiles([top]);
    await folders.bulkDeleteFolders([a]);
  }
  equal(await trash(), ['A/', 'top.txt']);
});

scenario('nested folders of one call are one tree', { needs: ['clock'] }, async (world) => {
  const { folders, tree, trash } = world;
  const { a, b } = await planted(world);
  await folders.bulkDeleteFolders([b, a, b]);
  await folders.bulkRestoreFoldersFromTrashBin([b, a]);
  equal(await tree(), WHOLE);
  equal(await trash(), []);
});

scenario('a trashed file can be renamed but not moved, and no move leads to the trash', { needs: ['clock'] }, async (world) => {
  const { files, folders, folder, refused, upload } = world;
  const { a, c, top } = await planted(world);
  await files.bulkDeleteFiles([top]);
  await folders.bulkDeleteFolders([a]);
  const renamed = await files.updateFileDescriptor({ _id: top, displayName: 'renamed.txt', labels: ['kept'] });
  equal([renamed.displayName, renamed.labels, renamed.state], ['renamed.txt', ['kept'], 'DELETED']);
  await refused(files.updateFileDescriptor({ _id: top, parentFolderId: c }), { violations: ['file.parentFolderId PARENT_FOLDER_IN_TRASH'] });
  equal((await folders.updateFolder(a, { displayName: 'A2' })).state, 'DELETED');
  await refused(folders.updateFolder(a, { parentFolderId: c }), { violations: ['folder.parentFolderId PARENT_FOLDER_IN_TRASH'] });
  await refused(folders.updateFolder(c, { parentFolderId: 'trash-root' }), { violations: ['folder.parentFolderId PARENT_FOLDER_IN_TRASH'] });
  await refused(folders.createFolder('x', { parentFolderId: a }), { violations: ['options.parentFolderId PARENT_FOLDER_IN_TRASH'] });
  await refused(files.generateFileUploadUrl('text/plain', { fileName: 'x.txt', parentFolderId: a }), { violations: ['options.parentFolderId PARENT_FOLDER_IN_TRASH'] });
  ok(await folder('still works'));
  ok(await upload('still.txt'));
});

scenario('trashed files are served, deleted ones are not', async ({ files, upload, send }) => {
  const { _id, url } = await upload('shown.txt', 'shown');
  await files.bulkDeleteFiles([_id]);
  equal(await (await send(url)).text(), 'shown');
  await files.bulkDeleteFiles([_id], { permanent: true });
  equal((await send(url)).status, 404);
});

scenario('the trash is listed in pages, also as media-root', async ({ files, upload }) => {
  const ids = [];
  for (let number = 0; number < 7; number += 1) ids.push((await upload(`${number}.txt`, String(number)))._id);
  await files.bulkDeleteFiles(ids);
  const sort = { fieldName: 'displayName', order: 'ASC' };
  const first = await files.listDeletedFiles({ parentFolderId: 'media-root', sort, paging: { limit: 4 } });
  const second = await files.listDeletedFiles({ paging: { limit: 4, cursor: first.nextCursor.cursors.next } });
  equal([...first.files, ...second.files].map(({ displayName }) => displayName), ids.map((_, number) => `${number}.txt`));
  equal([first.nextCursor.hasNext, second.nextCursor], [true, { cursors: { next: '' }, hasNext: false }]);
});
