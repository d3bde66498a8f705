// Transformed images by their address, docs/contract/media-urls.md#s4-2.
/** @import { FileDescriptor } from 'wix-media.v2' */

/** Formats that the service can transform. */
const TRANSFORMABLE = /\.(?:jpe?g|jpe|jfif|png|webp|gif|avif)$/i;

/**
 * Whether the service can crop and scale a file.
 *
 * @param {FileDescriptor} file
 * @returns {file is FileDescriptor & { url: string }}
 */
export const isTransformable = (file) =>
  file.mediaType === 'IMAGE' && !file.private && file.operationStatus !== 'FAILED' && TRANSFORMABLE.test(file.url ?? '');

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
 * @example
 * transformedUrl(file.url, 'fill', ['w_300', 'h_300'], 'jpg');
 */
export function transformedUrl(url, method, parameters, extension = extensionOf(url)) {
  const name = url.slice(url.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  return `${url}/v1/${method}/${parameters.join(',')}/${encodeURIComponent(name)}.${extension}`;
}
