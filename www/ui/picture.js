// Pictures of files: small ones of images and videos, icons of everything else.
import { media } from 'wix-media.v2';
import { element, icon, webAddress } from './element.js';
import { iconOf } from '../text/words.js';

/** Formats that a service can make small pictures of. */
const TRANSFORMABLE = /\.(?:jpe?g|jpe|jfif|png|webp|gif|avif)$/i;

/** What a file says of itself, as `{ type, id, width, height, … }`, when it is an image, a video, a document. */
export function described(file) {
  const { image, vector, video, document } = file.media ?? {};
  const identifier = image?.image ?? vector?.image ?? video ?? document;
  try {
    return typeof identifier === 'string' ? { identifier, ...media.parse(identifier) } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the service can cut and scale this file. */
export const isTransformable = (file) =>
  file.mediaType === 'IMAGE' && !file.private && file.operationStatus !== 'FAILED' && TRANSFORMABLE.test(file.url ?? '');

/**
 * The address of a transformed picture, contract/media-urls.md 4.2: `parameters` are its parts, such as `w_300`.
 *
 * @example
 * transformed(file, 'fill', ['w_300', 'h_300'], 'jpg');
 */
export function transformed(file, method, parameters, extension = file.url.split('.').at(-1)) {
  return `${file.url}/v1/${method}/${parameters.join(',')}/${encodeURIComponent(file.url.split('/').at(-1).replace(/\.[^.]*$/, ''))}.${extension}`;
}

/** The addresses of a picture of a file, about this large, the best first. */
function addresses(file, width, height) {
  const sharp = Math.min(globalThis.devicePixelRatio || 1, 2);
  const found = [];
  if (isTransformable(file)) {
    // A photograph as PNG is ten times the size that it need be.
    const extension = /\.png$/i.test(file.url) ? 'webp' : undefined;
    found.push(transformed(file, 'fill', [`w_${Math.round(width * sharp)}`, `h_${Math.round(height * sharp)}`, 'al_c', 'q_80'], extension));
  }
  if (/^(?:IMAGE|VECTOR)$/.test(file.mediaType) && !file.private) found.push(file.url);
  // The icons that a service gives to other types are no better than those of this page.
  else if (file.thumbnailUrl && !/\.svg(?:$|[?#])/.test(file.thumbnailUrl)) found.push(file.thumbnailUrl);
  return found.map(webAddress).filter(Boolean);
}

/** The picture of a file, or the icon of its type while and where there is none. `place` knows how it can be loaded. */
export function picture(file, place, width, height) {
  const frame = element('span', { class: `picture ${iconOf(file.mediaType)}` }, icon(iconOf(file.mediaType)));
  const candidates = addresses(file, width, height);
  if (candidates.length === 0) {
    if (file.mediaType === 'VIDEO' && !file.private && file.operationStatus === 'READY') frame.append(still(file, place));
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
  next();
  frame.append(image);
  return frame;
}

/** A frame of a video, by the browser's own player. */
function still(file, place) {
  const video = element('video', { preload: 'metadata', tabindex: '-1', 'aria-hidden': 'true', 'disablepictureinpicture': true });
  video.muted = true;
  video.addEventListener('loadeddata', () => video.classList.add('loaded'));
  video.addEventListener('error', () => video.remove());
  setSource(video, place, `${file.url}#t=0.5`, () => video.remove());
  return video;
}

/** Sets the source of a picture or player to an address of the place. */
export function setSource(target, place, address, failed = () => {}) {
  const shown = place.showable(address);
  if (typeof shown === 'string') target.src = shown;
  else {
    shown.then((url) => {
      target.src = url;
      const release = () => URL.revokeObjectURL(url);
      target.addEventListener('load', release, { once: true });
    }, failed);
  }
}

/** What sets a file apart: that it is private, or not ready. */
export function marks(file) {
  const found = [];
  if (file.private) found.push(element('span', { class: 'mark' }, icon('lock'), 'Private'));
  if (file.operationStatus === 'PENDING') found.push(element('span', { class: 'mark wait' }, 'Processing'));
  if (file.operationStatus === 'FAILED') found.push(element('span', { class: 'mark bad' }, icon('alert'), 'Failed'));
  return found;
}
