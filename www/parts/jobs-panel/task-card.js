// A task in the list: what it does, or why it failed.
/** @import { Jobs } from '../../model/jobs.js' */
/** @import { Task } from '../../model/task.js' */
/** @import { Place } from '../../place/place.js' */
import { say } from '../../text/language.js';
import { element } from '../../ui/element.js';
import { reasonOf } from '../../ui/error-report.js';
import { CardFrame } from './card-frame.js';

export class TaskCard {
  #task;
  #place;
  #frame;
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
    // Without a value, it says that something is going on.
    const bar = element('progress', { 'aria-label': task.doing });
    this.#retry = element('button', { type: 'button', class: 'primary', click: () => jobs.retryTask(task) }, say`Try again`);
    this.#cancel = element('button', { type: 'button', click: () => jobs.dismissTask(task) });
    this.#frame = new CardFrame({ bar, buttons: [this.#cancel, this.#retry] }, announce);
    this.element = this.#frame.element;
  }

  draw() {
    const { state, doing, failed, error } = this.#task;
    const isRunning = state === 'running';
    const reason = isRunning ? '' : reasonOf(error, this.#place);
    this.#frame.show({ state, title: isRunning ? doing : failed, reason, isRunning, isFailed: !isRunning });
    this.#retry.hidden = isRunning;
    this.#cancel.textContent = isRunning ? say`Cancel` : say`Dismiss`;
  }
}
