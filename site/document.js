// Documents of the repository as HTML.
import MarkdownIt from 'markdown-it';
import { tokens } from '../www/text/highlight.js';
import { obstacleTo } from './runnable.js';

/** @typedef {{ id: string, level: number, text: string }} Heading */
/** @typedef {{ title: string, html: string, headings: Heading[], sections: Section[] }} Document */
/** A heading with the text below it, for the search. @typedef {{ id: string, level: number, heading: string, text: string }} Section */

const COLOURED = new Set(['js', 'jsx', 'ts', 'json', 'css']);
const markdown = new MarkdownIt({ html: true });
const { escapeHtml } = markdown.utils;

/**
 * Returns the anchor that GitHub makes of a heading.
 *
 * @param {string} heading
 */
const slug = (heading) => heading.trim().toLowerCase().replace(/[^\p{L}\p{N}_\- ]/gu, '').replaceAll(' ', '-');

/**
 * Returns source code as HTML, in colours where the language has them.
 *
 * @param {string} code
 * @param {string} language
 */
export function colour(code, language) {
  if (!COLOURED.has(language)) return escapeHtml(code);
  let html = '';
  for (const { kind, text } of tokens(code)) html += kind ? `<span class="${kind}">${escapeHtml(text)}</span>` : escapeHtml(text);
  return html;
}

markdown.renderer.rules.fence = (list, index) => {
  const { content, info } = list[index];
  const [language = ''] = info.split(' ');
  const code = `<pre tabindex="0"><code>${colour(content, language)}</code></pre>`;
  if (info !== 'js') return `<div class="code" data-language="${escapeHtml(language)}">${code}</div>\n`;
  const obstacle = obstacleTo(content);
  if (obstacle) return `<div class="code" data-language="js">${code}<p class="obstacle">${obstacle}</p></div>\n`;
  return `<div class="code" data-language="js" data-runnable>${code}</div>\n`;
};
// Hidden lines of a block belong to the tests.
markdown.renderer.rules.html_block = (list, index) => (list[index].content.startsWith('<!--') ? '' : list[index].content);
markdown.renderer.rules.table_open = () => '<div class="table" tabindex="0"><table>\n';
markdown.renderer.rules.table_close = () => '</table></div>\n';

/**
 * Renders a document.
 *
 * @param {string} text
 * @param {(target: string) => string} link Returns where a link or an image leads on the site.
 * @returns {Document}
 */
export function renderDocument(text, link) {
  const parsed = markdown.parse(text, {});
  /** Anchors of the text itself take precedence over those of headings. */
  const explicit = new Set([...text.matchAll(/<a id="([^"]+)"/g)].map(([, id]) => id));
  /** @type {Heading[]} */
  const headings = [];
  /** @type {Section[]} */
  const sections = [{ id: '', level: 1, heading: '', text: '' }];
  /** @type {Map<string, number>} */
  const taken = new Map();
  for (const [index, token] of parsed.entries()) {
    if (token.type === 'heading_open') {
      const plain = plainText(parsed[index + 1].children ?? []);
      const base = slug(plain);
      const count = taken.get(base) ?? 0;
      taken.set(base, count + 1);
      const id = count === 0 ? base : `${base}-${count}`;
      if (!explicit.has(id)) token.attrSet('id', id);
      const level = Number(token.tag[1]);
      headings.push({ id, level, text: plain });
      sections.push({ id, level, heading: plain, text: '' });
    } else if (token.type === 'inline') {
      for (const child of token.children ?? []) {
        if (child.type === 'link_open') child.attrSet('href', link(String(child.attrGet('href'))));
        if (child.type === 'image') child.attrSet('src', link(String(child.attrGet('src'))));
      }
      if (parsed[index - 1]?.type !== 'heading_open') sections[sections.length - 1].text += `${plainText(token.children ?? [])} `;
    } else if (token.type === 'fence') {
      sections[sections.length - 1].text += `${token.content} `;
    }
  }
  const [{ text: title } = { text: '' }] = headings;
  // An empty cell is no heading, also in the first row.
  const html = markdown.renderer.render(parsed, markdown.options, {}).replaceAll('<th></th>', '<td></td>');
  return { title, html, headings, sections };
}

/** @param {{ type: string, content: string }[]} children */
const plainText = (children) =>
  children.map(({ type, content }) => (type === 'softbreak' ? ' ' : type === 'text' || type === 'code_inline' ? content : '')).join('');
