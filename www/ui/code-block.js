// Source text to read and to copy.
import { copyButton, element } from './element.js';
import { redact } from '../text/secrets.js';
import { coloured } from '../text/code.js';

let number = 0;

/**
 * A block of source text under a heading, with a button that copies it, or `copied` in its place. `content` are nodes
 * that show the text otherwise than in the colours of source.
 */
export function codeBlock(heading, text, { copied = text, level = 'h3', content, extra } = {}) {
  const id = `code-${(number += 1)}`;
  return element(
    'div',
    { class: 'code' },
    element(
      'div',
      { class: 'code-bar' },
      element(level, { id }, heading),
      extra,
      copyButton('Copy', () => redact(copied)),
    ),
    // The block may scroll, so the keyboard has to reach it.
    element('pre', { tabindex: '0', role: 'group', 'aria-labelledby': id }, element('code', {}, content ?? coloured(redact(text)))),
  );
}
