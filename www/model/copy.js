// Copies of files. The service has no call for that, so the page downloads a file and uploads it again: a copy has the content, the
// labels and the visibility of the original, but another ID and address.
/** @import { CallOptions, Client, FileDescriptor } from 'wix-media.v2' */
/** @import { JobStep } from './job-kinds.js' */
import { say } from '../text/language.js';

/**
 * Reads a file. The host of the bytes may not let this page read them though the service answers: those of some sites are for
 * elements of pages only.
 *
 * @param {Client} client
 * @param {FileDescriptor} file
 * @param {CallOptions} call
 */
async function bytesOf({ downloads, files }, file, { signal }) {
  try {
    const response = await downloads.file(file, { signal });
    return await response.blob();
  } catch (error) {
    if (/** @type {{ code?: string }} */ (Object(error)).code !== 'NETWORK') throw error;
    await files.getFileDescriptor(String(file._id), { signal });
    throw new Error(say`The service does not let this page read the file. Download it, and upload it again.`, { cause: error });
  }
}

/**
 * Copies a file, and notes the ID of the copy in the step.
 *
 * @param {Client} client
 * @param {JobStep} step
 * @param {CallOptions} call
 */
export async function copyFile(client, step, call) {
  const { id, to, newName = step.name } = step;
  const file = await client.files.getFileDescriptor(id, call);
  const bytes = await bytesOf(client, file, call);
  const options = { displayName: newName, parentFolderId: to, mimeType: bytes.type || undefined, private: file.private === true, labels: file.labels ?? [] };
  const { signal } = call;
  const copy = await client.uploads.upload(bytes, { ...options, sessions: false, signal });
  step.copy = String(copy._id);
}

/**
 * Returns the job that moves copies to the trash. A job that went on after the page was closed knows only its latest copies, and
 * is not undone by half.
 *
 * @param {readonly JobStep[]} steps
 * @returns {{ kind: 'trash', steps: JobStep[] } | undefined}
 */
export function copiesToTrash(steps) {
  const copies = steps.flatMap(({ copy, newName, name }) => (copy ? [{ kind: /** @type {const} */ ('file'), id: copy, key: `file:${copy}`, name: newName ?? name }] : []));
  return copies.length === steps.length ? { kind: 'trash', steps: copies } : undefined;
}

/** The source code of a copy, for one file. @param {JobStep} step */
export const copySource = ({ id, to, newName, name }) =>
  `const original = await downloads.file('${id}');\nawait uploads.upload(await original.blob(), { displayName: ${JSON.stringify(newName ?? name)}, parentFolderId: '${to}' });`;
