// The dialog that offers several downloads. Browsers allow one of them per click, and ask about or block the others.
/** @import { Download } from '../../model/downloads.js' */
/** @import { Item } from '../../model/item.js' */
import { named } from '../../model/item.js';
import { say } from '../../text/language.js';
import { ask } from '../../ui/dialog.js';
import { element, foreign, icon } from '../../ui/element.js';
import { reasonOf } from '../../ui/error-report.js';
import { itemIcon } from '../../ui/item-icon.js';

/**
 * @param {Download} download
 * @param {(download: Download) => Promise<unknown>} save
 */
function downloadRow(download, save) {
  const { name, items } = download;
  const state = element('span', { class: 'download-state', role: 'status' });
  const click = async () => {
    button.disabled = true;
    state.replaceChildren();
    state.classList.remove('bad');
    try {
      await save(download);
      state.replaceChildren(icon('done'), say`Started`);
    } catch (error) {
      state.classList.add('bad');
      state.replaceChildren(reasonOf(error));
    } finally {
      button.disabled = false;
    }
  };
  const button = element('button', { type: 'button', 'aria-label': say`Download ${name}`, click }, icon('download'), say`Download`);
  const [first] = items;
  const title = items.length === 1 && first.kind === 'folder' ? foreign(first.name) : named(items);
  return element('li', {}, itemIcon(first), element('span', { class: 'download-name' }, title), state, button);
}

/**
 * @param {readonly Item[]} items
 * @param {readonly Download[]} downloads
 * @param {(download: Download) => Promise<unknown>} save Rejects when it cannot begin.
 */
export const offerDownloads = (items, downloads, save) =>
  ask({
    title: say`Download ${named(items)}`,
    lead: say`Each folder is a zip of its own.`,
    content: [element('ul', { class: 'downloads' }, downloads.map((download) => downloadRow(download, save)))],
    cancel: say`Close`,
  });
