// The dialog that asks what to do with uploads whose names are taken.
/** @import { ConflictChoice } from '../../model/name-conflicts.js' */
import { plural, say } from '../../text/language.js';
import { ask } from '../../ui/dialog.js';
import { element, icon } from '../../ui/element.js';
import { nameList } from './names.js';

/** @type {readonly { value: ConflictChoice, label: string, hint: string }[]} */
const CHOICES = [
  { value: 'keep', label: say`Keep both`, hint: say`A number is added to the names of the new files.` },
  { value: 'replace', label: say`Replace`, hint: say`Old files move to the trash once the new ones have arrived. The new files have other addresses.` },
  { value: 'skip', label: say`Skip`, hint: say`These files are not uploaded.` },
];

/**
 * @param {readonly string[]} names
 * @returns {Promise<ConflictChoice | undefined>} Nothing if the person cancels all of it.
 */
export function askConflicts(names) {
  const inputs = CHOICES.map(({ value }, index) => element('input', { type: 'radio', name: 'conflict', value, checked: index === 0, autofocus: index === 0 }));
  const choices = CHOICES.map(({ label, hint }, index) =>
    element('label', { class: 'check choice' }, inputs[index], element('span', {}, element('strong', {}, label), element('span', { class: 'hint' }, hint))),
  );
  return ask({
    title: names.length === 1 ? say`A file with this name already exists` : plural(names.length, '{0} file with these names already exists', '{0} files with these names already exist'),
    content: [
      nameList(names.map((name) => ({ name, icon: () => icon('other') }))),
      element('fieldset', { class: 'choices' }, element('legend', { class: 'visually-hidden' }, say`What to do with them`), choices),
    ],
    action: say`Upload`,
    submit: () => CHOICES.find((_, index) => inputs[index].checked)?.value,
  });
}
