// The dialog that creates a folder.
import { say } from '../../text/language.js';
import { ask } from '../../ui/dialog.js';
import { field } from '../../ui/field.js';
import { required, textField } from './fields.js';

const MAX_NAME_LENGTH = '1000';

/** @param {(name: string) => Promise<unknown>} create */
export function askFolderName(create) {
  const name = textField({ dir: 'auto', maxlength: MAX_NAME_LENGTH, autofocus: true });
  return ask({
    title: say`New folder`,
    content: [field(say`Name`, name)],
    action: say`Create folder`,
    submit: () => create(required(name, say`Enter a name for the folder.`)),
  });
}
