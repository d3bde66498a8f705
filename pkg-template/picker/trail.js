// The way from the top down to the folder that is shown. Each step leads back to its folder.
import { say } from '../../www/text/language.js';
import { element, foreign, icon } from '../../www/ui/element.js';

/** @typedef {{ id: string, name: string }} Step */

export class Trail {
  #list = element('ol', {});
  element = element('nav', { class: 'trail', part: 'trail', 'aria-label': say`Folders` }, this.#list);
  #go;

  /** @param {(id: string) => void} go */
  constructor(go) {
    this.#go = go;
  }

  /** @param {readonly Step[]} steps */
  show(steps) {
    this.#list.replaceChildren(
      ...steps.map(({ id, name }, index) => {
        const isLast = index === steps.length - 1;
        const label = foreign(name);
        const step = isLast
          ? element('span', { 'aria-current': 'true' }, label)
          : element('button', { type: 'button', class: 'quiet', click: () => this.#go(id) }, label);
        return element('li', {}, index > 0 && icon('chevron'), step);
      }),
    );
  }
}
