// Where the page is: the breadcrumbs, the heading, and the title of the window.
import { element } from '../../ui/element.js';
import { find } from '../../ui/dom.js';

/**
 * @param {{ name: string, ancestors: readonly { id: string, name: string, href: string }[] }} where
 */
export function showLocation({ name, ancestors }) {
  const crumbs = find('#crumbs', HTMLOListElement);
  crumbs.replaceChildren(
    ...ancestors.map((folder) => element('li', {}, element('a', { href: folder.href, 'data-folder': folder.id, dir: 'auto' }, folder.name))),
  );
  const nav = crumbs.parentElement;
  if (nav) nav.hidden = ancestors.length === 0;
  find('#where', HTMLElement).textContent = name;
  document.title = `${name} · wix-media`;
}
