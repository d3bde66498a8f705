// `wix-media tree`: a folder with everything below it, drawn as a tree.
import { entryOf, fileItem, folderItem, folderOf, join } from '../items.js';
import { json } from '../output.js';
import { printable } from '../terminal.js';
import { bytes, count } from '../units.js';

/** @import { FolderTree } from '../../types/index.js' */
/** @import { Context, FileDescriptor } from '../internal.d.ts' */

/** @typedef {{ name: string | undefined, node: FolderTree, file?: undefined } | { name: string | undefined, file: FileDescriptor, node?: undefined }} Child */

/** @param {Context} context */
export async function tree({ words: [word = '/'], options, connect, print, paint }) {
  const { client } = await connect();
  const top = await folderOf(client, word);
  const found = await client.paths.tree('/', { parentFolderId: top.id, depth: options.depth });
  if (options.json) return print(json(nested(found, top.path, options)));
  const seen = { folders: 0, files: 0, size: 0 };
  const draw = (/** @type {FolderTree} */ node, /** @type {string} */ indent) => {
    const children = childrenIn(node, options);
    for (const [index, { name, node: below, file }] of children.entries()) {
      const isLast = index === children.length - 1;
      print(`${indent}${isLast ? '└── ' : '├── '}${below ? paint.blue(`${printable(name)}/`) : printable(name)}`);
      if (file) {
        seen.files += 1;
        seen.size += Math.max(Number(file.sizeInBytes) || 0, 0);
      } else {
        seen.folders += 1;
        draw(below, `${indent}${isLast ? '    ' : '│   '}`);
      }
    }
  };
  print(paint.blue(printable(top.path ?? word)));
  draw(found, '');
  const counts = [count(seen.folders, 'folder'), ...(options.folders ? [] : [count(seen.files, 'file'), bytes(seen.size)])];
  print(paint.dim(counts.join(', ')));
}

/**
 * The lines below a folder, folders first.
 *
 * @param {FolderTree} tree
 * @param {Context['options']} options
 * @returns {Child[]}
 */
const childrenIn = ({ folders, files }, options) => [
  ...folders.map((node) => ({ name: node.folder.displayName, node })),
  ...(options.folders ? [] : files.map((file) => ({ name: file.displayName, file }))),
];

/**
 * @param {FolderTree} node
 * @param {string | undefined} path
 * @param {Context['options']} options
 * @returns {object}
 */
const nested = (node, path, options) => ({
  ...entryOf(folderItem(node.folder, path)),
  children: childrenIn(node, options).map(({ name, node: below, file }) => {
    const own = join(path, name);
    return below ? nested(below, own, options) : entryOf(fileItem(file, own));
  }),
});
