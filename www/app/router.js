// The address of the page: #files, #files/FOLDER, #trash, #files?q=WORDS.
/** @import { View } from '../model/view.js' */
import { isArea, TOPS } from '../model/areas.js';

/** @typedef {Pick<View, 'area' | 'folderId' | 'query'>} Route What the address says of a view. */

/** The fragment of the link that skips to the files. It is a place in the page, not a view. */
const SKIP = '#main';

/**
 * Reads a fragment. An unknown one leads to the top of the site's files.
 *
 * @param {string} fragment
 * @returns {Route}
 */
export function readFragment(fragment) {
  const [path, query = ''] = fragment.replace(/^#/, '').split('?', 2);
  const [area, folder] = path.split('/', 2);
  const words = new URLSearchParams(query).get('q')?.trim();
  try {
    if (isArea(area)) return { area, folderId: folder ? decodeURIComponent(folder) : undefined, query: words || undefined };
  } catch {
    // An incomplete escape: the address was truncated.
  }
  return { area: 'files', folderId: undefined, query: undefined };
}

/**
 * Returns the fragment of a view.
 *
 * @param {Partial<Route> & Pick<Route, 'area'>} route
 */
export function writeFragment({ area, folderId, query }) {
  const path = folderId && folderId !== TOPS[area] ? `${area}/${encodeURIComponent(folderId)}` : area;
  return `#${path}${query ? `?${new URLSearchParams({ q: query })}` : ''}`;
}

/**
 * Goes to a view, unless the page is there.
 *
 * @param {Partial<Route> & Pick<Route, 'area'>} route
 */
export function go(route) {
  const fragment = writeFragment(route);
  if (fragment !== (location.hash || '#files')) location.hash = fragment;
}

/**
 * Changes the address without a new step in the history.
 *
 * @param {Route} route
 */
export function replaceRoute(route) {
  history.replaceState(null, '', writeFragment(route));
}

/** @param {(route: Route) => void} onNavigate */
export function watchAddress(onNavigate) {
  addEventListener('hashchange', () => {
    if (location.hash !== SKIP) onNavigate(readFragment(location.hash));
  });
}
