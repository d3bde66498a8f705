// The labels of a file, and the form that adds some.
/** @import { FileDescriptor } from 'wix-media.v2' */
import { say } from '../../text/language.js';
import { element, foreign, icon } from '../../ui/element.js';
import { errorReport } from '../../ui/error-report.js';

const MAX_LABEL_LENGTH = '200';

/** The form's field, for whoever draws the panel again and returns the focus to it. */
export const LABEL_INPUT = '.label-form input';

/**
 * @param {FileDescriptor} file
 * @param {(labels: string[]) => Promise<unknown>} save
 */
export function labelEditor(file, save) {
  const labels = Array.isArray(file.labels) ? file.labels.map(String) : [];
  const trouble = element('div');
  /** @param {string[]} next */
  const change = async (next) => {
    try {
      await save(next);
    } catch (error) {
      trouble.replaceChildren(errorReport(error));
    }
  };
  const chips = labels.map((label) => {
    const remove = () => change(labels.filter((other) => other !== label));
    const button = element('button', { type: 'button', class: 'bare', 'aria-label': say`Remove the label ${label}`, click: remove }, icon('close'));
    return element('li', { class: 'label' }, foreign(label), button);
  });
  const input = element('input', {
    type: 'text',
    placeholder: say`Add a label`,
    'aria-label': say`Add a label`,
    maxlength: MAX_LABEL_LENGTH,
    dir: 'auto',
    enterkeyhint: 'done',
  });
  /** @param {Event} event */
  const add = (event) => {
    event.preventDefault();
    const added = input.value.split(',').map((label) => label.trim()).filter((label) => label && !labels.includes(label));
    input.value = '';
    input.blur();
    if (added.length > 0) change([...labels, ...new Set(added)]);
  };
  return [
    chips.length > 0 && element('ul', { class: 'labels', 'aria-label': say`Labels` }, chips),
    element('form', { class: 'label-form', submit: add }, input),
    trouble,
  ];
}
