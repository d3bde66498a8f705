// The dialog that imports a file from a URL.
/** @import { PlaceKind } from '../../place/place.js' */
import { say } from '../../text/language.js';
import { ask } from '../../ui/dialog.js';
import { element } from '../../ui/element.js';
import { field } from '../../ui/field.js';
import { required, textField, urlField } from './fields.js';

const MAX_NAME_LENGTH = '255';

/**
 * @param {PlaceKind} kind The kind of place that imports.
 * @param {(url: string, options: { displayName: string | undefined, isPrivate: boolean }) => Promise<unknown>} importUrl
 */
export function askImport(kind, importUrl) {
  const url = urlField({ placeholder: 'https://', autofocus: true });
  const name = textField({ dir: 'auto', maxlength: MAX_NAME_LENGTH });
  const isPrivate = element('input', { type: 'checkbox' });
  const hint =
    kind === 'browser'
      ? say`The browser fetches it, so the other server must allow that (CORS).`
      : say`The Media Manager fetches it, so the address must be public.`;
  return ask({
    title: say`Import from an address`,
    content: [
      field(say`Address of the file`, url, hint),
      field(say`Name`, name, say`Leave empty to use the name in the address.`),
      element('label', { class: 'check' }, isPrivate, say`Private: available only through temporary links`),
    ],
    action: say`Import`,
    submit: () =>
      importUrl(required(url, say`Enter the address of the file.`), {
        displayName: name.value.trim() || undefined,
        isPrivate: isPrivate.checked,
      }),
  });
}
