// What the identifier of a file (`wix:image://…`) says about it.
/** @import { FileDescriptor } from 'wix-media.v2' */
import { media } from 'wix-media.v2';

/** @typedef {{ identifier: string, width?: number, height?: number, duration?: number }} Identified */

/**
 * Returns the identifier of an image, a video or a document, with the facts in it; `undefined` for other files.
 *
 * @param {FileDescriptor} file
 * @returns {Identified | undefined}
 */
export function identified(file) {
  const { image, vector, video, document } = file.media ?? {};
  const identifier = image?.image ?? vector?.image ?? video ?? document;
  if (typeof identifier !== 'string') return undefined;
  try {
    return { identifier, ...media.parse(identifier) };
  } catch {
    return undefined;
  }
}
