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

let lastPart = 0;

/**
 * Names a cell by those of its parts that say what it is. Its content alone would name it, too, but together with the names of its
 * box and of its button.
 *
 * @template {HTMLElement} Cell
 * @param {Cell} cell
 * @param {readonly HTMLElement[]} parts In the order of the document, as their text is seen.
 * @returns {Cell}
 */
export function nameBy(cell, parts) {
  for (const part of parts) {
    lastPart += 1;
    part.id = `cell-part-${lastPart}`;
  }
  cell.setAttribute('aria-labelledby', parts.map(({ id }) => id).join(' '));
  return cell;
}

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
    return nameBy(element('div', attributes, box, folderIcon(), name, menu), [name]);
  }
  const { value } = item;
  const facts = `${mediaType(value.mediaType)} · ${size(value.sizeInBytes)}`;
  // Screen readers hear the name of the file first, and the star, which has no text to see, last. The style puts the picture above the
  // text, and the star before the other marks.
  const text = element('div', { class: 'tile-text' }, shownName(item), element('span', { class: 'tile-facts' }, where && [where, ' · '], facts));
  // The spaces between words are not seen. They are for programs that join texts without a look at the layout.
  const found = element('span', { class: 'tile-marks' }, marks(value).map((mark) => [mark, ' ']), isFavourite?.(item) && star());
  const view = element('span', { class: 'tile-picture' }, picture(value, place, width, (width * 3) / 4), ' ', found);
  return nameBy(element('div', attributes, box, text, ' ', view, menu), [text, view]);
}
