// The dialog that changes the labels of files.
/** @import { FileItem } from '../../model/item.js' */
import { changedLabels, labelsIn } from '../../model/labels.js';
import { named } from '../../model/item.js';
import { number, say } from '../../text/language.js';
import { ask } from '../../ui/dialog.js';
import { element, foreign } from '../../ui/element.js';
import { field } from '../../ui/field.js';
import { textField } from './fields.js';

let dialogs = 0;

/**
 * @param {readonly FileItem[]} files
 * @param {readonly string[]} known Labels to suggest.
 * @param {(changes: ReturnType<typeof changedLabels>) => unknown} save Called after the dialog is closed.
 */
export async function askLabels(files, known, save) {
  dialogs += 1;
  const counts = labelsIn(files);
  const boxes = [...counts].map(([label, count]) => {
    const box = element('input', { type: 'checkbox' });
    box.checked = count === files.length;
    box.indeterminate = count < files.length;
    const amount = files.length > 1 && element('span', { class: 'soft' }, count === files.length ? say`all` : say`${number(count)} of ${number(files.length)}`);
    return { label, box, count, row: element('li', {}, element('label', { class: 'check' }, box, foreign(label, { class: 'label-name' }), amount)) };
  });
  const id = `known-labels-${dialogs}`;
  const input = textField({ list: id, dir: 'auto', maxlength: '1000', autofocus: true });
  const suggestions = known.filter((label) => !counts.has(label)).map((label) => element('option', { value: label }));
  const changes = await ask({
    title: say`Labels of ${named(files)}`,
    content: [
      boxes.length > 0 && element('ul', { class: 'label-choices', 'aria-label': say`Labels` }, boxes.map(({ row }) => row)),
      field(say`Add labels`, input, say`Commas separate several.`),
      element('datalist', { id }, suggestions),
    ],
    action: say`Save`,
    submit: () =>
      changedLabels(files, {
        removed: boxes.filter(({ box }) => !box.checked && !box.indeterminate).map(({ label }) => label),
        added: [
          ...boxes.filter(({ box, count }) => box.checked && count < files.length).map(({ label }) => label),
          ...input.value.split(','),
        ],
      }),
  });
  if (changes) await save(changes);
}
