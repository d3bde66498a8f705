// The items of the view and those that are selected: what the grid, the bar above it and the panel beside it do with them.
/** @import { Item } from '../model/item.js' */
/** @import { ItemCommands } from '../model/item-commands.js' */
/** @import { CallInspector } from '../parts/call-inspector/call-inspector.js' */
/** @import { DetailsPanel } from '../parts/details-panel/details-panel.js' */
/** @import { MediaGrid } from '../parts/media-grid/media-grid.js' */
/** @import { Toasts } from '../ui/toasts.js' */
/** @import { ItemClipboard } from './clipboard.js' */
/** @import { EnteredFocus } from './entered-focus.js' */
/** @import { PlaceShelf } from './shelf.js' */
/** @import { State } from './state.js' */
/** @import { ViewControls } from './view-controls.js' */
import { sortNamed, spansFolders } from '../model/view.js';
import { openItemMenu } from '../parts/item-menu/item-menu.js';
import { SelectionBar } from '../parts/selection-bar/selection-bar.js';
import { SidePanel } from '../parts/side-panel/side-panel.js';
import { say } from '../text/language.js';
import { amount } from '../text/words.js';
import { find } from '../ui/dom.js';
import { folderName } from './folder-name.js';
import { goUp, openItem } from './open-item.js';
import { prefer } from './preferences.js';
import { go, goToFile } from './router.js';
import { Selected } from './selected.js';

/**
 * Starts the parts that show items. Returns the panel, and what shows the selection.
 *
 * @param {State} state
 * @param {{ grid: MediaGrid, details: DetailsPanel, inspector: CallInspector, shelf: PlaceShelf, clipboard: ItemClipboard, count: HTMLElement, toasts: Toasts }} parts
 * @param {{ commands: ItemCommands, controls: ViewControls, entered: EnteredFocus, announce: (text: string) => void }} handlers `announce` tells
 *   screen readers.
 */
export function startItems(state, { grid, details, inspector, shelf, clipboard, count, toasts }, { commands, controls, entered, announce }) {
  const { selection } = state;
  const panel = new SidePanel((tab) => {
    prefer('panel', tab !== undefined);
    if (tab) prefer('tab', tab);
    if (tab === 'details') selected.plan();
    if (tab === 'code') inspector.opened();
  });
  const unselect = () => {
    selection.clear();
    grid.focusItem();
  };
  const bar = new SelectionBar({ bar: find('#chosen', HTMLElement), tools: find('#tools', HTMLElement), count }, { commands, unselect });
  const selected = new Selected(state, { panel, details, bar });

  details.start({
    commands,
    preview: ({ id }) => goToFile({ ...state.view, fileId: id }),
    label: async (file, labels) => state.session?.actions.label(file, labels),
    temporaryLink: async (file, options) => {
      if (!state.session) throw new Error('no place is open');
      return state.session.downloads.temporaryLink(file, options);
    },
  });

  /** @param {Item} item */
  const open = (item) => openItem(state, item);

  /** @param {string} text */
  const copyAddress = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      toasts.say(say`Address copied.`);
    } catch {
      toasts.say(say`The browser does not allow copying here.`, { isBad: true });
    }
  };

  grid.controls = { ...grid.controls, whereIs: (item) => folderName(state, item) };
  grid.start(selection, {
    onOpen: open,
    onRename: (item, name) => state.session?.actions.rename(item, name),
    onColumns: () => prefer('columns', grid.table.columns.text),
    onSort: (sort) => entered.whileSorting(sort.fieldName, () => controls.sortBy(sortNamed(sort) ?? 'newest')),
    async onSelectAll() {
      const { listing } = state;
      if (!listing) return;
      const all = await listing.all();
      selection.set(all.map(({ key }) => key));
      announce(say`${amount({ files: listing.files.length, folders: listing.folders.length })} selected.`);
    },
    onUp: () => goUp(state),
    onDelete: () => (state.isTrash ? commands.purge : commands.trash)(state.selectedItems),
    onMenu: (item, x, y) =>
      openItemMenu(
        item,
        state.selectedItems,
        { x, y, isTrash: state.isTrash, isSearch: spansFolders(state.view) },
        {
          commands,
          open,
          hold: clipboard.hold,
          isFavourite: shelf.isFavourite,
          toggleFavourite: shelf.toggleFavourite,
          showDetails: () => panel.show('details'),
          rename: ({ key }) => grid.rename(key),
          copyAddress,
          showInFolder: ({ value }) => go({ area: state.view.area, folderId: value.parentFolderId ?? undefined }),
        },
      ),
  });
  return { panel, selected };
}
