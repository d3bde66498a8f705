// Writes a fixture of the present version: `node tests/js/versions/make.mjs NAME`, after `cargo xtask build`.
//
// NAME is the commit or release that the package in dist/ was built from. The fixture goes to tests/data/versions/NAME, whose
// README says what each file is. Never overwrite the fixture of a version that was published: what it wrote cannot change.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { noise } from '../harness/bytes.js';
import { createManager } from '../harness/package.js';
import { present } from '../harness/present.js';
import { KINDS, samples } from '../scenarios/samples.js';
import { clientOf, IMPORT_URL, OPTIONS, SAMPLES, UPLOAD, visible } from './contents.js';

/** @import { GenerateFileUploadUrlOptions, MediaManager } from '../harness/package.js' */

const [name, ...rest] = process.argv.slice(2);
if (!name || rest.length > 0) {
  console.error('Usage: node tests/js/versions/make.mjs NAME');
  process.exit(2);
}
const folder = fileURLToPath(new URL(`../../data/versions/${name}/`, import.meta.url));
if (existsSync(folder)) {
  console.error(`${folder} exists already; a fixture is written once`);
  process.exit(2);
}
const storage = { directory: join(folder, 'storage') };
const sessions = { directory: join(folder, 'uploads') };

// Until the end the receiver of webhooks answers 500, so that deliveries stay pending.
globalThis.fetch = async () => new Response(null, { status: 500 });

/**
 * Uploads a file through its upload URL.
 *
 * @param {MediaManager} manager
 * @param {string} fileName
 * @param {string} mimeType
 * @param {BodyInit} content
 * @param {GenerateFileUploadUrlOptions} [options]
 */
async function put(manager, fileName, mimeType, content, options) {
  const { uploadUrl } = await manager.client.files.generateFileUploadUrl(mimeType, { fileName, ...options });
  const response = await manager.fetch(present(uploadUrl), { method: 'PUT', headers: { 'content-type': mimeType }, body: content });
  const { file } = await response.json();
  if (!file) throw new Error(`the upload of ${fileName} failed with ${response.status}`);
  return file;
}

/**
 * Starts a resumable upload and cuts it off at its third chunk, when two are confirmed and recorded.
 *
 * @param {MediaManager} manager
 */
async function interruptedUpload(manager) {
  const controller = new AbortController();
  const client = clientOf(manager, async (/** @type {any} */ url, /** @type {any} */ init) => {
    const isThird = init.method === 'PATCH' && new Headers(init.headers).get('upload-offset') === String(2 * UPLOAD.chunkSizeInBytes);
    if (!isThird) return manager.fetch(url, init);
    controller.abort();
    throw controller.signal.reason;
  });
  const { displayName, chunkSizeInBytes } = UPLOAD;
  const options = { displayName, protocol: /** @type {const} */ ('tus'), chunkSizeInBytes, sessions, signal: controller.signal };
  await assert.rejects(client.uploads.upload(noise(UPLOAD.size, UPLOAD.seed), options), { name: 'AbortError' });
}

await mkdir(folder, { recursive: true });
const manager = await createManager({ ...OPTIONS, storage });
const { files, folders } = manager.client;

const { folder: folderOfSamples } = await folders.createFolder('Samples');
const { folder: nested } = await folders.createFolder('Nested – 猫', { parentFolderId: present(folderOfSamples)._id });
/** @type {Record<string, { id: string }>} */
const made = {};
for (const kind of SAMPLES) {
  made[kind] = await put(manager, `sample.${kind}`, KINDS[kind][0], samples[kind], { parentFolderId: present(folderOfSamples)._id });
}
const secret = await put(manager, 'secret.txt', 'text/plain', 'for members only', {
  parentFolderId: present(nested)._id,
  private: true,
  labels: ['quarterly', 'red'],
  externalInfo: { origin: 'fixture', externalIds: ['1'] },
});
await files.updateFileDescriptor({ _id: made.png.id, displayName: 'renamed.png', labels: ['dot'] });

await manager.clock.advance(60_000);
const { folder: trashed } = await folders.createFolder('Trashed folder');
const inside = await put(manager, 'inside.txt', 'text/plain', 'in a trashed folder', { parentFolderId: present(trashed)._id });
const deleted = await put(manager, 'deleted.txt', 'text/plain', 'in the trash', { parentFolderId: present(nested)._id });
await files.bulkDeleteFiles([deleted.id]);
await folders.bulkDeleteFolders([present(present(trashed)._id)]);

const downloads = {
  file: present((await files.generateFileDownloadUrl(secret.id, { expirationInMinutes: 1440 })).downloadUrls)[0].url,
  files: (await files.generateFilesDownloadUrl([made.txt.id, made.pdf.id])).downloadUrl,
  folder: (await folders.generateFolderDownloadUrl(present(present(folderOfSamples)._id))).downloadUrl,
};
const unusedUpload = await files.generateFileUploadUrl('text/plain', { fileName: 'late.txt' });
await interruptedUpload(manager);
const archive = new Uint8Array(await new Response(await manager.export()).arrayBuffer());
await writeFile(join(folder, 'archive.zip'), archive);
// Every delivery so far has failed once by now.
await new Promise((resolve) => setTimeout(resolve, 1000));
const expected = await visible(manager);

// Closed at once, so that the import can neither succeed nor fail.
const { file: pending } = await files.importFile(IMPORT_URL, { displayName: 'pending.png', parentFolderId: present(nested)._id });
await manager.close();
const catalog = join(storage.directory, 'catalog.db');
if (existsSync(`${catalog}-wal`)) throw new Error('the write-ahead log was not merged into the catalog');
await writeFile(`${catalog}.gz`, gzipSync(await readFile(catalog), { level: 9 }));
await rm(catalog);

/** @param {Uint8Array} bytes */
const md5 = (bytes) => createHash('md5').update(bytes).digest('hex');
const ids = { samples: present(folderOfSamples)._id, nested: present(nested)._id, secret: secret.id, trashedFolder: present(trashed)._id, inside: inside.id, deleted: deleted.id, pending: present(pending)._id };
const facts = { now: manager.clock.now(), ids, downloads, uploadUrl: unusedUpload.uploadUrl, archiveMd5: md5(archive), ...expected };
await writeFile(join(folder, 'expected.json'), `${JSON.stringify(facts, null, 1)}\n`);
console.log(`Wrote ${folder}`);
