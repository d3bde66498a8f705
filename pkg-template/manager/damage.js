// Files whose bytes are not what they were.

/** @import { DamageReport, Fail, FileDamage } from './internal.d.ts' */

/** The header in which an export names damaged files: JSON, percent-encoded. */
export const DAMAGE = 'wix-media-damage';

/** @type {Record<FileDamage['problem'], string>} */
const WORDS = {
  missing: 'are missing',
  cut: 'are fewer than they were',
  longer: 'are more than they were',
  changed: 'have changed',
  unreadable: 'cannot be read',
};

/**
 * The error for a damaged file, for `onError`.
 *
 * @param {FileDamage} damage
 * @param {Fail} fail
 */
export const damaged = ({ fileId, displayName, blob, problem }, fail) => {
  const where = blob ? ` (${blob})` : '';
  const which = fileId ? `the file ${fileId}, ${displayName},` : `the deleted file ${displayName} of a zip`;
  return fail('FILE_DAMAGED', `the bytes of ${which} ${WORDS[problem]}${where}`);
};

/**
 * What an export says about damaged files.
 *
 * @param {Headers} headers
 * @returns {DamageReport}
 */
export function damageOf(headers) {
  const text = headers.get(DAMAGE);
  return text ? JSON.parse(decodeURIComponent(text)) : { damagedFiles: 0, damage: [] };
}
