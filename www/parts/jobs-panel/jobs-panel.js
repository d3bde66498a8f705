// The jobs that take a while, at the edge of the window: how far each is, and a way to pause, continue or cancel it.
/** @import { Job } from '../../model/job.js' */
/** @import { Jobs } from '../../model/jobs.js' */
/** @import { Place } from '../../place/place.js' */
import { named } from '../../model/item.js';
import { runningAt, stoppedAt } from '../../model/job.js';
import { JOB_KINDS } from '../../model/job-kinds.js';
import { timeLeft } from '../../text/words.js';
import { element } from '../../ui/element.js';
import { reasonOf } from '../../ui/error-report.js';
import { keepFocus } from '../../ui/focus.js';
import { RowList } from '../../ui/rows.js';

/** One job of the panel. */
class JobCard {
  #job;
  #place;
  #announce;
  /** @type {boolean | undefined} */
  #wasRunning;
  #title = element('h2', { dir: 'auto' });
  #reason = element('p', { class: 'hint', dir: 'auto' });
  #bar;
  #pause;
  #resume;
  #cancel;

  /**
   * @param {Job} job
   * @param {Place} place
   * @param {Jobs} jobs
   * @param {(text: string) => void} announce
   */
  constructor(job, place, jobs, announce) {
    this.#job = job;
    this.#place = place;
    this.#announce = announce;
    this.#bar = element('progress', { max: String(job.total), 'aria-label': `${JOB_KINDS[job.kind].doing} ${named(job.steps)}` });
    this.#pause = element('button', { type: 'button', click: () => jobs.pause(job) }, 'Pause');
    this.#resume = element('button', { type: 'button', class: 'primary', click: () => jobs.resume(job) }, 'Continue');
    this.#cancel = element('button', { type: 'button', click: () => jobs.cancel(job) });
    const text = element('div', { class: 'job-text' }, this.#title, this.#reason);
    const actions = element('div', { class: 'job-actions' }, this.#cancel, this.#pause, this.#resume);
    this.element = element('li', { class: 'job' }, element('div', { class: 'job-head' }, text, actions), this.#bar);
  }

  draw() {
    const { state, tried, total, isDivisible, isCancelled, isStopping } = this.#job;
    const isRunning = state === 'running';
    const title = isRunning ? runningAt(this.#job) : stoppedAt(this.#job);
    const reason = isRunning ? stillTakes(this.#job) : whyStopped(this.#job, this.#place);
    this.#title.textContent = title;
    this.#reason.textContent = reason;
    if (isRunning !== this.#wasRunning) this.#announce(isRunning ? `${title}.` : `${title}. ${reason}`);
    this.#wasRunning = isRunning;
    this.#reason.hidden = reason === '';
    // A single call has no steps to count.
    if (isDivisible) this.#bar.value = tried;
    this.#bar.max = total;
    this.#bar.hidden = !isRunning;
    this.#pause.hidden = !isRunning || !isDivisible || isStopping;
    this.#resume.hidden = isRunning;
    this.#cancel.hidden = isRunning && (!isDivisible || isCancelled);
    this.#cancel.textContent = isRunning ? 'Cancel' : 'Dismiss';
  }
}

/**
 * @param {Job} job
 * @param {Place} place
 */
function whyStopped({ error, isPaused }, place) {
  if (error) return reasonOf(error, place);
  return isPaused ? 'It goes on when you continue it.' : 'It was interrupted before it was done.';
}

/**
 * How long a job still takes, as far as that is known.
 *
 * @param {Job} job
 */
function stillTakes(job) {
  if (job.isStopping) return 'Waiting for the last calls…';
  const seconds = job.isDivisible ? job.secondsLeft() : undefined;
  return seconds === undefined ? '' : timeLeft(seconds);
}

export class JobsPanel extends HTMLElement {
  #list = element('ul', { class: 'jobs' });
  /** @type {RowList<Job, JobCard> | undefined} */
  #cards;
  #stopListening = () => {};

  connectedCallback() {
    if (this.#list.isConnected) return;
    this.setAttribute('role', 'region');
    this.setAttribute('aria-label', 'In progress');
    this.append(this.#list);
  }

  /**
   * Shows the jobs of a place.
   *
   * @param {Jobs} jobs
   * @param {Place} place
   * @param {(text: string) => void} announce Tells screen readers when a job begins or stops.
   */
  show(jobs, place, announce) {
    this.clear();
    const cards = new RowList(this.#list, (/** @type {Job} */ job) => new JobCard(job, place, jobs, announce));
    const draw = () =>
      keepFocus(this, () => {
        const { shown } = jobs;
        cards.draw(shown);
        this.hidden = shown.length === 0;
      });
    this.#cards = cards;
    this.#stopListening = jobs.changed.listen(draw);
    draw();
  }

  /** Shows nothing, as the page leaves the place. */
  clear() {
    this.#stopListening();
    this.#cards?.clear();
    this.hidden = true;
  }
}

customElements.define('jobs-panel', JobsPanel);
