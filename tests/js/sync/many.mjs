// Plans a copy of a site with as many files as its argument says, all in one folder, and prints how many there are. The site is
// made up as it is listed, so what the memory holds is the plan's.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { sync } from '../harness/sync.js';

const COUNT = Number(process.argv[2]);
const created = new Date(1_700_000_000_000);

/** @param {number} count */
async function* files(count) {
  for (let index = 0; index < count; index += 1) {
    const number = String((index * 7919) % count).padStart(9, '0');
    yield { _id: `a1b2c3_${number.padStart(32, '0')}~mv2.jpg`, displayName: `IMG_${number}.jpg`, _createdDate: created, sizeInBytes: '100000', hash: number.padStart(32, 'a'), operationStatus: 'READY' };
  }
}
async function* nothing() {}

/** @type {any} */
const client = {
  files: { listFiles: () => files(COUNT) },
  folders: { getFolder: async () => ({ _id: 'media-root', siteId: 'site', _createdDate: created }), listFolders: () => nothing() },
};
const { created: planned } = await sync(client, join(tmpdir(), 'wix-media-none'), { dryRun: true });
console.log(planned);
