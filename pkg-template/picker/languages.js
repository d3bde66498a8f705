// The language of the picker: that of the element, or else of the page.
/** @import { Table } from '../../www/text/language.js' */
import { canonicalTag, languageOf, setLanguage } from '../../www/text/language.js';

/** The tables, each fetched only where it is used. @type {Readonly<Record<string, () => Promise<{ default: Table }>>>} */
const TABLES = {
  de: () => import('#package/picker-de.js'),
  fr: () => import('#package/picker-fr.js'),
  es: () => import('#package/picker-es.js'),
  pt: () => import('#package/picker-pt.js'),
  ja: () => import('#package/picker-ja.js'),
  he: () => import('#package/picker-he.js'),
  ar: () => import('#package/picker-ar.js'),
};

/**
 * Returns the language that an element is in, beyond the shadow trees that it is in, too. Empty if nobody says so.
 *
 * @param {Element} element
 */
function languageAround(element) {
  for (let at = element; ; ) {
    const named = at.closest('[lang]');
    if (named instanceof HTMLElement) return named.lang;
    const root = at.getRootNode();
    if (!(root instanceof ShadowRoot)) return '';
    at = root.host;
  }
}

/**
 * Loads the texts of the language of an element. Without them, the picker is in English.
 *
 * @param {Element} element
 */
export async function loadLanguage(element) {
  const [tag] = (canonicalTag(languageAround(element)) ?? 'en-GB').split('-u-');
  const language = languageOf(tag);
  try {
    const table = await TABLES[language]?.();
    if (table) setLanguage(tag, table.default);
    else setLanguage(language === 'en' ? tag : 'en-GB');
  } catch {
    setLanguage('en-GB');
  }
}
