// Elements made in JavaScript. Text stays text and never becomes markup.
import { ICONS } from './icons.js';

/**
 * @typedef {Node | string | number | undefined | null | false | readonly Child[]} Child
 * @typedef {{ listener(event: Event): unknown }['listener']} Listener
 * @typedef {{ readonly [name: string]: string | boolean | undefined | Listener }} Attributes
 */

/**
 * Makes an element. A member of `attributes` is an attribute, or a listener for the event of that name if it is a
 * function. `undefined` and `false` leave an attribute out. Children that are `undefined`, `null` or `false` are skipped.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 * @example
 * element('button', { type: 'button', click: copy }, 'Copy')
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== undefined && value !== false) made.setAttribute(name, value);
  }
  append(made, children);
  return made;
}

/**
 * @param {Element} parent
 * @param {readonly Child[]} children
 */
function append(parent, children) {
  for (const child of children) {
    if (child === undefined || child === null || child === false) continue;
    if (child instanceof Node) parent.append(child);
    else if (typeof child === 'object') append(parent, child);
    else parent.append(String(child));
  }
}

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Makes the sprite that icons are drawn from, once for a document or a shadow tree. A file of its own would be requested for
 * each use.
 */
export function iconSprite() {
  const sprite = document.createElementNS(SVG, 'svg');
  sprite.setAttribute('class', 'sprite');
  sprite.setAttribute('aria-hidden', 'true');
  for (const [name, shapes] of Object.entries(ICONS)) {
    const symbol = document.createElementNS(SVG, 'symbol');
    symbol.id = `icon-${name}`;
    symbol.setAttribute('viewBox', '0 0 24 24');
    for (const shape of shapes) {
      const [tag, attributes] = typeof shape === 'string' ? ['path', { d: shape }] : shape;
      const drawn = document.createElementNS(SVG, tag);
      for (const [key, value] of Object.entries(attributes)) drawn.setAttribute(key, value);
      symbol.append(drawn);
    }
    sprite.append(symbol);
  }
  return sprite;
}

/**
 * Makes an icon of the sprite in the same tree. Screen readers skip it, so the text beside it must say the same.
 *
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

/**
 * Text that users wrote, in its own direction, isolated from the text around it.
 *
 * @param {string} text
 * @param {Attributes} [attributes]
 */
export const foreign = (text, attributes) => element('bdi', { dir: 'auto', ...attributes }, text);
