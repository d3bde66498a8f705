// Elements that play or show a file: videos, sound with its artwork, and PDF.
/** @import { FileDescriptor } from 'wix-media.v2' */
/** @import { FileItem } from '../../model/item.js' */
import { webAddress } from '../../text/web-address.js';
import { iconOf } from '../../text/words.js';
import { element, foreign, icon } from '../../ui/element.js';

/**
 * Makes the element that plays a file, and the frame around it. The element gets its address later.
 *
 * @param {FileItem} item
 * @returns {{ frame: HTMLElement, target: HTMLElement & { src: string } } | undefined}
 */
export function player({ name, value: file }) {
  switch (file.mediaType) {
    case 'VIDEO': {
      const target = element('video', { controls: true, preload: 'metadata', playsinline: true, poster: posterOf(file), 'aria-label': name });
      return { frame: target, target };
    }
    case 'AUDIO': {
      const target = element('audio', { controls: true, preload: 'metadata', 'aria-label': name });
      return { frame: element('div', { class: 'viewer-audio' }, artwork(file), tags(file), target), target };
    }
    case 'DOCUMENT': {
      if (!/\.pdf$/i.test(file.url ?? '')) return undefined;
      const target = element('iframe', { title: name });
      return { frame: target, target };
    }
    default:
      return undefined;
  }
}

/**
 * The address of the picture that the service made of a file. An SVG is only its icon for the media type.
 *
 * @param {FileDescriptor} file
 */
function posterOf({ thumbnailUrl }) {
  return thumbnailUrl && !/\.svg(?:$|[?#])/.test(thumbnailUrl) ? webAddress(thumbnailUrl) : undefined;
}

/**
 * The picture in the tags of a recording, or the icon.
 *
 * @param {FileDescriptor} file
 */
function artwork(file) {
  const src = posterOf(file);
  const frame = element('span', { class: `picture ${iconOf(file.mediaType)}` }, icon(iconOf(file.mediaType)));
  if (src) {
    const image = element('img', { alt: '', decoding: 'async', src });
    image.addEventListener('load', () => image.classList.add('loaded'));
    image.addEventListener('error', () => image.remove());
    frame.append(image);
  }
  return frame;
}

/** @param {FileDescriptor} file */
function tags({ media }) {
  const { title, artist } = media?.audio ?? {};
  if (!title && !artist) return undefined;
  return element('p', {}, title && element('strong', {}, foreign(title)), artist && element('span', { class: 'soft' }, foreign(artist)));
}
