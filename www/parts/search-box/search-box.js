// The search box. It searches while a person types.
import { find } from '../../ui/dom.js';

/** Milliseconds after the last letter until a search begins. */
const TYPING_DELAY = 200;

export class SearchBox {
  #input = find('#search-words', HTMLInputElement);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {{ onSearch: (query: string | undefined) => void, onDown: () => void }} handlers `onDown` leads to the items. */
  constructor({ onSearch, onDown }) {
    find('#search', HTMLFormElement).addEventListener('submit', (event) => event.preventDefault());
    this.#input.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => onSearch(this.#input.value.trim() || undefined), TYPING_DELAY);
    });
    this.#input.addEventListener('keydown', ({ key }) => {
      if (key === 'ArrowDown') onDown();
    });
  }

  /**
   * Shows the words of a search, unless somebody is typing.
   *
   * @param {string | undefined} query
   */
  show(query) {
    if (document.activeElement !== this.#input) this.#input.value = query ?? '';
  }

  focus() {
    this.#input.focus();
  }
}
