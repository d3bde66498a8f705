// What is loaded only where there are directories, in Node, Bun and Deno.
export { directoryStorage } from './directory.js';
export { entryOfBlob, leftInLost, lostBlobs, setAside } from './recovery.js';
export { snapshotStorage } from './snapshot.js';
