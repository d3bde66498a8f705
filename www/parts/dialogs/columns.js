// The dialog that chooses the columns of the table.
/** @import { ColumnName } from '../media-grid/columns.js' */
import { say } from '../../text/language.js';
import { ask } from '../../ui/dialog.js';
import { element } from '../../ui/element.js';
import { COLUMN_NAMES, COLUMNS } from '../media-grid/columns.js';

/**
 * Resolves with the columns that the person wants, with `reset` for what there was at first, or with nothing if the dialog is closed.
 *
 * @param {readonly ColumnName[]} chosen
 * @returns {Promise<ColumnName[] | 'reset' | undefined>}
 */
export async function askColumns(chosen) {
  const boxes = COLUMN_NAMES.map((name, index) => {
    const box = element('input', { type: 'checkbox', autofocus: index === 0 });
    box.checked = chosen.includes(name);
    return { name, box, row: element('label', { class: 'check' }, box, COLUMNS[name].label) };
  });
  let isReset = false;
  const reset = () => {
    isReset = true;
    list.closest('dialog')?.close();
  };
  const list = element('fieldset', { class: 'choices' }, element('legend', { class: 'visually-hidden' }, say`Columns`), boxes.map(({ row }) => row));
  const wanted = await ask({
    title: say`Columns`,
    lead: say`A narrow window hides some of them. To change a width, drag the edge of a column heading, or focus the edge and press the arrow keys.`,
    content: [list, element('button', { type: 'button', class: 'quiet clear-all', click: reset }, say`Reset`)],
    action: say`Show`,
    submit: () => boxes.filter(({ box }) => box.checked).map(({ name }) => name),
  });
  return isReset ? 'reset' : wanted;
}
