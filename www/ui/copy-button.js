// A button that copies text.
import { say } from '../text/language.js';
import { element, icon } from './element.js';

/** Milliseconds for which the button says what happened. */
const MESSAGE_TIMEOUT = 2000;

/**
 * Makes a button that copies what `text()` returns, and reports the outcome. A bare one shows only its icon; the label is
 * for screen readers and the tooltip.
 *
 * @param {string} label
 * @param {() => string} text
 * @param {{ isBare?: boolean }} [options]
 */
export function copyButton(label, text, { isBare = false } = {}) {
  const words = element('span', { class: isBare ? 'visually-hidden' : undefined }, label);
  let picture = icon('copy');
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /**
   * @param {string} message
   * @param {string} name
   */
  const show = (message, name) => {
    const next = icon(name);
    words.textContent = message;
    picture.replaceWith(next);
    picture = next;
  };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      show(say`Copied`, 'done');
    } catch {
      show(say`Not allowed`, 'alert');
    }
    clearTimeout(timer);
    timer = setTimeout(() => show(label, 'copy'), MESSAGE_TIMEOUT);
  };
  return element(
    'button',
    { type: 'button', class: isBare ? 'bare' : 'quiet', title: isBare ? label : undefined, click: copy },
    picture,
    words,
  );
}
