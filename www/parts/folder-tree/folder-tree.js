// The tree of folders: opens them, takes what is dropped on them, and lets a dialog choose one.
/** @import { Folder } from 'wix-media.v2' */
/** @import { Root } from '../../model/areas.js' */
/** @import { FolderNode } from './folder-node.js' */
import { closest } from '../../ui/dom.js';
import { element } from '../../ui/element.js';
import { watchLongPress } from '../../ui/touch.js';
import { FolderNodes } from './folder-nodes.js';
import { scrollToLine, treeItem } from './tree-item.js';

/**
 * @typedef {object} TreeOptions
 * @property {readonly Root[]} roots
 * @property {string} label For screen readers.
 * @property {(id: string) => Promise<Folder[]>} load Lists the folders in a folder.
 * @property {(id: string) => void} onChoose
 * @property {(error: unknown) => void} [onError] Reports that a folder could not be listed.
 * @property {Iterable<string>} [excluded] IDs of folders that cannot be chosen.
 * @property {FolderMenu} [menu] What can be done with a folder that is not at the top of an area.
 *
 * @typedef {object} FolderMenu
 * @property {(id: string, x: number, y: number) => void} open Opens the menu of a folder.
 * @property {(id: string) => unknown} rename
 * @property {(id: string) => unknown} remove
 */

export class FolderTree extends HTMLElement {
  /** @type {TreeOptions | undefined} */
  #options;
  /** The folder that is selected. @type {string | undefined} */
  #current;
  /** The folder that has the focus, or gets it with the Tab key. @type {string | undefined} */
  #focused;
  /** @type {Set<string>} */
  #excluded = new Set();
  #nodes = new FolderNodes({ roots: [], load: async () => [] });
  #list = element('ul', { role: 'tree', class: 'tree' });

  connectedCallback() {
    if (this.#list.isConnected) return;
    this.append(this.#list);
    this.#list.addEventListener('click', (event) => this.#click(event));
    this.#list.addEventListener('keydown', (event) => this.#key(event));
    this.#list.addEventListener('contextmenu', (event) => this.#contextMenu(event));
    watchLongPress(this.#list, (event) => this.#openMenu(event, event.clientX, event.clientY));
  }

  /**
   * Shows the roots, the first one opened.
   *
   * @param {TreeOptions} options
   */
  start(options) {
    this.#options = options;
    this.#excluded = new Set(options.excluded);
    this.#nodes = new FolderNodes(options);
    const [first, ...others] = this.#nodes.roots;
    this.#focused = first?.id;
    this.#list.setAttribute('aria-label', options.label);
    this.#draw();
    if (first) this.#open(first);
    for (const root of others) this.#peek(root);
  }

  /**
   * Finds out whether a folder contains folders.
   *
   * @param {FolderNode} node
   */
  async #peek(node) {
    if (node.isLeaf) return;
    try {
      await this.#nodes.read(node);
      if (this.#nodes.get(node.id) === node) this.#draw();
    } catch {
      // Opening the folder asks again, and reports a failure.
    }
  }

  /**
   * Selects a folder and opens its ancestors.
   *
   * @param {readonly string[]} path The IDs from the top down to the folder.
   */
  async reveal(path) {
    const id = path.at(-1);
    this.#current = id;
    if (id !== undefined && this.#nodes.has(id)) this.#focused = id;
    this.#draw();
    for (const ancestor of path.slice(0, -1)) {
      const node = this.#nodes.get(ancestor);
      if (!node || node.isLeaf) return;
      await this.#open(node);
    }
    if (id === undefined || !this.#nodes.has(id) || this.#current !== id) return;
    this.#focused = id;
    this.#draw();
    scrollToLine(this.#itemOf(id));
  }

  /**
   * Selects a folder where it stands.
   *
   * @param {string} id
   */
  mark(id) {
    this.#current = id;
    this.#draw();
  }

  /**
   * Lists a folder again, if it was listed before.
   *
   * @param {string} id
   */
  async refresh(id) {
    const node = this.#nodes.get(id);
    if (!node?.children) return;
    await this.#nodes.read(node);
    this.#draw();
  }

  /** Lists all folders again that were listed before. */
  async refreshAll() {
    for (const node of this.#nodes.all) {
      if (node.children && this.#nodes.get(node.id) === node) await this.#nodes.read(node).catch(() => {});
    }
    this.#draw();
  }

  /** @param {FolderNode} node */
  async #open(node) {
    if (node.isLeaf) return;
    node.isOpen = true;
    if (!node.children) {
      try {
        await this.#nodes.read(node);
      } catch (error) {
        node.isOpen = false;
        this.#options?.onError?.(error);
      }
    }
    this.#draw();
  }

  /** @param {FolderNode} node */
  #close(node) {
    node.isOpen = false;
    this.#draw();
  }

  #draw() {
    const hadFocus = this.#list.contains(document.activeElement);
    const visible = this.#nodes.visible;
    if (!visible.some(({ id }) => id === this.#focused)) this.#focused = this.#nodes.roots[0]?.id;
    this.#list.replaceChildren(...visible.map((node) => this.#item(node)));
    if (hadFocus && this.#focused !== undefined) this.#focus(this.#focused);
  }

  /** @param {FolderNode} node */
  #item(node) {
    const { id, parent } = node;
    return treeItem(node, {
      siblings: parent?.children ?? this.#nodes.roots,
      isSelected: id === this.#current,
      isDisabled: this.#excluded.has(id),
      isFocusable: id === this.#focused,
      isDraggable: parent !== undefined && this.hasAttribute('draggable-folders'),
    });
  }

  /**
   * @param {string | undefined} id
   * @returns {HTMLElement | null}
   */
  #itemOf(id) {
    return this.#list.querySelector(`[data-folder="${CSS.escape(String(id))}"]`);
  }

  /** @param {string} id */
  #focus(id) {
    const old = this.#itemOf(this.#focused);
    if (old) old.tabIndex = -1;
    this.#focused = id;
    const item = this.#itemOf(id);
    if (!item) return;
    item.tabIndex = 0;
    item.focus({ preventScroll: true });
    scrollToLine(item);
  }

  /** @param {FolderNode} node */
  #choose({ id }) {
    if (!this.#excluded.has(id)) this.#options?.onChoose(id);
  }

  /** @param {Event} event */
  #nodeOf(event) {
    return this.#nodes.get(closest(event, '[role=treeitem]')?.dataset.folder ?? '');
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const node = this.#nodeOf(event);
    if (!node) return;
    this.#focus(node.id);
    if (!closest(event, '.twist') || node.isLeaf) this.#choose(node);
    else if (node.isOpen) this.#close(node);
    else this.#open(node);
  }

  /** @param {MouseEvent} event */
  #contextMenu(event) {
    const line = closest(event, '[role=treeitem]')?.firstElementChild;
    if (!line) return;
    const { left, bottom } = line.getBoundingClientRect();
    // The menu key has no position of its own.
    const isOpen = event.button === 2 ? this.#openMenu(event, event.clientX, event.clientY) : this.#openMenu(event, left + 24, bottom);
    if (isOpen) event.preventDefault();
  }

  /**
   * Opens the menu of a folder. Returns false if it has none.
   *
   * @param {Event} event
   * @param {number} x
   * @param {number} y
   */
  #openMenu(event, x, y) {
    const node = this.#nodeOf(event);
    const menu = this.#options?.menu;
    if (!node?.parent || !menu) return false;
    this.#focus(node.id);
    menu.open(node.id, x, y);
    return true;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const node = this.#nodeOf(event);
    if (!node || event.altKey || event.ctrlKey || event.metaKey) return;
    const isRtl = getComputedStyle(this).direction === 'rtl';
    const visible = this.#nodes.visible;
    const at = visible.indexOf(node);
    const [inward, outward] = isRtl ? ['ArrowLeft', 'ArrowRight'] : ['ArrowRight', 'ArrowLeft'];
    /** @param {FolderNode | undefined} target */
    const focus = (target) => target && this.#focus(target.id);
    switch (event.key) {
      case 'ArrowDown':
        focus(visible[at + 1]);
        break;
      case 'ArrowUp':
        focus(visible[at - 1]);
        break;
      case 'Home':
        focus(visible[0]);
        break;
      case 'End':
        focus(visible.at(-1));
        break;
      case inward:
        if (node.isOpen) focus(node.children?.[0]);
        else this.#open(node);
        break;
      case outward:
        if (node.isOpen && node.children?.length) this.#close(node);
        else focus(node.parent);
        break;
      case 'Enter':
      case ' ':
        this.#choose(node);
        break;
      case 'F2':
        if (node.parent) this.#options?.menu?.rename(node.id);
        break;
      case 'Delete':
        if (node.parent) this.#options?.menu?.remove(node.id);
        break;
      default:
        return;
    }
    event.preventDefault();
  }
}

customElements.define('folder-tree', FolderTree);
