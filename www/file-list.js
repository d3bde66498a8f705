// Files as a grid of pictures or as a table, whichever the person likes.
import { element, icon, webAddress } from './element.js';
import { day, iconOf, mediaType, size, thumbnail } from './words.js';

const LAYOUTS = [
  ['grid', 'Grid'],
  ['list', 'List'],
];

// The choice outlives a listing.
let layout = 'grid';
let number = 0;

/** The address of the view of a file. */
const toFile = (file) => `#file?${new URLSearchParams({ id: file._id ?? '' })}`;

const nameOf = (file) => file.displayName || file._id || 'Without a name';

const nameLink = (file) => element('a', { href: toFile(file), title: nameOf(file), dir: 'auto' }, nameOf(file));

/** The picture of a file, or the icon of its type where there is none. */
export function picture(file, width, height) {
  const address = webAddress(thumbnail(file, width, height));
  const frame = element('span', { class: `picture ${iconOf(file.mediaType)}` }, icon(iconOf(file.mediaType)));
  if (address) {
    const show = ({ target }) => target.classList.add('loaded');
    const image = element('img', { alt: '', loading: 'lazy', decoding: 'async', load: show, error: ({ target }) => target.remove() });
    image.src = address;
    frame.append(image);
  }
  return frame;
}

/** What sets a file apart: that it is private, or not ready. */
export function marks(file) {
  const found = [];
  if (file.private) found.push(element('span', { class: 'mark' }, icon('lock'), 'Private'));
  if (file.operationStatus === 'PENDING') found.push(element('span', { class: 'mark wait' }, 'Processing'));
  if (file.operationStatus === 'FAILED') found.push(element('span', { class: 'mark bad' }, icon('alert'), 'Failed'));
  return found;
}

const dateOf = (file) => {
  const date = file._updatedDate ?? file._createdDate;
  const attributes = date instanceof Date && !Number.isNaN(date.getTime()) ? { datetime: date.toISOString() } : {};
  return element('time', attributes, day(date));
};

const card = (file) =>
  element(
    'li',
    { class: 'file-card' },
    picture(file, 360, 270),
    element(
      'div',
      { class: 'file-text' },
      nameLink(file),
      element('p', {}, `${mediaType(file.mediaType)} · ${size(file.sizeInBytes)}`),
      element('p', {}, dateOf(file)),
      marks(file),
    ),
  );

const row = (file) =>
  element(
    'tr',
    {},
    element(
      'th',
      { scope: 'row' },
      element(
        'span',
        { class: 'file-name' },
        picture(file, 96, 72),
        nameLink(file),
        marks(file),
      ),
    ),
    element('td', {}, mediaType(file.mediaType)),
    element('td', { class: 'amount' }, size(file.sizeInBytes)),
    element('td', {}, dateOf(file)),
  );

const LABELS = ['Name', 'Type', 'Size', 'Last change'];

export class FileList {
  #files = [];
  #holder;
  element = element('div', { class: 'files' });
  choice = element('fieldset', { class: 'segments' }, element('legend', { class: 'visually-hidden' }, 'Layout'));

  constructor() {
    const name = `layout-${(number += 1)}`;
    for (const [value, label] of LAYOUTS) {
      const change = () => {
        layout = value;
        this.#draw();
      };
      const input = element('input', { type: 'radio', name, value, checked: value === layout, change });
      this.choice.append(element('label', {}, input, icon(value), label));
    }
    this.#draw();
  }

  /** Adds files at the end. Gives the link of the first of them. */
  add(files) {
    this.#files.push(...files);
    const made = files.map((file) => this.#item(file));
    this.#holder.append(...made);
    return made[0]?.querySelector('a');
  }

  #item(file) {
    return layout === 'grid' ? card(file) : row(file);
  }

  #draw() {
    if (layout === 'grid') {
      this.#holder = element('ul', { class: 'file-grid' });
      this.element.replaceChildren(this.#holder);
    } else {
      this.#holder = element('tbody', {});
      const head = element('tr', {}, LABELS.map((label) => element('th', { scope: 'col' }, label)));
      const caption = element('caption', { class: 'visually-hidden' }, 'Files');
      this.element.replaceChildren(element('table', { class: 'file-table' }, caption, element('thead', {}, head), this.#holder));
    }
    this.#holder.append(...this.#files.map((file) => this.#item(file)));
  }
}
