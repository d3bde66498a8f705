// The address of the page. The query names the place; the fragment names the view, and the file that is open in the viewer:
// ?place=server#files, #files/FOLDER, #trash, #files?q=WORDS, #files?type=VIDEO&min=1000000, #files/FOLDER/view/FILE.
//
// The address decides what is shown. Whatever changes place, view or file changes the address, and the page follows it, by
// the same way as after Back and Forward.
/** @import { View } from '../model/view.js' */
/** @import { PlaceKind } from '../place/place.js' */
import { isArea, TOPS } from '../model/areas.js';
import { readFilters, writeFilters } from '../model/filters.js';
import { isPlaceKind } from '../place/place.js';
import { MEDIA_TYPES } from '../text/words.js';

/**
 * @typedef {Pick<View, 'area' | 'folderId' | 'query' | 'types' | 'filters'>} Route What the fragment says of a view.
 * @typedef {Partial<Route> & Pick<Route, 'area'> & { fileId?: string }} Target A view, and maybe a file of it.
 *
 * @typedef {object} Address
 * @property {PlaceKind | undefined} place
 * @property {Route} route
 * @property {string | undefined} fileId The file in the viewer.
 */

/** The fragment of the link that skips to the files. It is a place in the page, not a view. */
const SKIP = '#main';
/** Stands before the ID of the file in the viewer. */
const VIEWER = 'view';
/** The state of history entries that opened the viewer: Back leads from there to what was shown before. */
const OPENED_VIEWER = { isViewer: true };

/** The address that the page shows. */
let shown = '';
/** @type {(address: Address) => void} */
let onNavigate = () => {};

/**
 * Reads a fragment. An unknown one leads to the top of the site's files.
 *
 * @param {string} fragment
 * @returns {{ route: Route, fileId: string | undefined }}
 */
export function readFragment(fragment) {
  const [path, query = ''] = fragment.replace(/^#/, '').split('?', 2);
  const [area, ...rest] = path.split('/');
  const [folder, viewer, file] = rest[0] === VIEWER ? [undefined, ...rest] : rest;
  const parameters = new URLSearchParams(query);
  const words = parameters.get('q')?.trim();
  const types = MEDIA_TYPES.filter((type) => type === parameters.get('type'));
  try {
    if (isArea(area)) {
      const route = { area, folderId: folder ? decodeURIComponent(folder) : undefined, query: words || undefined, types, filters: readFilters(parameters) };
      return { route, fileId: viewer === VIEWER && file ? decodeURIComponent(file) : undefined };
    }
  } catch {
    // An incomplete escape: the address was truncated.
  }
  return { route: { area: 'files', folderId: undefined, query: undefined, types: [], filters: {} }, fileId: undefined };
}

/**
 * Returns the fragment of a view, with a file of it.
 *
 * @param {Target} target
 */
export function writeFragment({ area, folderId, query, types: [type] = [], filters, fileId }) {
  const folder = folderId && folderId !== TOPS[area] ? `/${encodeURIComponent(folderId)}` : '';
  const file = fileId ? `/${VIEWER}/${encodeURIComponent(fileId)}` : '';
  const parameters = new URLSearchParams({ ...(query && { q: query }), ...(type && { type }), ...writeFilters(filters) });
  return `#${area}${folder}${file}${parameters.size > 0 ? `?${parameters}` : ''}`;
}

/** @returns {Address} */
export function readAddress() {
  const place = new URLSearchParams(location.search).get('place') ?? undefined;
  return { place: isPlaceKind(place) ? place : undefined, ...readFragment(location.hash) };
}

/** Shows the address, if it is another one. */
function follow() {
  if (location.href === shown || location.hash === SKIP) return;
  shown = location.href;
  onNavigate(readAddress());
}

/**
 * Goes to a view, unless the page is there.
 *
 * @param {Target} target
 */
export function go(target) {
  const fragment = writeFragment(target);
  if (fragment === (location.hash || '#files')) return;
  history.pushState(null, '', fragment);
  follow();
}

/**
 * The part of the address before the fragment. It keeps a language.
 *
 * @param {PlaceKind} place
 */
function searchOf(place) {
  const language = new URLSearchParams(location.search).get('lang');
  return `?${new URLSearchParams({ ...(language && { lang: language }), place })}`;
}

/**
 * Goes to a place, at the top of an area, unless the page is there: a folder exists in one place only.
 *
 * @param {PlaceKind} place
 * @param {View['area']} area
 */
export function goToPlace(place, area) {
  const address = `${searchOf(place)}${writeFragment({ area })}`;
  if (address === location.search + location.hash) return;
  history.pushState(null, '', address);
  follow();
}

/**
 * Names the place in the address, without a new step in the history.
 *
 * @param {PlaceKind} place
 */
export function namePlace(place) {
  history.replaceState(history.state, '', `${searchOf(place)}${location.hash}`);
  shown = location.href;
}

/**
 * Changes the view in the address without a new step in the history. The page shows the view already.
 *
 * @param {Target} target
 */
export function replaceRoute(target) {
  history.replaceState(history.state, '', writeFragment(target));
  shown = location.href;
}

/**
 * Opens the viewer at a file of a view. With the viewer open, shows another file, without a new step in the history: one
 * step back closes the viewer.
 *
 * @param {Target & { fileId: string }} target
 */
export function goToFile(target) {
  const fragment = writeFragment(target);
  if (readAddress().fileId) history.replaceState(history.state, '', fragment);
  else history.pushState(OPENED_VIEWER, '', fragment);
  follow();
}

/** Closes the viewer: goes back if the page opened it, or leaves out the file of an address that came from elsewhere. */
export function leaveFile() {
  const { route, fileId } = readAddress();
  if (!fileId) return;
  if (history.state?.isViewer) {
    history.back();
    return;
  }
  history.replaceState(null, '', writeFragment(route));
  follow();
}

/** @param {(address: Address) => void} listener */
export function watchAddress(listener) {
  onNavigate = listener;
  shown = location.href;
  addEventListener('popstate', follow);
  addEventListener('hashchange', follow);
}
