// Places for managers of a test.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManager } from '../harness/package.js';
import { present } from '../harness/present.js';

/**
 * @import { Client, GenerateFileUploadUrlOptions, ManagerOptions, MediaManager } from '../harness/package.js'
 * @import { Closing } from '../harness/types.d.ts'
 */

/**
 * An empty directory, which goes with the test.
 *
 * @param {Closing} t
 */
export async function emptyDirectory(t) {
  const directory = await mkdtemp(join(tmpdir(), 'wix-media-manager-'));
  t.after(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  return directory;
}

/**
 * A manager that is closed after the test.
 *
 * @param {Closing} t
 * @param {ManagerOptions} [options]
 */
export async function open(t, options) {
  const manager = await createManager(options);
  t.after(() => manager.close());
  return manager;
}

/**
 * Uploads a file and gives its descriptor in REST form.
 *
 * @param {MediaManager} manager
 * @param {string} fileName
 * @param {BodyInit} body
 * @param {{ mimeType?: string } & GenerateFileUploadUrlOptions} [options]
 */
export async function put(manager, fileName, body, { mimeType = 'application/octet-stream', ...options } = {}) {
  const { uploadUrl } = await manager.client.files.generateFileUploadUrl(mimeType, { fileName, ...options });
  const response = await manager.fetch(present(uploadUrl), { method: 'PUT', headers: { 'content-type': mimeType }, body, duplex: 'half' });
  const answer = await response.json();
  if (response.status !== 200) throw new Error(JSON.stringify(answer));
  return answer.file;
}

/**
 * Names of the files and folders at the top.
 *
 * @param {{ client: Client }} manager
 */
export async function top({ client: { files, folders } }) {
  const sort = /** @type {const} */ ({ fieldName: 'displayName', order: 'ASC' });
  const [below, beside] = [await folders.listFolders({ sort }), await files.listFiles({ sort })];
  return [...present(below.folders).map(({ displayName }) => `${displayName}/`), ...present(beside.files).map(({ displayName }) => displayName)];
}

/**
 * Ends the thread of a manager as a fault would.
 *
 * @param {MediaManager} manager
 */
export const kill = (manager) => /** @type {Record<symbol, () => Promise<void>>} */ (/** @type {unknown} */ (manager))[Symbol.for('wix-media.kill')]();
