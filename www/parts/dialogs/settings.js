// The dialog of the settings.
import { say } from '../../text/language.js';
import { ask } from '../../ui/dialog.js';
import { choice, field } from '../../ui/field.js';

/**
 * Opens the settings. Resolves with what is chosen.
 *
 * @param {{ languages: Readonly<Record<string, string>>, language: string }} current `language` is empty for that of the browser.
 */
export function askSettings({ languages, language }) {
  const menu = choice([['', say`That of the browser`], ...Object.entries(languages)], { autofocus: '' });
  menu.value = language;
  // Each language is written in its own direction.
  for (const option of menu.options) option.setAttribute('dir', 'auto');
  return ask({
    title: say`Settings`,
    content: [field(say`Language`, menu)],
    action: say`Save`,
    submit: () => ({ language: menu.value }),
  });
}
