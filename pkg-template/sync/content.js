// Whether two files have the same content.
//
// Sizes first, then what the journal knows, then hashes. A Media Manager need not use MD5 for its hashes, so that is found
// out once: by a hash that agrees with the digest of a file, or by reading one file of the service.
import { isRecorded } from './plan.js';

/** @import { Entry, JournalRecord, Place, Side } from './internal.d.ts' */
/** @import { Journal } from './journal.js' */

/**
 * @param {object} given
 * @param {Place} given.source
 * @param {Place} given.target
 * @param {Journal} given.journal
 * @param {(source: Entry, target: Entry) => [string, string]} given.versions
 * @param {boolean} given.checksum Whether files are read even if the journal knows them.
 * @param {AbortSignal} given.signal
 */
export function comparing({ source, target, journal, versions, checksum, signal }) {
  /**
   * The MD5 digest of an entry, if it need not be read for that.
   *
   * @param {Place} place
   * @param {Entry} entry
   * @param {boolean} isKnown Whether the journal has the entry in this version.
   * @param {JournalRecord | undefined} record
   */
  const cheap = (place, entry, isKnown, record) => {
    if (place.kind === 'site' && journal.isMd5) return entry.hash;
    return isKnown && !(checksum && place.kind === 'folder') ? record?.h : undefined;
  };

  /**
   * The digest of what a Media Manager has. The first one that is read tells whether its hashes are digests.
   *
   * @param {Place} place
   * @param {Entry} entry
   */
  const read = async (place, entry) => {
    const hash = await place.digest(entry, signal);
    if (place.kind === 'site' && entry.hash !== undefined && journal.isMd5 === undefined) await journal.learn(entry.hash === hash);
    return hash;
  };

  /**
   * @param {Entry} one
   * @param {Entry} other
   * @param {JournalRecord | undefined} record
   * @returns {Promise<{ isSame: boolean, hash?: string }>}
   */
  return async (one, other, record) => {
    if (one.size !== other.size) return { isSame: false };
    const now = versions(one, other);
    if (!checksum && isRecorded(record, now)) return { isSame: true, hash: record?.h };
    // The order of the journal may be that of the sides, or the other one.
    const isTurned = now[0] !== one.version;
    const [mine, its] = isTurned ? [1, 0] : [0, 1];
    let a = cheap(source, one, record?.v[mine] === one.version, record);
    let b = cheap(target, other, record?.v[its] === other.version, record);
    if (source.kind === 'folder') a ??= await read(source, one);
    if (target.kind === 'folder') b ??= await read(target, other);
    // Equal hashes prove that they are digests. Unequal ones prove nothing.
    for (const [place, entry, digest] of /** @type {const} */ ([[source, one, b], [target, other, a]])) {
      if (place.kind !== 'site' || entry.hash === undefined || journal.isMd5 !== undefined || digest !== entry.hash) continue;
      await journal.learn(true);
      return { isSame: true, hash: digest };
    }
    if (a === undefined && b === undefined && one.hash !== undefined && one.hash === other.hash) return { isSame: true };
    a ??= cheap(source, one, false, record) ?? (await read(source, one));
    b ??= cheap(target, other, false, record) ?? (await read(target, other));
    return { isSame: a === b, hash: a === b ? a : undefined };
  };
}

/**
 * Makes the function that tells whether a file has the content that the journal has of it. A file of this machine may have been
 * copied or touched, so its bytes decide. New content of a Media Manager has a new id.
 *
 * @param {Record<Side, Place>} places
 * @param {Record<Side, number>} index The places of the sides in the versions of records.
 * @param {AbortSignal} signal
 * @returns {(side: Side, entry: Entry, record: JournalRecord) => Promise<boolean>}
 */
export function unchanging(places, index, signal) {
  return async (side, entry, { v, h }) => {
    if (v[index[side]] === entry.version) return true;
    return places[side].kind === 'folder' && h !== undefined && (await places[side].digest(entry, signal)) === h;
  };
}
