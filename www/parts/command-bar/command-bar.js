// The commands for the folder that is shown.
import { element, icon } from '../../ui/element.js';

/**
 * @typedef {object} Command
 * @property {string} label
 * @property {string} picture
 * @property {(button: HTMLElement) => unknown} act
 * @property {'primary' | 'bad'} [kind]
 */

export class CommandBar {
  #holder;
  #shown = '';

  /** @param {HTMLElement} holder */
  constructor(holder) {
    this.#holder = holder;
  }

  /**
   * Shows commands. Buttons that are there already stay, and so does the focus on them.
   *
   * @param {readonly Command[]} commands
   */
  show(commands) {
    const wanted = commands.map(({ label }) => label).join('\n');
    if (wanted === this.#shown) return;
    this.#shown = wanted;
    this.#holder.replaceChildren(...commands.map(commandButton));
  }
}

/** @param {Command} command */
function commandButton({ label, picture, act, kind }) {
  const made = element('button', { type: 'button', class: kind, title: label }, icon(picture), element('span', {}, label));
  made.addEventListener('click', () => act(made));
  return made;
}
