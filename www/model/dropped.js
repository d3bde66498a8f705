// Files and folders that were dropped on the page or picked in a dialog of the browser.

/** @typedef {{ file?: File, folders: string[] }} Found A file and the names of the folders that it is in. Without a file: an empty folder. */

/**
 * Returns the files of a drop, including those in folders. The drop is read before the first `await`, because the browser
 * empties it when the event is over.
 *
 * @param {DataTransfer} transfer
 */
export async function dropped(transfer) {
  const entries = [...transfer.items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  /** @type {Found[]} */
  const found = [];
  for (const entry of entries) {
    if (entry instanceof File) found.push({ file: entry, folders: [] });
    else if (entry) await walk(entry, [], found);
  }
  return found;
}

/**
 * @param {FileSystemEntry} entry
 * @param {string[]} folders
 * @param {Found[]} found
 */
async function walk(entry, folders, found) {
  if (isFile(entry)) {
    // Skip what cannot be read, such as a broken link, so that the rest still arrives.
    const file = await new Promise((resolve) => entry.file(resolve, () => resolve(undefined)));
    if (file) found.push({ file, folders });
    return;
  }
  if (!isDirectory(entry)) return;
  const inner = [...folders, entry.name];
  const before = found.length;
  const reader = entry.createReader();
  // Browsers return up to a hundred entries at a time, and an empty list at the end.
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const children = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (children.length === 0) break;
    for (const child of children) await walk(child, inner, found);
  }
  if (found.length === before) found.push({ folders: inner });
}

/**
 * @param {FileSystemEntry} entry
 * @returns {entry is FileSystemFileEntry}
 */
const isFile = (entry) => entry.isFile;

/**
 * @param {FileSystemEntry} entry
 * @returns {entry is FileSystemDirectoryEntry}
 */
const isDirectory = (entry) => !entry.isFile;

/**
 * Returns the files of an input, with the folders that they were picked from.
 *
 * @param {{ readonly files: Iterable<File> | null }} input
 * @returns {Found[]}
 */
export const picked = ({ files }) =>
  [...(files ?? [])].map((file) => ({ file, folders: file.webkitRelativePath ? file.webkitRelativePath.split('/').slice(0, -1) : [] }));
