// The panel beside the items, with a tab for details and one for code.
import { find } from '../../ui/dom.js';

/** @typedef {'details' | 'code'} Tab */

/** @type {readonly Tab[]} */
const TABS = ['details', 'code'];

/**
 * @param {unknown} name
 * @returns {Tab}
 */
export const tabNamed = (name) => TABS.find((tab) => tab === name) ?? 'code';

export class SidePanel {
  #panel = find('#panel', HTMLElement);
  #onShow;

  /** @param {(tab: Tab | undefined) => void} onShow Called with the tab that is shown; without one when the panel closes. */
  constructor(onShow) {
    this.#onShow = onShow;
    for (const name of TABS) {
      const toggle = toggleOf(name);
      toggle.addEventListener('click', () => this.show(toggle.getAttribute('aria-pressed') === 'true' ? undefined : name));
      const button = buttonOf(name);
      button.addEventListener('click', () => this.show(name));
      button.addEventListener('keydown', ({ key }) => {
        if (!/^Arrow(?:Left|Right)$/.test(key)) return;
        const other = TABS.find((one) => one !== name) ?? name;
        this.show(other);
        buttonOf(other).focus();
      });
    }
    find('#panel-close', HTMLElement).addEventListener('click', () => {
      const name = this.tab;
      this.show(undefined);
      if (name) toggleOf(name).focus();
    });
  }

  /** The tab that is shown, if the panel is open. */
  get tab() {
    return this.#panel.hidden ? undefined : TABS.find((name) => !bodyOf(name).hidden);
  }

  /**
   * Shows a tab; without one, closes the panel.
   *
   * @param {Tab | undefined} tab
   */
  show(tab) {
    this.#panel.hidden = !tab;
    for (const name of TABS) {
      const isShown = name === tab;
      bodyOf(name).hidden = !isShown;
      buttonOf(name).setAttribute('aria-selected', String(isShown));
      buttonOf(name).tabIndex = isShown ? 0 : -1;
      toggleOf(name).setAttribute('aria-pressed', String(isShown));
    }
    this.#onShow(tab);
  }
}

/** @param {Tab} name */
const bodyOf = (name) => find(`#${name}`, HTMLElement);

/** @param {Tab} name */
const buttonOf = (name) => find(`#${name}-tab`, HTMLElement);

/** The button in the bar. @param {Tab} name */
const toggleOf = (name) => find(`#${name}-toggle`, HTMLElement);
