// The language of the interface. Texts stand in the code in English; the table of another language translates them.
//
// A table is loaded before anything is shown, and stays until the page is loaded again. So a text may be made when a module of
// the page is evaluated. The picker shares the modules below `parts`, and sets its language later: a text there is made when it
// is shown.

/**
 * @typedef {Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }} PluralForms
 * @typedef {Readonly<Record<string, string | PluralForms>>} Table By the English text, with `{0}`, `{1}` … for its values. Plurals
 *   are by their English form of many.
 */

/** Languages that are written from the right to the left. */
const FROM_RIGHT = new Set(['ar', 'he']);

/** @type {Table} */
let table = {};
let locale = 'en-GB';
let plurals = new Intl.PluralRules(locale);

/**
 * Sets the language.
 *
 * @param {string} tag Its tag, such as `en-GB` or `ja`, by which dates and numbers are written.
 * @param {Table} [texts] None for English.
 */
export function setLanguage(tag, texts = {}) {
  table = texts;
  locale = tag;
  plurals = new Intl.PluralRules(tag);
}

/** The tag of the language, for `Intl`. */
export const languageTag = () => locale;

/**
 * Returns a tag in the form that `Intl` takes, or `undefined` for a text that is none: `DE_de` → `de-DE`, `iw` → `he`.
 *
 * @param {string} text As people write it.
 */
export function canonicalTag(text) {
  try {
    return Intl.getCanonicalLocales(text.trim().replaceAll('_', '-'))[0];
  } catch {
    return undefined;
  }
}

/**
 * Returns the language of a tag without its variant: `de-AT` → `de`. Those of three letters are other languages than those of
 * two letters: `arn` is not Arabic.
 *
 * @param {string} tag
 */
export const languageOf = (tag) => (canonicalTag(tag) ?? '').split('-')[0];

/**
 * Whether a language is written from the right to the left.
 *
 * @param {string} [tag] That of the interface if left out.
 */
export const isFromRight = (tag = locale) => FROM_RIGHT.has(tag.split('-')[0]);

/**
 * Writes a number: `10,000`.
 *
 * @param {number} value
 */
export const number = (value) => value.toLocaleString(locale);

/**
 * Isolates a value from the direction of the text around it.
 *
 * @param {unknown} value
 */
export const isolated = (value) => (isFromRight() ? `\u2068${value}\u2069` : String(value));

/**
 * A number in the digits of the language, without separators: dimensions and codes have none. Texts that want them use `number`.
 *
 * @param {unknown} value
 */
const inDigits = (value) => (typeof value === 'number' ? value.toLocaleString(locale, { useGrouping: false }) : value);

/**
 * @param {string} text
 * @param {readonly unknown[]} values
 */
const fill = (text, values) => text.replace(/\{(\d)\}/g, (_, at) => isolated(inDigits(values[at])));

/**
 * Says a text in the language of the interface. What follows a `|` tells texts apart that are the same in English.
 *
 * @param {TemplateStringsArray} strings
 * @param {...(string | number)} values
 * @example
 * say`Renamed to “${name}”.` // « {0} » → Renommé en « photo.jpg ».
 */
export function say(strings, ...values) {
  const text = strings.reduce((before, after, index) => `${before}{${index - 1}}${after}`);
  const found = table[text];
  return fill(typeof found === 'string' ? found : text.replace(/\|.*$/, ''), values);
}

/**
 * Says a text with a number in the form that it takes in the language.
 *
 * @param {number} value
 * @param {string} one The English form for 1, with `{0}` for the number.
 * @param {string} other The English form for others.
 * @param {...(string | number)} values What stands for `{1}`, `{2}` …
 * @example
 * plural(3, '{0} file', '{0} files') // 3 files
 */
export function plural(value, one, other, ...values) {
  const forms = table[other];
  const text = typeof forms === 'object' ? (forms[plurals.select(value)] ?? forms.other) : (forms ?? (value === 1 ? one : other));
  return fill(text, [number(value), ...values]);
}

/**
 * Joins parts as a list: `3 files and 1 folder`.
 *
 * @param {readonly string[]} parts
 */
export const listed = (parts) => new Intl.ListFormat(locale).format(parts);

const TRANSLATED = ['aria-label', 'title', 'placeholder'];

/**
 * Translates the texts that stand in a document.
 *
 * @param {Element} root
 */
export function translate(root) {
  /** @param {string | null} text */
  const inWords = (text) => {
    const found = table[text?.trim() ?? ''];
    return typeof found === 'string' ? found : undefined;
  };
  for (const element of [root, ...root.querySelectorAll('*')]) {
    for (const name of TRANSLATED) {
      const words = inWords(element.getAttribute(name));
      if (words) element.setAttribute(name, words);
    }
    for (const node of element.childNodes) {
      const words = node.nodeType === Node.TEXT_NODE ? inWords(node.textContent) : undefined;
      if (words) node.textContent = words;
    }
  }
}
