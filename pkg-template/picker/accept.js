// Which files can be chosen: by category, by the list of `accept`, and by labels.
/** @import { FileDescriptor } from '../types/index.js' */
/** @import { MediaManagerPickerOptions } from '../types/picker.js' */
import { CATEGORY_TYPES, namesIn } from './options.js';

/** 3D models are shown only in their own category. */
const MODEL = CATEGORY_TYPES['3D_IMAGE'];

/** @param {string | undefined} name */
const extensionOf = (name) => /\.([a-z0-9]+)(?:[?#]|$)/i.exec(name ?? '')?.[1].toLowerCase();

/**
 * Returns a function that tells whether a MIME type or an extension is on a list, as the attribute `accept` of a file input has it.
 *
 * @param {string | undefined} accept
 * @param {(extension: string) => string | undefined} typeOf The MIME type of an extension.
 * @returns {(file: { extensions: readonly (string | undefined)[], mimeType?: string }) => boolean}
 */
function matcherOf(accept, typeOf) {
  const wanted = namesIn((accept ?? '').toLowerCase());
  if (wanted.length === 0) return () => true;
  return ({ extensions, mimeType }) => {
    const known = extensions.filter((one) => one !== undefined);
    const types = [mimeType, ...known.map(typeOf)].filter((one) => one !== undefined && one !== '');
    return wanted.some((one) => {
      if (one.startsWith('.')) return known.includes(one.slice(1));
      if (one.endsWith('/*')) return types.some((type) => type?.startsWith(one.slice(0, -1)));
      return types.includes(one);
    });
  };
}

/**
 * Returns the filters of stored files, and of files on disk that are to be uploaded.
 *
 * @param {Pick<MediaManagerPickerOptions, 'category' | 'accept' | 'labels'>} options
 * @param {(extension: string) => string | undefined} typeOf
 */
export function filterOf({ category, accept, labels = [] }, typeOf) {
  const matches = matcherOf(accept, typeOf);
  return {
    /** @param {FileDescriptor} file */
    accepts(file) {
      if (file.operationStatus === 'FAILED') return false;
      if (category ? file.mediaType !== CATEGORY_TYPES[category] : file.mediaType === MODEL) return false;
      if (!labels.every((label) => file.labels?.includes(label))) return false;
      return matches({ extensions: [extensionOf(file.displayName), extensionOf(file.url)] });
    },
    /** @param {File} file */
    takes: ({ name, type }) => matches({ extensions: [extensionOf(name)], mimeType: type }),
  };
}

/** What the browser's dialog offers for upload, by category. @type {Readonly<Record<string, string>>} */
const OFFERED = { IMAGE: 'image/*', VIDEO: 'video/*', MUSIC: 'audio/*', VECTOR_ART: '.svg,image/svg+xml', '3D_IMAGE': '.glb,.gltf' };

/**
 * Returns the attribute `accept` of the input that picks files for upload.
 *
 * @param {Pick<MediaManagerPickerOptions, 'category' | 'accept'>} options
 */
export const offeredBy = ({ category, accept }) => accept || (category && OFFERED[category]) || undefined;
