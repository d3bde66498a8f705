// `wix-media import`: replaces everything by an archive.
import { existsSync, openAsBlob } from 'node:fs';
import { rm } from 'node:fs/promises';
import { administer, noteDamage } from '../administration.js';
import { EXIT, Failure, UsageError } from '../failure.js';
import { json } from '../output.js';
import { ask, printable } from '../terminal.js';
import { count } from '../units.js';

/** @import { Context, DamageReport } from '../internal.d.ts' */

/** @param {Context} context */
export async function importFrom({ words: [file], options, connect, print, note, stdin, stderr }) {
  if (!existsSync(file)) throw new Failure(`file not found: ${file}`, { code: 'ENOENT' });
  const isNew = options.data !== undefined && !existsSync(options.data);
  const isSure = isNew || options.yes;
  if (!isSure && !stdin.isTTY) throw new UsageError('import needs --yes where the standard input is not a terminal', 'import');
  const place = await connect({ mayCreate: true });
  if (!isSure) {
    const question = `Replace everything in ${place.name} by ${printable(file)}? This cannot be undone.`;
    if (!(await ask(question, { stdin, stderr }))) throw new Failure('Nothing was imported', { code: 'NOT_CONFIRMED' });
  }
  const body = await openAsBlob(file);
  const response = await administer(place, 'import', 'import', { method: 'PUT', body }).catch(async (error) => {
    if (isNew) {
      await place.close();
      await rm(String(options.data), { recursive: true, force: true });
    }
    throw error;
  });
  /** @type {DamageReport} */
  const report = await response.json();
  if (options.json) print(json(report));
  else {
    noteDamage(report, { note });
    if (!options.quiet) print(`Imported ${printable(file)}`);
    if (report.damagedFiles > 0) note(`The archive has no bytes of ${count(report.damagedFiles, 'file')}: they were damaged when it was written.`);
  }
  return report.damagedFiles > 0 ? EXIT.damaged : EXIT.done;
}
