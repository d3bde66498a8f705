// A context menu.
import { focused } from './dom.js';
import { element, icon } from './element.js';
import { returnFocus } from './focus.js';

/**
 * @typedef {object} MenuEntry
 * @property {string} label
 * @property {string} picture The name of its icon.
 * @property {() => unknown} act
 * @property {string} [keys] The keyboard shortcut to show.
 * @property {boolean} [isBad] Whether it deletes something.
 */

/** Pixels between the menu and the edge of the window. */
const MARGIN = 8;

/** @type {{ close(): void } | undefined} */
let open;

/** Closes the menu that is open. */
export const closeMenu = () => open?.close();

/**
 * Opens a menu at a point of the window, in place of the one that is open. When it closes, the focus returns to where it
 * was.
 *
 * @param {readonly (MenuEntry | undefined)[]} entries `undefined` is a line between groups.
 * @param {{ x: number, y: number, label: string }} options
 */
export function openMenu(entries, { x, y, label }) {
  open?.close();
  const before = focused();
  const close = ({ restore = true } = {}) => {
    if (open !== made) return;
    open = undefined;
    layer.remove();
    removeEventListener('pointerdown', closeOutside, true);
    removeEventListener('blur', closeAndRestore);
    if (restore) returnFocus(before);
  };
  const closeAndRestore = () => close();
  /** @param {() => unknown} act */
  const choose = async (act) => {
    close();
    await act();
  };
  const items = entries.map((entry) => (entry ? menuItem(entry, choose) : element('hr', { role: 'separator' })));
  const menu = element('div', { class: 'menu', role: 'menu', 'aria-label': label }, items);
  // A landmark of its own, so that screen readers can reach it from region to region.
  const layer = element('section', { 'aria-label': label }, menu);
  const buttons = items.filter((item) => item instanceof HTMLButtonElement);
  /** @param {Event} event */
  const closeOutside = ({ target }) => {
    if (!(target instanceof Node && menu.contains(target))) close({ restore: false });
  };
  menu.addEventListener('keydown', (event) => {
    if (!moveFocus(event, buttons, close)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  menu.addEventListener('contextmenu', (event) => event.preventDefault());
  const made = { close };
  open = made;
  // A modal dialog makes everything outside it inert.
  (document.querySelector('dialog[open]') ?? document.body).append(layer);
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(MARGIN, Math.min(x, innerWidth - width - MARGIN))}px`;
  menu.style.top = `${Math.max(MARGIN, Math.min(y, innerHeight - height - MARGIN))}px`;
  addEventListener('pointerdown', closeOutside, true);
  addEventListener('blur', closeAndRestore);
  buttons[0]?.focus({ preventScroll: true });
}

/**
 * @param {MenuEntry} entry
 * @param {(act: () => unknown) => void} choose
 */
const menuItem = ({ label, picture, act, keys, isBad }, choose) =>
  element(
    'button',
    { type: 'button', role: 'menuitem', tabindex: '-1', class: isBad ? 'menu-item bad' : 'menu-item', click: () => choose(act) },
    icon(picture),
    element('span', {}, label),
    keys ? element('kbd', {}, keys) : undefined,
  );

/**
 * Moves the focus, or closes the menu, as a key asks for. Returns whether the key means something to a menu.
 *
 * @param {KeyboardEvent} event
 * @param {HTMLButtonElement[]} buttons
 * @param {() => void} close
 */
function moveFocus({ key }, buttons, close) {
  const at = buttons.findIndex((button) => button.matches(':focus'));
  /** @param {number} index */
  const focus = (index) => buttons.at(index % buttons.length)?.focus();
  switch (key) {
    case 'ArrowDown':
      focus(at + 1);
      return true;
    case 'ArrowUp':
      focus(at <= 0 ? -1 : at - 1);
      return true;
    case 'Home':
      focus(0);
      return true;
    case 'End':
      focus(-1);
      return true;
    case 'Escape':
    case 'Tab':
      close();
      return true;
    default: {
      if (key.length !== 1) return false;
      const candidates = [...buttons.slice(at + 1), ...buttons];
      const found = candidates.find(({ textContent }) => textContent.toLowerCase().startsWith(key.toLowerCase()));
      found?.focus();
      return found !== undefined;
    }
  }
}
