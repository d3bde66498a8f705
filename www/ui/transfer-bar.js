// The bar of a transfer: pale up to what has left, full up to what has arrived.
import { element } from './element.js';

export class TransferBar {
  #progress;
  #arrived = element('span', { class: 'arrived' });

  /** @param {string} label */
  constructor(label) {
    this.#progress = element('progress', { max: '1', value: '0', 'aria-label': label });
    this.element = element('div', { class: 'transfer-bar' }, this.#progress, this.#arrived);
  }

  /**
   * @param {number} sent A part of 1.
   * @param {number} arrived The same, at most as much.
   */
  show(sent, arrived) {
    this.#progress.value = sent;
    this.#arrived.style.inlineSize = `${100 * arrived}%`;
  }
}
