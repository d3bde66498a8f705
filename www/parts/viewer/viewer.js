// A file as large as the window allows: images, videos, sound, PDF and text. Other types get their icon and a sentence.
/** @import { FileDescriptor } from 'wix-media.v2' */
/** @import { FileItem } from '../../model/item.js' */
/** @import { Place } from '../../place/place.js' */
import { identified } from '../../model/identifier.js';
import { fittedUrl, isForeign } from '../../model/image-url.js';
import { iconOf, mediaType, size } from '../../text/words.js';
import { closest, focused } from '../../ui/dom.js';
import { element, foreign, icon } from '../../ui/element.js';
import { returnFocus } from '../../ui/focus.js';
import { pixelRatio, setSource } from '../../ui/picture.js';
import { watchSwipe } from '../../ui/touch.js';
import { isText, textPreview } from './text-preview.js';

/**
 * @typedef {object} ViewerOptions
 * @property {Place} place
 * @property {(item: FileItem, step: number) => FileItem | undefined} neighbour Returns the file before (-1) or after (1).
 * @property {(item: FileItem) => unknown} go Goes to another file. The viewer shows it when `show` says so.
 * @property {() => unknown} leave Goes away from the file. The viewer closes when `close` says so.
 * @property {(item: FileItem) => unknown} download
 * @property {(file: FileDescriptor) => Promise<string>} privateLink Makes a temporary link that shows a private file.
 */

export class Viewer {
  #options;
  /** @type {FileItem | undefined} */
  #item;
  #before = focused();
  #name = element('h2', { id: 'viewer-name', 'aria-live': 'polite' });
  #facts = element('p', { class: 'soft' });
  #stage = element('div', { class: 'stage' });
  #previous = element('button', { type: 'button', class: 'bare', 'aria-label': 'Previous file', click: () => this.#step(-1) }, icon('previous'));
  #next = element('button', { type: 'button', class: 'bare', 'aria-label': 'Next file', click: () => this.#step(1) }, icon('next'));
  #dialog;

  /**
   * Makes a viewer, which `show` opens.
   *
   * @param {ViewerOptions} options
   */
  constructor(options) {
    const { leave, download } = options;
    this.#options = options;
    this.#dialog = element(
      'dialog',
      { class: 'viewer', 'aria-labelledby': 'viewer-name' },
      element(
        'div',
        { class: 'viewer-bar' },
        element('div', { class: 'viewer-title' }, this.#name, this.#facts),
        element('button', { type: 'button', class: 'bare', 'aria-label': 'Download', click: () => this.#item && download(this.#item) }, icon('download')),
        element('button', { type: 'button', class: 'bare', 'aria-label': 'Close', click: leave }, icon('close')),
      ),
      element('div', { class: 'viewer-stage' }, this.#previous, this.#stage, this.#next),
    );
    this.#dialog.addEventListener('keydown', (event) => this.#onKey(event));
    watchSwipe(this.#stage, (direction) => this.#step(this.#stepTo(direction)));
    this.#dialog.addEventListener('mousedown', ({ target }) => {
      const isStage = target === this.#dialog || target === this.#stage;
      if (isStage || (target instanceof Element && target.classList.contains('viewer-stage'))) leave();
    });
    this.#dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      leave();
    });
    this.#dialog.addEventListener('close', () => {
      // A browser may close it without a question, as at the second Escape.
      if (this.#dialog.isConnected) leave();
    });
  }

  /**
   * Shows a file. Opens the viewer if it is closed.
   *
   * @param {FileItem} item
   */
  show(item) {
    this.#item = item;
    this.#name.replaceChildren(foreign(item.name));
    this.#facts.textContent = `${mediaType(item.value.mediaType)} · ${size(item.value.sizeInBytes)}`;
    this.#stage.replaceChildren(content(item, this.#options));
    this.update();
    if (this.#dialog.open) return;
    document.body.append(this.#dialog);
    this.#dialog.showModal();
  }

  /** Takes over a change of the files before and after. */
  update() {
    if (!this.#item) return;
    this.#previous.disabled = !this.#options.neighbour(this.#item, -1);
    this.#next.disabled = !this.#options.neighbour(this.#item, 1);
  }

  /** Closes the viewer, for good. */
  close() {
    this.#dialog.remove();
    returnFocus(this.#before);
  }

  /** @param {number} by */
  #step(by) {
    const found = this.#item && this.#options.neighbour(this.#item, by);
    if (found) this.#options.go(found);
  }

  /**
   * Returns the step of a swipe, which pulls in the next file from the end of the line.
   *
   * @param {'left' | 'right'} direction
   */
  #stepTo(direction) {
    return (direction === 'left') === this.#isRtl ? -1 : 1;
  }

  get #isRtl() {
    return getComputedStyle(this.#dialog).direction === 'rtl';
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    // A player uses the arrow keys itself, and a text scrolls with them.
    if (closest(event, 'video, audio, pre') || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'ArrowLeft') this.#step(this.#isRtl ? 1 : -1);
    else if (event.key === 'ArrowRight') this.#step(this.#isRtl ? -1 : 1);
    else return;
    event.preventDefault();
  }
}

/** Beyond this zoom an image is shown at full resolution. */
const MIN_ZOOM = 1.3;

/** The size of the window in pixels of the screen. */
function windowSize() {
  const ratio = pixelRatio();
  return { width: innerWidth * ratio, height: innerHeight * ratio };
}

/** Texts in place of media that this browser cannot play, by type. Browsers differ in the formats that they play. */
const UNPLAYABLE = new Map([
  ['VIDEO', 'This browser cannot play the video. Download it to play it in another program.'],
  ['AUDIO', 'This browser cannot play the recording. Download it to play it in another program.'],
]);

/**
 * Makes the element that shows a file.
 *
 * @param {FileItem} item
 * @param {ViewerOptions} options
 */
function content(item, { place, privateLink, download }) {
  const { name, value: file } = item;
  /** @param {string} words */
  const instead = (words) =>
    placeholder(file, words, element('button', { type: 'button', class: 'primary', click: () => download(item) }, icon('download'), 'Download the file'));
  if (file.operationStatus !== 'READY') {
    const isFailed = file.operationStatus === 'FAILED';
    return placeholder(file, isFailed ? 'The service could not process this file.' : 'The file is still being processed.');
  }
  const original = async () => (file.private ? privateLink(file) : String(file.url));
  const unshown = () => instead(UNPLAYABLE.get(String(file.mediaType)) ?? 'The file cannot be shown here. Download it to open it.');
  if (isText(file)) return textPreview({ place, name, address: original, failed: unshown });
  const target = player(name, file);
  if (!target) return instead('There is no preview of this type of file. Download it to open it.');
  // In this browser the bytes are local, and making a smaller image only costs time.
  const fitted = place.kind === 'browser' && !isForeign(file.url) ? undefined : fittedUrl(file, identified(file) ?? {}, windowSize());
  const candidates = [...(fitted ? [async () => fitted] : []), original];
  const next = async () => {
    const address = candidates.shift();
    if (!address) {
      target.replaceWith(unshown());
      return;
    }
    try {
      await setSource(target, place, await address(), next);
    } catch {
      next();
    }
  };
  target.addEventListener('error', next);
  next();
  if (fitted && !isForeign(file.url)) whenZoomed(target, () => candidates.length > 0 && next());
  return target;
}

/**
 * Does something once when a person zooms in, while an element is in the page.
 *
 * @param {Element} target
 * @param {() => unknown} act
 */
function whenZoomed(target, act) {
  const viewport = globalThis.visualViewport;
  const look = () => {
    if (target.isConnected && (viewport?.scale ?? 1) < MIN_ZOOM) return;
    viewport?.removeEventListener('resize', look);
    if (target.isConnected) act();
  };
  viewport?.addEventListener('resize', look);
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
 * @param {HTMLElement} [action]
 */
const placeholder = ({ mediaType: type }, words, action) =>
  element('div', { class: 'viewer-empty' }, element('span', { class: `picture ${iconOf(type)}` }, icon(iconOf(type))), element('p', {}, words), action);
