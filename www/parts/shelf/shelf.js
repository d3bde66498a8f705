// The shelf below the folders: ways to files that lie in several folders.
/** @import { SavedSearch } from '../../model/saved-searches.js' */
import { number, say } from '../../text/language.js';
import { find } from '../../ui/dom.js';
import { element, foreign, icon } from '../../ui/element.js';
import { keepFocus } from '../../ui/focus.js';
import { openMenu } from '../../ui/menu.js';
import { arrange } from '../../ui/rows.js';

/**
 * @typedef {object} ShelfContent
 * @property {string} current The fragment of the view that is shown.
 * @property {{ href: string, count: number }} favourites
 * @property {readonly SavedSearch[]} searches
 * @property {boolean} canSave Whether the view is a search or filtered, and not saved yet.
 *
 * @typedef {object} ShelfHandlers
 * @property {() => unknown} save Saves what is shown.
 * @property {() => unknown} manageLabels
 * @property {(search: SavedSearch) => unknown} rename
 * @property {(search: SavedSearch) => unknown} remove
 */

/**
 * @param {string} href
 * @param {string} picture
 * @param {Node} name
 */
const shelfLink = (href, picture, name) => element('a', { class: 'shelf-line', href }, icon(picture), name);

export class Shelf {
  #list = find('#shelf ul', HTMLElement);
  #save;
  #handlers;
  #count = element('span', { class: 'shelf-count' });
  #favourites = element('li', {}, shelfLink('#files?favourites=true', 'star', element('span', { class: 'shelf-name' }, say`Favourites`)));
  /** The lines of the searches, by what they show. @type {Map<string, HTMLElement>} */
  #lines = new Map();

  /** @param {ShelfHandlers} handlers */
  constructor(handlers) {
    this.#handlers = handlers;
    find('a', HTMLAnchorElement, this.#favourites).append(this.#count);
    this.#save = element('button', { type: 'button', class: 'quiet', hidden: true, click: handlers.save }, icon('plus'), say`Save this search…`);
    const labels = element('button', { type: 'button', class: 'quiet', click: handlers.manageLabels }, icon('label'), say`All labels…`);
    this.#list.after(this.#save, labels);
  }

  /** @param {ShelfContent} content */
  draw({ current, favourites, searches, canSave }) {
    this.#count.textContent = favourites.count > 0 ? number(favourites.count) : '';
    this.#favourites.querySelector('a')?.setAttribute('href', favourites.href);
    const lines = new Map(searches.map((search) => [JSON.stringify(search), this.#lines.get(JSON.stringify(search)) ?? this.#line(search)]));
    this.#lines = lines;
    arrange(this.#list, [this.#favourites, ...lines.values()]);
    for (const one of this.#list.querySelectorAll('a')) {
      if (one.getAttribute('href') === current) one.setAttribute('aria-current', 'page');
      else one.removeAttribute('aria-current');
    }
    keepFocus(this.#save, () => {
      this.#save.hidden = !canSave;
    });
  }

  /** @param {SavedSearch} search */
  #line(search) {
    const { name, fragment } = search;
    const link = shelfLink(fragment, 'search', foreign(name, { class: 'shelf-name', title: name }));
    const openIt = () => {
      const { left, bottom } = button.getBoundingClientRect();
      openMenu(
        [
          { label: say`Rename`, picture: 'edit', act: () => this.#handlers.rename(search) },
          { label: say`Delete`, picture: 'trash', isBad: true, act: () => this.#handlers.remove(search) },
        ],
        { x: left, y: bottom, label: say`More for ${name}` },
      );
    };
    const button = element('button', { type: 'button', class: 'bare shelf-menu', 'aria-label': say`More for ${name}`, click: openIt }, icon('more'));
    return element('li', {}, link, button);
  }
}
