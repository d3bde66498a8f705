// `wix-media export`: writes everything into an archive.
import { damageOf } from '../../manager/damage.js';
import { administer, noteDamage } from '../administration.js';
import { EXIT } from '../failure.js';
import { json } from '../output.js';
import { save } from '../save.js';
import { printable, progress } from '../terminal.js';
import { bytes, count } from '../units.js';

/** @import { Context } from '../internal.d.ts' */

/** @param {Context} context */
export async function exportTo({ words: [file], options, connect, print, note, stderr }) {
  const place = await connect();
  const bar = progress(stderr, { isQuiet: options.quiet || options.json });
  let report = damageOf(new Headers());
  let sizeInBytes;
  try {
    const load = async () => {
      const response = await administer(place, 'export', 'export');
      report = damageOf(response.headers);
      return response;
    };
    sizeInBytes = await save(load, file, { force: options.force, bar });
  } finally {
    bar.end();
  }
  if (options.json) print(json({ to: file, sizeInBytes, ...report }));
  else {
    noteDamage(report, { note });
    if (!options.quiet) print(`${printable(file)}  ${bytes(sizeInBytes)}`);
    if (report.damagedFiles > 0) note(`The archive has no bytes of ${count(report.damagedFiles, 'damaged file')}.`);
  }
  return report.damagedFiles > 0 ? EXIT.damaged : EXIT.done;
}
