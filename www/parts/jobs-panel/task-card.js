// A task in the list: what it does, or why it failed.
/** @import { Jobs } from '../../model/jobs.js' */
/** @import { Task } from '../../model/task.js' */
/** @import { Place } from '../../place/place.js' */
import { say } from '../../text/language.js';
import { element } from '../../ui/element.js';
import { reasonOf } from '../../ui/error-report.js';

export class TaskCard {
  #task;
  #place;
  #announce;
  /** What screen readers were told last. @type {Task['state'] | undefined} */
  #announced;
  #title = element('h2', { dir: 'auto' });
  #reason = element('p', { class: 'hint', dir: 'auto' });
  #bar;
  #retry;
  #cancel;

  /**
   * @param {Task} task
   * @param {Place} place
   * @param {Jobs} jobs
   * @param {(text: string) => void} announce
   */
  constructor(task, place, jobs, announce) {
    this.#task = task;
    this.#place = place;
    this.#announce = announce;
    // Without a value, it says that something is going on.
    this.#bar = element('progress', { 'aria-label': task.doing });
    this.#retry = element('button', { type: 'button', class: 'primary', click: () => jobs.retryTask(task) }, say`Try again`);
    this.#cancel = element('button', { type: 'button', click: () => jobs.dismissTask(task) });
    const text = element('div', { class: 'job-text' }, this.#title, this.#reason);
    const actions = element('div', { class: 'job-actions' }, this.#cancel, this.#retry);
    this.element = element('li', { class: 'job' }, element('div', { class: 'job-head' }, text, actions), this.#bar);
  }

  draw() {
    const { state, doing, failed, error } = this.#task;
    const isRunning = state === 'running';
    const reason = isRunning ? '' : reasonOf(error, this.#place);
    this.#title.textContent = isRunning ? doing : failed;
    this.#reason.textContent = reason;
    this.#reason.hidden = reason === '';
    this.#bar.hidden = !isRunning;
    this.#retry.hidden = isRunning;
    this.#cancel.textContent = isRunning ? say`Cancel` : say`Dismiss`;
    this.element.classList.toggle('failed', !isRunning);
    if (state !== this.#announced) this.#announce(isRunning ? `${doing}.` : `${failed}. ${reason}`);
    this.#announced = state;
  }
}
