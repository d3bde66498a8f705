import { equal, match, ok, pick } from '../check.js';
import { about, scenario } from '../scenario.js';
import { SITE } from '../world.js';

about('folders');

scenario('a folder is created in the root or in its parent', { needs: ['clock'] }, async ({ folders, folder, look, pass }) => {
  const { folder: animals } = await folders.createFolder('Animals');
  match(animals._id, /^[0-9a-f]{32}$/);
  equal(pick(animals, 'displayName', 'parentFolderId', 'state', 'siteId'), { displayName: 'Animals', parentFolderId: 'media-root', state: 'OK', siteId: SITE });
  ok(animals._createdDate instanceof Date && animals._updatedDate instanceof Date, 'dates are dates');
  equal(animals._createdDate, animals._updatedDate);
  await pass(1000);
  await folder('Foxes', animals._id);
  equal(await look(), ['Animals/']);
  equal(await look(animals._id), ['Foxes/']);
  // Adding content does not update the folder.
  equal(await folders.getFolder(animals._id), animals);
});

scenario('equal names are allowed', async ({ folder, look }) => {
  const [one, other] = [await folder('Twins'), await folder('Twins')];
  ok(one !== other);
  equal(await look(), ['Twins/', 'Twins/']);
});

scenario('valid and invalid names', async ({ folders, refused }) => {
  await refused(folders.createFolder('   '), { violations: ['displayName MIN_LENGTH'] });
  await refused(folders.createFolder('a/b'), { violations: ['displayName FORMAT'] });
  await refused(folders.createFolder('bell\u0007'), { violations: ['displayName FORMAT'] });
  await refused(folders.createFolder('x'.repeat(1001)), { violations: ['displayName MAX_LENGTH'] });
  for (const name of ['x'.repeat(1000), ' kept as it is ', '..', 'ἀλφα 🦊 ملف', "O'Brien %2F \\ \"quoted\"", '<img src=x onerror=alert(1)>']) {
    const { folder } = await folders.createFolder(name);
    equal(folder.displayName, name);
    equal((await folders.getFolder(folder._id)).displayName, name);
  }
});

scenario('an unknown folder', async ({ folders, refused }) => {
  const id = '0'.repeat(32);
  await refused(folders.getFolder(id), { status: 404, code: 'FOLDER_NOT_FOUND' });
  await refused(folders.updateFolder(id, { displayName: 'x' }), { status: 404, code: 'FOLDER_NOT_FOUND' });
  await refused(folders.generateFolderDownloadUrl(id), { status: 404, code: 'FOLDER_NOT_FOUND' });
  await refused(folders.createFolder('x', { parentFolderId: id }), { violations: ['options.parentFolderId PARENT_FOLDER_NOT_FOUND'] });
  equal((await folders.listFolders({ parentFolderId: id })).folders, []);
  equal(await folders.bulkDeleteFolders([id]), undefined);
  equal(await folders.bulkRestoreFoldersFromTrashBin([id, id]), undefined);
});

scenario('renaming and moving', { needs: ['clock'] }, async ({ folders, folder, upload, tree, pass }) => {
  const [a, b] = [await folder('A'), await folder('B')];
  const inner = await folder('Inner', a);
  const file = await upload('deep.txt', 'deep', { parentFolderId: inner });
  await pass(5000);
  const renamed = await folders.updateFolder(a, { displayName: 'Renamed' });
  equal([renamed.displayName, renamed.parentFolderId], ['Renamed', 'media-root']);
  ok(+renamed._updatedDate - +renamed._createdDate === 5000, 'a rename is an update');
  await pass(1000);
  const moved = await folders.updateFolder(a, { parentFolderId: b });
  equal([moved._id, moved.displayName, moved.parentFolderId], [a, 'Renamed', b]);
  equal(await tree(), ['B/', 'B/Renamed/', 'B/Renamed/Inner/', 'B/Renamed/Inner/deep.txt']);
  // Moving a folder does not touch what is in it.
  const below = await folders.getFolder(inner);
  equal(below._updatedDate, below._createdDate);
  ok(file._id);
  const both = await folders.updateFolder(a, { displayName: 'Back', parentFolderId: 'media-root' });
  equal([both.displayName, both.parentFolderId], ['Back', 'media-root']);
});

scenario('an empty update is refused', async ({ folders, folder, refused }) => {
  const id = await folder('A');
  await refused(folders.updateFolder(id, {}), { code: 'FIELD_MASK_IS_EMPTY_OR_MISSING' });
  await refused(folders.updateFolder(id, { state: 'DELETED' }), { code: 'FIELD_MASK_IS_EMPTY_OR_MISSING' });
  await refused(folders.updateFolder(id, { displayName: '' }), { violations: ['folder.displayName MIN_LENGTH'] });
});

scenario('cycles are refused', async ({ folders, folder, refused, tree }) => {
  const a = await folder('A');
  const b = await folder('B', a);
  const c = await folder('C', b);
  for (const target of [a, b, c]) {
    await refused(folders.updateFolder(a, { parentFolderId: target }), { violations: ['folder.parentFolderId FOLDER_CYCLE'] });
  }
  equal(await tree(), ['A/', 'A/B/', 'A/B/C/']);
});

scenario('nesting is limited to a hundred levels', async ({ folders, folder, refused }) => {
  let parent = 'media-root';
  for (let level = 1; level <= 100; level += 1) parent = await folder(`level ${level}`, parent);
  await refused(folders.createFolder('too deep', { parentFolderId: parent }), { violations: ['options.parentFolderId MAX_DEPTH'] });
  const other = await folder('other');
  await refused(folders.updateFolder(other, { parentFolderId: parent }), { violations: ['folder.parentFolderId MAX_DEPTH'] });
});

scenario('system folders can be read', async ({ folders }) => {
  for (const [id, displayName, parentFolderId] of [
    ['media-root', 'Site Files', ''],
    ['trash-root', 'Trash', ''],
    ['visitor-uploads', 'Visitor Uploads', ''],
    ['purchased-items', 'Purchased Items', 'media-root'],
    ['mobile-uploads', 'Mobile Uploads', 'media-root'],
    ['video-maker', 'Video Maker', 'media-root'],
  ]) {
    const found = await folders.getFolder(id);
    equal(pick(found, '_id', 'displayName', 'parentFolderId', 'state'), { _id: id, displayName, parentFolderId, state: 'OK' });
  }
});

scenario('system folders are read-only', async ({ folders, folder, refused, look }) => {
  const kept = await folder('Kept');
  for (const id of ['media-root', 'trash-root', 'visitor-uploads', 'purchased-items', 'mobile-uploads', 'video-maker']) {
    await refused(folders.bulkDeleteFolders([kept, id]), { code: 'SYSTEM_FOLDER' });
    await refused(folders.bulkDeleteFolders([id], { permanent: true }), { code: 'SYSTEM_FOLDER' });
    await refused(folders.updateFolder(id, { displayName: 'Mine' }), { code: 'SYSTEM_FOLDER' });
    await refused(folders.updateFolder(id, { parentFolderId: kept }), { code: 'SYSTEM_FOLDER' });
  }
  equal(await look(), ['Kept/']);
});

scenario('virtual folders are hidden, except Video Maker with content', async ({ folders, look, upload }) => {
  for (const parentFolderId of ['purchased-items', 'mobile-uploads']) await upload('in it.txt', 'text', { parentFolderId });
  await upload('visitor.txt', 'text', { parentFolderId: 'visitor-uploads' });
  equal(await look(), []);
  equal(await look('purchased-items'), ['in it.txt']);
  await upload('film.mp4', undefined, { parentFolderId: 'video-maker' });
  equal(await look(), ['Video Maker/']);
  const { folders: found } = await folders.searchFolders();
  equal(found.map(({ _id }) => _id).filter((id) => id.endsWith('-root') || id.endsWith('-uploads') || id.endsWith('-items')), []);
});

scenario('ids in a path are decoded once', async ({ json, folder }) => {
  const id = await folder('A');
  equal((await json(`/folders/%${id.charCodeAt(0).toString(16)}${id.slice(1)}`)).body.folder.id, id);
  equal((await json(`/folders/${id}%2Fx`)).status, 404);
});

scenario('older bodies of an update', async ({ json, folder }) => {
  const id = await folder('A');
  /** @param {unknown} body */
  const patch = async (body) => (await json(`/folders/${id}`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).body;
  equal((await patch({ displayName: 'flat' })).folder.displayName, 'flat');
  equal((await patch({ folder: { displayName: 'masked', parentFolderId: 'visitor-uploads' }, fieldMask: { paths: ['folder.displayName'] } })).folder, {
    ...(await json(`/folders/${id}`)).body.folder,
    displayName: 'masked',
    parentFolderId: 'media-root',
  });
  equal((await patch({ folder: { id: '0'.repeat(32), displayName: 'the path wins' } })).folder.displayName, 'the path wins');
});
