// `wix-media verify`: names every difference between two places.
import { EXIT } from '../failure.js';
import { interruptible } from '../interrupt.js';
import { json, noteProblems } from '../output.js';
import { bandwidthOf, openPlaces } from '../places.js';
import { printable } from '../terminal.js';
import { count } from '../units.js';

/** @import { VerifyDifference } from '../../types/sync.js' */
/** @import { Context } from '../internal.d.ts' */

/** @type {Record<VerifyDifference['difference'], string>} */
const WORDS = {
  missing: 'Missing',
  extra: 'Extra',
  content: 'Different content',
  kind: 'File and folder',
  labels: 'Different labels',
  private: 'Private at one side only',
};

/** @param {Context} context */
export async function verifyPlaces({ words, options, env, print, note }) {
  const { hash, hidden, trash, journal, quiet } = options;
  const bandwidth = bandwidthOf(options, 'verify');
  const { verify } = await import('#package/sync.js');
  const interrupt = interruptible();
  const places = await openPlaces(words, options, env, 'verify');
  try {
    const report = await verify(places.from, places.to, {
      hash,
      hidden,
      trash,
      bandwidth,
      journal,
      signal: interrupt.signal,
      onDifference: ({ path, kind, difference }) => {
        if (!options.json) print(`${WORDS[difference]}: ${printable(path)}${kind === 'folder' ? '/' : ''}`);
      },
    });
    const { same, different, failed, skipped } = report;
    if (options.json) print(json(report));
    else {
      noteProblems(report, { note, quiet });
      const parts = [`${count(same, 'file')} the same`, count(different, 'difference'), ...(failed > 0 ? [`${failed} failed`] : []), ...(skipped > 0 ? [`${skipped} skipped`] : [])];
      if (!quiet) note(parts.join(', '));
    }
    return different + failed > 0 ? EXIT.failed : EXIT.done;
  } finally {
    interrupt.release();
    await places.close();
  }
}
