// The language of the page: chosen by the address (`?lang=de`), else in the settings, else that of the browser.
/** @import { Table } from '../text/language.js' */
import { isFromRight, languageOf, setLanguage, translate } from '../text/language.js';
import { preferred } from './preferences.js';

/** The languages on offer, each in its own words. */
export const LANGUAGES = /** @type {const} */ ({
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  pt: 'Português',
  ja: '日本語',
  he: 'עברית',
  ar: 'العربية',
});

/** @typedef {keyof typeof LANGUAGES} Language */

/** The tables, each fetched only where it is used. @type {Record<Exclude<Language, 'en'>, () => Promise<{ default: Table, address: string }>>} */
const TABLES = {
  de: () => import('../languages/de.js'),
  fr: () => import('../languages/fr.js'),
  es: () => import('../languages/es.js'),
  pt: () => import('../languages/pt.js'),
  ja: () => import('../languages/ja.js'),
  he: () => import('../languages/he.js'),
  ar: () => import('../languages/ar.js'),
};

/**
 * @param {unknown} name
 * @returns {name is Language}
 */
export const isLanguage = (name) => typeof name === 'string' && Object.hasOwn(LANGUAGES, name);

/** The language to show. */
function wanted() {
  const given = new URLSearchParams(location.search).get('lang') ?? preferred('language');
  return [given, ...navigator.languages.map(languageOf)].find(isLanguage) ?? 'en';
}

/**
 * Has the service worker keep a table, so that the page starts offline in its language. On the first visit the worker begins
 * after the table was fetched.
 *
 * @param {string} address
 */
async function keep(address) {
  const worker = navigator.serviceWorker;
  if (!worker) return;
  if (!worker.controller) await new Promise((resolve) => worker.addEventListener('controllerchange', resolve, { once: true }));
  await fetch(address).catch(() => {});
}

/**
 * Loads the table of the language and translates the document. Without the table, the page is in English.
 *
 * @returns {Promise<Language>}
 */
export async function loadLanguage() {
  const language = wanted();
  // Dates and numbers follow the browser where it speaks the language: those of en-US and en-GB differ.
  const tag = navigator.languages.find((one) => languageOf(one) === language) ?? (language === 'en' ? 'en-GB' : language);
  const root = document.documentElement;
  if (language === 'en') {
    root.lang = tag;
    setLanguage(tag);
    return language;
  }
  root.dir = isFromRight(language) ? 'rtl' : 'ltr';
  try {
    const { default: table, address } = await TABLES[language]();
    keep(address);
    root.lang = tag;
    setLanguage(tag, table);
    translate(root);
    return language;
  } catch {
    root.dir = 'ltr';
    setLanguage('en-GB');
    return 'en';
  }
}
