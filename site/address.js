// Where a file of the repository stands on the site.
import { posix } from 'node:path';

/** The folder of documents that the build makes. The repository has none of this name. */
export const GENERATED = 'api/';

/**
 * Returns the address of a file's page, relative to the root of the site.
 *
 * @param {string} path The file, relative to the root of the repository: `docs/sync/move.md`.
 */
export function addressOf(path) {
  if (!path.endsWith('.md')) return `source/${path}.html`;
  const below = path.startsWith('docs/') ? path.slice('docs/'.length) : path.startsWith(GENERATED) ? path : `project/${path}`;
  return below.replace(/(^|\/)README\.md$/, '$1index.md').replace(/\.md$/, '.html');
}

/**
 * Returns the link from one page of the site to another.
 *
 * @param {string} from
 * @param {string} to
 */
export const linkBetween = (from, to) => posix.relative(posix.dirname(from), to) || posix.basename(to);

/**
 * Resolves a link of a document to a file of the repository, without its anchor. Returns undefined for other sites.
 *
 * @param {string} path The document.
 * @param {string} target
 * @returns {{ path: string, anchor: string } | undefined}
 */
export function resolveLink(path, target) {
  if (/^[a-z]+:/.test(target)) return undefined;
  const [file, anchor] = target.split('#');
  return { path: file ? posix.join(posix.dirname(path), file).replace(/\/$/, '') : path, anchor: anchor ? `#${anchor}` : '' };
}
