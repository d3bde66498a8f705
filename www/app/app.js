// The page: makes its parts, gives each what it needs, and opens the first place.
/** @import { Reports } from '../model/actions.js' */
/** @import { Item } from '../model/item.js' */
/** @import { View } from '../model/view.js' */
/** @import { Place } from '../place/place.js' */
/** @import { Layout, TileSize } from '../parts/media-grid/geometry.js' */
import { areaOfTop, ROOTS } from '../model/areas.js';
import { folderItem } from '../model/item.js';
import { soon } from '../model/soon.js';
import { isSortName, SORTS, sortNamed, spansFolders } from '../model/view.js';
import { CallInspector } from '../parts/call-inspector/call-inspector.js';
import { CommandBar } from '../parts/command-bar/command-bar.js';
import { DetailsPanel } from '../parts/details-panel/details-panel.js';
import { askFilters } from '../parts/dialogs/filters.js';
import { askFolderName } from '../parts/dialogs/new-folder.js';
import { showShortcuts } from '../parts/dialogs/shortcuts.js';
import { watchDrags } from '../parts/drop-target/drop-target.js';
import { FolderTree } from '../parts/folder-tree/folder-tree.js';
import { openItemMenu } from '../parts/item-menu/item-menu.js';
import { JobsPanel } from '../parts/jobs-panel/jobs-panel.js';
import { ListControls } from '../parts/list-controls/list-controls.js';
import { isTileSize } from '../parts/media-grid/geometry.js';
import { MediaGrid } from '../parts/media-grid/media-grid.js';
import { SearchBox } from '../parts/search-box/search-box.js';
import { SelectionBar } from '../parts/selection-bar/selection-bar.js';
import { SidePanel, tabNamed } from '../parts/side-panel/side-panel.js';
import { NARROW, Sidebar } from '../parts/sidebar/sidebar.js';
import { Stage } from '../parts/stage/stage.js';
import { openUploadMenu, pickFiles, pickFolder } from '../parts/upload-menu/upload-menu.js';
import { UploadsPanel } from '../parts/uploads-panel/uploads-panel.js';
import { placeName } from '../place/place.js';
import { serviceWorker } from '../place/service-worker.js';
import { plural, say } from '../text/language.js';
import { amount } from '../text/words.js';
import { closeDialogs } from '../ui/dialog.js';
import { find } from '../ui/dom.js';
import { reasonOf } from '../ui/error-report.js';
import { setFocusHome } from '../ui/focus.js';
import { closeMenu } from '../ui/menu.js';
import { Toasts } from '../ui/toasts.js';
import { Display } from './display.js';
import { effectsOn } from './effects.js';
import { folderCommands } from './folder-commands.js';
import { folderName, renameFolder } from './folder-name.js';
import { guardWork } from './guard.js';
import { emptyTrash, itemCommands, moveDropped, restoreAll } from './item-commands.js';
import { Live } from './live.js';
import { openItem } from './open-item.js';
import { OtherTabs } from './other-tabs.js';
import { Places } from './places.js';
import { prefer, preferred } from './preferences.js';
import { go, goToFile, goToPlace, leaveFile, namePlace, readAddress, replaceRoute, watchAddress, writeFragment } from './router.js';
import { watchReturn } from './return.js';
import { Selected } from './selected.js';
import { Session } from './session.js';
import { PlaceShelf } from './shelf.js';
import { changeSettings } from './settings.js';
import { watchShortcuts } from './shortcuts.js';
import { State } from './state.js';
import { treeMenu } from './tree-menu.js';
import { canUploadTo, importFile, upload } from './uploading.js';
import { StorageMeter } from './usage.js';
import { Viewing } from './viewing.js';
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

const preferredSort = preferred('sort');
const firstSort = isSortName(preferredSort) ? preferredSort : 'newest';
const state = new State({ ...readAddress().route, sort: SORTS[firstSort].sort });
const { selection } = state;
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
const searchBox = new SearchBox({
  onSearch(query) {
    const { view } = state;
    if (query === view.query) return;
    if (!view.query || !query) {
      go({ ...view, query });
      return;
    }
    // A search is one step of the history, however many letters were typed.
    replaceRoute({ ...view, query });
    look({ query });
  },
  onDown() {
    if (state.listing?.length) grid.focusItem();
  },
});
const controls = new ListControls({
  onType: showType,
  onFilters: askForFilters,
  onSort: sortBy,
  onLayout: showLayout,
  onTileSize: showTileSize,
});

/** @param {View['types'][number] | undefined} type */
function showType(type) {
  go({ ...state.view, types: type ? [type] : [] });
}

async function askForFilters() {
  const { view } = state;
  const filters = await askFilters(view.filters ?? {});
  if (filters && state.view === view) go({ ...view, filters });
}

/** @param {keyof typeof SORTS} name */
function sortBy(name) {
  controls.showSort(name);
  prefer('sort', name);
  look({ sort: SORTS[name].sort }, { keepSelection: true });
}

/** @param {TileSize} size */
function showTileSize(size) {
  grid.tileSize = size;
  controls.showTileSize(size);
  prefer('tileSize', size);
}

/** @param {Layout} layout */
function showLayout(layout) {
  grid.layout = layout;
  controls.showLayout(layout);
  prefer('layout', layout);
}

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
      focusEntered();
    },
    enterKey: () => places.enterServerKey(),
    announce: announceStatus,
    emptyHandlers: {
      clearSearch: () => go({ ...state.view, query: undefined }),
      showAllTypes: () => showType(undefined),
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
 * @param {ReturnType<typeof readAddress>['route']} route
 */
function showControls({ query, types: [type], filters = {} }) {
  searchBox.show(query);
  controls.showType(type);
  controls.showFilters(Object.keys(filters).length);
  sidebar.close();
}

/** @param {ReturnType<typeof readAddress>['route']} route */
function showView(route) {
  isEntering = grid.contains(document.activeElement);
  showControls(route);
  look(route);
  // The items that had it are gone, and those of the folder are not there yet.
  if (isEntering) heading.focus({ preventScroll: true });
}

/** Whether the focus was on an item that led to the folder that is shown, and waits for an item of that. */
let isEntering = false;

/** Puts the focus on the first item of a folder that was entered with the keyboard, unless it has gone elsewhere meanwhile. */
function focusEntered() {
  const { listing } = state;
  if (!isEntering || !listing?.hasFolders || listing.state === 'reading') return;
  isEntering = false;
  if (document.activeElement === heading) focusItems();
}

/** Puts the focus on the items, or where there are none on the name of the folder. */
function focusItems() {
  if (grid.hidden) heading.focus({ preventScroll: true });
  else grid.focusItem();
}
setFocusHome(focusItems);

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

const panel = new SidePanel((tab) => {
  prefer('panel', tab !== undefined);
  if (tab) prefer('tab', tab);
  if (tab === 'details') selected.plan();
  if (tab === 'code') inspector.opened();
});
const selectionBar = new SelectionBar(
  { bar: find('#chosen', HTMLElement), tools: find('#tools', HTMLElement), count: itemCount },
  {
    commands,
    unselect() {
      selection.clear();
      grid.focusItem();
    },
  },
);
const selected = new Selected(state, { panel, details, bar: selectionBar });

details.start({
  commands,
  preview: ({ id }) => goToFile({ ...state.view, fileId: id }),
  label: async (file, labels) => state.session?.actions.label(file, labels),
  temporaryLink: async (file, options) => {
    if (!state.session) throw new Error('no place is open');
    return state.session.actions.temporaryLink(file, options);
  },
});

/** @param {Item} item */
const open = (item) => openItem(state, item);

grid.controls = { ...grid.controls, whereIs: (item) => folderName(state, item) };
const shelf = new PlaceShelf(state, grid, { refresh: () => display.refresh(), announce: announceStatus, toasts });

grid.start(selection, {
  onOpen: open,
  onRename: (item, name) => state.session?.actions.rename(item, name),
  onSort: (sort) => sortBy(sortNamed(sort) ?? 'newest'),
  async onSelectAll() {
    const { listing } = state;
    if (!listing) return;
    const all = await listing.all();
    selection.set(all.map(({ key }) => key));
    announceStatus(say`${amount({ files: listing.files.length, folders: listing.folders.length })} selected.`);
  },
  onDelete: () => (state.isTrash ? commands.purge : commands.trash)(state.selectedItems),
  onMenu: (item, x, y) =>
    openItemMenu(
      item,
      state.selectedItems,
      { x, y, isTrash: state.isTrash, isSearch: spansFolders(state.view) },
      {
        commands,
        open,
        isFavourite: shelf.isFavourite,
        toggleFavourite: shelf.toggleFavourite,
        showDetails: () => panel.show('details'),
        rename: ({ key }) => grid.rename(key),
        copyAddress,
        showInFolder: ({ value }) => go({ area: state.view.area, folderId: value.parentFolderId ?? undefined }),
      },
    ),
});

/** @param {string} text */
async function copyAddress(text) {
  try {
    await navigator.clipboard.writeText(text);
    toasts.say(say`Address copied.`);
  } catch {
    complain(say`The browser does not allow copying here.`);
  }
}

watchDrags({
  canUpload: (folderId) => canUploadTo(state, folderId),
  upload: (found, folderId) => upload(state, found, folderId),
  move: (keys, folderId) => moveDropped(state, keys, folderId),
});
guardWork(state);
watchShortcuts({
  search: () => searchBox.focus(),
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

/**
 * Reports what happens in a place. Once the page has left it, each report names it.
 *
 * @param {Place} place
 * @returns {Reports}
 */
function reportsOn(place) {
  /** @param {string} text */
  const located = (text) => (state.session?.place === place ? text : say`${placeName(place.kind)}: ${text}`);
  return {
    done(text, entry) {
      const close = toasts.say(located(text), entry && { action: { label: entry.isUndone ? say`Redo` : say`Undo`, act: () => entry.run() } });
      const stopListening = entry?.spent.listen(() => {
        stopListening?.();
        close();
      });
    },
    failed: (what, error, retry) =>
      toasts.say(located(say`${what}: ${reasonOf(error, place)}`), { isBad: true, action: retry && { label: say`Try again`, act: retry } }),
    interrupted: (what) => complain(located(say`${what}. Open the place again to go on.`)),
    lost: (text) => complain(located(text)),
  };
}

/** @param {string} id */
function goToFolder(id) {
  const top = areaOfTop(id);
  if (!matchMedia(NARROW).matches || top) sidebar.close();
  const { folders } = state.session ?? {};
  go({ area: top ?? (folders?.has(id) ? (folders.areaOf(id) ?? state.view.area) : 'files'), folderId: top ? undefined : id });
}

/** Takes the page off the place that is open, and returns it. */
function leave() {
  const before = state.session;
  live.stop();
  display.stop();
  viewing.follow(undefined);
  state.session = undefined;
  state.listing = undefined;
  before?.end();
  uploads.clear();
  jobsPanel.clear();
  meter.clear();
  return before?.place;
}

/**
 * Shows a place that was opened.
 *
 * @param {Place} place
 */
async function enter(place) {
  const effects = effectsOn(state, place, { tree, grid, refresh: () => display.refresh(), announce: announceChange });
  const session = new Session(place, effects, reportsOn(place));
  const { calls, folders, queue } = session;
  state.session = session;
  namePlace(place.kind);
  calls.started.listen((activity) => inspector.add(activity));
  queue.uploaded.listen((file) => {
    effects.fileAdded(file);
    effects.announce();
  });
  queue.replaced.listen((files) => session.actions.trash(files));
  queue.folderCreated.listen((folder) => effects.folderAdded(folder));
  const showNames = soon(() => session === state.session && showWhereabouts(state, { grid }));
  folders.changed.listen(showNames);
  folders.changed.listen((id) => session === state.session && renameFolder(grid, id, folders.nameOf(id)));
  uploads.show(queue, place, announceStatus);
  shelf.start();
  jobsPanel.show(session.actions.jobs, place, announceStatus);
  selection.clear();
  tree.start({
    label: say`Folders`,
    roots: ROOTS,
    load: (id) => folders.childrenOf(id, { isTrash: state.isTrash && (areaOfTop(id) ?? 'trash') === 'trash' }),
    onChoose: goToFolder,
    menu: treeMenu(state, { commands, open: goToFolder }),
    onError: (error) => complain(say`The folders could not be read: ${reasonOf(error)}`),
  });
  // Before the list is asked for, so that no change falls between the two.
  live.start();
  display.look();
  viewing.follow(readAddress().fileId);
  meter.start();
  session.actions.jobs.restore();
  const { resumed, paused } = await queue.restore();
  if (resumed > 0) toasts.say(plural(resumed, '{0} upload of your last visit resumed.', '{0} uploads of your last visit resumed.'));
  if (paused > 0) toasts.say(plural(paused, '{0} upload of your last visit is paused.', '{0} uploads of your last visit are paused.'));
}

const places = new Places({
  leave,
  enter,
  go: (kind) => goToPlace(kind, state.view.area),
  showMessage: (content) => stage.showMessage(content),
  record: (calls) => calls.started.listen((activity) => inspector.add(activity)),
  complain,
});

// Start

controls.showSort(firstSort);
showLayout(preferred('layout') === 'list' ? 'list' : 'grid');
const preferredTiles = preferred('tileSize');
showTileSize(isTileSize(preferredTiles) ? preferredTiles : 'medium');
showControls(state.view);
const opensPanel = (preferred('panel') ?? true) && matchMedia(PANEL_FITS).matches;
panel.show(opensPanel ? tabNamed(preferred('tab')) : undefined);
serviceWorker();

places.start(readAddress().place);
