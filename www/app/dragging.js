// Drag and drop: files from outside, and items of the page onto folders.
import { dropped } from '../model/dropped.js';
import { DRAGGED } from '../parts/media-grid/media-grid.js';

let target;

/** The folder under the pointer, as an element and an id. */
function folderUnder(event) {
  const found = event.target.closest?.('#tree [data-folder], #crumbs [data-folder], .cell.folder');
  if (!found) return undefined;
  const id = found.dataset.folder ?? found.dataset.key.replace(/^folder:/, '');
  return { element: found.querySelector(':scope > .tree-line') ?? found, id };
}

/** Marks the folder that would take what is dragged, and says what would become of it. */
function show(found, text) {
  if (target !== found?.element) {
    target?.classList.remove('drop-here');
    target = found?.element;
    target?.classList.add('drop-here');
  }
  const hint = document.querySelector('#drop-hint');
  hint.hidden = !text;
  if (text) hint.firstElementChild.textContent = text;
}

/** What is dragged: `files`, `items` of the page, or something that is no business of the page. */
function kindOf({ dataTransfer: { types } }) {
  if (types.includes('Files')) return 'files';
  return types.includes(DRAGGED) ? 'items' : undefined;
}

/**
 * Begins to react. `canUpload(folderId)` tells whether files may be dropped on a folder, or without one where the person
 * is; `uploadTo(found, folderId)` and `moveTo(keys, folderId)` do it.
 */
export function watchDrags({ canUpload, uploadTo, moveTo }) {
  addEventListener('dragstart', (event) => {
    const node = event.target.closest?.('#tree [data-folder]');
    if (!node) return;
    event.dataTransfer.setData(DRAGGED, JSON.stringify([`folder:${node.dataset.folder}`]));
    event.dataTransfer.effectAllowed = 'move';
  });

  addEventListener('dragover', (event) => {
    const kind = kindOf(event);
    if (!kind) return;
    const found = folderUnder(event);
    const isAllowed = kind === 'files' ? canUpload(found?.id) : Boolean(found);
    const name = document.querySelector('#where').textContent;
    show(isAllowed ? found : undefined, kind === 'files' && isAllowed && !found ? `Drop to upload into “${name}”` : undefined);
    // Without this the browser would open the file in place of the page.
    event.preventDefault();
    event.dataTransfer.dropEffect = isAllowed ? (kind === 'files' ? 'copy' : 'move') : 'none';
  });

  addEventListener('dragleave', ({ relatedTarget }) => relatedTarget ?? show());
  addEventListener('dragend', () => show());

  addEventListener('drop', async (event) => {
    const kind = kindOf(event);
    if (!kind) return;
    event.preventDefault();
    const found = folderUnder(event);
    show();
    if (kind === 'items') {
      if (found) await moveTo(JSON.parse(event.dataTransfer.getData(DRAGGED)), found.id);
    } else if (canUpload(found?.id)) uploadTo(await dropped(event.dataTransfer), found?.id);
  });
}
