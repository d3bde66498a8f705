// Facts about an item: terms with their values.
/** @import { Child } from '../../ui/element.js' */
import { webAddress } from '../../text/web-address.js';
import { copyButton } from '../../ui/copy-button.js';
import { element, foreign } from '../../ui/element.js';

/**
 * Makes a list of facts. A fact without a value is left out.
 *
 * @param {readonly (readonly [term: string, value: Child])[]} entries
 */
export function facts(entries) {
  const list = element('dl', { class: 'facts' });
  for (const [term, value] of entries) addFact(list, term, value);
  return list;
}

/**
 * Adds a fact to a list, unless it has no value.
 *
 * @param {HTMLElement} list
 * @param {string} term
 * @param {Child} value
 */
export function addFact(list, term, value) {
  const shown = element('dd', {}, value);
  if (shown.firstChild) list.append(element('div', {}, element('dt', {}, term), shown));
}

/**
 * Makes a text that can be copied.
 *
 * @param {string} text
 * @param {string} label The label of the button.
 */
export const copyable = (text, label) =>
  element('span', { class: 'copied' }, element('code', { dir: 'ltr' }, text), copyButton(label, () => text, { isBare: true }));

/**
 * Makes a link to an address, or a text if it is not a web address.
 *
 * @param {string} text
 */
export function link(text) {
  const href = webAddress(text);
  return href ? element('a', { href, target: '_blank', rel: 'noreferrer', dir: 'ltr' }, text) : foreign(text);
}
