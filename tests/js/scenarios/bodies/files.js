import { equal, match, ok, pick } from '../check.js';
import { samples, KINDS } from '../samples.js';
import { about, scenario } from '../scenario.js';
import { SITE } from '../world.js';

/**
 * @import { FileDescriptor } from '../../harness/package.js'
 * @import { Kind } from '../samples.js'
 * @import { Whole } from '../types.d.ts'
 */

about('files');

scenario('a descriptor describes its file', async ({ upload, files, sample }) => {
  const file = await upload('river at dawn.png', samples.png, { labels: ['water', 'dawn'] });
  match(file._id, /^[0-9a-f]{6}_[0-9a-f]{32}~mv2\.png$/);
  equal(pick(file, 'displayName', 'parentFolderId', 'hash', 'sizeInBytes', 'private', 'mediaType', 'operationStatus', 'labels', 'siteId', 'state'), {
    displayName: 'river at dawn.png',
    parentFolderId: 'media-root',
    hash: '1d0f6333ca51649832225ebe63b0416b',
    sizeInBytes: String(samples.png.length),
    private: false,
    mediaType: 'IMAGE',
    operationStatus: 'READY',
    labels: ['water', 'dawn'],
    siteId: SITE,
    state: 'OK',
  });
  equal(file.media.image.image, `wix:image://v1/${file._id}/river%20at%20dawn.png#originWidth=3&originHeight=2`);
  ok(file._createdDate instanceof Date);
  match(file.url, new RegExp(`/media/${file._id}$`));
  equal(file.thumbnailUrl, file.url);
  const other = await sample('gif');
  const { files: both } = await files.getFileDescriptors([other._id, file._id, file._id.replace('~', 'x')]);
  equal(both.map(({ _id }) => _id), [other._id, file._id], 'the order of the request, without what is unknown');
});

scenario('each kind of file', { needs: ['clock'] }, async ({ sample, pass, files }) => {
  const kinds = /** @type {Kind[]} */ (Object.keys(KINDS));
  /** @type {Record<string, Whole<FileDescriptor>>} */
  const seen = {};
  for (const kind of kinds) seen[kind] = await sample(kind);
  await pass(1000);
  for (const [kind, [, mediaType]] of Object.entries(KINDS)) {
    const file = await files.getFileDescriptor(seen[kind]._id);
    equal([kind, file.mediaType, file.operationStatus, file.displayName], [kind, mediaType, 'READY', `${kind} sample.${kind}`]);
    const name = { IMAGE: 'image', VIDEO: 'video', AUDIO: 'audio', DOCUMENT: 'document', VECTOR: 'vector', ARCHIVE: 'archive', MODEL3D: 'model3d' }[mediaType];
    equal(Object.keys(file.media), [name], `the media of ${kind}`);
  }
  /** @param {string} kind */
  const find = async (kind) => (await files.getFileDescriptor(seen[kind]._id)).media;
  equal((await find('gif')).image.image, `wix:image://v1/${seen.gif._id}/gif%20sample.gif#originWidth=4&originHeight=5`);
  equal((await find('svg')).vector.image, `wix:image://v1/${seen.svg._id}/svg%20sample.svg#originWidth=64&originHeight=32`);
  equal((await find('pdf')).document, `wix:document://v1/${seen.pdf._id}/pdf%20sample.pdf`);
  match((await find('mp4')).video, new RegExp(`^wix:video://v1/${seen.mp4._id}/mp4%20sample\\.mp4`));
  match(seen.mp4._id, /^[0-9a-f]{6}_[0-9a-f]{32}$/);
  const { audio } = await find('wav');
  equal([audio.duration, audio.format, audio.sizeInBytes, audio.assets.length], [1000, 'wav', String(samples.wav.length), 1]);
  equal((await find('zip')).archive.filename, 'zip sample.zip');
  equal((await find('glb')).model3d.filename, 'glb sample.glb');
});

scenario('files by media URLs', async ({ sample, files }) => {
  const file = await sample('png');
  const { image } = file.media.image;
  equal((await files.getFileDescriptor(image))._id, file._id);
  equal((await files.getFileDescriptors([image, `image://v1/${file._id}/x.png`])).files.map(({ _id }) => _id), [file._id], 'each file once');
  equal((await files.updateFileDescriptor({ _id: image, displayName: 'by URL.png' })).displayName, 'by URL.png');
  await files.bulkDeleteFiles([image]);
  equal((await files.getFileDescriptor(file._id)).state, 'DELETED');
  await files.bulkRestoreFilesFromTrashBin([image]);
  equal((await files.getFileDescriptor(file._id)).state, 'OK');
});

scenario('unknown files', async ({ files, refused, sample }) => {
  const id = 'abcdef_00000000000000000000000000000000~mv2.jpg';
  await refused(files.getFileDescriptor(id), { code: 'RESOURCE_NOT_FOUND' });
  await refused(files.getFileDescriptors([id]), { code: 'RESOURCE_NOT_FOUND' });
  await refused(files.updateFileDescriptor({ _id: id, displayName: 'x' }), { code: 'RESOURCE_NOT_FOUND' });
  await refused(files.generateFileDownloadUrl(id), { code: 'RESOURCE_NOT_FOUND' });
  await refused(files.generateFilesDownloadUrl([id]), { code: 'RESOURCE_NOT_FOUND' });
  await refused(files.generateVideoStreamingUrl(id), { code: 'RESOURCE_NOT_FOUND' });
  const file = await sample('txt');
  equal(await files.bulkDeleteFiles([id, file._id, file._id]), undefined);
  equal(await files.bulkRestoreFilesFromTrashBin([id, file._id, file._id]), undefined);
  equal(await files.bulkDeleteFiles([]), undefined);
  equal(await files.bulkRestoreFilesFromTrashBin([]), undefined);
  equal((await files.getFileDescriptor(file._id)).state, 'OK');
});

scenario('renaming, labelling, moving', { needs: ['clock'] }, async ({ files, folder, sample, pass, look }) => {
  const file = await sample('png', { labels: ['one'] });
  await pass(2000);
  const renamed = await files.updateFileDescriptor({ _id: file._id, displayName: 'river' });
  equal([renamed.displayName, renamed.labels, renamed.url], ['river', ['one'], file.url]);
  equal(renamed.media.image.image, `wix:image://v1/${file._id}/river#originWidth=3&originHeight=2`);
  ok(+renamed._updatedDate - +file._updatedDate === 2000 && +renamed._createdDate === +file._createdDate);
  const labelled = await files.updateFileDescriptor({ _id: file._id, labels: ['two', 'three'] });
  equal([labelled.labels, labelled.displayName], [['two', 'three'], 'river']);
  equal((await files.updateFileDescriptor({ _id: file._id, labels: [] })).labels, []);
  const target = await folder('Target');
  const moved = await files.updateFileDescriptor({ _id: file._id, parentFolderId: target });
  equal(moved.parentFolderId, target);
  equal([await look(), await look(target)], [['Target/'], ['river']]);
  // A whole descriptor can be sent back; its read-only members are ignored.
  const again = await files.updateFileDescriptor({ ...moved, displayName: 'river.png', hash: 'x', sizeInBytes: '0', state: 'DELETED' });
  equal([again.displayName, again.hash, again.sizeInBytes, again.state, again.parentFolderId], ['river.png', file.hash, file.sizeInBytes, 'OK', target]);
});

scenario('updates that are refused', async ({ files, folders, folder, sample, refused }) => {
  const file = await sample('txt');
  const { _id } = file;
  const gone = await folder('Gone');
  await folders.bulkDeleteFolders([gone]);
  await refused(files.updateFileDescriptor({ _id }), { code: 'FIELD_MASK_IS_EMPTY_OR_MISSING' });
  await refused(files.updateFileDescriptor({ _id, hash: 'x' }), { code: 'FIELD_MASK_IS_EMPTY_OR_MISSING' });
  await refused(files.updateFileDescriptor({ _id, labels: null }), { code: 'FIELD_MASK_IS_EMPTY_OR_MISSING' });
  await refused(files.updateFileDescriptor({ _id, displayName: ' ' }), { violations: ['file.displayName MIN_LENGTH'] });
  await refused(files.updateFileDescriptor({ _id, displayName: 'x'.repeat(256) }), { violations: ['file.displayName MAX_LENGTH'] });
  await refused(files.updateFileDescriptor({ _id, labels: Array(101).fill('x') }), { violations: ['file.labels MAX_SIZE'] });
  await refused(files.updateFileDescriptor({ _id, labels: ['x'.repeat(201)] }), { violations: ['file.labels[0] MAX_LENGTH'] });
  await refused(files.updateFileDescriptor({ _id, parentFolderId: '0'.repeat(32) }), { violations: ['file.parentFolderId PARENT_FOLDER_NOT_FOUND'] });
  await refused(files.updateFileDescriptor({ _id, parentFolderId: gone }), { violations: ['file.parentFolderId PARENT_FOLDER_IN_TRASH'] });
  await refused(files.updateFileDescriptor({ _id, parentFolderId: 'trash-root' }), { violations: ['file.parentFolderId PARENT_FOLDER_IN_TRASH'] });
  equal(await files.getFileDescriptor(_id), file);
});

scenario('field masks and older paths of an update', async ({ json, sample }) => {
  const { _id } = await sample('txt');
  /**
   * @param {string} path
   * @param {unknown} body
   */
  const patch = (path, body) => json(path, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const masked = await patch('/files/update-file-descriptor', { file: { id: _id, displayName: 'masked.txt', labels: ['not'] }, fieldMask: 'file.displayName' });
  equal([masked.status, masked.body.file.displayName, masked.body.file.labels], [200, 'masked.txt', []]);
  const legacy = await patch(`/files/${_id}/update`, { file: { displayName: 'legacy.txt' }, fieldMask: { paths: ['file.displayName'] } });
  equal([legacy.status, legacy.body.file.displayName], [200, 'legacy.txt']);
  const flat = await patch(`/files/${_id}`, { displayName: 'flat.txt', labels: ['flat'] });
  equal([flat.status, flat.body.file.displayName, flat.body.file.labels], [200, 'flat.txt', ['flat']]);
  equal((await json(`/files/${_id}`)).body.file.id, _id);
});

scenario('a video is pending, then ready', { needs: ['clock'] }, async ({ put, files, pass }) => {
  const { id, operationStatus, sizeInBytes, hash } = await put('film.mp4', samples.mp4);
  equal([operationStatus, sizeInBytes, hash.length], ['PENDING', String(samples.mp4.length), 32]);
  await pass(499);
  const pending = await files.getFileDescriptor(id);
  equal([pending.operationStatus, pending.media], ['PENDING', undefined]);
  equal((await files.listFiles()).files.map(({ operationStatus: status }) => status), ['PENDING'], 'pending files are listed');
  await pass(1);
  const ready = await files.getFileDescriptor(id);
  equal(ready.operationStatus, 'READY');
  ok(ready.media.video);
});

scenario('processing times are options', { needs: ['clock'], processing: { pendingMs: { IMAGE: 3000, VIDEO: 0 } } }, async ({ put, files, pass }) => {
  const film = await put('film.mp4', samples.mp4);
  equal(film.operationStatus, 'READY');
  const image = await put('image.png', samples.png);
  equal(image.operationStatus, 'PENDING');
  await pass(3000);
  equal((await files.getFileDescriptor(image.id)).operationStatus, 'READY');
});
