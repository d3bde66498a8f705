// The cells of the grid: an item as a tile, or as a row of the table.
/** @import { Item } from '../../model/item.js' */
/** @import { Place } from '../../place/place.js' */
import { day, isDate, mediaType, size } from '../../text/words.js';
import { element, foreign, icon } from '../../ui/element.js';
import { marks } from '../../ui/marks.js';
import { picture } from '../../ui/picture.js';

/** @param {Item} item */
const tick = ({ name }) => element('input', { type: 'checkbox', class: 'tick', tabindex: '-1', 'aria-label': `Select ${name}` });

/** @param {Item} item */
const menuButton = ({ name }) =>
  element('button', { type: 'button', class: 'bare tile-menu', tabindex: '-1', 'aria-label': `More for ${name}` }, icon('more'));

/** @param {Item} item */
const shownName = ({ name }) => foreign(name, { class: 'name', title: name });

const folderIcon = () => element('span', { class: 'folder-icon' }, icon('folder'));

/** @param {Item['value']} value */
function dateOf(value) {
  const date = value._updatedDate ?? value._createdDate;
  return element('time', { datetime: isDate(date) ? date.toISOString() : undefined }, day(date));
}

/**
 * @param {Item} item
 * @param {Place} place
 */
export function makeTile(item, place) {
  const attributes = { class: `cell ${item.kind} tile`, 'data-key': item.key, draggable: 'true', tabindex: '-1', role: 'gridcell' };
  if (item.kind === 'folder') return element('div', attributes, tick(item), folderIcon(), shownName(item), menuButton(item));
  const { value } = item;
  const facts = `${mediaType(value.mediaType)} · ${size(value.sizeInBytes)}`;
  return element(
    'div',
    attributes,
    tick(item),
    element('span', { class: 'tile-picture' }, picture(value, place, 320, 240), element('span', { class: 'tile-marks' }, marks(value))),
    element('div', { class: 'tile-text' }, shownName(item), element('span', { class: 'tile-facts' }, facts)),
    menuButton(item),
  );
}

/**
 * @param {Item} item
 * @param {Place} place
 */
export function makeRow(item, place) {
  const { kind, key, value } = item;
  const isFile = kind === 'file';
  return element(
    'div',
    { class: `cell ${kind} list-row`, 'data-key': key, draggable: 'true', tabindex: '-1', role: 'row' },
    element(
      'span',
      { role: 'gridcell', class: 'list-name' },
      tick(item),
      isFile ? picture(value, place, 96, 72) : folderIcon(),
      shownName(item),
      isFile ? marks(value) : [],
      menuButton(item),
    ),
    element('span', { role: 'gridcell' }, isFile ? mediaType(value.mediaType) : 'Folder'),
    element('span', { role: 'gridcell', class: 'amount' }, isFile ? size(value.sizeInBytes) : '–'),
    element('span', { role: 'gridcell' }, dateOf(value)),
  );
}
