// The files of a place that have labels. The service lists no labels, so the page reads all files outside the trash, by a search
// without words in each area.
/** @import { Calls } from './calls.js' */
/** @import { FileItem } from './item.js' */
import { say } from '../text/language.js';
import { fileItem } from './item.js';
import { labelsOf } from './labels.js';

const PAGE_SIZE = 100;
/** The areas outside the trash, with their names in searches. */
const AREAS = /** @type {const} */ ([['files', 'MEDIA_ROOT'], ['visitor', 'VISITOR_UPLOADS_ROOT']]);

/** @typedef {Record<'files' | 'visitor', FileItem[]>} LabelledFiles By area. */

/**
 * Reads all files, and returns those with labels.
 *
 * @param {Pick<Calls, 'run'>} calls
 * @param {{ controller: AbortController, onRead: (count: number) => void }} options `onRead` is called with the number of files read so
 *   far.
 * @returns {Promise<LabelledFiles>}
 */
export function labelledFiles(calls, { controller, onRead }) {
  const source = AREAS.map(([, rootFolder]) => `for await (const file of files.searchFiles({ rootFolder: '${rootFolder}' })) {\n  console.log(file.labels);\n}`).join('\n');
  return calls.run({ title: say`All labels`, names: ['files'], source, controller }, async ({ files }, call) => {
    /** @type {LabelledFiles} */
    const found = { files: [], visitor: [] };
    let count = 0;
    for (const [area, rootFolder] of AREAS) {
      for await (const { files: page = [] } of files.searchFiles({ rootFolder, paging: { limit: PAGE_SIZE } }, call).pages()) {
        found[area].push(...page.map(fileItem).filter((file) => labelsOf(file).length > 0));
        count += page.length;
        onRead(count);
      }
    }
    return found;
  });
}
