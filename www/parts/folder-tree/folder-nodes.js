// The folders that the tree knows.
/** @import { Folder } from 'wix-media.v2' */
/** @import { Root } from '../../model/areas.js' */
import { FolderNode } from './folder-node.js';

export class FolderNodes {
  #load;
  /** @type {Map<string, FolderNode>} */
  #byId = new Map();

  /** @param {{ roots: readonly Root[], load: (id: string) => Promise<Folder[]> }} options `load` lists the folders in a folder. */
  constructor({ roots, load }) {
    this.#load = load;
    this.roots = roots.map((root) => this.#add(new FolderNode(root)));
  }

  /** @param {FolderNode} node */
  #add(node) {
    this.#byId.set(node.id, node);
    return node;
  }

  /** @param {string} id */
  has(id) {
    return this.#byId.has(id);
  }

  /** @param {string} id */
  get(id) {
    return this.#byId.get(id);
  }

  get all() {
    return [...this.#byId.values()];
  }

  /** Those that can be seen, from the top. */
  get visible() {
    return seen(this.roots);
  }

  /**
   * Lists a folder. What is known of the folders in it stays.
   *
   * @param {FolderNode} node
   */
  async read(node) {
    const folders = await this.#load(node.id);
    const old = new Map((node.children ?? []).map((child) => [child.id, child]));
    const kept = new Set(folders.map(({ _id }) => _id));
    for (const id of old.keys()) if (!kept.has(id)) this.#byId.delete(id);
    node.children = folders.map(({ _id, displayName }) => {
      const id = String(_id);
      const name = String(displayName ?? id);
      const child = old.get(id) ?? new FolderNode({ id, name }, node);
      child.name = name;
      return this.#add(child);
    });
  }
}

/**
 * @param {readonly FolderNode[]} nodes
 * @returns {FolderNode[]}
 */
const seen = (nodes) => nodes.flatMap((node) => [node, ...(node.isOpen && node.children ? seen(node.children) : [])]);
