// The bar that takes the place of the number of items while some are selected.
/** @import { Item } from '../../model/item.js' */
/** @import { ItemCommands } from '../../model/item-commands.js' */
import { offersFor } from '../../model/item-commands.js';
import { number, say } from '../../text/language.js';
import { element, icon } from '../../ui/element.js';
import { keepFocus } from '../../ui/focus.js';

export class SelectionBar {
  #bar;
  #tools;
  #count;
  #commands;
  #unselect;

  /**
   * @param {{ bar: HTMLElement, tools: HTMLElement, count: HTMLElement }} elements
   * @param {{ commands: ItemCommands, unselect: () => void }} handlers
   */
  constructor({ bar, tools, count }, { commands, unselect }) {
    this.#bar = bar;
    this.#tools = tools;
    this.#count = count;
    this.#commands = commands;
    this.#unselect = unselect;
  }

  /**
   * @param {readonly Item[]} items
   * @param {boolean} isTrash
   */
  show(items, isTrash) {
    const isNeeded = items.length > 0;
    this.#tools.classList.toggle('choosing', isNeeded);
    this.#count.hidden = isNeeded;
    keepFocus(this.#bar, () => {
      this.#bar.hidden = !isNeeded;
    });
    if (!isNeeded) return;
    // The buttons are made anew, so the focus has to be put back.
    const active = document.activeElement;
    const focused = active instanceof HTMLElement && this.#bar.contains(active) ? active.dataset.act : undefined;
    const hasFiles = items.some(({ kind }) => kind === 'file');
    const offers = offersFor(isTrash).filter(({ name }) => name !== 'label' || hasFiles);
    const buttons = offers.map(({ name, label, picture, isBad }) => {
      const attributes = { class: isBad ? 'quiet bad' : 'quiet', title: label, 'data-act': picture, click: () => this.#commands[name](items) };
      return element('button', { type: 'button', ...attributes }, icon(picture), element('span', {}, label));
    });
    this.#bar.replaceChildren(
      element('button', { type: 'button', class: 'bare', 'aria-label': say`Unselect`, 'data-act': 'close', click: this.#unselect }, icon('close')),
      element('p', {}, say`${number(items.length)} selected`),
      ...buttons,
    );
    const next = focused && this.#bar.querySelector(`[data-act="${focused}"]`);
    if (next instanceof HTMLElement) next.focus();
  }
}
