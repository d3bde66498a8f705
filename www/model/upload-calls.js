// The calls of an upload.
/** @import { UploadProgress } from 'wix-media.v2' */
/** @import { Calls } from './calls.js' */
/** @import { Upload } from './upload.js' */
import { javascript } from '../text/code.js';
import { say } from '../text/language.js';

/**
 * Sends a file. Resolves with its descriptor.
 *
 * @param {Calls} calls
 * @param {Upload} upload
 * @param {object} options
 * @param {string} options.parentFolderId
 * @param {AbortController} options.controller
 * @param {boolean} options.isQuiet Whether the panel of calls lists it among others.
 * @param {(progress: UploadProgress) => void} options.onProgress
 * @param {(bytes: number) => void} options.onSent
 */
export function sendFile(calls, { name, file, isRestored }, { parentFolderId, controller, isQuiet, onProgress, onSent }) {
  const source = `const file = await uploads.upload(blob, {
  parentFolderId: ${javascript(parentFolderId)},
  displayName: ${javascript(name)},
  onProgress: ({ confirmed, total }) => console.log(confirmed / total),
});`;
  return calls.run({ title: say`Upload “${name}”`, names: ['uploads'], source, controller, quiet: isQuiet, onSent }, (client) =>
    client.uploads.upload(file, {
      parentFolderId,
      displayName: name,
      onProgress,
      signal: controller.signal,
      // It may have arrived just before the page was closed.
      ...(isRestored && { onDuplicate: /** @type {const} */ ('reuse') }),
    }),
  );
}

/**
 * Has the service delete the session of a resumable upload.
 *
 * @param {Calls} calls
 * @param {Upload} upload
 */
export function cancelSession(calls, { session, name, isOver }) {
  if (!session || isOver) return;
  const about = {
    title: say`Cancel the upload of “${name}”`,
    names: ['uploads'],
    quiet: true,
    source: `await uploads.cancel(${javascript(session)});`,
  };
  // Ignore errors: the session expires by itself.
  calls.run(about, (client) => client.uploads.cancel(session)).catch(() => {});
}
