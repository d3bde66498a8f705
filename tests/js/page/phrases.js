// The texts of the interface, as they stand in the sources of the page and of the picker.
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * @typedef {object} Phrase
 * @property {string} text In English, as in the tables.
 * @property {boolean} isPlural
 * @property {string} file
 */

/** @param {string} folder */
async function scriptsIn(folder) {
  const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && entry.name.endsWith('.js')).map((entry) => join(entry.parentPath, entry.name));
}

/**
 * Returns where an expression in a template ends: at the `}` that closes it.
 *
 * @param {string} source
 * @param {number} start
 */
function endOfExpression(source, start) {
  let depth = 0;
  for (let at = start; ; at += 1) {
    const character = source[at];
    if (character === undefined) throw new Error('a template does not end');
    if (character === '`') ({ end: at } = template(source, at + 1));
    else if (character === "'") at = source.indexOf("'", at + 1);
    else if (character === '{') depth += 1;
    else if (character === '}') {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
}

/**
 * Reads a template as tables have it: `Renamed to “{0}”.` Returns the text, and where its closing quote is.
 *
 * @param {string} source
 * @param {number} start After its opening quote.
 * @returns {{ text: string, end: number }}
 */
function template(source, start) {
  let text = '';
  let values = 0;
  for (let at = start; ; at += 1) {
    const character = source[at];
    if (character === undefined) throw new Error('a template does not end');
    if (character === '`') return { text, end: at };
    if (character === '$' && source[at + 1] === '{') {
      text += `{${values}}`;
      values += 1;
      at = endOfExpression(source, at + 2);
    } else text += character;
  }
}

/** @param {string} source */
const withoutComments = (source) => source.replace(/\/\*.*?\*\//gs, '').replace(/^\s*\/\/.*$/gm, '');

const translatedScripts = async () => [...(await scriptsIn('www')), ...(await scriptsIn('pkg-template/picker'))].filter((file) => !file.includes('/languages/'));

/** Returns the phrases of the scripts. @returns {Promise<Phrase[]>} */
async function scriptPhrases() {
  /** @type {Phrase[]} */
  const found = [];
  for (const path of await translatedScripts()) {
    const source = withoutComments(await readFile(path, 'utf8'));
    const file = relative(ROOT, path);
    for (const { 0: opening, index } of source.matchAll(/(?<![\w.#])say`/g)) {
      found.push({ text: template(source, index + opening.length).text, isPlural: false, file });
    }
    for (const { index } of source.matchAll(/(?<![\w.#]|function )plural\(/g)) {
      const other = /^plural\([^']*'[^']*',\s*'([^']*)'/.exec(source.slice(index))?.[1];
      if (other === undefined) throw new Error(`${file}: the forms of plural() are no literals`);
      found.push({ text: other, isPlural: true, file });
    }
  }
  return found;
}

/**
 * Returns the labels of the scripts that are no phrases: sentences in quotes, and what fields and groups are called.
 *
 * @returns {Promise<string[]>}
 */
export async function strayLabels() {
  const found = [];
  for (const path of await translatedScripts()) {
    const source = withoutComments(await readFile(path, 'utf8'));
    for (const [, label] of source.matchAll(/(?<!Error\()'([A-Z][a-z]+(?: \w+)+[.…?]?)'/g)) found.push(`${relative(ROOT, path)}: ${label}`);
    for (const [, label] of source.matchAll(/\b(?:field|group)\('([A-Z]\w+)'/g)) found.push(`${relative(ROOT, path)}: ${label}`);
  }
  return found;
}

/** Names that are the same in every language, and values that a script replaces. */
const NAMES = new Set(['wix-media']);

/** Returns the phrases of index.html: its texts, labels, titles and placeholders. @returns {Promise<Phrase[]>} */
async function documentPhrases() {
  const file = 'www/index.html';
  const body = (await readFile(join(ROOT, file), 'utf8')).replace(/<!--.*?-->/gs, '').replace(/^.*<body>/s, '');
  const texts = [
    ...[...body.matchAll(/\b(?:aria-label|title|placeholder)="([^"]+)"/g)].map(([, text]) => text),
    ...[...body.matchAll(/>([^<]+)</g)].map(([, text]) => text.trim()),
  ];
  return texts.filter((text) => text !== '' && !NAMES.has(text)).map((text) => ({ text, isPlural: false, file }));
}

/** Returns every phrase once. */
export async function phrases() {
  /** @type {Map<string, Phrase>} */
  const found = new Map();
  for (const phrase of [...(await scriptPhrases()), ...(await documentPhrases())]) found.set(phrase.text, phrase);
  return found;
}
