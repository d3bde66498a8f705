/**
 * A plugin that uploads the files of [Uppy](https://uppy.io) to the Media Manager. Needs `@uppy/core` 4 or later.
 *
 * @example
 * ```ts
 * import Uppy from '@uppy/core';
 * import { WixMediaUpload, type WixMediaBody } from 'wix-media.v2/uppy';
 *
 * const uppy = new Uppy<Record<string, unknown>, WixMediaBody>().use(WixMediaUpload, { upload: { path: '/Holidays' } });
 * uppy.on('upload-success', (file, { body }) => console.log(file?.name, body?.file.url));
 * ```
 *
 * @packageDocumentation
 */
import type { BasePlugin, Meta, Uppy, UppyFile } from '@uppy/core';
import type { Client, StoredFile, UploadOptions } from './index.js';

/** `response.body` of a file that was uploaded. */
export type WixMediaBody = {
  /** The new file. */
  file: StoredFile;
};

/** Options of {@link WixMediaUpload}. */
export interface WixMediaUploadOptions {
  /** Id of the plugin. Default: `WixMedia`. */
  id?: string;
  /** Whose files they become. Default: those of the functions that are imported directly. */
  client?: Client;
  /**
   * Options of each upload, or a function that returns those of a file. Name and MIME type come from Uppy unless you pass
   * them. Files of dropped folders keep their folders below `path`.
   */
  upload?: Omit<UploadOptions, 'signal' | 'onProgress'> | ((file: UppyFile<Meta, WixMediaBody>) => Omit<UploadOptions, 'signal' | 'onProgress'>);
  /** Number of files that are sent at the same time. Default: 4. */
  concurrency?: number;
}

/**
 * Uploads files plainly or resumably, with progress and cancellation, and again when Uppy retries them. Files whose
 * bytes are not in the page, such as those of Companion, fail.
 */
export declare class WixMediaUpload extends BasePlugin<WixMediaUploadOptions, Meta, WixMediaBody> {
  constructor(uppy: Uppy<Meta, WixMediaBody>, options?: WixMediaUploadOptions);
}
