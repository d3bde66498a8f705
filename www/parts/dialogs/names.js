// The names that a dialog is about.
/** @import { Child } from '../../ui/element.js' */
import { number, say } from '../../text/language.js';
import { element, foreign } from '../../ui/element.js';

const MAX_NAMES = 6;

/**
 * Makes a list of names. It shows the first few, and says how many more there are.
 *
 * @param {readonly { name: string, icon: () => Child }[]} named
 */
export function nameList(named) {
  const shown = named.slice(0, MAX_NAMES).map(({ name, icon }) => element('li', {}, icon(), foreign(name)));
  if (named.length > shown.length) shown.push(element('li', {}, say`… and ${number(named.length - shown.length)} more`));
  return element('ul', { class: 'names' }, shown);
}
