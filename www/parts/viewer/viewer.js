// A file as large as the window allows: images, videos, sound and PDF. Other types get their icon and a sentence.
/** @import { FileDescriptor } from 'wix-media.v2' */
/** @import { FileItem } from '../../model/item.js' */
/** @import { Place } from '../../place/place.js' */
import { iconOf, mediaType, size } from '../../text/words.js';
import { closest, focused } from '../../ui/dom.js';
import { element, foreign, icon } from '../../ui/element.js';
import { setSource } from '../../ui/picture.js';

/**
 * @typedef {object} ViewerOptions
 * @property {Place} place
 * @property {(item: FileItem, step: number) => FileItem | undefined} neighbour Returns the file before (-1) or after (1).
 * @property {(item: FileItem) => void} onShow
 * @property {(item: FileItem) => unknown} download
 * @property {(file: FileDescriptor) => Promise<string>} privateLink Makes a temporary link that shows a private file.
 */

/**
 * Opens the viewer at a file.
 *
 * @param {FileItem} first
 * @param {ViewerOptions} options
 */
export function openViewer(first, options) {
  const { neighbour, onShow, download } = options;
  let item = first;
  const before = focused();
  const name = element('h2', { id: 'viewer-name' });
  const facts = element('p', { class: 'soft' });
  const stage = element('div', { class: 'stage' });
  /** @type {() => void} */
  const close = () => dialog.close();
  /** @param {number} by */
  const step = (by) => {
    const found = neighbour(item, by);
    if (found) show(found);
  };
  const previous = element('button', { type: 'button', class: 'bare', 'aria-label': 'Previous file', click: () => step(-1) }, icon('previous'));
  const next = element('button', { type: 'button', class: 'bare', 'aria-label': 'Next file', click: () => step(1) }, icon('next'));
  const dialog = element(
    'dialog',
    { class: 'viewer', 'aria-labelledby': 'viewer-name' },
    element(
      'div',
      { class: 'viewer-bar' },
      element('div', { class: 'viewer-title' }, name, facts),
      element('button', { type: 'button', class: 'bare', 'aria-label': 'Download', click: () => download(item) }, icon('download')),
      element('button', { type: 'button', class: 'bare', 'aria-label': 'Close', click: close }, icon('close')),
    ),
    element('div', { class: 'viewer-stage' }, previous, stage, next),
  );
  /** @param {FileItem} shown */
  const show = (shown) => {
    item = shown;
    name.replaceChildren(foreign(shown.name));
    facts.textContent = `${mediaType(shown.value.mediaType)} · ${size(shown.value.sizeInBytes)}`;
    stage.replaceChildren(content(shown, options));
    previous.disabled = !neighbour(shown, -1);
    next.disabled = !neighbour(shown, 1);
    onShow(shown);
  };
  dialog.addEventListener('keydown', (event) => {
    // A player uses the arrow keys itself.
    if (closest(event, 'video, audio') || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'ArrowLeft') step(-1);
    else if (event.key === 'ArrowRight') step(1);
    else return;
    event.preventDefault();
  });
  dialog.addEventListener('mousedown', ({ target }) => {
    const isBeside = target instanceof Element && (target === dialog || target === stage || target.classList.contains('viewer-stage'));
    if (isBeside) close();
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
    before?.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  show(first);
  dialog.showModal();
}

/**
 * Makes the element that shows a file.
 *
 * @param {FileItem} item
 * @param {ViewerOptions} options
 */
function content({ name, value: file }, { place, privateLink }) {
  if (file.operationStatus !== 'READY') {
    const isFailed = file.operationStatus === 'FAILED';
    return placeholder(file, isFailed ? 'The service could not process this file.' : 'The file is still being processed.');
  }
  const target = player(name, file);
  if (!target) return placeholder(file, 'There is no preview of this type of file. Download it to open it.');
  const failed = () => target.replaceWith(placeholder(file, 'The file cannot be shown here. Download it to open it.'));
  target.addEventListener('error', failed);
  const address = file.private ? privateLink(file) : Promise.resolve(String(file.url));
  address.then((url) => setSource(target, place, url, failed), failed);
  return target;
}

/**
 * Makes the element for a type of file, if there is one.
 *
 * @param {string} name
 * @param {FileDescriptor} file
 */
function player(name, { mediaType: type, url = '' }) {
  switch (type) {
    case 'IMAGE':
      return element('img', { alt: name, decoding: 'async' });
    case 'VECTOR':
      return element('img', { alt: name, class: 'vector', decoding: 'async' });
    case 'VIDEO':
      return element('video', { controls: true, preload: 'metadata', playsinline: true, 'aria-label': name });
    case 'AUDIO':
      return element('audio', { controls: true, preload: 'metadata', 'aria-label': name });
    case 'DOCUMENT':
      return /\.pdf$/i.test(url) ? element('iframe', { title: name }) : undefined;
    default:
      return undefined;
  }
}

/**
 * @param {FileDescriptor} file
 * @param {string} words
 */
const placeholder = ({ mediaType: type }, words) =>
  element('div', { class: 'viewer-empty' }, element('span', { class: `picture ${iconOf(type)}` }, icon(iconOf(type))), element('p', {}, words));
