// Tables as text, RFC 4180: CSV with its usual delimiters, and TSV.
import { number, say } from '../../text/language.js';
import { element, foreign } from '../../ui/element.js';

/** Where commas separate decimals, semicolons separate columns. So of two that fit, the first one does. */
const DELIMITERS = ['\t', ';', ','];
/** Lines that show what separates the columns. */
const SAMPLE = 5;
/** Rows that are shown below the head. Longer tables make the viewer slow. */
const MAX_ROWS = 1000;
/** Rows that are read: the head, those that are shown, and one that tells that there are more. */
const READ_ROWS = MAX_ROWS + 2;
/** Columns that are shown. */
const MAX_COLUMNS = 100;

/**
 * Reads a table. Whatever is wrong with it, as a quote that does not end, is read as part of a field.
 *
 * @param {string} text
 * @param {string} [delimiter] Without one, the one that occurs most in each of the first lines.
 */
export function readTable(text, delimiter = delimiterOf(text)) {
  /** @type {string[][]} */
  const rows = [];
  /** @type {string[]} */
  let row = [];
  let field = '';
  let isQuoted = false;
  const endRow = () => {
    row.push(field);
    field = '';
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  };
  for (let at = 0; at < text.length && rows.length < READ_ROWS; at += 1) {
    const character = text[at];
    if (isQuoted) {
      if (character !== '"') field += character;
      else if (text[at + 1] === '"') {
        field += '"';
        at += 1;
      } else isQuoted = false;
    } else if (character === '"' && field === '') isQuoted = true;
    else if (character === delimiter) {
      row.push(field);
      field = '';
    } else if (character === '\n') endRow();
    else if (character !== '\r' || text[at + 1] !== '\n') field += character;
  }
  if (rows.length < READ_ROWS) endRow();
  return rows;
}

/** @param {string} text */
function delimiterOf(text) {
  const lines = text
    .replace(/"(?:[^"]|"")*"/g, '')
    .split('\n', SAMPLE)
    .filter((line) => line.trim() !== '');
  const counts = DELIMITERS.map((delimiter) => Math.min(...lines.map((line) => line.split(delimiter).length)));
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

/**
 * Makes the element of a table. Its first row is the head.
 *
 * @param {readonly (readonly string[])[]} rows
 */
export function tableOf(rows) {
  const [head, ...others] = rows.slice(0, MAX_ROWS + 1);
  const columns = Math.min(MAX_COLUMNS, Math.max(...rows.map(({ length }) => length)));
  const places = Array.from({ length: columns }, (_, at) => at);
  const isCut = rows.length > MAX_ROWS + 1 || rows.some(({ length }) => length > MAX_COLUMNS);
  return element(
    'div',
    {},
    element(
      'table',
      {},
      element('thead', {}, element('tr', {}, places.map((at) => element('th', { scope: 'col' }, foreign(head[at] ?? ''))))),
      element('tbody', {}, others.map((row) => element('tr', {}, places.map((at) => element('td', {}, foreign(row[at] ?? '')))))),
    ),
    isCut && element('p', { class: 'hint' }, say`The first ${number(MAX_ROWS)} rows and ${number(MAX_COLUMNS)} columns are shown.`),
  );
}
