// The page: a place, what is looked at there, and everything that acts on it.
import '../parts/call-inspector/call-inspector.js';
import '../parts/details-panel/details-panel.js';
import '../parts/folder-tree/folder-tree.js';
import '../parts/media-grid/media-grid.js';
import '../parts/uploads-panel/uploads-panel.js';
import { Actions, named } from '../model/actions.js';
import { Calls } from '../model/calls.js';
import { askFolderName, askImport, askPurge, askServerKey, askSite, askWhereTo, showKeys } from '../parts/dialogs/dialogs.js';
import { watchDrags } from './dragging.js';
import { picked } from '../model/dropped.js';
import { element, icon } from '../ui/element.js';
import { errorReport, reasonOf } from '../ui/error-report.js';
import { areaOfTop, item, Listing, TOPS } from '../model/listing.js';
import { openMenu } from '../ui/menu.js';
import { closeSidebar, showPanel, watchPanes } from './panes.js';
import { BrowserPlace } from '../place/browser.js';
import { RemotePlace } from '../place/remote.js';
import { serviceWorker } from '../place/service-worker.js';
import { prefer, preferred } from './preferences.js';
import { Selection } from '../model/selection.js';
import { javascript } from '../text/code.js';
import { Toasts } from '../ui/toasts.js';
import { UploadQueue } from '../model/upload-queue.js';
import { readFragment, SORTS, sortNamed, writeFragment } from './router.js';
import { openViewer } from '../parts/viewer/viewer.js';
import { amount, count, MEDIA_TYPES, mediaType, size } from '../text/words.js';

const find = (selector) => document.querySelector(selector);

const grid = find('#items');
const tree = find('#tree');
const message = find('#message');
const inspector = find('call-inspector');
const details = find('details-panel');
const uploads = find('#uploads');
const words = find('#search-words');
const tools = find('#tools');
const chosen = find('#chosen');
const panel = find('#panel');

const ROOTS = [
  { id: TOPS.files, area: 'files', name: 'Site Files', picture: 'site' },
  { id: TOPS.visitor, area: 'visitor', name: 'Visitor Uploads', picture: 'visitor' },
  { id: TOPS.trash, area: 'trash', name: 'Trash', picture: 'trash', isLeaf: true },
];
/** How long after the last letter a search begins. */
const TYPING = 200;
/** Between two looks at files that are being processed, at first and at most. */
const LOOK = 800;
const LONGEST_LOOK = 10_000;

const toasts = new Toasts(find('#toasts'));
const selection = new Selection();
const news = new BroadcastChannel('wix-media page');
/** Folders that have been met, by id, for the way up from where one is. */
const folders = new Map();

let place;
let calls;
let queue;
let listing;
let view = { ...readFragment(location.hash), types: [], sort: SORTS.newest.sort };
let opening = 0;
let pendingTimer;

const say = (text) => {
  find('#status').textContent = text;
};

/** What actions, panels and dialogs know of the page. */
const page = {
  get place() {
    return place;
  },
  get calls() {
    return calls;
  },
  get view() {
    return view;
  },
  get folderId() {
    return view.folderId ?? TOPS[view.area];
  },
  roots: ROOTS,
  toasts,
  reason: reasonOf,
  foldersIn,
  moveByDialog: (items) => askWhereTo(page, items),
  purge: (items) => askPurge(page, items, { title: `Delete ${named(items)} for good?`, work: () => page.actions.purge(items) }),
  preview: (thing) => openViewer(thing, page),
  neighbour,
  shown: (thing) => selection.only(thing.key),
  refresh: () => refresh(),
  announceChange: () => {
    news.postMessage(place.key);
    showUsage();
  },
  /** A folder came to be. */
  folderMade(folder) {
    folders.set(folder._id, folder);
    tree.refresh(folder.parentFolderId);
    if (isHere(folder)) {
      listing.put('folder', folder);
      const { key } = item('folder', folder);
      selection.only(key);
      grid.reveal(key);
    }
  },
  /** A file came to be, or is on its way. */
  fileArrived(file) {
    if (isHere(file)) listing.put('file', file);
  },
  /** An item has another name, other labels. */
  changed(kind, value) {
    listing.update(kind, value);
    if (kind === 'folder') {
      folders.set(value._id, value);
      tree.refresh(value.parentFolderId);
    }
  },
  /** Items left where they were. */
  gone(items, { from } = {}) {
    if (from && view.area !== from) return;
    listing.remove(items.map(({ key }) => key));
    selection.retain(listing);
  },
  foldersChanged: () => tree.refreshAll(),
  save,
};
page.actions = new Actions(page);
details.start(page);

/** Whether an item belongs to what is looked at. */
const isHere = (value) => !view.query && value.parentFolderId === page.folderId && view.area !== 'trash' && (!value.mediaType || view.types.length === 0 || view.types.includes(value.mediaType));

// Places

const PLACES = {
  browser: () => new BrowserPlace().open(),
  server: async (key) => new RemotePlace({ kind: 'server', title: 'This server', baseUrl: new URL('.', document.baseURI).href, eager: true, ...key }),
  site: async (settings) => new RemotePlace({ kind: 'site', title: 'A Wix site', ...settings }),
};

/** Whether a Media Manager answers where this page came from. */
async function serverAnswers() {
  try {
    const response = await fetch('_wix-media/health', { signal: AbortSignal.timeout(3000) });
    return response.ok && /json/.test(response.headers.get('content-type'));
  } catch {
    return false;
  }
}

/** Goes to a place, which takes the page off the one before. */
async function openPlace(kind, settings) {
  const turn = (opening += 1);
  showPlace(kind);
  stopListing();
  queue?.stop();
  if (queue) uploads.hidden = true;
  const before = place;
  if (before && (before.kind !== kind || kind === 'site')) {
    // Folders of one place are not those of another.
    view = { ...view, folderId: undefined };
    history.replaceState(null, '', writeFragment(view));
  }
  place = undefined;
  calls = undefined;
  listing = undefined;
  showMessage(element('div', { class: 'state' }, element('span', { class: 'spinner' }), element('p', {}, 'Opening…')));
  await before?.close();
  let made;
  try {
    made = await PLACES[kind](settings);
  } catch (error) {
    if (turn === opening) showClosed(kind, error);
    return;
  }
  if (turn !== opening) {
    await made.close();
    return;
  }
  place = made;
  prefer('place', kind);
  calls = new Calls(place);
  calls.addEventListener('call', ({ detail }) => inspector.add(detail));
  queue = new UploadQueue(place, calls);
  queue.addEventListener('uploaded', ({ detail: file }) => {
    page.fileArrived(file);
    page.announceChange();
  });
  queue.addEventListener('foldermade', ({ detail: folder }) => page.folderMade(folder));
  uploads.show(queue, reasonOf);
  place.addEventListener?.('change', () => refresh());
  folders.clear();
  selection.clear();
  tree.start({ label: 'Folders', roots: ROOTS, load: foldersIn });
  await look();
  showUsage();
  const restored = await queue.restore();
  if (restored > 0) toasts.say(`${count(restored, 'upload')} of your last visit ${restored === 1 ? 'goes' : 'go'} on.`);
}

function showPlace(kind) {
  for (const input of document.querySelectorAll('[name=place]')) input.checked = input.value === kind;
}

/** A place that cannot be opened: why, and what to do. */
function showClosed(kind, error) {
  const again = element('button', { type: 'button', class: 'primary', click: () => openPlace(kind) }, 'Try again');
  if (error.code === 'LOCKED') {
    return showMessage(
      element(
        'div',
        { class: 'state' },
        icon('lock'),
        element('h2', {}, 'Open in another tab'),
        element('p', {}, 'The Media Manager of this browser can be open only once. Go on in the other tab, or close it and try again here.'),
        element('div', { class: 'actions' }, again),
      ),
    );
  }
  reportError(error);
  return showMessage(
    element(
      'div',
      { class: 'state' },
      icon('alert'),
      element('h2', {}, 'The Media Manager could not be opened'),
      element('p', { dir: 'auto' }, reasonOf(error)),
      element('p', {}, kind === 'browser' ? 'Some private windows keep no files. An ordinary window, or another place above, will do.' : ''),
      element('div', { class: 'actions' }, again),
    ),
  );
}

async function choosePlace(kind) {
  const before = place;
  if (kind === 'site') {
    const done = await askSite(async (settings) => {
      await tryOut(settings);
      openPlace('site', settings);
    });
    if (!done) showPlace(before?.kind);
  } else if (kind === 'server' && !(await serverAnswers())) {
    showPlace(before?.kind);
    toasts.say('This page came from a plain web server. Start one with a Media Manager: npx wix-media serve', { isBad: true });
  } else if (before?.kind !== kind) await openPlace(kind);
}

/** Makes the smallest call with new settings, so that a wrong key is told where it was typed. */
async function tryOut(settings) {
  const trial = await PLACES.site(settings);
  const about = { title: 'Try out the connection', names: ['files'], source: `await files.listFiles({ paging: { limit: 1 } });` };
  const made = new Calls(trial);
  made.addEventListener('call', ({ detail }) => inspector.add(detail));
  await made.run(about, (client, options) => client.files.listFiles({ paging: { limit: 1 } }, options));
}

async function showUsage() {
  const holder = find('#usage');
  const usage = await place?.usage();
  holder.hidden = !usage;
  if (!usage) return;
  const bar = element('progress', { max: String(usage.quota), value: String(usage.usage), 'aria-label': 'Storage used' });
  holder.replaceChildren(bar, element('p', {}, `${size(usage.usage)} of ${size(usage.quota)} used`));
}

// What is looked at

/** The folders in one, by name. */
async function foldersIn(id) {
  const isTrash = view.area === 'trash' && id !== TOPS.files && id !== TOPS.visitor;
  const name = isTrash ? 'listDeletedFolders' : 'listFolders';
  const options = { parentFolderId: id, sort: { fieldName: 'displayName', order: 'ASC' }, paging: { limit: 100 } };
  const about = {
    title: `Folders in “${nameOf(id)}”`,
    names: ['folders'],
    quiet: true,
    source: `for await (const folder of folders.${name}(${javascript(options)})) {\n  console.log(folder.displayName);\n}`,
  };
  const found = await calls.run(about, async (client, callOptions) => {
    const all = [];
    for await (const folder of client.folders[name](options, callOptions)) all.push(folder);
    return all;
  });
  for (const folder of found) folders.set(folder._id, folder);
  return found;
}

const nameOf = (id) => ROOTS.find((root) => root.id === id)?.name ?? folders.get(id)?.displayName ?? id;

/** The folders from the top down to this one. */
async function pathTo(id) {
  const path = [];
  for (let at = id; at; ) {
    if (path.includes(at)) break;
    path.unshift(at);
    if (areaOfTop(at)) break;
    if (!folders.has(at)) {
      const folderId = at;
      const about = { title: 'Where this folder is', names: ['folders'], quiet: true, source: `await folders.getFolder(${javascript(folderId)});` };
      folders.set(at, await calls.run(about, (client, options) => client.folders.getFolder(folderId, options)));
    }
    at = folders.get(at).parentFolderId;
  }
  return path;
}

function stopListing() {
  listing?.stop();
  clearTimeout(pendingTimer);
}

const currentView = () => ({ ...view });

/** Shows what `view` says. */
async function look({ keepSelection = false } = {}) {
  if (!calls) return;
  stopListing();
  const mine = new Listing(calls, currentView(), place.eager);
  listing = mine;
  if (!keepSelection) selection.clear();
  const isTrash = view.area === 'trash';
  grid.show({ listing: mine, selection, place, sort: view.sort, isTrash, label: view.query ? 'What was found' : nameOf(page.folderId) });
  mine.addEventListener('change', () => listing === mine && shown());
  mine.start();
  showCommands();
  showWhere();
  shown();
}

/** Lists again what is looked at, and puts it in place of what is there when it is as long. */
function refresh() {
  if (!listing) return;
  const old = listing;
  const next = new Listing(calls, currentView(), place.eager);
  next.want(old.length);
  next.addEventListener('change', function settle() {
    if (listing !== old) {
      next.stop();
      next.removeEventListener('change', settle);
      return;
    }
    if (next.state !== 'complete' && next.state !== 'failed' && next.length < old.length) return;
    next.removeEventListener('change', settle);
    old.stop();
    listing = next;
    grid.replace(next);
    next.addEventListener('change', () => listing === next && shown());
    selection.retain(next);
    shown();
  });
  next.start();
}

/** Takes in that the listing has changed. */
function shown() {
  const { state, length, error } = listing;
  const isEmpty = length === 0 && state === 'complete';
  grid.hidden = length === 0;
  find('#count').textContent = countOf();
  for (const folder of listing.folders) folders.set(folder.id, folder.value);
  if (state === 'failed' && length === 0) showFailed(error);
  else if (isEmpty) showMessage(emptyState());
  else if (length === 0) showMessage(element('div', { class: 'state' }, element('span', { class: 'spinner' })), { isLate: true });
  else message.hidden = true;
  if (state === 'failed' && length > 0) {
    toasts.say(`The rest could not be read: ${reasonOf(error)}`, { isBad: true, action: { label: 'Try again', act: () => listing.retry() } });
  }
  showDetails();
  showCommands();
  watchPending();
}

function countOf() {
  const { state } = listing;
  const text = amount({ files: listing.files.length, folders: listing.folders.length });
  if (listing.length === 0) return '';
  return state === 'complete' ? text : `${text} so far`;
}

function showMessage(content, { isLate = false } = {}) {
  grid.hidden = true;
  message.classList.toggle('late', isLate);
  message.replaceChildren(content);
  message.hidden = false;
}

function showFailed(error) {
  const again = element('button', { type: 'button', class: 'primary', click: () => listing.retry() }, 'Try again');
  const buttons = [again];
  if (error?.status === 401 && place.kind === 'server') {
    buttons.unshift(element('button', { type: 'button', click: () => askServerKey((settings) => openPlace('server', settings)) }, 'Enter the key'));
  }
  showMessage(element('div', { class: 'state failed' }, errorReport(error, place), element('div', { class: 'actions' }, buttons)));
}

function emptyState() {
  const state = (picture, title, text, ...buttons) =>
    element('div', { class: 'state' }, icon(picture), element('h2', {}, title), element('p', {}, text), buttons.length > 0 ? element('div', { class: 'actions' }, buttons) : undefined);
  const button = (label, click) => element('button', { type: 'button', click }, label);
  const [type] = view.types;
  if (view.query) {
    return state('search', 'Nothing found', `Nothing here has “${view.query}” in its name, its type or its labels.`, button('Clear the search', () => go({ ...view, query: undefined })));
  }
  if (type) {
    return state('empty', 'None of this type', `There are no files of the type “${mediaType(type)}” here.`, button('Show all types', () => setType('')));
  }
  if (view.area === 'trash') return state('trash', 'The trash is empty', 'What you delete waits here until you restore it, or delete it for good.');
  if (view.area === 'visitor' && !view.folderId) {
    return state('visitor', 'No visitor uploads', 'Files that visitors of a site upload, in forms for example, come here and not among the site’s own.');
  }
  const text = 'Drop files or whole folders here, or choose some. Images, videos, sound, documents: whatever a Wix site can hold.';
  return state('upload', view.folderId ? 'This folder is empty' : 'No files yet', text, element('button', { type: 'button', class: 'primary', click: pickFiles }, icon('upload'), 'Upload files'), button('Upload a folder', pickFolder));
}

async function showWhere() {
  const here = page.folderId;
  const crumbs = find('#crumbs');
  const where = find('#where');
  const showPath = (path) => {
    const above = view.query ? [] : path.slice(0, -1);
    crumbs.replaceChildren(
      ...above.map((id) =>
        element('li', {}, element('a', { href: writeFragment({ area: view.area, folderId: id }), 'data-folder': id, dir: 'auto' }, nameOf(id))),
      ),
    );
    crumbs.parentElement.hidden = above.length === 0;
    const name = view.query ? `Results for “${view.query}”` : nameOf(here);
    where.textContent = areaOfTop(here) || folders.has(here) || view.query ? name : '…';
    document.title = `${where.textContent} · wix-media`;
    tree.reveal(view.area === 'trash' ? [TOPS.trash] : path);
  };
  showPath([here]);
  const asked = view;
  try {
    const path = await pathTo(here);
    if (view === asked) showPath(path);
  } catch {
    // The listing of the same folder says what is wrong with it.
    if (view === asked) where.textContent = 'Unknown folder';
  }
}

const COMMANDS = {
  upload: (label = 'Upload') => command('upload', label, (event) => uploadMenu(event), { isPrimary: true }),
  folder: () => command('new-folder', 'New folder', () => askFolderName(page)),
  restoreImages: () => command('restore', 'Restore all images', () => page.actions.restoreAll(['IMAGE'])),
  empty: () => command('trash', 'Empty the trash', emptyTrash, { isBad: true }),
};

function command(picture, label, click, { isPrimary, isBad } = {}) {
  return element('button', { type: 'button', class: isPrimary ? 'primary' : isBad ? 'bad' : undefined, title: label, click }, icon(picture), element('span', {}, label));
}

let commandsShown;

function showCommands() {
  const isTrash = view.area === 'trash';
  const isTop = !view.folderId;
  const names = isTrash ? (isTop && listing?.length > 0 && !view.query ? ['restoreImages', 'empty'] : []) : view.query ? [] : ['folder', 'upload'];
  const wanted = names.join();
  if (wanted === commandsShown) return;
  commandsShown = wanted;
  find('#commands').replaceChildren(...names.map((name) => COMMANDS[name]()));
}

async function emptyTrash() {
  const everything = await listing.all();
  const about = { title: 'Empty the trash', names: ['trash'], source: 'await trash.empty();' };
  await askPurge(page, everything, {
    title: 'Empty the trash?',
    work: async () => {
      await calls.run(about, (client, options) => client.trash.empty(options));
      page.gone(everything);
      toasts.say('The trash is empty.');
      page.announceChange();
      return true;
    },
  });
}

function go(next) {
  const fragment = writeFragment(next);
  if (fragment === (location.hash || '#files')) return;
  location.hash = fragment;
}

addEventListener('hashchange', () => {
  // The link for those who skip is a place of the page, not of the Media Manager.
  if (location.hash === '#main') return;
  const next = readFragment(location.hash);
  const hadFocus = grid.contains(document.activeElement);
  view = { ...view, ...next };
  if (document.activeElement !== words) words.value = view.query ?? '';
  closeSidebar();
  look().then(() => {
    if (hadFocus) find('#where').focus({ preventScroll: true });
  });
});

find('#skip').addEventListener('click', (event) => {
  event.preventDefault();
  if (grid.hidden) find('#main').focus();
  else grid.focusItem();
});

// Files that are being processed

function watchPending(wait = LOOK) {
  clearTimeout(pendingTimer);
  const pending = listing.files.filter(({ value }) => value.operationStatus === 'PENDING').slice(0, 100).map(({ id }) => id);
  if (pending.length === 0) return;
  const asked = listing;
  pendingTimer = setTimeout(async () => {
    const about = { title: `Are ${count(pending.length, 'file')} ready?`, names: ['files'], quiet: true, source: `await files.getFileDescriptors(${javascript(pending)});` };
    try {
      const { files } = await calls.run(about, (client, options) => client.files.getFileDescriptors(pending, options));
      if (listing !== asked) return;
      const ready = files.filter(({ operationStatus }) => operationStatus !== 'PENDING');
      for (const file of ready) listing.update('file', file);
      if (ready.length === 0) watchPending(Math.min(wait * 1.5, LONGEST_LOOK));
    } catch {
      // A look that failed is one of many.
      if (listing === asked) watchPending(Math.min(wait * 2, LONGEST_LOOK));
    }
  }, wait);
}

// Selection and details

/** The items that are chosen, in the order of the listing. */
const chosenItems = () => (selection.size === 0 || !listing ? [] : listing.items.filter(({ key }) => selection.has(key)));

let detailsPlanned = false;

function showDetails() {
  if (detailsPlanned) return;
  detailsPlanned = true;
  setTimeout(() => {
    detailsPlanned = false;
    if (!listing) return;
    const items = chosenItems();
    if (!panel.hidden && !find('#details').hidden) details.show(items);
    showChosen(items);
  });
}

selection.addEventListener('change', showDetails);

function showChosen(items) {
  const many = items.length > 0;
  tools.classList.toggle('choosing', many);
  find('#count').hidden = many;
  chosen.hidden = !many;
  if (!many) return;
  const { actions } = page;
  const button = (picture, label, click, isBad) =>
    element('button', { type: 'button', class: isBad ? 'quiet bad' : 'quiet', title: label, 'data-act': picture, click }, icon(picture), element('span', {}, label));
  const focused = chosen.contains(document.activeElement) ? document.activeElement.dataset.act : undefined;
  const buttons =
    view.area === 'trash'
      ? [
          button('restore', 'Restore', () => actions.restore(items)),
          button('trash', 'Delete for good', () => page.purge(items), true),
        ]
      : [
          button('download', 'Download', () => actions.download(items)),
          button('move', 'Move', () => page.moveByDialog(items)),
          button('trash', 'Delete', () => actions.trash(items), true),
        ];
  chosen.replaceChildren(
    element('button', { type: 'button', class: 'bare', 'aria-label': 'Unselect', 'data-act': 'close', click: () => { selection.clear(); grid.focusItem(); } }, icon('close')),
    element('p', {}, `${items.length.toLocaleString('en-GB')} selected`),
    ...buttons,
  );
  if (focused) chosen.querySelector(`[data-act="${focused}"]`)?.focus();
}

function neighbour(thing, step) {
  const at = listing.indexOf(thing.key);
  const found = at < 0 ? undefined : listing.at(at + step);
  return found?.kind === 'file' ? found : undefined;
}

function open(thing) {
  if (thing.kind === 'file') openViewer(thing, page);
  else {
    folders.set(thing.id, thing.value);
    go({ area: areaFor(thing.value), folderId: thing.id });
  }
}

/** A folder that a search found may be elsewhere than where one searched. */
const areaFor = (folder) => (folder.state === 'DELETED' ? 'trash' : view.area);

grid.addEventListener('openitem', ({ detail }) => open(detail.item));
grid.addEventListener('renameitem', ({ detail }) => page.actions.rename(detail.item, detail.name));
grid.addEventListener('sortby', ({ detail: { field, order } }) => setSort(sortNamed(field, order)));
grid.addEventListener('selectall', async () => {
  const all = await listing.all();
  selection.set(all.map(({ key }) => key));
  say(`${amount({ files: listing.files.length, folders: listing.folders.length })} selected.`);
});
grid.addEventListener('deleteitems', () => {
  const items = chosenItems();
  if (view.area === 'trash') page.purge(items);
  else page.actions.trash(items);
});
grid.addEventListener('itemmenu', ({ detail: { item: thing, x, y } }) => {
  const items = chosenItems();
  const { actions } = page;
  const isOne = items.length === 1;
  const entries =
    view.area === 'trash'
      ? [
          isOne && { label: 'Open', picture: 'open', keys: 'Enter', act: () => open(thing) },
          { label: 'Restore', picture: 'restore', act: () => actions.restore(items) },
          undefined,
          { label: 'Delete for good…', picture: 'trash', isBad: true, keys: 'Del', act: () => page.purge(items) },
        ]
      : [
          isOne && { label: 'Open', picture: 'open', keys: 'Enter', act: () => open(thing) },
          isOne && { label: 'Details', picture: 'info', act: () => showPanel('details') },
          isOne && { label: 'Rename', picture: 'edit', keys: 'F2', act: () => grid.rename(thing.key) },
          { label: 'Move…', picture: 'move', act: () => page.moveByDialog(items) },
          { label: items.length > 1 || thing.kind === 'folder' ? 'Download as zip' : 'Download', picture: 'download', act: () => actions.download(items) },
          isOne && thing.kind === 'file' && !thing.value.private && { label: 'Copy address', picture: 'copy', act: () => copyAddress(thing.value.url) },
          view.query && isOne && { label: 'Show in its folder', picture: 'folder', act: () => go({ area: view.area, folderId: thing.value.parentFolderId }) },
          undefined,
          { label: 'Delete', picture: 'trash', isBad: true, keys: 'Del', act: () => actions.trash(items) },
        ];
  openMenu(entries.filter((entry) => entry !== false && entry !== '' && entry !== null).filter((entry, index, all) => entry || all[index - 1]), { x, y, label: `What to do with ${named(items)}` });
});

async function copyAddress(text) {
  try {
    await navigator.clipboard.writeText(text);
    toasts.say('The address is copied.');
  } catch {
    toasts.say('The browser does not allow to copy here.', { isBad: true });
  }
}

tree.addEventListener('choosefolder', ({ detail: { id } }) => {
  const area = areaOfTop(id) ?? (folders.has(id) ? areaUpwards(id) : 'files');
  if (!matchMedia('(width < 56rem)').matches || areaOfTop(id)) closeSidebar();
  go({ area, folderId: areaOfTop(id) ? undefined : id });
});
tree.addEventListener('treefailed', ({ detail: { error } }) => toasts.say(`The folders could not be read: ${reasonOf(error)}`, { isBad: true }));

function areaUpwards(id) {
  for (let at = id; at; at = folders.get(at)?.parentFolderId) {
    const area = areaOfTop(at);
    if (area) return area;
  }
  return view.area;
}

// Search, types, sorting, layout

find('#search').addEventListener('submit', (event) => event.preventDefault());
let typing;
words.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    const query = words.value.trim() || undefined;
    if (query === view.query) return;
    // One step back leaves the search, however many letters it had.
    const fragment = writeFragment({ ...view, query });
    if (view.query && query) history.replaceState(null, '', fragment);
    else return go({ ...view, query });
    view = { ...view, query };
    return look();
  }, TYPING);
});
words.addEventListener('keydown', ({ key }) => {
  if (key === 'ArrowDown' && listing?.length > 0) grid.focusItem();
});

const type = find('#type');
type.append(element('option', { value: '' }, 'All types'), ...MEDIA_TYPES.map((value) => element('option', { value }, mediaType(value))));
const setType = (value) => {
  type.value = value;
  view = { ...view, types: value ? [value] : [] };
  look();
};
type.addEventListener('change', () => setType(type.value));

const sort = find('#sort');
sort.append(...Object.entries(SORTS).map(([value, { label }]) => element('option', { value }, label)));
function setSort(name) {
  const wanted = Object.hasOwn(SORTS, name) ? name : 'newest';
  sort.value = wanted;
  prefer('sort', wanted);
  view = { ...view, sort: SORTS[wanted].sort };
  look({ keepSelection: true });
}
sort.addEventListener('change', () => setSort(sort.value));

function setLayout(name) {
  const wanted = name === 'list' ? 'list' : 'grid';
  grid.layout = wanted;
  prefer('layout', wanted);
  for (const input of document.querySelectorAll('[name=layout]')) input.checked = input.value === wanted;
}
for (const input of document.querySelectorAll('[name=layout]')) input.addEventListener('change', () => setLayout(input.value));
for (const input of document.querySelectorAll('[name=place]')) input.addEventListener('change', () => choosePlace(input.value));
find('#keys-button').addEventListener('click', showKeys);

addEventListener('keydown', (event) => {
  if (event.target.closest?.('input, textarea, select, dialog, [role=menu]')) return;
  const control = event.ctrlKey || event.metaKey;
  if (event.key === '/' && !control) words.focus();
  else if (event.key === '?' && !control) showKeys();
  else if (control && event.key.toLowerCase() === 'z' && !event.shiftKey) page.actions.undo();
  else return;
  event.preventDefault();
});

// Files in

const canUpload = () => view.area !== 'trash' && !view.query && queue;

async function upload(found, folderId = page.folderId) {
  if (found.length === 0 || !queue) return;
  // Only now is there something that the browser should not throw away by itself.
  if (place.kind === 'browser') navigator.storage?.persist?.().catch(() => {});
  await queue.add(found, folderId);
}

function pick(attributes) {
  const input = element('input', { type: 'file', multiple: true, hidden: true, ...attributes });
  input.addEventListener('change', () => {
    upload(picked(input));
    input.remove();
  });
  input.addEventListener('cancel', () => input.remove());
  document.body.append(input);
  input.click();
}

function pickFiles() {
  pick({ id: 'pick-files' });
}

function pickFolder() {
  pick({ id: 'pick-folder', webkitdirectory: true });
}

function uploadMenu({ currentTarget }) {
  const { left, bottom } = currentTarget.getBoundingClientRect();
  openMenu(
    [
      { label: 'Files…', picture: 'upload', act: pickFiles },
      { label: 'A folder…', picture: 'folder', act: pickFolder },
      undefined,
      { label: 'From an address…', picture: 'link', act: () => askImport(page) },
    ],
    { x: left, y: bottom + 6, label: 'What to upload' },
  );
}

addEventListener('beforeunload', (event) => {
  if (queue?.wouldLose) event.preventDefault();
});

watchDrags({
  canUpload: (folderId) => Boolean(queue) && (folderId ? folderId !== TOPS.trash : canUpload()),
  uploadTo: (found, folderId) => upload(found, folderId),
  async moveTo(keys, folderId) {
    const items = keys.map((key) => listing.at(listing.indexOf(key)) ?? itemOfTree(key)).filter(Boolean);
    if (items.some(({ id }) => id === folderId)) return;
    if (view.area === 'trash' && areaOfTop(folderId) !== 'trash') await page.actions.restore(items);
    else await page.actions.move(items, folderId);
  },
});

const itemOfTree = (key) => {
  const folder = folders.get(key.replace(/^folder:/, ''));
  return folder && item('folder', folder);
};

// Files out

/** Saves what is at an address. */
async function save(url, name) {
  const shown = await place.showable(url);
  if (shown.startsWith('blob:')) {
    element('a', { href: shown, download: name }).click();
    return;
  }
  // The service says that it is an attachment, so that this frame stays empty, and an error does not replace the page.
  const frame = element('iframe', { hidden: true, title: `Download of ${name}` });
  frame.src = shown;
  document.body.append(frame);
  setTimeout(() => frame.remove(), 60_000);
}

// Other tabs

news.addEventListener('message', ({ data }) => {
  if (data !== place?.key) return;
  refresh();
  tree.refreshAll();
  showUsage();
});

uploads.addEventListener('uploadsaid', ({ detail }) => say(detail));

// The start

watchPanes({ details: showDetails, code: () => inspector.opened() });
setLayout(preferred('layout', 'grid'));
sort.value = Object.hasOwn(SORTS, preferred('sort')) ? preferred('sort') : 'newest';
view.sort = SORTS[sort.value].sort;
words.value = view.query ?? '';
const isWide = matchMedia('(width >= 80rem)').matches;
showPanel(preferred('panel', true) && isWide ? preferred('tab', 'code') : undefined);
serviceWorker();

const remembered = preferred('place');
const answers = await serverAnswers();
if (!answers) find('[name=place][value=server]').closest('label').classList.add('absent');
openPlace(remembered === 'browser' || !answers ? 'browser' : 'server');
