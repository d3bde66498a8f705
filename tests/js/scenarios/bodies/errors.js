import { equal, match, ok } from '../check.js';
import { about, scenario } from '../scenario.js';

about('errors');

scenario('every answer has a request id', async ({ folders, json, refused }) => {
  const ids = [];
  for (const path of ['/folders', '/folders/nothing', '/nowhere']) ids.push((await json(path)).headers.get('x-wix-request-id'));
  for (const id of ids) match(id, /^[0-9a-f-]{36}$/);
  equal(new Set(ids).size, 3);
  const error = await refused(folders.getFolder('nothing'), { status: 404, code: 'FOLDER_NOT_FOUND' });
  match(error.details.requestId, /^[0-9a-f-]{36}$/);
});

scenario('invalid bodies and paths', async ({ post, json, answered, send }) => {
  answered(await post('/folders', '{"displayName":'), { status: 400, code: 'INVALID_ARGUMENT' });
  answered(await post('/folders', '["displayName"]'), { status: 400, code: 'INVALID_ARGUMENT' });
  equal((await json('/nowhere')).status, 404);
  equal((await json('/files/a/b/c/d')).status, 404);
  const wrong = await json('/folders', { method: 'PUT' });
  equal([wrong.status, wrong.headers.get('allow')?.includes('POST')], [405, true]);
  equal((await send('http://media.test/nothing-here')).status, 404);
  equal((await json('/folders/%zz')).status, 404);
});

scenario('unknown members are ignored', async ({ post }) => {
  const { status, body } = await post('/folders', { displayName: 'A', parentFolderId: null, colour: 'red', displayname: 'b' });
  equal([status, body.folder.displayName, body.folder.parentFolderId], [200, 'A', 'media-root']);
});

scenario('all violations are reported together, sorted', async ({ post }) => {
  const { status, body } = await post('/files/search', { search: 'x'.repeat(201), paging: { limit: 1000 }, private: 'yes', rootFolder: 'x' });
  equal(status, 400);
  const { fieldViolations } = body.details.validationError;
  equal(fieldViolations.map((/** @type {{ field: string }} */ { field }) => field), ['paging.limit', 'private', 'rootFolder', 'search']);
  match(body.message, /^INVALID_ARGUMENT: "paging\.limit" /);
  equal(fieldViolations[0].data, { threshold: 100 });
});

scenario('wrong types', async ({ post }) => {
  for (const [path, body, field] of /** @type {[path: string, body: unknown, field: string][]} */ ([
    ['/folders', { displayName: 7 }, 'displayName'],
    ['/folders', { displayName: 'x', parentFolderId: {} }, 'parentFolderId'],
    ['/folders', {}, 'displayName'],
    ['/files/get-files', { fileIds: 'x' }, 'fileIds'],
    ['/files/get-files', {}, 'fileIds'],
    ['/files/get-files', { fileIds: [1] }, 'fileIds[0]'],
    ['/bulk/files/delete', { fileIds: ['x'], permanent: 'yes' }, 'permanent'],
    ['/files/search', { mediaTypes: 'IMAGE' }, 'mediaTypes'],
    ['/files/generate-upload-url', { mimeType: [] }, 'mimeType'],
    ['/files/query', { query: 'all' }, 'query'],
  ])) {
    const answer = await post(path, body);
    equal([path, answer.status, answer.body.details.validationError?.fieldViolations[0].field], [path, 400, field]);
  }
});

scenario('limits of id lists', async ({ files, folders, refused }) => {
  await refused(files.getFileDescriptors([]), { violations: ['fileIds MIN_SIZE'] });
  await refused(files.getFileDescriptors(Array(101).fill('x')), { violations: ['fileIds MAX_SIZE'] });
  await refused(files.bulkDeleteFiles(Array(1001).fill('x')), { violations: ['fileIds MAX_SIZE'] });
  await refused(files.bulkRestoreFilesFromTrashBin(Array(1001).fill('x')), { violations: ['fileIds MAX_SIZE'] });
  await refused(folders.bulkDeleteFolders(Array(101).fill('x')), { violations: ['folderIds MAX_SIZE'] });
  await refused(folders.bulkRestoreFoldersFromTrashBin(Array(101).fill('x')), { violations: ['folderIds MAX_SIZE'] });
  await refused(files.getFileDescriptor('x'.repeat(1001)), { violations: ['fileId MAX_LENGTH'] });
  await refused(files.bulkDeleteFiles(['ok', 'x'.repeat(1001)]), { violations: ['fileIds[1] MAX_LENGTH'] });
  await refused(folders.bulkDeleteFolders(['x'.repeat(101)]), { violations: ['folderIds[0] MAX_LENGTH'] });
});

scenario('internal methods are not found', async ({ post }) => {
  ok([404, 405, 501].includes((await post('/files/sync-import', {})).status));
});

scenario('a refusal changes nothing', async ({ folders, files, folder, upload, refused, tree, happened }) => {
  const a = await folder('A');
  await upload('x.txt', 'x', { parentFolderId: a });
  const before = await tree();
  await happened();
  await refused(folders.bulkDeleteFolders([a, 'media-root'], { permanent: true }), { code: 'SYSTEM_FOLDER' });
  await refused(files.bulkDeleteFiles(['x'.repeat(1001)]), { violations: ['fileIds[0] MAX_LENGTH'] });
  await refused(folders.updateFolder(a, { displayName: 'B', parentFolderId: a }), { violations: ['folder.parentFolderId FOLDER_CYCLE'] });
  equal(await tree(), before);
  equal(await happened(), []);
});
