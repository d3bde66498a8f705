// `wix-media check`: compares the stored bytes of all files with the catalog.
import { administer, noteDamage } from '../administration.js';
import { EXIT } from '../failure.js';
import { json } from '../output.js';
import { bytes, count } from '../units.js';

/** @import { CheckReport, Context } from '../internal.d.ts' */

/** @param {Context} context */
export async function check({ options, connect, print, note }) {
  const place = await connect();
  const response = await administer(place, 'check', `check?blobs=${options.sizes ? 'sizes' : 'bytes'}`);
  /** @type {CheckReport} */
  const report = await response.json();
  const { isWhole, isCatalogWhole, files, bytes: size, damagedFiles } = report;
  if (options.json) print(json(report));
  else {
    noteDamage(report, { note });
    if (!isCatalogWhole) note('The catalog is damaged: restore it from a backup');
    const result = damagedFiles === 0 ? 'none is damaged' : `${damagedFiles} ${damagedFiles === 1 ? 'is' : 'are'} damaged`;
    if (!options.quiet) print(`Checked ${count(files, 'file')} (${bytes(size)}): ${result}.`);
  }
  return isWhole ? EXIT.done : EXIT.damaged;
}
