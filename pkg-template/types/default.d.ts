import { files } from './files/functions.js';
import { folders } from './folders/functions.js';
import { WixMediaError } from './errors.js';
import { configure, createClient, init } from './client.js';
import { webhooks } from './webhooks.js';
import { media } from './media.js';
import { createManager } from './manager.js';
import { uploads } from './uploads.js';
import { downloads } from './downloads.js';
import { paths } from './paths.js';
import { trash } from './trash.js';

// ---------------------------------------------------------------------------------------------------------------------
// The default export
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The whole package as one object, with `wixMedia.files` and `wixMedia.folders` as in Velo.
 *
 * @example
 * ```ts
 * const { items } = await wixMedia.files.queryFileDescriptors().eq('mediaType', 'IMAGE').find();
 * ```
 */
declare namespace wixMedia {
  export { files, folders, webhooks, uploads, downloads, paths, trash, configure, createClient, createManager, init, media, WixMediaError };
}
export default wixMedia;
