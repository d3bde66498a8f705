// The page: makes its parts, gives each what it needs, and opens the first place.
/** @import { View } from '../model/view.js' */
/** @import { Place } from '../place/place.js' */
/** @import { Route } from './router.js' */
import { areaOfTop } from '../model/areas.js';
import { folderItem } from '../model/item.js';
import { SORTS } from '../model/view.js';
import { CallInspector } from '../parts/call-inspector/call-inspector.js';
import { CommandBar } from '../parts/command-bar/command-bar.js';
import { DetailsPanel } from '../parts/details-panel/details-panel.js';
import { askFolderName } from '../parts/dialogs/new-folder.js';
import { showShortcuts } from '../parts/dialogs/shortcuts.js';
import { watchDrags } from '../parts/drop-target/drop-target.js';
import { FolderTree } from '../parts/folder-tree/folder-tree.js';
import { JobsPanel } from '../parts/jobs-panel/jobs-panel.js';
import { MediaGrid } from '../parts/media-grid/media-grid.js';
import { tabNamed } from '../parts/side-panel/side-panel.js';
import { NARROW, Sidebar } from '../parts/sidebar/sidebar.js';
import { Stage } from '../parts/stage/stage.js';
import { openUploadMenu, pickFiles, pickFolder } from '../parts/upload-menu/upload-menu.js';
import { UploadsPanel } from '../parts/uploads-panel/uploads-panel.js';
import { serviceWorker } from '../place/service-worker.js';
import { say } from '../text/language.js';
import { closeDialogs } from '../ui/dialog.js';
import { find } from '../ui/dom.js';
import { setFocusHome } from '../ui/focus.js';
import { closeMenu } from '../ui/menu.js';
import { Toasts } from '../ui/toasts.js';
import { ItemClipboard } from './clipboard.js';
import { Display } from './display.js';
import { EnteredFocus } from './entered-focus.js';
import { folderCommands } from './folder-commands.js';
import { guardWork } from './guard.js';
import { emptyTrash, itemCommands, moveDropped, restoreAll } from './item-commands.js';
import { startItems } from './items.js';
import { Live } from './live.js';
import { OtherTabs } from './other-tabs.js';
import { Places } from './places.js';
import { preferred } from './preferences.js';
import { watchReturn } from './return.js';
import { go, goToFile, goToPlace, leaveFile, readAddress, replaceRoute, watchAddress, writeFragment } from './router.js';
import { changeSettings } from './settings.js';
import { PlaceShelf } from './shelf.js';
import { watchShortcuts } from './shortcuts.js';
import { State } from './state.js';
import { treeMenu } from './tree-menu.js';
import { canUploadTo, importFile, upload } from './uploading.js';
import { StorageMeter } from './usage.js';
import { preferredSort, ViewControls } from './view-controls.js';
import { Viewing } from './viewing.js';
import { enter, leave } from './visit.js';
import { showWhereabouts } from './whereabouts.js';

const PANEL_FITS = '(width >= 80rem)';

const grid = find('#items', MediaGrid);
const tree = find('#tree', FolderTree);
const inspector = find('call-inspector', CallInspector);
const details = find('details-panel', DetailsPanel);
const uploads = find('#uploads', UploadsPanel);
const jobsPanel = find('#jobs', JobsPanel);
const heading = find('#where', HTMLElement);
const itemCount = find('#count', HTMLElement);
const status = find('#status', HTMLElement);
const toasts = new Toasts(find('#toasts', HTMLElement));
const stage = new Stage(grid, find('#message', HTMLElement));
const commandBar = new CommandBar(find('#commands', HTMLElement));

const state = new State({ ...readAddress().route, sort: SORTS[preferredSort()].sort });
const commands = itemCommands(state);

/** @param {string} text */
const complain = (text) => toasts.say(text, { isBad: true });

/** Tells screen readers. @param {string} text */
const announceStatus = (text) => {
  status.textContent = text;
};

// The view

/**
 * Shows a changed view.
 *
 * @param {Partial<View>} changes
 * @param {{ keepSelection?: boolean }} [options]
 */
function look(changes, options) {
  state.view = { ...state.view, ...changes };
  display.look(options);
}

const sidebar = new Sidebar();
const controls = new ViewControls(state, grid, look);
const entered = new EnteredFocus(state, { grid, heading });
setFocusHome(() => entered.focusItems());

/** Asks for a name, creates a folder, and leads to it. */
async function createFolder() {
  const made = await askFolderName(async (name) => state.session?.actions.createFolder(name, state.folderId));
  if (made) grid.focusItem(folderItem(made).key);
}

const showCommands = () =>
  commandBar.show(
    folderCommands(state, {
      upload: (button) => openUploadMenu(button, { onPick: (found) => upload(state, found), importUrl: () => importFile(state) }),
      createFolder,
      paste: clipboard.canPaste ? clipboard.paste : undefined,
      restoreAll: () => restoreAll(state),
      restoreImages: () => state.session?.actions.restoreImages(),
      emptyTrash: () => emptyTrash(state),
    }),
  );

const display = new Display(
  state,
  { grid, stage, count: itemCount },
  {
    onLook() {
      showWhereabouts(state, { tree, grid });
      shelf.draw();
    },
    onUpdate() {
      showCommands();
      selected.plan();
      viewing.update();
      entered.follow();
    },
    enterKey: () => places.enterServerKey(),
    announce: announceStatus,
    emptyHandlers: {
      clearSearch: () => go({ ...state.view, query: undefined }),
      showAllTypes: () => controls.showType(undefined),
      clearFilters: () => go({ ...state.view, filters: {} }),
      pickFiles: () => pickFiles((found) => upload(state, found)),
      pickFolder: () => pickFolder((found) => upload(state, found)),
    },
    absentHandlers: {
      goUp: () => go({ area: state.view.area }),
      restore: (folder) => state.session?.actions.restore([folderItem(folder)]),
      show: ({ _id, state: folderState }) => go({ area: folderState === 'DELETED' ? 'trash' : 'files', folderId: _id }),
    },
    complain: (text, retry) => toasts.say(text, { isBad: true, action: { label: say`Try again`, act: retry } }),
  },
);

const viewing = new Viewing(state, {
  show: (fileId) => goToFile({ ...state.view, fileId }),
  leave: leaveFile,
  giveUp: () => replaceRoute(state.view),
  download: (item) => commands.download([item]),
  save: (file, folderId) => upload(state, [{ file, folders: [] }], folderId),
  closed({ key }) {
    // The focus returns to the item that was opened first. Whoever has gone on meanwhile goes on from the last one.
    if (grid.contains(document.activeElement)) grid.focusItem(key);
  },
  complain,
});

/**
 * Shows what an address says beside the items.
 *
 * @param {Route} route
 */
function showControls(route) {
  controls.show(route);
  sidebar.close();
}

/** @param {Route} route */
const showView = (route) =>
  entered.during(() => {
    showControls(route);
    look(route);
  });

watchAddress(({ place, route, fileId }) => {
  // They belong to what was shown before.
  closeDialogs();
  closeMenu();
  if (place && place !== places.kind) {
    state.view = { ...state.view, ...route };
    showControls(route);
    places.open(place);
    return;
  }
  if (writeFragment(state.view) !== writeFragment(route)) showView(route);
  viewing.follow(fileId);
});

find('#skip', HTMLElement).addEventListener('click', (event) => {
  event.preventDefault();
  if (grid.hidden) find('#main', HTMLElement).focus();
  else grid.focusItem();
});

// Items

const shelf = new PlaceShelf(state, grid, { refresh: () => display.refresh(), announce: announceStatus, toasts });
const clipboard = new ItemClipboard(state, grid, toasts, { announce: announceStatus, changed: () => showCommands() });
const { panel, selected } = startItems(state, { grid, details, inspector, shelf, clipboard, count: itemCount, toasts }, { commands, controls, entered, announce: announceStatus });

watchDrags({
  canUpload: (folderId) => canUploadTo(state, folderId),
  upload: (found, folderId) => upload(state, found, folderId),
  move: (keys, folderId) => moveDropped(state, keys, folderId),
});
guardWork(state);
watchShortcuts({
  search: () => controls.focusSearch(),
  help: showShortcuts,
  async undo() {
    if (!(await state.session?.actions.undoLast())) toasts.say(say`There is nothing to undo.`);
  },
  async redo() {
    if (!(await state.session?.actions.redoLast())) toasts.say(say`There is nothing to redo.`);
  },
});
find('#keys-button', HTMLElement).addEventListener('click', showShortcuts);
find('#settings-button', HTMLElement).addEventListener('click', changeSettings);

// Places

/** Takes over what changed without this page. */
function catchUp() {
  if (!state.session) return;
  display.refresh();
  tree.refreshAll();
  meter.refresh();
}

const meter = new StorageMeter(state, toasts);
const live = new Live(state, tree, { refresh: () => display.refresh(), catchUp, changed: () => meter.refresh() });

const tabs = new OtherTabs((placeKey) => {
  if (placeKey === state.session?.place.key) catchUp();
});
watchReturn(() => {
  // Only tabs of this page change what is in the browser, and they say so.
  if (state.session?.place.kind !== 'browser') catchUp();
});

/** @param {Place} place */
const announceChange = (place) => {
  tabs.announce(place.key);
  if (state.session?.place === place) meter.refresh();
};

/** @param {string} id */
function goToFolder(id) {
  const top = areaOfTop(id);
  if (!matchMedia(NARROW).matches || top) sidebar.close();
  const { folders } = state.session ?? {};
  go({ area: top ?? (folders?.has(id) ? (folders.areaOf(id) ?? state.view.area) : 'files'), folderId: top ? undefined : id });
}

const parts = { grid, tree, inspector, shelf, uploads, jobsPanel, toasts, display, viewing, live, meter };
const folderMenu = treeMenu(state, { commands, open: goToFolder });

const places = new Places({
  leave: () => leave(state, parts),
  enter: (place) => enter(state, place, parts, { announceChange, announce: announceStatus, goToFolder, folderMenu }),
  go: (kind) => goToPlace(kind, state.view.area),
  showMessage: (content) => stage.showMessage(content),
  record: (calls) => calls.started.listen((activity) => inspector.add(activity)),
  complain,
});

// Start

controls.start();
showControls(state.view);
const opensPanel = preferred('panel') === true && matchMedia(PANEL_FITS).matches;
panel.show(opensPanel ? tabNamed(preferred('tab')) : undefined);
serviceWorker();

places.start(readAddress().place);
