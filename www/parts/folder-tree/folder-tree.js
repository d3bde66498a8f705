// The tree of folders: opens them, takes what is dropped on them, and lets a dialog choose one.
/** @import { Folder } from 'wix-media.v2' */
/** @import { Root } from '../../model/areas.js' */
import { closest } from '../../ui/dom.js';
import { element, foreign, icon } from '../../ui/element.js';
import { watchLongPress } from '../../ui/touch.js';
import { FolderNode } from './folder-node.js';

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
  /** @type {FolderNode[]} */
  #roots = [];
  /** @type {TreeOptions | undefined} */
  #options;
  /** The folder that is selected. @type {string | undefined} */
  #current;
  /** The folder that has the focus, or gets it with the Tab key. @type {string | undefined} */
  #focused;
  /** @type {Set<string>} */
  #excluded = new Set();
  /** @type {Map<string, FolderNode>} */
  #nodes = new Map();
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
    this.#nodes.clear();
    this.#roots = options.roots.map((root) => this.#add(new FolderNode(root)));
    const [first] = this.#roots;
    this.#focused = first?.id;
    this.#list.setAttribute('aria-label', options.label);
    this.#draw();
    if (first) this.#open(first);
    for (const root of this.#roots.slice(1)) this.#peek(root);
  }

  /**
   * Finds out whether a folder contains folders.
   *
   * @param {FolderNode} node
   */
  async #peek(node) {
    if (node.isLeaf) return;
    try {
      await this.#read(node);
      if (this.#nodes.get(node.id) === node) this.#draw();
    } catch {
      // Opening the folder asks again, and reports a failure.
    }
  }

  /** @param {FolderNode} node */
  #add(node) {
    this.#nodes.set(node.id, node);
    return node;
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
    await this.#read(node);
    this.#draw();
  }

  /** Lists all folders again that were listed before. */
  async refreshAll() {
    for (const node of [...this.#nodes.values()]) {
      if (node.children && this.#nodes.get(node.id) === node) await this.#read(node).catch(() => {});
    }
    this.#draw();
  }

  /** @param {FolderNode} node */
  async #read(node) {
    const folders = (await this.#options?.load(node.id)) ?? [];
    const old = new Map((node.children ?? []).map((child) => [child.id, child]));
    const kept = new Set(folders.map(({ _id }) => _id));
    for (const id of old.keys()) if (!kept.has(id)) this.#nodes.delete(id);
    node.children = folders.map(({ _id, displayName }) => {
      const id = String(_id);
      const name = String(displayName ?? id);
      const child = old.get(id) ?? new FolderNode({ id, name }, node);
      child.name = name;
      return this.#add(child);
    });
  }

  /** @param {FolderNode} node */
  async #open(node) {
    if (node.isLeaf) return;
    node.isOpen = true;
    if (!node.children) {
      try {
        await this.#read(node);
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
    const visible = this.#visible();
    if (!visible.some(({ id }) => id === this.#focused)) this.#focused = this.#roots[0]?.id;
    this.#list.replaceChildren(...visible.map((node) => this.#item(node)));
    if (hadFocus && this.#focused !== undefined) this.#focus(this.#focused);
  }

  /** @param {FolderNode} node */
  #item(node) {
    const { id, name, picture, level, children, isOpen, isBranch, parent } = node;
    const siblings = parent?.children ?? this.#roots;
    const twist = element('span', { class: 'twist', 'aria-hidden': 'true' }, isBranch && icon('chevron'));
    const line = element('span', { class: 'tree-line' }, twist, icon(picture), foreign(name, { class: 'name' }));
    line.style.setProperty('--level', String(level));
    const attributes = {
      role: 'treeitem',
      'data-folder': id,
      'aria-level': String(level),
      'aria-setsize': String(siblings.length),
      'aria-posinset': String(siblings.indexOf(node) + 1),
      'aria-selected': String(id === this.#current),
      'aria-expanded': isBranch ? String(isOpen && children !== undefined) : undefined,
      'aria-disabled': this.#excluded.has(id) ? 'true' : undefined,
      tabindex: id === this.#focused ? '0' : '-1',
      draggable: parent && this.hasAttribute('draggable-folders') ? 'true' : undefined,
    };
    return element('li', attributes, line);
  }

  /**
   * @param {string | undefined} id
   * @returns {HTMLElement | null}
   */
  #itemOf(id) {
    return this.#list.querySelector(`[data-folder="${CSS.escape(String(id))}"]`);
  }

  /**
   * Returns the folders that can be seen, from the top.
   *
   * @param {FolderNode[]} nodes
   * @returns {FolderNode[]}
   */
  #visible(nodes = this.#roots) {
    return nodes.flatMap((node) => [node, ...(node.isOpen && node.children ? this.#visible(node.children) : [])]);
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
    const visible = this.#visible();
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

/**
 * Scrolls as far as needed to show the line of a folder. `scrollIntoView` would also move the point from which the Tab key
 * goes on.
 *
 * @param {HTMLElement | null} item
 */
function scrollToLine(item) {
  const line = item?.firstElementChild;
  const frame = line?.closest('.dialog-tree, #sidebar');
  if (!line || !frame) return;
  const { top, bottom } = line.getBoundingClientRect();
  const view = frame.getBoundingClientRect();
  if (top < view.top) frame.scrollTop -= view.top - top;
  else if (bottom > view.bottom) frame.scrollTop += bottom - view.bottom;
}

customElements.define('folder-tree', FolderTree);
