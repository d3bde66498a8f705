// Files and folders that were dropped on the page, or picked in a dialog of the browser.

/**
 * The files of a drop, those of folders included, as `[{ file, folders }]`; `folders` are the names of the folders that
 * the file is in. A folder without files is `{ folders }`.
 *
 * The drop has to be read at once: after the event is over, the browser takes it away.
 */
export async function dropped(transfer) {
  const entries = [...transfer.items].filter(({ kind }) => kind === 'file').map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const found = [];
  for (const entry of entries.filter(Boolean)) {
    if (entry instanceof File) found.push({ file: entry, folders: [] });
    else await walk(entry, [], found);
  }
  return found;
}

async function walk(entry, folders, found) {
  if (entry.isFile) {
    // What cannot be read, such as a link that leads nowhere, must not stop the rest.
    const file = await new Promise((resolve) => entry.file(resolve, () => resolve(undefined)));
    if (file) found.push({ file, folders });
    return;
  }
  const inner = [...folders, entry.name];
  const before = found.length;
  const reader = entry.createReader();
  // Browsers hand out a hundred at a time, and nothing at the end.
  for (;;) {
    const children = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (children.length === 0) break;
    for (const child of children) await walk(child, inner, found);
  }
  if (found.length === before) found.push({ folders: inner });
}

/** The files of an input, with the folders that they were picked from. */
export const picked = (input) =>
  [...input.files].map((file) => ({ file, folders: file.webkitRelativePath ? file.webkitRelativePath.split('/').slice(0, -1) : [] }));
