// The dialog that lists the keyboard shortcuts.
import { say } from '../../text/language.js';
import { ask } from '../../ui/dialog.js';
import { element } from '../../ui/element.js';

const SHORTCUTS = [
  [say`Arrows, Home, End, Page keys`, say`Move around`],
  [say`Letters`, say`Go to a name`],
  [say`Space`, say`Select or unselect`],
  [say`Shift + arrows`, say`Select a range`],
  [say`Ctrl + A|key`, say`Select everything`],
  [say`Enter|key`, say`Open a folder, show a file`],
  [say`Backspace|key`, say`Go to the parent folder`],
  ['F2', say`Rename`],
  [say`Ctrl + C, Ctrl + X, Ctrl + V|key`, say`Copy, cut, paste`],
  [say`Del|key`, say`Move to the trash`],
  [say`Ctrl + Z|key`, say`Undo`],
  [say`Ctrl + Shift + Z, Ctrl + Y|key`, say`Redo`],
  [say`Shift + F10 or the menu key`, say`Open the menu of an item`],
  ['/', say`Search`],
  [say`Escape|key`, say`Unselect, close`],
];

export function showShortcuts() {
  const list = SHORTCUTS.map(([keys, what]) =>
    element('div', {}, element('dt', {}, element('kbd', {}, keys)), element('dd', {}, what)),
  );
  return ask({ title: say`Keyboard`, content: [element('dl', { class: 'keys' }, list)], cancel: say`Close` });
}
