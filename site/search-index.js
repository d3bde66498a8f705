// The index of the search, by sections of pages.
import MiniSearch from 'minisearch';
import { SEARCH } from './browser/search-options.js';

/** @import { Document } from './document.js' */

/**
 * Returns the index as JSON.
 *
 * @param {{ address: string, document: Document }[]} pages
 */
export function searchIndex(pages) {
  const index = new MiniSearch(SEARCH);
  for (const { address, document } of pages) {
    for (const { id, heading, text } of document.sections) {
      if (heading || text) index.add({ address: id ? `${address}#${id}` : address, page: document.title, heading: heading || document.title, text });
    }
  }
  return JSON.stringify(index);
}
