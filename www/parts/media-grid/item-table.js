// Items as rows of a table, for a grid that offers that layout. The picker does not, and so does not load this.
/** @import { Item } from '../../model/item.js' */
/** @import { Sort } from '../../model/view.js' */
/** @import { Place } from '../../place/place.js' */
/** @import { Controls } from './cells.js' */
/** @import { HeadHandlers } from './list-head.js' */
import { element } from '../../ui/element.js';
import { marks } from '../../ui/marks.js';
import { picture } from '../../ui/picture.js';
import { folderIcon, menuButton, nameBy, shownName, star, tick } from './cells.js';
import { COLUMN_CONTENTS } from './column-contents.js';
import { ListColumns } from './columns.js';
import { headCells } from './list-head.js';

export class ItemTable {
  columns = new ListColumns();

  /**
   * Makes the cells of the head.
   *
   * @param {Sort} sorted
   * @param {HeadHandlers} handlers
   */
  headCells(sorted, handlers) {
    return headCells(this.columns, sorted, handlers);
  }

  /**
   * @param {Item} item
   * @param {Pick<Place, 'showable'>} place
   * @param {Controls} controls
   */
  makeRow(item, place, { hasTick, hasMenu, isDraggable, whereIs, isFavourite, isCut }) {
    const { kind, key, value } = item;
    const isFile = kind === 'file';
    const where = whereIs?.(item);
    const name = where ? element('span', { class: 'list-text' }, shownName(item), where) : shownName(item);
    const found = [...(isFavourite?.(item) ? [star()] : []), ...(isFile ? marks(value) : [])];
    const others = this.columns.shown.map((one) => element('span', { role: 'gridcell', class: one === 'size' ? 'amount' : undefined }, COLUMN_CONTENTS[one](item)));
    const row = element(
      'div',
      { class: `cell ${kind} list-row${isCut?.(item) ? ' cut' : ''}`, 'data-key': key, draggable: isDraggable && 'true', tabindex: '-1', role: 'row' },
      element('span', { role: 'gridcell', class: 'list-name' }, hasTick(item) && tick(item), isFile ? picture(value, place, 96, 72) : folderIcon(), name, found, hasMenu && menuButton(item)),
      others,
    );
    return nameBy(row, [name, ...found, ...others]);
  }
}
