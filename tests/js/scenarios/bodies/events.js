import { equal, match, ok } from '../check.js';
import { samples } from '../samples.js';
import { about, scenario } from '../scenario.js';

about('events');

const FILE = 'wix.media.site_media.v1.file_descriptor';
const FOLDER = 'wix.media.site_media.v1.folder';

scenario('events of a file', async ({ files, put, folder, happened }) => {
  const target = await folder('Target');
  await happened();
  const { id, parentFolderId } = await put('a.txt', 'x', { filePath: '/one/two' });
  await files.updateFileDescriptor({ _id: id, displayName: 'b.txt' });
  await files.updateFileDescriptor({ _id: id, parentFolderId: target });
  await files.bulkDeleteFiles([id]);
  await files.bulkRestoreFilesFromTrashBin([id]);
  await files.bulkDeleteFiles([id], { permanent: true });
  const all = await happened.raw();
  equal(all.map(({ entityFqdn, slug }) => `${entityFqdn === FILE ? 'file' : 'folder'} ${slug}`), [
    'folder created', 'folder created', 'file file_ready', 'file updated', 'file updated', 'file deleted', 'file file_ready', 'file deleted',
  ]);
  equal(all[1].entityId, parentFolderId);
  const [first, second] = all.filter(({ slug }) => slug === 'file_ready').map(({ actionEvent }) => actionEvent.body);
  equal([first.triggeredByUndelete, first.file.displayName, first.externalInfo], [false, 'a.txt', {}]);
  equal([second.triggeredByUndelete, second.file.parentFolderId, second.file.state], [true, target, 'OK']);
  equal(all.filter(({ slug }) => slug === 'deleted').map(({ deletedEvent }) => deletedEvent.movedToTrash), [true, false]);
  equal(all[3].updatedEvent.currentEntity.displayName, 'b.txt');
  const ofFile = all.filter(({ entityId }) => entityId === id).map(({ entityEventSequence }) => Number(entityEventSequence));
  equal(ofFile, [...ofFile].sort((a, b) => a - b));
  equal(new Set(ofFile).size, ofFile.length);
  equal(new Set(all.map((event) => event.id)).size, all.length);
  for (const { eventTime } of all) match(eventTime, /^\d{4}-.*Z$/);
});

scenario('events of a folder', async ({ folders, folder, happened }) => {
  const other = await folder('Other');
  await happened();
  const id = await folder('A');
  await folders.updateFolder(id, { displayName: 'B' });
  await folders.updateFolder(id, { parentFolderId: other });
  await folders.bulkDeleteFolders([id]);
  await folders.bulkRestoreFoldersFromTrashBin([id]);
  await folders.bulkDeleteFolders([id], { permanent: true });
  const all = await happened.raw();
  equal(all.map(({ slug, entityFqdn, entityId }) => [slug, entityFqdn, entityId]), ['created', 'updated', 'updated', 'deleted', 'created', 'deleted'].map((slug) => [slug, FOLDER, id]));
  equal(all[2].updatedEvent.currentEntity.parentFolderId, other);
  equal(all[0].createdEvent.entity.displayName, 'A');
});

scenario('deletions tell children first, restores tell parents first', async ({ folders, folder, put, happened }) => {
  const a = await folder('A');
  const b = await folder('B', a);
  const inB = await put('b.txt', 'x', { parentFolderId: b });
  const inA = await put('a.txt', 'x', { parentFolderId: a });
  await happened();
  await folders.bulkDeleteFolders([a]);
  const out = (await happened.raw()).map(({ slug, entityId }) => [slug, entityId]);
  equal(out.map(([slug]) => slug), Array(4).fill('deleted'));
  /**
   * @param {any[]} list
   * @param {string} id
   */
  const place = (list, id) => list.findIndex(([, other]) => other === id);
  ok(place(out, inB.id) < place(out, b) && place(out, b) < place(out, a) && place(out, inA.id) < place(out, a), 'children first');
  await folders.bulkRestoreFoldersFromTrashBin([a]);
  const back = (await happened.raw()).map(({ slug, entityId }) => [slug, entityId]);
  equal(back.map(([slug]) => slug).sort(), ['created', 'created', 'file_ready', 'file_ready']);
  ok(place(back, a) < place(back, b) && place(back, b) < place(back, inB.id) && place(back, a) < place(back, inA.id), 'parents first');
});

scenario('no event without a change', async ({ files, folders, folder, put, happened }) => {
  const a = await folder('A');
  const { id } = await put('a.txt', 'x');
  await files.bulkDeleteFiles([id]);
  await happened();
  await files.bulkDeleteFiles([id, 'unknown']);
  await folders.bulkRestoreFoldersFromTrashBin([a]);
  await folders.updateFolder(a, { displayName: 'A', parentFolderId: 'media-root' });
  await folders.bulkDeleteFolders([]);
  equal(await happened(), []);
  await files.bulkRestoreFilesFromTrashBin([id, id]);
  equal(await happened(), [`file_descriptor file_ready ${id}`]);
});

scenario('file_ready follows processing and carries externalInfo', { needs: ['clock'] }, async ({ put, pass, happened }) => {
  const externalInfo = { origin: 'shop', externalIds: ['order-7', 'ünïcödé'] };
  const { id } = await put('film.mp4', samples.mp4, { externalInfo });
  equal(await happened(), []);
  await pass(500);
  const [event, ...others] = await happened.raw();
  equal(others, []);
  equal([event.slug, event.entityId, event.actionEvent.body.externalInfo, event.actionEvent.body.file.operationStatus], ['file_ready', id, externalInfo, 'READY']);
});

scenario('a video trashed while pending', { needs: ['clock'] }, async ({ files, put, pass, happened }) => {
  const { id } = await put('film.mp4', samples.mp4);
  await files.bulkDeleteFiles([id]);
  await files.bulkRestoreFilesFromTrashBin([id]);
  const before = (await happened()).filter((text) => text.includes('file_ready'));
  equal(before, [], 'restored, and still not ready');
  await pass(500);
  equal(await happened(), [`file_descriptor file_ready ${id}`]);
});
