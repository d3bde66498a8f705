// Transformed images by their address, docs/contract/media-urls.md#s4-2.
/** @import { FileDescriptor } from 'wix-media.v2' */

/** Formats that the service can transform. */
const TRANSFORMABLE = /\.(?:jpe?g|jpe|jfif|png|webp|gif|avif|bmp|jxl|tiff?)$/i;

/** Formats that few browsers show. */
const FOREIGN = /\.(?:jxl|tiff?)$/i;

/**
 * Whether most browsers can show an image only after the service has converted it.
 *
 * @param {string | undefined} url
 */
export const isForeign = (url = '') => FOREIGN.test(url);

/**
 * Whether the service can crop and scale a file.
 *
 * @param {FileDescriptor} file
 * @returns {file is FileDescriptor & { url: string }}
 */
export const isTransformable = (file) =>
  file.mediaType === 'IMAGE' && !file.private && file.operationStatus !== 'FAILED' && TRANSFORMABLE.test(file.url ?? '');

/**
 * Whether an image can be edited: the service transforms it, the browser reads it, and it does not move.
 *
 * @param {FileDescriptor} file
 */
export const isEditable = (file) => isTransformable(file) && file.operationStatus === 'READY' && !isForeign(file.url) && !/\.gif$/i.test(file.url);

/**
 * Returns the extension of a format in which an image is much smaller, or that all browsers can show. Returns nothing if its own
 * format is fine for viewing. A photograph is about ten times larger as PNG than as WebP.
 *
 * @param {string} url
 */
export const smallerFormat = (url) => (/\.(?:png|bmp|jxl|tiff?)$/i.test(url) ? 'webp' : undefined);

/** An image that is hardly larger than the window is shown as it is. */
const MIN_SAVING = 0.75;

/**
 * Returns the address of an image at a size that fits a window, or nothing if the image itself is small enough.
 *
 * @param {FileDescriptor} file
 * @param {{ width?: number, height?: number }} size Of the image, in pixels.
 * @param {{ width: number, height: number }} window Its size, in pixels of the screen.
 */
export function fittedUrl(file, { width = 0, height = 0 }, window) {
  // A transformed animation may stand still.
  if (!isTransformable(file) || /\.gif$/i.test(file.url) || width <= 0 || height <= 0) return undefined;
  const scale = Math.min(1, window.width / width, window.height / height);
  if (scale > MIN_SAVING && !isForeign(file.url)) return undefined;
  const parameters = [`w_${Math.round(width * scale)}`, `h_${Math.round(height * scale)}`, 'q_85'];
  return transformedUrl(file.url, 'fit', parameters, smallerFormat(file.url));
}

/**
 * Returns the extension of an address, without the dot.
 *
 * @param {string} url
 */
export const extensionOf = (url) => url.slice(url.lastIndexOf('.') + 1);

/**
 * Returns the address of a transformed image.
 *
 * @param {string} url The address of the image.
 * @param {'fill' | 'fit' | 'crop'} method
 * @param {readonly string[]} parameters
 * @param {string} [extension] The format of the result.
 * @param {string} [before] A transform that comes first.
 * @example
 * transformedUrl(file.url, 'fill', ['w_300', 'h_300'], 'jpg');
 */
export function transformedUrl(url, method, parameters, extension = extensionOf(url), before = '') {
  const name = url.slice(url.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  return `${url}/v1/${before}${method}/${parameters.join(',')}/${encodeURIComponent(name)}.${extension}`;
}
