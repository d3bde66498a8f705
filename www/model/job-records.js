// The records of unfinished jobs in the browser's database, for the next visit to a place. A Web Lock keeps the job of one tab from
// the others.
import { Job } from './job.js';
import { JOB_KINDS } from './job-kinds.js';
import { forgetJob, keepJob, keepProgress, keptJob, keptJobs } from './job-store.js';
import { Locks } from './locks.js';

export class JobRecords {
  #placeKey;
  #leaving;
  #locks = new Locks('job');
  /** When those in the database have been written, by the IDs of the jobs. @type {Map<string, Promise<void>>} */
  #kept = new Map();

  /**
   * @param {string} placeKey
   * @param {AbortSignal} leaving Aborts when the page leaves the place.
   */
  constructor(placeKey, leaving) {
    this.#placeKey = placeKey;
    this.#leaving = leaving;
  }

  /**
   * Whether a job has a record.
   *
   * @param {Job} job
   */
  has({ id }) {
    return this.#kept.has(id);
  }

  /**
   * Keeps a job, if another visit may continue it.
   *
   * @param {Job} job
   */
  keep(job) {
    const { id, kind, isDivisible } = job;
    // What cannot be undone does not go on at another visit, when nobody remembers what was asked.
    if (isDivisible && JOB_KINDS[kind].back && !this.#kept.has(id)) this.#kept.set(id, this.#write(job));
  }

  /** @param {Job} job */
  async #write(job) {
    const { id, kind, steps, isUndo } = job;
    try {
      await this.#locks.acquire(id);
      await keepJob({ id, place: this.#placeKey, kind, steps, isUndo });
      await keepProgress(id, job.passed);
    } catch {
      // The job works without a record. The page warns before it is closed.
    }
  }

  /**
   * Notes how far a job is.
   *
   * @param {Job} job
   */
  update({ id, passed }) {
    keepProgress(id, passed).catch(() => {});
  }

  /**
   * Brings the record of a job that ended or waits up to date.
   *
   * @param {Job} job
   */
  async settle({ id, passed, isWaiting }) {
    if (!this.#kept.has(id)) return;
    try {
      await this.#kept.get(id);
      await (isWaiting ? keepProgress(id, passed) : forgetJob(id));
    } catch {
      // A browser without a database has kept nothing.
    }
    if (!isWaiting || this.#leaving.aborted) this.#locks.release(id);
  }

  /**
   * Finds the jobs that an earlier visit left unfinished, and passes each on as soon as no other tab works on it.
   *
   * @param {(job: Job) => void} onFound
   */
  async restore(onFound) {
    try {
      const ids = await keptJobs(this.#placeKey);
      await Promise.all(ids.filter((id) => !this.#kept.has(id)).map((id) => this.#adopt(id, onFound)));
    } catch {
      // A browser without a database has kept nothing.
    }
  }

  /**
   * @param {string} id
   * @param {(job: Job) => void} onFound
   */
  async #adopt(id, onFound) {
    if (!(await this.#locks.acquire(id, this.#leaving))) return;
    const kept = await keptJob(id);
    if (!kept || this.#leaving.aborted) {
      this.#locks.release(id);
      return;
    }
    this.#kept.set(id, Promise.resolve());
    onFound(new Job({ ...kept.record, passed: kept.over }));
  }

  /**
   * Lets other tabs have a job.
   *
   * @param {string} id
   */
  release(id) {
    this.#locks.release(id);
  }
}
