import { equal, match, ok } from '../check.js';
import { noise, samples, utf8 } from '../samples.js';
import { about, scenario } from '../scenario.js';
import { SITE } from '../world.js';

/** @import { World } from '../scenario.js' */

about('uploads');

/**
 * @param {Pick<World, 'manager'>} world
 * @param {string} url
 * @param {BodyInit} body
 * @param {Record<string, string>} [headers]
 */
const put = ({ manager }, url, body, headers = { 'content-type': 'text/plain' }) => manager.fetch(url, { method: 'PUT', headers, body });
/** @param {Response} response */
const saying = async (response) => ({ status: response.status, body: await response.json() });

scenario('a plain upload stores its bytes', async (world) => {
  const { files, bytes } = world;
  const content = noise(300_000);
  const { uploadUrl } = await files.generateFileUploadUrl('application/octet-stream', { fileName: 'noise.bin' });
  const { status, body } = await saying(await put(world, uploadUrl, content, { 'content-type': 'application/octet-stream' }));
  equal([status, body.file.sizeInBytes, body.file.mediaType, body.file.media], [200, '300000', 'OTHER', undefined]);
  equal(await bytes(body.file.url), content);
});

scenario('the name of the URL has priority, and one name is required', async (world) => {
  const { files } = world;
  const named = await files.generateFileUploadUrl('text/plain', { fileName: 'asked.txt' });
  equal((await saying(await put(world, `${named.uploadUrl}?filename=sent%20along.txt`, 'x'))).body.file.displayName, 'sent along.txt');
  const bare = await files.generateFileUploadUrl('text/plain');
  const refused = await saying(await put(world, bare.uploadUrl, 'x'));
  equal([refused.status, refused.body.details.validationError.fieldViolations[0].field], [400, 'filename']);
  equal((await saying(await put(world, `${bare.uploadUrl}?filename=later.txt`, 'x'))).body.file.displayName, 'later.txt', 'after a refusal the URL may be used again');
});

scenario('names get the extension of their type and are truncated', async ({ put: upload }) => {
  equal((await upload('photo', samples.png, { mimeType: 'image/png' })).displayName, 'photo.png');
  const { displayName } = await upload(`${'x'.repeat(500)}.txt`, 'x', { mimeType: 'text/plain' });
  equal([displayName.length, displayName.slice(-5)], [255, 'x.txt']);
});

scenario('a URL works once', async (world) => {
  const { files, answered } = world;
  const { uploadUrl } = await files.generateFileUploadUrl('text/plain', { fileName: 'once.txt' });
  equal((await put(world, uploadUrl, 'x')).status, 200);
  answered(await saying(await put(world, uploadUrl, 'x')), { status: 409, code: 'UPLOAD_ALREADY_COMPLETED' });
  equal((await files.listFiles()).files.length, 1);
});

scenario('a URL expires after a day and cannot be forged', { needs: ['clock'] }, async (world) => {
  const { files, pass, answered } = world;
  const { uploadUrl } = await files.generateFileUploadUrl('text/plain', { fileName: 'late.txt' });
  answered(await saying(await put(world, `${uploadUrl.slice(0, -3)}abc`, 'x')), { status: 403, code: 'UPLOAD_TOKEN_INVALID' });
  answered(await saying(await put(world, uploadUrl.replace(/upload\/.*/, 'upload/made-up'), 'x')), { status: 403, code: 'UPLOAD_TOKEN_INVALID' });
  await pass(24 * 3_600_000);
  await pass(11_000);
  answered(await saying(await put(world, uploadUrl, 'x')), { status: 403, code: 'UPLOAD_TOKEN_EXPIRED' });
  equal((await files.listFiles()).files, []);
});

scenario('credentials on an upload are refused', async (world) => {
  const { uploadUrl } = await world.files.generateFileUploadUrl('text/plain', { fileName: 'x.txt' });
  equal((await put(world, uploadUrl, 'x', { 'content-type': 'text/plain', authorization: 'key' })).status, 400);
  equal((await put(world, uploadUrl, 'x')).status, 200);
});

scenario('mismatching types are refused', async (world) => {
  const { files, refused, answered } = world;
  await refused(files.generateFileUploadUrl('image/png', { fileName: 'film.mp4' }), { code: 'MISMATCH_MIME_TYPE' });
  await refused(files.generateFileUploadUrl('image', { fileName: 'x.png' }), { code: 'UNSUPPORTED_FILE_FORMAT' });
  await refused(files.generateFileUploadUrl('model/gltf-binary', { fileName: 'x.glb', private: true }), { code: 'UNSUPPORTED_FILE_FORMAT' });
  await refused(files.generateFileUploadUrl('text/plain', { fileName: 'x.txt', sizeInBytes: '0' }), { code: 'ZERO_FILE_SIZE' });
  const { uploadUrl } = await files.generateFileUploadUrl('image/png', { fileName: 'lie.png' });
  answered(await saying(await put(world, uploadUrl, samples.mp4, { 'content-type': 'image/png' })), { status: 400, code: 'MISMATCH_MIME_TYPE' });
  answered(await saying(await put(world, uploadUrl, '', { 'content-type': 'image/png' })), { status: 400, code: 'ZERO_FILE_SIZE' });
  const { status, body } = await saying(await put(world, uploadUrl, samples.png, { 'content-type': 'image/png' }));
  equal([status, body.file.mediaType], [200, 'IMAGE'], 'after refusals the URL may be used again');
  equal((await files.listFiles()).files.length, 1);
});

scenario('a missing type is detected', async (world) => {
  const { put: upload } = world;
  equal((await upload('by name.pdf', samples.pdf, { mimeType: 'application/octet-stream' })).mediaType, 'DOCUMENT');
  equal((await upload('by its bytes', samples.png, { mimeType: 'application/octet-stream' })).mediaType, 'IMAGE');
  const wrong = await upload('really a gif.png', samples.gif, { mimeType: 'image/png' });
  equal([wrong.mediaType, wrong.mimeType, wrong.media.image.image.width], ['IMAGE', 'image/gif', 4]);
});

scenario('size limits and the quota are enforced', { limits: { sizeInBytes: { IMAGE: 50, DOCUMENT: 100 }, quotaInBytes: 150 } }, async (world) => {
  const { files, refused, answered, upload } = world;
  await refused(files.generateFileUploadUrl('image/png', { fileName: 'x.png', sizeInBytes: '51' }), { code: 'FILE_SIZE_OVER_LIMIT' });
  const { uploadUrl } = await files.generateFileUploadUrl('text/plain', { fileName: 'x.txt', sizeInBytes: '1' });
  answered(await saying(await put(world, uploadUrl, 'x'.repeat(101))), { status: 413, code: 'FILE_SIZE_OVER_LIMIT' });
  equal((await put(world, uploadUrl, 'x'.repeat(100))).status, 200, 'the real size counts');
  const error = await refused(files.generateFileUploadUrl('text/plain', { fileName: 'y.txt', sizeInBytes: '51' }), { code: 'SITE_QUOTA_EXCEEDED' });
  equal(error.details.applicationError.data.quota.storage, '150');
  const second = await files.generateFileUploadUrl('text/plain', { fileName: 'y.txt' });
  answered(await saying(await put(world, second.uploadUrl, 'x'.repeat(51))), { status: 400, code: 'SITE_QUOTA_EXCEEDED' });
  await upload('fits.txt', 'x'.repeat(50));
  await refused(files.generateFileResumableUploadUrl('text/plain', { fileName: 'z.txt' }), { code: 'SITE_QUOTA_EXCEEDED' });
  const { files: found } = await files.listFiles();
  await files.bulkDeleteFiles(found.map(({ _id }) => _id), { permanent: true });
  ok(await upload('again.txt', 'x'), 'what is deleted for good leaves room');
});

scenario('folders of a path are created once, when the bytes arrive', async (world) => {
  const { files, put: upload, tree, folder } = world;
  await files.generateFileUploadUrl('text/plain', { fileName: 'never.txt', filePath: '/never/sent' });
  equal(await tree(), []);
  const base = await folder('base');
  for (const [name, options] of /** @type {[string, Record<string, string>][]} */ ([
    ['1.txt', { filePath: '/videos/2024/december' }],
    ['2.txt', { filePath: 'videos//2024/' }],
    ['3.txt', { filePath: '/videos/2024', parentFolderId: base }],
    ['4.txt', { filePath: '/Videos' }],
    ['5.txt', { filePath: '..' }],
  ])) await upload(name, 'x', options);
  equal(await tree(), [
    '../', '../5.txt', 'Videos/', 'Videos/4.txt', 'base/', 'base/videos/', 'base/videos/2024/', 'base/videos/2024/3.txt',
    'videos/', 'videos/2024/', 'videos/2024/2.txt', 'videos/2024/december/', 'videos/2024/december/1.txt',
  ].sort());
});

scenario('a path takes the oldest of equal folders, and none from the trash', { needs: ['clock'] }, async ({ folder, folders, put: upload, pass }) => {
  const gone = await folder('same');
  await folders.bulkDeleteFolders([gone]);
  await pass(1000);
  const oldest = await folder('same');
  await pass(1000);
  await folder('same');
  equal((await upload('x.txt', 'x', { filePath: '/same' })).parentFolderId, oldest);
});

scenario('uploads of visitors go to the visitor folder', async ({ post, manager, files }) => {
  for (const [origin, parentFolderId] of [[undefined, 'media-root'], ['visitor', 'visitor-uploads'], ['mobile', 'mobile-uploads'], ['purchase', 'purchased-items'], ['video-maker', 'video-maker']]) {
    /** @type {Record<string, string>} */
    const headers = origin ? { 'wix-media-origin': origin } : {};
    const { body } = await post('/files/generate-upload-url', { mimeType: 'text/plain', fileName: `${origin}.txt` }, headers);
    const response = await manager.fetch(body.uploadUrl, { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'x' });
    equal([origin, (await response.json()).file.parentFolderId], [origin, parentFolderId]);
  }
  /** @param {string} rootFolder */
  const scope = async (rootFolder) => (await files.searchFiles({ rootFolder, sort: { fieldName: 'displayName', order: 'ASC' } })).files.map(({ displayName }) => displayName);
  equal(await scope('MEDIA_ROOT'), ['mobile.txt', 'purchase.txt', 'undefined.txt', 'video-maker.txt']);
  equal(await scope('VISITOR_UPLOADS_ROOT'), ['visitor.txt']);
});

scenario('a folder deleted during the upload is refused', async (world) => {
  const { files, folders, folder } = world;
  const id = await folder('Going');
  const { uploadUrl } = await files.generateFileUploadUrl('text/plain', { fileName: 'x.txt', parentFolderId: id });
  await folders.bulkDeleteFolders([id]);
  const { status, body } = await saying(await put(world, uploadUrl, 'x'));
  equal([status, body.details.validationError.fieldViolations[0].ruleName], [400, 'PARENT_FOLDER_IN_TRASH']);
  await folders.bulkRestoreFoldersFromTrashBin([id]);
  equal((await put(world, uploadUrl, 'x')).status, 200);
});

scenario('concurrent uploads', async ({ upload, files, bytes }) => {
  const contents = Array.from({ length: 20 }, (_, number) => noise(20_000 + number, number + 1));
  const made = await Promise.all(contents.map((content, number) => upload(`${number}.bin`, content)));
  for (const [number, file] of made.entries()) equal(await bytes(file.url), contents[number], `file ${number}`);
  equal((await files.listFiles({ paging: { limit: 100 } })).files.length, 20);
});

scenario('a streamed body', async (world) => {
  const { files, manager, bytes } = world;
  const { uploadUrl } = await files.generateFileUploadUrl('text/plain', { fileName: 'pieces.txt' });
  const pieces = ['one, ', 'two, ', '', 'three'].map(utf8);
  const body = new ReadableStream({ pull: (stream) => (pieces.length ? stream.enqueue(pieces.shift()) : stream.close()) });
  const response = await manager.fetch(uploadUrl, { method: 'PUT', headers: { 'content-type': 'text/plain' }, body, duplex: 'half' });
  const { file } = await response.json();
  equal(await bytes(file.url), utf8('one, two, three'));
});

scenario('an interrupted upload leaves nothing', async (world) => {
  const { files, manager } = world;
  const { uploadUrl } = await files.generateFileUploadUrl('text/plain', { fileName: 'broken.txt' });
  let sent = 0;
  const body = new ReadableStream({
    pull(stream) {
      if (sent++ < 3) stream.enqueue(utf8('some bytes'));
      else stream.error(new Error('the line is dead'));
    },
  });
  const outcome = await manager.fetch(uploadUrl, { method: 'PUT', headers: { 'content-type': 'text/plain' }, body, duplex: 'half' }).then(({ status }) => status, () => 'rejected');
  ok(typeof outcome === 'string' || outcome >= 400, `the outcome is ${outcome}`);
  equal((await files.listFiles()).files, []);
  equal((await put(world, uploadUrl, 'whole')).status, 200);
});

scenario('the answer is a descriptor in REST form', async ({ put: upload }) => {
  const file = await upload('rest.png', samples.png, { externalInfo: { origin: 'test', externalIds: ['1'] } });
  equal([file.siteId, typeof file.createdDate, file._id, file.externalInfo], [SITE, 'string', undefined, undefined]);
  match(file.createdDate, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

scenario('the arguments of an upload URL are checked', async ({ files, refused }) => {
  await refused(files.generateFileUploadUrl(''), { violations: ['mimeType REQUIRED_FIELD'] });
  await refused(files.generateFileUploadUrl('x'.repeat(101)), { violations: ['mimeType MAX_LENGTH'] });
  await refused(files.generateFileUploadUrl('text/plain', { sizeInBytes: 'many' }), { violations: ['options.sizeInBytes FORMAT'] });
  await refused(files.generateFileUploadUrl('text/plain', { sizeInBytes: '-1' }), { violations: ['options.sizeInBytes DECIMAL_GTE'] });
  await refused(files.generateFileUploadUrl('text/plain', { labels: Array(51).fill('x') }), { violations: ['options.labels MAX_SIZE'] });
  await refused(files.generateFileUploadUrl('text/plain', { filePath: 'x'.repeat(101) }), { violations: ['options.filePath MAX_LENGTH'] });
  await refused(files.generateFileUploadUrl('text/plain', { fileName: 'x'.repeat(1001) }), { violations: ['options.fileName MAX_LENGTH'] });
  await refused(files.generateFileUploadUrl('text/plain', { fileName: ' ' }), { violations: ['options.fileName MIN_LENGTH'] });
  await refused(files.generateFileUploadUrl('text/plain', { parentFolderId: '0'.repeat(32) }), { violations: ['options.parentFolderId PARENT_FOLDER_NOT_FOUND'] });
  await refused(files.generateFileResumableUploadUrl('text/plain', { labels: Array(501).fill('x') }), { violations: ['options.labels MAX_SIZE'] });
  ok(await files.generateFileResumableUploadUrl('text/plain', { labels: Array(500).fill('x') }));
});
