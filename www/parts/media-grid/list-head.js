// The head of the table, whose columns sort it.
/** @import { Sort } from '../../model/view.js' */
import { element, icon } from '../../ui/element.js';

/** @type {readonly { label: string, field?: Sort['fieldName'] }[]} */
const COLUMNS = [
  { label: 'Name', field: 'displayName' },
  { label: 'Type' },
  { label: 'Size', field: 'sizeInBytes' },
  { label: 'Modified', field: 'updatedDate' },
];

export const COLUMN_COUNT = COLUMNS.length;

/**
 * Makes the cells of the head.
 *
 * @param {Sort} sorted
 * @param {(sort: Sort) => void} onSort
 */
export const headCells = (sorted, onSort) =>
  COLUMNS.map(({ label, field }) => {
    if (!field) return element('span', { role: 'columnheader' }, label);
    const direction = field === sorted.fieldName ? (sorted.order === 'DESC' ? 'descending' : 'ascending') : undefined;
    const sort = () => onSort({ fieldName: field, order: direction === 'ascending' ? 'DESC' : 'ASC' });
    const button = element('button', { type: 'button', class: 'sort', click: sort }, label, direction && icon(direction));
    return element('span', { role: 'columnheader', 'aria-sort': direction }, button);
  });
