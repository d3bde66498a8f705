// `wix-media rewrite`: replaces the ids of files that `sync` has moved to another Media Manager.
import { EXIT } from '../failure.js';
import { report } from '../output.js';
import { count } from '../units.js';

/** @import { Context } from '../internal.d.ts' */

/** @param {Context} context */
export async function rewriteFiles({ words: [map, ...files], options, print, note }) {
  const { dryRun, quiet, json } = options;
  const { rewrite } = await import('#package/sync.js');
  const results = await rewrite(map, files, { dryRun });
  const done = json ? results : results.filter(({ error }) => !error);
  report(done, { options: { json, quiet }, print }, ({ file, replaced }) => `${dryRun ? 'Would replace' : 'Replaced'} ${count(replaced, 'id')}: ${file}`);
  for (const { file, error } of results) if (error && !json) note(`Failed: ${file}: ${error.message}`);
  return results.some(({ error }) => error) ? EXIT.failed : EXIT.done;
}
