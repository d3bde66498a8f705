// Pictures of files: small ones of images and videos, icons of everything else.
/** @import { FileDescriptor } from 'wix-media.v2' */
/** @import { Place } from '../place/place.js' */
import { identified } from '../model/identifier.js';
import { isTransformable, smallerFormat, transformedUrl } from '../model/image-url.js';
import { webAddress } from '../text/web-address.js';
import { iconOf, playingTime } from '../text/words.js';
import { element, icon } from './element.js';
import { onceItStays } from './scrolling.js';
import { setSource } from './source.js';

/** More pixels than this per CSS pixel cost bytes and are hardly seen. */
const MAX_PIXEL_RATIO = 2;

/** The pixels of an image that are worth loading, per CSS pixel. */
export const pixelRatio = () => Math.min(globalThis.devicePixelRatio || 1, MAX_PIXEL_RATIO);

/**
 * Makes a picture of a file. It shows the icon of the media type until the picture has loaded, and if there is none.
 *
 * @param {FileDescriptor} file
 * @param {Pick<Place, 'showable'>} place
 * @param {number} width In CSS pixels.
 * @param {number} height
 */
export function picture(file, place, width, height) {
  const frame = element('span', { class: `picture ${iconOf(file.mediaType)}` }, icon(iconOf(file.mediaType)));
  const candidates = addresses(file, width, height);
  const isVideo = file.mediaType === 'VIDEO';
  const play = isVideo ? playMark(identified(file)?.duration) : undefined;
  if (candidates.length === 0) {
    if (isVideo && !file.private && file.operationStatus === 'READY') frame.append(still(file, place, play));
    if (play) frame.append(play);
    return frame;
  }
  const image = element('img', { alt: '', decoding: 'async', draggable: 'false' });
  image.addEventListener('load', () => image.classList.add('loaded'));
  const next = () => {
    const address = candidates.shift();
    if (address) setSource(image, place, address, next);
    else image.remove();
  };
  image.addEventListener('error', next);
  onceItStays(image, next);
  frame.append(image);
  if (play) frame.append(play);
  return frame;
}

/**
 * Returns the addresses of pictures of a file, the best first.
 *
 * @param {FileDescriptor} file
 * @param {number} width
 * @param {number} height
 */
function addresses(file, width, height) {
  const ratio = pixelRatio();
  const found = [];
  if (isTransformable(file)) {
    const parameters = [`w_${Math.round(width * ratio)}`, `h_${Math.round(height * ratio)}`, 'al_c', 'q_80'];
    found.push(transformedUrl(file.url, 'fill', parameters, smallerFormat(file.url)));
  }
  if ((file.mediaType === 'IMAGE' || file.mediaType === 'VECTOR') && !file.private) found.push(file.url);
  // An SVG is the service's icon for the media type; the page has its own.
  else if (file.thumbnailUrl && !/\.svg(?:$|[?#])/.test(file.thumbnailUrl)) found.push(file.thumbnailUrl);
  return found.map(webAddress).filter((address) => address !== undefined);
}

/**
 * The mark that tells a video from a photograph, with its playing time as far as that is known.
 *
 * @param {number | undefined} ms
 */
const playMark = (ms) => element('span', { class: 'play' }, icon('play'), element('span', { class: 'play-time' }, ms ? playingTime(ms) : ''));

/**
 * A frame of a video, decoded by the browser, which also knows how long it plays.
 *
 * @param {FileDescriptor} file
 * @param {Pick<Place, 'showable'>} place
 * @param {Element | undefined} mark Its play mark.
 */
function still(file, place, mark) {
  const video = element('video', { preload: 'metadata', tabindex: '-1', 'aria-hidden': 'true', disablepictureinpicture: true });
  video.muted = true;
  video.addEventListener('loadedmetadata', () => {
    const time = mark?.querySelector('.play-time');
    if (time && video.duration > 0 && Number.isFinite(video.duration)) time.textContent = playingTime(1000 * video.duration);
  });
  video.addEventListener('loadeddata', () => video.classList.add('loaded'));
  video.addEventListener('error', () => video.remove());
  onceItStays(video, () => setSource(video, place, `${file.url}#t=0.5`, () => video.remove()));
  return video;
}
