// A process that changes a Media Manager in a directory until it is killed. It writes down each change before it makes it,
// and again when it is acknowledged; what is written is with the reader, whatever happens to this process.
import { writeSync } from 'node:fs';
import { createManager } from '../harness/package.js';
import { present } from '../harness/present.js';
import { choose, contentOf, Model, random } from './model.js';

/**
 * @import { Client, MediaManager } from '../harness/package.js'
 * @import { Change, Items, NewFile, Order } from './model.js'
 */

/** @param {object} message */
const say = (message) => writeSync(1, `${JSON.stringify(message)}\n`);

/**
 * @param {Client} client
 * @param {MediaManager} manager
 * @param {NewFile} file
 */
async function upload({ files }, manager, { name, parent, labels, ...content }) {
  const { uploadUrl } = await files.generateFileUploadUrl('application/octet-stream', { fileName: name, parentFolderId: parent, labels });
  const answer = await manager.fetch(present(uploadUrl), { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: contentOf(content) });
  return answered(answer);
}

/**
 * @param {Client} client
 * @param {MediaManager} manager
 * @param {NewFile} file
 */
async function transfer({ files }, manager, { name, parent, labels, ...content }) {
  const { uploadUrl, uploadToken } = await files.generateFileResumableUploadUrl('application/octet-stream', { fileName: name, parentFolderId: parent, labels });
  const bytes = contentOf(content);
  const headers = { 'tus-resumable': '1.0.0', 'upload-length': String(bytes.length), 'upload-metadata': `token ${btoa(present(uploadToken))}` };
  const created = await manager.fetch(present(uploadUrl), { method: 'POST', headers });
  const location = new URL(present(created.headers.get('location')), uploadUrl);
  const step = Math.ceil(bytes.length / 3);
  for (let offset = 0; offset < bytes.length; offset += step) {
    const chunk = { 'tus-resumable': '1.0.0', 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' };
    const { status } = await manager.fetch(location, { method: 'PATCH', headers: chunk, body: bytes.subarray(offset, offset + step) });
    if (status !== 204) throw new Error(`a chunk was answered with ${status}`);
  }
  return answered(await manager.fetch(`${uploadUrl}/${uploadToken}`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{}' }));
}

/** @param {Response} answer */
async function answered(answer) {
  const { file, ...refusal } = await answer.json();
  if (!file) throw new Error(JSON.stringify(refusal));
  return file.id;
}

/**
 * Makes a change; resolves to the id of what is new.
 *
 * @param {MediaManager} manager
 * @param {Change} change
 */
async function make(manager, change) {
  const { files, folders } = manager.client;
  const { what, kind, id = '', ids = [], name = '', parent, labels } = change;
  const ofFiles = kind === 'file';
  if (what === 'folder') return present((await folders.createFolder(name, { parentFolderId: parent })).folder)._id;
  if (what === 'upload') return upload(manager.client, manager, change);
  if (what === 'transfer') return transfer(manager.client, manager, change);
  if (what === 'update') await (ofFiles ? files.updateFileDescriptor({ _id: id, displayName: change.name, parentFolderId: parent, labels }) : folders.updateFolder(id, { displayName: name }));
  if (what === 'delete') await (ofFiles ? files.bulkDeleteFiles(ids) : folders.bulkDeleteFolders(ids));
  if (what === 'restore') await (ofFiles ? files.bulkRestoreFilesFromTrashBin(ids) : folders.bulkRestoreFoldersFromTrashBin(ids));
  if (what === 'erase') await (ofFiles ? files.bulkDeleteFiles(ids, { permanent: true }) : folders.bulkDeleteFolders(ids, { permanent: true }));
  return undefined;
}

/**
 * Several of these run side by side; none touches what another one made.
 *
 * @param {MediaManager} manager
 * @param {number} worker
 * @param {Items} items
 * @param {number} seed
 */
async function work(manager, worker, items, seed) {
  const model = new Model(items);
  const choice = random(seed);
  for (let number = 0; ; number += 1) {
    const change = choose(model, choice, `${seed}-${number}`);
    say({ worker, begun: change });
    const id = await make(manager, change);
    say({ worker, done: id ?? null });
    model.apply(change, id);
  }
}

process.on('message', async (/** @type {Order} */ { directory, workers, seed }) => {
  try {
    const manager = await createManager({ storage: { directory } });
    await Promise.all(workers.map((items, worker) => work(manager, worker, items, seed * 10 + worker)));
  } catch (/** @type {any} */ error) {
    say({ done: null, failed: String(error.stack ?? error), cause: String(error.cause?.stack ?? error.cause ?? '') });
    process.exit(1);
  }
});

// Once in memory, so that the time until the first change in the directory is not that of compiling.
const rehearsal = await createManager();
await upload(rehearsal.client, rehearsal, { name: 'x.bin', size: 1, seed: 1 });
await rehearsal.close();
say({ ready: true });
