// A menu of what can be done, at a place on the screen.
import { element, icon } from './element.js';

let open;

/**
 * Opens a menu. `entries` are `{ label, picture, act, keys, isBad }`, or `undefined` for a line between groups. The focus
 * goes back to where it was when the menu closes.
 */
export function openMenu(entries, { x, y, label }) {
  open?.close();
  const before = document.activeElement;
  const close = ({ restore = true } = {}) => {
    if (open !== made) return;
    open = undefined;
    layer.remove();
    removeEventListener('pointerdown', outside, true);
    removeEventListener('blur', close);
    if (restore) before?.focus?.({ preventScroll: true });
  };
  const choose = async (act) => {
    close();
    await act();
  };
  const items = entries.map((entry) =>
    entry
      ? element(
          'button',
          { type: 'button', role: 'menuitem', tabindex: '-1', class: entry.isBad ? 'menu-item bad' : 'menu-item', click: () => choose(entry.act) },
          icon(entry.picture),
          element('span', {}, entry.label),
          entry.keys ? element('kbd', {}, entry.keys) : undefined,
        )
      : element('hr', { role: 'separator' }),
  );
  const menu = element('div', { class: 'menu', role: 'menu', 'aria-label': label }, items);
  // A place of its own, for those who go from one part of the page to the next.
  const layer = element('section', { 'aria-label': label }, menu);
  const buttons = items.filter(({ tagName }) => tagName === 'BUTTON');
  const outside = ({ target }) => menu.contains(target) || close({ restore: false });
  menu.addEventListener('keydown', (event) => {
    const at = buttons.indexOf(document.activeElement);
    const go = (index) => buttons.at(index % buttons.length).focus();
    switch (event.key) {
      case 'ArrowDown':
        go(at + 1);
        break;
      case 'ArrowUp':
        go(at <= 0 ? -1 : at - 1);
        break;
      case 'Home':
        go(0);
        break;
      case 'End':
        go(-1);
        break;
      case 'Escape':
      case 'Tab':
        close();
        break;
      default: {
        const letter = event.key.toLowerCase();
        const found = event.key.length === 1 && [...buttons.slice(at + 1), ...buttons].find(({ textContent }) => textContent.toLowerCase().startsWith(letter));
        if (!found) return;
        found.focus();
      }
    }
    event.preventDefault();
    event.stopPropagation();
  });
  menu.addEventListener('contextmenu', (event) => event.preventDefault());
  const made = { close };
  open = made;
  // Within a dialog, what is outside of it cannot be reached.
  (document.querySelector('dialog[open]') ?? document.body).append(layer);
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(x, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(y, innerHeight - height - 8))}px`;
  addEventListener('pointerdown', outside, true);
  addEventListener('blur', close);
  buttons[0]?.focus({ preventScroll: true });
}
