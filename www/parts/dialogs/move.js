// The dialog that chooses a folder to move items to.
/** @import { Folder } from 'wix-media.v2' */
/** @import { Item } from '../../model/item.js' */
import { ROOTS } from '../../model/areas.js';
import { idsOf, named } from '../../model/item.js';
import { say } from '../../text/language.js';
import { ask } from '../../ui/dialog.js';
import { FolderTree } from '../folder-tree/folder-tree.js';

/**
 * @param {readonly Item[]} items
 * @param {{ childrenOf: (id: string) => Promise<Folder[]>, move: (folderId: string) => unknown }} options
 */
export function askWhereTo(items, { childrenOf, move }) {
  const tree = new FolderTree();
  tree.className = 'dialog-tree';
  /** @type {string | undefined} */
  let chosen;
  // A folder cannot be moved into itself.
  const moving = new Set(idsOf(items, 'folder'));
  return ask({
    title: say`Move ${named(items)}`,
    content: [tree],
    action: say`Move here`,
    ready: () =>
      tree.start({
        label: say`Destination`,
        excluded: moving,
        roots: ROOTS.filter(({ area }) => area !== 'trash'),
        load: async (id) => (await childrenOf(id)).filter(({ _id }) => !moving.has(String(_id))),
        onChoose: (id) => {
          chosen = id;
          tree.mark(id);
        },
      }),
    submit: () => {
      if (!chosen) throw new Error(say`Choose a folder first.`);
      // Its progress is shown elsewhere: the folder is free for other things meanwhile.
      move(chosen);
      return chosen;
    },
  });
}
