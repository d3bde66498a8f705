// The jobs of a place: work on items, and tasks without items.
//
// Most are over in a moment. One that takes longer is shown, with a way to cancel it, and kept in the browser's database
// until it is over: if the page is closed or leaves the place in the middle, the next visit shows the job as interrupted,
// and a person decides whether it goes on. A job of several items that ends with failures stays in the list with their reasons,
// until a person retries or dismisses it.
/** @import { Calls } from './calls.js' */
/** @import { JobStep } from './job-kinds.js' */
/** @import { Task } from './task.js' */
import { Job } from './job.js';
import { JOB_KINDS } from './job-kinds.js';
import { JobRecords } from './job-records.js';
import { Signal } from './signal.js';
import { soon } from './soon.js';

/** Milliseconds after which a job is shown. */
const SHOW_DELAY = 400;
/** Milliseconds between two announcements of progress. */
const CHANGE_DELAY = 100;
/** Milliseconds between two records of progress. */
const KEEP_DELAY = 500;

/**
 * @typedef {object} JobsHandlers
 * @property {(job: Job, steps: JobStep[]) => void} onProgress Called with the items that were done since the last call.
 * @property {(job: Job) => void} onEnd Called when a job is over or interrupted.
 */

export class Jobs {
  /** Emits soon after any change. @type {Signal<void>} */
  changed = new Signal();
  /** Those that are running or interrupted. @type {Set<Job>} */
  #jobs = new Set();
  /** Jobs that are over and have failures, with what tries those again. @type {Map<Job, (() => unknown) | undefined>} */
  #failed = new Map();
  /** Those that are running or have failed. @type {Set<Task>} */
  #tasks = new Set();
  #calls;
  #handlers;
  /** Aborts when the page leaves the place. */
  #leaving = new AbortController();
  #records;
  #change = soon(() => this.changed.emit());

  /**
   * @param {string} placeKey
   * @param {Calls} calls
   * @param {JobsHandlers} handlers
   */
  constructor(placeKey, calls, handlers) {
    this.#calls = calls;
    this.#handlers = handlers;
    this.#records = new JobRecords(placeKey, this.#leaving.signal);
  }

  /** Those that the page shows. */
  get shown() {
    return [...[...this.#jobs, ...this.#tasks].filter(({ isShown }) => isShown), ...this.#failed.keys()];
  }

  /** Whether a job changes many items now. It shows them itself when it is over. */
  get isBusy() {
    return [...this.#jobs].some(({ state }) => state === 'running');
  }

  /** Whether closing the page now would leave a job half done. */
  get wouldLose() {
    const isGuarded = [...this.#tasks].some((task) => task.state === 'running' && task.isGuarded);
    return isGuarded || [...this.#jobs].some(({ state, isDivisible }) => state === 'running' && isDivisible);
  }

  /**
   * Runs a task. Resolves when it is over or has failed.
   *
   * @param {Task} task
   */
  async perform(task) {
    this.#tasks.add(task);
    const show = setTimeout(() => {
      task.isShown = true;
      this.#change();
    }, SHOW_DELAY);
    await task.run();
    clearTimeout(show);
    if (task.state === 'over' || this.#leaving.signal.aborted) this.#tasks.delete(task);
    else task.isShown = true;
    this.#change();
  }

  /**
   * Retries a failed task.
   *
   * @param {Task} task
   */
  async retryTask(task) {
    if (task.state !== 'failed') return;
    if (!task.retry) {
      await this.perform(task);
      return;
    }
    this.dismissTask(task);
    await task.retry();
  }

  /**
   * Cancels a task, or takes a failed one off the list.
   *
   * @param {Task} task
   */
  dismissTask(task) {
    this.#tasks.delete(task);
    if (task.state === 'running') task.cancel();
    this.#change();
  }

  /**
   * Keeps a job in the list because some of its items failed.
   *
   * @param {Job} job
   * @param {(() => unknown) | undefined} retry Tries those again, if that makes sense.
   */
  keepFailed(job, retry) {
    this.#failed.set(job, retry);
    this.#change();
  }

  /**
   * Whether the items that failed can be retried.
   *
   * @param {Job} job
   */
  canRetry(job) {
    return this.#failed.get(job) !== undefined;
  }

  /**
   * Retries the items that failed.
   *
   * @param {Job} job
   */
  retry(job) {
    const retry = this.#failed.get(job);
    this.dismiss(job);
    return retry?.();
  }

  /**
   * Removes a job that is over from the list.
   *
   * @param {Job} job
   */
  dismiss(job) {
    this.#failed.delete(job);
    this.#change();
  }

  /**
   * Runs a job. Resolves when it is over or interrupted.
   *
   * @param {ConstructorParameters<typeof Job>[0]} given
   */
  async start(given) {
    const job = new Job(given);
    await this.#run(job);
    return job;
  }

  /**
   * Continues an interrupted job.
   *
   * @param {Job} job
   */
  async resume(job) {
    if (job.state === 'interrupted') await this.#run(job);
  }

  /**
   * Pauses a job. The calls that are under way end first.
   *
   * @param {Job} job
   */
  pause(job) {
    job.pause();
    this.#change();
  }

  /**
   * Cancels a job that runs, or drops the rest of one that was interrupted. What is done stays.
   *
   * @param {Job} job
   */
  cancel(job) {
    const wasRunning = job.state === 'running';
    job.cancel();
    if (!wasRunning) this.#end(job);
    this.#change();
  }

  /** @param {Job} job */
  async #run(job) {
    this.#jobs.add(job);
    const show = setTimeout(() => this.#show(job), SHOW_DELAY);
    const stopFollowing = this.#follow(job);
    const { about, perform } = JOB_KINDS[job.kind];
    const left = job.steps.slice(job.passed);
    const work = this.#calls.run(about(left), async (client, call) => {
      await job.run((part) => perform(client, part, call));
      for (const error of [job.error, ...job.failures.values()]) if (error) throw error;
    });
    // The panel that shows calls shows the failure; the job has it, too.
    await work.catch(() => {});
    clearTimeout(show);
    stopFollowing();
    this.#end(job);
  }

  /**
   * Passes on the progress of a job, and records it, until the returned function is called.
   *
   * @param {Job} job
   */
  #follow(job) {
    let told = job.finished.size;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let keeping;
    const keep = () => {
      keeping = undefined;
      this.#records.update(job);
    };
    const tell = () => {
      timer = undefined;
      const fresh = [...job.finished.values()].slice(told);
      told += fresh.length;
      if (fresh.length > 0) this.#handlers.onProgress(job, fresh);
      if (this.#records.has(job)) keeping ??= setTimeout(keep, KEEP_DELAY);
      this.#change();
    };
    const stopListening = job.changed.listen(() => {
      timer ??= setTimeout(tell, CHANGE_DELAY);
    });
    return () => {
      stopListening();
      clearTimeout(timer);
      tell();
      clearTimeout(keeping);
    };
  }

  /** @param {Job} job */
  #show(job) {
    job.isShown = true;
    this.#records.keep(job);
    this.#change();
  }

  /** @param {Job} job */
  #end(job) {
    if (!job.isWaiting) this.#jobs.delete(job);
    this.#records.settle(job);
    this.#handlers.onEnd(job);
    this.#change();
  }

  /**
   * Finds the jobs that an earlier visit left unfinished. One that another tab works on, or whose last calls have not ended
   * yet, is shown if it is still unfinished by then.
   */
  restore() {
    return this.#records.restore((job) => {
      job.isShown = true;
      this.#jobs.add(job);
      this.#change();
    });
  }

  /** Interrupts every job, when the page leaves the place. Returns those that ran. */
  stop() {
    this.#leaving.abort();
    for (const task of this.#tasks) task.stop();
    const running = [...this.#jobs].filter(({ state, isDivisible }) => state === 'running' && isDivisible);
    for (const job of running) {
      this.#show(job);
      job.stop();
    }
    for (const { id, state } of this.#jobs) if (state === 'interrupted') this.#records.release(id);
    return running;
  }
}
