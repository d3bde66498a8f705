// The dialog that names a saved search.
import { say } from '../../text/language.js';
import { ask } from '../../ui/dialog.js';
import { field } from '../../ui/field.js';
import { required, textField } from './fields.js';

const MAX_NAME_LENGTH = '100';

/**
 * @param {{ title: string, name: string, action: string }} given `name` is the one that is suggested.
 * @param {(name: string) => unknown} save The dialog shows what it throws.
 */
export function askSearchName({ title, name, action }, save) {
  const input = textField({ value: name, dir: 'auto', maxlength: MAX_NAME_LENGTH, autofocus: true });
  return ask({
    title,
    content: [field(say`Name`, input)],
    action,
    ready: () => input.select(),
    submit: () => {
      const written = required(input, say`Enter a name for the search.`);
      save(written);
      return written;
    },
  });
}
