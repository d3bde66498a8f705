import { equal, ok } from '../check.js';
import { about, scenario } from '../scenario.js';

about('test aids');

scenario('a rate limit', { needs: ['clock'], limits: { requestsPerMinute: 5 } }, async ({ folders, json, pass, refused, answered }) => {
  for (let number = 0; number < 5; number += 1) await folders.listFolders();
  await refused(folders.listFolders(), { status: 429, code: 'RESOURCE_EXHAUSTED' });
  await pass(61_000);
  await folders.listFolders();
  for (let number = 0; number < 5; number += 1) await json('/folders');
  const answer = await json('/folders');
  answered(answer, { status: 429, code: 'RESOURCE_EXHAUSTED' });
  ok(Number(answer.headers.get('retry-after')) >= 1, 'it says when to come back');
});

scenario('configured faults', { faults: [{ match: 'listFiles', status: 503, times: 2 }] }, async ({ files, folders, manager, refused, folder }) => {
  for (let time = 0; time < 2; time += 1) await refused(files.listFiles(), { status: 503, code: 503 });
  equal((await files.listFiles()).files, []);
  await manager.faults.add({ match: 'createFolder', status: 500, times: 1 });
  await refused(folders.createFolder('never'), { status: 500, code: 500 });
  equal((await folders.listFolders()).folders, [], 'a fault comes before anything is done');
  await folder('at last');
  await manager.faults.add({ match: 'getFolder', status: 404 });
  const error = await folders.getFolder('media-root').then(() => undefined, (thrown) => thrown);
  equal(error.status, 404);
  await manager.faults.clear();
  equal((await folders.getFolder('media-root')).displayName, 'Site Files');
});

scenario('lists with a lag', { needs: ['clock'], lagMs: 1000 }, async ({ files, folders, folder, upload, pass }) => {
  const id = await folder('A');
  const file = await upload('a.txt', 'x');
  const seen = async () => [
    (await folders.listFolders()).folders.length, (await files.listFiles()).files.length, (await files.searchFiles({ search: 'a.txt' })).files.length, (await files.queryFileDescriptors().find()).items.length,
  ];
  equal(await seen(), [0, 0, 0, 0]);
  equal([(await folders.getFolder(id)).displayName, (await files.getFileDescriptor(file._id)).displayName], ['A', 'a.txt']);
  await pass(1001);
  equal(await seen(), [1, 1, 1, 1]);
});

scenario('failing processing', { needs: ['clock'], processing: { fail: ['VIDEO'] } }, async ({ put, files, pass, happened }) => {
  const { id } = await put('film.mp4');
  await pass(1000);
  equal((await files.getFileDescriptor(id)).operationStatus, 'FAILED');
  equal(await happened(), [`file_descriptor file_failed ${id}`]);
});

scenario('delayed deletions and restores', { needs: ['clock'], delayMs: 1000 }, async ({ files, folders, folder, upload, pass, look, trash }) => {
  const { _id } = await upload('a.txt', 'x');
  const id = await folder('A');
  await files.bulkDeleteFiles([_id]);
  await folders.bulkDeleteFolders([id]);
  equal([await look(), await trash()], [['A/', 'a.txt'], []], 'not yet');
  await pass(1000);
  equal([await look(), await trash()], [[], ['A/', 'a.txt']]);
  await files.bulkRestoreFilesFromTrashBin([_id]);
  equal(await look(), []);
  await pass(1000);
  equal([await look(), await trash()], [['a.txt'], ['A/']]);
});
