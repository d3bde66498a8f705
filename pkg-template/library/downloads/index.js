// Downloads: files, zips and whole folders.
import { downloadFolder } from './directory.js';
import { download } from './stream.js';

/** @import { DirectoryDownloadOptions, DownloadOptions, FileDownloadOptions } from '../../types/index.js' */
/** @import { Api, Digest, FileDescriptor } from '../internal.d.ts' */

/** @param {string | undefined} hash */
const isMd5 = (hash) => /^[0-9a-f]{32}$/.test(hash ?? '');

/** @param {Api} api */
export function createDownloads(api) {
  const { client, limited, refusal } = api;

  /**
   * @param {string} fileId
   * @param {FileDownloadOptions & { descriptor?: FileDescriptor, digest?: Digest }} [options] `descriptor` and `digest`
   * are those of `toDirectory`, which has them already.
   */
  async function file(fileId, options = {}) {
    const { asset = 'src', fileName, inline, from, verify = 'auto', signal, stallMs, onProgress, digest } = options;
    if (from !== undefined && !(Number.isInteger(from) && from >= 0)) {
      throw refusal('from', 'must be a whole number that is not negative', 'downloads.file');
    }
    const call = { signal };
    let check;
    if (asset === 'src') {
      const descriptor = options.descriptor ?? (await client.files.getFileDescriptor(fileId, call));
      const size = Number(descriptor.sizeInBytes);
      const hash = verify !== false && isMd5(descriptor.hash) ? descriptor.hash : undefined;
      check = { size: size >= 0 ? size : undefined, hash, isStrict: verify === true };
    }
    const link = async () => {
      const contentDisposition = /** @type {const} */ ('INLINE');
      const request = { assetKeys: [asset], downloadFileName: fileName, contentDisposition: inline ? contentDisposition : undefined };
      const { downloadUrls } = await client.files.generateFileDownloadUrl(fileId, request, call);
      return /** @type {string} */ (downloadUrls?.[0].url);
    };
    return download(api, 'downloads.file', link, { check, from, digest, signal, stallMs, onProgress });
  }

  /**
   * @param {{ fileIds?: string[], folderId?: string } | undefined} what
   * @param {DownloadOptions} [options]
   */
  async function zip(what, { signal, stallMs, onProgress } = {}) {
    const { fileIds, folderId } = what ?? {};
    if ((fileIds === undefined) === (folderId === undefined)) {
      throw refusal('what', 'must be { fileIds } or { folderId }', 'downloads.zip');
    }
    const link = async () => {
      const made = fileIds
        ? client.files.generateFilesDownloadUrl(fileIds, { signal })
        : client.folders.generateFolderDownloadUrl(/** @type {string} */ (folderId), { signal });
      return /** @type {string} */ ((await made).downloadUrl);
    };
    return download(api, 'downloads.zip', link, { signal, stallMs, onProgress });
  }

  return {
    file,
    zip,
    toDirectory: (/** @type {string} */ folderId, /** @type {string | URL} */ directory, /** @type {DirectoryDownloadOptions} */ options = {}) =>
      limited(
        (signal) => downloadFolder(api, file, folderId, directory, options, signal),
        options.signal,
        options.timeoutMs,
        'downloads.toDirectory',
      ),
  };
}
