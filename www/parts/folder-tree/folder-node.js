// A folder of the tree.
/** @import { Root } from '../../model/areas.js' */

export class FolderNode {
  /** Unknown until the folder is opened. @type {FolderNode[] | undefined} */
  children;
  isOpen = false;
  level = 1;

  /**
   * @param {Pick<Root, 'id' | 'name'> & { picture?: string, isLeaf?: boolean }} folder
   * @param {FolderNode} [parent] None at the top of an area.
   */
  constructor({ id, name, picture = 'folder', isLeaf = false }, parent) {
    this.id = id;
    this.name = name;
    this.picture = picture;
    this.isLeaf = isLeaf;
    this.parent = parent;
    if (parent) this.level = parent.level + 1;
  }

  /** Whether it may have folders in it. At the top of an area, only if it is known to: that is found out at once. */
  get isBranch() {
    return !this.isLeaf && (this.children ? this.children.length > 0 : this.parent !== undefined);
  }
}
