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

  /** Whether it may contain folders. At the top of an area this is true only once it is known, because the tree looks at once. */
  get isBranch() {
    return !this.isLeaf && (this.children ? this.children.length > 0 : this.parent !== undefined);
  }
}
