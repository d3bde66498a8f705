// Unfinished jobs in the browser's database, so that a page that is closed in the middle can tell on its next visit what is
// left. What a job does is written once; how far it is, again and again, apart from that.
/** @import { JobRecord } from './job.js' */
import { Database } from './database.js';

const JOBS = 'jobs';
const PROGRESS = 'progress';
const database = new Database('wix-media jobs', [JOBS, PROGRESS]);

/** @param {JobRecord} record */
export async function keepJob(record) {
  await database.put(JOBS, [record]);
}

/**
 * Notes how many steps of a job are over, from the first one on.
 *
 * @param {string} id
 * @param {number} steps
 */
export async function keepProgress(id, steps) {
  await database.put(PROGRESS, [{ id, steps }]);
}

/** @param {string} id */
export async function forgetJob(id) {
  for (const name of [JOBS, PROGRESS]) await database.delete(name, [id]);
}

/**
 * Returns the unfinished jobs of a place, each with how many of its steps are over.
 *
 * @param {string} place Its key.
 * @returns {Promise<{ record: JobRecord, over: number }[]>}
 */
export async function keptJobs(place) {
  /** @type {JobRecord[]} */
  const records = await database.all(JOBS);
  /** @type {{ id: string, steps: number }[]} */
  const progress = await database.all(PROGRESS);
  const over = new Map(progress.map(({ id, steps }) => [id, steps]));
  return records.filter((record) => record.place === place).map((record) => ({ record, over: over.get(record.id) ?? 0 }));
}
