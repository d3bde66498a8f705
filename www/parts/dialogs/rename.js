// The dialog that renames a folder where its name cannot be changed in place.
import { nameTrouble } from '../../model/item.js';
import { say } from '../../text/language.js';
import { ask } from '../../ui/dialog.js';
import { field } from '../../ui/field.js';
import { required, textField } from './fields.js';

const MAX_NAME_LENGTH = '1000';

/**
 * @param {string} before
 * @param {(name: string) => unknown} rename
 */
export function askRename(before, rename) {
  const name = textField({ dir: 'auto', maxlength: MAX_NAME_LENGTH, autofocus: true });
  name.value = before;
  return ask({
    title: say`Rename “${before}”`,
    content: [field(say`Name`, name)],
    action: say`Rename`,
    ready: () => name.select(),
    submit: () => {
      const written = required(name, say`Enter a name for the folder.`);
      const trouble = nameTrouble(written);
      if (trouble) throw new Error(trouble);
      if (written !== before) rename(written);
      return written;
    },
  });
}
