// The wide table of file types. It is a separate file, loaded with the first upload of a type that Wix does not document.
import { FILE_TYPES } from '#file-types';

/**
 * The MIME type that an extension usually means.
 *
 * @param {string} extension In lower case.
 */
export function typeOf(extension) {
  return new RegExp(`^(\\S+) (?:\\S+ )*${extension}(?: |$)`, 'm').exec(FILE_TYPES)?.[1];
}
