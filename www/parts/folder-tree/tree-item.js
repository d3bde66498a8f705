// The line of a folder in the tree.
/** @import { FolderNode } from './folder-node.js' */
import { element, foreign, icon } from '../../ui/element.js';

/**
 * Makes the item of a folder.
 *
 * @param {FolderNode} node
 * @param {{ siblings: readonly FolderNode[], isSelected: boolean, isDisabled: boolean, isFocusable: boolean, isDraggable: boolean }} options
 */
export function treeItem(node, { siblings, isSelected, isDisabled, isFocusable, isDraggable }) {
  const { id, name, picture, level, children, isOpen, isBranch } = node;
  const twist = element('span', { class: 'twist', 'aria-hidden': 'true' }, isBranch && icon('chevron'));
  const line = element('span', { class: 'tree-line' }, twist, icon(picture), foreign(name, { class: 'name' }));
  line.style.setProperty('--level', String(level));
  const attributes = {
    role: 'treeitem',
    'data-folder': id,
    'aria-level': String(level),
    'aria-setsize': String(siblings.length),
    'aria-posinset': String(siblings.indexOf(node) + 1),
    'aria-selected': String(isSelected),
    'aria-expanded': isBranch ? String(isOpen && children !== undefined) : undefined,
    'aria-disabled': isDisabled ? 'true' : undefined,
    tabindex: isFocusable ? '0' : '-1',
    draggable: isDraggable ? 'true' : undefined,
  };
  return element('li', attributes, line);
}

/**
 * Scrolls as far as needed to show the line of a folder. `scrollIntoView` would also move the point from which the Tab key
 * goes on.
 *
 * @param {HTMLElement | null} item
 */
export function scrollToLine(item) {
  const line = item?.firstElementChild;
  const frame = line?.closest('.dialog-tree, #sidebar');
  if (!line || !frame) return;
  const { top, bottom } = line.getBoundingClientRect();
  const view = frame.getBoundingClientRect();
  if (top < view.top) frame.scrollTop -= view.top - top;
  else if (bottom > view.bottom) frame.scrollTop += bottom - view.bottom;
}
