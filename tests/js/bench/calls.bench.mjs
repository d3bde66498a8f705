// CPU time per call with a stubbed fetch, official SDK and ours in turns in one process. Medians; never a test.
import * as official from '@wix/media';
import { ApiKeyStrategy, createClient as createOfficialClient } from '@wix/sdk';
import { createClient } from '../harness/package.js';
import { fileIds, manyFiles, manyFolders, oneFile, oneFolder, recorded } from './answers.mjs';

/** @import { Client } from '../harness/package.js' */

const ROUNDS = Number(process.env.WIX_MEDIA_ROUNDS ?? 41);
const ROUND_MS = 12;
const credentials = { apiKey: 'key', siteId: 'site' };

const listFiles = (/** @type {Client} */ { files }) => files.listFiles({ parentFolderId: 'media-root', sort: { fieldName: 'displayName' }, paging: { limit: 100 } });
const searchFiles = (/** @type {Client} */ { files }) => files.searchFiles({ search: 'river', mediaTypes: ['IMAGE', 'VIDEO'], paging: { limit: 100 } });
const getFile = (/** @type {Client} */ { files }) => files.getFileDescriptor('a1b2c3_0123~mv2.jpg');
const listFolders = (/** @type {Client} */ { folders }) => folders.listFolders({ paging: { limit: 100 } });

// The answers in `answers/` have every optional member, dates of up to nanoseconds, names in many scripts and escapes, and
// those named odd members that the table does not know.
const CALLS = [
  { name: 'listFiles, 100 mixed files', answer: manyFiles, target: 0.2, call: listFiles },
  { name: 'listFiles, every member', answer: recorded('list-files', 'files'), target: 0.2, call: listFiles },
  { name: 'listFiles, odd members', answer: recorded('list-files-odd-members', 'files'), target: 0.2, call: listFiles },
  { name: 'searchFiles, 100 mixed files', answer: manyFiles, target: 0.2, call: searchFiles },
  { name: 'searchFiles, every member', answer: recorded('search-files', 'files'), target: 0.2, call: searchFiles },
  { name: 'listFolders, 100 folders', answer: manyFolders, target: 0.45, call: listFolders },
  { name: 'listFolders, every member', answer: recorded('list-folders', 'folders'), target: 0.45, call: listFolders },
  { name: 'listFolders, odd members', answer: recorded('list-folders-odd-members', 'folders'), target: 0.45, call: listFolders },
  { name: 'getFileDescriptor', answer: oneFile, target: 0.3, call: getFile },
  { name: 'getFileDescriptor, every member', answer: recorded('get-file'), target: 0.3, call: getFile },
  { name: 'bulkDeleteFiles, 1000 IDs', answer: '{}', target: 0.5, call: (/** @type {Client} */ { files }) => files.bulkDeleteFiles(fileIds) },
  { name: 'createFolder', answer: oneFolder, target: 0.75, call: (/** @type {Client} */ { folders }) => folders.createFolder('Animals', { parentFolderId: 'media-root' }) },
];

/** @param {string} answer */
function sides(answer) {
  const headers = { 'content-type': 'application/json', 'x-wix-request-id': '1710000000123.1' };
  const fetch = async () => new Response(answer, { status: 200, headers });
  const { files, folders } = official;
  const theirs = createOfficialClient({ modules: { files, folders }, auth: ApiKeyStrategy(credentials), fetch });
  const ours = createClient({ auth: credentials, fetch });
  return { fetch, theirs, ours };
}

// The time of the processor, not of the clock, so that what else the machine does matters less.
/**
 * @param {() => unknown} run
 * @param {number} count
 */
async function time(run, count) {
  const start = process.cpuUsage();
  for (let number = 0; number < count; number += 1) await run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / count;
}

/** @param {number[]} values */
const median = (values) => values.toSorted((one, other) => one - other)[values.length >> 1];

/** @param {{ answer: string, call: (client: any) => unknown }} entry */
async function measure({ answer, call }) {
  const { fetch, theirs, ours } = sides(answer);
  /** @type {Record<string, () => unknown>} */
  const runs = {
    floor: async () => JSON.parse(await (await fetch()).text()),
    theirs: () => call(theirs),
    ours: () => call(ours),
  };
  /** @type {Record<string, number>} */
  const counts = {};
  for (const [name, run] of Object.entries(runs)) {
    await time(run, 30);
    counts[name] = Math.max(1, Math.round((ROUND_MS * 1000) / (await time(run, 20))));
  }
  /** @type {Record<string, number[]>} */
  const times = { floor: [], theirs: [], ours: [] };
  const names = Object.keys(runs);
  for (let round = 0; round < ROUNDS; round += 1) {
    globalThis.gc?.();
    // In another order each time, so that nobody always pays for the one before.
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(round + turn) % names.length];
      times[name].push(await time(runs[name], counts[name]));
    }
  }
  const ratios = times.ours.map((own, round) => own / times.theirs[round]);
  return { floor: median(times.floor), theirs: median(times.theirs), ours: median(times.ours), ratio: median(ratios) };
}

/**
 * @param {string | number} value
 * @param {number} width
 */
const cell = (value, width) => String(value).padStart(width);
console.log(`CPU µs per call, medians of ${ROUNDS} rounds; floor is fetch and JSON.parse alone\n`);
console.log(`${'call'.padEnd(34)}${cell('floor', 9)}${cell('official', 11)}${cell('ours', 9)}${cell('ratio', 8)}${cell('target', 9)}`);
for (const entry of CALLS) {
  const { floor, theirs, ours, ratio } = await measure(entry);
  const verdict = ratio <= entry.target ? '' : '  missed';
  console.log(
    `${entry.name.padEnd(34)}${cell(floor.toFixed(0), 9)}${cell(theirs.toFixed(0), 11)}${cell(ours.toFixed(0), 9)}${cell(`${ratio.toFixed(2)}×`, 8)}${cell(`≤ ${entry.target.toFixed(2)}×`, 9)}${verdict}`,
  );
}
