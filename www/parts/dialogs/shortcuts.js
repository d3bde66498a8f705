// The dialog that lists the keyboard shortcuts.
import { ask } from '../../ui/dialog.js';
import { element } from '../../ui/element.js';

const SHORTCUTS = [
  ['Arrows, Home, End, Page keys', 'Move around'],
  ['Letters', 'Go to a name'],
  ['Space', 'Select or unselect'],
  ['Shift + arrows', 'Select a range'],
  ['Ctrl + A', 'Select everything'],
  ['Enter', 'Open a folder, show a file'],
  ['F2', 'Rename'],
  ['Delete', 'Move to the trash'],
  ['Ctrl + Z', 'Undo'],
  ['Ctrl + Shift + Z, Ctrl + Y', 'Redo'],
  ['Shift + F10 or the menu key', 'Open the menu of an item'],
  ['/', 'Search'],
  ['Escape', 'Unselect, close'],
];

export function showShortcuts() {
  const list = SHORTCUTS.map(([keys, what]) =>
    element('div', {}, element('dt', {}, element('kbd', {}, keys)), element('dd', {}, what)),
  );
  return ask({ title: 'Keyboard', content: [element('dl', { class: 'keys' }, list)], cancel: 'Close' });
}
