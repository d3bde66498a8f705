// Work on many items: its steps, and how far it is.
//
// A job is `running` until its steps are over, and then `over`. A failure of one item leaves the others alone. When the
// service is out of reach, a person pauses it, or the page leaves the place, the job is `interrupted`: steps that are under
// way end, no other begins, and `run` continues with those that are left. Steps that run at the same time end in any order.
// `passed` counts those from the first one on without a gap, so that a record of it is one number. A few steps behind it may be
// done once more, which changes nothing.
/** @import { JobKindName, JobStep } from './job-kinds.js' */
/** @import { UndoEntry } from './undo-history.js' */
import { howMany } from './item.js';
import { JOB_KINDS } from './job-kinds.js';
import { isNoRoom } from './no-room.js';
import { Signal } from './signal.js';
import { TransferRate } from './transfer-rate.js';

/**
 * @typedef {object} JobRecord What the browser's database keeps of a job.
 * @property {string} id
 * @property {string} place The key of the place.
 * @property {JobKindName} kind
 * @property {JobStep[]} steps
 * @property {boolean} isUndo
 */

/** Errors by which every other step would fail, too. */
const COMMON_CODES = new Set(['NETWORK', 'TIMEOUT', 'UNAUTHENTICATED']);

/** @param {unknown} error */
function isCommon(error) {
  const { code, status = 0 } = /** @type {{ code?: string, status?: number }} */ (Object(error));
  return isNoRoom(error) || COMMON_CODES.has(code ?? '') || status === 401 || status === 429 || status >= 500;
}

export class Job {
  /** Emits after each call. @type {Signal<void>} */
  changed = new Signal();
  /** @type {'running' | 'interrupted' | 'over'} */
  state = 'interrupted';
  /** Why it was interrupted, if the service did that. @type {unknown} */
  error;
  /** Whether a person interrupted it. */
  isPaused = false;
  /** How many items are tried per second. */
  rate = new TransferRate();
  /** Whether it takes so long that the page shows it. */
  isShown = false;
  /** The items that are done, by their keys. @type {Map<string, JobStep>} */
  finished = new Map();
  /** The errors of those that failed, by their keys. @type {Map<string, unknown>} */
  failures = new Map();
  #isStopping = false;
  #isCancelled = false;

  /** @param {{ id?: string, kind: JobKindName, steps: readonly JobStep[], isUndo?: boolean, entry?: UndoEntry, passed?: number }} given */
  constructor({ id = crypto.randomUUID(), kind, steps, isUndo = false, entry, passed = 0 }) {
    this.id = id;
    this.kind = kind;
    this.isUndo = isUndo;
    /** The entry of the history that it undoes or redoes. A job of an earlier visit has none. */
    this.entry = entry;
    const parts = JOB_KINDS[kind].partsOf(steps);
    /** In the order of the calls. */
    this.steps = parts.flat();
    /** Whether it can end in the middle. */
    this.isDivisible = parts.length > 1;
    this.passed = passed;
    for (const step of this.steps.slice(0, passed)) this.finished.set(step.key, step);
  }

  get total() {
    return this.steps.length;
  }

  /** How many items were tried. */
  get tried() {
    return this.finished.size + this.failures.size;
  }

  /** Whether it waits for a person to continue it. One that nobody saw, or of one call, has just failed. */
  get isWaiting() {
    return this.state === 'interrupted' && this.isShown && this.isDivisible;
  }

  get isCancelled() {
    return this.#isCancelled;
  }

  /** Whether the calls that are under way are its last ones for now. */
  get isStopping() {
    return this.#isStopping;
  }

  /**
   * Seconds until it is over at its present speed; nothing while that is unknown.
   *
   * @param {number} [now]
   */
  secondsLeft(now) {
    const rate = this.rate.at(now);
    return rate > 0 ? (this.total - this.tried) / rate : undefined;
  }

  /**
   * Does what is left.
   *
   * @param {(part: JobStep[]) => Promise<unknown>} perform
   */
  async run(perform) {
    const { partsOf, concurrency } = JOB_KINDS[this.kind];
    const parts = partsOf(this.steps.slice(this.passed));
    /** @type {Set<number>} */
    const ended = new Set();
    let next = 0;
    let first = 0;
    const work = async () => {
      while (next < parts.length && !this.#isStopping) {
        const at = next;
        next += 1;
        if (!(await this.#perform(parts[at], perform))) return;
        ended.add(at);
        for (; ended.has(first); first += 1) this.passed += parts[first].length;
        this.rate.add(this.tried);
        this.changed.emit();
      }
    };
    this.state = 'running';
    this.error = undefined;
    this.isPaused = false;
    this.rate.reset();
    this.rate.add(this.tried);
    this.#isStopping = false;
    this.changed.emit();
    await Promise.all(Array.from({ length: concurrency }, work));
    this.state = this.#isStopping && !this.#isCancelled && this.passed < this.total ? 'interrupted' : 'over';
    this.changed.emit();
  }

  /**
   * Makes one call. Returns whether others may follow.
   *
   * @param {JobStep[]} part
   * @param {(part: JobStep[]) => Promise<unknown>} perform
   */
  async #perform(part, perform) {
    try {
      await perform(part);
      for (const step of part) {
        this.finished.set(step.key, step);
        this.failures.delete(step.key);
      }
    } catch (error) {
      if (isCommon(error)) {
        this.error ??= error;
        this.stop();
        return false;
      }
      for (const { key } of part) this.failures.set(key, error);
    }
    return true;
  }

  /** Interrupts it. */
  stop() {
    this.#isStopping = true;
  }

  /** Interrupts it until a person continues it. */
  pause() {
    this.isPaused = true;
    this.stop();
  }

  /** Ends it where it is. */
  cancel() {
    this.#isCancelled = true;
    this.stop();
    if (this.state !== 'interrupted') return;
    // Why it stopped was shown until now.
    this.error = undefined;
    this.state = 'over';
    this.changed.emit();
  }
}

/**
 * How far a job that runs is: `Moving 40 of 120 files`. A single call has no steps to count.
 *
 * @param {Job} job
 */
export const runningAt = ({ kind, tried, steps, isDivisible }) => JOB_KINDS[kind].doing(howMany(isDivisible ? tried : undefined, steps));

/**
 * How far a job came: `Moving stopped at 40 of 120 files`, or `Moving paused at …`.
 *
 * @param {Job} job
 */
export const stoppedAt = ({ kind, tried, steps, isPaused }) => JOB_KINDS[kind].halted(howMany(tried, steps), isPaused);
