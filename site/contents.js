// The table of contents: the lists of docs/README.md, by their headings.

/** @typedef {{ title: string, pages: { title: string, path: string }[] }} Part */

/**
 * Reads the parts of the site from the page that lists them.
 *
 * @param {string} text
 * @param {(target: string) => string | undefined} resolve Returns the file that a link names.
 */
export function readContents(text, resolve) {
  /** @type {Part[]} */
  const parts = [];
  for (const line of text.split('\n')) {
    const [, heading] = /^## (.+)$/.exec(line) ?? [];
    const [, title, target] = /^- \[(.+?)\]\(([^)]+)\)/.exec(line) ?? [];
    if (heading) parts.push({ title: heading, pages: [] });
    const path = target && resolve(target);
    if (path && parts.length > 0) parts[parts.length - 1].pages.push({ title, path });
  }
  return parts;
}
