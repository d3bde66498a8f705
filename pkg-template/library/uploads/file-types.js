// The wide table of file types. It is a separate file, loaded with the first upload of a type that Wix does not document.
import { FILE_TYPES } from '#file-types';

/** @type {Map<string, string>} */
const types = new Map();
for (const line of FILE_TYPES.split('\n')) {
  const [type, ...extensions] = line.split(' ');
  // The first type that has an extension is the usual one.
  for (const extension of extensions) if (!types.has(extension)) types.set(extension, type);
}

/**
 * The MIME type that an extension usually means.
 *
 * @param {string} extension In lower case.
 */
export const typeOf = (extension) => types.get(extension);
