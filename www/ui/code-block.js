// Source code to read and to copy.
/** @import { Child } from './element.js' */
import { highlight } from '../text/highlight.js';
import { say } from '../text/language.js';
import { redact } from '../text/secrets.js';
import { copyButton } from './copy-button.js';
import { element } from './element.js';

let number = 0;

/**
 * Makes a block of source code under a heading, with a button that copies it.
 *
 * @param {string} heading
 * @param {string} text
 * @param {object} [options]
 * @param {string} [options.copied] What the button copies, if not `text`.
 * @param {'h3' | 'h4'} [options.level]
 * @param {Node} [options.content] Nodes to show instead of the highlighted text.
 * @param {Child} [options.extra] Another button.
 */
export function codeBlock(heading, text, { copied = text, level = 'h3', content, extra } = {}) {
  number += 1;
  const id = `code-${number}`;
  return element(
    'div',
    { class: 'code' },
    element('div', { class: 'code-bar' }, element(level, { id }, heading), extra, copyButton(say`Copy`, () => redact(copied))),
    // The block may scroll, so it must be reachable with the keyboard.
    element('pre', { dir: 'ltr', tabindex: '0', role: 'group', 'aria-labelledby': id }, element('code', {}, content ?? highlight(redact(text)))),
  );
}
