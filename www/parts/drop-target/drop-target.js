// Drag and drop: files from outside, and items of the page, onto folders or onto the page.
/** @import { Found } from '../../model/dropped.js' */
import { dropped } from '../../model/dropped.js';
import { say } from '../../text/language.js';
import { closest, find } from '../../ui/dom.js';
import { draggedKeys, draggedKind, setDraggedKeys } from './dragged-items.js';

/**
 * @typedef {object} DropHandlers
 * @property {(folderId?: string) => boolean} canUpload Whether files may be dropped on a folder, or on the page.
 * @property {(found: Found[], folderId?: string) => unknown} upload
 * @property {(keys: string[], folderId: string) => unknown} move
 */

/** What a folder can be dropped on. */
const FOLDERS = '#tree [data-folder], #crumbs [data-folder], .cell.folder';

/** @type {Element | undefined} */
let target;

/** Whether a dialog covers the page, and with it whatever something could be dropped on. */
const isCovered = () => document.querySelector(':modal') !== null;

/**
 * Returns the folder under the pointer: its element to mark, and its ID.
 *
 * @param {Event} event
 */
function folderUnder(event) {
  const found = closest(event, FOLDERS);
  if (!found) return undefined;
  const id = found.dataset.folder ?? String(found.dataset.key).replace(/^folder:/, '');
  return { element: found.querySelector(':scope > .tree-line') ?? found, id };
}

/**
 * Marks the folder that would take what is dragged, and shows a hint.
 *
 * @param {Element | undefined} folder
 * @param {string} [hint]
 */
function mark(folder, hint) {
  if (target !== folder) {
    target?.classList.remove('drop-here');
    target = folder;
    target?.classList.add('drop-here');
  }
  const holder = find('#drop-hint', HTMLElement);
  holder.hidden = !hint;
  if (hint) find('p', HTMLElement, holder).textContent = hint;
}

/**
 * Starts to react to drags.
 *
 * @param {DropHandlers} handlers
 */
export function watchDrags({ canUpload, upload, move }) {
  addEventListener('dragstart', (event) => {
    const folder = closest(event, '#tree [data-folder]');
    if (folder) setDraggedKeys(event.dataTransfer, [`folder:${folder.dataset.folder}`]);
  });

  addEventListener('dragover', (event) => {
    const transfer = event.dataTransfer;
    const kind = draggedKind(transfer);
    if (!transfer || !kind) return;
    const folder = folderUnder(event);
    const isAllowed = !isCovered() && (kind === 'files' ? canUpload(folder?.id) : folder !== undefined);
    const name = find('#where', HTMLElement).textContent;
    mark(isAllowed ? folder?.element : undefined, kind === 'files' && isAllowed && !folder ? say`Drop to upload into “${name}”` : undefined);
    // By default the browser would open the file in place of the page.
    event.preventDefault();
    transfer.dropEffect = isAllowed ? (kind === 'files' ? 'copy' : 'move') : 'none';
  });

  addEventListener('dragleave', ({ relatedTarget }) => {
    if (!relatedTarget) mark(undefined);
  });
  addEventListener('dragend', () => mark(undefined));

  addEventListener('drop', async (event) => {
    const transfer = event.dataTransfer;
    const kind = draggedKind(transfer);
    if (!transfer || !kind) return;
    event.preventDefault();
    const folder = folderUnder(event);
    mark(undefined);
    if (isCovered()) return;
    if (kind === 'files') {
      if (canUpload(folder?.id)) upload(await dropped(transfer), folder?.id);
    } else if (folder) await move(draggedKeys(transfer), folder.id);
  });
}
