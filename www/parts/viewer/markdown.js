// Markdown as elements. The parser only splits the text; every element is made here, of tags that do no harm. HTML in the text
// stays text, links lead to web addresses only, and images are links: a text must not tell a stranger that it is being read.
/** @import { Token, Tokens } from 'marked' */
/** @import { Child } from '../../ui/element.js' */
import { lexer } from 'marked';
import { webAddress } from '../../text/web-address.js';
import { element } from '../../ui/element.js';
import '../shared.js';

/** The most levels of lists and quotations. The rest is shown as text, so that no text exhausts the stack. */
const MAX_DEPTH = 40;

/** A run of characters in which the parser looks for an e-mail address again after each of MARKS. */
const LONG_RUN = /[\w.!#$%&'*+/=?`{|}~-]{1000,}/g;
const MARKS = /[*_~`!]/g;
/** The most characters to look at, over all runs: about a quarter of a second. */
const MAX_LOOKS = 1e8;

/** @type {Readonly<Record<string, string>>} */
const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', copy: '©', hellip: '…', mdash: '—', ndash: '–' };

/**
 * How many characters the parser looks at for e-mail addresses. 160 kB of `_a_b` without a space take it 50 seconds.
 *
 * @param {string} text
 */
const looksOf = (text) => (text.match(LONG_RUN) ?? []).reduce((sum, run) => sum + run.length * (run.match(MARKS)?.length ?? 0), 0);

/**
 * Makes the element that shows a text. Throws if the parser would take too long or too many levels.
 *
 * @param {string} text
 */
export function markdown(text) {
  if (looksOf(text) > MAX_LOOKS) throw new RangeError('invalid Markdown: too many marks in a word');
  return element('article', { class: 'markdown' }, all(lexer(text, { gfm: true }), 0));
}

/**
 * @param {readonly Token[] | undefined} tokens
 * @param {number} depth
 * @returns {Child}
 */
const all = (tokens, depth) => tokens?.map((token) => one(/** @type {Tokens.Generic} */ (token), depth + 1));

/**
 * @param {Tokens.Generic} token
 * @param {number} depth
 * @returns {Child}
 */
function one(token, depth) {
  if (depth > MAX_DEPTH) return token.raw;
  const inner = () => (token.tokens ? all(token.tokens, depth) : plain(token.text ?? token.raw));
  switch (token.type) {
    case 'space':
    case 'def':
      return undefined;
    case 'heading':
      return element(headings[Math.min(token.depth, headings.length) - 1], {}, inner());
    case 'paragraph':
      return element('p', {}, inner());
    case 'blockquote':
      return element('blockquote', {}, inner());
    case 'strong':
      return element('strong', {}, inner());
    case 'em':
      return element('em', {}, inner());
    case 'del':
      return element('del', {}, inner());
    case 'code':
      return element('pre', {}, element('code', {}, token.text));
    case 'codespan':
      return element('code', {}, token.text);
    case 'hr':
      return element('hr');
    case 'br':
      return element('br');
    case 'list':
      return list(/** @type {Tokens.List} */ (token), depth);
    case 'checkbox':
      return token.checked ? '☑ ' : '☐ ';
    case 'table':
      return table(/** @type {Tokens.Table} */ (token), depth);
    case 'link':
      return anchor(token.href, inner());
    case 'image':
      return anchor(token.href, token.text || token.href);
    case 'html':
      return token.block ? element('p', {}, token.raw) : token.raw;
    case 'escape':
      return token.text;
    default:
      return inner();
  }
}

/** The name of the file is the heading above those of the text. @type {('h3' | 'h4' | 'h5' | 'h6')[]} */
const headings = ['h3', 'h4', 'h5', 'h6'];

/**
 * Decodes the entities of a text.
 *
 * @param {string} text
 */
const plain = (text) =>
  text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,6}));/gi, (whole, decimal, hex, name) => {
    if (name) return ENTITIES[name] ?? whole;
    const point = Number.parseInt(decimal ?? hex, decimal ? 10 : 16);
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });

/**
 * @param {Tokens.List} token
 * @param {number} depth
 */
function list({ ordered, start, items }, depth) {
  const made = items.map(({ tokens, task, checked }) => {
    const hasMark = tokens.some(({ type }) => type === 'checkbox') || tokens.some((token) => 'tokens' in token && token.tokens?.some(({ type }) => type === 'checkbox'));
    return element('li', {}, task && !hasMark && (checked ? '☑ ' : '☐ '), all(tokens, depth));
  });
  return ordered ? element('ol', { start: String(start === '' ? 1 : start) }, made) : element('ul', {}, made);
}

/**
 * @param {Tokens.Table} token
 * @param {number} depth
 */
function table({ header, rows }, depth) {
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, header.map(({ tokens }) => element('th', { scope: 'col' }, all(tokens, depth))))),
    element('tbody', {}, rows.map((row) => element('tr', {}, row.map(({ tokens }) => element('td', {}, all(tokens, depth)))))),
  );
}

/**
 * @param {string} address
 * @param {Child} content
 */
function anchor(address, content) {
  const href = webAddress(address);
  return href ? element('a', { href, target: '_blank', rel: 'noreferrer' }, content) : content;
}
