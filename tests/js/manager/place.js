// Places for managers of a test.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManager } from '../harness/package.js';

/** An empty directory, which goes with the test. */
export async function emptyDirectory(t) {
  const directory = await mkdtemp(join(tmpdir(), 'wix-media-manager-'));
  t.after(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  return directory;
}

/** A manager that is closed after the test. */
export async function open(t, options) {
  const manager = await createManager(options);
  t.after(() => manager.close());
  return manager;
}

/** Uploads a file and gives its descriptor in REST form. */
export async function put(manager, fileName, body, { mimeType = 'application/octet-stream', ...options } = {}) {
  const { uploadUrl } = await manager.client.files.generateFileUploadUrl(mimeType, { fileName, ...options });
  const response = await manager.fetch(uploadUrl, { method: 'PUT', headers: { 'content-type': mimeType }, body, duplex: 'half' });
  const answer = await response.json();
  if (response.status !== 200) throw new Error(JSON.stringify(answer));
  return answer.file;
}

/** Names of the files and folders at the top. */
export async function top({ client: { files, folders } }) {
  const sort = { fieldName: 'displayName', order: 'ASC' };
  const [below, beside] = [await folders.listFolders({ sort }), await files.listFiles({ sort })];
  return [...below.folders.map(({ displayName }) => `${displayName}/`), ...beside.files.map(({ displayName }) => displayName)];
}
