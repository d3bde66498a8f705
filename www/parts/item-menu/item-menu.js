// The menu of the selected items.
/** @import { Item } from '../../model/item.js' */
/** @import { ItemCommands } from '../../model/item-commands.js' */
/** @import { MenuEntry } from '../../ui/menu.js' */
import { named } from '../../model/item.js';
import { say } from '../../text/language.js';
import { openMenu } from '../../ui/menu.js';

/**
 * @typedef {object} ItemMenuHandlers
 * @property {ItemCommands} commands
 * @property {(item: Item) => void} open
 * @property {() => void} showDetails
 * @property {(item: Item) => void} rename
 * @property {(url: string) => void} copyAddress
 * @property {(item: Item) => void} showInFolder
 * @property {(items: readonly Item[], isCut: boolean) => unknown} hold Copies or cuts items.
 * @property {(items: readonly Item[]) => boolean | undefined} isFavourite Nothing if there are no files.
 * @property {(items: readonly Item[]) => void} toggleFavourite
 */

/**
 * @param {Item} item The one that was clicked.
 * @param {readonly Item[]} items All that are selected.
 * @param {{ x: number, y: number, isTrash: boolean, isSearch: boolean }} options
 * @param {ItemMenuHandlers} handlers
 */
export function openItemMenu(item, items, { x, y, isTrash, isSearch }, handlers) {
  const groups = isTrash ? trashGroups(item, items, handlers) : groupsOf(item, items, isSearch, handlers);
  const entries = groups.filter((group) => group.length > 0).flatMap((group, index) => (index > 0 ? [undefined, ...group] : group));
  openMenu(entries, { x, y, label: say`Actions for ${named(items)}` });
}

/**
 * @param {Item} item
 * @param {readonly Item[]} items
 * @param {ItemMenuHandlers} handlers
 * @returns {MenuEntry[][]}
 */
function trashGroups(item, items, { open, commands }) {
  /** @type {MenuEntry[]} */
  const first = [{ label: say`Restore`, picture: 'restore', act: () => commands.restore(items) }];
  if (items.length === 1) first.unshift({ label: say`Open`, picture: 'open', keys: say`Enter|key`, act: () => open(item) });
  return [first, [{ label: say`Delete permanently…`, picture: 'trash', isBad: true, keys: say`Del|key`, act: () => commands.purge(items) }]];
}

/**
 * @param {Item} item
 * @param {readonly Item[]} items
 * @param {boolean} isSearch
 * @param {ItemMenuHandlers} handlers
 * @returns {MenuEntry[][]}
 */
function groupsOf(item, items, isSearch, { commands, open, showDetails, rename, copyAddress, showInFolder, hold, isFavourite, toggleFavourite }) {
  const isOne = items.length === 1;
  /** @type {MenuEntry[]} */
  const first = [];
  if (isOne) {
    first.push(
      { label: say`Open`, picture: 'open', keys: say`Enter|key`, act: () => open(item) },
      { label: say`Details`, picture: 'info', act: showDetails },
      { label: say`Rename`, picture: 'edit', keys: 'F2', act: () => rename(item) },
    );
  }
  const isZip = items.length > 1 || item.kind === 'folder';
  const hasFiles = items.some(({ kind }) => kind === 'file');
  first.push(
    { label: say`Cut`, picture: 'cut', keys: say`Ctrl + X|key`, act: () => hold(items, true) },
    ...(hasFiles ? [{ label: say`Copy`, picture: 'copy', keys: say`Ctrl + C|key`, act: () => hold(items, false) }] : []),
    { label: say`Move…`, picture: 'move', act: () => commands.move(items) },
    { label: isZip ? say`Download as zip` : say`Download`, picture: 'download', act: () => commands.download(items) },
  );
  if (hasFiles) first.push({ label: say`Labels…`, picture: 'label', act: () => commands.label(items) });
  const isStarred = isFavourite(items);
  if (isStarred !== undefined) first.push({ label: isStarred ? say`Remove from favourites` : say`Add to favourites`, picture: 'star', act: () => toggleFavourite(items) });
  const url = item.kind === 'file' && !item.value.private ? item.value.url : undefined;
  if (isOne && url) first.push({ label: say`Copy address`, picture: 'copy', act: () => copyAddress(url) });
  if (isOne && isSearch) first.push({ label: say`Show in its folder`, picture: 'folder', act: () => showInFolder(item) });
  return [first, [{ label: say`Delete`, picture: 'trash', isBad: true, keys: say`Del|key`, act: () => commands.trash(items) }]];
}
