// The head of the table, whose columns sort it.
/** @import { Sort } from '../../model/view.js' */
import { say } from '../../text/language.js';
import { element, icon } from '../../ui/element.js';

/** @type {readonly { label: string, field?: Sort['fieldName'] }[]} */
const COLUMNS = [
  { get label() { return say`Name`; }, field: 'displayName' },
  { get label() { return say`Type`; } },
  { get label() { return say`Size`; }, field: 'sizeInBytes' },
  { get label() { return say`Modified`; }, field: 'updatedDate' },
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
