// The dialog that lists the keyboard shortcuts.
import { say } from '../../text/language.js';
import { ask } from '../../ui/dialog.js';
import { element } from '../../ui/element.js';

const SHORTCUTS = [
  [say`Arrows, Home, End, Page keys`, say`Move around`],
  [say`Letters`, say`Go to a name`],
  [say`Space`, say`Select or unselect`],
  [say`Shift + arrows`, say`Select a range`],
  ['Ctrl + A', say`Select everything`],
  ['Enter', say`Open a folder, show a file`],
  ['F2', say`Rename`],
  ['Ctrl + C, Ctrl + X, Ctrl + V', say`Copy, cut, paste`],
  ['Delete', say`Move to the trash`],
  ['Ctrl + Z', say`Undo`],
  ['Ctrl + Shift + Z, Ctrl + Y', say`Redo`],
  [say`Shift + F10 or the menu key`, say`Open the menu of an item`],
  ['/', say`Search`],
  ['Escape', say`Unselect, close`],
];

export function showShortcuts() {
  const list = SHORTCUTS.map(([keys, what]) =>
    element('div', {}, element('dt', {}, element('kbd', {}, keys)), element('dd', {}, what)),
  );
  return ask({ title: say`Keyboard`, content: [element('dl', { class: 'keys' }, list)], cancel: say`Close` });
}
