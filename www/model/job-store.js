// Unfinished jobs in the browser's database, so that a page that is closed in the middle can tell on its next visit what is
// left. The steps of a job are written once. Its progress is written separately, again and again.
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
 * Returns the IDs of the unfinished jobs of a place.
 *
 * @param {string} place Its key.
 */
export async function keptJobs(place) {
  /** @type {JobRecord[]} */
  const records = await database.all(JOBS);
  return records.filter((record) => record.place === place).map(({ id }) => id);
}

/**
 * Returns an unfinished job, and how many of its steps are over.
 *
 * @param {string} id
 */
export async function keptJob(id) {
  /** @type {JobRecord | undefined} */
  const record = await database.get(JOBS, id);
  /** @type {{ steps: number } | undefined} */
  const progress = await database.get(PROGRESS, id);
  return record && { record, over: progress?.steps ?? 0 };
}
