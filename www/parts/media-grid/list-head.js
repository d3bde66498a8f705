// The head of the table: its columns sort it, and have edges that change their widths.
/** @import { Sort } from '../../model/view.js' */
/** @import { ColumnName, ListColumns } from './columns.js' */
import { say } from '../../text/language.js';
import { element, icon } from '../../ui/element.js';
import { COLUMNS, MAX_COLUMN_WIDTH, MIN_COLUMN_WIDTH } from './columns.js';

/** Pixels by which a key changes a width. */
const KEY_STEP = 16;

/**
 * @typedef {object} HeadHandlers
 * @property {(sort: Sort) => void} onSort
 * @property {(name: ColumnName, width: number, isDone: boolean) => void} onResize `isDone` is false while the mouse moves.
 */

/**
 * Makes the cells of the head.
 *
 * @param {ListColumns} columns
 * @param {Sort} sorted
 * @param {HeadHandlers} handlers
 */
export function headCells(columns, sorted, { onSort, onResize }) {
  const name = element('span', { role: 'columnheader', ...sortState('displayName', sorted) }, sortButton(say`Name`, 'displayName', sorted, onSort));
  const others = columns.shown.map((one) => {
    const { label, field } = COLUMNS[one];
    const edge = columnEdge(label, () => columns.widthOf(one), (width, isDone) => onResize(one, width, isDone));
    if (!field) return element('span', { role: 'columnheader' }, edge, element('span', { class: 'head-text' }, label));
    return element('span', { role: 'columnheader', ...sortState(field, sorted) }, edge, sortButton(label, field, sorted, onSort));
  });
  return [name, ...others];
}

/** @param {Sort['fieldName']} field @param {Sort} sorted */
const directionOf = (field, sorted) => (field === sorted.fieldName ? (sorted.order === 'DESC' ? 'descending' : 'ascending') : undefined);

/** @param {Sort['fieldName']} field @param {Sort} sorted */
const sortState = (field, sorted) => ({ 'aria-sort': directionOf(field, sorted) });

/**
 * @param {string} label
 * @param {Sort['fieldName']} fieldName
 * @param {Sort} sorted
 * @param {(sort: Sort) => void} onSort
 */
function sortButton(label, fieldName, sorted, onSort) {
  const direction = directionOf(fieldName, sorted);
  const sort = () => onSort({ fieldName, order: direction === 'ascending' ? 'DESC' : 'ASC' });
  return element('button', { type: 'button', class: 'sort', 'data-field': fieldName, click: sort }, label, direction && icon(direction));
}

/**
 * The edge before a column, which is dragged or moved with the arrow keys. The name has the rest of the width, so the edge moves
 * against its column: towards the name makes the column wider.
 *
 * @param {string} label
 * @param {() => number} widthOf
 * @param {(width: number, isDone: boolean) => void} resize
 */
function columnEdge(label, widthOf, resize) {
  const edge = element('span', {
    class: 'column-edge',
    role: 'separator',
    tabindex: '0',
    'aria-orientation': 'vertical',
    'aria-label': say`Width of ${label}`,
    'aria-valuemin': String(MIN_COLUMN_WIDTH),
    'aria-valuemax': String(MAX_COLUMN_WIDTH),
    'aria-valuenow': String(widthOf()),
  });
  const isRtl = () => getComputedStyle(edge).direction === 'rtl';
  /** @param {number} width @param {boolean} isDone */
  const change = (width, isDone) => {
    resize(width, isDone);
    edge.setAttribute('aria-valuenow', String(widthOf()));
  };
  edge.addEventListener('keydown', (event) => {
    if ((event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    change(widthOf() + ((event.key === 'ArrowLeft') === !isRtl() ? KEY_STEP : -KEY_STEP), true);
  });
  edge.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    edge.setPointerCapture(event.pointerId);
    const [from, width, sign] = [event.clientX, widthOf(), isRtl() ? 1 : -1];
    let isMoved = false;
    const dragging = new AbortController();
    const { signal } = dragging;
    /** @param {PointerEvent} moved */
    const move = ({ clientX }) => {
      isMoved = true;
      change(width + sign * (clientX - from), false);
    };
    edge.addEventListener('pointermove', move, { signal });
    edge.addEventListener(
      'lostpointercapture',
      () => {
        dragging.abort();
        if (isMoved) change(widthOf(), true);
      },
      { signal },
    );
  });
  return edge;
}
