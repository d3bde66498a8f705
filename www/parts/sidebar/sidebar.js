// The sidebar: always there in a wide window, on demand in a narrow one.
import { find } from '../../ui/dom.js';

const OPEN = 'with-sidebar';

/** Windows in which the sidebar is on demand. */
export const NARROW = '(width < 56rem)';

export class Sidebar {
  #toggle = find('#sidebar-toggle', HTMLElement);

  constructor() {
    const sidebar = find('#sidebar', HTMLElement);
    this.#toggle.addEventListener('click', () => {
      const isOpen = document.body.classList.toggle(OPEN);
      this.#toggle.setAttribute('aria-expanded', String(isOpen));
      const first = isOpen && sidebar.querySelector('[tabindex="0"], input:checked');
      if (first instanceof HTMLElement) first.focus();
    });
    find('#main', HTMLElement).addEventListener('pointerdown', () => this.close());
    sidebar.addEventListener('keydown', ({ key }) => {
      if (key !== 'Escape' || !document.body.classList.contains(OPEN)) return;
      this.close();
      this.#toggle.focus();
    });
    this.#placeSwitch();
  }

  /** Closes the sidebar of a narrow window. */
  close() {
    document.body.classList.remove(OPEN);
    this.#toggle.setAttribute('aria-expanded', 'false');
  }

  /** In a narrow window the switch of places moves from the bar to the sidebar. */
  #placeSwitch() {
    const narrow = matchMedia(NARROW);
    const places = find('#places', HTMLElement);
    const arrange = () => {
      if (narrow.matches) find('#sidebar-places', HTMLElement).append(places);
      else find('.brand', HTMLElement).after(places);
    };
    narrow.addEventListener('change', arrange);
    arrange();
  }
}
