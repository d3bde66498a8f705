// A section that is closed until somebody opens it.
import { element } from './element.js';

/**
 * Makes a drawer. Its content is made when it opens for the first time.
 *
 * @param {string} title
 * @param {() => Node} make
 * @param {{ isOpen: boolean, onToggle: (isOpen: boolean) => void }} options
 */
export function drawer(title, make, { isOpen, onToggle }) {
  const holder = element('div', { class: 'drawer-body' });
  const details = element('details', { class: 'drawer' }, element('summary', {}, element('h3', {}, title)), holder);
  const fill = () => {
    if (!holder.firstChild) holder.append(make());
  };
  if (isOpen) {
    fill();
    details.open = true;
  }
  details.addEventListener('toggle', () => {
    onToggle(details.open);
    if (details.open) fill();
  });
  return details;
}
