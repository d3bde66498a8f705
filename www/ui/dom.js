// Typed access to the document.

/**
 * Returns the element that a selector finds. Throws if there is none, or if it is of another type.
 *
 * @template {Element} Type
 * @param {string} selector
 * @param {new () => Type} type
 * @param {ParentNode} [root]
 * @returns {Type}
 */
export function find(selector, type, root = document) {
  const found = root.querySelector(selector);
  if (!(found instanceof type)) throw new TypeError(`invalid element ${selector}: expected ${type.name}, found ${found}`);
  return found;
}

/**
 * Returns the elements that a selector finds and that are of a type.
 *
 * @template {Element} Type
 * @param {string} selector
 * @param {new () => Type} type
 * @param {ParentNode} [root]
 * @returns {Type[]}
 */
export function findAll(selector, type, root = document) {
  const found = [];
  for (const one of root.querySelectorAll(selector)) if (one instanceof type) found.push(one);
  return found;
}

/**
 * Returns the closest ancestor of an event's target, the target included, that matches a selector.
 *
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | undefined}
 */
export function closest({ target }, selector) {
  const found = target instanceof Element ? target.closest(selector) : undefined;
  return found instanceof HTMLElement ? found : undefined;
}

/**
 * Returns the element that has the focus in the tree of a node: the document, or a shadow tree.
 *
 * @param {Node} node
 */
export function activeIn(node) {
  const root = node.getRootNode();
  return root instanceof Document || root instanceof ShadowRoot ? root.activeElement : null;
}

/**
 * The element that has the focus, if it can be focused again later.
 *
 * @returns {HTMLElement | undefined}
 */
export const focused = () => (document.activeElement instanceof HTMLElement ? document.activeElement : undefined);
