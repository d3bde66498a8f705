// The frame of a card in the list of jobs: a title, a reason below it, a bar, and buttons.
import { element } from '../../ui/element.js';

/**
 * @typedef {object} Card What a card says.
 * @property {string} state Screen readers are told when it changes.
 * @property {string} title
 * @property {string} reason Why it stopped, or how it goes on; empty if there is nothing to say.
 * @property {boolean} isRunning Whether the bar is shown.
 * @property {boolean} isFailed
 */

export class CardFrame {
  #title = element('h2', { dir: 'auto' });
  #reason = element('p', { class: 'hint', dir: 'auto' });
  #bar;
  #announce;
  /** What screen readers were told last. @type {string | undefined} */
  #announced;

  /**
   * @param {{ bar: HTMLElement, buttons: readonly HTMLElement[], more?: HTMLElement }} elements `more` stands above the bar.
   * @param {(text: string) => void} announce Tells screen readers.
   */
  constructor({ bar, buttons, more }, announce) {
    this.#bar = bar;
    this.#announce = announce;
    const text = element('div', { class: 'job-text' }, this.#title, this.#reason);
    const head = element('div', { class: 'job-head' }, text, element('div', { class: 'job-actions' }, ...buttons));
    this.element = element('li', { class: 'job' }, head, more, bar);
  }

  /**
   * Shows what a card says. Returns whether its state has changed.
   *
   * @param {Card} card
   */
  show({ state, title, reason, isRunning, isFailed }) {
    this.#title.textContent = title;
    this.#reason.textContent = reason;
    this.#reason.hidden = reason === '';
    this.#bar.hidden = !isRunning;
    this.element.classList.toggle('failed', isFailed);
    if (state === this.#announced) return false;
    this.#announce(isRunning || reason === '' ? `${title}.` : `${title}. ${reason}`);
    this.#announced = state;
    return true;
  }
}
