// The dialog with all labels of a place, which renames, merges and deletes them.
/** @import { JobStep } from '../../model/job-kinds.js' */
/** @import { LabelledFiles } from '../../model/labelled-files.js' */
/** @import { Child } from '../../ui/element.js' */
import { changedLabels, labelsIn, renamedLabels } from '../../model/labels.js';
import { listed, number, plural, say } from '../../text/language.js';
import { ask } from '../../ui/dialog.js';
import { element, foreign, icon } from '../../ui/element.js';
import { errorReport } from '../../ui/error-report.js';
import { field } from '../../ui/field.js';
import { required, textField } from './fields.js';

/** More labels than these can be searched. */
const MAX_UNSEARCHED = 8;
const MAX_LABEL_LENGTH = '200';
/** Labels that a title names. */
const MAX_NAMED = 3;

/**
 * @typedef {object} LabelManagerOptions
 * @property {(controller: AbortController, onRead: (count: number) => void) => Promise<LabelledFiles>} read Reads the files with labels.
 * @property {(steps: readonly JobStep[]) => unknown} change Called after the dialog is closed.
 * @property {(label: string, area: keyof LabelledFiles) => string} hrefOf Returns the address of the files with a label.
 */

/** @param {readonly string[]} labels */
const inWords = (labels) => (labels.length > MAX_NAMED ? plural(labels.length, '{0} label', '{0} labels') : listed(labels.map((label) => say`“${label}”`)));

/**
 * Asks for the name that some labels get.
 *
 * @param {readonly string[]} labels
 * @param {ReadonlyMap<string, number>} counts
 */
function askName(labels, counts) {
  const [first] = labels;
  const input = textField({ value: first, dir: 'auto', maxlength: MAX_LABEL_LENGTH, autofocus: true });
  const others = [...counts.keys()].filter((label) => !labels.includes(label));
  const note = element('p', { class: 'hint', role: 'status' });
  input.addEventListener('input', () => {
    note.textContent = others.includes(input.value.trim()) ? say`This label already exists. The labels will be merged.` : '';
  });
  return ask({
    title: labels.length > 1 ? say`Merge ${inWords(labels)}` : say`Rename “${first}”`,
    content: [field(say`Name`, input), note],
    action: labels.length > 1 ? say`Merge` : say`Rename`,
    ready: () => input.select(),
    submit: () => required(input, say`Enter a label.`),
  });
}

/**
 * Makes a function that links to the files with a label, in each area that has some.
 *
 * @param {LabelledFiles} found
 * @param {LabelManagerOptions['hrefOf']} hrefOf
 */
function linksTo({ files, visitor }, hrefOf) {
  const [inFiles, inVisitor] = [labelsIn(files), labelsIn(visitor)];
  /** @param {string} label */
  return (label) => {
    const [some, uploads] = [inFiles.get(label) ?? 0, inVisitor.get(label) ?? 0];
    return [
      some > 0 && element('a', { href: hrefOf(label, 'files'), 'aria-label': plural(some, '{0} file with the label “{1}”', '{0} files with the label “{1}”', label) }, plural(some, '{0} file', '{0} files')),
      uploads > 0 &&
        element(
          'a',
          { href: hrefOf(label, 'visitor'), 'aria-label': plural(uploads, '{0} visitor upload with the label “{1}”', '{0} visitor uploads with the label “{1}”', label) },
          plural(uploads, '{0} visitor upload', '{0} visitor uploads'),
        ),
    ];
  };
}

/**
 * The list of labels, each with a box.
 *
 * @param {readonly string[]} labels
 * @param {(label: string) => Child} linksOf
 * @param {() => void} onChange
 */
function labelList(labels, linksOf, onChange) {
  const rows = labels.map((label) => {
    const box = element('input', { type: 'checkbox', change: onChange });
    return { label, box, row: element('li', {}, element('label', { class: 'check' }, box, foreign(label, { class: 'label-name' })), linksOf(label)) };
  });
  const search = element('input', { type: 'search', 'aria-label': say`Find a label`, placeholder: say`Find a label`, dir: 'auto', autocomplete: 'off' });
  search.addEventListener('input', () => {
    const words = search.value.trim().toLocaleLowerCase();
    for (const { label, box, row } of rows) {
      row.hidden = !label.toLocaleLowerCase().includes(words);
      // What nobody sees must not be deleted with the others.
      if (row.hidden) box.checked = false;
    }
    onChange();
  });
  return {
    parts: [...(rows.length > MAX_UNSEARCHED ? [search] : []), element('ul', { class: 'label-list', 'aria-label': say`Labels` }, rows.map(({ row }) => row))],
    chosen: () => rows.filter(({ box }) => box.checked).map(({ label }) => label),
  };
}

/**
 * Shows all labels. Resolves when the dialog is closed.
 *
 * @param {LabelManagerOptions} options
 */
export async function manageLabels({ read, change, hrefOf }) {
  const controller = new AbortController();
  const progress = element('p', { role: 'status' }, say`Reading the labels of all files…`);
  const body = element('div', { class: 'dialog-part' }, progress);
  /** @type {JobStep[]} */
  let steps = [];
  /** @param {JobStep[]} wanted */
  const finish = (wanted) => {
    steps = wanted;
    body.closest('dialog')?.close();
  };

  /** @param {LabelledFiles} found */
  const show = (found) => {
    const files = [...found.files, ...found.visitor];
    const counts = labelsIn(files);
    if (counts.size === 0) {
      body.replaceChildren(element('p', {}, say`No file has a label yet. To add some, choose “Labels…” in the menu of a file.`));
      return;
    }
    const rename = element('button', { type: 'button', disabled: true }, icon('edit'), element('span', {}, say`Rename`));
    const remove = element('button', { type: 'button', class: 'bad', disabled: true }, icon('trash'), say`Delete`);
    const { parts, chosen } = labelList([...counts.keys()], linksTo(found, hrefOf), () => {
      const { length } = chosen();
      for (const button of [rename, remove]) button.disabled = length === 0;
      const [, words] = rename.children;
      words.textContent = length > 1 ? say`Merge` : say`Rename`;
    });
    rename.addEventListener('click', async () => {
      const labels = chosen();
      const name = await askName(labels, counts);
      if (name) finish(renamedLabels(files, labels, name));
    });
    remove.addEventListener('click', () => finish(changedLabels(files, { added: [], removed: chosen() })));
    body.replaceChildren(
      element('p', { class: 'hint', role: 'status' }, say`${plural(counts.size, '{0} label', '{0} labels')}. Files in the trash are not counted.`),
      ...parts,
      element('div', { class: 'label-tools' }, rename, remove),
    );
  };

  const start = async () => {
    try {
      show(await read(controller, (count) => {
        progress.textContent = say`Reading the labels of all files: ${number(count)} so far…`;
      }));
    } catch (error) {
      if (!controller.signal.aborted) body.replaceChildren(errorReport(error), element('button', { type: 'button', click: again }, say`Try again`));
    }
  };
  const again = () => {
    body.replaceChildren(progress);
    return start();
  };
  start();
  await ask({ title: say`Labels`, content: [body], cancel: say`Close` });
  controller.abort();
  if (steps.length > 0) await change(steps);
}
