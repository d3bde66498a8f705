// What is looked at, as the fragment of the address says it: #files, #files/FOLDER, #trash, #files?q=WORDS.
import { TOPS } from '../model/listing.js';

/** How things may be sorted, by the value of the choice. */
export const SORTS = {
  newest: { label: 'Newest first', sort: { fieldName: 'updatedDate', order: 'DESC' } },
  oldest: { label: 'Oldest first', sort: { fieldName: 'updatedDate', order: 'ASC' } },
  name: { label: 'Name, A to Z', sort: { fieldName: 'displayName', order: 'ASC' } },
  'name-down': { label: 'Name, Z to A', sort: { fieldName: 'displayName', order: 'DESC' } },
  largest: { label: 'Largest first', sort: { fieldName: 'sizeInBytes', order: 'DESC' } },
  smallest: { label: 'Smallest first', sort: { fieldName: 'sizeInBytes', order: 'ASC' } },
};

/** The choice that sorts like this, if there is one. */
export const sortNamed = (fieldName, order) =>
  Object.keys(SORTS).find((name) => SORTS[name].sort.fieldName === fieldName && SORTS[name].sort.order === order);

/** Reads a fragment. An unknown one is the top of the site's files. */
export function readFragment(fragment) {
  const [path, query = ''] = fragment.replace(/^#/, '').split('?', 2);
  const [area, folder] = path.split('/', 2);
  const words = new URLSearchParams(query).get('q')?.trim();
  try {
    if (Object.hasOwn(TOPS, area)) return { area, folderId: folder ? decodeURIComponent(folder) : undefined, query: words || undefined };
  } catch {
    // A broken escape: somebody has cut the address.
  }
  return { area: 'files', folderId: undefined, query: undefined };
}

/** The fragment of a view. */
export function writeFragment({ area, folderId, query }) {
  const path = folderId && folderId !== TOPS[area] ? `${area}/${encodeURIComponent(folderId)}` : area;
  return `#${path}${query ? `?${new URLSearchParams({ q: query })}` : ''}`;
}
