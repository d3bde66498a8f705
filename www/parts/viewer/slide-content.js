// What a slide of the viewer holds. Pictures are loaded before they are in the middle; everything else only then, so that
// nothing plays, and nothing takes the focus, beside what is seen.
/** @import { FileDescriptor } from 'wix-media.v2' */
/** @import { FileItem } from '../../model/item.js' */
/** @import { Place } from '../../place/place.js' */
import { isFromRight, say } from '../../text/language.js';
import { identified } from '../../model/identifier.js';
import { fittedUrl, isForeign } from '../../model/image-url.js';
import { iconOf } from '../../text/words.js';
import { closest } from '../../ui/dom.js';
import { element, icon } from '../../ui/element.js';
import { pixelRatio } from '../../ui/picture.js';
import { setSource, stopLoading } from '../../ui/source.js';
import { player } from './player.js';
import { isText, textPreview } from './text-preview.js';

/**
 * @typedef {object} SlideContext
 * @property {Place} place
 * @property {(item: FileItem) => unknown} download
 * @property {(file: FileDescriptor) => Promise<string>} privateLink Makes a temporary link that shows a private file.
 *
 * @typedef {object} SlideExtras
 * @property {{ item: FileItem, type: string }} data
 * @property {(width: number) => void} [enlarged] Runs when the picture is shown at another width, in pixels of CSS.
 *
 * @typedef {Omit<NonNullable<import('photoswipe').default['currSlide']>['content'], 'element' | 'data'> & SlideExtras & { element: HTMLElement | undefined }} SlideContent
 */

/** A picture is loaded at full resolution once it is shown this many times as wide as the one that is loaded. */
const MIN_ENLARGEMENT = 1.3;
/** Pixels at the lower edge of a player that its controls take up. */
const CONTROLS_HEIGHT = 72;
/** The pixels to which a drawing can be enlarged. Its own size says little. */
const DRAWING_SIZE = 4096;

/** @param {FileItem} item */
export const isPicture = ({ value: { mediaType, operationStatus } }) => (mediaType === 'IMAGE' || mediaType === 'VECTOR') && operationStatus === 'READY';

/**
 * Returns the size of a picture in pixels, if it is known.
 *
 * @param {FileItem} item
 */
export function slideSize(item) {
  if (!isPicture(item)) return {};
  const { width = 0, height = 0 } = identified(item.value) ?? {};
  return sized(item.value, width, height);
}

/**
 * @param {FileDescriptor} file
 * @param {number} width
 * @param {number} height
 */
function sized({ mediaType }, width, height) {
  if (width <= 0 || height <= 0) return {};
  const scale = mediaType === 'VECTOR' ? DRAWING_SIZE / Math.max(width, height) : 1;
  return { width: width * scale, height: height * scale };
}

/**
 * Begins to load a slide. The carousel is laid out from the left in all languages, but what a slide says follows the language.
 *
 * @param {SlideContent} content
 * @param {SlideContext} context
 * @param {() => unknown} settled Runs when a picture has loaded, or cannot be loaded.
 */
export function startSlide(content, context, settled) {
  if (content.type === 'image') startPicture(content, context, settled);
  else {
    content.element = element('div', { class: 'pswp__content slide-file', dir: isFromRight() ? 'rtl' : 'ltr' });
    content.state = 'loaded';
    emptySlide(content);
  }
}

/**
 * Shows the file of a slide that has come into the middle.
 *
 * @param {SlideContent} content
 * @param {SlideContext} context
 */
export function fillSlide(content, context) {
  if (content.type !== 'image') content.element?.replaceChildren(fileContent(content.data.item, context));
}

/**
 * Shows the icon of the file in place of it.
 *
 * @param {SlideContent} content
 */
export function emptySlide({ type, element: target, data: { item } }) {
  if (type === 'image' || !target) return;
  stopLoading(target);
  target.replaceChildren(element('span', { class: `picture ${iconOf(item.value.mediaType)}` }, icon(iconOf(item.value.mediaType))));
}

/**
 * @param {SlideContent} content
 * @param {SlideContext} context
 * @param {() => unknown} settled
 */
function startPicture(content, context, settled) {
  const { item } = content.data;
  const { name, value: file } = item;
  const { place } = context;
  const isDrawing = file.mediaType === 'VECTOR';
  const image = element('img', { class: isDrawing ? 'pswp__img vector' : 'pswp__img', alt: name, decoding: 'async', draggable: 'false' });
  content.element = image;
  content.state = 'loading';
  // In this browser the bytes are local, and making a smaller image only costs time.
  const isLocal = place.kind === 'browser' && !isForeign(file.url);
  const fitted = isLocal ? undefined : fittedUrl(file, identified(file) ?? {}, windowSize());
  /** The address that has loaded last. */
  let shown = '';
  const candidates = [...(fitted ? [async () => fitted] : []), () => addressOf(file, context)];
  const fail = () => {
    content.type = 'file';
    content.state = 'loaded';
    content.width = 0;
    const instead = element('div', { class: 'pswp__content slide-file', dir: isFromRight() ? 'rtl' : 'ltr' }, unshown(item, context));
    image.replaceWith(instead);
    content.element = instead;
    settle();
  };
  /** Lays out the slide once more: its size, or what it holds, is another one. */
  const settle = () => {
    const { slide } = content;
    if (slide) {
      slide.width = content.width;
      slide.height = content.height;
      slide.prevDisplayedWidth = -1;
      slide.resize();
    }
    settled();
  };
  const next = async () => {
    const address = candidates.shift();
    if (!address) {
      // What has loaded before is better than nothing.
      if (content.state !== 'loaded') fail();
      else if (image.src !== shown) image.src = shown;
      return;
    }
    try {
      await setSource(image, place, await address(), next);
    } catch {
      next();
    }
  };
  image.addEventListener('error', next);
  image.addEventListener('load', () => {
    shown = image.src;
    if (content.state === 'loaded') return;
    content.onLoaded();
    if (!content.width) Object.assign(content, sized(file, image.naturalWidth, image.naturalHeight));
    settle();
  });
  const loadedWidth = () => image.naturalWidth / pixelRatio();
  content.enlarged = (width) => {
    if (fitted && !isForeign(file.url) && content.state === 'loaded' && candidates.length > 0 && width > MIN_ENLARGEMENT * loadedWidth()) next();
  };
  next();
}

/** The size of the window in pixels of the screen. */
function windowSize() {
  const ratio = pixelRatio();
  return { width: innerWidth * ratio, height: innerHeight * ratio };
}

/**
 * @param {FileDescriptor} file
 * @param {SlideContext} context
 */
const addressOf = async (file, { privateLink }) => (file.private ? privateLink(file) : String(file.url));

/**
 * Makes what shows a file that is no picture.
 *
 * @param {FileItem} item
 * @param {SlideContext} context
 */
function fileContent(item, context) {
  const { name, value: file } = item;
  if (file.operationStatus !== 'READY') {
    return placeholder(file, file.operationStatus === 'FAILED' ? say`The service could not process this file.` : say`The file is still being processed.`);
  }
  const { place } = context;
  const address = () => addressOf(file, context);
  if (isText(file)) return textPreview({ place, name, address, failed: () => unshown(item, context) });
  const made = player(item);
  if (!made) return instead(item, context, say`There is no preview of this type of file. Download it to open it.`);
  const { frame, target } = made;
  const fail = () => frame.replaceWith(unshown(item, context));
  target.addEventListener('error', fail);
  address().then((url) => setSource(target, place, url, fail), fail);
  return frame;
}

/** Texts in place of media that this browser cannot play, by type. Browsers differ in the formats that they play. */
const UNPLAYABLE = new Map([
  ['VIDEO', say`This browser cannot play the video. Download it to play it in another program.`],
  ['AUDIO', say`This browser cannot play the recording. Download it to play it in another program.`],
]);

/**
 * @param {FileItem} item
 * @param {SlideContext} context
 */
const unshown = (item, context) =>
  instead(item, context, UNPLAYABLE.get(String(item.value.mediaType)) ?? say`The file cannot be shown here. Download it to open it.`);

/**
 * @param {FileItem} item
 * @param {SlideContext} context
 * @param {string} words
 */
const instead = (item, { download }, words) =>
  placeholder(item.value, words, element('button', { type: 'button', class: 'primary', click: () => download(item) }, icon('download'), say`Download the file`));

/**
 * @param {FileDescriptor} file
 * @param {string} words
 * @param {HTMLElement} [action]
 */
const placeholder = ({ mediaType: type }, words, action) =>
  element('div', { class: 'viewer-empty' }, element('span', { class: `picture ${iconOf(type)}` }, icon(iconOf(type))), element('p', {}, words), action);

/**
 * Whether a press is for what a slide contains, not for the carousel: a mouse selects text and uses controls; a finger swipes,
 * except on the controls of a player.
 *
 * @param {PointerEvent} event
 */
export function belongsToContent(event) {
  const content = closest(event, '.slide-file');
  if (!content) return false;
  if (event.pointerType !== 'touch') return closest(event, '.slide-file > *') !== undefined;
  const player = closest(event, 'video, audio');
  return player !== undefined && event.clientY > player.getBoundingClientRect().bottom - CONTROLS_HEIGHT;
}
