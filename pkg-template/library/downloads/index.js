// Downloads: files, zips and whole folders.
import { downloadFolder } from './directory.js';
import { download } from './stream.js';

/** @import { DirectoryDownloadOptions, DownloadOptions, FileDownloadOptions } from '../../types/index.js' */
/** @import { Api, Digest, StoredFile } from '../internal.d.ts' */

/** @param {string | undefined} hash */
const isMd5 = (hash) => /^[0-9a-f]{32}$/.test(hash ?? '');

/** @param {Api} api */
export function createDownloads(api) {
  const { checkOptions, client, refusal, within } = api;

  /**
   * @param {string} fileId
   * @param {FileDownloadOptions & { descriptor?: StoredFile, digest?: Digest }} options `descriptor` and `digest`
   * are for callers that have them already.
   */
  async function fetchFile(fileId, options) {
    const { asset = 'src', fileName, inline, from, verify = 'auto', signal, stallMs, onProgress, digest } = options;
    const call = { signal };
    let check;
    if (asset === 'src') {
      const isKnown = Number(options.descriptor?.sizeInBytes) >= 0;
      const descriptor = isKnown && options.descriptor ? options.descriptor : await client.files.getFileDescriptor(fileId, call);
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
   * @param {DownloadOptions} options
   */
  async function fetchZip(what, { signal, stallMs, onProgress }) {
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

  /**
   * Checks the options of a download, and begins it. Its body outlives the call, so its signal is the caller's.
   *
   * @template {DownloadOptions} Options
   * @param {string} operation
   * @param {Options | undefined} options
   * @param {(options: Options) => Promise<Response>} work
   */
  const begin = async (operation, options, work) => {
    const checked = checkOptions(operation, options);
    return within(operation, { signal: checked.signal }, () => work(checked));
  };

  return {
    file: (/** @type {string | StoredFile} */ file, /** @type {FileDownloadOptions | undefined} */ options) =>
      begin('downloads.file', options, (checked) => {
        const descriptor = typeof (/** @type {Partial<StoredFile>} */ (file)?._id) === 'string' ? /** @type {StoredFile} */ (file) : undefined;
        return fetchFile(descriptor?._id ?? /** @type {string} */ (file), { ...checked, descriptor });
      }),
    zip: (/** @type {{ fileIds?: string[], folderId?: string } | undefined} */ what, /** @type {DownloadOptions | undefined} */ options) =>
      begin('downloads.zip', options, (checked) => fetchZip(what, checked)),
    async toDirectory(/** @type {string} */ folderId, /** @type {string | URL} */ directory, /** @type {DirectoryDownloadOptions | undefined} */ options) {
      const operation = 'downloads.toDirectory';
      const checked = checkOptions(operation, options);
      if (typeof directory !== 'string' && !(directory instanceof URL)) {
        throw refusal('directory', 'must be a path or a file: URL', operation);
      }
      return within(operation, checked, (signal) => downloadFolder(api, fetchFile, folderId, directory, checked, signal));
    },
  };
}
