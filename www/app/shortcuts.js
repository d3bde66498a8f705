// The keyboard shortcuts of the whole page. Those of the grid and of menus are theirs.
import { closest } from '../ui/dom.js';

/** Where keys have a meaning of their own. */
const OWN_KEYS = 'input, textarea, select, dialog, [role=menu]';

/** @param {{ search: () => void, help: () => void, undo: () => void, redo: () => void }} handlers */
export function watchShortcuts({ search, help, undo, redo }) {
  addEventListener('keydown', (event) => {
    if (closest(event, OWN_KEYS)) return;
    const isControl = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (event.key === '/' && !isControl) search();
    else if (event.key === '?' && !isControl) help();
    else if (isControl && key === 'z' && !event.shiftKey) undo();
    else if (isControl && (key === 'y' || key === 'z')) redo();
    else return;
    event.preventDefault();
  });
}
