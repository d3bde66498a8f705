// A plugin of Uppy that uploads to the Media Manager.
import { BasePlugin } from '@uppy/core';
import wixMedia from 'wix-media.v2';

/** @import { Meta, Uppy, UppyFile } from '@uppy/core' */
/** @import { UploadOptions } from '../types/index.js' */
/** @import { WixMediaBody, WixMediaUploadOptions } from '../types/uppy.d.ts' */

/** @typedef {UppyFile<Meta, WixMediaBody>} UppyItem */

/** Number of files that are sent at the same time. */
const CONCURRENCY = 4;

/** @extends {BasePlugin<WixMediaUploadOptions, Meta, WixMediaBody>} */
export class WixMediaUpload extends BasePlugin {
  /** Ends an upload, by the id of its file. @type {Map<string, AbortController>} */
  #running = new Map();
  #isInstalled = false;

  /**
   * @param {Uppy<Meta, WixMediaBody>} uppy
   * @param {WixMediaUploadOptions} [options]
   */
  constructor(uppy, options = {}) {
    checkConcurrency(options);
    super(uppy, options);
    this.type = 'uploader';
    this.id = options.id ?? 'WixMedia';
  }

  /** @param {Partial<WixMediaUploadOptions>} options */
  setOptions(options) {
    checkConcurrency(options);
    super.setOptions(options);
  }

  install() {
    this.#isInstalled = true;
    this.uppy.addUploader(this.#upload);
    this.uppy.on('file-removed', this.#cancelFile);
    this.uppy.on('cancel-all', this.#cancelAll);
  }

  uninstall() {
    this.#isInstalled = false;
    this.uppy.removeUploader(this.#upload);
    this.uppy.off('file-removed', this.#cancelFile);
    this.uppy.off('cancel-all', this.#cancelAll);
    this.#cancelAll();
  }

  /** @param {string[]} ids */
  #upload = async (ids) => {
    const files = this.uppy.getFilesByIds(ids).filter(({ error, progress }) => !error && !progress.uploadComplete);
    const isNew = (/** @type {UppyItem} */ file) => !file.progress.uploadStarted || !file.isRestored;
    this.uppy.emit('upload-start', files.filter(isNew));
    const waiting = files.map(({ id }) => id);
    const work = async () => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
        // It may have been removed meanwhile, and so may the plugin.
        const file = this.uppy.getFile(id);
        if (file && this.#isInstalled) await this.#send(file);
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.opts.concurrency ?? CONCURRENCY, files.length) }, work));
  };

  /** @param {UppyItem} file */
  async #send(file) {
    const controller = new AbortController();
    this.#running.set(file.id, controller);
    const current = () => this.uppy.getFile(file.id);
    try {
      const stored = await (this.opts.client ?? wixMedia).uploads.upload(sourceOf(file), {
        ...this.#optionsFor(file),
        signal: controller.signal,
        onProgress: ({ confirmed, total = null }) => {
          if (!controller.signal.aborted) this.uppy.emit('upload-progress', current(), { uploadStarted: current()?.progress.uploadStarted ?? 0, bytesUploaded: confirmed, bytesTotal: total });
        },
      });
      this.uppy.emit('upload-success', current(), { status: 200, body: { file: stored }, ...(stored.url && { uploadURL: stored.url }) });
    } catch (error) {
      if (!controller.signal.aborted) this.uppy.emit('upload-error', current(), error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#running.delete(file.id);
    }
  }

  /**
   * A folder that was dropped keeps its structure.
   *
   * @param {UppyItem} file
   * @returns {UploadOptions}
   */
  #optionsFor(file) {
    const { upload } = this.opts;
    const options = typeof upload === 'function' ? upload(file) : { ...upload };
    const { relativePath, name, type } = file.meta;
    const folder = typeof relativePath === 'string' ? relativePath.split('/').slice(0, -1).filter(Boolean).join('/') : '';
    return {
      displayName: name,
      ...(type && { mimeType: type }),
      ...options,
      ...(folder && { path: `${options.path ?? ''}/${folder}` }),
    };
  }

  #cancelFile = (/** @type {{ id: string }} */ { id }) => this.#running.get(id)?.abort();

  #cancelAll = () => {
    for (const controller of this.#running.values()) controller.abort();
  };
}

/**
 * Refuses a concurrency with which Uppy would report success for files that nobody sends.
 *
 * @param {WixMediaUploadOptions} options
 */
function checkConcurrency({ concurrency = CONCURRENCY }) {
  const isValid = concurrency === Infinity || (Number.isSafeInteger(concurrency) && concurrency >= 1);
  if (!isValid) throw new RangeError(`invalid concurrency: expected a whole number of at least 1, found ${concurrency}`);
}

/** @param {UppyItem} file */
function sourceOf({ name, data, isRemote }) {
  if (!isRemote && data instanceof Blob) return data;
  throw new Error(`cannot upload ${name}: its bytes are not in this page`);
}
