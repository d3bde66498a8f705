// Plans a run with as many files as its argument says, all in one folder, and prints how many there are. The sites are made up as
// they are listed, so what the memory holds is the plan's. By the second argument the files are new at the source (`new`), or the
// journal has all of them, and only the target still has them (`gone`).
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { sync } from '../harness/sync.js';

const COUNT = Number(process.argv[2]);
const KIND = process.argv[3];
const created = new Date(1_700_000_000_000);

const idOf = (/** @type {string} */ number) => `a1b2c3_${number.padStart(32, '0')}~mv2.jpg`;
const hashOf = (/** @type {string} */ number) => number.padStart(32, 'a');
const nameOf = (/** @type {string} */ number) => `IMG_${number}.jpg`;
const numberOf = (/** @type {number} */ index) => String(index).padStart(9, '0');

/** @param {number} count */
async function* files(count) {
  for (let index = 0; index < count; index += 1) {
    const number = numberOf((index * 7919) % count);
    yield { _id: idOf(number), displayName: nameOf(number), _createdDate: created, sizeInBytes: '100000', hash: hashOf(number), operationStatus: 'READY' };
  }
}
async function* nothing() {}

/**
 * @param {string} siteId
 * @param {number} count
 * @returns {any}
 */
const site = (siteId, count) => ({
  files: { listFiles: () => files(count) },
  folders: { getFolder: async () => ({ _id: 'media-root', siteId, _createdDate: created }), listFolders: () => nothing() },
});

if (KIND === 'new') {
  const { created: planned } = await sync(site('one', COUNT), join(tmpdir(), 'wix-media-none'), { dryRun: true });
  console.log(planned);
} else {
  const folder = await mkdtemp(join(tmpdir(), 'wix-media-many-'));
  try {
    const places = ['one', 'other'].map((id) => `site:${id}:${Number(created)}:media-root`);
    async function* lines() {
      yield `${JSON.stringify({ journal: 1, places, fold: false, md5: true })}\n`;
      for (let index = 0; index < COUNT; index += 1) {
        const number = numberOf(index);
        yield `${JSON.stringify({ p: nameOf(number), v: [`old-${number} ${hashOf(number)}`, `${idOf(number)} ${hashOf(number)}`], h: hashOf(number) })}\n`;
      }
    }
    const journal = join(folder, 'journal');
    await writeFile(journal, lines());
    const { deleted } = await sync(site('one', 0), site('other', COUNT), { dryRun: true, journal, delete: true, maxDelete: '100%' });
    console.log(deleted);
  } finally {
    await rm(folder, { recursive: true });
  }
}
