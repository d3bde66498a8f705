// Ids of new blobs, of which many in a row have their files in one folder.
//
// The folder follows from the id, and a new file is durable once its folder has been synced. With ids that are quite random,
// uploads at the same time have their files in different folders, and each of them waits for a sync of its own.
import crypto from 'node:crypto';

/** How many ids in a row have one folder. All folders get their share in time. */
const RUN_LENGTH = 64;
/** Bytes of an id, which is written in hexadecimal digits. The last byte decides about the folder. */
const ID_SIZE = 16;
/** The factor of the hash by which the module finds the folder of an id: see `src/blobs/directory.rs`. */
const FACTOR = 31;

/**
 * The number of the folder of an id, as the module finds it.
 *
 * @param {string} id
 */
export function folderOf(id) {
  let hash = 0;
  for (let at = 0; at < id.length; at += 1) hash = (hash * FACTOR + id.charCodeAt(at)) & 0xff;
  return hash;
}

/**
 * Two digits by what they add to the hash.
 *
 * @type {(string | undefined)[]}
 */
const endings = [];
for (let byte = 0; byte < 256; byte += 1) {
  const digits = byte.toString(16).padStart(2, '0');
  endings[folderOf(digits)] = digits;
}

/** Makes the function that returns the next id. */
export function blobIds() {
  let folder = 0;
  let left = 0;
  return () => {
    if (left === 0) {
      left = RUN_LENGTH;
      folder = crypto.randomInt(256);
    }
    left -= 1;
    for (;;) {
      const start = crypto.randomBytes(ID_SIZE - 1).toString('hex');
      const ending = endings[(folder - folderOf(start) * FACTOR ** 2) & 0xff];
      if (ending !== undefined) return start + ending;
    }
  };
}
