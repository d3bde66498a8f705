// The cells of the grid: an item as a tile, and what rows of a table have in common with it.
/** @import { Item } from '../../model/item.js' */
/** @import { Place } from '../../place/place.js' */
import { say } from '../../text/language.js';
import { mediaType, size } from '../../text/words.js';
import { element, foreign, icon } from '../../ui/element.js';
import { marks } from '../../ui/marks.js';
import { picture } from '../../ui/picture.js';

/**
 * @typedef {object} Controls What cells have besides their item.
 * @property {(item: Item) => boolean} hasTick Whether a box selects the item.
 * @property {boolean} hasMenu
 * @property {boolean} isDraggable
 * @property {(item: Item) => boolean} [isFavourite]
 * @property {(item: Item) => boolean} [isCut] Whether pasting will move the item elsewhere.
 * @property {(item: Item) => HTMLElement | undefined} [whereIs] Makes a text that names the folder of an item, where items are of
 *   several folders.
 */

/** @param {Item} item */
export const tick = ({ name }) => element('input', { type: 'checkbox', class: 'tick', tabindex: '-1', 'aria-label': say`Select ${name}` });

/** @param {Item} item */
export const menuButton = ({ name }) =>
  element('button', { type: 'button', class: 'bare tile-menu', tabindex: '-1', 'aria-label': say`More for ${name}` }, icon('more'));

/** @param {Item} item */
export const shownName = ({ name }) => foreign(name, { class: 'name', title: name });

export const star = () => element('span', { class: 'mark star' }, icon('star'), element('span', { class: 'visually-hidden' }, say`Favourite`));

export const folderIcon = () => element('span', { class: 'folder-icon' }, icon('folder'));

/**
 * @param {Item} item
 * @param {Pick<Place, 'showable'>} place
 * @param {Controls} controls
 * @param {number} width Of the picture.
 */
export function makeTile(item, place, { hasTick, hasMenu, isDraggable, whereIs, isFavourite, isCut }, width) {
  const attributes = {
    class: `cell ${item.kind} tile${isCut?.(item) ? ' cut' : ''}`,
    part: `tile ${item.kind}`,
    'data-key': item.key,
    draggable: isDraggable && 'true',
    tabindex: '-1',
    role: 'gridcell',
  };
  const box = hasTick(item) && tick(item);
  const menu = hasMenu && menuButton(item);
  const where = whereIs?.(item);
  if (item.kind === 'folder') {
    const name = where ? element('div', { class: 'tile-text' }, shownName(item), element('span', { class: 'tile-facts' }, where)) : shownName(item);
    return element('div', attributes, box, folderIcon(), name, menu);
  }
  const { value } = item;
  const facts = `${mediaType(value.mediaType)} · ${size(value.sizeInBytes)}`;
  return element(
    'div',
    attributes,
    box,
    element('span', { class: 'tile-picture' }, picture(value, place, width, (width * 3) / 4), element('span', { class: 'tile-marks' }, isFavourite?.(item) && star(), marks(value))),
    element('div', { class: 'tile-text' }, shownName(item), element('span', { class: 'tile-facts' }, where && [where, ' · '], facts)),
    menu,
  );
}
