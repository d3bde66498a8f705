// The tree of folders: to go to them, to drop things on them, and to choose one to move things to.
import { element, foreign, icon } from '../../ui/element.js';

/** A node: a folder, or the top of an area. `children` are unknown until somebody looks. */
class Node {
  children;
  isOpen = false;

  constructor({ id, name, picture = 'folder', parent, isLeaf = false, isFixed = false }) {
    Object.assign(this, { id, name, picture, parent, isLeaf, isFixed });
    this.level = parent ? parent.level + 1 : 1;
  }
}

/**
 * Tells by `choosefolder` (detail `{ id }`) which folder was chosen. `load(id)` promises the folders in one, as
 * `[{ _id, displayName }]`.
 */
class FolderTree extends HTMLElement {
  #roots = [];
  #load;
  #current;
  #focused;
  #excluded = new Set();
  #nodes = new Map();
  #list = element('ul', { role: 'tree', class: 'tree' });

  connectedCallback() {
    if (this.#list.isConnected) return;
    this.append(this.#list);
    this.#list.addEventListener('click', (event) => this.#click(event));
    this.#list.addEventListener('keydown', (event) => this.#key(event));
  }

  /** Starts anew. `roots` are `{ id, name, picture, isLeaf }`; `excluded` are ids of folders that cannot be chosen. */
  start({ roots, load, label, excluded = [] }) {
    this.#load = load;
    this.#excluded = new Set(excluded);
    this.#nodes.clear();
    this.#roots = roots.map((root) => this.#add(new Node({ ...root, isFixed: true })));
    this.#focused = this.#roots[0]?.id;
    this.#list.setAttribute('aria-label', label);
    this.#draw();
    for (const root of this.#roots) if (root.isOpen || root.opens) this.#open(root);
    if (this.#roots[0] && !this.#roots[0].isLeaf) this.#open(this.#roots[0]);
  }

  #add(node) {
    this.#nodes.set(node.id, node);
    return node;
  }

  get current() {
    return this.#current;
  }

  /** Shows which folder is looked at; `path` are its ancestors from the top, itself last. */
  async reveal(path) {
    this.#current = path.at(-1);
    if (this.#nodes.has(this.#current) || path.length === 0) this.#focused = this.#current ?? this.#focused;
    this.#draw();
    for (const id of path.slice(0, -1)) {
      const node = this.#nodes.get(id);
      if (!node || node.isLeaf) return;
      await this.#open(node);
    }
    if (this.#nodes.has(this.#current) && this.#current === path.at(-1)) {
      this.#focused = this.#current;
      this.#draw();
      bringIntoView(this.#itemOf(this.#current)?.firstChild);
    }
  }

  /** Reads a folder again, if its children have been read before. */
  async refresh(id) {
    const node = this.#nodes.get(id);
    if (!node?.children) return;
    await this.#read(node);
    this.#draw();
  }

  /** Reads everything again that is open. */
  async refreshAll() {
    for (const node of [...this.#nodes.values()]) {
      if (node.children && this.#nodes.get(node.id) === node) await this.#read(node).catch(() => {});
    }
    this.#draw();
  }

  async #read(node) {
    const folders = await this.#load(node.id);
    const old = new Map((node.children ?? []).map((child) => [child.id, child]));
    const kept = new Set(folders.map(({ _id }) => _id));
    for (const [id] of old) if (!kept.has(id)) this.#nodes.delete(id);
    node.children = folders.map(({ _id, displayName }) => {
      const child = old.get(_id) ?? new Node({ id: _id, name: displayName, parent: node });
      child.name = String(displayName ?? _id);
      return this.#add(child);
    });
  }

  async #open(node) {
    if (node.isLeaf) return;
    node.isOpen = true;
    if (!node.children) {
      try {
        await this.#read(node);
      } catch (error) {
        node.isOpen = false;
        this.dispatchEvent(new CustomEvent('treefailed', { detail: { error } }));
      }
    }
    this.#draw();
  }

  #close(node) {
    node.isOpen = false;
    this.#draw();
  }

  #draw() {
    const hadFocus = this.#list.contains(document.activeElement);
    if (!this.#visible().some(({ id }) => id === this.#focused)) this.#focused = this.#roots[0]?.id;
    this.#list.replaceChildren(...this.#visible().map((node) => this.#item(node)));
    if (hadFocus) this.#focus(this.#focused);
  }

  #item(node) {
    const { id, name, picture, level, children, isOpen, isLeaf, parent } = node;
    const siblings = parent?.children ?? this.#roots;
    const isBranch = !isLeaf && children?.length !== 0;
    const twist = element('span', { class: 'twist', 'aria-hidden': 'true' }, isBranch ? icon('chevron') : undefined);
    const line = element('span', { class: 'tree-line' }, twist, icon(picture), foreign(name, { class: 'name' }));
    line.style.setProperty('--level', String(level));
    const isCurrent = id === this.#current;
    const attributes = {
      role: 'treeitem',
      'data-folder': id,
      'aria-level': String(level),
      'aria-setsize': String(siblings.length),
      'aria-posinset': String(siblings.indexOf(node) + 1),
      'aria-selected': String(isCurrent),
      'aria-expanded': isBranch ? String(isOpen && children !== undefined) : undefined,
      'aria-disabled': this.#excluded.has(id) ? 'true' : undefined,
      tabindex: id === this.#focused ? '0' : '-1',
      draggable: !node.isFixed && this.hasAttribute('draggable-folders') ? 'true' : undefined,
    };
    return element('li', attributes, line);
  }

  #itemOf(id) {
    return this.#list.querySelector(`[data-folder="${CSS.escape(id)}"]`);
  }

  /** The nodes that can be seen, from the top. */
  #visible(nodes = this.#roots) {
    return nodes.flatMap((node) => [node, ...(node.isOpen && node.children ? this.#visible(node.children) : [])]);
  }

  #focus(id) {
    const old = this.#itemOf(this.#focused);
    if (old) old.tabIndex = -1;
    this.#focused = id;
    const item = this.#itemOf(id);
    if (!item) return;
    item.tabIndex = 0;
    item.focus({ preventScroll: true });
    bringIntoView(item.firstChild);
  }

  #choose(node) {
    if (this.#excluded.has(node.id)) return;
    this.dispatchEvent(new CustomEvent('choosefolder', { detail: { id: node.id, name: node.name } }));
  }

  /** Marks a folder as the chosen one, where choosing does not lead anywhere. */
  mark(id) {
    this.#current = id;
    this.#draw();
  }

  #click(event) {
    const node = this.#nodes.get(event.target.closest('[role=treeitem]')?.dataset.folder);
    if (!node) return;
    this.#focus(node.id);
    if (event.target.closest('.twist') && !node.isLeaf) {
      if (node.isOpen) this.#close(node);
      else this.#open(node);
    } else this.#choose(node);
  }

  #key(event) {
    const node = this.#nodes.get(event.target.closest('[role=treeitem]')?.dataset.folder);
    if (!node || event.altKey || event.ctrlKey || event.metaKey) return;
    const rtl = getComputedStyle(this).direction === 'rtl';
    const visible = this.#visible();
    const at = visible.indexOf(node);
    const [inward, outward] = rtl ? ['ArrowLeft', 'ArrowRight'] : ['ArrowRight', 'ArrowLeft'];
    switch (event.key) {
      case 'ArrowDown':
        if (visible[at + 1]) this.#focus(visible[at + 1].id);
        break;
      case 'ArrowUp':
        if (at > 0) this.#focus(visible[at - 1].id);
        break;
      case 'Home':
        this.#focus(visible[0].id);
        break;
      case 'End':
        this.#focus(visible.at(-1).id);
        break;
      case inward:
        if (!node.isOpen) this.#open(node);
        else if (node.children?.[0]) this.#focus(node.children[0].id);
        break;
      case outward:
        if (node.isOpen && node.children?.length > 0) this.#close(node);
        else if (node.parent) this.#focus(node.parent.id);
        break;
      case 'Enter':
      case ' ':
        this.#choose(node);
        break;
      default:
        return;
    }
    event.preventDefault();
  }
}

/** Scrolls as far as needed. Not by scrollIntoView, from where the Tab key would go on. */
function bringIntoView(line) {
  const frame = line?.closest('.dialog-tree, #sidebar');
  if (!frame) return;
  const { top, bottom } = line.getBoundingClientRect();
  const view = frame.getBoundingClientRect();
  if (top < view.top) frame.scrollTop -= view.top - top;
  else if (bottom > view.bottom) frame.scrollTop += bottom - view.bottom;
}

customElements.define('folder-tree', FolderTree);
