// `wix-media recover`: makes a new catalog of the files of a directory whose catalog is lost.
import { existsSync, rmSync } from 'node:fs';
import { openManager } from '../connect.js';
import { Failure } from '../failure.js';
import { json } from '../output.js';
import { bytes, count } from '../units.js';

/** @import { Context, MediaManager } from '../internal.d.ts' */

/** Where the files go. */
const FOLDER = '/Recovered';

/** @param {Context} context */
export async function recover({ words: [directory], options, print, note }) {
  if (!existsSync(directory)) throw new Failure(`directory not found: ${directory}`, { code: 'NO_DIRECTORY' });
  const { WixMediaError } = await import('#package/node.js');
  const { entryOfBlob, leftInLost, lostBlobs, setAside } = await import('#package/directory.js');
  const isWhole = await hasCatalog(directory);
  if (isWhole && lostBlobs(directory).next().done) {
    throw new Failure(`the catalog of ${directory} is whole: there is nothing to recover`, { code: 'NOTHING_TO_RECOVER' });
  }
  const catalog = isWhole ? [] : await setAside(directory, { WixMediaError, now: new Date() });
  const manager = await openManager({ storage: { directory } });
  let [recovered, size] = [0, 0];
  try {
    for (const blob of lostBlobs(directory)) {
      const isTaken = blob.size > 0 && (await isSeeded(manager, await entryOfBlob(blob, FOLDER), (message) => note(`${blob.file}: ${message}`)));
      if (!isTaken) continue;
      // Its bytes are in the new catalog, and on the disk.
      rmSync(blob.file);
      recovered += 1;
      size += blob.size;
    }
  } finally {
    await manager.close();
  }
  const left = leftInLost(directory);
  if (options.json) return print(json({ recovered, sizeInBytes: size, left, catalog }));
  if (options.quiet) return undefined;
  print(`Recovered ${count(recovered, 'file')} (${bytes(size)}) into ${FOLDER}. They are private, and named after their content.`);
  if (left > 0) print(`${count(left, 'file')} could not be understood: see ${directory}/lost+found.`);
  for (const file of catalog) print(`The old catalog is kept: ${file}`);
  return undefined;
}

/**
 * Whether a directory has a catalog that is whole.
 *
 * @param {string} directory
 */
async function hasCatalog(directory) {
  let manager;
  try {
    manager = await openManager({ storage: { directory } });
    const answer = await manager.fetch(`${manager.baseUrl}/_wix-media/check?blobs=none`);
    return answer.ok && (await answer.json()).isWhole === true;
  } catch (error) {
    if (/** @type {{ code?: string }} */ (error).code === 'STORAGE_FAILED') return false;
    throw error;
  } finally {
    await manager?.close();
  }
}

/**
 * Adds a file to a manager. Returns whether that worked, and tells why not.
 *
 * @param {MediaManager} manager
 * @param {import('../../types/index.js').SeedEntry} entry
 * @param {(message: string) => void} tell
 */
async function isSeeded(manager, entry, tell) {
  try {
    await manager.seed([entry]);
    return true;
  } catch (error) {
    const { code, message } = /** @type {{ code?: string, message: string }} */ (error);
    // A disk that is full or a lock that is lost would fail for every file.
    if (code === 'STORAGE_FAILED' || code === 'LOCK_LOST' || code === 'INSUFFICIENT_STORAGE' || code === 'UNKNOWN') throw error;
    tell(message);
    return false;
  }
}
