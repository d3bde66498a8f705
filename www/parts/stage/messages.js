// The messages that stand in place of the items.
/** @import { Folder } from 'wix-media.v2' */
/** @import { Absence } from '../../model/folders.js' */
/** @import { View } from '../../model/view.js' */
/** @import { Place, PlaceKind, ServerKind } from '../../place/place.js' */
import { showsFavourites } from '../../model/view.js';
import { say } from '../../text/language.js';
import { mediaType } from '../../text/words.js';
import { element, icon } from '../../ui/element.js';
import { errorReport, reasonOf } from '../../ui/error-report.js';

/**
 * @param {string} label
 * @param {() => unknown} click
 * @param {string} [picture]
 */
const primary = (label, click, picture) => element('button', { type: 'button', class: 'primary', click }, picture && icon(picture), label);

/**
 * @param {string} label
 * @param {() => unknown} click
 */
const secondary = (label, click) => element('button', { type: 'button', click }, label);

/**
 * @param {string} picture
 * @param {string} title
 * @param {string} text
 * @param {...HTMLElement} buttons
 */
const state = (picture, title, text, ...buttons) =>
  element(
    'div',
    { class: 'state' },
    icon(picture),
    element('h2', {}, title),
    element('p', { dir: 'auto' }, text),
    buttons.length > 0 && element('div', { class: 'actions' }, buttons),
  );

export const loading = () => element('div', { class: 'state' }, element('span', { class: 'spinner' }));

export const opening = () => element('div', { class: 'state' }, element('span', { class: 'spinner' }), element('p', {}, say`Opening…`));

/** @param {() => unknown} retry */
export const openElsewhere = (retry) =>
  state(
    'lock',
    say`Open elsewhere`,
    say`Another program, or a tab with an earlier version of this page, has the files of this browser open. Close it to go on here.`,
    primary(say`Try again`, retry),
  );

/**
 * A server without a Media Manager, which may come back.
 *
 * @param {ServerKind} server
 * @param {{ retry: () => unknown, workInBrowser: () => unknown }} handlers
 */
export const noServer = (server, { retry, workInBrowser }) =>
  state(
    'alert',
    server === 'silent' ? say`The server does not answer` : say`There is no Media Manager at this server`,
    say`The page shows your files there as soon as it is back. The files in this browser are separate.`,
    primary(say`Try again`, retry),
    secondary(say`Work in this browser`, workInBrowser),
  );

/**
 * A Wix site whose key is gone.
 *
 * @param {{ connect: () => unknown, workInBrowser: () => unknown }} handlers
 */
export const connectAgain = ({ connect, workInBrowser }) =>
  state(
    'lock',
    say`Connect to the Wix site again`,
    say`Its key was only in the memory of the page, and a reload forgets it.`,
    primary(say`Connect`, connect),
    secondary(say`Work in this browser`, workInBrowser),
  );

/**
 * A place that cannot be opened.
 *
 * @param {PlaceKind} kind
 * @param {unknown} error
 * @param {() => unknown} retry
 */
export function notOpened(kind, error, retry) {
  const advice = kind === 'browser' ? say`Some private windows store no files. Use an ordinary window, or another place above.` : '';
  return element(
    'div',
    { class: 'state' },
    icon('alert'),
    element('h2', {}, say`Cannot open the Media Manager`),
    element('p', { dir: 'auto' }, reasonOf(error)),
    element('p', {}, advice),
    element('div', { class: 'actions' }, primary(say`Try again`, retry)),
  );
}

/**
 * A folder that cannot be listed.
 *
 * @param {unknown} error
 * @param {Place} place
 * @param {{ retry: () => unknown, enterKey: () => unknown }} handlers
 */
export function notListed(error, place, { retry, enterKey }) {
  const isRefused = error instanceof Error && 'status' in error && error.status === 401 && place.kind === 'server';
  return element(
    'div',
    { class: 'state failed' },
    errorReport(error, place, 'h2'),
    element('div', { class: 'actions' }, isRefused && secondary(say`Enter the key`, enterKey), primary(say`Try again`, retry)),
  );
}

/**
 * A folder that is not where it was looked for.
 *
 * @param {Absence} absence
 * @param {{ goUp: () => unknown, restore: (folder: Folder) => unknown, show: (folder: Folder) => unknown }} handlers
 */
export function absent(absence, { goUp, restore, show }) {
  if (absence.why === 'unknown') {
    const text = say`It was deleted permanently, or its address is wrong.`;
    return state('alert', say`There is no such folder`, text, primary(say`Go to the top`, goUp));
  }
  const { folder } = absence;
  if (absence.why === 'restored') return state('folder', say`This folder is not in the trash`, say`It was restored.`, primary(say`Show it`, () => show(folder)));
  return state(
    'trash',
    say`This folder is in the trash`,
    say`Its files are there, too. Nothing can be uploaded to it.`,
    primary(say`Restore it`, () => restore(folder)),
    secondary(say`Show it in the trash`, () => show(folder)),
  );
}

/**
 * A view without items.
 *
 * @param {View} view
 * @param {{ clearSearch: () => unknown, showAllTypes: () => unknown, clearFilters: () => unknown, pickFiles: () => unknown, pickFolder: () => unknown }} handlers
 */
export function empty({ area, folderId, query, types, filters = {} }, { clearSearch, showAllTypes, clearFilters, pickFiles, pickFolder }) {
  if (showsFavourites({ area, query, folderId, filters }) && Object.keys(filters).length === 1 && types.length === 0) {
    return state('star', say`No favourites yet`, say`To add a file here, choose “Add to favourites” in its menu. Favourites are your own: this browser keeps them, and the files do not change.`);
  }
  if (Object.keys(filters).length > 0) {
    return state('empty', say`Nothing passes the filters`, say`There are other files here, or the folder is empty.`, secondary(say`Clear the filters`, clearFilters));
  }
  if (query) {
    return state('search', say`Nothing found`, say`No name, type or label here contains “${query}”.`, secondary(say`Clear the search`, clearSearch));
  }
  const [type] = types;
  if (type) {
    return state('empty', say`None of this type`, say`There are no files of the type “${mediaType(type)}” here.`, secondary(say`Show all types`, showAllTypes));
  }
  if (area === 'trash' && folderId) return state('trash', say`This folder is empty`, say`It was empty when it was deleted, or what was in it was restored.`);
  if (area === 'trash') {
    return state('trash', say`The trash is empty`, say`What you delete stays here until you restore it or delete it permanently.`);
  }
  if (area === 'visitor' && !folderId) {
    const text = say`Files that visitors upload, for example in forms, are stored here, apart from the site’s own files.`;
    return state('visitor', say`No visitor uploads`, text);
  }
  return state(
    'upload',
    folderId ? say`This folder is empty` : say`No files yet`,
    say`Drop files or whole folders here, or choose some: images, videos, sound, documents, and whatever else a Wix site can hold.`,
    primary(say`Upload files`, pickFiles, 'upload'),
    secondary(say`Upload a folder`, pickFolder),
  );
}
