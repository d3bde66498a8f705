// The jobs that take a while or have failed, at the edge of the window: how far each is, and a way to pause, continue, cancel or
// retry it.
/** @import { Job } from '../../model/job.js' */
/** @import { Jobs } from '../../model/jobs.js' */
/** @import { Place } from '../../place/place.js' */
import { Task } from '../../model/task.js';
import { say } from '../../text/language.js';
import { element } from '../../ui/element.js';
import { keepFocus } from '../../ui/focus.js';
import { RowList } from '../../ui/rows.js';
import { JobCard } from './job-card.js';
import { TaskCard } from './task-card.js';

export class JobsPanel extends HTMLElement {
  #list = element('ul', { class: 'jobs' });
  /** @type {RowList<Job | Task, JobCard | TaskCard> | undefined} */
  #cards;
  #stopListening = () => {};

  connectedCallback() {
    if (this.#list.isConnected) return;
    this.setAttribute('role', 'region');
    this.setAttribute('aria-label', say`In progress`);
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
    const cards = new RowList(this.#list, (/** @type {Job | Task} */ one) =>
      one instanceof Task ? new TaskCard(one, place, jobs, announce) : new JobCard(one, place, jobs, announce),
    );
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
