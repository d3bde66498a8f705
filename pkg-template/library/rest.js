// Downloads, paths, the trash, and uploads of many files, loaded with the first use of one of them.
import { createDownloads } from './downloads/index.js';
import { createPaths } from './paths/index.js';
import { createTrash } from './trash/index.js';

export { uploadAll } from './uploads/batch.js';

/** @import { Api } from './internal.d.ts' */

/**
 * Makes the parts of the library beside uploads.
 *
 * @param {Api} api
 */
export const createRest = (api) => ({ downloads: createDownloads(api), paths: createPaths(api), trash: createTrash(api) });
