// The settings of the page, which are remembered.
import { askSettings } from '../parts/dialogs/settings.js';
import { installation } from './install.js';
import { isLanguage, LANGUAGES } from './languages.js';
import { prefer, preferred } from './preferences.js';

/** Asks for the settings. Another language loads the page again, because every text of it changes. */
export async function changeSettings() {
  const before = preferred('language');
  const chosen = await askSettings({ languages: LANGUAGES, language: isLanguage(before) ? before : '', install: installation() });
  const address = new URL(location.href);
  if (!chosen || (chosen.language === (before ?? '') && !address.searchParams.has('lang'))) return;
  prefer('language', chosen.language);
  // One of the address would win.
  address.searchParams.delete('lang');
  if (address.href === location.href) location.reload();
  else location.replace(address);
}
