// A job with items in the list: how far it is, why it stopped, and which items failed.
/** @import { Job } from '../../model/job.js' */
/** @import { Jobs } from '../../model/jobs.js' */
/** @import { Place } from '../../place/place.js' */
import { howMany, named } from '../../model/item.js';
import { runningAt, stoppedAt } from '../../model/job.js';
import { JOB_KINDS } from '../../model/job-kinds.js';
import { number, plural, say } from '../../text/language.js';
import { pace, timeLeft } from '../../text/words.js';
import { element } from '../../ui/element.js';
import { reasonOf } from '../../ui/error-report.js';
import { CardFrame } from './card-frame.js';

/** Names that stand before a reason. */
const MAX_NAMES = 3;
/** Reasons in the list. */
const MAX_REASONS = 5;

export class JobCard {
  #job;
  #place;
  #frame;
  #failures = element('ul', { class: 'job-failures', hidden: true });
  #bar;
  #pause;
  #resume;
  #retry;
  #cancel;
  #jobs;

  /**
   * @param {Job} job
   * @param {Place} place
   * @param {Jobs} jobs
   * @param {(text: string) => void} announce
   */
  constructor(job, place, jobs, announce) {
    this.#job = job;
    this.#jobs = jobs;
    this.#place = place;
    this.#bar = element('progress', { max: String(job.total), 'aria-label': JOB_KINDS[job.kind].doing(named(job.steps)) });
    this.#pause = element('button', { type: 'button', click: () => jobs.pause(job) }, say`Pause`);
    this.#resume = element('button', { type: 'button', class: 'primary', click: () => jobs.resume(job) }, say`Continue`);
    this.#retry = element('button', { type: 'button', class: 'primary', click: () => jobs.retry(job) }, say`Try again`);
    this.#cancel = element('button', { type: 'button', click: () => (job.state === 'over' ? jobs.dismiss(job) : jobs.cancel(job)) });
    const buttons = [this.#cancel, this.#pause, this.#resume, this.#retry];
    this.#frame = new CardFrame({ bar: this.#bar, buttons, more: this.#failures }, announce);
    this.element = this.#frame.element;
  }

  draw() {
    const { state, tried, total, isDivisible, isCancelled, isStopping } = this.#job;
    const isRunning = state === 'running';
    const isOver = state === 'over';
    const title = isRunning ? runningAt(this.#job) : isOver ? partlyDone(this.#job) : stoppedAt(this.#job);
    const reason = isRunning ? stillTakes(this.#job) : isOver ? '' : whyStopped(this.#job, this.#place);
    const isNews = this.#frame.show({ state, title, reason, isRunning, isFailed: isOver });
    if (isOver && isNews) this.#showFailures();
    // A single call has no steps to count.
    if (isDivisible) this.#bar.value = tried;
    this.#bar.max = total;
    this.#pause.hidden = !isRunning || !isDivisible || isStopping;
    this.#resume.hidden = isRunning || isOver;
    this.#retry.hidden = !isOver || !this.#jobs.canRetry(this.#job);
    this.#cancel.hidden = isRunning && (!isDivisible || isCancelled);
    this.#cancel.textContent = isRunning ? say`Cancel` : say`Dismiss`;
  }

  /** Lists what failed, by the reason. */
  #showFailures() {
    /** @type {Map<string, string[]>} */
    const byReason = new Map();
    const nameOf = new Map(this.#job.steps.map(({ key, name }) => [key, name]));
    for (const [key, error] of this.#job.failures) {
      const reason = reasonOf(error, this.#place);
      byReason.set(reason, [...(byReason.get(reason) ?? []), nameOf.get(key) ?? key]);
    }
    const lines = [...byReason].slice(0, MAX_REASONS).map(([reason, names]) => {
      const shown = names.slice(0, MAX_NAMES).map((name) => say`“${name}”`);
      const left = names.length - shown.length;
      return element('li', { dir: 'auto' }, left > 0 ? say`${shown.join(', ')} and ${number(left)} more: ${reason}` : say`${shown.join(', ')}: ${reason}`);
    });
    const left = byReason.size - lines.length;
    if (left > 0) lines.push(element('li', {}, plural(left, '… and {0} more reason', '… and {0} more reasons')));
    this.#failures.replaceChildren(...lines);
    this.#failures.hidden = false;
  }
}

/** @param {Job} job */
function partlyDone({ kind, finished, steps }) {
  const { failed, partlyFailed } = JOB_KINDS[kind];
  return finished.size === 0 ? say`${failed()}: ${named(steps)}` : partlyFailed(howMany(finished.size, steps));
}

/**
 * @param {Job} job
 * @param {Place} place
 */
function whyStopped({ error, isPaused }, place) {
  if (error) return reasonOf(error, place);
  return isPaused ? say`It goes on when you continue it.` : say`It was interrupted before it was done.`;
}

/**
 * How fast a job is and how long it still takes, as far as that is known.
 *
 * @param {Job} job
 */
function stillTakes(job) {
  if (job.isStopping) return say`Waiting for the last calls…`;
  const seconds = job.isDivisible ? job.secondsLeft() : undefined;
  return seconds === undefined ? '' : `${pace(job.rate.at())} · ${timeLeft(seconds)}`;
}
