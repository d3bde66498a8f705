// The index of the search, by sections of pages.
import MiniSearch from 'minisearch';
import { GENERATED } from './address.js';
import { SEARCH } from './browser/search-options.js';

/** @import { Document } from './document.js' */

/** Deeper headings of declarations are those of parameters and results. */
const MAX_LEVEL = 3;

/**
 * Returns the index as JSON.
 *
 * @param {{ address: string, document: Document }[]} pages
 */
export function searchIndex(pages) {
  const index = new MiniSearch(SEARCH);
  for (const { address, document } of pages) {
    // Of declarations the names are enough. With their texts the index would be three times as large.
    const isGenerated = address.startsWith(GENERATED);
    for (const { id, level, heading, text } of document.sections) {
      if (isGenerated ? level > MAX_LEVEL || !id : !heading && !text) continue;
      index.add({ address: id ? `${address}#${id}` : address, page: document.title, heading: heading || document.title, text: isGenerated ? '' : text });
    }
  }
  return JSON.stringify(index);
}
