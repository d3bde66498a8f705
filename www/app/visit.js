// The visit of a place: what the page starts when it enters one, and stops when it leaves it.
/** @import { FolderMenu, FolderTree } from '../parts/folder-tree/folder-tree.js' */
/** @import { CallInspector } from '../parts/call-inspector/call-inspector.js' */
/** @import { JobsPanel } from '../parts/jobs-panel/jobs-panel.js' */
/** @import { MediaGrid } from '../parts/media-grid/media-grid.js' */
/** @import { UploadsPanel } from '../parts/uploads-panel/uploads-panel.js' */
/** @import { Place } from '../place/place.js' */
/** @import { Toasts } from '../ui/toasts.js' */
/** @import { Display } from './display.js' */
/** @import { Live } from './live.js' */
/** @import { PlaceShelf } from './shelf.js' */
/** @import { State } from './state.js' */
/** @import { StorageMeter } from './usage.js' */
/** @import { Viewing } from './viewing.js' */
import { areaOfTop, ROOTS } from '../model/areas.js';
import { soon } from '../model/soon.js';
import { plural, say } from '../text/language.js';
import { reasonOf } from '../ui/error-report.js';
import { effectsOn } from './effects.js';
import { renameFolder } from './folder-name.js';
import { reportsOn } from './reports.js';
import { namePlace, readAddress } from './router.js';
import { Session } from './session.js';
import { showWhereabouts } from './whereabouts.js';

/**
 * @typedef {object} VisitParts
 * @property {MediaGrid} grid
 * @property {FolderTree} tree
 * @property {CallInspector} inspector
 * @property {PlaceShelf} shelf
 * @property {UploadsPanel} uploads
 * @property {JobsPanel} jobsPanel
 * @property {Toasts} toasts
 * @property {Display} display
 * @property {Viewing} viewing
 * @property {Live} live
 * @property {StorageMeter} meter
 *
 * @typedef {object} VisitHandlers
 * @property {(place: Place) => void} announceChange Says that something in a place has changed.
 * @property {(text: string) => void} announce Tells screen readers.
 * @property {(id: string) => void} goToFolder
 * @property {FolderMenu} folderMenu
 */

/**
 * Takes the page off the place that is open, and returns it.
 *
 * @param {State} state
 * @param {VisitParts} parts
 */
export function leave(state, { uploads, jobsPanel, display, viewing, live, meter }) {
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
 * @param {State} state
 * @param {Place} place
 * @param {VisitParts} parts
 * @param {VisitHandlers} handlers
 */
export async function enter(state, place, parts, { announceChange, announce, goToFolder, folderMenu }) {
  const { grid, tree, inspector, shelf, uploads, jobsPanel, toasts, display, viewing, live, meter } = parts;
  const effects = effectsOn(state, place, { tree, grid, refresh: () => display.refresh(), announce: announceChange });
  const session = new Session(place, effects, reportsOn(state, place, toasts));
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
  uploads.show(queue, place, announce);
  shelf.start();
  jobsPanel.show(session.actions.jobs, place, announce);
  state.selection.clear();
  tree.start({
    label: say`Folders`,
    roots: ROOTS,
    load: (id) => folders.childrenOf(id, { isTrash: state.isTrash && (areaOfTop(id) ?? 'trash') === 'trash' }),
    onChoose: goToFolder,
    menu: folderMenu,
    onError: (error) => toasts.say(say`The folders could not be read: ${reasonOf(error)}`, { isBad: true }),
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
