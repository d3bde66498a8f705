// Elements made in JavaScript. Text always becomes text, never markup.

/**
 * Makes an element. Members of `attributes` are attributes, except functions, which listen to the event of that name.
 * `undefined` and `false` leave an attribute out. Children are nodes or texts; `undefined` and `null` are none.
 *
 * @example
 * element('button', { type: 'button', click: copy }, 'Copy')
 */
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.flat(Number.POSITIVE_INFINITY).filter((child) => child !== undefined && child !== null));
  return made;
}

const SVG = 'http://www.w3.org/2000/svg';

/** One of the pictures of icons.svg. It says nothing that the text beside it does not say. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** Text of anyone, in its own writing direction, which must not spread to what stands around it. */
export const foreign = (text, attributes) => element('bdi', { dir: 'auto', ...attributes }, text);

/** The address, if it is one that a link or picture may have. */
export function webAddress(text) {
  try {
    const { protocol, href } = new URL(text);
    return protocol === 'https:' || protocol === 'http:' ? href : undefined;
  } catch {
    return undefined;
  }
}

/** A button that copies what `text()` gives, and says so. A `bare` one shows its label only to those who cannot see it. */
export function copyButton(label, text, { isBare = false } = {}) {
  const words = element('span', { class: isBare ? 'visually-hidden' : undefined }, label);
  let timer;
  const say = (message, name) => {
    words.textContent = message;
    button.firstChild.replaceWith(icon(name));
    clearTimeout(timer);
    timer = setTimeout(() => {
      words.textContent = label;
      button.firstChild.replaceWith(icon('copy'));
    }, 2000);
  };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      say('Copied', 'done');
    } catch {
      say('Not allowed', 'alert');
    }
  };
  const button = element('button', { type: 'button', class: isBare ? 'bare' : 'quiet', title: isBare ? label : undefined, click: copy }, icon('copy'), words);
  return button;
}
