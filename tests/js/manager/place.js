// Places for managers of a test.
import { present } from '../harness/present.js';

export { startManager as open, temporaryFolder as emptyDirectory } from '../harness/manager.js';

/**
 * @import { Client, GenerateFileUploadUrlOptions, MediaManager } from '../harness/package.js'
 */

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
