// The dialog that creates a folder.
import { ask } from '../../ui/dialog.js';
import { field } from '../../ui/field.js';
import { required, textField } from './fields.js';

const MAX_NAME_LENGTH = '1000';

/** @param {(name: string) => Promise<unknown>} create */
export function askFolderName(create) {
  const name = textField({ dir: 'auto', maxlength: MAX_NAME_LENGTH, autofocus: true });
  return ask({
    title: 'New folder',
    content: [field('Name', name)],
    action: 'Create folder',
    submit: () => create(required(name, 'Enter a name for the folder.')),
  });
}
