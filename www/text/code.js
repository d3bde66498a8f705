// Values as source code: JavaScript and JSON, laid out for the width of the panel.

/**
 * How a kind of source code writes its values.
 *
 * @typedef {object} Style
 * @property {(text: string) => string} text
 * @property {(key: string) => string} key
 * @property {(date: Date) => string} date
 * @property {boolean} inline Whether short objects and arrays stay on one line.
 * @property {string} comma What follows the last member.
 */

// Characters that are invisible, or that change the direction of the text around them.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this finds
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;
const NAMED = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);
const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Characters per line that fit into the panel. */
const LINE_LENGTH = 52;

/** @param {string} character */
const escaped = (character) => NAMED.get(character) ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * @param {string} text
 * @param {string} quote
 */
const quoted = (text, quote) =>
  quote + text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replace(INVISIBLE, escaped) + quote;

/** @type {Style} */
const JAVASCRIPT = {
  text: (text) => quoted(text, "'"),
  key: (key) => (NAME.test(key) ? key : quoted(key, "'")),
  date: (date) => (Number.isNaN(date.getTime()) ? 'new Date(NaN)' : `new Date('${date.toISOString()}')`),
  inline: true,
  comma: ',',
};

/** @type {Style} */
const JSON_TEXT = {
  text: (text) => quoted(text, '"'),
  key: (key) => quoted(key, '"'),
  date: (date) => JSON.stringify(date),
  inline: false,
  comma: '',
};

/**
 * @param {unknown} value
 * @param {Style} style
 * @param {string} indent
 * @returns {string}
 */
function write(value, style, indent, room = LINE_LENGTH - indent.length) {
  if (typeof value === 'string') return style.text(value);
  if (value instanceof Date) return style.date(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const inner = `${indent}  `;
  const isArray = Array.isArray(value);
  const parts = isArray
    ? value.map((item) => write(item ?? null, style, inner))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined && typeof member !== 'function')
        .map(([key, member]) => {
          const name = `${style.key(key)}: `;
          return name + write(member, style, inner, LINE_LENGTH - inner.length - name.length);
        });
  const [open, close] = isArray ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0) return open + close;
  const line = parts.join(', ');
  if (style.inline && line.length + 4 <= room && !line.includes('\n')) return isArray ? `[${line}]` : `{ ${line} }`;
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}${style.comma}\n${indent}${close}`;
}

/**
 * A value as a JavaScript expression. Functions and undefined members are left out.
 *
 * @param {unknown} value
 */
export const javascript = (value) => write(value, JAVASCRIPT, '');

/**
 * A value as indented JSON.
 *
 * @param {unknown} value
 */
export const json = (value) => write(value, JSON_TEXT, '');

/**
 * Indents JSON. Other text stays as it is.
 *
 * @param {string} text
 */
export function indented(text) {
  try {
    return json(JSON.parse(text));
  } catch {
    return text;
  }
}

/**
 * A call of a function as JavaScript, without trailing undefined arguments.
 *
 * @param {string} lead The code before the arguments, such as `const file = await files.getFileDescriptor`.
 * @param {readonly unknown[]} args
 */
export function callSource(lead, args) {
  const count = args.findLastIndex((argument) => argument !== undefined) + 1;
  const given = args.slice(0, count);
  const room = LINE_LENGTH - lead.length;
  const line = given.map((argument) => write(argument, JAVASCRIPT, '', room)).join(', ');
  const isShort = (line.includes('\n') ? line.indexOf('\n') : line.length + 3) <= room;
  if (isShort || (count === 1 && typeof given[0] === 'object')) return `${lead}(${line})`;
  return `${lead}(\n${given.map((argument) => `  ${write(argument, JAVASCRIPT, '  ')},\n`).join('')})`;
}
