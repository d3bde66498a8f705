// An image in the sizes that the page needs.
import { createElement, forwardRef, useEffect, useState } from 'react';
import { media } from 'wix-media.v2';
import { objectUrl } from '../../www/place/object-url.js';
import { usePlace } from './provider.js';

/** @import { Ref } from 'react' */
/** @import { media as Media, MediaManager } from '../types/index.js' */
/** @import * as declared from '../types/react.d.ts' */

const IMAGES = 'https://static.wixstatic.com/media/';
/** Widths of the candidates of an image whose width the layout decides, in pixels. */
const WIDTHS = [320, 640, 960, 1280, 1920, 2560, 3840];

/**
 * @param {declared.WixImageProps} props
 * @param {Ref<HTMLImageElement>} ref
 */
function Image({ src, width, height, fit = 'fill', options, sizes, ...rest }, ref) {
  const { manager, baseHostURL } = usePlace();
  const sources = sourcesOf(src, { width, height, fit, sizes, options: { baseHostURL, ...options } });
  const host = manager && sources.src?.startsWith(`${manager.baseUrl}/`) ? manager : undefined;
  const shown = useShown(host && (sources.sharp ?? sources.src), host);
  return createElement('img', {
    loading: 'lazy',
    decoding: 'async',
    ...rest,
    ref,
    width: sources.width,
    height: sources.height,
    ...(host ? { src: shown } : { src: sources.src, srcSet: sources.srcSet, sizes: sources.srcSet && sizes }),
  });
}

/** @type {typeof declared.WixImage} */
export const WixImage = forwardRef(Image);

/**
 * An address of the same bytes that an element can load. No server answers at the addresses of a manager in the page.
 *
 * @param {string | undefined} url
 * @param {MediaManager | undefined} manager
 */
function useShown(url, manager) {
  const [shown, setShown] = useState(/** @type {string | undefined} */ (undefined));
  useEffect(() => {
    if (!url || !manager) return undefined;
    let isCurrent = true;
    /** @type {string | undefined} */
    let made;
    objectUrl(url, manager.fetch).then(
      (address) => {
        made = address;
        if (isCurrent) setShown(address);
        else URL.revokeObjectURL(address);
      },
      // The element reports the failure, as for any other image.
      () => isCurrent && setShown(url),
    );
    return () => {
      isCurrent = false;
      if (made) URL.revokeObjectURL(made);
      setShown(undefined);
    };
  }, [url, manager]);
  return shown;
}

/**
 * The addresses of an image, and the size of its box. They are the same on the server and on every screen. What is not an image
 * of the Media Manager keeps its address.
 *
 * @param {string} src
 * @param {Required<Pick<declared.WixImageProps, 'width' | 'height' | 'fit'>> & Pick<declared.WixImageProps, 'sizes'> & { options: Media.ImageOptions }} how
 * @returns {{ src: string, width: number, height: number, srcSet?: string, sharp?: string }} `sharp` is for two device pixels to a pixel.
 */
function sourcesOf(src, { width, height, fit, sizes, options }) {
  const { baseHostURL } = options;
  const image = baseHostURL && src?.startsWith(baseHostURL) ? IMAGES + src.slice(baseHostURL.length) : src;
  const build = fit === 'fit' ? media.getScaledToFitImageUrl : media.getScaledToFillImageUrl;
  try {
    const original = media.getImageUrl(image);
    const isKnown = original.width > 0 && original.height > 0;
    const box = isKnown && fit === 'fit' ? fitted(original, { width, height }) : { width, height };
    /** @type {(ratio: number, scale?: number) => string} */
    const urlOf = (devicePixelRatio, scale = 1) => build(image, box.width * scale, box.height * scale, { ...options, devicePixelRatio });
    const [url, sharp] = [urlOf(1), urlOf(2)];
    const candidates = sizes ? widthsFor(box, isKnown ? original : undefined).map((each) => [urlOf(1, each / box.width), `${each}w`]) : [[url, '1x'], [sharp, '2x']];
    // Animations and vector images have one address for all sizes.
    const hasChoice = new Set(candidates.map(([address]) => address)).size > 1;
    return { ...box, src: url, sharp, ...(hasChoice && { srcSet: candidates.map((candidate) => candidate.join(' ')).join(', ') }) };
  } catch {
    return { src, width, height };
  }
}

/**
 * The widths to offer for a box, up to that of the original: an enlarged image is no sharper, and the service limits how far it
 * enlarges.
 *
 * @param {{ width: number, height: number }} box
 * @param {{ width: number, height: number } | undefined} original
 */
function widthsFor(box, original) {
  const largest = original ? Math.min(original.width / box.width, original.height / box.height) : Infinity;
  const widths = new Set([...WIDTHS.filter((width) => width < 2 * box.width), box.width, 2 * box.width]);
  return [...widths].filter((width) => width / box.width <= largest).sort((one, other) => one - other);
}

/**
 * The size of an image that is scaled down to fit into a box.
 *
 * @param {{ width: number, height: number }} original
 * @param {{ width: number, height: number }} box
 */
function fitted(original, box) {
  const scale = Math.min(box.width / original.width, box.height / original.height, 1);
  return { width: Math.round(original.width * scale), height: Math.round(original.height * scale) };
}
